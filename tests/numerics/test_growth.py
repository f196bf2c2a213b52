"""Buy and hold against a slow loop over share counts."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies import price_tables, simplex
from xl_rebal.numerics.growth import grown_weights, weight_path
from xl_rebal.typing import FloatArray


@st.composite
def held_prices(draw: st.DrawFn) -> tuple[FloatArray, FloatArray]:
    n = draw(st.integers(1, 5))
    return draw(simplex(n)), draw(price_tables(n))


def exact_path(weights: FloatArray, prices: FloatArray) -> list[list[float]]:
    """Shares bought on the first row, valued on each, in exact fractions."""
    first, *_ = rows = [[Fraction(p) for p in row] for row in prices.tolist()]
    shares = [Fraction(w) / p for w, p in zip(weights.tolist(), first, strict=True)]
    path = []
    for row in rows:
        values = [s * p for s, p in zip(shares, row, strict=True)]
        path.append([float(value / sum(values)) for value in values])
    return path


@given(held_prices())
def test_the_path_is_what_exact_share_counts_give(case: tuple[FloatArray, FloatArray]) -> None:
    weights, prices = case
    path = weight_path(weights, prices)

    assert path.shape == prices.shape
    assert path == pytest.approx(np.array(exact_path(weights, prices)), abs=1e-13)
    assert path.sum(axis=1) == pytest.approx(np.ones(len(prices)), abs=1e-13)


@given(held_prices())
def test_the_first_row_is_the_given_weights_and_never_a_gap(
    case: tuple[FloatArray, FloatArray],
) -> None:
    weights, prices = case
    path = weight_path(weights, prices)

    assert path[0].tolist() == weights.tolist()
    assert np.isfinite(path).all()


@given(held_prices())
def test_the_path_is_one_step_of_growth_after_another(
    case: tuple[FloatArray, FloatArray],
) -> None:
    weights, prices = case
    path = weight_path(weights, prices)
    now = weights
    for day in range(1, len(prices)):
        now = grown_weights(now, prices[day] / prices[day - 1] - 1)
        assert path[day] == pytest.approx(now, abs=1e-12)


def test_the_path_uses_no_price_after_its_row() -> None:
    prices = np.array([[10.0, 20.0], [11.0, 19.0], [12.0, 18.0]])
    changed = prices.copy()
    changed[2] = [1.0, 500.0]
    weights = np.array([0.5, 0.5])

    assert weight_path(weights, changed)[:2].tolist() == weight_path(weights, prices)[:2].tolist()


def test_two_rows_and_one_asset_are_enough() -> None:
    assert weight_path(np.array([1.0]), np.array([[3.0], [4.0]])).tolist() == [[1.0], [1.0]]
    assert weight_path(np.array([0.4, 0.6]), np.array([[1.0, 9.0]])).tolist() == [[0.4, 0.6]]


def test_weights_grow_with_simple_returns() -> None:
    # 0.6 x 1.10 = 0.66 and 0.4 x 0.95 = 0.38 of 1.04; logarithmic returns would give others
    found = grown_weights(np.array([0.6, 0.4]), np.array([0.10, -0.05]))
    assert found == pytest.approx([0.66 / 1.04, 0.38 / 1.04], abs=1e-15)


def test_an_asset_that_loses_everything_has_weight_zero() -> None:
    assert grown_weights(np.array([0.5, 0.5]), np.array([-1.0, 0.0])).tolist() == [0.0, 1.0]
