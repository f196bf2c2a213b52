"""A price table to dated prices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from xl_rebal import cells
from xl_rebal.cells import Refusal, is_blank
from xl_rebal.errors import Code
from xl_rebal.model.prices import Prices
from xl_rebal.wording import listed, shown
from xl_rebal.workbook.book import RawTable
from xl_rebal.workbook.headers import folded
from xl_rebal.workbook.layout import PRICES
from xl_rebal.workbook.problems import Problems
from xl_rebal.workbook.tables import price

NO_PRICES = Prices((), (), np.empty((0, 0)))


def parse_prices(
    raw: RawTable | None, problems: Problems, *, dates_first: bool = False
) -> Prices | None:
    """Dates rising, prices above 0; a blank is a missing price, not an error.

    The dates stand in the column Date, wherever that is; with ``dates_first`` in the first column,
    whatever its header. None where anything was refused.
    """
    if raw is None or not raw.filled():
        return NO_PRICES
    before = len(problems.found)
    at = 0 if dates_first else date_column(raw, problems)
    if at is None:
        return None
    symbols = symbols_by_column(raw, at, problems)
    dates = _Dates(raw, at)
    values = []
    for index, _ in raw.filled():
        values.append([_price(raw, index, place, problems) for place in symbols])
        dates.read(index, raw.at(index, at), problems)
    dates.say_unsorted(problems)
    if len(problems.found) > before:
        return None
    table = np.array(values).reshape(len(values), -1)
    return Prices(tuple(dates.found), tuple(symbols.values()), table)


def date_column(raw: RawTable, problems: Problems) -> int | None:
    """The place of the column of dates; None with a problem where there is none."""
    column = PRICES.column("Date")
    names = [folded(header) if not is_blank(header) else "" for header in raw.header]
    for name in (column.header, *column.synonyms):
        if folded(name) in names:
            return names.index(folded(name))
    problems.say(
        Code.MISSING_COLUMN,
        f"no column 'Date' in {raw.name} (it has "
        f"{listed([shown(h) for h in raw.header if not is_blank(h)], 'and')})",
        "a column 'Date'",
        "Name the column of the trading days so.",
        raw.sheet,
        raw.address(-1, 0),
    )
    return None


def symbols_by_column(raw: RawTable, dates: int, problems: Problems) -> dict[int, str]:
    """Symbol by column; blank where it was refused, since the prices below are read all the same."""
    found: dict[int, str] = {}
    for place, header in enumerate(raw.header):
        if place == dates:
            continue
        if is_blank(header):
            if not all(is_blank(raw.at(i, place)) for i in range(len(raw.rows))):
                found[place] = ""
                problems.say(Code.MISSING_CELL, "an empty cell above prices", "a symbol",
                             "Type the symbol, or clear the column.",
                             raw.sheet, raw.address(-1, place))  # fmt: skip
            continue
        found[place] = ""
        try:
            symbol = cells.symbol(header)
        except Refusal as refusal:
            problems.add(refusal, raw.sheet, raw.address(-1, place))
            continue
        if symbol in found.values():
            problems.say(Code.DUPLICATE, f"a second column {symbol}", "each symbol once",
                         "Remove one of the two.", raw.sheet, raw.address(-1, place))  # fmt: skip
            continue
        found[place] = symbol
    return found


@dataclass
class _Dates:
    """The dates of a table, row by row; a table out of order is one problem, not a thousand."""

    raw: RawTable
    column: int

    def __post_init__(self) -> None:
        self.found: list[date] = []
        self._seen: set[date] = set()
        self._falls: list[tuple[int, str]] = []

    def read(self, index: int, cell: cells.RawCell, problems: Problems) -> None:
        place = self.raw.address(index, self.column)
        try:
            day = cells.day(cell)
        except Refusal as refusal:
            problems.add(refusal, self.raw.sheet, place)
            return
        if day in self._seen:
            problems.say(Code.DUPLICATE, f"{day} a second time", "each date once",
                         "Remove one of the rows.", self.raw.sheet, place)  # fmt: skip
            return
        if self.found and day < self.found[-1]:
            self._falls.append((index, f"{day} after {self.found[-1]}"))
        self._seen.add(day)
        self.found.append(day)

    def say_unsorted(self, problems: Problems) -> None:
        if not self._falls:
            return
        index, found = self._falls[0]
        more = f" and {len(self._falls) - 1} more like it" if len(self._falls) > 1 else ""
        problems.say(Code.OUT_OF_RANGE, found + more, "dates that rise from row to row",
                     "Sort the table by date, oldest first.", self.raw.sheet,
                     self.raw.address(index, self.column))  # fmt: skip


def _price(raw: RawTable, index: int, place: int, problems: Problems) -> float:
    value = raw.at(index, place)
    if type(value) is float and 1e-6 <= value <= 1e9:  # thousands of them: the short way first
        return value
    if is_blank(value):
        return float("nan")
    try:
        return price(value)
    except Refusal as refusal:
        problems.add(refusal, raw.sheet, raw.address(index, place))
        return float("nan")
