"""The rows of a file as they stand, nothing interpreted, and how a place in it is named."""

from __future__ import annotations

from dataclasses import dataclass

from xl_rebal.cells import RawCell, is_blank
from xl_rebal.workbook.book import column_letters


@dataclass(frozen=True)
class Rows:
    """Rows of raw cells; ``lines`` says on which line of the file (row of the sheet) each begins.

    ``sheet`` is the sheet of a workbook; blank for a text file, whose cells are all text.
    """

    name: str
    cells: tuple[tuple[RawCell, ...], ...]
    lines: tuple[int, ...]
    sheet: str = ""

    def at(self, row: int, column: int) -> RawCell:
        """A cell; blank where the row is shorter. Both count from 0."""
        cells = self.cells[row]
        return cells[column] if column < len(cells) else None

    def is_empty(self, row: int) -> bool:
        return all(is_blank(cell) for cell in self.cells[row])

    @property
    def width(self) -> int:
        return max(map(len, self.cells), default=0)

    def place(self, row: int, column: int | None = None) -> str:
        """A cell, or a line as a whole, as a person finds it.

        >>> Rows("p.csv", ((), ()), (1, 3)).place(1, 2), Rows("p.csv", ((),), (1,)).place(0)
        ('p.csv line 3, column 3', 'p.csv line 1')
        >>> daily = Rows("p.xlsx", ((),), (7,), "Daily")
        >>> daily.place(0, 2), daily.place(0)
        ('p.xlsx Daily!C7', 'p.xlsx Daily row 7')
        """
        line = self.lines[row]
        if not self.sheet:
            end = "" if column is None else f", column {column + 1}"
            return f"{self.name} line {line}{end}"
        if column is None:
            return f"{self.name} {self.sheet} row {line}"
        return f"{self.name} {self.sheet}!{column_letters(column + 1)}{line}"
