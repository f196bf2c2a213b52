"""Self-financing wealth and the balancing scale against a bracketing root finder."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.optimize import brentq

from tests.strategies import weight_pairs
from xl_rebal.numerics.costs import (
    balancing_scale,
    is_traded,
    self_financing_wealth,
    trading_cost,
)
from xl_rebal.typing import BoolArray, FloatArray

Pair = tuple[FloatArray, FloatArray]
VALUE = 100_000.0
RATES = [0.0, 0.0005, 0.01, 0.2]


@st.composite
def priced(draw: st.DrawFn) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray, FloatArray]:
    """Weights, destination, buy and sell rates and fees, each asset its own."""
    current, target = draw(weight_pairs())
    n = len(current)
    rates = st.lists(st.sampled_from(RATES), min_size=n, max_size=n).map(np.array)
    fees = st.lists(st.sampled_from([0.0, 0.5, 25.0]), min_size=n, max_size=n).map(np.array)
    return current, target, draw(rates), draw(rates), draw(fees)


def spent(change: float, buy: float, sell: float, fee: float) -> float:
    return (buy * change if change > 0 else -sell * change) + fee


def gap_of_wealth(
    wealth: float,
    case: tuple[FloatArray, FloatArray, FloatArray, FloatArray, FloatArray],
    value: float,
) -> float:
    """V' + what is spent on each traded asset - V, asset by asset."""
    total = wealth - value
    for w, t, buy, sell, fee in zip(*(vector.tolist() for vector in case), strict=True):
        if abs(t - w) > 1e-12:
            total += spent(t * wealth - w * value, buy, sell, fee)
    return float(total)


@given(priced())
def test_wealth_after_costs_is_the_root_of_its_equation(
    case: tuple[FloatArray, FloatArray, FloatArray, FloatArray, FloatArray],
) -> None:
    current, target, buy, sell, fee = case
    found = self_financing_wealth(current, target, VALUE, buy, sell, fee)

    root = brentq(gap_of_wealth, -VALUE, VALUE, args=(case, VALUE), xtol=1e-9, rtol=1e-15)
    assert found == pytest.approx(root, abs=1e-7)
    assert abs(gap_of_wealth(found, case, VALUE)) <= 1e-12 * VALUE


@given(priced(), st.sampled_from([1e-15, 1e-9, 1e-3, 7.0, 1e9, 1e15]))
def test_wealth_scales_with_value_and_fees_in_any_unit_of_money(
    case: tuple[FloatArray, FloatArray, FloatArray, FloatArray, FloatArray], scale: float
) -> None:
    current, target, buy, sell, fee = case
    one = self_financing_wealth(current, target, VALUE, buy, sell, fee)
    many = self_financing_wealth(current, target, VALUE * scale, buy, sell, fee * scale)

    assert many / scale == pytest.approx(one, rel=1e-12, abs=1e-12 * VALUE)


def test_a_tiny_value_gives_the_same_share_as_a_plain_one() -> None:
    # the second asset is bought at V and sold at V': the root is on another piece than the start
    current, target = np.array([0.5, 0.5, 0.0]), np.array([0.0, 0.501, 0.499])
    rates, free = np.full(3, 0.05), np.zeros(3)
    plain = self_financing_wealth(current, target, 1.0, rates, rates, free)

    # sold: 0.5 + 0.5 - 0.501 V'; bought: 0.499 V'
    assert plain == pytest.approx((1 - 0.05) / (1 + 0.05 * (0.499 - 0.501)), rel=1e-15)
    tiny = self_financing_wealth(current, target, 1e-15, rates, rates, free)
    assert tiny / 1e-15 == pytest.approx(plain, rel=1e-14)


def test_the_root_is_found_though_buys_turn_into_sales_on_the_way_down() -> None:
    # the lower the wealth, the more of the assets that were to be bought are sold instead: the
    # root is four steps away, and the equation holds there to the last digits
    current = np.array([0.024, 0.241, 0.112, 0.09, 0.012, 0.003, 0.061, 0.091, 0.366])
    target = np.array([0.0, 0.243, 0.112, 0.096, 0.012, 0.003, 0.063, 0.1, 0.372])
    current, target = current / current.sum(), target / target.sum()
    rates, free = np.full(9, 0.4), np.zeros(9)
    found = self_financing_wealth(current, target, VALUE, rates, rates, free)

    turned = (target > current) & (target * found < current * VALUE)
    assert turned.sum() >= 2, "nothing turns: the case proves nothing"
    case = (current, target, rates, rates, free)
    assert abs(gap_of_wealth(found, case, VALUE)) <= 1e-13 * VALUE


