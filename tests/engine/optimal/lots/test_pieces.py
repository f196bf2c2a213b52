from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.engine.optimal.lots.cases import small_case
from xl_rebal.engine.optimal import DenseRisk, FactorRisk, OptimalProblem
from xl_rebal.engine.optimal.lots.directions import Directions, Way
from xl_rebal.engine.optimal.lots.pieces import PieceSolver, _repeated
from xl_rebal.typing import FloatArray


def slopes(
    problem: OptimalProblem, curves: list[tuple[FloatArray, FloatArray]], weights: FloatArray
) -> tuple[float, float]:
    """The greatest slope downward and the least upward of any asset; at an optimum they do not cross.

    From the corners (points, costs) of each asset's curve by differences.
    """
    slope = 2 * problem.risk_aversion * problem.risk.dense() @ (weights - problem.target)
    down, up = [-np.inf], [np.inf]
    for q, weight, (points, costs) in zip(slope, weights, curves, strict=True):
        slopes = np.diff(costs) / np.diff(points)
        below = np.flatnonzero(points[:-1] < weight - 1e-12)
        above = np.flatnonzero(points[1:] > weight + 1e-12)
        if len(below):
            down.append(q + slopes[below[-1]])
        if len(above):
            up.append(q + slopes[above[0]])
    return max(down), min(up)


@pytest.mark.parametrize("seed", range(60))
def test_the_parts_meet_the_conditions_of_optimality_of_the_whole_curves(seed: int) -> None:
    taxed = small_case(seed + 1000, n=5)
    given = taxed.problem
    lower, upper = np.minimum(given.lower, given.current), np.maximum(given.upper, given.current)
    wide = replace(given, lower=lower, upper=upper)
    taxed = replace(taxed, problem=wide)
    directions = Directions(taxed)
    curves = directions.curves((Way.OPEN,) * len(directions.contested))
    assert curves is not None
    found = PieceSolver(taxed.problem).solve(curves)
    assert found is not None
    ends = [(each.points, each.costs) for each in curves]
    size = max(0.01, float(np.abs(taxed.problem.gradient(found.weights)).max()))
    down, up = slopes(taxed.problem, ends, found.weights)

    assert abs(found.weights.sum() - 1) <= 1e-12
    assert down <= found.nu + 1e-8 * size
    assert found.nu <= up + 1e-8 * size
    assert found.bound <= found.objective + 1e-15
    assert found.objective - found.bound <= 1e-10


def test_parts_have_the_covariance_of_their_owners_dense_and_by_factors() -> None:
    random = np.random.default_rng(4)
    factors, specific = random.normal(size=(4, 2)), np.array([0.1, 0.2, 0.3, 0.0])
    owner = np.array([0, 1, 1, 1, 2, 3, 3])
    dense = factors @ factors.T + np.diag(specific)
    expected = dense[np.ix_(owner, owner)]

    assert _repeated(FactorRisk(factors, specific), owner).dense() == pytest.approx(expected)
    assert _repeated(DenseRisk(dense), owner).dense() == pytest.approx(expected)
