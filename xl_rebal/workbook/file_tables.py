"""The tables of a file as they stand in its grids."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from xl_rebal.cells import RawCell, is_blank
from xl_rebal.workbook.area import Area
from xl_rebal.workbook.book import RawTable
from xl_rebal.workbook.layout import TableLayout
from xl_rebal.workbook.package import Package, TablePart
from xl_rebal.workbook.package.refusals import damaged
from xl_rebal.workbook.renamed import has_required

Grid = Sequence[Sequence[RawCell]]
_SEARCHED_ROWS = 50


class Sheets(Protocol):
    """Grids by sheet title."""

    def __contains__(self, title: str, /) -> bool: ...

    def __getitem__(self, title: str, /) -> Grid: ...


@dataclass(frozen=True)
class FoundTable:
    """A table as it was read; ``unread`` is the first row below it that looks like one of its."""

    raw: RawTable
    unread: int | None = None

    def named(self, name: str) -> FoundTable:
        """The same under the name that our layout spells."""
        return replace(self, raw=replace(self.raw, name=name))

    @property
    def area(self) -> Area:
        """From the header to the last row that was read."""
        raw = self.raw
        return Area(raw.row, raw.column, raw.row + len(raw.rows), raw.column + len(raw.header) - 1)


def find_tables(package: Package, sheets: Sheets) -> Iterable[FoundTable]:
    """Every table of the book, sheet by sheet."""
    parts = package.tables()
    areas = [_area(part, package.name) for part in parts]
    for part, area in zip(parts, areas, strict=True):
        others = [
            other
            for other, its in zip(parts, areas, strict=True)
            if other is not part and other.sheet_title == part.sheet_title and its.top > area.bottom
        ]
        stop = min((_area(o, package.name).top for o in others), default=None)
        yield _found(part, area, sheets[part.sheet_title], stop)


def _area(part: TablePart, name: str) -> Area:
    area = Area.of(part.ref)
    if area is None:
        raise damaged(name, f"the table {part.name} stands nowhere: {part.ref!r}")
    return area


def _found(part: TablePart, area: Area, grid: Grid, stop: int | None) -> FoundTable:
    """The table's cells; filled rows directly below it belong to it, up to the next table.

    Only as many rows as hold anything: a table may reach down to the last row of the sheet.
    """
    last = min(len(grid), (stop or len(grid) + 1) - 1)

    def row_at(row: int) -> tuple[RawCell, ...]:
        line = grid[row - 1] if row <= len(grid) else ()
        cells = tuple(line[area.left - 1 : area.right])
        return cells + (None,) * (area.right - area.left + 1 - len(cells))

    bottom = area.bottom - (1 if part.totals_row else 0)
    rows = [row_at(row) for row in range(area.top + 1, min(bottom, last) + 1)]
    below = area.bottom + 1
    while not part.totals_row and below <= last:
        row = row_at(below)
        if all(is_blank(cell) for cell in row):
            break
        rows.append(row)
        below += 1
    header = row_at(area.top)
    raw = RawTable(part.name, part.sheet_title, header, tuple(rows), area.top, area.left)
    further = (row for row in range(below, last + 1) if _looks_like_data(row_at(row)))
    return FoundTable(raw, next(further, None))


def _looks_like_data(row: Sequence[RawCell]) -> bool:
    """Two cells side by side are filled, one of them a number: more than a note below a table."""
    return sum(not is_blank(cell) for cell in row) > 1 and any(
        isinstance(cell, float) for cell in row
    )


def loose_headers(
    package: Package, sheets: Sheets, missing: Sequence[TableLayout]
) -> list[RawTable]:
    """Cells on a sheet of ours that look like its missing table, for instance after Convert to Range.

    They are given as tables without a name.
    """
    titles = {sheet.title for sheet in package.sheets()}
    with_tables = {part.sheet_title for part in package.tables()}
    found = []
    for layout in missing:
        if layout.sheet in titles - with_tables:
            grid = sheets[layout.sheet]
            for number, row in enumerate(grid[:_SEARCHED_ROWS], start=1):
                raw = RawTable("", layout.sheet, tuple(row), (), number)
                if has_required(raw, layout):
                    found.append(raw)
                    break
    return found