@given(weight_pairs(least=2), st.sampled_from(RATES), st.sampled_from([0.0005, 0.01, 0.2]))
def test_wealth_falls_as_the_rate_rises(pair: Pair, rate: float, more: float) -> None:
    current, target = pair
    n = len(current)

    def left(at: float) -> float:
        return self_financing_wealth(
            current, target, VALUE, np.full(n, at), np.full(n, at), np.zeros(n)
        )

    if is_traded(current, target).any():
        assume(float(np.abs(current - target).sum()) > 1e-9)
        assert left(rate + more) < left(rate) <= VALUE
    else:
        assert left(rate + more) == left(rate) == VALUE


def test_cost_falls_on_all_that_is_traded_not_on_half_of_it() -> None:
    current, target = np.array([1.0, 0.0]), np.array([0.5, 0.5])
    rates = np.full(2, 0.01)
    # sold: 0.01 (100 - V'/2), bought: 0.01 V'/2: together 1; on one-way turnover it would be 0.5
    assert self_financing_wealth(current, target, 100, rates, rates, np.zeros(2)) == 99.0


def test_costs_are_paid_inside_the_equation_and_not_after_it() -> None:
    current, target = np.array([1.0, 0.0]), np.array([0.2, 0.8])
    rates = np.full(2, 0.05)
    found = self_financing_wealth(current, target, 100, rates, rates, np.zeros(2))

    # V' + 0.05 (100 - 0.2 V') + 0.05 x 0.8 V' = 100; turnover x cost from before gives 92
    assert found == pytest.approx(95 / 1.03, rel=1e-15)
    assert found != pytest.approx(92, abs=0.1)


def test_an_asset_at_its_destination_pays_neither_rate_nor_fee() -> None:
    current = np.array([0.3, 0.1 + 0.2, 0.4])
    target = np.array([0.3, 0.3, 0.4])
    dear = np.full(3, 0.5)

    assert is_traded(current, target).tolist() == [False, False, False]
    assert self_financing_wealth(current, target, 1e6, dear, dear, np.full(3, 100.0)) == 1e6
    one_moves = np.array([0.3, 0.2, 0.5])
    costly_first = np.array([0.5, 0.0, 0.0])
    found = self_financing_wealth(
        current, one_moves, 1e6, costly_first, costly_first, costly_first * 1000
    )
    assert found == 1e6


def test_cash_without_rate_or_fee_costs_nothing() -> None:
    current, target = np.array([0.5, 0.5]), np.array([0.6, 0.4])  # cash last
    rates, fees = np.array([0.01, 0.0]), np.array([10.0, 0.0])
    found = self_financing_wealth(current, target, 1000, rates, rates, fees)

    # V' + 0.01 (0.6 V' - 500) + 10 = 1000
    assert found == pytest.approx(995 / 1.006, rel=1e-15)


def test_fees_beyond_the_wealth_leave_nothing_or_less() -> None:
    current, target, free = np.array([1.0, 0.0]), np.array([0.5, 0.5]), np.zeros(2)
    assert self_financing_wealth(current, target, 100, free, free, np.full(2, 50.0)) == 0.0
    assert self_financing_wealth(current, target, 100, free, free, np.full(2, 80.0)) == -60.0


def test_buys_and_sells_have_their_own_rates_and_only_trades_have_fees() -> None:
    change = np.array([100.0, -50.0, 0.0])
    found = trading_cost(
        change, np.array([0.01, 0.5, 0.5]), np.array([0.5, 0.02, 0.5]), np.array([3.0, 4.0, 5.0])
    )
    assert found == pytest.approx(100 * 0.01 + 50 * 0.02 + 3 + 4, abs=1e-14)


@given(priced())
def test_the_cost_of_the_move_is_the_wealth_that_is_lost(
    case: tuple[FloatArray, FloatArray, FloatArray, FloatArray, FloatArray],
) -> None:
    current, target, buy, sell, fee = case
    left = self_financing_wealth(current, target, VALUE, buy, sell, fee)
    change = np.where(is_traded(current, target), target * left - current * VALUE, 0.0)
    assume(not np.any(is_traded(current, target) & (change == 0)))

    assert VALUE - left == pytest.approx(trading_cost(change, buy, sell, fee), abs=1e-7)


@st.composite
def shared(
    draw: st.DrawFn,
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray, FloatArray, BoolArray]:
    """As ``priced``, and which assets trade: any choice that leaves something with a share."""
    case = draw(priced())
    n = len(case[0])
    traded = np.array(draw(st.lists(st.booleans(), min_size=n, max_size=n)))
    assume(float(case[1][traded].sum()) > 1e-3)
    return (*case, traded)


