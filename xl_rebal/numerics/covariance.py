"""Covariances of simple returns (N, n), a year: scaled by N / years, never by an assumed number of days.

All are symmetric, (n, n). ``years`` is the time from the first price to the last; N returns need N + 1 prices.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xl_rebal.typing import FloatArray

DAILY_DECAY, MONTHLY_DECAY = 0.94, 0.97
_DAILY = 100
"""With more returns a year than these a day's decay holds."""

ROUNDING = 1e-10
"""A negative eigenvalue of less than this share of the largest is rounding."""


def sample_covariance(returns: FloatArray, years: float) -> FloatArray:
    """Sample covariance (n - 1) x N / years."""
    count = len(returns)
    away = returns - returns.mean(axis=0)
    return np.asarray(away.T @ away / (count - 1) * (count / years))


def shrunk_covariance(returns: FloatArray, years: float) -> FloatArray:
    """The sample covariance, drawn towards the same variance for all and no correlation.

    How far is estimated from the returns, so that the expected squared error is least: O. Ledoit and
    M. Wolf, "A well-conditioned estimator for large-dimensional covariance matrices", Journal of
    Multivariate Analysis 88 (2004). Their sums are divided by N; the result is scaled by N / (N - 1), so that
    without any shrinkage it is the sample covariance. With fewer returns than assets it is positive definite
    all the same.
    """
    count = len(returns)
    strength = shrinkage(returns)
    found = (1.0 - strength) * sample_covariance(returns, years)
    mean = float(returns.var(axis=0, ddof=1).mean()) * (count / years)
    found[np.diag_indices_from(found)] += strength * mean
    return found


def shrinkage(returns: FloatArray) -> float:
    """The strength from 0 to 1 that Ledoit and Wolf (2004, section 3.3) estimate.

    b^2 / d^2 with d^2 the squared distance (of Frobenius) of S from m I, and b^2 the mean squared
    distance of x_t x_t' from S, over N, d^2 at most.
    """
    count, assets = returns.shape
    away = returns - returns.mean(axis=0)
    scale = float(np.abs(away).max())
    if assets == 1 or scale == 0:
        return 0.0
    away = away / scale  # squares of squares would not be numbers else
    covariance = away.T @ away / count
    squared = float((covariance**2).sum())
    mean = float(np.trace(covariance)) / assets
    distance = squared - assets * mean**2
    if distance <= ROUNDING * squared:  # it is m I already
        return 0.0
    lengths = (away**2).sum(axis=1)
    error = (float((lengths**2).mean()) - squared) / count
    return float(min(max(error, 0.0), distance) / distance)


def ewma_covariance(returns: FloatArray, years: float, decay: float | None = None) -> FloatArray:
    """Exponentially weighted: a return counts ``decay`` times the one after it, and the mean is taken as 0.

    J.P. Morgan/Reuters, RiskMetrics - Technical Document (4th edition, 1996), chapter 5, where the decay is
    0.94 for daily returns and 0.97 for monthly ones: the first where there are more than 100 returns a
    year. The weights add to 1.
    """
    count = len(returns)
    if decay is None:
        decay = DAILY_DECAY if count / years > _DAILY else MONTHLY_DECAY
    weights = decay ** np.arange(count - 1, -1, -1.0)
    weights /= weights.sum()
    return np.asarray((returns * weights[:, None]).T @ returns * (count / years))


@dataclass(frozen=True)
class Repaired:
    """A covariance without negative eigenvalues, and what that took.

    ``lowest``: the least eigenvalue before, as a share of the largest; ``change``: the largest change of any
    asset's volatility, a fraction of it. Both 0 where there was nothing to do.
    """

    covariance: FloatArray
    lowest: float = 0.0
    change: float = 0.0


def repaired(covariance: FloatArray) -> Repaired:
    """The nearest positive semidefinite matrix (Frobenius): negative eigenvalues become 0.

    N. J. Higham, "Computing a nearest symmetric positive semidefinite matrix", Linear Algebra and its
    Applications 103 (1988). What is negative by rounding only stays as it is. ``covariance`` is symmetric.

    >>> found = repaired(np.array([[1.0, 1.2], [1.2, 1.0]]))
    >>> found.covariance.round(12).tolist(), round(found.lowest, 3), round(found.change, 3)
    ([[1.1, 1.1], [1.1, 1.1]], -0.091, 0.049)
    """
    values, vectors = np.linalg.eigh(covariance)
    most = float(np.abs(values).max(initial=0.0))
    lowest = float(values.min(initial=0.0))
    if lowest >= -ROUNDING * most:
        return Repaired(covariance)
    found = (vectors * np.maximum(values, 0.0)) @ vectors.T
    found = (found + found.T) / 2.0
    before, after = np.diag(covariance), np.diag(found)
    room = np.where(before > 0, before, 1.0)
    change = np.where(before > 0, np.sqrt(after / room) - 1.0, np.where(after > 0, np.inf, 0.0))
    return Repaired(found, lowest / most, float(np.abs(change).max()))
