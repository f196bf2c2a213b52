"""Sweeps against a backtest of each policy by itself, and a few against the slow loop over days."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engine.slow import slow
from tests.engine.test_backtest import market
from xl_rebal.engine.backtest import Backtest, Conventions, CostRule, backtest
from xl_rebal.engine.policies import DatedTargets, tactical
from xl_rebal.engine.policy_grid import PolicyGrid
from xl_rebal.engine.statistics import Statistics, statistics
from xl_rebal.engine.sweep import Sweep, study, sweep
from xl_rebal.errors import InputError
from xl_rebal.model.plan import (
    TO_EDGE,
    TO_HALF,
    TO_TARGET,
    BandKind,
    BandRule,
    Destination,
)
from xl_rebal.model.prices import Prices
from xl_rebal.model.schedule import Frequency, Schedule
from xl_rebal.typing import FloatArray


def assert_same(found: Statistics, expected: Statistics) -> None:
    """Every figure to 1e-12, relative or absolute as a fraction (of which a basis point is 1e-4).

    Ratios are compared as angles: over next to no risk they are as large as rounding likes.
    """
    for field in fields(Statistics):
        ours, theirs = getattr(found, field.name), getattr(expected, field.name)
        if isinstance(theirs, float):
            if field.name in ("sharpe", "sortino"):
                ours, theirs = np.arctan(ours), np.arctan(theirs)
            unit = 1e4 if field.name == "cost_bp" else 1.0
            if field.name == "diversification_return":  # a difference of these
                unit += abs(expected.growth_rate)
            assert ours == pytest.approx(theirs, rel=1e-12, abs=1e-12 * unit), field.name
        else:
            assert ours == theirs, field.name


def assert_own_backtests(
    found: Sweep, prices: Prices, made: Conventions, risk_free: float = 0.0
) -> list[Backtest]:
    """Every policy's figures and last value are those of its own backtest."""
    runs = []
    for index in np.ndindex(found.grid.shape):
        point = found.point(*index)
        run = backtest(prices, point.policy, replace(made, rate=point.rate))
        assert_same(point.figures, statistics(run, risk_free))
        assert found.final_value[index] == pytest.approx(run.value[-1], rel=1e-12)
        runs.append(run)
    return runs


def some_target(pick: Random, assets: int) -> FloatArray:
    """Weights: any, round ones with ties, or with an asset that has none."""
    parts = [pick.random() + 0.02 for _ in range(assets)]
    if pick.random() < 0.3:
        parts = [float(pick.randint(1, 2)) for _ in range(assets)]
    if assets > 1 and pick.random() < 0.2:
        parts[pick.randrange(assets)] = 0.0
    return np.array(parts) / sum(parts)


def some_schedule(pick: Random) -> Schedule | None:
    return pick.choice([
        None, Schedule(Frequency.MONTHLY), Schedule(Frequency.WEEKLY), Schedule(Frequency.QUARTERLY),
        Schedule(Frequency.DAILY), Schedule(every=pick.randint(1, 40)),
        Schedule(Frequency.MONTHLY, day=pick.choice([0, 3]), offset=pick.randint(0, 5)),
    ])  # fmt: skip


def some_band(pick: Random, assets: int) -> float | FloatArray | None:
    """None, nothing, small, huge; now and then another one for each asset."""
    if pick.random() < 0.25:
        shape = np.array([pick.choice([0.0, 0.3, 0.5, 1.0]) for _ in range(assets)])
        return shape * pick.choice([0.02, 0.04, 0.1])
    return pick.choice([None, 0.0, 1e-13, 0.002, 0.01, 0.01, 0.03, 0.08, 5.0, 1e9])


