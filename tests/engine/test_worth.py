"""Trades that are worth their costs, day by day, against a loop that asks cvxpy on every day."""

from __future__ import annotations

from random import Random

import cvxpy as cp
import numpy as np
import pytest

from tests.engine.test_backtest import market, random_weights
from xl_rebal.engine.backtest import Conventions, Reason, backtest
from xl_rebal.engine.policies import DatedTargets, Worth, buy_and_hold, optimal, threshold
from xl_rebal.engine.timing_luck import timing_luck
from xl_rebal.engine.together import can_share
from xl_rebal.errors import InputError
from xl_rebal.model.plan import BandRule
from xl_rebal.model.prices import Prices
from xl_rebal.model.schedule import Schedule
from xl_rebal.numerics.rolling import rolling_covariance
from xl_rebal.typing import FloatArray


def best(
    weights: FloatArray,
    target: FloatArray,
    covariance: FloatArray,
    rule: float,
    rate: FloatArray,
    cash: int | None,
) -> FloatArray:
    after = cp.Variable(len(weights))
    root = np.linalg.cholesky(covariance + 1e-14 * np.eye(len(weights)))
    risk = cp.sum_squares(root.T @ (after - target))
    limits = [cp.sum(after) == 1, after >= 0]
    if cash is not None:  # not above its target, or what there is
        limits.append(after[cash] <= max(target[cash], weights[cash]))
    asked = cp.Problem(cp.Minimize(1e4 * (rule * risk + rate @ cp.abs(after - weights))), limits)
    asked.solve(solver=cp.CLARABEL, tol_gap_abs=1e-12, tol_gap_rel=1e-12, tol_feas=1e-12)
    return np.asarray(after.value)


def worth_after(before: FloatArray, to: FloatArray, rate: FloatArray) -> float:
    """Wealth of 1 after costs, by halving."""
    low, high = 0.0, 1.0
    for _ in range(100):
        middle = (low + high) / 2
        if middle + float(rate @ np.abs(to * middle - before)) > 1:
            high = middle
        else:
            low = middle
    return low


@pytest.mark.parametrize("seed", range(4))
def test_each_day_is_the_optimum_of_what_was_known_then(seed: int) -> None:
    pick = Random(seed)
    prices = market(pick, 50, 3, cash=seed == 3)
    target = random_weights(pick, len(prices.symbols))
    rule, window, lag = 4.0, 20, seed % 2
    rate = np.array([0.0 if each == "CASH" else 0.0005 for each in prices.symbols])
    cash = prices.symbols.index("CASH") if "CASH" in prices.symbols else None
    given = Conventions(0.0005, lag=lag, window=window)
    found = backtest(prices, optimal(DatedTargets.fixed(target), Worth(rule)), given)

    values, days = prices.values, prices.days
    weights, wealth, pending = target, 1.0, -1
    expected = [1.0]
    covariance = np.zeros((3, 3))
    decided = np.zeros(0)
    for row in range(1, len(values)):
        grown = weights * values[row] / values[row - 1]
        wealth *= grown.sum()
        weights = grown / grown.sum()
        if pending < 0 and window <= row < len(values) - 1:
            past = values[row - window : row + 1]
            returns = past[1:] / past[:-1] - 1
            if cash is not None:
                returns[:, cash] = 0.0
            years = (days[row] - days[row - window]).astype(float) / 365.25
            covariance = np.cov(returns.T) * window / years
            decided = best(weights, target, covariance, rule, rate, cash)
            if np.abs(decided - weights).max() > 1e-6:
                pending = row + lag
        if pending == row and row < len(values) - 1:
            to = best(weights, target, covariance, rule, rate, cash)
            wealth *= worth_after(weights, to, rate)
            weights, pending = to, -1
        expected.append(wealth)

    assert len(found.rows) > 5
    assert set(found.reasons) == {Reason.WORTH}
    assert found.value == pytest.approx(np.array(expected), rel=1e-6)


