"""The cells of one stand-in sheet, in memory: what each holds, its formula and its format."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.hosts.com_types import refuse
from tests.hosts.com_values import GENERAL, ErrorCell, shown, typed

ROWS = 1_048_576
COLUMNS = 16_384
LINK = re.compile(r'=HYPERLINK\("(?:[^"]|"")*","((?:[^"]|"")*)"\)')
"""The one formula that is calculated here."""
WHOLE_COLUMNS = re.compile(r"\$?([A-Za-z]{1,3}):\$?([A-Za-z]{1,3})")
A1 = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d+)(?::\$?([A-Za-z]{1,3})\$?(\d+))?")


@dataclass(frozen=True)
class Box:
    """A rectangle of cells, rows and columns counted from 1."""

    row: int
    column: int
    height: int = 1
    width: int = 1

    @property
    def bottom(self) -> int:
        return self.row + self.height - 1

    @property
    def right(self) -> int:
        return self.column + self.width - 1

    def meets(self, other: Box) -> bool:
        """Whether the two rectangles share a cell."""
        rows = self.row <= other.bottom and other.row <= self.bottom
        return rows and self.column <= other.right and other.column <= self.right

    def around(self, other: Box) -> Box:
        """The smallest rectangle that holds both."""
        row, column = min(self.row, other.row), min(self.column, other.column)
        bottom, right = max(self.bottom, other.bottom), max(self.right, other.right)
        return Box(row, column, bottom - row + 1, right - column + 1)

    def holds(self, row: int, column: int) -> bool:
        return self.row <= row <= self.bottom and self.column <= column <= self.right

    def cells(self) -> Iterator[tuple[int, int]]:
        for row in range(self.row, self.bottom + 1):
            for column in range(self.column, self.right + 1):
                yield row, column


def letters(column: int) -> str:
    """The name of a column: 1 is A, 27 is AA.

    >>> letters(1), letters(26), letters(27), letters(16384)
    ('A', 'Z', 'AA', 'XFD')
    """
    name = ""
    while column:
        column, digit = divmod(column - 1, 26)
        name = chr(ord("A") + digit) + name
    return name


def box_of(address: str) -> Box | None:
    """The rectangle of an A1 address, None when the text is none.

    >>> box_of("$B$2:C4"), box_of("B:C")
    (Box(row=2, column=2, height=3, width=2), Box(row=1, column=2, height=1048576, width=2))
    """
    if columns := WHOLE_COLUMNS.fullmatch(address):
        outer = [_number(name) for name in columns.groups()]
        return Box(1, outer[0], ROWS, outer[1] - outer[0] + 1)
    found = A1.fullmatch(address)
    if not found:
        return None
    left, top, right, bottom = found.groups()
    first = Box(int(top), _number(left))
    return first.around(Box(int(bottom), _number(right))) if right else first


def _number(name: str) -> int:
    number = 0
    for letter in name.upper():
        number = 26 * number + ord(letter) - ord("A") + 1
    return number


@dataclass
class Cell:
    value: Any = None
    formula: str | None = None
    number_format: str = GENERAL


class Grid:
    """Cells by row and column; a cell that was never touched is blank."""

    def __init__(self) -> None:
        self.cells: dict[tuple[int, int], Cell] = {}
        self.merged: list[Box] = []
        self.hidden_rows: set[int] = set()
        self.hidden_columns: set[int] = set()

    def cell(self, row: int, column: int) -> Cell:
        return self.cells.get((row, column)) or Cell()

    def blank(self, row: int, column: int) -> bool:
        found = self.cell(row, column)
        return found.value is None and found.formula is None

    def put(self, row: int, column: int, value: Any) -> None:
        """What happens when a program sets ``Value``: text is read as if typed."""
        if not (1 <= row <= ROWS and 1 <= column <= COLUMNS):
            refuse("Application-defined or object-defined error")
        cell = self.cells.setdefault((row, column), Cell())
        if isinstance(value, str) and value.startswith("=") and cell.number_format != "@":
            link = LINK.fullmatch(value)
            cell.value, cell.formula = link and link[1].replace('""', '"'), value
            return
        cell.formula = None
        cell.value, cell.number_format = typed(value, cell.number_format)

    def put_error(self, row: int, column: int, number: int) -> None:
        """An error cell, such as a formula leaves behind."""
        self.cells.setdefault((row, column), Cell()).value = ErrorCell(number)

    def put_calculated(self, row: int, column: int, formula: str, value: Any) -> None:
        """A formula with its result: the grid itself calculates nothing."""
        self.put(row, column, value)
        cell = self.cells[row, column]
        cell.formula = formula
        cell.value = "" if value == "" else cell.value  # unlike a blank cell's, text of no length

    def read(self, row: int, column: int, *, plain: bool) -> Any:
        """``Value2`` when plain, else ``Value``."""
        cell = self.cell(row, column)
        if cell.formula is not None and cell.value is None:
            raise NotImplementedError(f"no result was given for {cell.formula}: put_calculated")
        return shown(cell.value, GENERAL if plain else cell.number_format)

    def count_shown(self, box: Box) -> int:
        """COUNTA of the rows that are not hidden, formulas with SUBTOTAL left out."""
        return sum(
            box.holds(*key)
            and key[0] not in self.hidden_rows
            and not self.blank(*key)
            and "SUBTOTAL(" not in (cell.formula or "")
            for key, cell in self.cells.items()
        )

    def used(self) -> Box:
        filled = [Box(*key) for key in self.cells if not self.blank(*key)]
        box = filled[0] if filled else Box(1, 1)
        for other in filled:
            box = box.around(other)
        return box

    def move_down(self, first_row: int, left: int, right: int, by: int) -> None:
        """Shift the cells of some columns, from a row on, down by so many rows (up if negative).

        Rows that are shifted over are gone, as when cells are deleted.
        """
        gone = range(first_row + by, first_row) if by < 0 else range(0)
        moved: dict[tuple[int, int], Cell] = {}
        for row, column in list(self.cells):
            if not left <= column <= right:
                continue
            if row >= first_row:
                moved[row + by, column] = self.cells.pop((row, column))
            elif row in gone:
                del self.cells[row, column]
        self.cells.update(moved)