@given(st.randoms(use_true_random=True))
@settings(deadline=None)
def test_every_figure_of_every_policy_is_that_of_its_own_backtest(pick: Random) -> None:
    rows, assets = pick.choice([2, 3, 32, 33, 34, 65, pick.randint(2, 400)]), pick.randint(1, 6)
    prices = market(pick, rows, assets)
    grid = PolicyGrid(
        DatedTargets.fixed(some_target(pick, assets)),
        [some_band(pick, assets) for _ in range(pick.randint(1, 3))],
        [some_schedule(pick) for _ in range(pick.randint(1, 2))],
        pick.choice([(0,), (0, 7)]),
        (TO_TARGET,),
        pick.choice([(0.0,), (0.001, 0.02), (0.0, np.linspace(0.0, 0.01, assets))]),
        BandRule(pick.choice([BandKind.ABSOLUTE, BandKind.RELATIVE, BandKind.FIVE_TWENTY_FIVE])),
    )
    made = Conventions(
        capital=pick.choice([1.0, 10_000.0]),
        lag=pick.choice([0, 0, 0, 1, 2, 3, 35]),
        charge_first_purchase=pick.random() < 0.3,
        cost_rule=pick.choice([CostRule.EXACT, CostRule.PRE_TRADE]),
    )

    found = sweep(prices, grid, made, risk_free=0.01)

    assert_own_backtests(found, prices, made, 0.01)


