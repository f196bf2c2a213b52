"""What a backtest comes to, in figures; all are net of costs and without the flows."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date

import numpy as np

from xl_rebal.engine.backtest import Backtest
from xl_rebal.model.prices import DAYS_PER_YEAR
from xl_rebal.numerics import performance
from xl_rebal.typing import FloatArray, IntArray

_DUST = 1e-12


@dataclass(frozen=True)
class Statistics:
    """Fractions a year unless said otherwise.

    ``maximum_drawdown`` <= 0, from the close of ``peak`` to that of ``trough``. ``turnover`` is one-way (half
    of all changes of weight) a year, ``cost_bp`` basis points of wealth a year, ``rebalances`` the
    trades after the first purchase, cash flows among them. Drift is the largest absolute one of
    any asset, before the trades of a row. ``tracking_error`` is against a return to target on every row that
    costs nothing; ``ahead`` the wealth at the end over that of never trading, less 1, both after the
    same first purchase. Where that is charged, growth, diversification return and cost bear it.
    ``excess_growth`` is half of what the targets' weighted variances are above the variance of the whole
    (approximation), ``diversification_return`` growth less the weighted growth of the assets. None: ``sharpe``
    and ``sortino`` where nothing varies (or falls), the last two where targets changed or an asset came
    later.
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


@dataclass(frozen=True)
class Yardstick:
    """What every policy on the same prices and targets is measured against.

    ``target`` (n,) is what is bought on the first row, ``benchmark`` (T - 1,) are the returns of a return to
    target on every row that costs nothing, ``never`` is what 1 becomes without any trade, ``asset_growth`` the
    weighted growth a year of the assets.
    """

    dates: tuple[date, ...]
    target: FloatArray
    benchmark: FloatArray
    never: float
    excess_growth: float | None
    asset_growth: float | None

    @property
    def years(self) -> float:
        return (self.dates[-1] - self.dates[0]).days / DAYS_PER_YEAR


@dataclass(frozen=True)
class Tally:
    """What the trades of one path, or of many (any shape), come to.

    ``turnover`` is the sum of the one-way turnover, ``cost`` that of the fractions of wealth paid,
    ``trades`` their number; drift before the trades of each row but the first.
    """

    turnover: FloatArray
    cost: FloatArray
    trades: IntArray
    average_drift: FloatArray
    maximum_drift: FloatArray

    def part(self, first: int, end: int) -> Tally:
        """The paths from ``first`` to ``end``, exclusive."""
        return Tally(*(getattr(self, field.name)[first:end] for field in fields(self)))


@dataclass(frozen=True)
class Figures:
    """The statistics of many paths: the fields of ``Statistics``, each an array of one shape.

    NaN in ``sharpe``, ``sortino`` and ``diversification_return`` stands for None; ``peak`` and ``trough`` are
    rows.
    """

    yardstick: Yardstick
    growth_rate: FloatArray
    volatility: FloatArray
    sharpe: FloatArray
    sortino: FloatArray
    maximum_drawdown: FloatArray
    peak: IntArray
    trough: IntArray
    turnover: FloatArray
    cost_bp: FloatArray
    rebalances: IntArray
    average_drift: FloatArray
    maximum_drift: FloatArray
    tracking_error: FloatArray
    ahead: FloatArray
    diversification_return: FloatArray

    def at(self, *index: int) -> Statistics:
        """The statistics of one path."""
        found = {name: getattr(self, name)[index].item() for name in FIGURES}
        for name in ("sharpe", "sortino", "diversification_return"):
            found[name] = None if np.isnan(found[name]) else found[name]
        for name in ("peak", "trough"):
            found[name] = self.yardstick.dates[found[name]]
        return Statistics(
            years=self.yardstick.years, excess_growth=self.yardstick.excess_growth, **found
        )


FIGURES = tuple(field.name for field in fields(Figures) if field.name != "yardstick")
"""The statistics that are one number a path."""


