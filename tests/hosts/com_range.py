"""A stand-in ``Range`` over the in-memory grid, with the properties that xlwings calls.

A range of one cell gives a scalar, every other a tuple of tuples. Rows and columns count from 1.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from tests.hosts.com_grid import COLUMNS, ROWS, Box, letters
from tests.hosts.com_types import ERROR_CELLS, RANGE_IID, ComCollection, ComObject, refuse
from tests.hosts.com_values import block, variant

if TYPE_CHECKING:
    from tests.hosts.com_sheet import Worksheet

MIXED: bool | None = None
"""What MergeCells is for a range with merged cells and others. Microsoft's reference says True ("True
if the range contains merged cells"); Excel is known to give Null, which arrives as None."""
DIRECTIONS = {-4121: (1, 0), -4162: (-1, 0), -4161: (0, 1), -4159: (0, -1)}
UNITS = re.compile(r'\[[^\]]*\]|"[^"]*"|\$')
"""What stands in brackets or quotes, and a $ that does not."""
TOO_MANY = 1_000_000  # a whole column is never read cell by cell


class Range(ComObject):
    """A rectangle of one sheet; ``unit`` says what Count and Item mean (cells, rows, columns).

    A reference to several areas is the first of them in all but Areas and CountLarge, as Excel's
    Value and Rows are.
    """

    _iid = RANGE_IID

    def __init__(
        self, sheet: Worksheet, box: Box, unit: str = "cells", more: tuple[Box, ...] = ()
    ) -> None:
        super().__init__()
        self._sheet, self._box, self._unit, self._more = sheet, box, unit, more

    @property
    def Worksheet(self) -> Worksheet:
        return self._sheet

    Parent = Worksheet

    @property
    def Application(self) -> Any:
        return self._sheet.Application

    @property
    def Row(self) -> int:
        return self._box.row

    @property
    def Column(self) -> int:
        return self._box.column

    @property
    def Rows(self) -> Range:
        return Range(self._sheet, self._box, "rows")

    @property
    def Columns(self) -> Range:
        return Range(self._sheet, self._box, "columns")

    @property
    def Cells(self) -> Range:
        return Range(self._sheet, self._box)

    @property
    def Count(self) -> int:
        box = self._box
        return {"rows": box.height, "columns": box.width}.get(self._unit, box.height * box.width)

    @property
    def CountLarge(self) -> int:
        """All cells, of every area (Count fails above two thousand million)."""
        return sum(box.height * box.width for box in (self._box, *self._more))

    @property
    def Areas(self) -> Areas:
        return Areas(self)

    def Item(self, row: int, column: int | None = None) -> Range:
        """A cell by row and column, counted from this range's corner; it may lie outside."""
        box = self._box
        if self._unit == "rows" and column is None:
            return Range(self._sheet, Box(box.row + row - 1, box.column, 1, box.width), "rows")
        if self._unit == "columns" and column is None:
            return Range(self._sheet, Box(box.row, box.column + row - 1, box.height), "columns")
        if column is None:
            row, column = divmod(row - 1, box.width)
            row, column = row + 1, column + 1
        row, column = box.row + row - 1, box.column + column - 1
        if not (1 <= row <= ROWS and 1 <= column <= COLUMNS):
            refuse("Application-defined or object-defined error")
        return Range(self._sheet, Box(row, column))

    def __call__(self, row: int, column: int | None = None) -> Range:
        return self.Item(row, column)

    @property
    def Address(self) -> str:
        return self.GetAddress()

    def GetAddress(
        self, rows: bool = True, columns: bool = True, _style: int = 1, external: bool = False
    ) -> str:
        box = self._box
        row_mark, column_mark = "$" if rows else "", "$" if columns else ""
        first = f"{column_mark}{letters(box.column)}{row_mark}{box.row}"
        last = f"{column_mark}{letters(box.right)}{row_mark}{box.bottom}"
        address = first if first == last else f"{first}:{last}"
        if box.height == ROWS:
            address = f"{column_mark}{letters(box.column)}:{column_mark}{letters(box.right)}"
        elif box.width == COLUMNS:
            address = f"{row_mark}{box.row}:{row_mark}{box.bottom}"
        if external:
            return f"'[{self._sheet.Parent.Name}]{self._sheet.Name}'!{address}"
        return address

    # values -----------------------------------------------------------------------------------

    @property
    def Value(self) -> Any:
        """Dates as dates, currency as a Decimal of four places."""
        return self._read(plain=False)

    @Value.setter
    def Value(self, value: Any) -> None:
        self._write(value)

    @property
    def Value2(self) -> Any:
        """Dates and currency as numbers, nothing rounded."""
        return self._read(plain=True)

    @Value2.setter
    def Value2(self, value: Any) -> None:
        self._write(value)

    @property
    def Formula(self) -> Any:
        """Formulas as text, constants as text, blanks as ""."""
        return self._each(self._formula)

    @Formula.setter
    def Formula(self, value: Any) -> None:
        self._write(value)

    Formula2 = Formula

    @property
    def HasArray(self) -> bool:
        return False

    @property
    def HasFormula(self) -> bool | None:
        """True where all cells have a formula, False where none has, else Null
        (learn.microsoft.com/office/vba/api/excel.range.hasformula)."""
        cells = self._sheet._grid.cells
        inside = sum(
            self._box.holds(*key) for key, cell in cells.items() if cell.formula is not None
        )
        if inside == 0:
            return False
        return True if inside == self._box.height * self._box.width else None

    @property
    def NumberFormat(self) -> str | None:
        """The format that all cells share, else None, in English: the machine's currency is a $.

        "This property returns Null if all cells in the specified range don't have the same number
        format" (learn.microsoft.com/office/vba/api/excel.range.numberformat).
        """
        code = self._format()
        return None if code is None else code.replace(f'"{self._currency()}"', "$")

    @NumberFormat.setter
    def NumberFormat(self, text: str) -> None:
        for row, column in self._box.cells():
            self._sheet._cell_to_change(row, column).number_format = text

    @property
    def NumberFormatLocal(self) -> str:
        """The format in the user's language, as far as currency goes: a bare $ is the machine's.

        What it is for cells of several formats is not written anywhere, so it may not be asked.
        """
        code = self._format()
        if code is None:
            raise NotImplementedError("NumberFormatLocal of cells that differ")
        own = self._currency()
        dollars = ("$", f'"{own}"')
        return UNITS.sub(lambda unit: own if unit[0] in dollars else unit[0], code)

    def _format(self) -> str | None:
        found = {self._sheet._grid.cell(*key).number_format for key in self._box.cells()}
        return found.pop() if len(found) == 1 else None

    def _currency(self) -> str:
        symbol: str = self.Application._currency
        return symbol

    def ClearContents(self) -> None:
        for row, column in self._sheet._grid.used().cells():
            if self._box.meets(Box(row, column)):
                cell = self._sheet._cell_to_change(row, column)
                cell.value = cell.formula = None

    def Clear(self) -> None:
        self.ClearContents()
        self.NumberFormat = "General"

    def _read(self, *, plain: bool) -> Any:
        return self._each(lambda row, column: self._sheet._grid.read(row, column, plain=plain))

    def _each(self, look: Any) -> Any:
        box = self._box
        if box.height * box.width > TOO_MANY:
            refuse("Out of memory")
        if box.height == box.width == 1:
            return look(box.row, box.column)
        columns = range(box.column, box.right + 1)
        return tuple(
            tuple(look(row, column) for column in columns) for row in range(box.row, box.bottom + 1)
        )

    def _formula(self, row: int, column: int) -> str:
        cell = self._sheet._grid.cell(row, column)
        if cell.formula is not None:
            return cell.formula
        return "" if cell.value is None else str(cell.value)

    def _write(self, value: Any) -> None:
        """A scalar fills the range, a single row is repeated, cells without a value get #N/A."""
        rows = block(value)
        scalar = variant(value) if rows is None else None
        if rows is not None and len(rows) == 1:
            rows = rows * self._box.height
        for row, column in self._box.cells():
            down, across = row - self._box.row, column - self._box.column
            self._sheet._cell_to_change(row, column)
            if rows is None:
                self._sheet._grid.put(row, column, scalar)
            elif down < len(rows) and across < len(rows[0]):
                self._sheet._grid.put(row, column, rows[down][across])
            else:
                self._sheet._grid.put(row, column, None)
                self._sheet._grid.put_error(row, column, ERROR_CELLS["#N/A"])

    # merged and hidden ------------------------------------------------------------------------

    @property
    def MergeCells(self) -> bool | None:
        """False where no cell is merged, True where all are, else MIXED."""
        merged = [key for box in self._sheet._grid.merged for key in box.cells()]
        inside = sum(self._box.holds(*key) for key in merged)
        if inside == 0:
            return False
        return True if inside == self._box.height * self._box.width else MIXED

    @property
    def MergeArea(self) -> Range:
        """The merged cells around a cell, or the cell itself.

        "The MergeArea property only works on a single-cell range"
        (learn.microsoft.com/office/vba/api/excel.range.mergearea).
        """
        if self._box.height * self._box.width > 1:
            refuse("Unable to get the MergeArea property of the Range class")
        around = (box for box in self._sheet._grid.merged if box.meets(self._box))
        return Range(self._sheet, next(around, self._box))

    @property
    def EntireRow(self) -> Range:
        return Range(self._sheet, Box(self._box.row, 1, self._box.height, COLUMNS), "rows")

    @property
    def EntireColumn(self) -> Range:
        return Range(self._sheet, Box(1, self._box.column, ROWS, self._box.width), "columns")

    @property
    def Hidden(self) -> bool:
        """Whether a whole row or column is hidden, by hand or by a filter.

        "The specified range must span an entire column or row"
        (learn.microsoft.com/office/vba/api/excel.range.hidden). What it is for several of which some
        are hidden is not written anywhere, so it may not be asked.
        """
        box, grid = self._box, self._sheet._grid
        if box.width == COLUMNS and box.height == 1:
            return box.row in grid.hidden_rows
        if box.height == ROWS and box.width == 1:
            return box.column in grid.hidden_columns
        if box.width == COLUMNS or box.height == ROWS:
            raise NotImplementedError("Hidden of several rows or columns")
        return refuse("Unable to get the Hidden property of the Range class")

    # neighbours -------------------------------------------------------------------------------

    def End(self, direction: int) -> Range:
        """Where Ctrl and an arrow key lead from the first cell."""
        down, right = DIRECTIONS[direction]
        grid, row, column = self._sheet._grid, self._box.row, self._box.column

        def inside(row: int, column: int) -> bool:
            return 1 <= row <= ROWS and 1 <= column <= COLUMNS

        run = not grid.blank(row, column) and not grid.blank(row + down, column + right)
        while inside(row + down, column + right):
            if run and grid.blank(row + down, column + right):
                break
            row, column = row + down, column + right
            if not run and not grid.blank(row, column):
                break
        return Range(self._sheet, Box(row, column))

    @property
    def CurrentRegion(self) -> Range:
        """The block of filled cells around the first cell, up to blank rows and columns."""
        box = Box(self._box.row, self._box.column)
        filled = [Box(*key) for key in self._sheet._grid.cells if not self._sheet._grid.blank(*key)]
        while True:
            near = Box(box.row - 1, box.column - 1, box.height + 2, box.width + 2)
            grown = box
            for cell in filled:
                if near.meets(cell):
                    grown = grown.around(cell)
            if grown == box:
                return Range(self._sheet, box)
            box = grown

    @property
    def ListObject(self) -> Any:
        """The table that holds the first cell, or None."""
        corner = Box(self._box.row, self._box.column)
        return next((t for t in self._sheet.ListObjects if t._box.meets(corner)), None)


class Areas(ComCollection):
    """The blocks of a reference."""

    def __init__(self, whole: Range) -> None:
        super().__init__()
        self._whole = whole

    def _items(self) -> list[Any]:
        whole = self._whole
        return [Range(whole._sheet, box, whole._unit) for box in (whole._box, *whole._more)]
