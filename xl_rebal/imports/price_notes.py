"""What should be known of merged prices, though nothing is wrong: moves, gaps, strangers."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

import numpy as np

from xl_rebal.errors import Code, Note
from xl_rebal.imports.price_file import PriceFile
from xl_rebal.imports.price_merge import Merge
from xl_rebal.model.prices import Prices
from xl_rebal.typing import BoolArray
from xl_rebal.wording import counted, listed, percent

LARGE_MOVE = 0.4
"""From one price to the next, up or down: more than that is a split or a mistake as a rule."""
_LONGEST_GAP, _TIMES_USUAL = 7, 3
"""Days without a row that pass for a holiday, and how many usual steps do where rows are rarer."""
_NAMED = 5


def price_notes(
    merge: Merge, after: Prices, file: PriceFile, planned: Collection[str], *, study: bool
) -> Iterator[Note]:
    """Notes on the prices ``after`` a merge, as far as the file has to do with them."""
    touched = ~np.isnan(merge.in_file)
    yield from _kind(file, study=study)
    yield from _unplanned(merge, planned)
    yield from _moves(after, touched)
    yield from _rows_apart(after, np.any(touched, axis=1))
    yield from _holes(file.prices)
    yield from _left_behind(merge)
    yield from _without_overlap(merge, study=study)


def _kind(file: PriceFile, *, study: bool) -> Iterator[Note]:
    if study and file.adjusted is False:
        text = "Closes leave out dividends; in a study what pays them looks worse than it was."
        yield Note(Code.PRICE_BASIS, text, "Take adjusted closes where you can.")
    if not study and file.adjusted is None:
        text = "The file does not say whether its prices are adjusted; at adjusted closes nothing "
        text += "can be traded, and PriceKind says that Prices are tradable."
        yield Note(Code.PRICE_BASIS, text, "Set PriceKind to study if they are adjusted.")


def _unplanned(merge: Merge, planned: Collection[str]) -> Iterator[Note]:
    in_file = _chosen(merge.symbols, ~np.all(np.isnan(merge.in_file), axis=0))
    names = [symbol for symbol in in_file if symbol not in planned and symbol != "CASH"]
    if names and planned:
        verb = "is" if len(names) == 1 else "are"
        text = f"{_some(names)} {verb} in neither Holdings, Targets nor Securities."
        yield Note(Code.NOT_PLANNED, text, "Correct the name if one of them is meant.")


def _moves(prices: Prices, touched: BoolArray) -> Iterator[Note]:
    """Changes of more than LARGE_MOVE from one price of a symbol to its next."""
    said: list[str] = []
    for place, symbol in enumerate(prices.symbols):
        rows = np.flatnonzero(~np.isnan(prices.values[:, place]))
        values = prices.values[rows, place]
        moves = values[1:] / values[:-1] - 1
        new = touched[rows[1:], place] | touched[rows[:-1], place]
        said += [
            f"{symbol} goes from {values[at]:.6g} on {prices.dates[rows[at]]} to "
            f"{values[at + 1]:.6g} on {prices.dates[rows[at + 1]]} "
            f"({percent(float(moves[at]))}): a split or a mistake?"
            for at in np.flatnonzero((np.abs(moves) > LARGE_MOVE) & new).tolist()
        ]
    for text in said[:_NAMED]:
        yield Note(Code.LARGE_MOVE, text)
    if len(said) > _NAMED:
        yield Note(Code.LARGE_MOVE, f"{len(said) - _NAMED} more moves of more than 40 %.")


def _rows_apart(prices: Prices, touched: BoolArray) -> Iterator[Note]:
    """The longest time without a row, if it is long for these rows."""
    days = np.diff(prices.days).astype(int)
    new = touched[1:] | touched[:-1]
    if not len(days) or not new.any():
        return
    limit = max(_LONGEST_GAP, _TIMES_USUAL * float(np.median(days)))
    apart = np.flatnonzero((days > limit) & new)
    if len(apart):
        longest = int(apart[np.argmax(days[apart])])
        more = f", the longest of {len(apart)} such gaps" if len(apart) > 1 else ""
        text = f"No row between {prices.dates[longest]} and {prices.dates[longest + 1]}{more}."
        yield Note(Code.PRICE_GAP, text)


def _holes(prices: Prices) -> Iterator[Note]:
    """Symbols without a price on rows of the file between their first and last."""
    holes = []
    for place, symbol in enumerate(prices.symbols):
        rows = np.flatnonzero(~np.isnan(prices.values[:, place]))
        inside = prices.values[rows[0] : rows[-1] + 1, place]
        missing = np.flatnonzero(np.isnan(inside))
        if len(missing):
            first = prices.dates[rows[0] + missing[0]]
            holes.append(f"{symbol} on {counted(len(missing), 'row')} (first {first})")
    if holes:
        text = f"The file has no price of {_some(holes)}."
        yield Note(Code.PRICE_GAP, text, "Nothing is filled in.")


def _left_behind(merge: Merge) -> Iterator[Note]:
    """Symbols of the book without a price in its newest row, which the file brings."""
    if not merge.dates or not np.isnan(merge.in_book[-1]).all():
        return
    had = ~np.all(np.isnan(merge.in_book), axis=0)
    names = _chosen(merge.symbols, had & np.isnan(merge.in_file[-1]))
    if names:
        text = f"On the newest row, {merge.dates[-1]}, there is no price of {_some(names)}."
        yield Note(Code.PRICE_GAP, text, "Import their prices too: none is carried forward.")


def _without_overlap(merge: Merge, *, study: bool) -> Iterator[Note]:
    """Study prices of a symbol that join those of the book without a date in common."""
    both = np.any(merge.differs | merge.is_same, axis=0)
    had = ~np.all(np.isnan(merge.in_book), axis=0)
    names = _chosen(merge.symbols, had & np.any(merge.is_new, axis=0) & ~both)
    if study and names:
        text = f"The prices of {_some(names)} join those of the book without a date in common. "
        text += "Adjusted closes of the past change with every dividend and split."
        yield Note(Code.PRICE_BASIS, text, "Import the whole past to be sure that they fit.")


def _chosen(symbols: Sequence[str], mask: BoolArray) -> list[str]:
    return [symbol for symbol, wanted in zip(symbols, mask.tolist(), strict=True) if wanted]


def _some(names: Sequence[str]) -> str:
    """Names in a row, only the first few of many."""
    if len(names) <= _NAMED:
        return listed(names, "and")
    return f"{', '.join(names[:_NAMED])} and {len(names) - _NAMED} more"