@given(st.randoms(use_true_random=True))
@settings(deadline=None, max_examples=25)
def test_where_sharing_would_not_be_exact_the_figures_are_still_those_of_the_backtests(
    pick: Random,
) -> None:
    rows, assets = pick.randint(5, 90), pick.randint(2, 4)
    prices = market(pick, rows, assets)
    first = some_target(pick, assets)
    targets = DatedTargets.fixed(first)
    kind = pick.choice(["destination", "fee", "flow", "gap", "late", "dated"])
    made = Conventions(lag=pick.choice([0, 2]), charge_first_purchase=pick.random() < 0.3)
    if kind == "fee":
        made = replace(made, fee=0.0003)
    elif kind == "flow":
        made = replace(
            made, flows={prices.dates[rows // 2]: 0.2, prices.dates[rows // 2 + 1]: -0.1}
        )
    elif kind == "dated":
        turned = np.array([first, first[::-1]])
        targets = DatedTargets((None, prices.dates[rows // 3]), turned)
    elif kind in ("gap", "late"):
        values = prices.values.copy()
        values[slice(0, rows // 3) if kind == "late" else rows // 2, 0] = np.nan
        prices = Prices(prices.dates, prices.symbols, values)
        targets = DatedTargets.fixed(np.full(assets, 1 / assets))
    ends = (TO_TARGET, TO_EDGE, TO_HALF, Destination(0.3), Destination(distance=0.005))
    grid = PolicyGrid(
        targets, (None, pick.choice([0.01, 0.04])), (None, Schedule(every=5)), (pick.choice([0, 2]),),
        pick.sample(ends, 2), (0.0, 0.004), on_new_targets=pick.random() < 0.5,
    )  # fmt: skip

    found = sweep(prices, grid, made)

    assert_own_backtests(found, prices, made)


@given(st.randoms(use_true_random=True))
@settings(deadline=None, max_examples=15)
def test_the_last_values_and_trades_are_those_of_a_loop_over_days(pick: Random) -> None:
    rows, assets = pick.randint(2, 200), pick.randint(1, 5)
    prices, target = market(pick, rows, assets), some_target(pick, assets)
    bands, costs, lag = (0.0, 0.01, 0.05), (0.0, 0.01), pick.choice([0, 1, 4])
    every = pick.randint(1, 12)
    rule = pick.choice([CostRule.EXACT, CostRule.PRE_TRADE])
    grid = PolicyGrid(
        DatedTargets.fixed(target), (*bands, None), (Schedule(every=every),), (0, 3), costs=costs
    )

    found = sweep(prices, grid, Conventions(lag=lag, cost_rule=rule))

    for index in np.ndindex(grid.shape):
        band, offset = grid.bands[index[0]], grid.offsets[index[2]]
        dates = {row for row in range(every + offset, rows, every) if row >= every + offset}
        expected = slow(
            prices.values, [target.tolist()] * rows, looks=set() if band is None else dates,
            always=dates if band is None else set(), widths=[[float(band or 0.0)] * assets] * rows,
            to=TO_TARGET, rates=[float(costs[index[4]])] * assets, fees=[0.0] * assets, lag=lag, flows={},
            pre_trade=rule is CostRule.PRE_TRADE, charge_first=False, capital=1.0,
        )  # fmt: skip
        assert found.final_value[index] == pytest.approx(expected.values[-1], rel=1e-12)
        assert found.figures.rebalances[index] == len(expected.trades)


def some_study() -> tuple[Prices, PolicyGrid]:
    prices = market(Random(5), 300, 3)
    targets = DatedTargets.fixed(np.full(3, 1 / 3))
    monthly = Schedule(Frequency.MONTHLY)
    return prices, PolicyGrid(targets, (None, 0.02), (None, monthly), (0, 5), costs=(0.0, 0.001))


def test_every_axis_has_its_values_in_their_order() -> None:
    prices, grid = some_study()
    found = sweep(prices, grid)
    assert list(grid.axes) == ["band", "schedule", "offset", "destination", "cost"]
    assert grid.shape == found.final_value.shape == found.figures.sharpe.shape == (2, 2, 2, 1, 2)
    points = list(found.points())
    assert [point.name for point in points[::4]] == [
        "none", "calendar", "threshold", "calendar+threshold",
    ]  # fmt: skip
    assert points[-1] == found.point(1, 1, 1, 0, 1)
    assert points[-1].rate == 0.001
    assert points[-1].schedule == Schedule(Frequency.MONTHLY, offset=5)
    assert found.point(1, 0, 1, 0, 0).schedule == Schedule(every=1, offset=5)
    assert found.point(0, 0, 1, 0, 0).policy.when.schedule is None  # never, so no later either


def test_a_study_is_a_sweep_at_the_cost_of_its_conventions() -> None:
    prices, grid = some_study()
    points = study(
        prices, grid.targets, (None, 0.02), (None, grid.schedules[1]), Conventions(0.001)
    )
    assert [point.figures for point in points] == [
        sweep(prices, replace(grid, offsets=(0,), costs=(0.001,))).point(*index).figures
        for index in ((0, 0, 0, 0, 0), (0, 1, 0, 0, 0), (1, 0, 0, 0, 0), (1, 1, 0, 0, 0))
    ]


def test_dated_targets_that_hold_throughout_are_one_target() -> None:
    prices, grid = some_study()
    dated = DatedTargets((date(2019, 1, 1),), grid.targets.weights)
    found, expected = sweep(prices, replace(grid, targets=dated)), sweep(prices, grid)
    assert found.final_value.tolist() == expected.final_value.tolist()
    late = DatedTargets((date(2021, 1, 1),), grid.targets.weights)
    with pytest.raises(InputError, match="no targets on 2020-01-01"):
        sweep(prices, replace(grid, targets=late))


def test_one_row_of_prices_is_refused_as_in_a_backtest() -> None:
    prices, grid = some_study()
    with pytest.raises(InputError, match="1 row of prices"):
        sweep(Prices(prices.dates[:1], prices.symbols, prices.values[:1]), grid)
    with pytest.raises(ValueError, match="at least one of each: band, cost"):
        replace(grid, bands=(), costs=())


@pytest.mark.parametrize("fee", [0.0, 0.001])
def test_progress_rises_to_its_total_and_may_end_the_study(fee: float) -> None:
    prices, grid = some_study()
    seen: list[tuple[int, int]] = []
    made = Conventions(fee=fee)
    sweep(prices, grid, made, progress=lambda done, total: seen.append((done, total)))
    done = [each for each, _ in seen]
    assert done == sorted(done)
    assert len(done) > 5
    assert {total for _, total in seen} == {done[-1]}

    class CancelError(Exception):
        pass

    def cancel(done: int, total: int) -> None:
        if done > total / 4:
            raise CancelError

    with pytest.raises(CancelError):
        sweep(prices, grid, made, progress=cancel)


def test_more_paths_than_are_held_at_once_are_walked_in_parts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    prices, grid = some_study()
    expected = sweep(prices, grid)
    monkeypatch.setattr("xl_rebal.engine.together._GROWTH_BYTES", 3 * 8 * 300)
    found = sweep(prices, grid)
    assert found.final_value == pytest.approx(expected.final_value, rel=1e-14)
    assert found.figures.rebalances.tolist() == expected.figures.rebalances.tolist()


def test_tactical_targets_are_traded_when_they_begin() -> None:
    prices, _ = some_study()
    turned = np.array([[0.6, 0.3, 0.1], [0.1, 0.3, 0.6]])
    dated = DatedTargets((None, prices.dates[100]), turned)
    found = sweep(prices, PolicyGrid(dated, (None,), on_new_targets=True))
    run = backtest(prices, tactical(dated))
    assert found.figures.rebalances.tolist() == [[[[[1]]]]]
    assert found.final_value.item() == pytest.approx(run.value[-1], rel=1e-14)
