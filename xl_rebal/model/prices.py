"""A dated table of prices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
import numpy.typing as npt

from xl_rebal.numerics.rolling import rolling_deviation
from xl_rebal.typing import FloatArray

DAYS_PER_YEAR = 365.25


@dataclass(frozen=True)
class Prices:
    """Prices by date (rising, no doubles) and symbol; ``values`` is (T, n), NaN where missing."""

    dates: tuple[date, ...]
    symbols: tuple[str, ...]
    values: FloatArray

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

    def volatilities(self, window: int) -> FloatArray:
        """Sample standard deviation of the last ``window`` simple returns on each row, a row; (T, n).

        Nothing later than the row is in it. NaN where there are fewer returns, or a price is missing
        among theirs.
        """
        returns = np.full(self.values.shape, np.nan)
        returns[1:] = self.values[1:] / self.values[:-1] - 1
        return rolling_deviation(returns, window)
