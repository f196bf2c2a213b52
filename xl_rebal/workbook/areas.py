"""Blocks of cells, by their addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from xl_rebal.workbook.book import column_letters, column_number

_ADDRESS = re.compile(r"\$?([A-Z]{1,3})\$?([1-9][0-9]{0,6})")

CELLS_AT_ONCE = 500_000
"""What is asked of a running program in one call."""


@dataclass(frozen=True, order=True)
class Area:
    """A block of cells, 1-based, both ends included; areas sort by their first cell.

    >>> Area.of("B2:C5"), Area.of("$A$1")
    (Area(top=2, left=2, bottom=5, right=3), Area(top=1, left=1, bottom=1, right=1))
    """

    top: int
    left: int
    bottom: int
    right: int

    @classmethod
    def of(cls, ref: str) -> Area | None:
        """The area of a reference without a sheet; None where it is none."""
        first, _, last = ref.partition(":")
        ends = [_ADDRESS.fullmatch(end) for end in (first, last or first)]
        if ends[0] is None or ends[1] is None:
            return None
        return cls(
            int(ends[0][2]), column_number(ends[0][1]), int(ends[1][2]), column_number(ends[1][1])
        )

    @property
    def height(self) -> int:
        return self.bottom - self.top + 1

    @property
    def width(self) -> int:
        return self.right - self.left + 1

    @property
    def corner(self) -> str:
        """The address of its first cell."""
        return f"{column_letters(self.left)}{self.top}"

    @property
    def ref(self) -> str:
        """The reference of it.

        >>> Area(2, 2, 5, 3).ref, Area(1, 1, 1, 1).ref
        ('B2:C5', 'A1')
        """
        last = f"{column_letters(self.right)}{self.bottom}"
        return last if last == self.corner else f"{self.corner}:{last}"

    def meets(self, other: Area) -> bool:
        return (
            self.top <= other.bottom
            and other.top <= self.bottom
            and self.left <= other.right
            and other.left <= self.right
        )

    def holds(self, other: Area) -> bool:
        return (
            self.top <= other.top
            and other.bottom <= self.bottom
            and self.left <= other.left
            and other.right <= self.right
        )

    def pieces(self, last: int, cells: int) -> Iterator[Area]:
        """Its rows up to ``last``, in pieces of so many cells, or of a row where that has more.

        >>> [piece.ref for piece in Area(2, 1, 9, 2).pieces(5, 6)]
        ['A2:B4', 'A5:B5']
        """
        last = min(self.bottom, last)
        step = max(1, cells // self.width)
        for top in range(self.top, last + 1, step):
            yield Area(top, self.left, min(top + step - 1, last), self.right)

    def by_rows(self) -> tuple[Area, Area]:
        """Its upper and lower half; it has two rows at least."""
        middle = (self.top + self.bottom) // 2
        return (
            Area(self.top, self.left, middle, self.right),
            Area(middle + 1, self.left, self.bottom, self.right),
        )

    def by_columns(self) -> tuple[Area, Area]:
        """Its left and right half; it has two columns at least."""
        middle = (self.left + self.right) // 2
        return (
            Area(self.top, self.left, self.bottom, middle),
            Area(self.top, middle + 1, self.bottom, self.right),
        )
