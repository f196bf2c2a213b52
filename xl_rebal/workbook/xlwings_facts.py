"""What live Excel shows of a table beside its cells, in as few questions as its answers allow.

Each question is for a block of cells and is asked again of its halves only where the answer is not
the same for all of it. Where Microsoft's reference does not say what an answer means for a block
that is mixed (``Hidden``), it is asked of one row or column at a time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from xl_rebal.workbook.areas import Area
from xl_rebal.workbook.book import RawTable
from xl_rebal.workbook.currency import amounts, currency_of, has_bare_dollar
from xl_rebal.workbook.doubts import Facts, holds_input, typed_value_columns
from xl_rebal.workbook.found_tables import FoundTable

_COUNT_SHOWN = 103
"""SUBTOTAL's number for COUNTA without the rows that are hidden or filtered out."""
_SHOWN = (True, -1)
"""A sheet's visibility as xlwings gives it: True, or Excel's xlSheetVisible; 2 is very hidden."""


def facts_in_excel(sheet: Any, table: FoundTable) -> Facts:
    """The facts of a table on an ``xlwings.Sheet``. Only what touches the table is looked for."""
    raw = table.raw
    return Facts(
        hidden_sheet=sheet.visible not in _SHOWN,
        hidden_rows=list(_hidden_rows(sheet, raw)),
        hidden_columns=list(_hidden_columns(sheet, raw)),
        merged=_merged(sheet, table.area),
        currencies=_currencies(sheet, raw),
        formulas=_formulas(sheet, raw),
    )


def area_of(cells: Any) -> Area:
    """Where an ``xlwings.Range`` stands; the address of whole rows or columns has no corners."""
    area = Area.of(cells.address)
    if area is None:
        (height, width), top, left = cells.shape, cells.row, cells.column
        area = Area(top, left, top + height - 1, left + width - 1)
    return area


def _merged(sheet: Any, area: Area) -> list[Area]:
    """The merged areas that touch an area.

    MergeCells is False only where nothing is merged; where something is it may be True or None.
    """
    found: list[Area] = []

    def look(part: Area) -> None:
        if any(known.holds(part) for known in found):
            return
        cells = sheet.range(part.ref)
        if cells.merge_cells is False:
            return
        if part.height == part.width == 1:
            found.append(area_of(cells.merge_area))
            return
        for half in part.by_rows() if part.height >= part.width else part.by_columns():
            look(half)

    look(area)
    return found


def _hidden_rows(sheet: Any, raw: RawTable) -> Iterator[int]:
    """The filled rows that are hidden or filtered out, by the sheet's numbers.

    What SUBTOTAL counts in a block is all that stands there, unless rows are hidden. It passes over
    formulas with SUBTOTAL in them, so a row by itself is asked.
    """
    excel = sheet.api.Application.WorksheetFunction

    def look(rows: Sequence[int]) -> Iterator[int]:
        block = Area(
            raw.row + 1 + rows[0], raw.column,
            raw.row + 1 + rows[-1], raw.column + len(raw.header) - 1,
        )  # fmt: skip
        cells = sheet.range(block.ref).api
        there = sum(cell is not None for row in raw.rows[rows[0] : rows[-1] + 1] for cell in row)
        shown = excel.Subtotal(_COUNT_SHOWN, cells)
        if shown == there:
            return
        if len(rows) == 1:
            if cells.EntireRow.Hidden:
                yield block.top
        elif shown == 0:
            yield from (raw.row + 1 + row for row in rows)
        else:
            middle = len(rows) // 2
            yield from look(rows[:middle])
            yield from look(rows[middle:])

    filled = [index for index, _ in raw.filled()]
    if filled:
        yield from look(filled)


def _hidden_columns(sheet: Any, raw: RawTable) -> Iterator[int]:
    for place in range(len(raw.header)):
        if holds_input(raw, place):
            header = sheet.range(raw.address(-1, place))
            if header.api.EntireColumn.Hidden:
                yield raw.column + place


_Cells = Sequence[tuple[int, int]]
"""Cells of a table by row and column, both from 0."""


def _currencies(sheet: Any, raw: RawTable) -> dict[str, str]:
    """The currency that each amount shows, by address.

    A bare $ is the currency of the machine in Excel's English codes; the user's own code has its
    symbol. So a format that follows the locale shows what the user sees.
    """
    found: dict[str, str] = {}
    for cells, code in _by_format(sheet, raw, list(amounts(raw))):
        if has_bare_dollar(code):
            code = sheet.range(_around(raw, cells).ref).api.NumberFormatLocal
        shown = currency_of(code)
        if shown is not None:
            found |= {raw.address(*cell): shown for cell in cells}
    return found


def _by_format(sheet: Any, raw: RawTable, cells: _Cells) -> Iterator[tuple[_Cells, str]]:
    """Cells that stand in a block of one number format, with that; NumberFormat is None if mixed."""

    def code_of(some: _Cells) -> str | None:
        code: str | None = sheet.range(_around(raw, some).ref).number_format
        return code

    if not cells:
        return
    if (code := code_of(cells)) is not None:
        yield cells, code
    elif len(cells) > 1:
        rows = sorted({row for row, _ in cells})
        columns = sorted({column for _, column in cells})
        first = [cell for cell in cells if cell[0] == rows[0]]
        across = len(rows) == 1 or (len(columns) > 1 and code_of(first) is None)
        lines, axis = (columns, 1) if across else (rows, 0)
        middle = lines[len(lines) // 2]
        yield from _by_format(sheet, raw, [cell for cell in cells if cell[axis] < middle])
        yield from _by_format(sheet, raw, [cell for cell in cells if cell[axis] >= middle])


def _around(raw: RawTable, cells: _Cells) -> Area:
    """The smallest block of the sheet that holds these cells of a table."""
    rows, columns = [row for row, _ in cells], [column for _, column in cells]
    top, left = raw.row + 1, raw.column
    return Area(top + min(rows), left + min(columns), top + max(rows), left + max(columns))


def _formulas(sheet: Any, raw: RawTable) -> frozenset[str]:
    """The addresses of formulas in the column Value of holdings that have a Price too."""
    columns = typed_value_columns(raw)
    if columns is None or not raw.rows:
        return frozenset()
    place = columns[2]
    cells = [(0, place), (len(raw.rows) - 1, place)]
    written = sheet.range(_around(raw, cells).ref).formula
    lines = written if isinstance(written, (tuple, list)) else ((written,),)
    return frozenset(
        raw.address(index, place)
        for index, line in enumerate(lines)
        if str(line[0]).startswith("=")
    )
