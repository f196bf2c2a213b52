"""Prices for benchmarks: the same numbers from the same seed, wherever they are wanted."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from xl_rebal.model.prices import Prices


def market(days: int, assets: int, seed: int = 1) -> Prices:
    """Weekdays of assets with a common factor (1 % a day) and one of their own (1.5 %)."""
    random = np.random.default_rng(seed)
    common = random.normal(0.0003, 0.010, (days, 1))
    own = random.normal(0.0, 0.015, (days, assets))
    first = date(2000, 1, 3)
    every = [first + timedelta(i) for i in range(2 * days)]
    dates = tuple([day for day in every if day.weekday() < 5][:days])
    values = 100.0 * np.exp(np.cumsum(common + own, axis=0))
    return Prices(dates, tuple(f"S{i:03}" for i in range(assets)), values)
