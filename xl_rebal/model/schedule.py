"""Calendar dates of a plan, as rows of a price table: a date without prices is no trading day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from xl_rebal.typing import IntArray


class Frequency(StrEnum):
    """How often a calendar date comes."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    SEMI_ANNUAL = "semi-annual"
    ANNUAL = "annual"


@dataclass(frozen=True)
class Schedule:
    """Rows on which a calendar date falls.

    ``every`` counts rows, instead of a frequency, from the first row on. ``day`` is the row within
    each period: -1 its last (the usual period end), 0 its first, 4 its fifth; a period with fewer
    rows has none. ``offset`` moves every date by so many rows later (trading days).
    """

    frequency: Frequency = Frequency.QUARTERLY
    every: int | None = None
    day: int = -1
    offset: int = 0

    def __post_init__(self) -> None:
        if self.every is not None and self.every < 1:
            raise ValueError("every must be 1 row or more")
        if self.offset < 0:
            raise ValueError("an offset moves dates to later rows; it cannot be below 0")

    @property
    def words(self) -> str:
        """As a sheet shows it: the word, or every so many rows."""
        if self.every is None:
            return self.frequency.value
        return "every row" if self.every == 1 else f"every {self.every} rows"

    def rows(self, dates: Sequence[date] | npt.NDArray[np.datetime64]) -> IntArray:
        """The rows (rising) among ``dates``, without the first row, where the portfolio begins.

        The last row of an unfinished period is no period end: the last period that the table shows
        has none. Its n-th row is one where it is there. Of the first period nobody can know how many
        rows came before the table: its last row is a date, an n-th row of it is none, not even where
        the table happens to begin with the period. A date on the first row is the purchase itself, and
        has no later row by ``offset``.

        >>> days = [date(2024, 1, 30), date(2024, 1, 31), date(2024, 2, 1), date(2024, 2, 29),
        ...         date(2024, 3, 1)]
        >>> Schedule(Frequency.MONTHLY).rows(days).tolist()
        [1, 3]
        >>> Schedule(Frequency.MONTHLY, day=0).rows(days).tolist()
        [2, 4]
        >>> Schedule(Frequency.MONTHLY, day=1).rows(days).tolist()
        [3]
        >>> Schedule(every=2, offset=1).rows(days).tolist()
        [3]
        """
        count = len(dates)
        if self.every is not None:
            found = np.arange(self.every, count, self.every)
        else:
            starts = _first_rows(np.asarray(dates, dtype="datetime64[D]"), self.frequency)
            found = starts[1:] + self.day
            if self.day < 0:
                found = found[found >= starts[:-1]]
            else:
                found = found[found < np.append(starts[2:], count)]
        found = found[found > 0].astype(np.int64) + self.offset
        return np.asarray(found[found < count])


def _first_rows(days: npt.NDArray[np.datetime64], frequency: Frequency) -> IntArray:
    """The first row of each period that has any; weeks begin on Monday."""
    if frequency is Frequency.DAILY or not len(days):
        return np.arange(len(days))
    ends = days[[0, -1]]
    if frequency is Frequency.WEEKLY:
        first, last = (ends.astype(np.int64) + 3) // 7  # day 0 was a Thursday
        begins = (np.arange(first, last + 1) * 7 - 3).astype("datetime64[D]")
    else:
        length = _MONTHS[frequency]
        first, last = ends.astype("datetime64[M]").astype(np.int64) // length
        begins = (np.arange(first, last + 1) * length).astype("datetime64[M]")
    rows = days.searchsorted(begins)
    return np.asarray(rows[np.append(True, rows[1:] > rows[:-1])])


_MONTHS = {
    Frequency.MONTHLY: 1,
    Frequency.QUARTERLY: 3,
    Frequency.SEMI_ANNUAL: 6,
    Frequency.ANNUAL: 12,
}
