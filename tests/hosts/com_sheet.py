"""Stand-in worksheets: a grid each, its ranges and its tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.hosts.com_grid import COLUMNS, ROWS, Box, Cell, Grid, box_of
from tests.hosts.com_range import Range
from tests.hosts.com_table import ListObjects
from tests.hosts.com_types import ComCollection, ComObject, State, refuse, target_of

if TYPE_CHECKING:
    from tests.hosts.com_book import Workbook

VISIBLE = -1


class Worksheet(ComObject):
    """One sheet. ``ProtectContents`` set to True makes every change a refusal, as in Excel."""

    Visible = State(VISIBLE)
    ProtectContents = State(False)

    def __init__(self, book: Workbook, name: str) -> None:
        super().__init__()
        self._book, self._name, self._grid = book, name, Grid()
        self._tables: list[Any] = []

    @property
    def Name(self) -> str:
        return self._name

    @Name.setter
    def Name(self, name: str) -> None:
        taken = any(sheet.Name.lower() == name.lower() for sheet in self._book._sheets)
        if not 1 <= len(name) <= 31 or set(name) & set("[]:*?/\\") or taken:
            refuse("That name is already taken or is not a valid sheet name.")
        self._name = name

    @property
    def Index(self) -> int:
        return self._book._sheets.index(self) + 1

    @property
    def Parent(self) -> Workbook:
        return self._book

    @property
    def Application(self) -> Any:
        return self._book.Application

    @property
    def Cells(self) -> Range:
        return Range(self, Box(1, 1, ROWS, COLUMNS))

    @property
    def UsedRange(self) -> Range:
        return Range(self, self._grid.used())

    @property
    def ListObjects(self) -> ListObjects:
        return ListObjects(self)

    @property
    def Names(self) -> Any:
        return self._book._names_of(self)

    def Range(self, first: Any, last: Any = None) -> Any:
        """By address, by defined name, or from one corner cell to another."""
        begin = self._named(first)
        if last is None:
            return begin
        return Range(self, begin._box.around(self._named(last)._box))

    def _named(self, wanted: Any) -> Any:
        if not isinstance(wanted, str):
            return target_of(wanted)
        if "," in wanted:
            first, *more = (self._named(part)._box for part in wanted.split(","))
            return Range(self, first, more=tuple(more))
        box = box_of(wanted)
        if box is not None:
            return Range(self, box)
        for name in (*self.Names, *self._book.Names):
            if name.Name.lower() == wanted.lower() or (
                name in self.Names and name.Name.lower().endswith(f"!{wanted.lower()}")
            ):
                return name.RefersToRange
        for table in self._tables:
            if table.Name.lower() == wanted.lower():
                return table.DataBodyRange or table.Range
        return refuse("Method 'Range' of object '_Worksheet' failed")

    def Activate(self) -> None:
        self._book._active = self

    def _cell_to_change(self, row: int, column: int) -> Cell:
        """The one door of every change: protection and planned failures are met here."""
        self._book._about_to_change()
        if self.ProtectContents:
            refuse("The cell or chart you're trying to change is on a protected sheet.")
        return self._grid.cells.setdefault((row, column), Cell())


class Worksheets(ComCollection):
    def __init__(self, book: Workbook) -> None:
        super().__init__()
        self._book = book

    def _items(self) -> list[Any]:
        return self._book._sheets

    @property
    def Parent(self) -> Workbook:
        return self._book

    def Add(self, Before: Any = None, After: Any = None) -> Worksheet:
        """A new sheet before the active one, or where it is asked for."""
        if self._book._structure:
            refuse("Workbook is protected and cannot be changed.")
        sheets = self._book._sheets
        taken = {sheet.Name for sheet in sheets}
        number = next(n for n in range(1, len(sheets) + 2) if f"Sheet{n}" not in taken)
        made = Worksheet(self._book, f"Sheet{number}")
        neighbour = target_of(Before or After) if Before or After else self._book._active
        place = sheets.index(neighbour) + bool(After) if sheets else 0
        sheets.insert(place, made)
        self._book._active = made
        return made