def test_nothing_later_changes_what_was_done_before() -> None:
    prices = market(Random(5), 80, 4)
    policy = optimal(DatedTargets.fixed(np.full(4, 0.25)), Worth(10.0))
    given = Conventions(0.001, window=15)
    other = prices.values.copy()
    other[41:] *= np.random.default_rng(1).uniform(0.5, 2.0, other[41:].shape)
    changed = Prices(prices.dates, prices.symbols, other)
    whole, part = backtest(prices, policy, given), backtest(changed, policy, given)
    assert whole.value[:41].tolist() == part.value[:41].tolist()
    assert whole.rows[whole.rows < 41].tolist() == part.rows[part.rows < 41].tolist()


def test_nothing_is_traded_before_there_is_a_full_window_and_that_is_said() -> None:
    prices = market(Random(6), 60, 3)
    policy = optimal(DatedTargets.fixed(np.full(3, 1 / 3)), Worth(50.0))
    found = backtest(prices, policy, Conventions(0.0001, window=30))
    assert found.rows.min() >= 30
    assert found.notes == ("Nothing is traded on 29 rows, for want of 30 returns.",)
    with pytest.raises(InputError, match="without a full window"):
        backtest(prices, policy, Conventions(window=60))


def test_over_a_gap_the_newest_covariance_holds_and_what_has_no_price_stands() -> None:
    prices = market(Random(7), 60, 3)
    values = prices.values.copy()
    values[35, 0] = np.nan
    gap = Prices(prices.dates, prices.symbols, values)
    policy = optimal(DatedTargets.fixed(np.full(3, 1 / 3)), Worth(50.0))
    found = backtest(gap, policy, Conventions(0.0001, window=20))
    at = {int(row): place for place, row in enumerate(found.rows)}
    assert at[35] is not None
    assert (
        found.shares[found.starts.tolist().index(35)][0]
        == found.shares[found.starts.tolist().index(35) - 1][0]
    )


@pytest.mark.parametrize("seed", range(3))
def test_what_has_no_target_is_never_bought_though_it_would_hedge(seed: int) -> None:
    prices = market(Random(seed), 60, 4)
    targets = DatedTargets.fixed(np.array([0.0, 0.5, 0.3, 0.2]))
    found = backtest(prices, optimal(targets, Worth(50.0)), Conventions(0.0003, window=15))
    assert len(found.rows) > 5
    assert not found.after[:, 0].any()


def test_dear_trades_are_never_made_and_a_schedule_is_kept() -> None:
    prices = market(Random(8), 120, 3)
    even = DatedTargets.fixed(np.full(3, 1 / 3))
    given = Conventions(0.4, window=20)
    dear = backtest(prices, optimal(even), given)
    assert dear.value == pytest.approx(backtest(prices, buy_and_hold(even), given).value)
    monthly = Schedule(every=21)
    some = backtest(prices, optimal(even, Worth(50.0), monthly), Conventions(0.0001, window=20))
    assert set(some.rows.tolist()) <= set(monthly.rows(prices.days).tolist())
    assert len(some.rows) > 1


def test_the_covariance_of_each_window_is_that_of_numpy() -> None:
    returns = np.random.default_rng(9).normal(0.001, 0.01, (40, 3))
    found = rolling_covariance(returns, 7)
    assert np.isnan(found[:6]).all()
    for row in range(6, 40):
        expected = np.cov(returns[row - 6 : row + 1].T)
        assert found[row] == pytest.approx(expected, rel=1e-12, abs=1e-18)


def test_it_shares_no_path_with_others_and_has_no_dates_to_move() -> None:
    prices = market(Random(10), 90, 3)
    even = DatedTargets.fixed(np.full(3, 1 / 3))
    assert can_share(prices, threshold(even, BandRule(width=0.02)))
    assert not can_share(prices, optimal(even, Worth(5.0)))
    with pytest.raises(ValueError, match="no dates to move"):
        timing_luck(prices, optimal(even), Conventions(window=20), count=3)
