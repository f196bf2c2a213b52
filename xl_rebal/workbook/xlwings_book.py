"""A Book over a workbook that is open in Excel, through the caller's xlwings objects."""

from __future__ import annotations

import sys
from typing import Any

from xl_rebal.workbook.book import Block, Results, Source, link_formula
from xl_rebal.workbook.contents import source_of
from xl_rebal.workbook.layout import NUMBER_FORMATS, RESULT_CELLS, TABLES, Kind
from xl_rebal.workbook.live_results import ResultPlace, fitting_blocks, is_link, writable
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
        tables = {t.name: t for sheet in self._book.sheets for t in sheet.tables}
        places = {name: _place(t) for name, t in tables.items() if name in TABLES}
        blocks = fitting_blocks(results, places)
        for block in blocks:
            _write_table(tables[block.table], block)
        for cell in RESULT_CELLS:
            if cell.name in results.values and cell.defined_name in self._book.names:
                place = self._book.names[cell.defined_name].refers_to_range
                if cell.kind in (Kind.TEXT, Kind.SYMBOL):
                    place.number_format = "@"
                place.value = writable(results.values[cell.name])

    def report(self, message: str) -> None:
        """The status bar; blank text gives it back to Excel."""
        self._book.app.status_bar = message or False

    def progress(self, what: str, done: int, total: int) -> None:
        """How far it is, in the status bar."""
        self.report(f"{what}: {done / total:.0%}" if total else what)

    def alert(self, message: str, title: str) -> None:
        """A box with one button."""
        self._book.app.alert(message, title)


def _place(table: Any) -> ResultPlace:
    header = table.header_row_range
    corner = header.get_address(False, False).partition(":")[0]
    return ResultPlace(table.parent.name, corner, header.columns.count)


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
                link_formula(str(cell)) if is_link(column, cell) else writable(cell)
                for column, cell in zip(columns, row, strict=True)
            ]
            for row in block.rows
        ]
    table.resize(header.resize(count + 1))
