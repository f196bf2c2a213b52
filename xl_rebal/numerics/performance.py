"""Statistics of a return series: annual by calendar time, never by an assumed number of days.

``returns`` are simple, per row, shape (N,); ``years`` is the time from the first row to the last. Formulas
with N / years periods a year; the source of each is in its docstring.
"""

from __future__ import annotations

import numpy as np

from xl_rebal.typing import FloatArray


def growth_rate(returns: FloatArray, years: float) -> float:
    """Compound annual growth: (product of 1 + r)^(1 / years) - 1.

    >>> round(growth_rate(np.array([0.1, 0.1]), 2.0), 12)
    0.1
    """
    return float(np.prod(1.0 + returns) ** (1.0 / years) - 1.0)


def volatility(returns: FloatArray, years: float) -> float:
    """Annual standard deviation: sd (n - 1) x sqrt(N / years); 0 for a single return."""
    if len(returns) < 2:
        return 0.0
    return float(np.std(returns, ddof=1) * np.sqrt(len(returns) / years))


def sharpe(returns: FloatArray, years: float, risk_free: float = 0.0) -> float | None:
    """(mean return x N / years - risk-free rate a year) / volatility; None without volatility.

    W. F. Sharpe, "The Sharpe Ratio", Journal of Portfolio Management 21 (1994), annualised by
    multiplying mean and variance by the periods a year.
    """
    spread = volatility(returns, years)
    if spread <= 1e-12:
        return None
    return (float(returns.mean()) * len(returns) / years - risk_free) / spread


def sortino(returns: FloatArray, years: float, risk_free: float = 0.0) -> float | None:
    """The same over the downside deviation sqrt(mean min(r - rf, 0)^2 x N / years); None without one.

    ``risk_free`` is a year; a row's share of it is risk_free x years / N.
    """
    per_row = risk_free * years / len(returns)
    below = np.minimum(returns - per_row, 0.0)
    downside = float(np.sqrt(np.mean(below**2) * len(returns) / years))
    if downside <= 1e-12:
        return None
    return (float(returns.mean()) * len(returns) / years - risk_free) / downside


def drawdown(wealth: FloatArray) -> FloatArray:
    """Loss from the highest value so far, a fraction <= 0, on each row; (T,).

    >>> drawdown(np.array([1.0, 2.0, 1.5, 3.0])).tolist()
    [0.0, 0.0, -0.25, 0.0]
    """
    return np.asarray(wealth / np.maximum.accumulate(wealth) - 1.0)


def deepest(wealth: FloatArray) -> tuple[float, int, int]:
    """The maximum drawdown (<= 0) with the rows of its peak and its trough.

    >>> deepest(np.array([1.0, 2.0, 1.5, 3.0]))
    (-0.25, 1, 2)
    """
    losses = drawdown(wealth)
    trough = int(losses.argmin())
    peak = int(wealth[: trough + 1].argmax())
    return float(losses[trough]), peak, trough


def tracking_error(returns: FloatArray, benchmark: FloatArray, years: float) -> float:
    """Annual standard deviation of the differences of returns."""
    return volatility(returns - benchmark, years)


def sample_covariance(returns: FloatArray, years: float) -> FloatArray:
    """Annual covariance of simple returns (N, n): sample (n - 1) x N / years; (n, n)."""
    count = len(returns)
    away = returns - returns.mean(axis=0)
    return np.asarray(away.T @ away / (count - 1) * (count / years))


def excess_growth(weights: FloatArray, covariance: FloatArray) -> float:
    """Half of (sum w_i s_i^2 - w' S w): excess growth (approximation), a year.

    R. Fernholz, Stochastic Portfolio Theory (2002), section 1.1. It is no promised premium: what part of
    it a portfolio earns depends on how its assets grow.

    >>> excess_growth(np.array([0.5, 0.5]), np.array([[0.04, 0.0], [0.0, 0.04]]))
    0.01
    """
    own = float(weights @ np.diag(covariance))
    return (own - float(weights @ covariance @ weights)) / 2.0


def diversification_return(growth: float, weights: FloatArray, asset_growth: FloatArray) -> float:
    """Growth a year of the portfolio less the weighted growth rates of its assets.

    D. G. Booth and E. F. Fama, "Diversification Returns and Asset Contributions", Financial Analysts
    Journal 48 (1992).
    """
    return growth - float(weights @ asset_growth)
