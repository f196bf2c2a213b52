"""Drift: how far a portfolio is from its target, by every usual measure.

Drift is signed, current - target, in fractions of the portfolio (0.05 = 5 percentage points).
Every function takes aligned weight vectors of shape (n,) whose entries add to 1.
"""

from __future__ import annotations

import numpy as np

from xl_rebal.numerics.tolerance import WEIGHT_TOLERANCE
from xl_rebal.typing import FloatArray


def drift(current: FloatArray, target: FloatArray) -> FloatArray:
    """Signed drift of each asset, current - target; shape (n,).

    Differences within the tolerance are exactly 0, so that no rounding error is ever called
    a drift:

    >>> drift(np.array([0.55, 0.45]), np.array([0.5, 0.5]))
    array([ 0.05, -0.05])
    """
    difference = current - target
    return np.where(np.abs(difference) <= WEIGHT_TOLERANCE, 0.0, difference)


def max_drift(current: FloatArray, target: FloatArray) -> float:
    """Largest absolute drift of any asset, max |w - t|."""
    return float(np.abs(drift(current, target)).max())


def two_way_turnover(current: FloatArray, target: FloatArray) -> float:
    """Buys plus sells to reach the target, sum |w - t|: twice the one-way turnover."""
    return float(np.abs(drift(current, target)).sum())


def one_way_turnover(current: FloatArray, target: FloatArray) -> float:
    """Half of buys plus sells, 1/2 sum |w - t|: the headline figure.

    >>> round(one_way_turnover(np.array([0.6, 0.4]), np.array([0.5, 0.5])), 12)
    0.1
    """
    return two_way_turnover(current, target) / 2


def rms_drift(current: FloatArray, target: FloatArray) -> float:
    """Root of the mean squared drift over the assets."""
    return float(np.sqrt(np.mean(drift(current, target) ** 2)))


def relative_drift(current: FloatArray, target: FloatArray) -> FloatArray:
    """Drift as a fraction of the target, (w - t) / t; shape (n,).

    An asset without a target (t = 0) that isn't held has 0; one that is held has +inf, which no
    host shows: callers refuse it by name.
    """
    difference = drift(current, target)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = difference / target
    return np.where(difference == 0, 0.0, ratio)


def largest_relative_drift(current: FloatArray, target: FloatArray) -> float:
    """The signed relative drift of largest size; the first one where several tie.

    >>> largest_relative_drift(np.array([0.5, 0.375, 0.125]), np.array([0.5, 0.25, 0.25]))
    0.5
    """
    relative = relative_drift(current, target)
    # Rounding must not break a tie between +20 % and -20 %: sizes within the tolerance tie.
    size = np.abs(relative)
    if np.isinf(size).any():
        return float(relative[int(np.argmax(size))])
    first = int(np.argmax(size >= size.max() - WEIGHT_TOLERANCE))
    return float(relative[first])


def largest_overweight(current: FloatArray, target: FloatArray) -> int | None:
    """Position of the largest positive drift, the first one where several tie; None if none."""
    return _first_largest(drift(current, target))


def largest_underweight(current: FloatArray, target: FloatArray) -> int | None:
    """Position of the largest negative drift, the first one where several tie; None if none."""
    return _first_largest(-drift(current, target))


def volatility_weighted_drift(
    current: FloatArray, target: FloatArray, volatility: FloatArray
) -> float:
    """Drift weighted by volatility, sqrt(sum s_i^2 (w_i - t_i)^2), in the horizon of the latter.

    It equals the tracking error where assets are uncorrelated.
    """
    return float(np.sqrt(np.sum((volatility * drift(current, target)) ** 2)))


def tracking_error(current: FloatArray, target: FloatArray, covariance: FloatArray) -> float:
    """Ex-ante tracking error, sqrt((w - t)' S (w - t)); annual when ``covariance`` is annual.

    >>> risk = np.diag([0.04, 0.01])
    >>> round(tracking_error(np.array([0.6, 0.4]), np.array([0.5, 0.5]), risk), 12)
    0.022360679775
    """
    difference = drift(current, target)
    return float(np.sqrt(max(0.0, float(difference @ covariance @ difference))))


def _first_largest(values: FloatArray) -> int | None:
    top = float(values.max())
    if top <= 0:
        return None
    return int(np.argmax(values >= top - WEIGHT_TOLERANCE))
