"""Prices to value a portfolio at where some are missing, and what cash becomes."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from xl_rebal.model.portfolio import CASH
from xl_rebal.model.prices import DAYS_PER_YEAR, Prices
from xl_rebal.numerics.rolling import last_known
from xl_rebal.typing import BoolArray, FloatArray


def filled_prices(prices: Prices, cash_rate: float) -> tuple[FloatArray, BoolArray, BoolArray]:
    """Prices to value at, whether any is known yet, whether there is one on the row; each (T, n).

    The last known one; before any the first, so that what is not there yet has no returns. CASH is always
    there. Where all have one on each row the last two are one and the same array.
    """
    if prices.is_complete and CASH not in prices.symbols:
        everywhere = np.ones(prices.values.shape, dtype=bool)
        return prices.by_asset, everywhere, everywhere
    values = np.array(prices.by_asset)
    if CASH in prices.symbols:
        column = prices.symbols.index(CASH)
        values[:, column] = _cash_values(prices.days, values[:, column], cash_rate)
    has_price = ~np.isnan(values)
    if has_price.all():
        return values, has_price, has_price
    known = np.maximum.accumulate(has_price, axis=0)
    first = np.take_along_axis(values, has_price.argmax(axis=0)[None, :], axis=0)
    filled = np.where(known, last_known(values), first)
    return np.asfortranarray(np.where(np.isnan(filled), 1.0, filled)), known, has_price


def _cash_values(
    days: npt.NDArray[np.datetime64], given: FloatArray, cash_rate: float
) -> FloatArray:
    """What 1 of cash becomes: at ``cash_rate`` until its ``given`` prices (T,) begin, then with them.

    A row without one has the value before: cash can always be valued and traded. A later price changes
    nothing before it.
    """
    earned = (1.0 + cash_rate) ** ((days - days[0]).astype(np.float64) / DAYS_PER_YEAR)
    known = np.flatnonzero(~np.isnan(given))
    if not known.size:
        return np.asarray(earned)
    first = int(known[0])
    with_prices = earned[first] * (last_known(given[:, None])[:, 0] / given[first])
    return np.asarray(np.where(np.arange(len(given)) < first, earned, with_prices))
