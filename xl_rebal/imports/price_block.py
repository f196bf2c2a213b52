"""Where the prices stand in a file: the header row, the column of dates, the rows with a date."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from xl_rebal import cells
from xl_rebal.cells import RawCell, Refusal, is_blank
from xl_rebal.errors import Code
from xl_rebal.imports.dates import looks_like_date
from xl_rebal.imports.faults import Faults
from xl_rebal.imports.price_words import Field, field_of, rank_of_date_word
from xl_rebal.imports.rows import Rows
from xl_rebal.wording import shown

_MOST_HEADER_ROWS = 3
_NO_WORD = tuple("0123456789.-+$€£")


@dataclass(frozen=True)
class Block:
    """The rows from the first to the last that has a date in ``column``, under ``header``.

    ``above`` are the filled rows directly above the header, ``after`` those below the last date.
    ``is_named`` says that the header has a word for dates. All count from 0.
    """

    rows: Rows
    header: int
    column: int
    data: tuple[int, ...]
    above: tuple[int, ...]
    after: tuple[int, ...]
    is_named: bool

    def headers(self, row: int | None = None) -> dict[int, RawCell]:
        """The filled cells of a header row by column, without the column of dates."""
        return {
            column: cell
            for column, cell in enumerate(self.rows.cells[self.header if row is None else row])
            if column != self.column and not is_blank(cell)
        }


def is_dated(cell: RawCell, *, serials: bool = False) -> bool:
    """Whether a cell is a date, or a text or (with ``serials``) a number that can be one."""
    if isinstance(cell, str):
        return looks_like_date(cell)
    if cell is None or (isinstance(cell, float) and not serials):
        return False
    try:
        return bool(cells.day(cell))
    except Refusal:
        return False


def dates_in(row: Sequence[RawCell]) -> int:
    """How many cells of a row are dates."""
    return sum(is_dated(cell) for cell in row)


def find_block(rows: Rows, faults: Faults) -> Block | None:
    """The block of prices; None where no date stands under a header. Two blocks are a fault."""
    filled = [row for row in range(len(rows.cells)) if not rows.is_empty(row)]
    heads = _named_heads(rows, filled)
    if len(heads) > 1:
        faults.say(
            Code.DUPLICATE, f"a second header, like that of {rows.place(heads[0][0])}",
            "one table a file", "Keep each table in a file of its own, or delete this line.",
            heads[1][0],
        )  # fmt: skip
        return None
    if heads:
        return _block(rows, *heads[0], filled, named=True)
    head = _unnamed_head(rows, filled)
    return _block(rows, *head, filled, named=False) if head else None


def _named_heads(rows: Rows, filled: Sequence[int]) -> list[tuple[int, int]]:
    """Rows with a word for dates above a date, and the column of it.

    Where the date directly below is none (mistyped), it is the last such row above any date.
    """
    heads: list[tuple[int, int]] = []
    farther: list[tuple[int, int]] = []
    dated: dict[int, bool] = {}
    for row, below in reversed(list(pairwise(filled))):
        for column in range(len(rows.cells[below])):
            if not dated.get(column):
                dated[column] = is_dated(rows.at(below, column), serials=True)
        columns = [
            column
            for column, cell in enumerate(rows.cells[row])
            if isinstance(cell, str)
            and not cell.startswith(_NO_WORD)
            and field_of(cell) is Field.DATE
            and dated.get(column)
        ]
        if columns:
            best = min(columns, key=lambda column: rank_of_date_word(str(rows.at(row, column))))
            near = is_dated(rows.at(below, best), serials=True)
            (heads if near else farther).append((row, best))
    return heads[::-1] or farther[:1]


def _unnamed_head(rows: Rows, filled: Sequence[int]) -> tuple[int, int] | None:
    """The row above the first date of the column with most of them, unless it is one of prices."""
    counts = [0] * rows.width
    first: dict[int, int] = {}
    for row in filled:
        for column, cell in enumerate(rows.cells[row]):
            if is_dated(cell):
                counts[column] += 1
                first.setdefault(column, row)
    if not any(counts):
        return None
    column = counts.index(max(counts))
    place = filled.index(first[column])
    if not place or _is_of_prices(rows, filled[place - 1], column):
        return None
    return filled[place - 1], column


def _is_of_prices(rows: Rows, row: int, column: int) -> bool:
    """Whether a row has numbers and no words beside something where a date should be."""
    others = [c for n, c in enumerate(rows.cells[row]) if n != column and not is_blank(c)]
    words = [c for c in others if isinstance(c, str) and not c.strip().startswith(_NO_WORD)]
    return bool(others) and not words and not is_blank(rows.at(row, column))


def _block(rows: Rows, header: int, column: int, filled: Sequence[int], *, named: bool) -> Block:
    below = [row for row in filled if row > header]
    last = [row for row in below if is_dated(rows.at(row, column), serials=named)][-1]
    above = [row for row in filled if header - _MOST_HEADER_ROWS <= row < header]
    return Block(
        rows,
        header,
        column,
        tuple(row for row in below if row <= last),
        tuple(above),
        tuple(row for row in below if row > last),
        named,
    )


def say_no_block(rows: Rows, faults: Faults) -> None:
    """What is missing where no block was found."""
    counts = [dates_in(row) for row in rows.cells]
    if max(counts, default=0) > 1:
        faults.say(
            Code.MISSING_COLUMN, "dates side by side", "dates one below the other, under a header",
            "Turn the table round (in Excel: copy, Paste Special, Transpose).",
            next(row for row, count in enumerate(counts) if count > 1),
        )  # fmt: skip
    elif any(counts):
        faults.say(
            Code.MISSING_COLUMN, "a date without a header above it",
            "a first row with Date and the symbols", "Add it to the file.",
            next(row for row, count in enumerate(counts) if count),
        )  # fmt: skip
    else:
        first = next((row for row in range(len(rows.cells)) if not rows.is_empty(row)), None)
        words = [str(c) for c in rows.cells[first] if not is_blank(c)] if first is not None else []
        start = f" in a file that begins {shown(' '.join(words))}" if words else ""
        faults.say(
            Code.NOTHING_TO_READ, f"no dates{start}",
            "a column of dates and a column of prices, under a header",
            "Choose another file, or write its dates as 2013-03-01.",
        )  # fmt: skip
