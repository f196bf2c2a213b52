"""A dated table of prices."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

import numpy as np
import numpy.typing as npt

from xl_rebal.model.dividends import Dividends
from xl_rebal.numerics.rolling import rolling_deviation
from xl_rebal.typing import FloatArray
from xl_rebal.wording import counted

DAYS_PER_YEAR = 365.25


@dataclass(frozen=True)
class Prices:
    """Prices by date (rising, no doubles) and symbol; ``values`` is (T, n), NaN where missing.

    ``reinvested``: how many dividends are in the values; None for prices as they were given.
    """

    dates: tuple[date, ...]
    symbols: tuple[str, ...]
    values: FloatArray
    reinvested: int | None = None

    def __post_init__(self) -> None:
        if self.values.shape != (len(self.dates), len(self.symbols)):
            raise ValueError("prices: the values do not fit the dates and symbols")
        if any(a >= b for a, b in zip(self.dates, self.dates[1:], strict=False)):
            raise ValueError("prices: dates must rise")
        if len(set(self.symbols)) != len(self.symbols):
            raise ValueError("prices: a symbol stands twice")
        if np.any(self.values <= 0) or np.any(np.isinf(self.values)):
            raise ValueError("prices must be above 0 and finite")

    @cached_property
    def days(self) -> npt.NDArray[np.datetime64]:
        """The dates as one array."""
        return np.array(self.dates, dtype="datetime64[D]")

    @cached_property
    def is_complete(self) -> bool:
        """Whether no price is missing."""
        return not bool(np.isnan(self.values).any())

    @cached_property
    def by_asset(self) -> FloatArray:
        """The values (T, n), each column in one piece of memory; read-only."""
        columns = np.array(self.values, order="F")
        columns.setflags(write=False)
        return columns

    def column(self, symbol: str) -> FloatArray:
        """The prices of a symbol that is there, (T,)."""
        return self.values[:, self.symbols.index(symbol)]

    def of(self, symbols: Sequence[str]) -> Prices:
        """The columns of ``symbols`` in their order; one that is not there is missing throughout."""
        missing = np.full(len(self.dates), np.nan)
        columns = [self.column(each) if each in self.symbols else missing for each in symbols]
        return replace(self, symbols=tuple(symbols), values=np.column_stack(columns))

    def between(self, start: date | None, end: date | None) -> Prices:
        """The rows from ``start`` to ``end``, both included; None: no limit."""
        first = 0 if start is None else bisect_left(self.dates, start)
        past = len(self.dates) if end is None else bisect_right(self.dates, end)
        return replace(self, dates=self.dates[first:past], values=self.values[first:past])

    @property
    def source(self) -> str:
        """What the returns of a study are made of, as it is said beside its results."""
        if self.reinvested is None:
            return "prices as given, taken as total-return prices"
        return f"total-return prices: closes with {counted(self.reinvested, 'dividend')} reinvested"

    def last_row(self, as_of: date | None) -> int | None:
        """Index of the newest row on or before ``as_of`` (None: of all); None without one."""
        for row in range(len(self.dates) - 1, -1, -1):
            if as_of is None or self.dates[row] <= as_of:
                return row
        return None

    def price(self, symbol: str, as_of: date | None) -> float | None:
        """Price in the newest row on or before ``as_of``; nothing is filled forward."""
        row = self.last_row(as_of)
        if row is None or symbol not in self.symbols:
            return None
        found = float(self.values[row, self.symbols.index(symbol)])
        return None if np.isnan(found) else found

    def annual_volatility(self, symbol: str, as_of: date | None, window: int) -> float | None:
        """Sample standard deviation of the last ``window`` simple returns, a year.

        Scaled by the returns' own frequency (rows a year of 365.25 days), never by an assumed 252.
        None when there are fewer than ``window`` returns or a price is missing among them.
        """
        row = self.last_row(as_of)
        if row is None or symbol not in self.symbols or row < window or window < 2:
            return None
        span = slice(row - window, row + 1)
        series = self.values[span, self.symbols.index(symbol)]
        if np.isnan(series).any():
            return None
        years = (self.dates[row] - self.dates[row - window]).days / DAYS_PER_YEAR
        returns = series[1:] / series[:-1] - 1
        return float(np.std(returns, ddof=1) * np.sqrt(window / years))

    def last_returns(self, count: int) -> tuple[FloatArray, float]:
        """The last ``count`` simple returns, (count, n), NaN beside a missing price; the years they take."""
        values = self.values[-count - 1 :]
        years = (self.dates[-1] - self.dates[-count - 1]).days / DAYS_PER_YEAR
        return values[1:] / values[:-1] - 1.0, years

    def volatilities(self, window: int) -> FloatArray:
        """Sample standard deviation of the last ``window`` simple returns on each row, a row; (T, n).

        Nothing later than the row is in it. NaN where there are fewer returns, or a price is missing
        among theirs.
        """
        returns = np.full(self.values.shape, np.nan)
        returns[1:] = self.values[1:] / self.values[:-1] - 1
        return rolling_deviation(returns, window)

    def ex_row(self, symbol: str, ex_date: date) -> int | None:
        """The row at whose close a dividend is reinvested: the first with a price on or after its ex-date.

        None where no row gets it: before the first price of the symbol or on its day, since who buys then
        has no claim to it, and after the last; also where the symbol is unknown.
        """
        if symbol not in self.symbols:
            return None
        priced = np.flatnonzero(~np.isnan(self.values[:, self.symbols.index(symbol)]))
        place = int(np.searchsorted(self.days[priced], np.datetime64(ex_date)))
        return int(priced[place]) if 0 < place < len(priced) else None

    def total_return(self, dividends: Dividends) -> Prices:
        """Total-return prices: each dividend D buys shares at the close P of its row.

        On that row t the return P_t / P_s - 1 from the price before, P_s, becomes (P_t + D) / P_s - 1 (CRSP's
        total return): from then on prices are multiplied by 1 + D / P_t. Several on one row add up. The
        first price stays as it is, so nothing changes up to a date when later prices or dividends come.
        What falls on no row (see ``ex_row``) is left out; without dividends nothing changes. Prices that are
        adjusted for dividends already would count them twice.

        >>> from xl_rebal.model.dividends import Dividend
        >>> days = (date(2024, 1, 2), date(2024, 1, 3), date(2024, 1, 4))
        >>> closes = Prices(days, ("A",), np.array([[50.0], [40.0], [60.0]]))
        >>> total = closes.total_return(Dividends((Dividend(days[1], "A", 10.0),)))
        >>> total.values.ravel().tolist(), total.source
        ([50.0, 50.0, 75.0], 'total-return prices: closes with 1 dividend reinvested')
        """
        if not dividends.entries:
            return self
        paid, count = np.zeros_like(self.values), 0
        for each in dividends.entries:
            row = self.ex_row(each.symbol, each.ex_date)
            if row is not None:
                paid[row, self.symbols.index(each.symbol)] += each.amount
                count += 1
        shares = np.cumprod(1.0 + np.where(paid > 0, paid / self.values, 0.0), axis=0)
        return replace(self, values=self.values * shares, reinvested=count)
