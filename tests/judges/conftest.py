"""The book maker that the tests of the judges share."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from tests.judges.books import BookMaker, Stored, with_values


@pytest.fixture
def made(tmp_path: Path) -> BookMaker:
    """Makes a book with one sheet, "Desk": cells as openpyxl takes them, then cached values."""

    def make(cells: dict[str, object], stored: dict[str, Stored]) -> Path:
        book = openpyxl.Workbook()
        sheet = book.worksheets[0]
        sheet.title = "Desk"
        for address, value in cells.items():
            sheet[address] = value  # type: ignore[assignment]
        path = tmp_path / "desk.xlsx"
        book.save(path)
        with_values(path, stored)
        return path

    return make
