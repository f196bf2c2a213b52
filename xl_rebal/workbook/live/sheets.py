"""What a running spreadsheet program must offer, so that results can be written into its open book.

Everything else (what is written, in which order, what is put back) is the same for all of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import NamedTuple, Protocol

from xl_rebal.workbook.areas import Area
from xl_rebal.workbook.found_tables import TablePlace
from xl_rebal.workbook.live.held import Held


class CellPlace(NamedTuple):
    """A named cell: the title of its sheet, and where it stands."""

    sheet: str
    area: Area


class LiveSheets(Protocol):
    """The sheets of a book that is open in a program."""

    @property
    def program(self) -> str:
        """What it is called: Excel, Calc."""

    def tables(self) -> Mapping[str, TablePlace]:
        """The tables of the book by name. An ``area`` without data rows still has one blank row."""

    def result_cells(self) -> Mapping[str, CellPlace | None]:
        """The named cells ``res_`` by their whole name; None for a name that leads to no cell."""

    def held(self, title: str, area: Area) -> Held:
        """What a block holds."""

    def put(self, title: str, area: Area, held: Held) -> None:
        """Make a block hold this: number formats first, then all contents in one write."""

    def resize(self, table: TablePlace, area: Area) -> None:
        """Give a table this area, header row included; its header stays where it is."""

    def show_all(self, table: TablePlace) -> None:
        """Take a filter off a table that hides rows of it: new rows must be seen."""

    def kept(self) -> tuple[str, ...]:
        """The texts of the last ``keep``; none where nothing is kept."""

    def keep(self, texts: Sequence[str]) -> None:
        """Keep texts inside the book, where no user sees them; they are saved with it."""

    def quietly(self) -> AbstractContextManager[None]:
        """Without drawing, calculating and events meanwhile; as it was afterwards, whatever happens."""

    def refusal(self, error: BaseException) -> str | None:
        """In the program's own words why it would not do something; None if the error is not its."""
