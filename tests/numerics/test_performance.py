"""Statistics of many return series at once against the standard library, one series at a time."""

from __future__ import annotations

import statistics as standard

import numpy as np
import pytest

from xl_rebal.numerics import performance
from xl_rebal.typing import FloatArray

YEARS = 1.7
RETURNS = np.random.default_rng(4).normal(0.001, 0.02, (3, 2, 90))
BENCHMARK = np.random.default_rng(5).normal(0.001, 0.02, 90)


def each(values: FloatArray) -> list[tuple[tuple[int, int], list[float]]]:
    return [(index, values[index].tolist()) for index in np.ndindex(3, 2)]


def test_every_series_has_its_own_figures() -> None:
    a_year = 90 / YEARS
    mean = performance.mean_return(RETURNS, YEARS)
    spread = performance.volatility(RETURNS, YEARS)
    square = performance.variance(RETURNS.copy(), YEARS, overwrite=True)
    downside = performance.downside_deviation(RETURNS, YEARS, 0.03)
    error = performance.tracking_error(RETURNS, BENCHMARK, YEARS)
    ratio = performance.excess_ratio(mean, spread, 0.03)
    for index, series in each(RETURNS):
        assert mean[index] == pytest.approx(standard.mean(series) * a_year, rel=1e-12)
        own = standard.stdev(series) * a_year**0.5
        assert spread[index] == pytest.approx(own, rel=1e-12)
        assert square[index] == pytest.approx(standard.variance(series) * a_year, rel=1e-12)
        below = [min(r - 0.03 / a_year, 0.0) ** 2 for r in series]
        assert downside[index] == pytest.approx((standard.mean(below) * a_year) ** 0.5, rel=1e-12)
        apart = [r - b for r, b in zip(series, BENCHMARK.tolist(), strict=True)]
        assert error[index] == pytest.approx(standard.stdev(apart) * a_year**0.5, rel=1e-12)
        expected = (standard.mean(series) * a_year - 0.03) / own
        assert ratio[index] == pytest.approx(expected, rel=1e-10)


def test_wealth_and_its_deepest_loss_are_those_of_a_loop() -> None:
    wealth = performance.wealth_path(1 + RETURNS)
    lowest, peak, trough = performance.deepest(wealth)
    losses = performance.drawdown(wealth)
    for index, series in each(RETURNS):
        path = [1.0]
        for r in series:
            path.append(path[-1] * (1 + r))
        assert wealth[index] == pytest.approx(path, rel=1e-13)
        loss, at = min((path[i] / max(path[: i + 1]) - 1, i) for i in range(len(path)))
        assert lowest[index] == pytest.approx(loss, abs=1e-14)
        assert trough[index] == at
        assert peak[index] == path.index(max(path[: at + 1]))
        assert losses[index].min() == pytest.approx(loss, abs=1e-14)


def test_of_equal_losses_and_peaks_the_first_counts_whatever_rounding_makes_of_them() -> None:
    up = 1 + 2e-16 * 5
    wealth = np.array([1.0, 2.0, 2.0 * up, 1.0, 2.0, 1.0 / up, 1.5])
    lowest, peak, trough = performance.deepest(wealth)
    assert (int(peak), int(trough)) == (1, 3)
    assert lowest == pytest.approx(-0.5)
    flat = performance.deepest(np.array([1.0, 1 - 1e-16, 1 - 2e-16, 1.0]))
    assert [float(found) for found in flat[1:]] == [0.0, 0.0]


def test_a_single_return_has_no_volatility_and_no_ratio() -> None:
    single = np.array([[0.02], [-0.01]])
    assert performance.volatility(single, 0.1).tolist() == [0.0, 0.0]
    none = performance.excess_ratio(np.array([0.1]), np.array([0.0]))
    assert np.isnan(none).all()
