"""VBA as text: lines as modules store them, and strings that mean the same in every code page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

LONGEST_LINE = 1000
"""Characters; the editor takes 1,023 a line."""
_RUN = re.compile(r"[ -~]{1,250}|[^ -~]")


def lines_of(lines: Iterable[str]) -> str:
    """A module's text; ValueError where a line is too long or not ASCII (our own bug)."""
    made = list(lines)
    for line in made:
        if len(line) > LONGEST_LINE or not line.isascii():
            raise ValueError(f"this cannot be a line of VBA: {line[:80]}...")
    return "".join(f"{line}\r\n" for line in made)


def literal(text: str) -> str:
    """A VBA expression for a text: what is not ASCII stands there by its number.

    >>> print(literal('say "no" at 5 \u00d7'))
    "say ""no"" at 5 " & ChrW(215)
    """
    return " & ".join(_pieces(text)) or '""'


def assigned(target: str, text: str, indent: str = "") -> Iterator[str]:
    """The statements that give a variable this text, however long the expression for it is."""
    line = f"{indent}{target} = "
    for place, piece in enumerate(_pieces(text) or ['""']):
        if place and len(line) + len(piece) > LONGEST_LINE - 3:
            yield line
            line = f"{indent}{target} = {target} & {piece}"
        else:
            line += f" & {piece}" if place else piece
    yield line


def _pieces(text: str) -> list[str]:
    found = []
    for run in _RUN.findall(text):
        if len(run) > 1 or " " <= run <= "~":
            found.append('"' + run.replace('"', '""') + '"')
        else:
            units = run.encode("utf-16-le")
            numbers = (int.from_bytes(units[i : i + 2], "little") for i in range(0, len(units), 2))
            found += [f"ChrW({number})" for number in numbers]
    return found


def cut(text: str, longest: int) -> str:
    """A text within a limit: whole words, and an ellipsis where some are missing.

    >>> cut("the quick brown fox", 15)
    'the quick ...'
    """
    if len(text) <= longest:
        return text
    room = longest - len(" ...")
    head = text[: room + 1].rpartition(" ")[0] or text[:room]
    return f"{head.rstrip(' ,;:')} ..."
