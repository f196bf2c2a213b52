"""Band widths by hand and by brute force, and breaches exactly at their edges."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.optimize import minimize_scalar

from tests.strategies import Case, cases
from xl_rebal.numerics import bands


def test_a_relative_width_is_a_share_of_the_target_and_zero_on_a_zero_target() -> None:
    found = bands.relative_width(np.array([0.6, 0.1, 0.0]), np.array([0.25, 0.2, 0.25]))
    assert found == pytest.approx([0.15, 0.02, 0.0], abs=1e-17)
    assert found[2] == 0.0


def test_five_twenty_five_turns_at_a_target_of_twenty_per_cent() -> None:
    target = np.array([0.5, 0.21, 0.2, 0.19, 0.04, 0.0])
    quarter = bands.relative_width(target, np.full(6, 0.25))
    found = bands.smaller_width(np.full(6, 0.05), quarter)

    assert found == pytest.approx([0.05, 0.05, 0.05, 0.0475, 0.01, 0.0], abs=1e-17)
    # the larger of the two, a common slip, would be 12.5 pp and 5 pp
    assert found[0] < np.maximum(0.05, quarter)[0]


def test_volatility_widths_are_in_proportion_and_their_mean_is_the_width() -> None:
    target, volatility = np.array([0.6, 0.3, 0.1]), np.array([0.2, 0.05, 0.4])
    found = bands.volatility_width(target, np.full(3, 0.05), volatility)

    mean = 0.6 * 0.2 + 0.3 * 0.05 + 0.1 * 0.4  # 0.175
    assert found == pytest.approx([0.05 * s / mean for s in (0.2, 0.05, 0.4)], abs=1e-16)
    assert float(target @ found) == pytest.approx(0.05, abs=1e-16)
    assert found[2] == pytest.approx(2 * found[0])


@given(cases(least=2), st.floats(0.001, 0.3), st.data())
def test_the_target_weighted_mean_of_volatility_widths_is_always_the_width(
    case: Case, width: float, data: st.DataObject
) -> None:
    n = len(case)
    volatility = np.array(data.draw(st.lists(st.floats(0.01, 3.0), min_size=n, max_size=n)))
    found = bands.volatility_width(case.target, np.full(n, width), volatility)

    assert float(case.target @ found) == pytest.approx(width, rel=1e-12)


def test_without_volatility_each_asset_keeps_the_plain_width() -> None:
    target, width = np.array([0.5, 0.5, 0.0]), np.array([0.05, 0.04, 0.03])
    found = bands.volatility_width(target, width, np.array([0.0, 0.0, 0.2]))

    assert found.tolist() == [0.05, 0.04, 0.03]
    found[0] = 1.0
    assert width[0] == 0.05


BAND_EDGES = [
    (0.55, 0.50, 0.05),
    (0.35, 0.30, 0.05),
    (0.65, 0.60, 0.05),
    (0.25, 0.30, 0.05),
    (0.07, 0.10, 0.03),
    (1 / 3, 1 / 3 - 0.05, 0.05),
    (2 / 3, 1 / 3, 1 / 3),
    (1 / 3, 0.0, 1 / 3),
    (0.1 + 0.2, 0.25, 0.05),
]


def test_some_of_the_edges_are_beyond_the_band_in_binary() -> None:
    beyond = [abs(w - t) > b for w, t, b in BAND_EDGES]
    assert 0.55 - 0.50 > 0.05
    assert sum(beyond) >= 3, "the next test would prove nothing"


@pytest.mark.parametrize(("current", "target", "band"), BAND_EDGES)
def test_exactly_at_the_band_is_not_out_but_near(
    current: float, target: float, band: float
) -> None:
    gap, width = np.array([current - target]), np.array([band])
    outward = np.sign(gap) * 1e-9

    assert not bands.is_breached(gap, width, width)[0]
    assert bands.is_near(gap, width, width)[0]
    assert bands.is_breached(gap + outward, width, width)[0]
    assert not bands.is_near(gap + outward, width, width)[0]
    assert not bands.is_breached(gap - outward, width, width)[0]


@given(cases())
def test_breached_and_near_follow_exact_fractions_on_each_side(case: Case) -> None:
    drift = case.current - case.target
    breached = bands.is_breached(drift, case.lower, case.upper)
    near = bands.is_near(drift, case.lower, case.upper)
    for i, gap in enumerate(drift.tolist()):
        size = abs(Fraction(gap))
        room = Fraction(float(case.upper[i] if gap >= 0 else case.lower[i]))
        assert not (breached[i] and near[i])
        if size > room + Fraction(1.1e-12):
            assert breached[i]
        elif size < room + Fraction(0.9e-12):
            assert not breached[i]
            if size > room * Fraction(3, 4) + Fraction(1.1e-12):
                assert near[i]
            elif size < room * Fraction(3, 4) + Fraction(0.9e-12):
                assert not near[i]


def test_below_and_above_the_target_have_their_own_widths() -> None:
    drift = np.array([0.04, -0.04, 0.04, -0.04])
    lower, upper = np.array([0.03, 0.03, 0.05, 0.05]), np.array([0.05, 0.05, 0.03, 0.03])
    assert bands.is_breached(drift, lower, upper).tolist() == [False, True, True, False]
    assert bands.is_near(drift, lower, upper).tolist() == [True, False, False, True]


def test_near_begins_above_three_quarters_and_a_band_of_zero_is_never_near() -> None:
    width = np.full(3, 0.04)
    assert bands.is_near(np.array([0.03, 0.0301, -0.0301]), width, width).tolist() == [
        False,
        True,
        True,
    ]
    none = np.zeros(2)
    assert bands.is_near(np.array([0.0, 5e-13]), none, none).tolist() == [False, False]
    assert bands.is_breached(np.array([0.0, 2e-12]), none, none).tolist() == [False, True]


def test_the_small_cost_width_is_the_published_formula_at_a_number_worked_out_by_hand() -> None:
    # 3 / (2 x 2) x 0.25^2 x 0.75^2 x 0.01 = 0.75 x 0.0625 x 0.5625 x 0.01 = 0.000263671875
    found = bands.small_cost_width(np.array([0.25]), np.array([0.01]), 2.0)
    assert float(found[0]) ** 3 == pytest.approx(0.000263671875, rel=1e-14)
    # 3 / 3 x 0.25 x 0.25 x 0.016 = 0.001, and its cube root is a tenth
    tenth = bands.small_cost_width(np.array([0.5]), np.array([0.016]), 1.5)
    assert float(tenth[0]) == pytest.approx(0.1, rel=1e-15)


@pytest.mark.parametrize(("theta", "aversion"), [(0.6, 3.0), (0.3, 5.0), (0.6, 1.0), (0.8, 2.0)])
def test_the_small_cost_width_is_that_of_the_exact_model_as_costs_vanish(
    theta: float, aversion: float
) -> None:
    """S. Gerhold, P. Guasoni, J. Muhle-Karbe and W. Schachermayer, "Transaction costs, trading volume, and
    the liquidity premium", Finance and Stochastics 18 (2014), theorem 2.2: the boundaries theta +- half of the
    no-trade region for any spread (bid = (1 - spread) ask) solve a Riccati equation, here backwards
    for the spread at which they are optimal."""

    def spread(half: float) -> float:
        low, high = theta - half, theta + half

        def slope(w: float) -> float:
            curved = (aversion - 1.0) * w * w - (2.0 * aversion * theta - 1.0) * w
            return curved + aversion * low * high

        span = quad(lambda w: 1.0 / slope(w), low, high, epsabs=0.0, epsrel=1e-13)[0]
        return 1.0 - float(np.exp(-span)) * high * (1.0 - low) / (low * (1.0 - high))

    # half of the spread is paid per side; from some 1 % of it down the first order is enough
    for half, within in ((0.03, 7e-3), (0.01, 8e-4), (0.003, 8e-5)):
        cost = np.array([spread(half) / 2.0])
        assert 1e-7 < cost[0] < 0.003
        found = bands.small_cost_width(np.array([theta]), cost, aversion)
        assert found == pytest.approx([half], rel=within)


def test_the_small_cost_width_vanishes_without_cost_or_without_a_choice() -> None:
    target, cost = np.array([0.0, 1.0, 0.5, 0.3, 0.7]), np.array([0.01, 0.01, 0.0, 0.001, 0.001])
    found = bands.small_cost_width(target, cost, 3.0)
    assert found[:3].tolist() == [0.0, 0.0, 0.0]
    assert found[3] == pytest.approx(found[4], rel=1e-14)  # the asset or the rest: one band
    # an eighth of the cost halves it; eight times the risk aversion does too
    eighth = bands.small_cost_width(target, cost / 8, 3.0)
    assert eighth == pytest.approx(found / 2, rel=1e-14)
    assert bands.small_cost_width(target, cost, 24.0) == pytest.approx(found / 2, rel=1e-14)


def spent(x: float, start: float, cost: float, aversion: float, volatility: float) -> float:
    """The one-period objective of two assets: g (w-t)'S(w-t) + sum c |w - w0|, the other riskless."""
    away = np.array([x, -x])
    covariance = np.array([[volatility**2, 0.0], [0.0, 0.0]])
    moved = np.array([x - start, start - x])
    return float(aversion * away @ covariance @ away + cost * np.abs(moved).sum())


