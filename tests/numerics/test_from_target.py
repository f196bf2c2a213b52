"""Growth, drift and reach of portfolios from a target, against their definitions one pair at a time."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xl_rebal.numerics.from_target import FromTarget
from xl_rebal.typing import FloatArray


def plain(prices: FloatArray, target: FloatArray, start: int, row: int) -> tuple[float, FloatArray]:
    """Growth and drifts of what was at the target on ``start``, seen on ``row``."""
    values = [t * p[row] / p[start] for t, p in zip(target.tolist(), prices.tolist(), strict=True)]
    whole = sum(values)
    return whole, np.array([v / whole - t for v, t in zip(values, target.tolist(), strict=True)])


@st.composite
def books(draw: st.DrawFn) -> tuple[FloatArray, FloatArray, FloatArray | None]:
    """Prices (n, 64) with drifts of very different sizes, a target, and a shape or none."""
    random = np.random.default_rng(draw(st.integers(0, 10**9)))
    assets = draw(st.integers(1, 12))
    steps = random.normal(0, draw(st.sampled_from([0.0, 1e-6, 0.01, 0.2])), (assets, 64))
    prices = 50 * np.exp(np.cumsum(steps * random.uniform(0.2, 3, (assets, 1)), axis=1))
    target = np.ones(assets) if draw(st.booleans()) else random.uniform(0.01, 1, assets)
    if assets > 1 and draw(st.booleans()):
        target[0] = 0.0
    widths = random.choice([0.0, 0.2, 0.5, 1.0], assets)
    shape = widths if draw(st.booleans()) and widths.any() else None
    return prices, target / target.sum(), shape


def check(found: tuple[float, float, float], growth: float, drift: FloatArray,
          shape: FloatArray | None) -> None:  # fmt: skip
    assert found[0] == pytest.approx(growth, rel=1e-13)
    assert found[1] == pytest.approx(np.abs(drift).max(), abs=1e-14)
    if shape is None:
        assert found[2] == found[1]
        return
    # a multiple of the shape is out of its bands where, and only where, it is below the reach
    for multiple in (0.0, 0.01, 0.05, found[2] * 0.999, found[2] * 1.001):
        if 0 <= multiple < 2 and abs(multiple - found[2]) > 1e-9:
            is_out = bool((np.abs(drift) > multiple * shape + 1e-12).any())
            assert is_out == (found[2] > multiple)


@given(books())
@settings(deadline=None)
def test_what_has_started_before_is_what_was_bought_then(
    book: tuple[FloatArray, FloatArray, FloatArray | None],
) -> None:
    prices, target, shape = book
    starts = np.array([0, 1, 5, 30, 39])
    found = FromTarget(prices, target, shape).later(starts, 40, 60)
    for place, start in enumerate(starts.tolist()):
        for column, row in enumerate(range(40, 60)):
            growth, drift = plain(prices, target, start, row)
            check(tuple(float(each[place, column]) for each in found), growth, drift, shape)  # type: ignore[arg-type]


@given(books())
@settings(deadline=None, max_examples=30)
def test_what_starts_within_a_block_is_what_was_bought_there(
    book: tuple[FloatArray, FloatArray, FloatArray | None],
) -> None:
    prices, target, shape = book
    found = FromTarget(prices, target, shape).within(4, blocks=3, width=8)
    for block in range(3):
        first = 4 + 8 * block
        for start in range(8):
            for row in range(start + 1):
                assert [float(each[block, start, row]) for each in found] == [1.0, 0.0, 0.0]
            for row in range(start + 1, 8):
                growth, drift = plain(prices, target, first + start, first + row)
                at = tuple(float(each[block, start, row]) for each in found)
                check(at, growth, drift, shape)  # type: ignore[arg-type]


def test_many_portfolios_are_worked_off_in_parts() -> None:
    random = np.random.default_rng(1)
    prices = np.exp(np.cumsum(random.normal(0, 0.02, (40, 400)), axis=1))
    target = np.full(40, 1 / 40)
    found = FromTarget(prices, target, None).later(np.arange(360), 360, 392)
    assert found.drift.shape == (360, 32)
    for start in range(0, 360, 7):
        growth, drift = plain(prices, target, start, 375)
        assert found.growth[start, 15] == pytest.approx(growth, rel=1e-13)
        assert found.drift[start, 15] == pytest.approx(np.abs(drift).max(), abs=1e-14)
