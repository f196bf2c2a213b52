"""The corners of the working set: nothing to weigh, ties, forced trades, many assets, giving up."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog

from tests.engine.optimal.oracle import judged
from tests.engine.optimal.problems import random_problem, whole
from xl_rebal.engine.optimal import DenseRisk, FactorRisk, Method, OptimalProblem, Status, solve
from xl_rebal.engine.optimal.feasible import feasible_start
from xl_rebal.engine.optimal.snap import snapped


@given(st.integers(0, 100_000))
def test_without_risk_aversion_only_what_limits_force_is_traded_the_cheapest_first(
    seed: int,
) -> None:
    random = np.random.default_rng(seed)
    n = int(random.integers(2, 15))
    current = whole(random.dirichlet(np.ones(n)))
    lower = np.where(random.random(n) < 0.5, 0.0, current * random.uniform(0, 1.3, n))
    lower *= min(1.0, 0.99 / lower.sum()) if lower.sum() else 1.0
    upper = np.maximum(lower, current * random.uniform(0.8, 3, n)) + 1.2 / n
    buy, sell = random.uniform(0.0001, 0.01, (2, n))
    risk = DenseRisk(np.eye(n) * 0.04)
    problem = OptimalProblem(current, current[::-1], risk, 0.0, buy, sell, lower, upper)
    answer = solve(problem)

    judge = linprog(  # w = w0 + bought - sold
        np.concatenate((buy, sell)), A_eq=[np.repeat([1.0, -1.0], n)], b_eq=[1 - current.sum()],
        A_ub=np.block([[np.eye(n), -np.eye(n)], [-np.eye(n), np.eye(n)]]),
        b_ub=np.concatenate((upper - current, current - lower)),
    )  # fmt: skip
    assert answer.objective == pytest.approx(judge.fun, rel=1e-9, abs=1e-12)
    assert answer.status is Status.OPTIMAL


def test_without_costs_and_limits_all_goes_to_the_target() -> None:
    problem = random_problem(3, 20)
    none = np.zeros(20)
    free = OptimalProblem(
        problem.current, problem.target, DenseRisk(np.eye(20) * 0.04 + 0.01), 2.0, none, none
    )

    assert solve(free).weights == pytest.approx(problem.target, abs=1e-14)


def test_at_costs_that_nothing_is_worth_only_forced_trades_are_made() -> None:
    current, rate = np.array([0.5, 0.3, 0.2]), np.full(3, 1e3)
    lower = np.array([0.0, 0.0, 0.25])
    answer = solve(
        OptimalProblem(
            current, np.array([0.1, 0.1, 0.8]), DenseRisk(np.eye(3)), 1.0, rate, rate, lower
        )
    )

    assert answer.weights[2] == 0.25
    assert answer.turnover == pytest.approx(0.05, abs=1e-15)


@pytest.mark.parametrize("twins", [2, 7, 40])
def test_assets_that_are_all_alike_are_no_trouble(twins: int) -> None:
    n = 2 * twins
    current = np.repeat([1.5 / n, 0.5 / n], twins)
    rate = np.full(n, 0.001)
    one_risk = DenseRisk(np.full((n, n), 0.04) + np.kron(np.eye(2), np.full((twins, twins), 0.01)))
    answer = solve(OptimalProblem(current, np.full(n, 1 / n), one_risk, 5.0, rate, rate))

    # Two groups of one risk each: the closed form of two assets, v = 0.02.
    assert answer.status is Status.OPTIMAL
    assert answer.weights[:twins].sum() == pytest.approx(0.5 + 0.001 / (5.0 * 0.02), abs=1e-12)
    assert answer.cost == pytest.approx(2 * 0.001 * answer.turnover, rel=1e-12)


@pytest.mark.parametrize("seed", range(6))
def test_many_assets_with_factors_end_as_with_their_dense_covariance(seed: int) -> None:
    random = np.random.default_rng(seed)
    n, k = 300, 8
    specific = random.uniform(0.1, 0.3, n) ** 2
    specific[:3] = 0.0
    factors = FactorRisk(random.normal(0, 0.1, (n, k)), specific)
    target = whole(random.lognormal(0, 1, n))
    current = whole(target * random.lognormal(0, 0.3, n))
    rate = np.full(n, [1e-3, 1e-4, 1e-5][seed % 3])
    problem = OptimalProblem(current, target, factors, 5.0, rate, rate)
    answer, dense = solve(problem), solve(replace(problem, risk=DenseRisk(factors.dense())))

    assert answer.method is dense.method is Method.WORKING_SET
    assert answer.objective == pytest.approx(dense.objective, rel=1e-11)
    assert ((answer.trades == 0) == (dense.trades == 0)).all()


@pytest.mark.parametrize("seed", [53, 409, 415, 872, 1456, 1855, 2195, *range(40)])
def test_limits_that_meet_in_one_corner_are_no_division_by_nothing(seed: int) -> None:
    """All but one at their lower limits is the upper limit of that one: rounding puts a free asset beyond."""
    random = np.random.default_rng(seed)
    current, target = whole(random.dirichlet(np.ones(3))), whole(random.dirichlet(np.ones(3)))
    factors = random.normal(size=(3, 3)) * 0.2
    factors[-1] = 0.0
    lower = np.array([0.0, current[1] * random.uniform(), 0.0])
    if seed % 2:
        current = np.array([0.0, current[1], 1.0 - current[1]])
    cost = 10.0 ** random.uniform(-4, -2, 3)
    upper = 1.0 - lower.sum() + lower
    problem = OptimalProblem(
        current, target, DenseRisk(factors @ factors.T), 20.0, cost, cost, lower, upper
    )
    answer, verdict = solve(problem), judged(problem)

    assert answer.status is Status.OPTIMAL
    assert answer.objective <= verdict.most + 1e-12


@given(st.integers(0, 100_000))
def test_a_search_begins_within_the_limits_and_whole(seed: int) -> None:
    problem = random_problem(seed)
    start = feasible_start(problem, problem.gradient(problem.current))

    assert abs(float(start.sum()) - 1) <= 1e-12
    assert (start >= problem.lower).all()
    assert (start <= problem.upper).all()
    clipped = np.clip(problem.current, problem.lower, problem.upper)
    moved = (start != clipped) & (start != problem.lower) & (start != problem.upper)
    assert moved.sum() <= 1


@given(st.integers(0, 100_000))
def test_what_is_snapped_is_whole_within_the_limits_and_near(seed: int) -> None:
    problem = random_problem(seed)
    answer = solve(problem).weights
    dusty = answer + np.random.default_rng(seed).normal(0, 1e-10, problem.size)
    found = snapped(problem, dusty, 1e-8)

    assert abs(float(found.sum()) - 1) <= 1e-12
    assert (found >= problem.lower).all()
    assert (found <= problem.upper).all()
    assert np.abs(found - answer).max() <= 1e-7
