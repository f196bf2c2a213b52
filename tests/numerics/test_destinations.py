"""The projection and the placing of cash, against linear programmes and a conic solver.

Two certificates share no code with the product. Least turnover: a linear programme in buys and
sells. Nearest to target among those: a convex f is least at x over a polytope exactly if no
point y of it has gradient . (y - x) < 0, and the smallest gradient . y is a linear programme too.
"""

from __future__ import annotations

from typing import Any

import cvxpy
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.optimize import linprog

from tests.strategies import Case, cases, limits, simplex, weight_pairs
from xl_rebal.numerics.bands import is_breached
from xl_rebal.numerics.destinations import (
    destination_bounds,
    nearest_within,
    place_cash,
    water_fill,
)
from xl_rebal.typing import BoolArray, FloatArray

cp: Any = cvxpy  # its names are filled in when it is imported, out of sight of type checkers
TIGHT = {"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10}
FRACTIONS = st.sampled_from([0.0, 0.25, 0.5, 1.0])
DISTANCES = st.sampled_from([None, 0.0, 0.0175, 0.03])


def bounds_of(
    case: Case, fraction: float = 1.0, distance: float | None = None
) -> tuple[FloatArray, FloatArray]:
    return destination_bounds(case.current, case.target, case.lower, case.upper, fraction, distance)


def project(case: Case, fraction: float = 1.0, distance: float | None = None) -> FloatArray:
    found = nearest_within(case.current, case.target, *bounds_of(case, fraction, distance))
    assert found is not None
    return found


def move_programme(
    current: FloatArray, least: FloatArray, greatest: FloatArray, budget: float = 0.0
) -> dict[str, Any]:
    """Constraints on (buys, sells) >= 0: least <= current + buys - sells <= greatest, net budget."""
    n = len(current)
    step = np.hstack([np.eye(n), -np.eye(n)])
    bounded = np.isfinite(greatest)
    return {
        "A_eq": np.concatenate([np.ones(n), -np.ones(n)])[None, :],
        "b_eq": [budget],
        "A_ub": np.vstack([step[bounded], -step]),
        "b_ub": np.concatenate([(greatest - current)[bounded], current - least]),
        "method": "highs",
        "options": TIGHT,
    }


def least_turnover(current: FloatArray, least: FloatArray, greatest: FloatArray) -> float:
    """One-way turnover of the linear programme."""
    n = len(current)
    result = linprog(np.full(2 * n, 0.5), **move_programme(current, least, greatest))
    assert result.status == 0
    return float(result.fun)


def optimality_gap(
    found: FloatArray,
    target: FloatArray,
    current: FloatArray,
    least: FloatArray,
    greatest: FloatArray,
    turnover: float | None,
) -> float:
    """How much sum (x - t)^2 could at most still fall over everything allowed (>= 0)."""
    n = len(current)
    gradient = 2 * (found - target)
    programme = move_programme(current, least, greatest, float(found.sum() - current.sum()))
    if turnover is not None:
        programme["A_ub"] = np.vstack([programme["A_ub"], np.full(2 * n, 0.5)])
        programme["b_ub"] = np.append(programme["b_ub"], turnover)
    result = linprog(np.concatenate([gradient, -gradient]), **programme)
    assert result.status == 0
    return float(gradient @ (found - current) - result.fun)


@given(cases(), FRACTIONS, DISTANCES)
def test_a_breached_asset_ends_inside_its_share_of_the_band_and_the_others_inside_theirs(
    case: Case, fraction: float, distance: float | None
) -> None:
    least, greatest = bounds_of(case, fraction, distance)
    columns = (case.current, case.target, case.lower, case.upper, least, greatest)
    for w, t, lower, upper, low, high in zip(*(v.tolist() for v in columns), strict=True):
        if w - t > upper + 1e-12 or t - w > lower + 1e-12:
            if distance is None:
                lower, upper = fraction * lower, fraction * upper
            else:
                lower, upper = min(distance, lower), min(distance, upper)
        assert low == pytest.approx(t - lower, abs=1.1e-12)
        assert high == pytest.approx(t + upper, abs=1.1e-12)


@given(cases(), FRACTIONS, DISTANCES)
def test_turnover_is_that_of_a_linear_programme_and_the_end_is_inside_the_bounds(
    case: Case, fraction: float, distance: float | None
) -> None:
    least, greatest = bounds_of(case, fraction, distance)
    found = project(case, fraction, distance)

    assert found.sum() == pytest.approx(1.0, abs=1e-12)
    assert np.all(found >= least - 1e-12)
    assert np.all(found <= greatest + 1e-12)
    turnover = np.abs(found - case.current).sum() / 2
    assert turnover == pytest.approx(least_turnover(case.current, least, greatest), abs=1e-9)


@given(cases(), FRACTIONS, DISTANCES)
def test_among_least_turnovers_none_is_nearer_to_the_target(
    case: Case, fraction: float, distance: float | None
) -> None:
    least, greatest = bounds_of(case, fraction, distance)
    found = project(case, fraction, distance)
    turnover = float(np.abs(found - case.current).sum() / 2)

    gap = optimality_gap(found, case.target, case.current, least, greatest, turnover + 1e-12)
    assert gap <= 1e-9


def conic_projection(
    current: FloatArray, target: FloatArray, least: FloatArray, greatest: FloatArray
) -> FloatArray:
    """Both steps in a conic solver: least turnover first, then nearest to target."""
    x = cp.Variable(len(current))
    inside = [x >= least, x <= greatest, cp.sum(x) == current.sum()]
    first = cp.Problem(cp.Minimize(cp.norm1(x - current)), inside)
    tight = {"tol_gap_abs": 1e-13, "tol_gap_rel": 1e-13, "tol_feas": 1e-13}
    turnover = first.solve(solver=cp.CLARABEL, **tight)
    second = cp.Problem(
        cp.Minimize(cp.sum_squares(x - target)),
        [*inside, cp.norm1(x - current) <= turnover + 1e-11],
    )
    second.solve(solver=cp.CLARABEL, **tight)
    return np.asarray(x.value)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("fraction", [0.5, 1.0])
def test_the_weights_are_those_of_a_conic_solver(seed: int, fraction: float) -> None:
    generator = np.random.default_rng(seed)
    n = 3 + seed
    case = Case(
        generator.dirichlet(np.ones(n)),
        generator.dirichlet(np.full(n, 5.0)),
        generator.uniform(0.01, 0.08, n),
        generator.uniform(0.01, 0.08, n),
    )
    least, greatest = bounds_of(case, fraction)
    expected = conic_projection(case.current, case.target, least, greatest)

    assert np.abs(expected - case.current).sum() > 0.01, "nothing moves: the case proves nothing"
    assert project(case, fraction) == pytest.approx(expected, abs=2e-6)


@given(cases())
def test_edge_turnover_is_the_larger_of_excess_and_shortfall(case: Case) -> None:
    excess = np.maximum(case.current - case.target - case.upper, 0).sum()
    shortfall = np.maximum(case.target - case.lower - case.current, 0).sum()

    turnover = np.abs(project(case) - case.current).sum() / 2
    assert turnover == pytest.approx(max(excess, shortfall), abs=1e-11)


@given(cases(), FRACTIONS)
def test_an_asset_inside_its_band_moves_only_for_the_budget(case: Case, fraction: float) -> None:
    found = project(case, fraction)
    breached = is_breached(case.current - case.target, case.lower, case.upper)
    least, greatest = bounds_of(case, fraction)
    excess = np.maximum(case.current - greatest, 0).sum()
    shortfall = np.maximum(least - case.current, 0).sum()
    inside = ~breached

    # net sellers: those inside may only be bought; net buyers: only sold; balanced: neither
    if excess >= shortfall:
        assert np.all(found[inside] >= case.current[inside] - 1e-12)
    if shortfall >= excess:
        assert np.all(found[inside] <= case.current[inside] + 1e-12)


@given(cases(), FRACTIONS)
def test_a_portfolio_inside_its_bands_is_left_as_it_is_to_the_last_bit(
    case: Case, fraction: float
) -> None:
    width = np.abs(case.current - case.target)  # every asset exactly at its edge
    still = Case(case.current, case.target, width, width)

    assert project(still, fraction).tolist() == case.current.tolist()


@given(cases(), FRACTIONS, st.data())
def test_the_order_of_assets_does_not_matter(
    case: Case, fraction: float, data: st.DataObject
) -> None:
    order = data.draw(st.permutations(range(len(case))))

    turned = project(case.permuted(order), fraction)
    assert turned == pytest.approx(project(case, fraction)[order], abs=1e-12)


def clipped_and_rescaled(case: Case) -> FloatArray:
    """The wrong way that is often seen."""
    clipped = np.clip(case.current, case.target - case.lower, case.target + case.upper)
    return np.asarray(clipped / clipped.sum())


def test_clipping_and_rescaling_leaves_the_bands_and_ours_does_not() -> None:
    band = np.full(3, 0.05)
    case = Case(np.array([0.64, 0.26, 0.10]), np.array([0.50, 0.30, 0.20]), band, band)
    wrong, found = clipped_and_rescaled(case), project(case)

    # clipped to 0.55 + 0.26 + 0.15 = 0.96, so that rescaling lifts the first to 0.573
    assert wrong[0] == pytest.approx(0.55 / 0.96)
    assert is_breached(wrong - case.target, band, band).tolist() == [True, False, False]
    assert not is_breached(found - case.target, band, band).any()
    assert found == pytest.approx([0.55, 0.275, 0.175], abs=1e-15)


def test_half_ends_halfway_and_is_not_called_edge() -> None:
    band = np.full(2, 0.1)
    case = Case(np.array([0.62, 0.38]), np.array([0.5, 0.5]), band, band)

    assert project(case, 1.0) == pytest.approx([0.60, 0.40], abs=1e-15)
    assert project(case, 0.5) == pytest.approx([0.55, 0.45], abs=1e-15)


def test_a_distance_of_its_own_holds_for_breached_assets_and_never_exceeds_the_band() -> None:
    # trigger at 200 bp, trade back to 175 bp from target
    band = np.full(2, 0.02)
    case = Case(np.array([0.53, 0.47]), np.array([0.5, 0.5]), band, band)

    assert project(case, distance=0.0175) == pytest.approx([0.5175, 0.4825], abs=1e-15)
    assert project(case, distance=0.5) == pytest.approx([0.52, 0.48], abs=1e-15)


def test_half_moves_breached_assets_and_leaves_the_others_inside_their_own_bands() -> None:
    target = np.array([0.5, 0.3, 0.2])
    band = np.array([0.1, 0.05, 0.05])
    case = Case(np.array([0.62, 0.255, 0.125]), target, band, band)

    # sold to 0.55; 0.07 to place: the breached third takes it to 0.175 at least; the second is
    # inside, so its own band counts, not half of it; the rest goes where it brings both nearest
    found = project(case, 0.5)
    assert found == pytest.approx([0.55, 0.275, 0.175], abs=1e-15)
    least, _ = bounds_of(case, 0.5)
    assert least == pytest.approx([0.45, 0.25, 0.175], abs=1e-15)


def test_each_asset_has_its_own_band_on_each_side() -> None:
    target = np.array([0.5, 0.3, 0.2])
    current = np.array([0.56, 0.25, 0.19])
    wide = np.full(3, 0.05)
    own = Case(current, target, np.array([0.05, 0.02, 0.05]), np.array([0.08, 0.05, 0.05]))

    # with 5 pp for all the first would be sold; its own 8 pp leave it alone until the second,
    # which is 3 pp below its own 2 pp, needs the money
    assert project(Case(current, target, wide, wide)) == pytest.approx([0.55, 0.26, 0.19])
    assert project(own) == pytest.approx([0.53, 0.28, 0.19], abs=1e-15)


@pytest.mark.parametrize(
    ("current", "target", "band"),
    [(0.55, 0.50, 0.05), (0.35, 0.30, 0.05), (0.65, 0.60, 0.05), (1 / 3, 0.3, 1 / 3 - 0.3)],
)
def test_at_the_band_in_decimals_nothing_moves_though_binary_says_more(
    current: float, target: float, band: float
) -> None:
    width = np.full(2, band)
    case = Case(np.array([current, 1 - current]), np.array([target, 1 - target]), width, width)

    assert project(case, 0.5).tolist() == case.current.tolist()


def test_a_relative_band_of_zero_on_a_zero_target_sells_the_asset_out() -> None:
    band = np.array([0.05, 0.05, 0.0])
    case = Case(np.array([0.49, 0.48, 0.03]), np.array([0.5, 0.5, 0.0]), band, band)

    found = project(case)
    assert found[2] == 0.0
    assert found == pytest.approx([0.5, 0.5, 0.0], abs=1e-15)


def test_bounds_that_allow_no_weights_give_none() -> None:
    half = np.array([0.5, 0.5])

    assert nearest_within(half, half, np.zeros(2), np.full(2, 0.4)) is None
    assert nearest_within(half, half, np.full(2, 0.6), np.ones(2)) is None


# --- water_fill -----------------------------------------------------------------------------


def bisected_fill(
    target: FloatArray, least: FloatArray, greatest: FloatArray, budget: float
) -> FloatArray:
    """clip(t + m, least, greatest) with m found by 200 halvings of an interval."""
    low, high = -1e3, 1e3
    for _ in range(200):
        middle = (low + high) / 2
        total = sum(
            min(max(t + middle, a), b) for t, a, b in zip(target, least, greatest, strict=True)
        )
        low, high = (middle, high) if total < budget else (low, middle)
    return np.array(
        [min(max(t + high, a), b) for t, a, b in zip(target, least, greatest, strict=True)]
    )


@given(weight_pairs(), st.data())
def test_water_fill_agrees_with_bisection(
    pair: tuple[FloatArray, FloatArray], data: st.DataObject
) -> None:
    current, target = pair
    least, greatest = data.draw(limits(current))
    budget = data.draw(st.sampled_from([1.0, 0.4, 2.5]) | st.floats(0.0, 3.0))
    found = water_fill(target, least, greatest, budget)

    if found is None:
        assert least.sum() > budget + 0.9e-12 or greatest.sum() < budget - 0.9e-12
    else:
        assert found == pytest.approx(bisected_fill(target, least, greatest, budget), abs=1e-11)
        assert found.sum() == pytest.approx(budget, abs=3e-12)
        assert np.all((least <= found) & (found <= greatest))


def test_water_fill_without_any_bound_shifts_all_alike() -> None:
    found = water_fill(np.array([0.5, 0.4]), np.full(2, -np.inf), np.full(2, np.inf), 1.0)
    assert found == pytest.approx([0.55, 0.45], abs=1e-15)


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_water_fill_with_one_open_side_reaches_any_budget(sign: float) -> None:
    target, wall = np.array([0.5, 0.3, 0.2]), np.array([0.5, 0.3, 0.2])
    open_side = np.full(3, sign * np.inf)
    least, greatest = (wall, open_side) if sign > 0 else (open_side, wall)

    found = water_fill(target, least, greatest, 1 + sign * 1e6)
    assert found is not None
    assert found.sum() == pytest.approx(1 + sign * 1e6, rel=1e-15)
    assert found - target == pytest.approx(np.full(3, sign * 1e6 / 3), rel=1e-12)


def test_water_fill_does_not_pass_off_a_sum_that_misses_the_budget() -> None:
    # five tenths of a billionth short is no rounding error
    assert water_fill(np.full(2, 0.5), np.zeros(2), np.array([0.5, 0.5 - 5e-10]), 1.0) is None
    assert water_fill(np.full(2, 0.5), np.array([0.5, 0.5 + 5e-10]), np.ones(2), 1.0) is None


# --- place_cash -----------------------------------------------------------------------------


@st.composite
def flows(draw: st.DrawFn) -> tuple[FloatArray, FloatArray, int]:
    """Weights after a flow into or out of cash, the target, and where cash stands."""
    n = draw(st.integers(2, 6))
    current, target = draw(simplex(n)), draw(simplex(n))
    cash = draw(st.integers(0, n - 1))
    flow = draw(st.sampled_from([-0.9, -0.3, -0.02, 0.0, 1e-9, 0.02, 0.5, 40.0]))
    current = current.copy()
    current[cash] += flow
    return current / current.sum(), target, cash


def sell_bounds(
    current: FloatArray, target: FloatArray, cash: int, movable: BoolArray
) -> tuple[FloatArray, FloatArray]:
    """Sells only, and no more than cash is short of 0."""
    least = np.where(movable, np.minimum(0.0, current), current)
    greatest = current.copy()
    least[cash] = max(0.0, float(current[cash]))
    greatest[cash] = least[cash]
    return least, greatest


def buy_bounds(
    current: FloatArray, target: FloatArray, cash: int, movable: BoolArray
) -> tuple[FloatArray, FloatArray]:
    """Buys only, out of the cash above its target."""
    least, greatest = current.copy(), np.where(movable, np.inf, current)
    least[cash], greatest[cash] = min(float(target[cash]), float(current[cash])), current[cash]
    return least, greatest


@given(flows(), st.booleans(), st.data())
def test_placing_cash_trades_one_way_and_nothing_is_nearer_to_the_target(
    case: tuple[FloatArray, FloatArray, int], selling: bool, data: st.DataObject
) -> None:
    current, target, cash = case
    n = len(current)
    movable = np.array(data.draw(st.lists(st.booleans(), min_size=n, max_size=n)))
    least, greatest = (
        sell_bounds(current, target, cash, movable)
        if selling
        else buy_bounds(current, target, cash, movable)
    )
    assume(least.sum() <= 1 and greatest.sum() >= 1)

    found = place_cash(current, target, cash, movable, selling)
    assert found.sum() == pytest.approx(1.0, abs=1e-11)
    assert np.all((found >= least - 1e-12) & (found <= greatest + 1e-12))
    frozen = ~movable
    frozen[cash] = False
    assert found[frozen].tolist() == current[frozen].tolist()
    gap = optimality_gap(found, target, current, least, greatest, None)
    assert gap <= 1e-9 * max(1.0, float(np.abs(current).max()))


def test_a_contribution_goes_to_the_most_underweight_first() -> None:
    target = np.array([0.5, 0.3, 0.2, 0.0])  # cash last
    current = np.array([0.40, 0.29, 0.19, 0.12])

    found = place_cash(current, target, 3, np.ones(4, bool), selling=False)
    assert found == pytest.approx([0.5, 0.3, 0.2, 0.0], abs=1e-15)
    small = np.array([0.45, 0.31, 0.20, 0.04])
    # 4 pp do not reach the target: all of it goes to what lacks most
    assert place_cash(small, target, 3, np.ones(4, bool), selling=False) == pytest.approx(
        [0.49, 0.31, 0.20, 0.0], abs=1e-15
    )


def test_a_contribution_leaves_the_cash_that_is_wanted_as_cash() -> None:
    target = np.array([0.6, 0.3, 0.1])
    found = place_cash(np.array([0.5, 0.25, 0.25]), target, 2, np.ones(3, bool), selling=False)
    assert found == pytest.approx(target, abs=1e-15)


def test_a_contribution_does_not_spend_the_cash_target_on_what_lacks_more() -> None:
    # the first is heavy: nearest of all buys would be to spend cash down to 0.04
    target, current = np.array([0.4, 0.5, 0.1]), np.array([0.52, 0.36, 0.12])
    found = place_cash(current, target, 2, np.ones(3, bool), selling=False)
    assert found == pytest.approx([0.52, 0.38, 0.10], abs=1e-15)


def test_a_withdrawal_raises_what_is_missing_from_what_is_overweight() -> None:
    target = np.array([0.5, 0.4, 0.1])
    below_zero = np.array([0.60, 0.42, -0.02])
    found = place_cash(below_zero, target, 2, np.ones(3, bool), selling=True)
    # the first is 10 pp above its target, the second 2 pp: the 2 pp come out of the first alone
    assert found == pytest.approx([0.58, 0.42, 0.0], abs=1e-15)


def test_a_withdrawal_that_cash_covers_sells_nothing() -> None:
    target = np.array([0.5, 0.4, 0.1])
    for current in (np.array([0.48, 0.38, 0.14]), np.array([0.55, 0.39, 0.06])):
        found = place_cash(current, target, 2, np.ones(3, bool), selling=True)
        assert found.tolist() == current.tolist()


def test_more_than_may_be_sold_sells_all_that_may_and_leaves_cash_below_zero() -> None:
    current = np.array([0.9, 0.5, -0.4])
    movable = np.array([False, True, True])
    least = np.array([0.0, 0.2, 0.0])

    found = place_cash(current, np.array([0.5, 0.5, 0.0]), 2, movable, selling=True, least=least)
    assert found == pytest.approx([0.9, 0.2, -0.1], abs=1e-15)


def test_nothing_is_bought_above_its_own_limit() -> None:
    current, target = np.array([0.2, 0.5, 0.3]), np.array([0.5, 0.5, 0.0])
    greatest = np.array([0.3, np.inf, np.inf])

    found = place_cash(current, target, 2, np.ones(3, bool), selling=False, greatest=greatest)
    # the second takes what the first may not, although it is at its target; cash keeps as much
    # as is nearest to target: it and the second end equally far above
    assert found == pytest.approx([0.3, 0.6, 0.1], abs=1e-15)


def test_the_callers_arrays_are_not_changed() -> None:
    current, target = np.array([0.2, 0.5, 0.3]), np.array([0.5, 0.5, 0.0])
    movable = np.array([True, False, False])
    place_cash(current, target, 2, movable, selling=False)
    place_cash(current, target, 2, movable, selling=True)

    assert current.tolist() == [0.2, 0.5, 0.3]
    assert target.tolist() == [0.5, 0.5, 0.0]
    assert movable.tolist() == [True, False, False]
