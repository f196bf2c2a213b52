"""A Book over a workbook that is open in Excel, through the caller's xlwings objects."""

from __future__ import annotations

import sys
from typing import Any

from xl_rebal.workbook.book import Results, Source
from xl_rebal.workbook.contents import source_of
from xl_rebal.workbook.live.undo import undo_last
from xl_rebal.workbook.live.writing import write_results
from xl_rebal.workbook.package.refusals import days_from_1904, unsupported
from xl_rebal.workbook.xlwings_contents import ExcelContents
from xl_rebal.workbook.xlwings_sheets import ExcelSheets


class XlwingsBook:
    """``book`` is an ``xlwings.Book``. Cells are read as Value2: unrounded, dates as serials.

    ``can_undo`` says whether what the last ``write`` wrote over is kept in the book.
    """

    def __init__(self, book: Any) -> None:
        self._book = book
        self._said = ""
        self.sheets = ExcelSheets(book)
        self.can_undo = False

    def read(self) -> Source:
        """Tables by name on whatever sheet, settings by their names, and what is doubtful of them.

        Excel for Windows only. On macOS xlwings hands out error cells as blanks: a book would be
        read otherwise than it stands, so it is refused. So is one that xlwings only has a copy of
        (xlwings Server): it shows neither formulas nor formats nor hidden rows.
        """
        if sys.platform == "darwin":
            raise self._elsewhere("a book that is open in Excel for Mac")
        if not hasattr(self._book.api, "Date1904"):
            raise self._elsewhere("a book that comes through xlwings Server")
        if self._book.api.Date1904:
            raise days_from_1904(self._book.name)
        return source_of(ExcelContents(self._book))

    def _elsewhere(self, found: str) -> Exception:
        return unsupported(
            self._book.name,
            found,
            "Save it and run `xl-rebal` on the file.",
            "a book that is open in Excel for Windows, or a file",
        )

    def write(self, results: Results) -> None:
        """Write all results or none; a missing result table is refused before anything is written."""
        self.can_undo = write_results(self.sheets, results)

    def has_table(self, name: str) -> bool:
        """Whether a table of this name stands in the book."""
        return name in self.sheets.tables()

    def undo(self) -> str:
        """Put the results back that the last run wrote over; a sentence that says which."""
        return undo_last(self.sheets)

    def report(self, message: str) -> None:
        """The status bar; blank text gives it back to Excel. Excel may be too busy to show it."""
        if message == self._said and message:
            return
        self._said = message
        try:
            self._book.app.status_bar = message or False
        except Exception as error:
            if self.sheets.refusal(error) is None:
                raise

    def progress(self, what: str, done: int, total: int) -> None:
        """How far it is, in the status bar, in whole per cents: it is told so every few milliseconds."""
        self.report(f"{what}: {done / total:.0%}" if total else what)

    def alert(self, message: str, title: str) -> None:
        """A box with one button."""
        self._book.app.alert(message, title)
