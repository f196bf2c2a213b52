"""What the certificate says, by definition and by trying."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engine.optimal.oracle import objective
from tests.engine.optimal.problems import random_problem
from xl_rebal.engine.optimal import DenseRisk, Method, OptimalProblem, solve
from xl_rebal.engine.optimal.kkt import gap, no_trade, scale, slopes
from xl_rebal.typing import FloatArray

SEEDS = st.integers(0, 100_000)


def by_definition(problem: OptimalProblem, weights: FloatArray) -> float:
    """The least error over nu, one asset and one case at a time, by bisection."""
    q = 2 * problem.risk_aversion * problem.risk.dense() @ (weights - problem.target)

    def error(nu: float) -> tuple[float, float]:
        low = high = 0.0
        for i, w in enumerate(weights):
            now, buy, sell = problem.current[i], problem.buy_cost[i], problem.sell_cost[i]
            is_low, is_high = w == problem.lower[i], w == problem.upper[i]
            if not is_high:  # one more of it must not pay
                high = max(high, nu - (q[i] - sell if w < now else q[i] + buy))
            if not is_low:  # nor one less
                low = max(low, (q[i] + buy if w > now else q[i] - sell) - nu)
        return low, high

    below, above = -1e5, 1e5
    for _ in range(200):
        nu = (below + above) / 2
        low, high = error(nu)
        below, above = (nu, above) if low > high else (below, nu)
    return max(error(nu))


@given(SEEDS)
def test_the_residual_is_that_of_the_definition(seed: int) -> None:
    problem = random_problem(seed, 6)
    inside = (problem.current >= problem.lower) & (problem.current <= problem.upper)
    weights = problem.current if inside.all() else solve(problem).weights

    found = slopes(problem, weights, problem.gradient(weights)).residual

    assert found == pytest.approx(by_definition(problem, weights), abs=1e-10)


@given(SEEDS)
def test_nothing_is_traded_if_and_only_if_the_pre_check_says_so(seed: int) -> None:
    problem = random_problem(seed)
    answer = solve(problem)
    says = no_trade(problem, problem.gradient(problem.current))

    assert says == (answer.trade_count == 0) == (answer.method is Method.NO_TRADE)


@given(SEEDS, st.integers(0, 100))
def test_no_trade_with_one_cost_means_that_slopes_differ_by_at_most_two_costs(
    seed: int, part: int
) -> None:
    random = np.random.default_rng(seed)
    root = random.normal(size=(5, 5))
    current, target = random.dirichlet(np.full(5, 3.0), 2)
    q = 2 * root @ root.T @ (current - target)
    apart = float(q.max() - q.min())
    rate = np.full(5, apart * part / 100)
    problem = OptimalProblem(
        current / current.sum(), target, DenseRisk(root @ root.T), 1.0, rate, rate
    )

    if abs(part - 50) > 1e-9:
        assert (solve(problem).trade_count == 0) == (part > 50)


@given(SEEDS)
def test_no_pair_of_small_trades_lowers_the_objective(seed: int) -> None:
    problem = random_problem(seed, 6)
    answer = solve(problem)
    best = objective(problem, answer.weights)

    for i in range(6):
        for j in range(6):
            for size in (1e-2, 1e-4, 1e-6):
                other = answer.weights.copy()
                other[i] += size
                other[j] -= size
                if (other >= problem.lower).all() and (other <= problem.upper).all():
                    assert objective(problem, other) >= best - 1e-14 * max(1, problem.dearest)


@given(SEEDS)
def test_the_gap_is_above_the_true_one_and_closes_at_the_optimum(seed: int) -> None:
    problem = random_problem(seed, 8)
    answer = solve(problem)
    best, unit = answer.objective, scale(problem, problem.gradient(answer.weights))
    inside = (problem.current >= problem.lower) & (problem.current <= problem.upper)

    assert answer.gap is not None
    assert 0 <= answer.gap <= 1e-8 * unit + 1e-13
    if inside.all():
        q = problem.gradient(problem.current)
        nu = slopes(problem, problem.current, q).nu
        excess = objective(problem, problem.current) - best
        assert gap(problem, problem.current, q, nu) >= excess - 1e-12 * max(1.0, unit)


@given(SEEDS)
def test_untraded_assets_keep_their_weight_to_the_bit_or_stand_at_a_limit(seed: int) -> None:
    problem = random_problem(seed)
    answer = solve(problem)

    assert abs(float(answer.weights.sum()) - 1) <= 1e-12
    quiet = np.abs(answer.weights - problem.current) <= 1e-13
    at_limit = (answer.weights == problem.lower) | (answer.weights == problem.upper)
    assert ((answer.trades == 0) | at_limit)[quiet].all()


@given(SEEDS)
def test_the_trades_of_a_problem_much_like_it_are_only_where_the_search_begins(seed: int) -> None:
    problem = random_problem(seed)
    other = random_problem(seed + 1, problem.size)
    cold = solve(problem)

    for warm in (solve(problem, warm=cold.start), solve(problem, warm=solve(other).start)):
        assert warm.relative_residual <= 1e-9
        assert warm.objective == pytest.approx(cold.objective, rel=1e-9, abs=1e-13)


def test_binding_limits_are_named() -> None:
    problem = OptimalProblem(
        np.array([0.8, 0.1, 0.1]), np.array([0.2, 0.4, 0.4]), DenseRisk(np.diag([0.04, 0.05, 0.06])),
        5.0, np.full(3, 1e-4), np.full(3, 1e-4), np.array([0.5, 0.0, 0.0]),
        np.array([np.inf, 0.2, np.inf]), ("AAA", "BBB", "CCC"),
    )  # fmt: skip
    answer = solve(problem)

    assert answer.weights == pytest.approx([0.5, 0.2, 0.3])
    assert answer.binding == ("AAA at least 50.0 %", "BBB at most 20.0 %")
    assert (answer.at_lower.tolist(), answer.at_upper.tolist()) == ([0], [1])
