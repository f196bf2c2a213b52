"""Moving windows against the standard library, one window at a time."""

from __future__ import annotations

import math
import statistics
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xl_rebal.numerics.rolling import last_known, rolling_deviation, rolling_mean
from xl_rebal.typing import FloatArray


def each_window(values: FloatArray, window: int) -> tuple[FloatArray, FloatArray]:
    """Means and sample deviations by exact fractions."""
    means, deviations = np.full((2, *values.shape), np.nan)
    for column in range(values.shape[1]):
        for row in range(window - 1, len(values)):
            part = values[row - window + 1 : row + 1, column].tolist()
            if not any(math.isnan(x) for x in part):
                means[row, column] = statistics.mean(part)
                deviations[row, column] = statistics.stdev(part)
    return means, deviations


@given(st.randoms(use_true_random=True))
@settings(max_examples=120, deadline=None)
def test_each_window_is_that_of_its_own_rows(pick: Random) -> None:
    rows, width = pick.randint(1, 60), pick.randint(1, 4)
    window = pick.randint(2, pick.choice([4, 70]))
    steps = np.random.default_rng(pick.randint(0, 10**9)).normal(3e-4, 0.02, (rows, width))
    steps[np.random.default_rng(pick.randint(0, 10**9)).random(steps.shape) < 0.03] = np.nan
    means, deviations = each_window(steps, window)

    assert rolling_mean(steps, window) == pytest.approx(means, rel=1e-12, abs=1e-17, nan_ok=True)
    assert rolling_deviation(steps, window) == pytest.approx(deviations, rel=1e-12, nan_ok=True)


def test_a_year_of_days_is_that_of_numpy() -> None:
    steps = np.random.default_rng(7).standard_t(3, (2600, 3)) * 0.01
    windows = np.lib.stride_tricks.sliding_window_view(steps, 252, axis=0)
    found = rolling_deviation(steps, 252)
    assert np.isnan(found[:251]).all()
    assert found[251:] == pytest.approx(np.std(windows, axis=-1, ddof=1), rel=1e-12)


def test_a_wild_row_leaves_no_trace_once_it_is_out_of_the_window() -> None:
    # A running sum that adds the new and subtracts the old keeps 1e12 x 1e-16 of it for ever.
    quiet = 1e-4 * np.sin(np.arange(80.0))[:, None]
    wild = quiet.copy()
    wild[25] = 1e12
    assert rolling_deviation(wild, 10)[35:] == pytest.approx(
        each_window(quiet, 10)[1][35:], rel=1e-12
    )
    assert rolling_mean(wild, 10)[35:] == pytest.approx(each_window(quiet, 10)[0][35:], rel=1e-12)


def test_fewer_rows_than_the_window_have_no_estimate() -> None:
    assert np.isnan(rolling_mean(np.ones((4, 2)), 5)).all()
    assert np.isnan(rolling_deviation(np.ones((0, 2)), 5)).all()


def test_a_gap_is_filled_from_above_and_never_from_below() -> None:
    nan = np.nan
    values = np.array([[nan, 1.0], [5.0, nan], [nan, nan], [7.0, 2.0]])
    assert last_known(values) == pytest.approx(
        np.array([[nan, 1.0], [5.0, 1.0], [5.0, 1.0], [7.0, 2.0]]), nan_ok=True
    )
    assert np.isnan(values[1, 1])  # the input is as it was
