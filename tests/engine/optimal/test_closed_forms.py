"""Two assets by the formula of method.md, two and three assets by looking everywhere."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engine.optimal.oracle import objective
from xl_rebal.engine.optimal import DenseRisk, Method, OptimalProblem, Status, solve
from xl_rebal.engine.optimal.two_assets import two_asset_weights
from xl_rebal.engine.optimal.working_set import search
from xl_rebal.typing import FloatArray

RATES = st.sampled_from([0.0, 0.0001, 0.001, 0.01, 0.3])
SHARES = st.sampled_from([0.0, 0.05, 0.3, 0.5, 0.62, 1.0]) | st.floats(0.0, 1.0)


def risk_of(first: float, second: float, correlation: float) -> DenseRisk:
    both = correlation * first * second
    return DenseRisk(np.array([[first**2, both], [both, second**2]]))


@st.composite
def two_assets(draw: st.DrawFn) -> OptimalProblem:
    now, wanted = draw(SHARES), draw(SHARES)
    risk = risk_of(
        draw(st.floats(0.05, 0.5)), draw(st.floats(0.0, 0.5)), draw(st.floats(-0.9, 0.9))
    )
    buy, sell = (np.array([draw(RATES), draw(RATES)]) for _ in range(2))
    low, high = draw(st.sampled_from([(0.0, np.inf), (0.2, 0.7), (0.0, 0.4), (0.55, 1.0)]))
    return OptimalProblem(
        np.array([now, 1 - now]), np.array([wanted, 1 - wanted]), risk, draw(st.floats(0.1, 20)),
        buy, sell, np.array([low, 0.0]), np.array([high, np.inf]),
    )  # fmt: skip


def test_one_cost_leaves_a_band_of_c_over_gamma_v_around_the_target() -> None:
    risk, gamma, c = risk_of(0.2, 0.1, 0.3), 3.0, np.full(2, 0.002)
    v = 0.2**2 + 0.1**2 - 2 * 0.3 * 0.2 * 0.1
    band = 0.002 / (gamma * v)
    target = np.array([0.6, 0.4])

    def ends(now: float) -> FloatArray:
        return solve(OptimalProblem(np.array([now, 1 - now]), target, risk, gamma, c, c)).weights

    assert ends(0.9) == pytest.approx([0.6 + band, 0.4 - band], abs=1e-14)
    assert ends(0.3) == pytest.approx([0.6 - band, 0.4 + band], abs=1e-14)
    assert ends(0.6 + 0.99 * band).tolist() == [0.6 + 0.99 * band, 1 - (0.6 + 0.99 * band)]


@given(two_assets())
def test_two_assets_end_where_no_place_on_a_fine_grid_is_better(problem: OptimalProblem) -> None:
    answer = solve(problem)
    best = objective(problem, answer.weights)
    low = max(problem.lower[0], 0.0)
    high = min(problem.upper[0], 1.0)

    assert answer.method in (Method.NO_TRADE, Method.TWO_ASSETS)
    assert answer.status is Status.OPTIMAL
    for at in np.linspace(low, high, 401):
        assert best <= objective(problem, np.array([at, 1 - at])) + 1e-15


@given(two_assets())
def test_the_working_set_finds_the_closed_form(problem: OptimalProblem) -> None:
    found = search(problem, problem.gradient(problem.current))

    assert found is not None
    assert found.weights == pytest.approx(two_asset_weights(problem), abs=1e-9)


@settings(max_examples=15)
@given(st.integers(0, 10_000))
def test_three_assets_end_where_no_place_on_a_finer_and_finer_grid_is_better(seed: int) -> None:
    random = np.random.default_rng(seed)
    root = random.normal(size=(3, 3)) * 0.15
    rate = 10.0 ** random.uniform(-4, -2, (2, 3))
    current, target = random.dirichlet([1, 1, 1], 2)
    problem = OptimalProblem(
        current / current.sum(), target, DenseRisk(root @ root.T), 2.0, rate[0], rate[1]
    )
    answer = solve(problem)

    centre, width = np.array([1 / 3, 1 / 3]), 1.0
    for _ in range(40):
        steps = np.linspace(-width, width, 9)
        grid = centre + np.stack(np.meshgrid(steps, steps), axis=-1).reshape(-1, 2)
        grid = np.vstack([grid[(grid >= 0).all(axis=1) & (grid.sum(axis=1) <= 1)], centre])
        values = [objective(problem, np.array([a, b, 1 - a - b])) for a, b in grid]
        centre, width = grid[int(np.argmin(values))], 0.7 * width

    least = objective(problem, np.array([*centre, 1 - centre.sum()]))
    assert answer.objective <= least + 1e-15
    assert answer.objective == pytest.approx(least, rel=1e-4, abs=1e-9)
