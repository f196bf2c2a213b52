"""What live Calc shows of a table beside its cells."""

from __future__ import annotations

from typing import Any

from xl_rebal.workbook.areas import Area
from xl_rebal.workbook.book import RawTable, column_letters
from xl_rebal.workbook.currency import amounts, currency_of
from xl_rebal.workbook.doubts import Facts, typed_value_columns
from xl_rebal.workbook.found_tables import FoundTable
from xl_rebal.workbook.uno_cells import FORMULAS, area_of, block


def facts_in_calc(document: Any, sheet: Any, table: FoundTable) -> Facts:
    """The facts of a table on a sheet of a Calc document."""
    raw = table.raw
    return Facts(
        hidden_sheet=not sheet.IsVisible,
        hidden_rows=_hidden_rows(sheet, raw),
        hidden_columns=_hidden_columns(sheet, raw),
        merged=merged_areas(sheet, table.area),
        currencies=_currencies(document, sheet, table),
        formulas=_formulas(sheet, raw),
    )


def _hidden_rows(sheet: Any, raw: RawTable) -> list[int]:
    """The filled rows that are hidden or filtered out, by the sheet's numbers."""
    rows = [raw.row + 1 + index for index, _ in raw.filled()]
    return [row for row in rows if not sheet.Rows.getByIndex(row - 1).IsVisible]


def _hidden_columns(sheet: Any, raw: RawTable) -> list[int]:
    columns = range(raw.column, raw.column + len(raw.header))
    return [column for column in columns if not sheet.Columns.getByIndex(column - 1).IsVisible]


def merged_areas(sheet: Any, area: Area) -> list[Area]:
    """The merged areas that meet an area: each begins in it, above it or to its left.

    Calc says of a block whether the first cell of a merged area is among its cells.
    """
    found: list[Area] = []

    def look(part: Area) -> None:
        cells = block(sheet, part)
        if not cells.getIsMerged():
            return
        if part.height == part.width == 1:
            cursor = sheet.createCursorByRange(cells)
            cursor.collapseToMergedArea()
            found.append(area_of(cursor.RangeAddress))
            return
        for half in part.by_rows() if part.height >= part.width else part.by_columns():
            look(half)

    look(Area(1, 1, area.bottom, area.right))
    return [merged for merged in found if merged.meets(area)]


def _currencies(document: Any, sheet: Any, table: FoundTable) -> dict[str, str]:
    """The currency that each amount shows, by address."""
    shown = [
        (area_of(address), currency)
        for alike in block(sheet, table.area).getUniqueCellFormatRanges()
        if (currency := currency_of(_code(document, alike))) is not None
        for address in alike.getRangeAddresses()
    ]
    if not shown:
        return {}
    raw = table.raw
    found = {}
    for index, place in amounts(raw):
        cell = Area(
            raw.row + 1 + index, raw.column + place, raw.row + 1 + index, raw.column + place
        )
        for part, currency in shown:
            if part.holds(cell):
                found[raw.address(index, place)] = currency
                break
    return found


def _code(document: Any, cells: Any) -> str:
    code: str = document.NumberFormats.getByKey(cells.NumberFormat).FormatString
    return code


def _formulas(sheet: Any, raw: RawTable) -> frozenset[str]:
    """The addresses of formulas in the column Value of holdings that have a Price too."""
    columns = typed_value_columns(raw)
    if columns is None or not raw.rows:
        return frozenset()
    column = raw.column + columns[2]
    values = block(sheet, Area(raw.row + 1, column, raw.row + len(raw.rows), column))
    return frozenset(
        f"{column_letters(column)}{row}"
        for address in values.queryContentCells(FORMULAS).getRangeAddresses()
        for row in range(address.StartRow + 1, address.EndRow + 2)
    )
