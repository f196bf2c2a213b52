"""A Book over a workbook that is open in Excel, through the caller's xlwings objects."""

from __future__ import annotations

import sys
from typing import Any

from xl_rebal.cells import RawCell, serial
from xl_rebal.errors import Code, Problem, WriteError
from xl_rebal.workbook.book import Block, Results, Source, link_formula
from xl_rebal.workbook.contents import source_of
from xl_rebal.workbook.layout import CHECKS, NUMBER_FORMATS, RESULT_CELLS, TABLES, Kind
from xl_rebal.workbook.limits import refuse_value
from xl_rebal.workbook.package.refusals import days_from_1904, unsupported
from xl_rebal.workbook.xlwings_contents import ExcelContents


class XlwingsBook:
    """``book`` is an ``xlwings.Book``. Cells are read as Value2: unrounded, dates as serials."""

    def __init__(self, book: Any) -> None:
        self._book = book

    def read(self) -> Source:
        """Tables by name on whatever sheet, settings by their names, and what is doubtful of them.

        Excel for Windows only. On macOS xlwings hands out error cells as blanks: a book would be
        read otherwise than it stands, so it is refused.
        """
        if sys.platform == "darwin":
            raise unsupported(
                self._book.name,
                "a book that is open in Excel for Mac",
                "Save it and run `xl-rebal` on the file.",
                "a book that is open in Excel for Windows, or a file",
            )
        if self._book.api.Date1904:
            raise days_from_1904(self._book.name)
        return source_of(ExcelContents(self._book))

    def write(self, results: Results) -> None:
        """Write every block at once; a missing result table or name is refused before that."""
        places = {t.name: t for sheet in self._book.sheets for t in sheet.tables}
        # The list of checks stands beside the results: a book may do without its table.
        blocks = [b for b in results.blocks if b.table in places or b.table != CHECKS.name]
        wrong = [
            _misfit(block.table, places.get(block.table))
            for block in blocks
            if not _fits(block.table, places.get(block.table))
        ]
        if wrong:
            raise WriteError(wrong)
        for block in results.blocks:
            for row in block.rows:
                for value in row:
                    refuse_value(value, TABLES[block.table].sheet, "")
        for block in blocks:
            _write_table(places[block.table], block)
        for cell in RESULT_CELLS:
            if cell.name in results.values and cell.defined_name in self._book.names:
                place = self._book.names[cell.defined_name].refers_to_range
                if cell.kind in (Kind.TEXT, Kind.SYMBOL):
                    place.number_format = "@"
                place.value = _writable(results.values[cell.name])

    def report(self, message: str) -> None:
        """The status bar; blank text gives it back to Excel."""
        self._book.app.status_bar = message or False

    def progress(self, what: str, done: int, total: int) -> None:
        """How far it is, in the status bar."""
        self.report(f"{what}: {done / total:.0%}" if total else what)

    def alert(self, message: str, title: str) -> None:
        """A box with one button."""
        self._book.app.alert(message, title)


def _fits(name: str, table: Any) -> bool:
    return table is not None and table.header_row_range.columns.count == len(TABLES[name].columns)


def _misfit(name: str, table: Any) -> Problem:
    """A result table that is not there, or was made when it had other columns."""
    if table is None:
        return Problem(Code.CANNOT_WRITE, f"no table {name}", f"a result table {name}",
                       "Start from a book made by `xl-rebal new`.")  # fmt: skip
    return Problem(
        Code.CANNOT_WRITE, f"a table {name} with other columns",
        f"the {len(TABLES[name].columns)} columns of today",
        "Save and close the book, and run the command on the file: it makes its sheets anew.",
        table.parent.name, table.header_row_range.get_address(False, False),
    )  # fmt: skip


def _writable(value: RawCell) -> object:
    if value is None or isinstance(value, (str, float, int, bool)):
        return value
    return float(serial(value))  # type: ignore[arg-type]  # a date


def _write_table(table: Any, block: Block) -> None:
    """Rows into a table: text stays text, and a table that shrinks leaves nothing behind."""
    columns = TABLES[block.table].columns
    header = table.header_row_range
    if table.data_body_range is not None:
        table.data_body_range.clear_contents()
    count = max(1, len(block.rows))
    body = header.offset(1, 0).resize(count)
    for place, column in enumerate(columns):
        body[:, place].number_format = NUMBER_FORMATS[column.kind]
    if block.rows:
        body.value = [
            [
                link_formula(cell)
                if column.kind is Kind.LINK and isinstance(cell, str) and "!" in cell
                else _writable(cell)
                for column, cell in zip(columns, row, strict=True)
            ]
            for row in block.rows
        ]
    table.resize(header.resize(count + 1))
