from __future__ import annotations

import numpy as np
import pytest

from xl_rebal.engine.optimal.lots.curve import Curve, corners, trading_curve
from xl_rebal.typing import FloatArray


def random_curve(random: np.random.Generator) -> tuple[Curve, FloatArray, FloatArray, float, float]:
    """A curve of lots with rising rates, some of them savings, and what it was made of."""
    sizes = random.dirichlet(np.ones(4)) * 0.5
    rates = np.sort(random.uniform(-0.05, 0.05, 4))
    buy, stays = float(random.uniform(0, 0.02)), float(random.choice([0.0, 0.1]))
    left = corners(0.5 + stays, sizes, stays)
    return trading_curve(left, sizes, rates, buy, 1.0), sizes, rates, buy, stays


def slow_cost(
    sizes: FloatArray, rates: FloatArray, buy: float, stays: float, weight: float
) -> float:
    """Lot after lot until ``weight`` is left."""
    change = weight - stays - sizes.sum()
    if change > 0:
        return float(change * buy)
    cost, sold = 0.0, -change
    for size, rate in zip(sizes, rates, strict=True):
        part = min(size, sold)
        cost, sold = cost + part * rate, sold - part
    return cost


def test_a_curve_costs_what_selling_one_lot_after_another_costs() -> None:
    random = np.random.default_rng(1)
    for _ in range(20):
        curve, sizes, rates, buy, stays = random_curve(random)
        for weight in np.linspace(stays, 1.0, 23):
            expected = slow_cost(sizes, rates, buy, stays, float(weight))

            assert curve.cost(float(weight)) == pytest.approx(expected, abs=1e-15)


def test_lots_of_one_rate_are_one_piece_and_a_full_sale_ends_at_exactly_nothing() -> None:
    sizes, rates = np.array([0.1, 0.2, 0.3]), np.array([0.01, 0.01, 0.02])
    curve = trading_curve(corners(0.6, sizes, 0.0), sizes, rates, 0.005, 0.6)

    assert curve.points.tolist() == [0.0, pytest.approx(0.3), 0.6]
    assert curve.points[0] == 0.0
    assert curve.slopes.tolist() == [-0.02, -0.01]


def test_the_convex_curve_is_the_greatest_below() -> None:
    random = np.random.default_rng(2)
    changed = 0
    for _ in range(30):
        curve, *_ = random_curve(random)
        convex = curve.convex()
        changed += convex is not curve
        grid = np.linspace(curve.least, curve.most, 61)
        true = np.interp(grid, curve.points, curve.costs)
        below = np.interp(grid, convex.points, convex.costs)
        # The lower hull at x is the least chord over any two points around x.
        for place, x in enumerate(grid):
            chords = [
                curve.cost(a) + (curve.cost(b) - curve.cost(a)) * (x - a) / (b - a) if b > a else true[place]
                for a in curve.points[curve.points <= x] for b in curve.points[curve.points >= x]
            ]  # fmt: skip
            assert below[place] == pytest.approx(min(*chords, true[place]), abs=1e-14)
        assert convex.is_convex
    assert changed > 5


def test_a_part_of_a_curve_is_the_curve_there() -> None:
    curve, *_ = random_curve(np.random.default_rng(3))
    part = curve.within(0.2, 0.7)

    assert part is not None
    assert (part.least, part.most) == (0.2, 0.7)
    for weight in np.linspace(0.2, 0.7, 11):
        assert part.cost(float(weight)) == pytest.approx(curve.cost(float(weight)), abs=1e-16)
    assert np.diff(part.costs) / np.diff(part.points) == pytest.approx(part.slopes, abs=1e-12)
    assert curve.within(1.2, 1.3) is None
