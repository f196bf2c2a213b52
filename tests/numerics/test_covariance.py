"""Covariances against scikit-learn and pandas, and their repair against its definition."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xl_rebal.numerics.covariance import (
    ewma_covariance,
    repaired,
    sample_covariance,
    shrinkage,
    shrunk_covariance,
)
from xl_rebal.typing import FloatArray

YEARS = 2.5
STEPS, PLACES = np.arange(1, 13)[:, None], np.arange(1, 5)
RETURNS = 0.01 * np.sin(STEPS * PLACES) + 0.005 * np.cos(STEPS * STEPS) * PLACES

# scikit-learn 1.9.1, sklearn.covariance.LedoitWolf().fit(RETURNS): shrinkage_ and covariance_
STRENGTH = 0.2620936118091266
SHRUNK = [
    [8.098404273045577e-05, 1.268500577240823e-05, 2.1815980493526336e-05, 3.007353503955562e-05],
    [1.268500577240823e-05, 0.0001024371045397994, 4.6686511601396894e-05, 6.684275892626345e-05],
    [2.1815980493526336e-05, 4.6686511601396894e-05, 0.00015640869168404812, 0.00010300669414610566],
    [3.007353503955562e-05, 6.684275892626345e-05, 0.00010300669414610566, 0.00021700391799006372],
]  # fmt: skip


def random_returns(seed: int) -> FloatArray:
    chance = np.random.default_rng(seed)
    count, assets = int(chance.integers(2, 60)), int(chance.integers(1, 20))
    mix = chance.normal(size=(assets, assets))
    return np.asarray(chance.normal(size=(count, assets)) @ mix * 10.0 ** chance.uniform(-8, 3))


def test_the_shrunk_covariance_is_that_of_scikit_learn() -> None:
    assert shrinkage(RETURNS) == pytest.approx(STRENGTH, rel=1e-12)
    # theirs divides by N; a year has N / YEARS rows
    expected = np.array(SHRUNK) * 12 / 11 * (12 / YEARS)
    assert shrunk_covariance(RETURNS, YEARS) == pytest.approx(expected, rel=1e-12)


@given(st.integers(0, 10**6))
def test_shrinking_keeps_the_total_variance_and_makes_all_directions_risky(seed: int) -> None:
    returns = random_returns(seed)
    found, plain = shrunk_covariance(returns, 1.0), sample_covariance(returns, 1.0)
    strength = shrinkage(returns)

    assert 0 <= strength <= 1
    assert np.trace(found) == pytest.approx(np.trace(plain), rel=1e-9)
    assert np.array_equal(found, found.T)
    lowest = np.linalg.eigvalsh(found).min()
    assert lowest >= strength * np.trace(plain) / len(plain) * (1 - 1e-6) - 1e-12 * np.trace(plain)
    assert shrinkage(returns * 1e6) == pytest.approx(strength, abs=1e-9)


def test_nothing_is_shrunk_where_there_is_nothing_to_shrink() -> None:
    assert shrinkage(np.zeros((5, 3))) == 0.0
    assert shrinkage(RETURNS[:, :1]) == 0.0
    opposite = np.array(
        [[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]]
    )  # the identity already
    assert shrinkage(opposite) == 0.0


@given(st.integers(0, 10**6), st.sampled_from([None, 0.9]))
def test_the_exponentially_weighted_covariance_is_the_mean_of_products_in_pandas(
    seed: int, decay: float | None
) -> None:
    returns = random_returns(seed)
    count, assets = returns.shape
    used = decay or (0.94 if count > 100 * YEARS else 0.97)
    found = ewma_covariance(returns, YEARS, decay)
    i, j = seed % assets, seed % 7 % assets
    products = pd.Series(returns[:, i] * returns[:, j])
    expected = products.ewm(alpha=1 - used).mean().iloc[-1] * count / YEARS
    assert found[i, j] == pytest.approx(expected, rel=1e-9, abs=1e-12 * np.abs(found).max())


def test_daily_returns_forget_sooner() -> None:
    days = np.zeros((260, 1))
    days[-11] = 1.0
    found = ewma_covariance(days, 1.0)[0, 0]
    assert found == pytest.approx(0.94**10 * 0.06 / (1 - 0.94**260) * 260)


@given(st.integers(0, 10**6))
def test_a_repaired_matrix_has_no_negative_direction_and_none_is_nearer(seed: int) -> None:
    chance = np.random.default_rng(seed)
    size = int(chance.integers(1, 8))
    given_ = chance.normal(size=(size, size))
    given_ = (given_ + given_.T) / 2
    found = repaired(given_)

    values = np.linalg.eigvalsh(given_)
    assert np.linalg.eigvalsh(found.covariance).min() >= -1e-12 * np.abs(values).max()
    nearest = np.sqrt((np.minimum(values, 0.0) ** 2).sum())  # Higham (1988), theorem 2.1
    assert np.linalg.norm(found.covariance - given_) == pytest.approx(nearest, abs=1e-9)
    other = chance.normal(size=(size, size))
    assert np.linalg.norm(other @ other.T - given_) >= nearest - 1e-12


def test_rounding_is_left_as_it_is_and_a_change_is_said() -> None:
    singular = np.array([[1.0, 1.0], [1.0, 1.0 - 1e-15]])
    assert repaired(singular).covariance is singular
    found = repaired(np.array([[1.0, 1.2], [1.2, 1.0]]))
    assert found.lowest == pytest.approx(-0.2 / 2.2)
    assert found.change == pytest.approx(1.1**0.5 - 1)
