"""Money to the cent, against fractions written out by hand."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from math import floor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xl_rebal.numerics.money import amount_cents, cents, currency, rate_cents, ratio_of

tidy_prices = st.decimals(min_value="0.0001", max_value="999999.9999", places=4).map(float)
tidy_quantities = st.decimals(min_value=0, max_value="9999999.9999", places=4).map(float)


def half_up(value: Fraction) -> int:
    return floor(value + Fraction(1, 2))


@pytest.mark.parametrize(
    ("quantity", "price", "expected"),
    [
        (3, 0.335, 101),  # 1.005: half a cent goes up
        (1, 1.005, 101),
        (1, 2.675, 268),
        (1, 1.0049999999, 100),
        (0.0001, 49.99, 0),
        (0.0001, 50.0, 1),  # exactly half a cent
        (0, 123.45, 0),
        (1e6, 523_000.01, 52_300_001_000_000),  # beyond the 2**53 of a float in 1e-3 cents
        (10, 1e-7, 0),  # a float that shows as 1e-07
        (100, 1e16, 10**20),  # a float that shows as 1e+16
    ],
)
def test_an_amount_is_the_decimal_product_half_up(
    quantity: float, price: float, expected: int
) -> None:
    assert amount_cents(quantity, price) == expected


def test_a_product_of_two_long_floats_is_rounded_once() -> None:
    # (10^15 - 2)(5 x 10^15 + 10) = 5 x 10^30 - 20: below half a cent in the 30th digit, where
    # the default 28 digits of decimal arithmetic would round up to half a cent first.
    quantity, price = 9.99999999999998, 0.000500000000000001

    assert (
        int(
            (Decimal(str(quantity)) * Decimal(str(price)) * 100).quantize(Decimal(1), ROUND_HALF_UP)
        )
        == 1
    )
    assert amount_cents(quantity, price) == 0
    assert amount_cents(10.0, price) == 1


@given(quantity=tidy_quantities, price=tidy_prices)
def test_an_amount_agrees_with_exact_fractions(quantity: float, price: float) -> None:
    exact = Fraction(str(quantity)) * Fraction(str(price)) * 100

    assert amount_cents(quantity, price) == half_up(exact)


@given(
    amount=st.integers(min_value=0, max_value=10**15),
    basis_points=st.decimals(min_value=0, max_value=500, places=2),
)
def test_a_rate_agrees_with_exact_fractions(amount: int, basis_points: Decimal) -> None:
    exact = amount * Fraction(basis_points) / 10_000

    assert rate_cents(amount, float(basis_points / 10_000)) == half_up(exact)


@pytest.mark.parametrize(
    ("amount", "rate", "expected"),
    [(50, 0.01, 1), (49, 0.01, 0), (1_000_050, 0.001, 1000), (1_000_500, 0.001, 1001), (7, 0.0, 0)],
)
def test_half_a_cent_of_cost_is_charged(amount: int, rate: float, expected: int) -> None:
    assert rate_cents(amount, rate) == expected


@given(st.integers(min_value=-(10**14), max_value=10**14))
def test_cents_and_currency_are_each_others_inverse(amount: int) -> None:
    assert cents(currency(amount)) == amount


def test_half_a_cent_goes_away_from_zero_on_both_sides() -> None:
    assert (cents(0.005), cents(-0.005), cents(-0.0049)) == (1, -1, 0)


@pytest.mark.parametrize(
    "value", [0.1, 12.0, -3.0, 0.0, 1e-7, 1.0049999999, 2.0**53, 1e16, 1e23, -123456.789, 5e-324]
)
def test_a_ratio_is_the_number_that_the_float_shows(value: float) -> None:
    assert Fraction(*ratio_of(value)) == Fraction(str(value))


def test_numpy_scalars_count_as_the_numbers_they_show() -> None:
    assert amount_cents(np.float64(3.0), np.float64(0.335)) == 101
    assert cents(np.float64(2.675)) == 268
    assert ratio_of(np.float64(0.1)) == (1, 10)
    amount = rate_cents(int(np.int64(50)), np.float64(0.01))
    assert amount == 1
    assert type(amount) is int
