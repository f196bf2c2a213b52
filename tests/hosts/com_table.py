"""Stand-in tables (ListObjects): a header row and a body over cells of the grid.

Excel's rules that a writer must know are kept: the header row stays where it is, a table needs a
row below it, a body whose last row was deleted is None, shrinking leaves the cells behind as plain
cells, and tables may not overlap.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.hosts.com_grid import Box, Cell
from tests.hosts.com_range import Range
from tests.hosts.com_types import ComCollection, ComObject, State, refuse, target_of

if TYPE_CHECKING:
    from tests.hosts.com_sheet import Worksheet

YES = 1


class ListObject(ComObject):
    """A table of headers in its first row; ``_empty`` when its body has no row."""

    TableStyle = State("TableStyleMedium2")
    ShowAutoFilter = State(True)

    def __init__(self, sheet: Worksheet, box: Box, name: str) -> None:
        super().__init__()
        self._sheet, self._box, self._name, self._empty = sheet, box, name, False
        self._totals = False

    @property
    def Name(self) -> str:
        return self._name

    @Name.setter
    def Name(self, name: str) -> None:
        book = self._sheet.Parent
        tables = [table for sheet in book._sheets for table in sheet._tables]
        if any(table is not self and table.Name.lower() == name.lower() for table in tables):
            refuse("A table with this name already exists.")
        self._name = name

    DisplayName = Name

    @property
    def Parent(self) -> Worksheet:
        return self._sheet

    @property
    def ShowHeaders(self) -> bool:
        return True

    @property
    def ShowTotals(self) -> bool:
        """Whether the last row holds totals; a test that wants them sets ``_totals``."""
        return self._totals

    @property
    def AutoFilter(self) -> Any:
        return AutoFilter(self) if self.ShowAutoFilter else None

    @property
    def Range(self) -> Range:
        return Range(self._sheet, self._box)

    @property
    def HeaderRowRange(self) -> Any:
        return Range(self._sheet, Box(self._box.row, self._box.column, 1, self._box.width))

    @property
    def _body(self) -> Box:
        box = self._box
        return Box(box.row + 1, box.column, box.height - 1 - self._totals, box.width)

    @property
    def DataBodyRange(self) -> Any:
        return None if self._empty else Range(self._sheet, self._body)

    @property
    def InsertRowRange(self) -> Any:
        return Range(self._sheet, self._body) if self._empty else None

    @property
    def ListRows(self) -> ListRows:
        return ListRows(self)

    @property
    def ListColumns(self) -> ListColumns:
        return ListColumns(self)

    def Resize(self, wanted: Any) -> None:
        """Take these cells, header row included. Cells that are left keep what they hold."""
        box = target_of(wanted)._box
        if box.row != self._box.row or box.height < 2 or not box.meets(self._box):
            refuse("The headers must remain in the same row, and the tables must overlap.")
        others = [table for table in self._sheet._tables if table is not self]
        if any(table._box.meets(box) for table in others):
            refuse("A table can't overlap another table.")
        self._sheet._book._about_to_change()
        self._box, self._empty = box, False
        _name_headers(self._sheet, box)


class AutoFilter(ComObject):
    """The filter of a table: here the rows that are hidden among its own are those it filters out."""

    def __init__(self, table: ListObject) -> None:
        super().__init__()
        self._hidden, self._rows = table._sheet._grid.hidden_rows, table._body

    @property
    def FilterMode(self) -> bool:
        return any(self._rows.row <= row <= self._rows.bottom for row in self._hidden)

    def ShowAllData(self) -> None:
        self._hidden -= set(range(self._rows.row, self._rows.bottom + 1))


def _name_headers(sheet: Worksheet, box: Box) -> None:
    """A header is text and never blank: Excel calls a nameless column "Column1" and so on."""
    for place, column in enumerate(range(box.column, box.right + 1), 1):
        cell = sheet._grid.cells.setdefault((box.row, column), Cell())
        if cell.value is None:
            cell.value = f"Column{place}"
        elif not isinstance(cell.value, str):
            cell.value = f"{cell.value:g}"


class ListObjects(ComCollection):
    def __init__(self, sheet: Worksheet) -> None:
        super().__init__()
        self._sheet = sheet

    def _items(self) -> list[Any]:
        return self._sheet._tables

    @property
    def Parent(self) -> Worksheet:
        return self._sheet

    def Add(
        self,
        SourceType: int = 1,
        Source: Any = None,
        LinkSource: Any = None,
        XlListObjectHasHeaders: int = YES,
        Destination: Any = None,
        TableStyleName: str | None = None,
    ) -> ListObject:
        """A table over a range whose first row holds the headers."""
        if SourceType != 1 or XlListObjectHasHeaders != YES or LinkSource or Destination:
            raise NotImplementedError("only a table over cells with a header row")
        source: Range = target_of(Source)
        box = source._box
        if box.height < 2:
            box = Box(box.row, box.column, 2, box.width)
        if any(table._box.meets(box) for table in self._sheet._tables):
            refuse("A table can't overlap another table.")
        number = 1 + sum(len(sheet._tables) for sheet in self._sheet.Parent._sheets)
        table = ListObject(self._sheet, box, f"Table{number}")
        if TableStyleName:
            table.TableStyle = TableStyleName
        _name_headers(self._sheet, box)
        self._sheet._tables.append(table)
        return table


class ListRow(ComObject):
    def __init__(self, table: ListObject, index: int) -> None:
        super().__init__()
        self._table, self._index = table, index

    @property
    def Index(self) -> int:
        return self._index

    @property
    def Range(self) -> Range:
        body = self._table._body
        row = body.row + self._index - 1
        return Range(self._table._sheet, Box(row, body.column, 1, body.width))

    def Delete(self) -> None:
        """The cells below, inside the table's columns, move up; a last row leaves an empty body."""
        table, body = self._table, self._table._body
        if body.height == 1:
            self.Range.ClearContents()
            table._empty = True
            return
        table._sheet._book._about_to_change()
        table._sheet._grid.move_down(body.row + self._index, body.column, body.right, -1)
        box = table._box
        table._box = Box(box.row, box.column, box.height - 1, box.width)


