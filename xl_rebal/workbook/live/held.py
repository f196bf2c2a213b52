"""What a block of cells holds, so that it can be put back exactly: contents and number formats."""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass
from typing import NamedTuple

from xl_rebal.workbook.areas import Area
from xl_rebal.workbook.book import column_letters

AS_TEXT = "@"
_LONGEST_READ_AS_NUMBER = 50
"""Characters of the longest date or number that a program reads a typed text as, amply."""


class Formula(NamedTuple):
    """A formula, in English with A1 references: ``=A1+1``."""

    text: str


class Fault(NamedTuple):
    """An error value that stands in a cell by itself, without a formula: ``#N/A``."""

    text: str


Content = None | str | float | bool | Formula | Fault


@dataclass(frozen=True)
class Held:
    """The contents of a block, row by row, and number formats by parts of it.

    A part is counted from the block's first cell, which is (1, 1). What no part covers keeps its format
    when this is put somewhere.
    """

    cells: tuple[tuple[Content, ...], ...]
    formats: tuple[tuple[Area, str], ...] = ()

    def format_at(self, row: int, column: int) -> str:
        """The number format of a cell, both counted from 0; blank where no part covers it."""
        return next(
            (
                code
                for part, code in self.formats
                if part.top <= row + 1 <= part.bottom and part.left <= column + 1 <= part.right
            ),
            "",
        )

    def first_filled(self, after: int) -> tuple[int, int] | None:
        """The first cell that holds anything below the first ``after`` rows, counted from 0."""
        for row, cells in enumerate(self.cells[after:], start=after):
            for column, cell in enumerate(cells):
                if cell is not None:
                    return row, column
        return None


def address(area: Area, row: int, column: int) -> str:
    """The address of a cell of an area, both counted from 0.

    >>> address(Area(7, 1, 9, 3), 1, 2)
    'C8'
    """
    return f"{column_letters(area.left + column)}{area.top + row}"


def would_be_read(text: str) -> bool:
    """Whether a program might take a text that is put into a cell for a formula, number or date.

    All of these hold a digit or begin with a sign, but for truth values and error values. A text cell
    (format ``@``) takes any text as it is.

    >>> would_be_read("MAR1"), would_be_read("=A1"), would_be_read("true"), would_be_read("Sell")
    (True, True, True, False)
    """
    if not text:
        return False
    if text[0] in "=+-@'#" or text.strip().upper() in ("TRUE", "FALSE"):
        return True
    return len(text) <= _LONGEST_READ_AS_NUMBER and any(letter.isdigit() for letter in text)


def mark_of(row: tuple[Content, ...]) -> int:
    """A checksum of the contents of a row: what a user types there changes it."""
    return zlib.crc32(json.dumps([plain(cell) for cell in row]).encode())


def plain(cell: Content) -> object:
    """A content as JSON has it."""
    if isinstance(cell, Formula):
        return {"formula": cell.text}
    if isinstance(cell, Fault):
        return {"error": cell.text}
    return cell


def content(value: object) -> Content:
    """The content of which ``plain`` made this; ValueError where nothing did."""
    if value is None or isinstance(value, (str, bool)):
        return value
    if isinstance(value, (int, float)):
        return float(value)
    if isinstance(value, dict) and len(value) == 1:
        ((kind, text),) = value.items()
        if isinstance(text, str) and kind in ("formula", "error"):
            return Formula(text) if kind == "formula" else Fault(text)
    raise ValueError(f"no content of a cell: {value!r}")
