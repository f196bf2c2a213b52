"""Prices of a file that are others than the book's: each named, in book and file."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from xl_rebal.errors import Code, Problem
from xl_rebal.imports.choices import Prefer
from xl_rebal.imports.price_file import PriceFile
from xl_rebal.imports.price_merge import Merge, on_another_basis, restated
from xl_rebal.model.prices import Prices
from xl_rebal.wording import counted
from xl_rebal.workbook.book import RawTable
from xl_rebal.workbook.parse_prices import date_column, symbols_by_column
from xl_rebal.workbook.problems import Problems

MOST_OF_A_SYMBOL = 5
"""Conflicts named one by one; the others of a symbol are counted in one more sentence."""
_FIX = "Say --prefer file to take the file's, or --prefer book to keep the book's."


def conflicts(
    merge: Merge, held: Prices, file: PriceFile, raw: RawTable, *, study: bool
) -> Iterator[Problem]:
    """One problem a conflict with its cell in the book and its place in the file; of a symbol with
    many the first few, then one with their number and, if that is it, their common ratio.

    ``raw`` is the book's table and ``held`` what it holds.
    """
    problems = Problems()
    at = date_column(raw, problems) or 0
    places = {symbol: place for place, symbol in symbols_by_column(raw, at, problems).items()}
    index = dict(zip(held.dates, (number for number, _ in raw.filled()), strict=True))
    row = {day: number for number, day in enumerate(file.prices.dates)}
    column = {symbol: number for number, symbol in enumerate(file.prices.symbols)}
    for place, symbol in enumerate(merge.symbols):
        rows = np.flatnonzero(merge.differs[:, place]).tolist()
        for number in rows[:MOST_OF_A_SYMBOL]:
            day = merge.dates[number]
            where = file.place(row[day], column[symbol])
            yield Problem(
                Code.CONFLICT,
                f"{merge.in_file[number, place]:.12g} for {symbol} on {day} in {where}",
                f"{merge.in_book[number, place]:.12g} as in this cell",
                _FIX,
                raw.sheet,
                raw.address(index[day], places[symbol]),
            )
        if len(rows) > MOST_OF_A_SYMBOL:
            last = merge.dates[rows[-1]]
            yield Problem(
                Code.CONFLICT,
                f"{counted(len(rows) - MOST_OF_A_SYMBOL, 'more price')} of {symbol} that differ, "
                f"the last on {last}{_ratio(merge, place, study=study)}",
                "those of the book",
                _FIX,
                raw.sheet,
                raw.address(index[last], places[symbol]),
            )


def _ratio(merge: Merge, place: int, *, study: bool) -> str:
    ratio = restated(merge, place)
    if ratio is None:
        return ""
    why = "a dividend or a split" if study else "a split"
    return f" (all are {ratio:.6g} times the book's, as after {why})"


def mixed_bases(merge: Merge, prefer: Prefer, file: PriceFile) -> Iterator[Problem]:
    """Symbols whose past the file restates, where part of the other past would stay beside it."""
    for place, symbol in enumerate(merge.symbols):
        rows = on_another_basis(merge, place, prefer)
        if not len(rows):
            continue
        first, last = merge.dates[rows[0]], merge.dates[rows[-1]]
        span = f"{counted(len(rows), 'date')}, {first} to {last}"
        if prefer is Prefer.FILE:
            found = f"{symbol} on another basis than the book's, and not for {span}, that it has"
            fix = f"Import the whole past of {symbol}, back to {first}."
        else:
            found = f"new prices of {symbol} for {span} on another basis than the book's"
            fix = f"Import the whole past of {symbol} with --prefer file."
        yield Problem(
            Code.CONFLICT,
            found,
            "all prices of a symbol on one basis",
            fix,
            argument=file.rows.name,
        )
