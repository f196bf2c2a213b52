"""What a command asks of a workbook, whichever host holds it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from xl_rebal.cells import RawCell, is_blank
from xl_rebal.errors import Note, Problem

Row = Sequence[RawCell]


def column_letters(column: int) -> str:
    """The letters of a column, 1 = A.

    >>> column_letters(1), column_letters(28), column_letters(16384)
    ('A', 'AB', 'XFD')
    """
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_number(letters: str) -> int:
    """The number of a column, A = 1.

    >>> column_number("AB")
    28
    """
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def link_formula(reference: str) -> str:
    """The formula of a cell that leads to another cell of the book, and shows its name.

    >>> link_formula("Holdings!C4")
    '=HYPERLINK("#Holdings!C4","Holdings!C4")'
    """
    text = reference.replace('"', '""')
    return f'=HYPERLINK("#{text}","{text}")'


@dataclass(frozen=True)
class RawTable:
    """A table as it stands in the book: header row and rows of raw cells, nothing interpreted.

    ``row`` and ``column`` (1-based) say where the header's first cell is.
    """

    name: str
    sheet: str
    header: tuple[RawCell, ...]
    rows: tuple[tuple[RawCell, ...], ...]
    row: int = 1
    column: int = 1

    def address(self, index: int, column: int) -> str:
        """Address of a cell: ``index`` counts data rows from 0 (-1 is the header)."""
        return f"{column_letters(self.column + column)}{self.row + 1 + index}"

    def at(self, index: int, column: int) -> RawCell:
        """A cell; blank where the row is shorter."""
        row = self.rows[index]
        return row[column] if column < len(row) else None

    def filled(self) -> list[tuple[int, tuple[RawCell, ...]]]:
        """The rows that hold anything, with their index."""
        return [
            (index, row)
            for index, row in enumerate(self.rows)
            if not all(is_blank(cell) for cell in row)
        ]


@dataclass(frozen=True)
class RawSetting:
    """A named cell: its value and where it is."""

    value: RawCell
    sheet: str
    cell: str


@dataclass(frozen=True)
class Source:
    """Everything that a command reads, taken once. Keys of ``settings`` have no ``set_``.

    ``strangers`` are tables (or headers on a sheet of ours, named "") that are none of ours, to say
    which one was renamed. ``problems`` and ``notes`` are what only the host can see: names that
    lead nowhere, merged and hidden cells.
    """

    tables: Mapping[str, RawTable]
    settings: Mapping[str, RawSetting]
    strangers: tuple[RawTable, ...] = ()
    problems: tuple[Problem, ...] = ()
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True)
class Block:
    """Rows for one result table, in its layout's column order."""

    table: str
    rows: tuple[tuple[RawCell, ...], ...]


@dataclass(frozen=True)
class Results:
    """All that a command writes: tables and named result cells (without their ``res_``).

    ``sheets`` names the result sheets that are made anew where a host makes sheets. The values of
    our calculated columns follow what was read, unless it was refused (``refresh``).
    """

    blocks: tuple[Block, ...] = ()
    values: Mapping[str, RawCell] = field(default_factory=dict)
    sheets: tuple[str, ...] = ()
    refresh: bool = True


class Book(Protocol):
    """A workbook in a file or in a running spreadsheet program."""

    def read(self) -> Source:
        """Tables and named settings as they stand."""

    def write(self, results: Results) -> None:
        """Write all results at once; nothing is changed if that fails."""

    def report(self, message: str) -> None:
        """Say what is going on (status bar, terminal)."""

    def progress(self, what: str, done: int, total: int) -> None:
        """Show how far long work is; may raise to cancel it, and then nothing is written."""
