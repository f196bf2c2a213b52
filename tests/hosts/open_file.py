"""A file as the stand-in Excel shows it once it is open: cells, names, tables, hidden and merged."""

from __future__ import annotations

import io
from datetime import date, datetime, timedelta
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet.formula import ArrayFormula
from openpyxl.worksheet.worksheet import Worksheet

from tests.hosts import com_book
from tests.hosts.com_grid import Box, Cell, Grid, box_of
from tests.hosts.com_table import ListObject
from tests.hosts.com_types import ERROR_CELLS
from tests.hosts.com_values import ErrorCell

VISIBILITY = {"visible": -1, "hidden": 0, "veryHidden": 2}
NEWER_ERROR = -2146826245
"""#SPILL! and its kind are errors as well, of numbers that nobody here knows."""
_DAY_0 = datetime(1899, 12, 30)


def open_file(
    application: com_book.Application, content: bytes, name: str = "book.xlsx"
) -> com_book.Workbook:
    """The book, opened. A formula has the result that the file stores for it, or none."""
    written, shown = (
        load_workbook(io.BytesIO(content), data_only=values) for values in (False, True)
    )
    book = application._open(name, [sheet.title for sheet in written.worksheets])
    book.Date1904 = written.epoch == CALENDAR_MAC_1904
    for sheet, results, com in zip(written.worksheets, shown.worksheets, book._sheets, strict=True):
        com.Visible = VISIBILITY[sheet.sheet_state]
        _fill(com._grid, sheet, results)
        _hide_and_merge(com._grid, sheet)
        for table in sheet.tables.values():
            made = ListObject(com, _box(table.ref), table.displayName)
            made._totals = bool(table.totalsRowCount)
            com._tables.append(made)
    _name(book, written)
    return book


def _fill(grid: Grid, sheet: Worksheet, results: Worksheet) -> None:
    for row, (cells, values) in enumerate(zip(sheet.rows, results.rows, strict=True), start=1):
        for column, (cell, result) in enumerate(zip(cells, values, strict=True), start=1):
            if cell.value is None and not cell.has_style:
                continue
            written = cell.value.text if isinstance(cell.value, ArrayFormula) else cell.value
            grid.cells[row, column] = Cell(
                _value(result.value, result.data_type),
                str(written) if cell.data_type == "f" else None,
                cell.number_format,
            )


def _value(value: Any, kind: str) -> Any:
    if kind == "str" and value is None:
        return ""  # the result of a formula, unlike a blank cell's
    if kind == "e":
        return ErrorCell(ERROR_CELLS.get(value, NEWER_ERROR))
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, (int, float)):
        return float(value)
    if isinstance(value, date):
        moment = value if isinstance(value, datetime) else datetime(*value.timetuple()[:3])
        return (moment - _DAY_0) / timedelta(days=1)
    return str(value)


def _hide_and_merge(grid: Grid, sheet: Worksheet) -> None:
    grid.merged = [_box(merged.coord) for merged in sheet.merged_cells.ranges]
    grid.hidden_rows = {row for row, look in sheet.row_dimensions.items() if look.hidden}
    grid.hidden_columns = {
        column
        for look in sheet.column_dimensions.values()
        if look.hidden
        for column in range(look.min or 1, (look.max or 0) + 1)
    }


def _name(book: com_book.Workbook, written: Workbook) -> None:
    for name, defined in written.defined_names.items():
        book.Names.Add(name, f"={defined.attr_text}")
    for sheet, com in zip(written.worksheets, book._sheets, strict=True):
        for name, defined in sheet.defined_names.items():
            com.Names.Add(name, f"={defined.attr_text}")


def _box(ref: str) -> Box:
    box = box_of(ref)
    assert box is not None, ref
    return box