class ListRows(ComCollection):
    def __init__(self, table: ListObject) -> None:
        super().__init__()
        self._table = table

    def _items(self) -> list[Any]:
        count = 0 if self._table._empty else self._table._body.height
        return [ListRow(self._table, index) for index in range(1, count + 1)]

    def Add(self, Position: int | None = None) -> ListRow:
        """A blank row at a place, or at the end; cells below move down."""
        table, body = self._table, self._table._body
        table._sheet._book._about_to_change()
        if table._empty:
            table._empty = False
            return ListRow(table, 1)
        index = body.height + 1 if Position is None else Position
        table._sheet._grid.move_down(body.row + index - 1, body.column, body.right, 1)
        box = table._box
        table._box = Box(box.row, box.column, box.height + 1, box.width)
        return ListRow(table, index)


class ListColumn(ComObject):
    def __init__(self, table: ListObject, index: int) -> None:
        super().__init__()
        self._table, self._index = table, index

    @property
    def Index(self) -> int:
        return self._index

    @property
    def Name(self) -> str:
        return str(self._table.HeaderRowRange.Item(1, self._index).Value)

    @property
    def Range(self) -> Range:
        box = self._table._box
        column = Box(box.row, box.column + self._index - 1, box.height)
        return Range(self._table._sheet, column)

    @property
    def DataBodyRange(self) -> Any:
        if self._table._empty:
            return None
        body = self._table._body
        return Range(self._table._sheet, Box(body.row, body.column + self._index - 1, body.height))


class ListColumns(ComCollection):
    def __init__(self, table: ListObject) -> None:
        super().__init__()
        self._table = table

    def _items(self) -> list[Any]:
        return [ListColumn(self._table, index) for index in range(1, self._table._box.width + 1)]
