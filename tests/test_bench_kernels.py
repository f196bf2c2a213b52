"""The compiled yardstick of the benchmarks does the same job; as plain Python where numba is missing."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest

from bench.kernels import many_bands, path
from tests.engine.test_backtest import market
from xl_rebal.engine.backtest import Conventions, backtest
from xl_rebal.engine.policies import DatedTargets, calendar, threshold
from xl_rebal.model.plan import BandRule
from xl_rebal.model.schedule import Frequency, Schedule

PRICES = market(Random(2), 90, 3)
TARGET = np.array([0.5, 0.3, 0.2])
FIXED = DatedTargets.fixed(TARGET)
ROWS = len(PRICES.dates)


@pytest.mark.parametrize("band", [-1.0, 0.02])
def test_a_path_has_the_value_the_weights_and_the_trades_of_a_backtest(band: float) -> None:
    looks = np.zeros(ROWS, dtype=bool)
    weekly = Schedule(Frequency.WEEKLY)
    looks[weekly.rows(PRICES.dates) if band < 0 else slice(None)] = True
    policy = calendar(FIXED, weekly) if band < 0 else threshold(FIXED, BandRule(width=band))
    value, weights, trades = np.empty(ROWS), np.empty((ROWS, 3)), np.empty(ROWS, dtype=np.int64)

    count = path(PRICES.values, TARGET, looks, band, 0.002, value, weights, trades)

    expected = backtest(PRICES, policy, Conventions(0.002))
    assert count > 3
    assert trades[:count].tolist() == expected.rows.tolist()
    assert value == pytest.approx(expected.value, rel=1e-13)
    assert weights == pytest.approx(expected.weights, abs=1e-14)


def test_many_bands_are_a_path_each() -> None:
    bands, looks = np.array([0.01, 0.03]), np.ones(ROWS, dtype=bool)
    values, trades = np.empty((2, ROWS)), np.empty((2, ROWS), dtype=np.int64)
    counts, weights = np.empty(2, dtype=np.int64), np.empty((ROWS, 3))

    many_bands(PRICES.values, TARGET, looks, bands, 0.0, values, weights, trades, counts)

    for band, value, count in zip(bands, values, counts, strict=True):
        expected = backtest(PRICES, threshold(FIXED, BandRule(width=float(band))))
        assert value == pytest.approx(expected.value, rel=1e-13)
        assert count == len(expected.rows)
