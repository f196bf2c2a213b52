"""Statistics of return series: annual by calendar time, never by an assumed number of days.

``returns`` are simple, per row, shape (..., N): the last axis is time, the axes before it are as many
series as there are. ``years`` is the time from the first row to the last. Formulas with N / years periods
a year; the source of each is in its docstring. A ratio without a denominator is NaN here.
"""

from __future__ import annotations

import numpy as np

from xl_rebal.typing import FloatArray, IntArray

SAME_LOSS = 1e-12
"""Two losses (fractions) that differ by no more than this are the same loss."""

_NO_RISK = 1e-12


def growth_rate(factor: FloatArray, years: float) -> FloatArray:
    """Compound annual growth of what became ``factor`` times itself: factor^(1 / years) - 1; (...).

    >>> growth_rate(np.array([1.21]), 2.0).round(12).tolist()
    [0.1]
    """
    return np.asarray(factor ** (1.0 / years) - 1.0)


def mean_return(returns: FloatArray, years: float) -> FloatArray:
    """Arithmetic mean of the returns x N / years; (...)."""
    return np.asarray(np.add.reduce(returns, axis=-1) / years)


def volatility(returns: FloatArray, years: float) -> FloatArray:
    """Annual standard deviation: sd (n - 1) x sqrt(N / years); 0 for a single return; (...)."""
    return np.asarray(np.sqrt(variance(returns, years)))


def variance(returns: FloatArray, years: float, overwrite: bool = False) -> FloatArray:
    """The square of the volatility; (...).

    ``overwrite``: ``returns`` are not needed any more, and become their distances from their mean.
    """
    count = returns.shape[-1]
    if count < 2:
        return np.zeros(returns.shape[:-1])
    mean = np.add.reduce(returns, axis=-1, keepdims=True) / count
    away = np.subtract(returns, mean, out=returns if overwrite else None)
    return np.asarray(_sum_of_squares(away) * (count / (count - 1) / years))


def downside_deviation(returns: FloatArray, years: float, risk_free: float = 0.0) -> FloatArray:
    """sqrt(mean min(r - rf, 0)^2 x N / years) with all N in the mean; (...).

    ``risk_free`` is a year; a row's share of it is risk_free x years / N.
    """
    below = returns - risk_free * years / returns.shape[-1]
    np.minimum(below, 0.0, out=below)
    return np.asarray(np.sqrt(_sum_of_squares(below) / years))


def excess_ratio(mean: FloatArray, risk: FloatArray, risk_free: float = 0.0) -> FloatArray:
    """(mean - risk-free) / risk, all a year; NaN without risk; (...).

    Sharpe ratio over the volatility (W. F. Sharpe, "The Sharpe Ratio", Journal of Portfolio Management
    21 (1994), mean and variance multiplied by the periods a year), Sortino ratio over the downside
    deviation.

    >>> excess_ratio(np.array([0.125, 0.1]), np.array([0.25, 0.0]), 0.0).tolist()
    [0.5, nan]
    """
    nothing = np.full(risk.shape, np.nan)
    ratio = np.divide(mean - risk_free, risk, out=nothing, where=risk > _NO_RISK)
    return np.asarray(ratio)


def wealth_path(growth: FloatArray) -> FloatArray:
    """What 1 becomes with factors ``growth`` = 1 + r, on each row from the first on; (..., N + 1).

    >>> wealth_path(np.array([2.0, 0.5])).tolist()
    [1.0, 2.0, 1.0]
    """
    wealth = np.ones((*growth.shape[:-1], growth.shape[-1] + 1))
    np.cumprod(growth, axis=-1, out=wealth[..., 1:])
    return wealth


def drawdown(wealth: FloatArray) -> FloatArray:
    """Loss from the highest value so far, a fraction <= 0, on each row; (..., T).

    >>> drawdown(np.array([1.0, 2.0, 1.5, 3.0])).tolist()
    [0.0, 0.0, -0.25, 0.0]
    """
    return np.asarray(wealth / np.maximum.accumulate(wealth, axis=-1) - 1.0)


def deepest(wealth: FloatArray) -> tuple[FloatArray, IntArray, IntArray]:
    """The maximum drawdown (<= 0) with the rows of its peak and its trough; each (...).

    Of equal losses, and of equal peaks, the first counts; equal is what differs by rounding only.

    >>> [float(each) for each in deepest(np.array([1.0, 2.0, 1.5, 3.0]))]
    [-0.25, 1.0, 2.0]
    """
    highest = np.maximum.accumulate(wealth, axis=-1)
    losses = wealth / highest
    lowest = losses.min(axis=-1)
    trough = (losses <= lowest[..., None] + SAME_LOSS).argmax(axis=-1)
    level = np.take_along_axis(highest, trough[..., None], axis=-1)
    peak = (highest >= level * (1.0 - SAME_LOSS)).argmax(axis=-1)
    return lowest - 1.0, peak, trough


def tracking_error(returns: FloatArray, benchmark: FloatArray, years: float) -> FloatArray:
    """Annual standard deviation of the differences of returns; (...)."""
    return np.asarray(np.sqrt(variance(returns - benchmark, years, overwrite=True)))


def excess_growth(weights: FloatArray, own: FloatArray, whole: float) -> float:
    """Half of (sum w_i s_i^2 - s^2): excess growth (approximation), a year.

    ``own`` s_i^2 (n,) are the annual variances of the assets, ``whole`` s^2 is that of the portfolio which
    holds ``weights`` at all times, w' S w. R. Fernholz, Stochastic Portfolio Theory (2002), section
    1.1. It is no promised premium: what part of it a portfolio earns depends on how its assets grow.

    >>> round(excess_growth(np.array([0.5, 0.5]), np.array([0.04, 0.04]), 0.02), 12)
    0.01
    """
    return float(((weights * own).sum() - whole) / 2.0)


def diversification_return(growth: FloatArray, asset_growth: float) -> FloatArray:
    """Growth a year of the portfolio less the weighted growth rates of its assets; (...).

    D. G. Booth and E. F. Fama, "Diversification Returns and Asset Contributions", Financial Analysts
    Journal 48 (1992).
    """
    return np.asarray(growth - asset_growth)


def _sum_of_squares(values: FloatArray) -> FloatArray:
    return np.asarray(np.einsum("...i,...i->...", values, values))
