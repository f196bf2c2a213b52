"""The cells of a sheet's text by row and column, and rows written anew with some of them changed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from xl_rebal.workbook.areas import Area
from xl_rebal.workbook.book import column_letters, column_number
from xl_rebal.workbook.limits import LAST_ROW
from xl_rebal.workbook.package.cells import CachedValue, encoded, sheet_prefix
from xl_rebal.workbook.package.markup import (
    Edit,
    encode_chars,
    escape,
    mask,
    read_attributes,
)

_ADDRESS = re.compile(r"""\sr\s*=\s*(?:"[^"]*"|'[^']*')""")
_SPANS = re.compile(r"""\sspans\s*=\s*(?:"[^"]*"|'[^']*')""")
_HEIGHT = re.compile(r"""\s(?:ht|customHeight)\s*=\s*(?:"[^"]*"|'[^']*')""")


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell as it is written."""

    xml: str
    has_formula: bool
    has_content: bool

    @property
    def style(self) -> str | None:
        """The index of its style, None where it has none."""
        return read_attributes(self.xml[: self.xml.index(">")]).get("s")


@dataclass(frozen=True, slots=True)
class _Row:
    """``<row ...>`` is text[start:inner], its cells text[inner:close], all of it text[start:end]."""

    start: int
    inner: int
    close: int
    end: int


class SheetGrid:
    """The rows of a sheet part; cells are read where they are asked for."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.prefix = sheet_prefix(text)
        self._masked = mask(text)
        p = re.escape(self.prefix)
        data = re.search(rf"<{p}sheetData\s*(/?)>", self._masked)
        if data is None:
            raise ValueError("a sheet without cells")
        self._data = data
        self._end = data.end()
        if not data[1]:
            self._end = self._masked.index(f"</{self.prefix}sheetData", data.end())
        self._cell = re.compile(rf"<{p}c(?=[\s/>])([^>]*?)(?:/>|>(.*?)</{p}c\s*>)", re.DOTALL)
        self._formula = re.compile(rf"<{p}f[\s/>]")
        self._content = re.compile(rf"<{p}(?:v(?:\s[^>]*)?>\s*[^<\s]|is[\s>]|f[\s/>])")
        numbered = list(self._numbered(p))
        self._rows = dict(numbered)
        numbers = [number for number, _ in numbered]
        self.is_in_order = numbers == sorted(self._rows) and numbers[-1:] <= [LAST_ROW]
        """Whether rows rise from 1 on: in a damaged sheet they may not."""
        self._read: dict[int, dict[int, Cell]] = {}

    def _numbered(self, p: str) -> Iterator[tuple[int, _Row]]:
        row = re.compile(rf"<{p}row(?=[\s/>])([^>]*?)(/?)>")
        closing, number, at = f"</{self.prefix}row", 0, self._data.end()
        while found := row.search(self._masked, at, self._end):
            given = read_attributes(found[1]).get("r", "")
            number = int(given) if given.isdecimal() else number + 1
            if found[2]:
                at = found.end()
                yield number, _Row(found.start(), at, at, at)
                continue
            close = self._masked.index(closing, found.end())
            at = self._masked.index(">", close) + 1
            yield number, _Row(found.start(), found.end(), close, at)

    def cells(self, row: int) -> dict[int, Cell]:
        """The cells of a row by column, blank ones with a style too."""
        if row not in self._read:
            place = self._rows.get(row)
            self._read[row] = self._cells(place) if place else {}
        return self._read[row]

    def _cells(self, place: _Row) -> dict[int, Cell]:
        found: dict[int, Cell] = {}
        column = 0
        for cell in self._cell.finditer(self._masked, place.inner, place.close):
            address = read_attributes(cell[1]).get("r", "")
            letters = address.rstrip("0123456789")
            column = column_number(letters) if letters else column + 1
            inside = cell[2] or ""
            found[column] = Cell(
                self.text[cell.start() : cell.end()],
                bool(self._formula.search(inside)),
                bool(self._content.search(inside)),
            )
        return found

    def filled(self, area: Area) -> Iterator[tuple[int, int]]:
        """Row and column of every cell in an area that holds anything."""
        for row in self._rows:
            if area.top <= row <= area.bottom:
                for column, cell in self.cells(row).items():
                    if cell.has_content and area.left <= column <= area.right:
                        yield row, column

    def edits(self, changed: Mapping[int, Mapping[int, str]], like: int) -> list[Edit]:
        """The edits that put cells (as :meth:`number` and its kin write them) into rows.

        A row that is new has the height of the row ``like``.
        """
        edits = []
        new: dict[int, str] = {}
        for row, cells in changed.items():
            place = self._rows.get(row)
            if place is None:
                new[row] = self._new_row(row, cells, like)
                continue
            cells_xml = {n: self.moved(cell, row, n) for n, cell in self.cells(row).items()}
            tag = self._row_tag(self.text[place.start : place.inner], row)
            rest = self._behind_cells(place)
            edits.append((place.start, place.end, self._row(tag, {**cells_xml, **cells}, rest)))
        return edits + self._insertions(new)

    def _row(self, tag: str, cells: Mapping[int, str], rest: str = "") -> str:
        inside = "".join(cells[column] for column in sorted(cells))
        return f"{tag}{inside}{rest}</{self.prefix}row>"

    def _row_tag(self, tag: str, row: int) -> str:
        """The opening tag of a row, not empty, with its number and without the columns it spans."""
        bare = _SPANS.sub("", _ADDRESS.sub("", tag)).rstrip("/> ")
        name = f"<{self.prefix}row"
        return f'{name} r="{row}"{bare.removeprefix(name)}>'

    def _behind_cells(self, place: _Row) -> str:
        """What stands in a row behind its cells (an extension)."""
        last = place.inner
        for cell in self._cell.finditer(self._masked, place.inner, place.close):
            last = cell.end()
        return self.text[last : place.close].strip()

    def _new_row(self, row: int, cells: Mapping[int, str], like: int) -> str:
        model = self._rows.get(like)
        tag = self.text[model.start : model.inner] if model else ""
        height = "".join(found[0] for found in _HEIGHT.finditer(tag))
        return self._row(f'<{self.prefix}row r="{row}"{height}>', cells)

    def _insertions(self, new: Mapping[int, str]) -> list[Edit]:
        if not new:
            return []
        places: dict[int, list[str]] = {}
        later = sorted(self._rows)
        at = 0
        for row in sorted(new):
            while at < len(later) and later[at] < row:
                at += 1
            place = self._rows[later[at]].start if at < len(later) else self._end
            places.setdefault(place, []).append(new[row])
        if self._data[1]:  # <sheetData/>
            rows = "".join(new[row] for row in sorted(new))
            tag = f"{self.prefix}sheetData"
            return [(self._data.start(), self._data.end(), f"<{tag}>{rows}</{tag}>")]
        return [(place, place, "".join(rows)) for place, rows in places.items()]

    # -- cells as text -----------------------------------------------------------------------------

    def number(self, row: int, column: int, value: CachedValue, style: str | None) -> str:
        """A cell with a number."""
        kind, stored = encoded(value, f"row {row}, column {column}")
        assert kind == "n", kind
        p = self.prefix
        return f"{self._tag(row, column, style)}><{p}v>{stored}</{p}v></{p}c>"

    def words(self, row: int, column: int, text: str, style: str | None) -> str:
        """A cell with a text of its own, none of the shared ones."""
        p = self.prefix
        tag = self._tag(row, column, style)
        return (
            f'{tag} t="inlineStr"><{p}is><{p}t>{escape(encode_chars(text))}</{p}t></{p}is></{p}c>'
        )

    def blank(self, row: int, column: int, style: str | None) -> str:
        """A cell with its look alone."""
        return f"{self._tag(row, column, style)}/>"

    def moved(self, cell: Cell, row: int, column: int) -> str:
        """A cell at another place, or at its own with its address written out."""
        bare = _ADDRESS.sub("", cell.xml[: cell.xml.index(">")], count=1)
        name = f"<{self.prefix}c"
        address = f"{column_letters(column)}{row}"
        return f'{name} r="{address}"{bare.removeprefix(name)}{cell.xml[cell.xml.index(">") :]}'

    def _tag(self, row: int, column: int, style: str | None) -> str:
        look = "" if style is None else f' s="{style}"'
        return f'<{self.prefix}c r="{column_letters(column)}{row}"{look}'
