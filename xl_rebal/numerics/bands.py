"""Bands: how far each asset may drift before it is out.

A width is a half-width, a fraction of the portfolio (0.05 = target plus or minus 5 pp). All
vectors have shape (n,).
"""

from __future__ import annotations

import numpy as np

from xl_rebal.numerics.tolerance import WEIGHT_TOLERANCE
from xl_rebal.typing import BoolArray, FloatArray

NEAR = 0.75
"""Beyond this fraction of its band an asset is *near*."""


def relative_width(target: FloatArray, fraction: FloatArray) -> FloatArray:
    """Bands of a fraction of each target; a target of 0 has a band of 0, even of an infinite fraction."""
    widths = np.zeros(np.broadcast_shapes(fraction.shape, target.shape))
    return np.multiply(fraction, target, out=widths, where=target != 0)


def smaller_width(absolute: FloatArray, relative: FloatArray) -> FloatArray:
    """Where an absolute and a relative band are given the smaller holds.

    The 5/25 rule is 5 pp or 25 % of the target, whichever is smaller:

    >>> quarter = relative_width(np.array([0.6, 0.1]), np.full(2, 0.25))
    >>> smaller_width(np.full(2, 0.05), quarter)
    array([0.05 , 0.025])
    """
    return np.minimum(absolute, relative)


def volatility_width(target: FloatArray, width: FloatArray, volatility: FloatArray) -> FloatArray:
    """Bands in proportion to volatility, b s_i / sum t_j s_j: wider for the more volatile asset.

    The scale is such that the target-weighted mean of the bands is ``width``. Without any
    volatility in the target every asset keeps the plain width. Many rows (..., n) at once if need be.
    """
    mean = (target * volatility).sum(axis=-1, keepdims=True)
    return np.where(mean > 0, width * volatility / np.where(mean > 0, mean, 1.0), width)


def is_breached(drift: FloatArray, lower: FloatArray, upper: FloatArray) -> BoolArray:
    """Which assets are out: below -lower or above +upper by more than the tolerance.

    Exactly at the band is not out, whatever binary floating point makes of the difference:

    >>> is_breached(np.array([0.55 - 0.50]), np.array([0.05]), np.array([0.05]))
    array([False])
    """
    if lower is upper:  # the same numbers, sooner
        return np.abs(drift) > upper + WEIGHT_TOLERANCE
    return (drift > upper + WEIGHT_TOLERANCE) | (drift < -lower - WEIGHT_TOLERANCE)


def is_near(drift: FloatArray, lower: FloatArray, upper: FloatArray) -> BoolArray:
    """Which assets are not out but beyond three quarters of their band."""
    room = np.where(drift >= 0, upper, lower)
    beyond = np.abs(drift) > NEAR * room + WEIGHT_TOLERANCE
    return beyond & ~is_breached(drift, lower, upper)


def small_cost_width(target: FloatArray, cost: FloatArray, risk_aversion: float) -> FloatArray:
    """No-trade half-width of one risky asset against the rest for small proportional costs.

    [3 / (2 g) t^2 (1 - t)^2 c]^(1/3) with ``cost`` c per side (a fraction) and ``risk_aversion`` g
    the relative risk aversion: the first-order expansion of Davis-Norman/Shreve-Soner for
    constant relative risk aversion (Janecek and Shreve 2004, Finance and Stochastics 8). The
    variance cancels: it moves both the drift and its cost. The optimum is flat, so a quarter
    more or less hardly matters.

    >>> small_cost_width(np.array([0.6]), np.array([0.001]), 3.0).round(6)
    array([0.030652])
    """
    return np.cbrt(1.5 / risk_aversion * target**2 * (1 - target) ** 2 * cost)


def one_period_width(cost: FloatArray, risk_aversion: float, volatility: FloatArray) -> FloatArray:
    """No-trade half-width c / (g s^2) of the one-period trade-off of risk against cost.

    From minimising g s^2 x^2 + 2 c |x - x0| with ``volatility`` s annual, of the asset against the
    rest, ``risk_aversion`` g without 1/2 and ``cost`` c per side, twice because a trade of the
    asset is also a trade of the rest: stay where 2 g s^2 |x| <= 2 c. It narrows with variance.

    >>> one_period_width(np.array([0.001]), 1.0, np.array([0.2]))
    array([0.025])
    """
    return cost / (risk_aversion * volatility**2)