@pytest.mark.parametrize(
    ("cost", "aversion", "volatility"),
    [(0.001, 1.5, 0.18), (0.0005, 3.0, 0.1), (0.004, 10.0, 0.25)],
)
def test_the_one_period_width_is_where_trading_begins_to_pay(
    cost: float, aversion: float, volatility: float
) -> None:
    width = float(bands.one_period_width(np.array([cost]), aversion, np.array([volatility]))[0])
    for start in (0.5 * width, 0.98 * width, 1.02 * width, 2 * width):
        best = minimize_scalar(
            spent,
            bounds=(0.0, start),
            args=(start, cost, aversion, volatility),
            method="bounded",
            options={"xatol": 1e-12},
        )
        # inside the band stay, outside trade to its edge: half the width, the slip of counting
        # one of the two sides, fails at 0.98
        assert best.x == pytest.approx(min(start, width), rel=2e-4)


def test_models_disagree_on_the_sign_of_volatility() -> None:
    calm, wild = np.array([0.1, 0.1]), np.array([0.3, 0.1])
    target, cost, plain = np.full(2, 0.5), np.full(2, 0.001), np.full(2, 0.05)

    assert bands.one_period_width(cost, 3.0, wild)[0] < bands.one_period_width(cost, 3.0, calm)[0]
    assert (
        bands.volatility_width(target, plain, wild)[0]
        > bands.volatility_width(target, plain, calm)[0]
    )


def test_an_infinite_share_of_nothing_is_no_band() -> None:
    found = bands.relative_width(np.array([0.0, 0.5]), np.array([np.inf, np.inf]))
    assert found.tolist() == [0.0, np.inf]
