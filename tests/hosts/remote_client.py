"""The far end of xlwings' remote engine: a book as its clients send it, and what they do on request."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import openpyxl
from openpyxl.utils.cell import get_column_letter
from openpyxl.workbook import Workbook
from openpyxl.worksheet.table import Table
from openpyxl.worksheet.worksheet import Worksheet

from xl_rebal.workbook.areas import Area

VISIBILITY = {"visible": "Visible", "hidden": "Hidden", "veryHidden": "VeryHidden"}


def payload(content: bytes, version: str, name: str = "Book.xlsx") -> dict[str, Any]:
    """A book as the JSON that a client sends: values from A1 on, dates as text, blanks as ""."""
    book = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
    return {
        "client": "Microsoft Office Scripts",
        "version": version,
        "book": {"name": name, "active_sheet_index": 0, "selection": "A1"},
        "names": _names(book),
        "sheets": [_sheet(sheet) for sheet in book.worksheets],
    }


def _names(book: Workbook) -> list[dict[str, Any]]:
    titles = [sheet.title for sheet in book.worksheets]
    found = []
    for name, defined in book.defined_names.items():
        ((title, address),) = defined.destinations
        found.append(
            {
                "name": name, "sheet_index": titles.index(title), "address": address.replace("$", ""),
                "scope_sheet_name": None, "scope_sheet_index": None, "book_scope": True,
            }
        )  # fmt: skip
    return found


def _sheet(sheet: Worksheet) -> dict[str, Any]:
    return {
        "name": sheet.title,
        "visible": VISIBILITY[sheet.sheet_state],
        "values": [[_value(value) for value in row] for row in sheet.values],
        "pictures": [],
        "tables": [_table(table) for table in sheet.tables.values()],
    }


def _value(value: Any) -> Any:
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, date) else value


def _table(table: Table) -> dict[str, Any]:
    area = _area(table.ref)
    top, bottom = area.top, area.bottom
    first, last = get_column_letter(area.left), get_column_letter(area.right)
    return {
        "name": table.displayName, "range_address": table.ref, "show_headers": True, "show_totals": False,
        "header_row_range_address": f"{first}{top}:{last}{top}",
        "data_body_range_address": f"{first}{top + 1}:{last}{bottom}",
        "total_row_range_address": None, "table_style": "", "show_autofilter": True,
    }  # fmt: skip


class Client:
    """Does to its own copy of a book what the engine asks, and nothing that it does not know."""

    def __init__(self, content: bytes) -> None:
        self.book = openpyxl.load_workbook(io.BytesIO(content))
        self.writes: list[str] = []

    def run(self, actions: list[dict[str, Any]]) -> None:
        for action in actions:
            sheet = self.book.worksheets[action["sheet_position"]]
            getattr(self, f"_{action['func']}")(sheet, action)

    def _setValues(self, sheet: Worksheet, action: dict[str, Any]) -> None:
        self.writes.append(sheet.title)
        rows = action["values"]
        assert (len(rows), len(rows[0])) == (action["row_count"], action["column_count"])
        for down, row in enumerate(rows):
            for right, value in enumerate(row):
                cell = sheet.cell(
                    action["start_row"] + down + 1, action["start_column"] + right + 1
                )
                cell.value = None if value == "" else value

    def _setNumberFormat(self, sheet: Worksheet, action: dict[str, Any]) -> None:
        for row in range(action["row_count"]):
            for column in range(action["column_count"]):
                cell = sheet.cell(
                    action["start_row"] + row + 1, action["start_column"] + column + 1
                )
                (cell.number_format,) = action["args"]

    def _resizeTable(self, sheet: Worksheet, action: dict[str, Any]) -> None:
        number, address = action["args"]
        list(sheet.tables.values())[number].ref = address.replace("$", "")

    def rows(self, table: str) -> list[tuple[Any, ...]]:
        """The rows of a table, dates as they are shown."""
        return table_rows(self.book, table)


def table_rows(book: Workbook, table: str) -> list[tuple[Any, ...]]:
    """The rows below the header of a table."""
    for sheet in book.worksheets:
        if table in sheet.tables:
            area = _area(sheet.tables[table].ref)
            return list(
                sheet.iter_rows(area.top + 1, area.bottom, area.left, area.right, values_only=True)
            )
    raise KeyError(table)


def _area(ref: str) -> Area:
    found = Area.of(ref)
    assert found is not None
    return found