@given(shared())
def test_the_scale_is_the_root_of_the_cash_equation(
    case: tuple[FloatArray, FloatArray, FloatArray, FloatArray, FloatArray, BoolArray],
) -> None:
    current, target, buy, sell, fee, traded = case
    held = current * VALUE

    def left_over(scale: float) -> float:
        total = -VALUE
        for i, moves in enumerate(traded):
            after = target[i] * scale if moves else held[i]
            total += after
            if moves:
                total += spent(after - held[i], buy[i], sell[i], fee[i])
        return float(total)

    found = balancing_scale(held, target, traded, VALUE, buy, sell, fee)
    root = brentq(left_over, -1e12, 1e12, xtol=1e-9, rtol=1e-15)
    assert found == pytest.approx(root, rel=1e-9, abs=1e-6)
    assert abs(left_over(found)) <= 1e-12 * max(VALUE, abs(found))


@given(priced())
def test_when_all_is_traded_the_scale_is_the_wealth_after_costs(
    case: tuple[FloatArray, FloatArray, FloatArray, FloatArray, FloatArray],
) -> None:
    current, target, buy, sell, fee = case
    assume(bool(is_traded(current, target).all()))
    every = np.ones(len(current), bool)

    assert balancing_scale(current * VALUE, target, every, VALUE, buy, sell, fee) == pytest.approx(
        self_financing_wealth(current, target, VALUE, buy, sell, fee), rel=1e-12
    )


def test_without_costs_the_scale_is_the_value() -> None:
    held, target = np.array([600.0, 300.0, 100.0]), np.array([0.5, 0.4, 0.1])
    traded, free = np.array([True, True, False]), np.zeros(3)
    assert balancing_scale(held, target, traded, 1000, free, free, free) == pytest.approx(
        1000, rel=1e-15
    )


def test_the_untouched_keep_what_they_hold_and_the_traded_share_the_costs() -> None:
    held, target = np.array([600.0, 300.0, 100.0]), np.array([0.5, 0.4, 0.1])
    traded, rates = np.array([True, True, False]), np.full(3, 0.01)
    scale = balancing_scale(held, target, traded, 1000, rates, rates, np.zeros(3))

    # 100 + 0.9 K + 0.01 (600 - 0.5 K) + 0.01 (0.4 K - 300) = 1000
    assert scale == pytest.approx(897 / 0.899, rel=1e-15)


def test_the_scale_is_found_from_below_too() -> None:
    # the untouched hold less than their share, so that K exceeds the value
    held, target = np.array([800.0, 150.0, 50.0]), np.array([0.5, 0.2, 0.3])
    traded, rates = np.array([True, True, False]), np.full(3, 0.02)
    scale = balancing_scale(held, target, traded, 1000, rates, rates, np.zeros(3))

    # 50 + 0.7 K + 0.02 (800 - 0.5 K) + 0.02 (0.2 K - 150) = 1000
    assert scale == pytest.approx(937 / 0.694, rel=1e-15)
    assert scale > 1000


@given(priced(), st.lists(st.booleans(), min_size=8, max_size=8))
def test_what_is_frozen_keeps_its_value_and_the_others_end_at_one_multiple_of_their_destination(
    case: tuple[FloatArray, FloatArray, FloatArray, FloatArray, FloatArray], drawn: list[bool]
) -> None:
    current, wanted, buy, sell, fee = case
    frozen = np.resize(np.array(drawn), len(current))
    assume(frozen.any() and wanted[~frozen].sum() > 0.01 and current[~frozen].sum() > 0.1)
    free = current[~frozen].sum()
    target = np.where(frozen, current, wanted * free / wanted[~frozen].sum())
    found = self_financing_wealth(current, target, VALUE, buy, sell, fee, frozen)

    def gap(scale: float) -> float:
        total = -VALUE
        for w, t, b, s, f, stays in zip(current, target, buy, sell, fee, frozen, strict=True):
            total += w * VALUE if stays else t * scale
            if not stays and abs(t - w) > 1e-12:
                total += spent(t * scale - w * VALUE, b, s, f)
        return float(total)

    scale = brentq(gap, -10 * VALUE, 2 * VALUE, xtol=1e-9, rtol=1e-15)
    left = (current[frozen] * VALUE).sum() + scale * target[~frozen].sum()
    assert found == pytest.approx(left, abs=1e-7)
