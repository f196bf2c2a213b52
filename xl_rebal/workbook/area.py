"""Blocks of cells."""

from __future__ import annotations

import re
from dataclasses import dataclass

from xl_rebal.workbook.book import column_letters, column_number

_ADDRESS = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})")


@dataclass(frozen=True)
class Area:
    """A block of cells, 1-based, both ends included.

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

    def meets(self, other: Area) -> bool:
        return (
            self.top <= other.bottom
            and other.top <= self.bottom
            and self.left <= other.right
            and other.left <= self.right
        )

    def holds(self, row: int, column: int) -> bool:
        return self.top <= row <= self.bottom and self.left <= column <= self.right

    @property
    def ref(self) -> str:
        """The reference, as ``A4:E20``."""
        first, last = (
            f"{column_letters(self.left)}{self.top}",
            f"{column_letters(self.right)}{self.bottom}",
        )
        return f"{first}:{last}"
