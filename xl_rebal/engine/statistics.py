"""What a backtest comes to, in figures; all are net of costs and without the flows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from xl_rebal.engine.backtest import Backtest
from xl_rebal.model.prices import DAYS_PER_YEAR
from xl_rebal.numerics import performance
from xl_rebal.typing import FloatArray


@dataclass(frozen=True)
class Statistics:
    """Fractions a year unless said otherwise.

    ``maximum_drawdown`` <= 0, from the close of ``peak`` to that of ``trough``. ``turnover`` is one-way (half
    of all changes of weight) a year, ``cost_bp`` basis points of wealth a year, ``rebalances`` the
    trades after the first purchase, cash flows among them. Drift is the largest absolute one of
    any asset, before the trades of a row. ``tracking_error`` is against a return to target on every row that
    costs nothing; ``ahead`` the wealth at the end over that of never trading, less 1, both after the
    same first purchase. ``excess_growth`` is half of what the targets' weighted variances are above the
    variance of the whole (approximation), ``diversification_return`` growth less the weighted growth of the
    assets. None: ``sharpe`` and ``sortino`` where nothing varies (or falls), the last two where
    targets changed or an asset came later.
    """

    years: float
    growth_rate: float
    volatility: float
    sharpe: float | None
    sortino: float | None
    maximum_drawdown: float
    peak: date
    trough: date
    turnover: float
    cost_bp: float
    rebalances: int
    average_drift: float
    maximum_drift: float
    tracking_error: float
    ahead: float
    excess_growth: float | None
    diversification_return: float | None


def statistics(run: Backtest, risk_free: float = 0.0) -> Statistics:
    """The figures of ``run``; ``risk_free`` a year, for Sharpe and Sortino."""
    years = (run.dates[-1] - run.dates[0]).days / DAYS_PER_YEAR
    returns, drift = run.returns, drift_path(run)
    wealth = np.append(1.0, np.cumprod(1.0 + returns))
    deepest, peak, trough = performance.deepest(wealth)
    assets = run.prices[1:] / run.prices[:-1] - 1.0
    growth = performance.growth_rate(returns, years)
    target = run.target[run.line]
    excess = diversification = None
    if len(run.target) == 1 and len(assets) > 1:
        covariance = performance.sample_covariance(assets, years)
        excess = performance.excess_growth(run.target[0], covariance)
        each = np.array([performance.growth_rate(column, years) for column in assets.T])
        diversification = performance.diversification_return(growth, run.target[0], each)
    return Statistics(
        years=years,
        growth_rate=growth,
        volatility=performance.volatility(returns, years),
        sharpe=performance.sharpe(returns, years, risk_free),
        sortino=performance.sortino(returns, years, risk_free),
        maximum_drawdown=deepest,
        peak=run.dates[peak],
        trough=run.dates[trough],
        turnover=float(run.turnover.sum()) / years,
        cost_bp=float((run.cost / run.wealth).sum()) / years * 1e4,
        rebalances=len(run.rows),
        average_drift=float(drift[1:].mean()),
        maximum_drift=float(drift[1:].max()),
        tracking_error=performance.tracking_error(
            returns, (target[:-1] * assets).sum(axis=1), years
        ),
        ahead=float(wealth[-1] / (run.weights[0] @ (run.prices[-1] / run.prices[0])) - 1.0),
        excess_growth=excess,
        diversification_return=diversification,
    )


def drift_path(run: Backtest) -> FloatArray:
    """Largest absolute drift of any asset on each row, before its trades; (T,), 0 on the first."""
    weights = run.weights.copy()
    weights[run.rows] = run.before
    drift = np.abs(weights - run.target[run.line]).max(axis=1)
    drift[0] = 0.0
    return np.asarray(drift)
