"""What a formula refers to: blocks of cells, by their address or as part of a table."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from xl_rebal.workbook.areas import Area
from xl_rebal.workbook.book import column_number
from xl_rebal.workbook.limits import LAST_COLUMN, LAST_ROW
from xl_rebal.workbook.package.parts import Package, TablePart

_CELLS = r"\$?[A-Z]{1,3}\$?[0-9]{1,7}(?::\$?[A-Z]{1,3}\$?[0-9]{1,7})?"
_COLUMNS, _ROWS = r"\$?[A-Z]{1,3}:\$?[A-Z]{1,3}", r"\$?[0-9]{1,7}:\$?[0-9]{1,7}"
_REF = rf"(?:{_CELLS}|{_COLUMNS}|{_ROWS})(?![\w.(!])"
_TOKEN = re.compile(
    r'"(?:[^"]|"")*"'
    rf"|(?:'(?P<quoted>(?:[^']|'')+)'|(?P<sheet>[^\s'\"!(),;+\-*/^&=<>{{}}:]+))!(?P<there>{_REF})?"
    r"|(?P<table>[A-Za-z_\\][\w.\\]*)\[(?P<part>(?:[^\[\]']|'.|\[(?:[^\[\]']|'.)*\])*)\]"
    rf"|(?<![\w.$!])(?P<here>{_REF})"
    r"|(?P<word>[A-Za-z_\\][\w.\\]*)(?P<call>\s*\()?",
    re.IGNORECASE,
)
_ITEM = re.compile(r"\[((?:[^\[\]']|'.)*)\]")
_ANYWHERE = frozenset({"INDIRECT", "OFFSET"})
"""Functions that refer to what no reader of the formula can tell."""
_ENDS_ANYWHERE = re.compile(r"\)\s*:|:\s*[A-Za-z_.]+\(")
"""A range up to what a function finds, as A1:INDEX(...)."""
_DEEPEST = 8


@dataclass(frozen=True)
class Reference:
    """A block of cells that a formula reads. ``by_address`` is False where a table is named, and
    for whole columns and rows: those find the same data wherever its rows stand."""

    sheet: str
    area: Area
    by_address: bool


class Unknown(Exception):  # noqa: N818  it never leaves the package
    """A formula may read anything."""


class References:
    """Reads formulas of one book."""

    def __init__(self, package: Package) -> None:
        self._titles = {sheet.title.casefold(): sheet.title for sheet in package.sheets()}
        self._package = package

    @cached_property
    def _tables(self) -> Mapping[str, TablePart]:
        return {table.name.casefold(): table for table in self._package.tables()}

    @cached_property
    def _names(self) -> Mapping[tuple[str, str], str]:
        """Texts of defined names by name and sheet, a blank sheet for those of the workbook."""
        return {
            (name.name.casefold(), name.sheet_title or ""): name.text
            for name in self._package.defined_names()
        }

    def of(self, formula: str, home: str, depth: int = 0) -> Iterator[Reference]:
        """The references of a formula on the sheet ``home``; raises Unknown where they depend on
        values. Other books, and what is none of this book's, are left out."""
        if _ENDS_ANYWHERE.search(formula):
            raise Unknown
        for token in _TOKEN.finditer(formula):
            if ref := token["here"]:
                yield _reference(home, ref)
            elif token["there"]:
                title = (token["quoted"] or token["sheet"] or "").replace("''", "'").casefold()
                if ":" in title:  # a block across several sheets
                    raise Unknown
                if title in self._titles:
                    yield _reference(self._titles[title], token["there"])
            elif token["table"]:
                yield from self._of_table(token["table"], token["part"])
            elif word := token["word"]:
                if token["call"]:
                    if word.upper() in _ANYWHERE:
                        raise Unknown
                    continue
                yield from self._of_word(word, home, depth)

    def _of_word(self, word: str, home: str, depth: int) -> Iterator[Reference]:
        key = word.casefold()
        text = self._names.get((key, home), self._names.get((key, "")))
        if text is not None and depth < _DEEPEST:
            yield from self.of(text, home, depth + 1)
        elif key in self._tables:
            yield from self._of_table(word, "")

    def _of_table(self, name: str, part: str) -> Iterator[Reference]:
        table = self._tables.get(name.casefold())
        area = Area.of(table.ref) if table else None
        if table is None or area is None:
            return
        items = _ITEM.findall(part) or ([part] if part else [])
        names = [re.sub("'(.)", r"\1", item.strip().lstrip("@")) for item in items]
        columns = [name.casefold() for name in table.columns]
        places = [columns.index(n.casefold()) for n in names if n.casefold() in columns]
        if places and len(places) == sum(not n.startswith("#") and n != "" for n in names):
            is_range = "]:[" in part.replace(" ", "")
            spans = [(min(places), max(places))] if is_range else [(p, p) for p in places]
            for first, last in spans:
                block = Area(area.top, area.left + first, area.bottom, area.left + last)
                yield Reference(table.sheet_title, block, False)
        else:
            yield Reference(table.sheet_title, area, False)


def _reference(sheet: str, ref: str) -> Reference:
    plain = ref.replace("$", "").upper()
    area = Area.of(plain)
    if area is not None:
        return Reference(sheet, area, True)
    first, _, last = plain.partition(":")
    if first.isdigit():
        return Reference(sheet, Area(int(first), 1, int(last), LAST_COLUMN), False)
    return Reference(sheet, Area(1, column_number(first), LAST_ROW, column_number(last)), False)
