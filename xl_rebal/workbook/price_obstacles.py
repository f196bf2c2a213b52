"""What stands in the way of more prices in a book: refused in words, with its cell."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from xl_rebal.errors import Code, Problem
from xl_rebal.workbook.areas import Area
from xl_rebal.workbook.book import column_letters
from xl_rebal.workbook.layout import PRICES
from xl_rebal.workbook.package import Package, TablePart
from xl_rebal.workbook.package.grid import SheetGrid
from xl_rebal.workbook.package.markup import read_attributes
from xl_rebal.workbook.package.table_part import calculated_columns, is_filled_by_query

_MERGED = re.compile(r"<(?:\w+:)?mergeCell\b([^>]*)>")
_FREE = "free cells, where new prices would stand"


def refused_table(package: Package, table: TablePart, *, more_rows: bool) -> Iterator[Problem]:
    """A table that is not the person's to fill in."""
    sheet, cell = table.sheet_title, table.ref.partition(":")[0]
    if is_filled_by_query(package, table):
        yield _problem(f"{table.name} filled by a query, which would empty it again",
                       "a table of its own", "Unlink it (Table Design, Unlink), or change the query.",
                       sheet, cell)  # fmt: skip
    if more_rows and table.totals_row:
        yield _problem(f"a totals row in {table.name}, where new rows would stand",
                       "a table without one", "Untick Table Design, Total Row.", sheet, cell)  # fmt: skip
    if more_rows and (names := calculated_columns(package, table)):
        yield _problem(f"the calculated column {names[0]!r} in {table.name}", "typed prices",
                       "Move it out of the table.", sheet, cell)  # fmt: skip


def refused_formulas(
    grid: SheetGrid, touched: Collection[tuple[int, int]], sheet: str
) -> Iterator[Problem]:
    """Formulas on cells that would move or get another value."""
    rows = {row for row, _ in touched}
    for row in sorted(rows):
        for column, cell in grid.cells(row).items():
            if cell.has_formula and (row, column) in touched:
                yield _problem("a formula where a price would be written", "typed prices",
                               "Put its value in its place (copy, Paste Special, Values).",
                               sheet, f"{column_letters(column)}{row}")  # fmt: skip


def in_the_way(
    package: Package, grid: SheetGrid, table: TablePart, old: Area, new: Area
) -> Iterator[Problem]:
    """What stands on the cells that a table grows over from ``old`` to ``new``, or directly below
    them, where it would be read as rows of the table."""
    sheet = table.sheet_title
    grown = [Area(new.top, old.right + 1, new.bottom, new.right)]
    if new.bottom > old.bottom:
        grown.append(Area(old.bottom + 1, new.left, new.bottom + 1, new.right))
    filled = [cell for area in grown if area.left <= area.right for cell in grid.filled(area)]
    if filled:
        row, column = min(filled)
        what = "more cells" if len(filled) > 1 else "a cell"
        yield _problem(f"{what} with contents here", _FREE,
                       f"Move them away from {PRICES.name}: columns to the right, or rows below.",
                       sheet, f"{column_letters(column)}{row}")  # fmt: skip
    others = (t for t in package.tables() if t.sheet_title == sheet)
    for other in (each for each in others if each.part_name != table.part_name):
        area = Area.of(other.ref)
        if area is not None and any(area.meets(each) for each in grown):
            yield _problem(f"the table {other.name} here", _FREE, "Move it away.",
                           sheet, other.ref.partition(":")[0])  # fmt: skip
    for found in _MERGED.finditer(grid.text):
        ref = read_attributes(found[1]).get("ref", "")
        merged = Area.of(ref)
        if merged is not None and any(merged.meets(each) for each in grown):
            yield _problem(f"merged cells {ref} here", _FREE, "Unmerge them, or move them away.",
                           sheet, ref.partition(":")[0])  # fmt: skip


def beside_moved(
    grid: SheetGrid, rows: Collection[int], left: int, right: int, sheet: str
) -> Iterator[Problem]:
    """Contents beside rows that move: they would stand beside another day."""
    for row in sorted(rows):
        for column, cell in grid.cells(row).items():
            if cell.has_content and not left <= column <= right:
                yield _problem(
                    f"a cell beside {PRICES.name} that would stand beside another day",
                    "nothing beside rows below an inserted one",
                    "Move it to another sheet, or import only dates later than the book's.",
                    sheet, f"{column_letters(column)}{row}",
                )  # fmt: skip
                return


def _problem(found: str, expected: str, fix: str, sheet: str, cell: str) -> Problem:
    return Problem(Code.CANNOT_WRITE, found, expected, fix, sheet, cell)
