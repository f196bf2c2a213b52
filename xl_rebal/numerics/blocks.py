"""Tables in pieces that stay near the processor: what is made of a piece is used before the next is made."""

from __future__ import annotations

from collections.abc import Iterator

_NUMBERS = 12_000
"""Of a piece: below 128 KiB, from which on memory comes from the system and goes back to it each time."""


def column_blocks(rows: int, columns: int) -> Iterator[slice]:
    """Columns of a table (rows, columns) by asset, a few at a time.

    >>> list(column_blocks(5_000, 5))
    [slice(0, 2, None), slice(2, 4, None), slice(4, 5, None)]
    """
    width = max(1, _NUMBERS // max(rows, 1))
    for first in range(0, columns, width):
        yield slice(first, min(first + width, columns))
