"""Prices of a file merged by date and symbol into those that a book holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from xl_rebal.imports.choices import Prefer
from xl_rebal.model.prices import Prices
from xl_rebal.typing import BoolArray, FloatArray, IntArray

SAME = 1e-7
"""Two prices that differ by no more than this fraction are the same: files round, and a
ten-millionth is less than any tick."""
_SAME_RATIO = 0.1
"""Ratios that differ by less than this share of what they are away from 1 are one ratio."""
_NEIGHBOURS = 4


@dataclass(frozen=True)
class Merge:
    """Book and file side by side on all dates (T) and symbols (n), those of the book first.

    ``in_book`` and ``in_file`` are (T, n), NaN where there is no price.
    """

    dates: tuple[date, ...]
    symbols: tuple[str, ...]
    in_book: FloatArray
    in_file: FloatArray

    @property
    def is_new(self) -> BoolArray:
        """(T, n): the file has a price where the book has none."""
        return np.isnan(self.in_book) & ~np.isnan(self.in_file)

    @property
    def differs(self) -> BoolArray:
        """(T, n): both have a price, and not the same."""
        both = ~np.isnan(self.in_book) & ~np.isnan(self.in_file)
        close = np.abs(self.in_book - self.in_file) <= SAME * np.abs(self.in_book)
        return both & ~close

    @property
    def is_same(self) -> BoolArray:
        return ~np.isnan(self.in_book) & ~np.isnan(self.in_file) & ~self.differs

    def prices(self, prefer: Prefer | None = None) -> Prices:
        """The merged prices; the book's stay where they differ unless the file is preferred."""
        values = np.where(np.isnan(self.in_book), self.in_file, self.in_book)
        if prefer is Prefer.FILE:
            values = np.where(self.differs, self.in_file, values)
        return Prices(self.dates, self.symbols, values)


def merged(book: Prices, file: Prices) -> Merge:
    """Both on the union of their dates and symbols."""
    dates = tuple(sorted({*book.dates, *file.dates}))
    symbols = (*book.symbols, *(s for s in file.symbols if s not in set(book.symbols)))
    return Merge(dates, symbols, _spread(book, dates, symbols), _spread(file, dates, symbols))


def _spread(prices: Prices, dates: Sequence[date], symbols: Sequence[str]) -> FloatArray:
    row = {day: number for number, day in enumerate(dates)}
    column = {symbol: number for number, symbol in enumerate(symbols)}
    values = np.full((len(dates), len(symbols)), np.nan)
    if prices.dates and prices.symbols:
        rows, columns = [row[d] for d in prices.dates], [column[s] for s in prices.symbols]
        values[np.ix_(rows, columns)] = prices.values
    return values


def restated(merge: Merge, symbol: int) -> float | None:
    """File over book where that is one ratio other than 1 on all dates that both have.

    So closes look after a dividend (adjusted) or a split: the whole past is another. None on fewer
    than two dates, or where the ratios are not one.
    """
    differs = merge.differs[:, symbol]
    both = differs | merge.is_same[:, symbol]
    if both.sum() < 2 or not differs[both].all():
        return None
    ratios = merge.in_file[both, symbol] / merge.in_book[both, symbol]
    return float(np.median(ratios)) if _is_one_ratio(ratios) else None


def _is_one_ratio(ratios: FloatArray) -> bool:
    least, most = float(ratios.min()), float(ratios.max())
    return most - least < _SAME_RATIO * min(abs(least - 1), abs(most - 1))


def on_another_basis(merge: Merge, symbol: int, prefer: Prefer) -> IntArray:
    """The rows where a price would stand that does not go with its neighbours.

    With the file preferred these are the book's prices on dates that the file lacks, with the book
    preferred the file's on new dates, wherever all of the nearest dates which both have differ by
    one ratio: book and file are on two bases there, and side by side they show a move that never
    was.
    """
    own = merge.in_book if prefer is Prefer.FILE else merge.in_file
    other = merge.in_file if prefer is Prefer.FILE else merge.in_book
    alone = np.flatnonzero(~np.isnan(own[:, symbol]) & np.isnan(other[:, symbol]))
    both = np.flatnonzero((merge.differs | merge.is_same)[:, symbol])
    if len(both) < 2 or not len(alone):
        return alone[:0]
    ratios = merge.in_file[both, symbol] / merge.in_book[both, symbol]
    differs = merge.differs[both, symbol]
    after = np.searchsorted(both, alone)
    last = max(len(both) - _NEIGHBOURS, 0)
    starts = np.clip(after - _NEIGHBOURS // 2, 0, last)
    of_start = {
        start: bool(differs[near := slice(start, start + _NEIGHBOURS)].all())
        and _is_one_ratio(ratios[near])
        for start in set(starts.tolist())
    }
    return alone[[of_start[start] for start in starts.tolist()]]
