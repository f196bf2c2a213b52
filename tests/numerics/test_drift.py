"""Drift metrics against plain loops over exact fractions."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies import weight_pairs
from xl_rebal.numerics import drift
from xl_rebal.typing import FloatArray

Pair = tuple[FloatArray, FloatArray]


def exact_gaps(pair: Pair) -> list[Fraction]:
    """Current less target without any rounding."""
    current, target = (vector.tolist() for vector in pair)
    return [Fraction(w) - Fraction(t) for w, t in zip(current, target, strict=True)]


@given(weight_pairs())
def test_metrics_equal_loops_over_fractions(pair: Pair) -> None:
    gaps = exact_gaps(pair)
    two_way = float(sum(abs(gap) for gap in gaps))

    assert drift.drift(*pair) == pytest.approx([float(gap) for gap in gaps], abs=2e-12)
    assert drift.max_drift(*pair) == pytest.approx(float(max(map(abs, gaps))), abs=2e-12)
    assert drift.two_way_turnover(*pair) == pytest.approx(two_way, abs=1e-11)
    assert drift.one_way_turnover(*pair) == pytest.approx(two_way / 2, abs=1e-11)
    squares = float(sum(gap * gap for gap in gaps) / len(gaps))
    assert drift.rms_drift(*pair) == pytest.approx(math.sqrt(squares), abs=2e-12)


@given(weight_pairs(), st.data())
def test_tracking_error_and_volatility_drift_equal_double_loops(
    pair: Pair, data: st.DataObject
) -> None:
    n = len(pair[0])
    factors = np.array(
        data.draw(
            st.lists(st.lists(st.integers(-3, 3), min_size=2, max_size=2), min_size=n, max_size=n)
        )
    )
    volatility = np.array(data.draw(st.lists(st.floats(0.0, 2.0), min_size=n, max_size=n)))
    covariance = (factors @ factors.T) / 100 + np.diag(volatility**2)
    gaps = exact_gaps(pair)
    variance = sum(
        gaps[i] * gaps[j] * Fraction(float(covariance[i, j])) for i in range(n) for j in range(n)
    )
    weighted = sum(gap**2 * Fraction(s) ** 2 for gap, s in zip(gaps, volatility, strict=True))

    assert drift.tracking_error(*pair, covariance) == pytest.approx(
        math.sqrt(max(0.0, float(variance))), rel=1e-9, abs=1e-9
    )
    assert drift.volatility_weighted_drift(*pair, volatility) == pytest.approx(
        math.sqrt(float(weighted)), rel=1e-9, abs=1e-11
    )


def test_one_way_turnover_is_half_of_two_way_on_a_hand_example() -> None:
    current, target = np.array([0.7, 0.2, 0.1]), np.array([0.5, 0.3, 0.2])

    assert drift.two_way_turnover(current, target) == pytest.approx(0.4, abs=1e-15)
    assert drift.one_way_turnover(current, target) == pytest.approx(0.2, abs=1e-15)


def test_drift_is_current_less_target_so_an_overweight_is_positive() -> None:
    assert drift.drift(np.array([0.75, 0.25]), np.array([0.5, 0.5])).tolist() == [0.25, -0.25]


def test_a_daily_covariance_is_not_annualised_in_silence() -> None:
    # the horizon of the result is that of the covariance: a 256th of it gives a sixteenth
    current, target = np.array([0.6, 0.4]), np.array([0.5, 0.5])
    annual = np.array([[0.04, 0.006], [0.006, 0.0225]])

    yearly = drift.tracking_error(current, target, annual)
    assert yearly == pytest.approx(0.1 * math.sqrt(0.04 + 0.0225 - 2 * 0.006), rel=1e-14)
    assert drift.tracking_error(current, target, annual / 256) == pytest.approx(yearly / 16)


def test_a_covariance_that_is_slightly_not_psd_gives_zero_and_not_nan() -> None:
    pair = np.array([0.6, 0.4]), np.array([0.5, 0.5])
    assert drift.tracking_error(*pair, np.array([[0.01, 0.0100001], [0.0100001, 0.01]])) == 0.0


@pytest.mark.parametrize(
    "current",
    [
        [0.3, 0.3, 0.2, 0.2],
        # 0.1 + 0.2 is greater than 0.3 by one bit: still a tie
        [0.3, 0.1 + 0.2, 0.2, 1 - 0.3 - (0.1 + 0.2) - 0.2],
        [0.1 + 0.2, 0.3, 0.2, 0.2],
    ],
)
def test_ties_go_to_the_first_whatever_the_last_bit_says(current: list[float]) -> None:
    even = np.full(4, 0.25)

    assert drift.largest_overweight(np.array(current), even) == 0
    assert drift.largest_underweight(np.array(current), even) == 2


@given(weight_pairs())
def test_the_largest_overweight_and_underweight_are_found_by_a_loop(pair: Pair) -> None:
    gaps = exact_gaps(pair)
    for search, sign in ((drift.largest_overweight, 1), (drift.largest_underweight, -1)):
        sizes = [sign * gap for gap in gaps]
        found = search(*pair)
        if found is None:
            assert max(sizes) <= Fraction(2e-12)
        else:
            assert max(sizes) - sizes[found] <= Fraction(2e-12)
            assert all(size < max(sizes) for size in sizes[:found])


def test_there_is_no_largest_overweight_at_the_target() -> None:
    thirds = np.full(3, 1 / 3)
    nearly = np.array([0.1 + 0.2 + 1 / 30, 1 / 3, 1 / 3])
    nearly = np.append(nearly[:2], 1 - nearly[0] - nearly[1])

    for current in (thirds, nearly, np.array([0.333333333333333, 1 / 3, 1 / 3])):
        assert drift.largest_overweight(current, thirds) is None
        assert drift.largest_underweight(current, thirds) is None
        assert drift.max_drift(current, thirds) == 0.0
        assert drift.two_way_turnover(current, thirds) == 0.0


@given(weight_pairs())
def test_relative_drift_equals_a_loop_over_fractions(pair: Pair) -> None:
    relative = drift.relative_drift(*pair)
    for i, (gap, t) in enumerate(zip(exact_gaps(pair), pair[1].tolist(), strict=True)):
        if abs(gap) <= Fraction(9e-13):
            assert relative[i] == 0.0
        elif t == 0:
            assert abs(gap) < Fraction(11e-13) or relative[i] == math.inf
        elif abs(gap) > Fraction(11e-13):
            assert relative[i] == pytest.approx(float(gap / Fraction(t)), rel=1e-3)


def test_relative_drift_on_a_zero_target_is_infinite_if_held_and_zero_if_not() -> None:
    held, target = np.array([0.5, 0.4, 0.1, 0.0]), np.array([0.4, 0.6, 0.0, 0.0])

    relative = drift.relative_drift(held, target)
    assert relative[:2] == pytest.approx([0.25, -1 / 3])
    assert relative[2:].tolist() == [math.inf, 0.0]
    assert drift.largest_relative_drift(held, target) == math.inf


def test_the_largest_relative_drift_keeps_its_sign_and_the_first_of_a_tie() -> None:
    even = np.full(4, 0.25)

    assert drift.largest_relative_drift(np.array([0.2, 0.3, 0.25, 0.25]), even) == pytest.approx(
        -0.2
    )
    assert drift.largest_relative_drift(np.array([0.3, 0.2, 0.25, 0.25]), even) == pytest.approx(
        0.2
    )
    # 0.1 + 0.2 is a bit larger than 0.3: its +20 % still ties with the -20 % before it
    assert drift.largest_relative_drift(
        np.array([0.2, 0.1 + 0.2, 0.25, 0.25]), even
    ) == pytest.approx(-0.2)


def test_one_asset_alone_has_no_drift() -> None:
    one = np.array([1.0])
    assert [f(one, one) for f in (drift.max_drift, drift.rms_drift, drift.one_way_turnover)] == [
        0.0,
        0.0,
        0.0,
    ]
    assert drift.largest_overweight(one, one) is None


@given(weight_pairs(least=2), st.data())
def test_the_order_of_assets_changes_no_metric(pair: Pair, data: st.DataObject) -> None:
    order = data.draw(st.permutations(range(len(pair[0]))))
    turned = pair[0][order], pair[1][order]
    for metric in (drift.max_drift, drift.two_way_turnover, drift.rms_drift):
        assert metric(*turned) == pytest.approx(metric(*pair), abs=1e-14)
