"""The frontier against a comparison of every policy with every other."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engine.test_backtest import study_prices
from xl_rebal.engine.frontier import chosen, frontier, unbeaten
from xl_rebal.engine.policies import DatedTargets
from xl_rebal.engine.policy_grid import PolicyGrid
from xl_rebal.engine.sweep import Sweep, sweep
from xl_rebal.model.schedule import Frequency, Schedule

FEW = st.lists(
    st.tuples(st.integers(0, 4), st.integers(0, 4), st.integers(0, 3)), min_size=1, max_size=12
)


@pytest.fixture(scope="module")
def found() -> Sweep:
    grid = PolicyGrid(
        DatedTargets.fixed(np.full(3, 1 / 3)),
        (None, 0.01, 0.03, 0.05, 0.1),
        (Schedule(Frequency.DAILY), Schedule(Frequency.MONTHLY), Schedule(Frequency.ANNUAL)),
        costs=(0.002,),
    )
    return sweep(study_prices(), grid)


@given(FEW)
def test_unbeaten_is_what_nothing_else_betters(points: list[tuple[int, int, int]]) -> None:
    cost = np.array([float(c) for c, _, _ in points]) * 1e-4
    error = np.array([float(e) for _, e, _ in points]) * 1e-3
    for place, kept in enumerate(unbeaten(cost, error).tolist()):
        c, e, _ = points[place]
        beaten = any((a <= c and b < e) or (a < c and b <= e) for a, b, _ in points)
        assert kept is not beaten


@given(FEW, st.sampled_from([0.0, 0.3, 1.0, 50.0]))
def test_chosen_is_the_least_burden_then_the_fewest_trades_then_the_first(
    points: list[tuple[int, int, int]], aversion: float
) -> None:
    cost = np.array([float(c) for c, _, _ in points]) * 1e-4
    error = np.array([float(e) for _, e, _ in points]) * 1e-2
    trades = np.array([t for _, _, t in points])
    (place,) = chosen(cost, error, trades, aversion)
    burdens = [round(c + aversion * e * e, 12) for c, e in zip(cost, error, strict=True)]
    ranked = sorted(range(len(points)), key=lambda i: (burdens[i], points[i][2], i))
    assert place == ranked[0]


def test_the_more_risk_is_shunned_the_nearer_the_chosen_policy_keeps(found: Sweep) -> None:
    picks = [frontier(found.figures, aversion) for aversion in (0.0, 0.3, 1.0, 5.0, 1000.0)]
    errors = [pick.tracking_error[pick.chosen] for pick in picks]
    costs = [pick.cost[pick.chosen] for pick in picks]
    assert errors == sorted(errors, reverse=True)
    assert costs == sorted(costs)
    assert costs[0] == picks[0].cost.min()
    assert errors[-1] == picks[0].tracking_error.min()
    assert all(pick.is_unbeaten[pick.chosen] for pick in picks)
    assert 0 < picks[0].is_unbeaten.sum() < found.final_value.size


def test_a_basis_point_is_worth_a_tracking_error_of_one_percent(found: Sweep) -> None:
    # two policies: 1 % of tracking error for nothing, or none for c; the rule pays up to 1 bp
    for cost_bp, pick in ((0.9, 1), (1.1, 0)):
        two = replace(
            found.figures,
            cost_bp=np.array([0.0, cost_bp]),
            tracking_error=np.array([0.01, 0.0]),
            rebalances=np.array([0, 9]),
        )
        assert frontier(two, 1.0).chosen == (pick,)
