"""The figures of a backtest against pandas and the standard library, from their definitions."""

from __future__ import annotations

import statistics as standard
from dataclasses import replace
from datetime import date, timedelta
from random import Random

import numpy as np
import pandas as pd
import pytest

from tests.engine.test_backtest import days, market, study_prices
from xl_rebal.engine.backtest import Backtest, Conventions, backtest
from xl_rebal.engine.policies import DatedTargets, buy_and_hold, calendar, threshold
from xl_rebal.engine.statistics import drift_path, statistics
from xl_rebal.model.plan import BandRule
from xl_rebal.model.prices import Prices
from xl_rebal.model.schedule import Frequency, Schedule

EVEN = DatedTargets.fixed(np.full(3, 1 / 3))


@pytest.fixture(scope="module")
def run() -> Backtest:
    return backtest(study_prices(), threshold(EVEN, BandRule(width=0.05)), Conventions(0.002))


def test_the_figures_are_those_of_the_daily_values(run: Backtest) -> None:
    found = statistics(run, risk_free=0.02)
    frame = pd.Series(run.value, index=pd.DatetimeIndex(run.dates))
    returns = frame.pct_change().dropna().tolist()
    years = (date(2013, 3, 1) - date(2000, 3, 1)).days / 365.25
    a_year = len(returns) / years

    assert found.growth_rate == pytest.approx(frame.iloc[-1] ** (1 / years) - 1, rel=1e-12)
    spread = standard.stdev(returns) * a_year**0.5
    assert found.volatility == pytest.approx(spread, rel=1e-12)
    above = standard.mean(returns) * a_year - 0.02
    assert found.sharpe == pytest.approx(above / spread, rel=1e-10)
    below = [min(r - 0.02 / a_year, 0.0) ** 2 for r in returns]
    assert found.sortino == pytest.approx(above / (standard.mean(below) * a_year) ** 0.5, rel=1e-10)
    losses = frame / frame.cummax() - 1
    assert found.maximum_drawdown == pytest.approx(losses.min(), rel=1e-12)
    assert found.trough == pd.Timestamp(str(losses.idxmin())).date()
    assert found.peak == pd.Timestamp(str(frame[: losses.idxmin()].idxmax())).date()


def test_turnover_is_one_way_and_costs_are_of_the_wealth_at_each_trade(run: Backtest) -> None:
    found = statistics(run)
    years = found.years
    assert found.rebalances == len(run.rows) > 10
    one_way = sum(
        sum(abs(a - b) for a, b in zip(after, before, strict=True)) / 2
        for after, before in zip(run.after.tolist(), run.before.tolist(), strict=True)
    )
    assert found.turnover == pytest.approx(one_way / years, rel=1e-12)
    # a cost of 20 bp on each side: 2 x 20 bp of what is turned over one way, less what costs take
    assert found.cost_bp == pytest.approx(2 * 20 * one_way / years, rel=2e-3)


def test_drift_is_seen_before_the_trade_of_its_row(run: Backtest) -> None:
    path = drift_path(run)
    assert path[0] == 0.0
    assert np.all(path[run.rows] > 0.05)
    assert statistics(run).maximum_drift == path.max()
    still = np.setdiff1d(np.arange(len(path)), run.rows)
    assert path[still].max() <= 0.05 + 1e-12


def test_money_that_has_just_come_has_drifted_where_cash_is_no_symbol() -> None:
    # 50 of A and 50 of B; 100 come, so that each is 25 % of what is there and 50 % wait
    prices = Prices(study_prices().dates[:3], ("A", "B"), np.full((3, 2), 10.0))
    even = DatedTargets.fixed(np.array([0.5, 0.5]))
    came = Conventions(capital=100.0, flows={prices.dates[1]: 100.0})

    assert drift_path(backtest(prices, buy_and_hold(even), came)).tolist() == [0.0, 0.5, 0.0]


def test_the_wealth_of_one_is_what_its_returns_make_of_it_with_flows_and_without() -> None:
    prices = study_prices()
    came = {prices.dates[40]: 50.0, prices.dates[900]: -30.0}
    for flows in ({}, came):
        run = backtest(prices, buy_and_hold(EVEN), Conventions(capital=100.0, flows=flows))
        path = [1.0]
        for before, after, flow in zip(run.value, run.value[1:], run.flows[1:], strict=False):
            path.append(path[-1] * (after - flow) / before)

        assert run.wealth_path == pytest.approx(path, rel=1e-12)


