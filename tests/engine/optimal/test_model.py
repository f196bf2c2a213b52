"""Groups, turnover, impact, cash and locks beside Clarabel on another formulation."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from tests.engine.optimal.oracle import judged, objective
from tests.engine.optimal.problems import random_problem, risk
from xl_rebal.engine.optimal import (
    DenseRisk,
    FactorRisk,
    GroupBound,
    Limits,
    Method,
    OptimalProblem,
    solve,
)
from xl_rebal.engine.optimal.kkt import CONE_BAR
from xl_rebal.errors import Code, InfeasibleError


def random_limits(problem: OptimalProblem, seed: int) -> Limits:
    """Limits that the optimum without them misses, and that the holdings or a mix with them meet."""
    random = np.random.default_rng([seed, 7])
    n, free = problem.size, solve(problem)
    kinds = random.random(3) < [0.6, 0.6, 0.4]
    groups = []
    for number in range(int(random.integers(1, 4)) if kinds[0] else 0):
        members = (random.random(n) < 0.4).astype(float)
        now, wanted = float(members @ problem.current), float(members @ free.weights)
        middle = 0.5 * (now + wanted)
        lower, upper = (middle, np.inf) if now > wanted else (-np.inf, middle)
        groups.append(GroupBound(f"group {number}", members, lower, upper))
    turnover = free.turnover * random.uniform(0.5, 1.1) + 1e-3 if kinds[1] else np.inf
    impact = 10.0 ** random.uniform(-4, -2) * random.uniform(0.5, 2, n) if kinds[2] else None
    return Limits(tuple(groups), turnover, impact=impact)


def mild_problem(seed: int) -> OptimalProblem:
    """One whose holdings are within its limits, with costs of an ordinary size."""
    problem = random_problem(seed)
    rate = np.minimum(problem.buy_cost, 0.01), np.minimum(problem.sell_cost, 0.01)
    low, high = (
        np.minimum(problem.lower, problem.current),
        np.maximum(problem.upper, problem.current),
    )
    return replace(problem, buy_cost=rate[0], sell_cost=rate[1], lower=low, upper=high)


@pytest.mark.parametrize("block", range(6))
def test_objectives_are_those_of_clarabel_with_limits_of_every_kind(block: int) -> None:
    solved = 0
    for seed in range(10 * block, 10 * block + 10):
        problem = mild_problem(seed)
        limits = random_limits(problem, seed)
        answer, verdict = solve(problem, limits), judged(problem, limits)
        ours, weights = objective(problem, answer.weights, limits), answer.weights
        solved += answer.method is Method.CONE_SOLVER

        assert answer.relative_residual <= CONE_BAR
        assert abs(float(weights.sum()) - 1) <= 1e-12
        assert (weights >= problem.lower).all()
        assert (weights <= problem.upper).all()
        assert 0.5 * np.abs(weights - problem.current).sum() <= limits.turnover + 1e-10
        for group in limits.groups:
            assert group.lower - 1e-10 <= group.members @ weights <= group.upper + 1e-10
        assert ours == pytest.approx(answer.objective, rel=1e-9, abs=1e-14)
        assert ours <= verdict.most * (1 + 1e-7) + 1e-12
        assert ours >= verdict.least - 1e-7 * abs(ours) - abs(verdict.most - verdict.least) - 1e-12
        assert answer.gap is None or answer.gap <= 1e-6 * max(abs(ours), 1e-5)
        dust = np.abs(answer.trades)
        assert limits.has_impact or ((dust == 0) | (dust > 1e-12)).all()
    assert solved > 2


def three() -> OptimalProblem:
    """0.6, 0.3, 0.1 that want to be 0.2, 0.3, 0.5; the last is cash."""
    rate = np.array([0.001, 0.001, 0.0])
    return OptimalProblem(
        np.array([0.6, 0.3, 0.1]), np.array([0.2, 0.3, 0.5]), DenseRisk(np.diag([0.04, 0.02, 0.0])),
        5.0, rate, rate, names=("Equity", "Bonds", "CASH"),
    )  # fmt: skip


def test_a_turnover_cap_is_used_up_and_named() -> None:
    answer = solve(three(), Limits(turnover=0.1))

    assert answer.turnover == pytest.approx(0.1, abs=1e-12)
    assert answer.weights == pytest.approx([0.5, 0.3, 0.2], abs=1e-12)
    assert answer.trades[1] == 0
    assert answer.multipliers.turnover > 0
    assert answer.binding == ("turnover at most 10.0 %",)
    assert answer.method is Method.WORKING_SET


@pytest.mark.parametrize("seed", range(40))
def test_a_turnover_cap_by_its_price_is_the_cap_of_the_model(seed: int) -> None:
    problem = mild_problem(seed)
    free = solve(problem)
    limits = Limits(turnover=free.turnover * (0.1 + 0.02 * seed))
    answer, verdict = solve(problem, limits), judged(problem, limits)

    ours = objective(problem, answer.weights)
    assert answer.turnover <= limits.turnover + 1e-12
    assert answer.relative_residual <= (
        1e-9 if answer.method is not Method.CONE_SOLVER else CONE_BAR
    )
    assert answer.gap is None or answer.gap <= 1e-8 * ours + 1e-10
    assert ours <= verdict.most * (1 + 1e-8) + 1e-13
    assert ours >= verdict.least - 1e-8 * ours - abs(verdict.most - verdict.least) - 1e-13


def test_a_turnover_cap_that_is_wide_enough_changes_nothing() -> None:
    free, answer = solve(three()), solve(three(), Limits(turnover=0.9))

    assert answer.weights.tolist() == free.weights.tolist()
    assert answer.method is Method.WORKING_SET


def test_a_cash_floor_and_a_lock_are_limits_of_single_assets() -> None:
    limits = Limits(cash=2, cash_floor=0.55, locked=np.array([False, True, False]))
    answer = solve(three(), limits)

    assert answer.weights.tolist() == [pytest.approx(0.15, abs=1e-15), 0.3, 0.55]
    assert answer.method is Method.WORKING_SET
    assert answer.binding == ("Bonds locked at 30.0 %", "CASH at least 55.0 %")


def test_a_group_bound_binds_exactly() -> None:
    both = GroupBound("securities", np.array([1.0, 1.0, 0.0]), lower=0.7)
    answer = solve(three(), Limits(groups=(both,)))

    assert answer.weights[:2].sum() == pytest.approx(0.7, abs=1e-12)
    assert answer.binding == ("securities at least 70.0 %",)


def test_impact_makes_the_trade_smaller_as_its_slope_says() -> None:
    k, gamma, risk_of_one = 0.01, 5.0, 0.04
    free = OptimalProblem(
        np.array([0.6, 0.4]), np.array([0.2, 0.8]), DenseRisk(np.diag([risk_of_one, 0.0])),
        gamma, np.zeros(2), np.zeros(2),
    )  # fmt: skip
    answer = solve(free, Limits(impact=np.array([k, 0.0])))
    x = answer.trades[0]

    assert 2 * gamma * risk_of_one * (0.4 + x) == pytest.approx(1.5 * k * np.sqrt(-x), rel=1e-9)


@pytest.mark.parametrize("seed", range(4))
def test_factors_give_the_answer_of_their_dense_covariance(seed: int) -> None:
    problem = replace(mild_problem(seed), risk=_factors(seed, mild_problem(seed).size))
    dense = replace(problem, risk=DenseRisk(problem.risk.dense()))
    limits = random_limits(problem, seed)

    assert solve(problem, limits).objective == pytest.approx(
        solve(dense, limits).objective, rel=1e-8, abs=1e-13
    )


def _factors(seed: int, n: int) -> FactorRisk:
    random = np.random.default_rng(seed)
    while not isinstance(found := risk(random, n), FactorRisk):
        pass
    return found


def sentences(problem: OptimalProblem, limits: Limits) -> str:
    with pytest.raises(InfeasibleError) as caught:
        solve(problem, limits)
    assert all(each.code == Code.INFEASIBLE for each in caught.value.problems)
    return str(caught.value)


def test_a_floor_beyond_the_turnover_cap_names_both_and_the_nearest_values() -> None:
    said = sentences(three(), Limits(turnover=0.1, cash=2, cash_floor=0.3))

    assert (
        "found at least 30.00 % of CASH, expected a limit that goes with a turnover of at" in said
    )
    assert "The nearest value that leaves an answer is 20.00 %." in said
    assert (
        "found a turnover of at most 10.00 %, expected a limit that goes with at least 30" in said
    )
    assert said.count("#XR301") == 2


def test_clashing_groups_are_named_with_the_nearest_value_of_each() -> None:
    equity = GroupBound("growth", np.array([1.0, 0.0, 0.0]), lower=0.5)
    calm = GroupBound("calm", np.array([0.0, 1.0, 1.0]), lower=0.6)
    said = sentences(three(), Limits(groups=(equity, calm)))

    assert "found at least 50.00 % of growth" in said
    assert "nearest value that leaves an answer is 40.00 %" in said
    assert "nearest value that leaves an answer is 50.00 %" in said


def test_single_limits_that_leave_no_answer_are_refused_in_words() -> None:
    low = replace(three(), lower=np.array([0.5, 0.5, 0.1]))
    high = replace(three(), upper=np.array([0.5, 0.2, 0.1]))

    with pytest.raises(InfeasibleError, match=r"lower limits that allow 110\.00 % in all at least"):
        solve(low)
    with pytest.raises(InfeasibleError, match=r"upper limits that allow 80\.00 % in all at most"):
        solve(high)
    capped = replace(three(), upper=np.array([1.0, 1.0, 0.2]))
    assert "20.0 % can be asked" in sentences(capped, Limits(cash=2, cash_floor=0.3))


def test_the_fast_path_loads_no_solver_and_the_infeasible_one_prints_nothing() -> None:
    code = """
import sys, numpy as np
import xl_rebal
from xl_rebal.engine.optimal import DenseRisk, Limits, OptimalProblem, solve
from xl_rebal.errors import InfeasibleError
c = np.full(3, 0.001)
risk = DenseRisk(np.diag([.04, .02, .01]))
p = OptimalProblem(np.array([.6, .3, .1]), np.array([.2, .3, .5]), risk, 5., c, c)
assert solve(p, Limits(cash=2, cash_floor=0.2)).trade_count > 1
print([m for m in ("cvxpy", "clarabel", "scipy", "highspy") if m in sys.modules])
try:
    solve(p, Limits(turnover=0.1, cash=2, cash_floor=0.3))
except InfeasibleError:
    print("cvxpy" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "[]\nTrue\n"
