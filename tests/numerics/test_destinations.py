"""The projection against a linear programme and a general optimiser that share no code with it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog, minimize

from tests.strategies import banded, weight_pairs
from xl_rebal.numerics.bands import is_breached
from xl_rebal.numerics.destinations import (
    destination_bounds,
    nearest_within,
    place_cash,
    water_fill,
)
from xl_rebal.typing import FloatArray

Banded = tuple[FloatArray, FloatArray, FloatArray, FloatArray]


def project(case: Banded, fraction: float = 1.0, distance: float | None = None) -> FloatArray:
    current, target, lower, upper = case
    least, greatest = destination_bounds(current, target, lower, upper, fraction, distance)
    found = nearest_within(current, target, least, greatest)
    assert found is not None
    return found


def least_turnover(current: FloatArray, least: FloatArray, greatest: FloatArray) -> float:
    """One-way turnover of a linear programme in buys and sells (scipy, HiGHS)."""
    n = len(current)
    result = linprog(
        np.ones(2 * n) / 2,
        A_eq=[[*np.ones(n), *-np.ones(n)]],
        b_eq=[0.0],
        A_ub=np.block([[np.eye(n), -np.eye(n)], [-np.eye(n), np.eye(n)]]),
        b_ub=np.concatenate([greatest - current, current - least]),
        method="highs",
    )
    assert result.status == 0
    return float(result.fun)


@given(banded(), st.sampled_from([0.0, 0.25, 0.5, 1.0]))
def test_the_move_ends_inside_its_bounds_with_the_turnover_of_a_linear_programme(
    case: Banded, fraction: float
) -> None:
    current, target, lower, upper = case
    least, greatest = destination_bounds(current, target, lower, upper, fraction)
    found = project(case, fraction)

    assert found.sum() == pytest.approx(1.0, abs=1e-12)
    assert np.all(found >= least - 1e-12)
    assert np.all(found <= greatest + 1e-12)
    turnover = np.abs(found - current).sum() / 2
    assert turnover == pytest.approx(least_turnover(current, least, greatest), abs=1e-9)


@given(banded(most=5))
def test_among_least_turnovers_it_is_the_one_nearest_to_target(case: Banded) -> None:
    current, target, lower, upper = case
    least, greatest = destination_bounds(current, target, lower, upper)
    found = project(case)
    turnover = np.abs(found - current).sum()
    generator = np.random.default_rng(0)
    for _ in range(20):
        # any feasible step that keeps the least turnover must not come nearer to the target
        other = minimize(
            lambda w: ((w - target) ** 2).sum(),
            np.clip(found + generator.normal(0, 0.01, len(found)), least, greatest),
            bounds=list(zip(least, greatest, strict=True)),
            constraints=[
                {"type": "eq", "fun": lambda w: w.sum() - 1},
                {"type": "ineq", "fun": lambda w: turnover + 1e-9 - np.abs(w - current).sum()},
            ],
            method="SLSQP",
        )
        ok = (
            abs(other.x.sum() - 1) < 1e-9
            and np.abs(other.x - current).sum() <= turnover + 2e-9
            and np.all(other.x >= least - 1e-9)
            and np.all(other.x <= greatest + 1e-9)
        )
        if ok:
            assert ((found - target) ** 2).sum() <= ((other.x - target) ** 2).sum() + 1e-8
            break


@given(banded())
def test_edge_turnover_is_the_larger_of_excess_and_shortfall(case: Banded) -> None:
    current, target, lower, upper = case
    excess = np.maximum(current - target - upper, 0).sum()
    shortfall = np.maximum(target - lower - current, 0).sum()
    turnover = np.abs(project(case) - current).sum() / 2
    assert turnover == pytest.approx(max(excess, shortfall), abs=1e-11)


@given(banded())
def test_an_asset_inside_its_band_moves_only_for_the_budget(case: Banded) -> None:
    current, target, lower, upper = case
    found = project(case)
    inside = ~is_breached(current - target, lower, upper)
    excess = np.maximum(current - target - upper, 0).sum()
    shortfall = np.maximum(target - lower - current, 0).sum()
    # net sellers: those inside may only be bought; net buyers: only sold
    if excess >= shortfall:
        assert np.all(found[inside] >= current[inside] - 1e-12)
    if shortfall >= excess:
        assert np.all(found[inside] <= current[inside] + 1e-12)


@given(banded(), st.randoms(use_true_random=False))
def test_the_order_of_assets_does_not_matter(case: Banded, random: object) -> None:
    order = np.random.default_rng(len(case[0])).permutation(len(case[0]))
    turned = project(tuple(vector[order] for vector in case))  # type: ignore[arg-type]
    assert turned == pytest.approx(project(case)[order], abs=1e-12)


def test_clipping_and_rescaling_leaves_the_bands_and_ours_does_not() -> None:
    current = np.array([0.70, 0.20, 0.10])
    target = np.array([0.50, 0.30, 0.20])
    band = np.full(3, 0.05)
    clipped = np.clip(current, target - band, target + band)
    rescaled = clipped / clipped.sum()
    found = project((current, target, band, band))

    assert is_breached(rescaled - target, band, band).any()
    assert not is_breached(found - target, band, band).any()


def test_half_stops_inside_the_edge_and_a_distance_is_its_own() -> None:
    case = (np.array([0.62, 0.38]), np.array([0.5, 0.5]), np.full(2, 0.1), np.full(2, 0.1))
    assert project(case, 1.0) == pytest.approx([0.60, 0.40])
    assert project(case, 0.5) == pytest.approx([0.55, 0.45])
    assert project(case, distance=0.08) == pytest.approx([0.58, 0.42])


def test_without_a_breach_nothing_moves_at_all() -> None:
    current = np.array([0.55, 0.45])  # 0.55 - 0.50 > 0.05 in binary
    half = np.array([0.5, 0.5])
    band = np.full(2, 0.05)
    assert project((current, half, band, band)).tolist() == current.tolist()


@given(weight_pairs(2), st.floats(0.0, 0.5))
def test_water_fill_meets_its_optimality_conditions(
    pair: tuple[FloatArray, FloatArray], slack: float
) -> None:
    current, target = pair
    least, greatest = np.maximum(current - slack, 0), current + slack
    found = water_fill(target, least, greatest, 1.0)

    assert found is not None
    assert found.sum() == pytest.approx(1.0, abs=1e-12)
    shift = found - target
    free = (found > least + 1e-9) & (found < greatest - 1e-9)
    low = found <= least + 1e-9
    high = found >= greatest - 1e-9
    if free.any():
        level = shift[free]
        assert np.ptp(level) < 1e-9
        assert np.all(shift[low & ~high] >= level.min() - 1e-9)
        assert np.all(shift[high & ~low] <= level.max() + 1e-9)


def test_water_fill_says_when_there_is_no_answer() -> None:
    assert water_fill(np.array([0.5, 0.5]), np.zeros(2), np.full(2, 0.4), 1.0) is None


@given(weight_pairs(2), st.floats(0.01, 0.4))
def test_placing_cash_only_buys_or_only_sells(
    pair: tuple[FloatArray, FloatArray], flow: float
) -> None:
    current, target = pair
    last = len(current) - 1
    target = target.copy()
    target[last] = 0.0
    if target.sum() == 0:
        target[0] = 1.0
    target = target / target.sum()
    paid_in = current * (1 - flow)
    paid_in[last] += flow
    bought = place_cash(paid_in, target, last, np.ones(len(current), bool), selling=False)
    assert bought.sum() == pytest.approx(1.0)
    assert np.all(bought[:last] >= paid_in[:last] - 1e-12)
    assert bought[last] == pytest.approx(0.0, abs=1e-9)

    paid_out = current * (1 + flow)
    paid_out[last] -= flow
    sold = place_cash(paid_out, target, last, np.ones(len(current), bool), selling=True)
    assert sold.sum() == pytest.approx(1.0)
    assert np.all(sold[:last] <= paid_out[:last] + 1e-12)
    if paid_out[last] < 0:
        assert sold[last] == pytest.approx(0.0, abs=1e-9)


def test_a_contribution_goes_to_the_most_underweight_first() -> None:
    current = np.array([0.40, 0.40, 0.20])  # cash last
    target = np.array([0.6, 0.4, 0.0])
    found = place_cash(current, target, 2, np.ones(3, bool), selling=False)
    assert found == pytest.approx([0.6, 0.4, 0.0])
