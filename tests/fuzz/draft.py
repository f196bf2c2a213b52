"""A book taken apart for mutation, and the few ways in which mutators find their place in it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

_SHEET = re.compile(r'<sheet [^>]*?name="([^"]*)"[^>]*?r?:?id="(rId\d+)"')
_RELATION = re.compile(r"<Relationship\b[^>]*>")
INPUTS = ("Holdings", "Holdings", "Holdings", "Targets", "Targets", "Accounts", "Lots",
          "Securities", "Prices", "Dividends", "Dated targets", "Transactions", "Settings")  # fmt: skip
"""Sheets to break, the most important ones most often."""


@dataclass
class Draft:
    """The parts by name, in their order; ``random`` decides everything."""

    parts: dict[str, bytes]
    random: Random

    def text(self, part: str) -> str:
        """A part as text; what is no UTF-8 any more survives the way back."""
        return self.parts[part].decode("utf-8", "surrogateescape")

    def put(self, part: str, text: str) -> None:
        self.parts[part] = text.encode("utf-8", "surrogateescape")

    def sub(self, part: str, pattern: str, new: str | Callable[[re.Match[str]], str]) -> str:
        """One match of a pattern replaced, whichever; said as part and what was put in."""
        text = self.text(part)
        if len(text) > 2**21:  # grown already: a list of all matches would take gigabytes
            return ""
        found = list(re.finditer(pattern, text, re.DOTALL))
        if not found:
            return ""
        match = self.random.choice(found)
        put = new if isinstance(new, str) else new(match)
        self.put(part, text[: match.start()] + put + text[match.end() :])
        return f"{part}: {match[0][:60]!r} -> {put[:80]!r}"

    def sheet(self) -> str:
        """The part of a sheet with inputs, else of any sheet."""
        named = sheet_parts(self.parts)
        title = self.random.choice(INPUTS)
        if title in named:
            return named[title]
        return self.pick(r"worksheets/sheet\d+\.xml$")

    def pick(self, pattern: str) -> str:
        """Any part whose name matches; NothingToMutateError where there is none."""
        found = [name for name in self.parts if re.search(pattern, name)]
        if not found:
            raise NothingToMutateError(pattern)
        return self.random.choice(found)


class NothingToMutateError(Exception):
    """The draft has no place for this mutation any more."""


Mutator = Callable[[Draft], str]
"""Changes the draft; says what it did, or nothing where it found no place."""


def sheet_parts(parts: dict[str, bytes]) -> dict[str, str]:
    """Parts of sheets by title, as far as plain searching finds them."""
    workbook = parts.get("xl/workbook.xml", b"").decode("utf-8", "replace")
    rels = parts.get("xl/_rels/workbook.xml.rels", b"").decode("utf-8", "replace")
    targets = {}
    for relation in _RELATION.findall(rels):
        id_, target = re.search(r'Id="([^"]*)"', relation), re.search(r'Target="([^"]*)"', relation)
        if id_ and target:
            name = target[1].lstrip("/")
            targets[id_[1]] = name if name.startswith("xl/") else f"xl/{name}"
    found = {title: targets.get(id_, "") for title, id_ in _SHEET.findall(workbook)}
    return {title: part for title, part in found.items() if part in parts}
