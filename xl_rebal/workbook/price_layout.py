"""Where each date and each symbol stands in tblPrices once more prices are in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from xl_rebal.cells import is_blank, visible
from xl_rebal.model.prices import Prices
from xl_rebal.workbook.areas import Area
from xl_rebal.workbook.book import RawTable
from xl_rebal.workbook.layout import NO_SYMBOL_YET
from xl_rebal.workbook.parse_prices import date_column, parse_prices, symbols_by_column
from xl_rebal.workbook.problems import Problems


@dataclass(frozen=True)
class PriceLayout:
    """The table as it is (``raw``) and the prices that it shall hold.

    ``index`` is the data row of each date and ``place`` the column of each symbol, from 0;
    ``before`` the data row of each date that is there already. ``headers`` are those that are
    written: of new columns, and of a column that waited for a symbol.
    """

    raw: RawTable
    prices: Prices
    date_place: int
    before: Mapping[date, int]
    index: Mapping[date, int]
    place: Mapping[str, int]
    headers: Mapping[int, str]

    @property
    def moved(self) -> dict[int, int]:
        """Data rows that stand elsewhere afterwards: from where to where."""
        return {old: self.index[day] for day, old in self.before.items() if self.index[day] != old}

    @property
    def width(self) -> int:
        return max(len(self.raw.header), *(place + 1 for place in self.place.values()), 1)

    def row(self, index: int) -> int:
        """The row of the sheet of a data row; -1 is the header's."""
        return self.raw.row + 1 + index

    def area(self, rows: int) -> Area:
        """From the header to the last of so many data rows."""
        right = self.raw.column + self.width - 1
        return Area(self.raw.row, self.raw.column, self.row(rows - 1), right)

    @property
    def rows(self) -> int:
        """How many data rows are needed, blank ones among them too."""
        return max(self.index.values(), default=-1) + 1


def price_layout(raw: RawTable, prices: Prices, *, keep_waiting: bool) -> PriceLayout:
    """The layout of ``prices``, which hold all that the table holds.

    Dates later than all there are come below them, where nothing moves; otherwise the rows are
    laid out anew, one below the other. With ``keep_waiting`` no symbol takes the waiting column.
    """
    problems = Problems()
    at = date_column(raw, problems)
    held = parse_prices(raw, problems)
    assert at is not None, problems.found  # the table was read before
    assert held is not None, problems.found
    filled = [index for index, _ in raw.filled()]
    before = dict(zip(held.dates, filled, strict=True))
    place = {symbol: column for column, symbol in symbols_by_column(raw, at, problems).items()}
    headers: dict[int, str] = {}
    waiting = None if keep_waiting else _waiting(raw)
    if waiting is not None:
        place = {symbol: column for symbol, column in place.items() if column != waiting}
    free = len(raw.header)
    for symbol in prices.symbols:
        if symbol in place:
            continue
        if waiting is not None:
            column, waiting = waiting, None
        else:
            column, free = free, free + 1
        place[symbol], headers[column] = column, symbol
    return PriceLayout(raw, prices, at, before, _index(prices, before), place, headers)


def _waiting(raw: RawTable) -> int | None:
    """The column of an empty book that waits for its first symbol."""
    for place, header in enumerate(raw.header):
        named = isinstance(header, str) and visible(header) == NO_SYMBOL_YET
        if named and all(is_blank(raw.at(index, place)) for index in range(len(raw.rows))):
            return place
    return None


def _index(prices: Prices, before: Mapping[date, int]) -> dict[date, int]:
    new = [day for day in prices.dates if day not in before]
    if not before or not new or min(new) > max(before):
        first = max(before.values(), default=-1) + 1
        return {**before, **{day: first + number for number, day in enumerate(new)}}
    return {day: number for number, day in enumerate(prices.dates)}
