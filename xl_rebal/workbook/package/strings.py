"""Text cells: shared in a finished book, inline in a sheet that is grafted into another book."""

from __future__ import annotations

import re
from collections.abc import Sequence

from xl_rebal.workbook.package.cells import sheet_prefix
from xl_rebal.workbook.package.markup import (
    appended,
    parse,
    read_attributes,
    splice,
    with_attribute,
)

_EMPTY = (
    '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    'count="0" uniqueCount="0"></sst>'
)


class SharedStrings:
    """The texts of a book, each once, in the order in which cells first use them."""

    def __init__(self, text: str = _EMPTY) -> None:
        self._text = text
        self._items = list(shared_items(text))
        self._known = len(self._items)
        self._index = {item: number for number, item in enumerate(self._items)}
        self._uses = 0

    def adopt(self, sheet: str) -> str:
        """The sheet's text with its inline texts turned into references to the shared ones."""

        def share(match: re.Match[str]) -> str:
            self._uses += 1
            item = match["item"] or "<t></t>"
            number = self._index.setdefault(item, len(self._items))
            if number == len(self._items):
                self._items.append(item)
            return f'<c{match["before"]} t="s"{match["after"]}><v>{number}</v></c>'

        return _INLINE.sub(share, sheet)

    def to_text(self) -> str:
        """The shared string part. ``count`` (a hint, by the format) is that of adopted cells."""
        root = parse(self._text)
        new = "".join(f"<si>{item}</si>" for item in self._items[self._known :])
        edits = [
            with_attribute(root, "count", str(self._known + self._uses)),
            with_attribute(root, "uniqueCount", str(len(self._items))),
        ]
        return splice(self._text, [*edits, appended(root, new)] if new else edits)


_INLINE = re.compile(
    r'<c(?P<before>(?:\s[^>]*?)?) t="inlineStr"(?P<after>[^>/]*)'
    r"(?:>(?:<is>(?P<item>.*?)</is>)?</c>|/>)",
    re.DOTALL,
)
"""An inline text as openpyxl writes it: no prefix, double quotes, nothing else, or a blank text."""


def shared_items(text: str) -> tuple[str, ...]:
    """The inside of each ``<si>``, as it is written."""
    return tuple(text[item.inner : item.close] for item in parse(text).all("si"))


def inlined(sheet: str, items: Sequence[str]) -> str:
    """The sheet's text without references to shared texts; formatting within a text is kept."""
    prefix = re.escape(sheet_prefix(sheet))

    def inline(match: re.Match[str]) -> str:
        if read_attributes(match[1]).get("t") != "s":
            return match[0]
        tag = re.sub(r"""\st\s*=\s*["']s["']""", ' t="inlineStr"', match[1])
        p = match[3]
        return f"<{p}c{tag}><{p}is>{items[int(match[2])]}</{p}is></{p}c>"

    cell = rf"<{prefix}c(\s[^>]*+)>\s*<{prefix}v>(\d+)</({prefix})v>\s*</{prefix}c>"
    text = re.sub(cell, inline, sheet)
    if left := re.search(rf"""<{prefix}c\s(?:[^>]*\s)?t\s*=\s*["']s["'][^>]*>""", text):
        raise ValueError(f"the shared text of {left[0]} is written in a way we do not know")
    return text
