"""All that a stand-in book holds, so that two moments can be compared."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from tests.hosts.com_book import Workbook
from tests.hosts.com_grid import Cell
from tests.hosts.com_values import GENERAL

VERY_HIDDEN = 2


def everything(book: Workbook, without: Collection[str] = ()) -> dict[str, Any]:
    """Cells (value, formula, format), tables and names by sheet; what is very hidden is no user's."""
    return {
        sheet.Name: (
            {
                key: (cell.value, cell.formula, cell.number_format)
                for key, cell in sheet._grid.cells.items()
                if (cell.value, cell.formula, cell.number_format) != blank()
            },
            [(table.Name, table._box, table._empty) for table in sheet._tables],
            set(sheet._grid.hidden_rows),
        )
        for sheet in book._sheets
        if sheet.Visible != VERY_HIDDEN and sheet.Name not in without
    }


def blank() -> tuple[Any, Any, str]:
    cell = Cell()
    assert cell.number_format == GENERAL
    return cell.value, cell.formula, cell.number_format


def settings(book: Workbook) -> tuple[Any, ...]:
    """What the write changes of Excel itself for its own duration, and the status bar."""
    app = book.Application
    return (app.ScreenUpdating, app.EnableEvents, app.Calculation, app.StatusBar, app.DisplayAlerts)
