"""Drift metrics against plain loops over exact fractions."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given

from tests.strategies import weight_pairs
from xl_rebal.numerics import drift
from xl_rebal.typing import FloatArray


@given(weight_pairs())
def test_metrics_equal_loops_over_fractions(pair: tuple[FloatArray, FloatArray]) -> None:
    current, target = pair
    gaps = [
        Fraction(w) - Fraction(t) for w, t in zip(current.tolist(), target.tolist(), strict=True)
    ]
    two_way = float(sum(abs(gap) for gap in gaps))

    assert drift.max_drift(current, target) == pytest.approx(float(max(map(abs, gaps))), abs=1e-11)
    assert drift.two_way_turnover(current, target) == pytest.approx(two_way, abs=1e-10)
    assert drift.one_way_turnover(current, target) == pytest.approx(two_way / 2, abs=1e-10)
    squares = float(sum(gap * gap for gap in gaps) / len(gaps))
    assert drift.rms_drift(current, target) == pytest.approx(math.sqrt(squares), abs=1e-11)


@given(weight_pairs())
def test_tracking_error_of_uncorrelated_assets_is_the_volatility_drift(
    pair: tuple[FloatArray, FloatArray],
) -> None:
    current, target = pair
    volatility = np.linspace(0.05, 0.4, len(current))
    weighted = drift.volatility_weighted_drift(current, target, volatility)
    assert drift.tracking_error(current, target, np.diag(volatility**2)) == pytest.approx(weighted)


def test_ties_go_to_the_first_and_rounding_is_no_drift() -> None:
    current, target = np.array([0.3, 0.3, 0.4]), np.array([0.2, 0.2, 0.6])
    assert drift.largest_overweight(current, target) == 0
    assert drift.largest_underweight(current, target) == 2
    thirds = np.full(3, 1 / 3)
    nearly = np.array([0.1 + 0.2 + 1 / 30, 1 / 3, 1 / 3])
    assert drift.largest_overweight(nearly, thirds) is None
    assert drift.max_drift(nearly, thirds) == 0.0


def test_relative_drift_is_signed_and_infinite_on_a_zero_target_that_is_held() -> None:
    current, target = np.array([0.5, 0.4, 0.1]), np.array([0.4, 0.6, 0.0])
    relative = drift.relative_drift(current, target)
    assert relative[:2] == pytest.approx([0.25, -1 / 3])
    assert relative[2] == np.inf
    assert drift.largest_relative_drift(np.array([1.0, 0.0]), np.array([1.0, 0.0])) == 0.0
