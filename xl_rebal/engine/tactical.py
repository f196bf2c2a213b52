"""Ready generators of dated targets: inverse volatility, and a trend filter into cash.

Both look at prices up to the close of a date and no later. Before an asset has a full window it keeps
its base target; on a date on which none has one, no targets are made and so no trade. A price that is
missing from the window leaves no estimate for that date: then the newest one before it holds.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

import numpy as np

from xl_rebal.engine.estimates import VOLATILITY_WINDOW, newest_volatilities, refuse_short
from xl_rebal.engine.policies import DatedTargets
from xl_rebal.model.portfolio import CASH
from xl_rebal.model.prices import Prices
from xl_rebal.model.schedule import Schedule
from xl_rebal.numerics.rolling import last_known, rolling_mean
from xl_rebal.numerics.tolerance import WEIGHT_TOLERANCE
from xl_rebal.typing import BoolArray, FloatArray, IntArray


class Generator(StrEnum):
    """The words for the two."""

    INVERSE_VOLATILITY = "inverse volatility"
    TREND = "trend"


TREND_WINDOW = 200
"""Closes behind a moving average where nothing else is said; 10 where the rows are months."""


def generated(
    generator: Generator,
    prices: Prices,
    base: FloatArray,
    schedule: Schedule,
    window: int | None = None,
) -> DatedTargets:
    """The dated targets of a generator with its own window if none is given."""
    make: Callable[..., DatedTargets] = {
        Generator.INVERSE_VOLATILITY: inverse_volatility,
        Generator.TREND: trend,
    }[generator]
    return make(prices, base, schedule) if window is None else make(prices, base, schedule, window)


def inverse_volatility(
    prices: Prices, base: FloatArray, schedule: Schedule, window: int = VOLATILITY_WINDOW
) -> DatedTargets:
    """Weights in proportion to 1 / volatility on the dates of ``schedule``, from the base targets on.

    ``base`` (n,) are weights in the order of ``prices.symbols``; ``window`` counts returns. What has no
    base target gets none, and CASH keeps its own; the others share the rest. The volatility is the sample
    deviation (n - 1). An asset that does not vary has none, as if its window were not full. Known as naive
    risk parity: equal risk contributions where all correlations are equal (Maillard, Roncalli and
    Teiletche, Journal of Portfolio Management 36 (2010)).
    """
    deviation = newest_volatilities(prices, window)
    shares = _assets(prices, base) & ~np.isnan(deviation)
    rows = _dates(shares, prices, schedule, f"{window} returns")
    with np.errstate(divide="ignore"):
        inverse = np.where(shares, 1.0 / deviation, 0.0)[rows]
    pooled = np.where(shares[rows], base, 0.0).sum(axis=1, keepdims=True)
    weights = inverse / inverse.sum(axis=1, keepdims=True) * pooled
    return _dated(prices, rows, base, np.where(shares[rows], weights, base))


def trend(
    prices: Prices, base: FloatArray, schedule: Schedule, window: int = TREND_WINDOW
) -> DatedTargets:
    """An asset below the mean of its last ``window`` closes is out: its target stands in CASH.

    On the dates of ``schedule``, from the base targets (n,) on; the close of the date is one of the
    ``window``. Exactly at the mean (to 1e-12 of it) an asset is in. CASH is one of ``prices.symbols``; it
    needs no prices. After M. Faber, "A Quantitative Approach to Tactical Asset Allocation", Journal of
    Wealth Management 9 (2007): month ends and 10 of them, which are about 200 trading days.
    """
    cash = prices.symbols.index(CASH)
    mean = rolling_mean(prices.values, window)
    below = np.where(np.isnan(mean), np.nan, prices.values / mean - 1.0 < -WEIGHT_TOLERANCE)
    is_out = last_known(below)
    assets = _assets(prices, base)
    rows = _dates(assets & ~np.isnan(is_out), prices, schedule, f"{window} closes")
    weights = np.where(assets & (is_out[rows] == 1.0), 0.0, base)
    weights[:, cash] += base.sum() - weights.sum(axis=1)
    return _dated(prices, rows, base, weights)


def _assets(prices: Prices, base: FloatArray) -> BoolArray:
    """What a generator decides on: all that has a base target, but not CASH; (n,)."""
    is_asset = np.array([symbol != CASH for symbol in prices.symbols])
    return np.asarray((base > 0) & is_asset)


def _dates(estimated: BoolArray, prices: Prices, schedule: Schedule, window: str) -> IntArray:
    """The rows of the schedule on which any asset has an estimate; ``estimated`` is (T, n)."""
    has_any = np.asarray(estimated.any(axis=1))
    refuse_short(has_any, window)
    rows = schedule.rows(prices.days)
    return rows[has_any[rows]]


def _dated(prices: Prices, rows: IntArray, base: FloatArray, weights: FloatArray) -> DatedTargets:
    days = (None, *(prices.dates[row] for row in rows.tolist()))
    return DatedTargets(days, np.vstack([base, weights]))