def yardstick(
    dates: tuple[date, ...], prices: FloatArray, target: FloatArray, line: IntArray
) -> Yardstick:
    """From prices (T, n) without gaps and the target weights (m, n) of which ``line`` (T,) hold."""
    years = (dates[-1] - dates[0]).days / DAYS_PER_YEAR
    first, is_fixed = target[line[0]], len(target) == 1
    growth = prices[-1] / prices[0]
    benchmark, own = np.zeros(len(prices) - 1), np.zeros(prices.shape[1])
    for place, (price, weight) in enumerate(zip(prices.T, target.T, strict=True)):
        returns = price[1:] / price[:-1]
        returns -= 1.0
        benchmark += returns * (weight[0] if is_fixed else weight[line[:-1]])
        if is_fixed:
            own[place] = performance.variance(returns, years, overwrite=True)
    excess = asset_growth = None
    if is_fixed and len(benchmark) > 1:
        whole = float(performance.variance(benchmark, years))
        excess = performance.excess_growth(first, own, whole)
        asset_growth = float((first * performance.growth_rate(growth, years)).sum())
    return Yardstick(dates, first, benchmark, float((first * growth).sum()), excess, asset_growth)


def figures(
    returns: FloatArray,
    wealth: FloatArray,
    tally: Tally,
    against: Yardstick,
    risk_free: float = 0.0,
    left: FloatArray | float = 1.0,
) -> Figures:
    """The figures of paths with net ``returns`` (..., T - 1), which make 1 the ``wealth`` (..., T).

    ``left`` is what the first purchase has left of 1 (broadcast): growth and cost bear it, the returns by row
    begin after it. So does ``ahead``, for who never rebalances buys too.
    """
    years = against.years
    lowest, peak, trough = performance.deepest(wealth)
    growth = performance.growth_rate(wealth[..., -1] * left, years)
    mean = performance.mean_return(returns, years)
    spread = performance.volatility(returns, years)
    downside = performance.downside_deviation(returns, years, risk_free)
    asset_growth = np.nan if against.asset_growth is None else against.asset_growth
    return Figures(
        yardstick=against,
        growth_rate=growth,
        volatility=spread,
        sharpe=performance.excess_ratio(mean, spread, risk_free),
        sortino=performance.excess_ratio(mean, downside, risk_free),
        maximum_drawdown=lowest,
        peak=peak,
        trough=trough,
        turnover=tally.turnover / years,
        cost_bp=(tally.cost + (1.0 - left)) / years * 1e4,
        rebalances=tally.trades,
        average_drift=tally.average_drift,
        maximum_drift=tally.maximum_drift,
        tracking_error=_without_dust(performance.tracking_error(returns, against.benchmark, years)),
        ahead=np.where(tally.trades > 0, wealth[..., -1] / against.never - 1.0, 0.0),
        diversification_return=performance.diversification_return(growth, asset_growth),
    )


def _without_dust(errors: FloatArray) -> FloatArray:
    """0 for what is rounding only."""
    return np.where(errors > _DUST, errors, 0.0)


def statistics(run: Backtest, risk_free: float = 0.0) -> Statistics:
    """The figures of ``run``; ``risk_free`` a year, for Sharpe and Sortino."""
    against = yardstick(run.dates, run.prices, run.target, run.line)
    return run_figures(run, risk_free, against).at(0)


def run_figures(run: Backtest, risk_free: float, against: Yardstick) -> Figures:
    """The figures of one run as those of many paths: arrays of one."""
    left = float(run.value[0]) / run.capital
    left = 1.0 if abs(left - 1.0) <= _DUST else left
    tally = _tally(run)
    return figures(run.returns[None], run.wealth_path[None], tally, against, risk_free, left)


def _tally(run: Backtest) -> Tally:
    drift = drift_path(run)[1:]
    return Tally(
        turnover=run.turnover.sum(keepdims=True),
        cost=(run.cost / run.wealth).sum(keepdims=True),
        trades=np.array([len(run.rows)]),
        average_drift=drift.mean(keepdims=True),
        maximum_drift=drift.max(keepdims=True),
    )


def drift_path(run: Backtest) -> FloatArray:
    """Largest absolute drift of any asset on each row, before its trades; (T,), 0 on the first.

    Money that has just come or gone counts as cash, which has drifted from 0 where CASH is no symbol.
    """
    is_fixed = len(run.target) == 1
    drift, rows = np.zeros(len(run.dates)), run.rows
    for weight, target in zip(run.weights.T, run.target.T, strict=True):
        away = weight - (target[0] if is_fixed else target[run.line])
        np.maximum(drift, np.abs(away, out=away), out=drift)
    idle = np.abs(1.0 - run.before.sum(axis=1))
    away = np.abs(run.before - run.target[run.line[rows]])
    drift[rows] = np.maximum(away.max(axis=1), idle)
    drift[0] = 0.0
    return drift