def test_the_tracking_error_of_daily_rebalancing_without_costs_is_nothing() -> None:
    prices = study_prices()
    daily = backtest(prices, calendar(EVEN, Schedule(every=1)))
    assert statistics(daily).tracking_error == pytest.approx(0.0, abs=1e-12)
    never = backtest(prices, buy_and_hold(EVEN))
    assert statistics(never).ahead == pytest.approx(0.0, abs=1e-12)
    apart = (never.returns - daily.returns).tolist()
    a_year = len(apart) / statistics(never).years
    expected = standard.stdev(apart) * a_year**0.5
    assert statistics(never).tracking_error == pytest.approx(expected, rel=1e-9)
    ahead = daily.value[-1] / never.value[-1] - 1
    assert statistics(daily).ahead == pytest.approx(ahead, rel=1e-12)


def test_excess_growth_and_diversification_return_by_hand() -> None:
    # two assets that swing 10 % up and down against each other
    up, down = 1.1, 1 / 1.1
    values = np.cumprod(np.array([[1, 1], [up, down], [down, up], [up, down], [down, up]]), axis=0)
    prices = Prices(days(5), ("A", "B"), values)
    half = DatedTargets.fixed(np.array([0.5, 0.5]))
    found = statistics(backtest(prices, calendar(half, Schedule(every=1))))
    returns = values[1:] / values[:-1] - 1
    years = (prices.dates[-1] - prices.dates[0]).days / 365.25
    variance = [standard.variance(column) * 4 / years for column in returns.T.tolist()]
    whole = standard.variance([(a + b) / 2 for a, b in returns.tolist()]) * 4 / years
    expected = (sum(variance) / 2 - whole) / 2
    assert found.excess_growth == pytest.approx(expected, rel=1e-10)
    # each asset ends where it began, so all growth is diversification return
    assert found.diversification_return == pytest.approx(found.growth_rate, rel=1e-10)


def test_calendar_time_and_not_the_count_of_rows_makes_a_year() -> None:
    monthly = tuple(date(2020, 1, 31) + timedelta(days=30 * i) for i in range(13))
    prices = Prices(monthly, ("A", "B"), np.array([[1.01**i, 1.01**i] for i in range(13)]))
    found = statistics(backtest(prices, buy_and_hold(DatedTargets.fixed(np.array([0.5, 0.5])))))
    assert found.growth_rate == pytest.approx(1.01 ** (12 / (360 / 365.25)) - 1, rel=1e-12)
    assert found.sharpe is None
    assert found.sortino is None


def test_a_late_starter_leaves_no_figures_that_its_gap_would_make_up() -> None:
    prices = market(Random(1), 60, 2)
    values = prices.values.copy()
    values[:20, 1] = np.nan
    late = Prices(prices.dates, prices.symbols, values)
    half = DatedTargets.fixed(np.array([0.5, 0.5]))
    found = statistics(backtest(late, calendar(half, Schedule(Frequency.WEEKLY))))
    assert found.excess_growth is None
    assert found.diversification_return is None
    assert found.tracking_error < 0.2  # a return from 1 to its first price would make it 100


def test_a_first_purchase_that_is_charged_is_in_growth_and_cost() -> None:
    made = Conventions(0.01, capital=500.0, charge_first_purchase=True)
    run = backtest(study_prices(), threshold(EVEN, BandRule(width=0.05)), made)
    free = backtest(
        study_prices(),
        threshold(EVEN, BandRule(width=0.05)),
        replace(made, charge_first_purchase=False),
    )
    charged, uncharged = statistics(run), statistics(free)
    years = charged.years

    assert run.value[0] == pytest.approx(500 / 1.01)  # w + 1 % of w is what there was
    assert charged.growth_rate == pytest.approx((run.value[-1] / 500) ** (1 / years) - 1, rel=1e-12)
    bought = (1 - 1 / 1.01) / years * 1e4
    assert charged.cost_bp == pytest.approx(uncharged.cost_bp + bought, rel=1e-12)
    assert (charged.ahead, charged.volatility) == pytest.approx(
        (uncharged.ahead, uncharged.volatility)
    )


def test_who_never_trades_is_ahead_of_nobody_by_not_even_dust() -> None:
    found = statistics(backtest(study_prices(), buy_and_hold(EVEN)))
    daily = statistics(backtest(study_prices(), calendar(EVEN, Schedule(every=1))))

    assert found.ahead == 0
    assert daily.tracking_error < 1e-6  # but for the last row, on which nothing is traded
