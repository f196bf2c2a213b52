"""All that a stand-in book holds, so that two moments can be compared."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from tests.hosts.com_book import Workbook
from tests.hosts.com_grid import Cell
from tests.hosts.com_values import GENERAL

VERY_HIDDEN = 2
BLANK = (None, None, GENERAL)


def everything(book: Workbook, without: Collection[str] = ()) -> dict[str, Any]:
    """Cells (value, formula, format), tables and hidden rows by sheet; what is very hidden is no user's.

    Text of no length, which files hold and nobody sees, counts as a blank.
    """
    return {
        sheet.Name: (
            {
                key: held
                for key, cell in sheet._grid.cells.items()
                if (held := (_value(cell), cell.formula, cell.number_format)) != BLANK
            },
            [(table.Name, table._box, table._empty) for table in sheet._tables],
            set(sheet._grid.hidden_rows),
        )
        for sheet in book._sheets
        if sheet.Visible != VERY_HIDDEN and sheet.Name not in without
    }


def _value(cell: Cell) -> Any:
    return None if cell.formula is None and cell.value == "" else cell.value


def settings(book: Workbook) -> tuple[Any, ...]:
    """What the write changes of Excel itself for its own duration, and the status bar."""
    app = book.Application
    return (app.ScreenUpdating, app.EnableEvents, app.Calculation, app.StatusBar, app.DisplayAlerts)
