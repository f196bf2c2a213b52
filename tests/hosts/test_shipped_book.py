"""The example book, opened in the stand-in Excel: macros fill it as the command line does, and undo it."""

from __future__ import annotations

import math
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.generated import new
from tests.hosts.com_book import Workbook
from tests.hosts.desktop import DesktopXlwings
from tests.hosts.open_file import open_file
from tests.hosts.remote_client import table_rows
from tests.hosts.whole_book import everything
from xl_rebal.cells import serial
from xl_rebal.commands import COMMANDS
from xl_rebal.workbook.file_book import FileBook
from xl_rebal.workbook.layout import RESULT_CELLS, RESULT_TABLES, SHEETS


@pytest.fixture(scope="module")
def content() -> bytes:
    return new("multi-asset")


def alike(value: Any, written: Any) -> bool:
    """A file keeps 16 digits, dates as dates, texts of no length, and zeros before the first run."""
    if isinstance(written, date):
        day = written.date() if isinstance(written, datetime) else written
        return bool(value == serial(day))
    if isinstance(written, (int, float)) and not isinstance(written, bool):
        return isinstance(value, float) and math.isclose(value, written, rel_tol=1e-14)
    return bool(value == (written or None))


def read(com: Workbook, name: str) -> list[tuple[Any, ...]]:
    """The rows of a table in the stand-in Excel: formulas as they are written, else Value2."""
    (table,) = (table for sheet in com._sheets for table in sheet._tables if table.Name == name)
    box, grid = table._body, table._sheet._grid
    return [
        tuple(
            grid.cell(row, column).formula or grid.read(row, column, plain=True)
            for column in range(box.column, box.right + 1)
        )
        for row in range(box.row, box.bottom + 1)
    ]


@pytest.mark.parametrize("command", ["rebalance", "harvest"])
def test_a_macro_fills_what_the_command_line_fills_and_undo_brings_the_book_back(
    desktop: DesktopXlwings, content: bytes, tmp_path: Path, command: str
) -> None:
    path, out = tmp_path / "book.xlsx", tmp_path / "out.xlsx"
    path.write_bytes(content)
    summary = COMMANDS[command].run(FileBook(path, out), {})
    com = open_file(desktop.screen.open_excel(), content, "book.xlsx")
    before = everything(com)
    desktop.run_python(f"import udfs.macros; udfs.macros.run({command!r})", com)
    written = openpyxl.load_workbook(out)
    kinds = [sheet.kind for sheet in SHEETS if sheet.written_by == command]

    assert desktop.screen.messages[-1][1] == summary.sentence
    filled = [table.name for table in RESULT_TABLES if table.sheet in kinds]
    for name in filled:
        rows, wanted = read(com, name), table_rows(written, name)
        assert len(rows) == len(wanted), name
        assert [
            pair for pair in zip(sum(rows, ()), sum(wanted, ()), strict=True) if not alike(*pair)
        ] == [], name
    cells = [cell for cell in RESULT_CELLS if cell.sheet in kinds]
    for cell in cells:
        ((title, address),) = written.defined_names[cell.defined_name].destinations
        value = com.Worksheets(title).Range(address).Value2
        assert alike(value, written[title][address].value), cell.name
    assert len(filled) >= 2
    assert len(cells) >= 4

    desktop.run_python_apart("import udfs.macros; udfs.macros.run('undo')", com)
    assert everything(com) == before
