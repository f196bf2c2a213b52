"""The tables of a book as they stand in its cells, whichever host shows the cells."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from xl_rebal.cells import RawCell, is_blank
from xl_rebal.errors import Code, Problem
from xl_rebal.workbook.areas import Area
from xl_rebal.workbook.book import RawTable
from xl_rebal.workbook.layout import INPUT_TABLES, TABLES, TableLayout
from xl_rebal.workbook.renamed import has_required

_CANONICAL = {name.casefold(): name for name in TABLES}
_SEARCHED_ROWS = 50


class Sheets(Protocol):
    """The cells of a book, sheet by sheet."""

    @property
    def titles(self) -> Sequence[str]:
        """Of all sheets, in their order."""

    def extent(self, title: str) -> tuple[int, int]:
        """The last row and the last column that may hold something, 1-based; 0 if none does."""

    def rows(self, title: str, area: Area) -> Iterator[tuple[RawCell, ...]]:
        """The rows of an area down to the last that may hold something, each of the area's width."""


@dataclass(frozen=True)
class TablePlace:
    """A table and where it stands: ``area`` with its header row and, if ``totals``, a totals row."""

    name: str
    sheet: str
    area: Area
    totals: bool = False


@dataclass(frozen=True)
class FoundTable:
    """A table as it was read; ``unread`` is the first row below it that looks like one of its."""

    raw: RawTable
    unread: int | None = None

    @property
    def area(self) -> Area:
        """From the header to the last row that was read."""
        raw = self.raw
        return Area(raw.row, raw.column, raw.row + len(raw.rows), raw.column + len(raw.header) - 1)


@dataclass(frozen=True)
class FoundTables:
    """Our tables by name, the others by their headers, and what is wrong with both."""

    ours: dict[str, FoundTable]
    strangers: tuple[RawTable, ...]
    problems: tuple[Problem, ...]


def find_tables(places: Sequence[TablePlace], sheets: Sheets) -> FoundTables:
    """Every table of the book, sheet by sheet; capitals in its name do not matter."""
    ours: dict[str, FoundTable] = {}
    strangers, problems = [], []
    for place in places:
        name = _CANONICAL.get(place.name.casefold())
        if name is None:
            header = _header(place, sheets)
            area = place.area
            strangers.append(RawTable(place.name, place.sheet, header, (), area.top, area.left))
        elif name in ours:
            problems.append(_second(name, place))
        else:
            ours[name] = _read(name, place, places, sheets)
    missing = [layout for layout in INPUT_TABLES if layout.name not in ours]
    strangers += _loose_headers(sheets, missing, {place.sheet for place in places})
    return FoundTables(ours, tuple(strangers), tuple(problems))


def _second(name: str, place: TablePlace) -> Problem:
    return Problem(
        Code.DUPLICATE, f"a second table {name}", "one", "Rename or remove one of the two.",
        place.sheet, place.area.corner,
    )  # fmt: skip


def _header(place: TablePlace, sheets: Sheets) -> tuple[RawCell, ...]:
    area = place.area
    rows = sheets.rows(place.sheet, Area(area.top, area.left, area.top, area.right))
    return next(rows, (None,) * area.width)


def _read(name: str, place: TablePlace, places: Sequence[TablePlace], sheets: Sheets) -> FoundTable:
    """The table's cells; filled rows directly below it belong to it, up to the next table.

    Only as many rows as hold anything: a table may reach down to the last row of the sheet.
    """
    area, rows, unread = place.area, list[tuple[RawCell, ...]](), None
    strip = Area(area.top, area.left, _last_row(place, places, sheets), area.right)
    cells = sheets.rows(place.sheet, strip)
    header = next(cells, (None,) * area.width)
    attached = not place.totals
    for number, row in enumerate(cells, start=area.top + 1):
        if number <= area.bottom:
            if number < area.bottom or not place.totals:
                rows.append(row)
        elif attached and not all(is_blank(cell) for cell in row):
            rows.append(row)
        elif _looks_like_data(row):
            unread = number
            break
        else:
            attached = False
    raw = RawTable(name, place.sheet, header, tuple(rows), area.top, area.left)
    return FoundTable(raw, unread)


def _last_row(place: TablePlace, places: Sequence[TablePlace], sheets: Sheets) -> int:
    """The last row that can be the table's: that before the next table, or the sheet's last."""
    below = [
        other.area.top - 1
        for other in places
        if other.sheet == place.sheet and other.area.top > place.area.bottom
    ]
    return min([sheets.extent(place.sheet)[0], *below])


def _looks_like_data(row: Sequence[RawCell]) -> bool:
    """Two cells side by side are filled, one of them a number: more than a note below a table.

    A date is a number: not every host tells the two apart.
    """
    return sum(not is_blank(cell) for cell in row) > 1 and any(
        isinstance(cell, (float, date)) for cell in row
    )


def _loose_headers(
    sheets: Sheets, missing: Sequence[TableLayout], with_tables: Collection[str]
) -> list[RawTable]:
    """Cells on a sheet of ours that look like its missing table, for instance after Convert to Range.

    They are given as tables without a name.
    """
    found = []
    for layout in missing:
        title = layout.sheet
        if title in sheets.titles and title not in with_tables:
            searched = Area(1, 1, _SEARCHED_ROWS, max(1, sheets.extent(title)[1]))
            for number, row in enumerate(sheets.rows(title, searched), start=1):
                raw = RawTable("", title, row, (), number)
                if has_required(raw, layout):
                    found.append(raw)
                    break
    return found
