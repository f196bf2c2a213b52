"""Ready generators of dated targets: inverse volatility, and a trend filter into cash.

Both look at prices up to the close of a date and no later. Before an asset has a full window it keeps
its base target; on a date on which none has one, no targets are made and so no trade. A price that is
missing from the window leaves no estimate for that date: then the newest one before it holds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from xl_rebal.engine.estimates import newest_volatilities, refuse_none_today, refuse_short
from xl_rebal.engine.policies import DatedTargets
from xl_rebal.model.portfolio import CASH
from xl_rebal.model.prices import Prices
from xl_rebal.model.schedule import Schedule
from xl_rebal.model.tactical import Generator
from xl_rebal.model.windows import TREND_WINDOW, VOLATILITY_WINDOW, usual_window
from xl_rebal.numerics.rolling import last_known, rolling_mean
from xl_rebal.numerics.tolerance import WEIGHT_TOLERANCE
from xl_rebal.typing import BoolArray, FloatArray, IntArray


def needs(generator: Generator, window: int) -> str:
    """The rows that a generator looks at, in words."""
    return f"{window} {'closes' if generator is Generator.TREND else 'returns'}"


def generated(
    generator: Generator,
    prices: Prices,
    base: FloatArray,
    schedule: Schedule,
    window: int | None = None,
) -> DatedTargets:
    """The dated targets of a generator with its own window if none is given."""
    made = _made(generator, prices, base, window)
    refuse_short(made.any_known, made.needs)
    rows = schedule.rows(prices.days)
    rows = rows[made.any_known[rows]]
    days = (None, *(prices.dates[row] for row in rows.tolist()))
    return DatedTargets(days, np.vstack([base, made.weights(rows)]))


def newest(
    generator: Generator, prices: Prices, base: FloatArray, window: int | None = None
) -> FloatArray:
    """The weights (n,) that a generator makes on the last row, whether or not that is a date of a schedule."""
    made = _made(generator, prices, base, window)
    refuse_none_today(made.any_known, made.needs)
    return np.asarray(made.weights(np.array([len(prices.dates) - 1]))[0])


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
    return generated(Generator.INVERSE_VOLATILITY, prices, base, schedule, window)


def trend(
    prices: Prices, base: FloatArray, schedule: Schedule, window: int = TREND_WINDOW
) -> DatedTargets:
    """An asset below the mean of its last ``window`` closes is out: its target stands in CASH.

    On the dates of ``schedule``, from the base targets (n,) on; the close of the date is one of the
    ``window``. Exactly at the mean (to 1e-12 of it) an asset is in. CASH is one of ``prices.symbols``; it
    needs no prices. After M. Faber, "A Quantitative Approach to Tactical Asset Allocation", Journal of
    Wealth Management 9 (2007): month ends and 10 of them, which are about 200 trading days.
    """
    return generated(Generator.TREND, prices, base, schedule, window)


@dataclass(frozen=True)
class _Made:
    """``any_known`` (T,): the rows on which any asset has an estimate; ``weights`` of rows, (k, n)."""

    any_known: BoolArray
    weights: Callable[[IntArray], FloatArray]
    needs: str


def _made(
    generator: Generator, prices: Prices, base: FloatArray, window: int | None = None
) -> _Made:
    rows = usual_window(generator) if window is None else window
    make = _in_trend if generator is Generator.TREND else _by_volatility
    any_known, weights = make(prices, base, rows)
    return _Made(any_known, weights, needs(generator, rows))


def _by_volatility(
    prices: Prices, base: FloatArray, window: int
) -> tuple[BoolArray, Callable[[IntArray], FloatArray]]:
    deviation = newest_volatilities(prices, window)
    shares = _assets(prices, base) & ~np.isnan(deviation)

    def weights(rows: IntArray) -> FloatArray:
        with np.errstate(divide="ignore"):
            inverse = np.where(shares, 1.0 / deviation, 0.0)[rows]
        pooled = np.where(shares[rows], base, 0.0).sum(axis=1, keepdims=True)
        shared = inverse / inverse.sum(axis=1, keepdims=True) * pooled
        return np.where(shares[rows], shared, base)

    return np.asarray(shares.any(axis=1)), weights


def _in_trend(
    prices: Prices, base: FloatArray, window: int
) -> tuple[BoolArray, Callable[[IntArray], FloatArray]]:
    cash = prices.symbols.index(CASH)
    mean = rolling_mean(prices.values, window)
    below = np.where(np.isnan(mean), np.nan, prices.values / mean - 1.0 < -WEIGHT_TOLERANCE)
    is_out, assets = last_known(below), _assets(prices, base)

    def weights(rows: IntArray) -> FloatArray:
        kept = np.where(assets & (is_out[rows] == 1.0), 0.0, base)
        kept[:, cash] += base.sum() - kept.sum(axis=1)
        return kept

    return np.asarray((assets & ~np.isnan(is_out)).any(axis=1)), weights


def _assets(prices: Prices, base: FloatArray) -> BoolArray:
    """What a generator decides on: all that has a base target, but not CASH; (n,)."""
    is_asset = np.array([symbol != CASH for symbol in prices.symbols])
    return np.asarray((base > 0) & is_asset)
