"""Self-financing wealth and the balancing scale against a bracketing root finder."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import brentq

from tests.strategies import weight_pairs
from xl_rebal.numerics.costs import balancing_scale, is_traded, self_financing_wealth
from xl_rebal.typing import FloatArray

Pair = tuple[FloatArray, FloatArray]
RATES = st.sampled_from([0.0, 0.0005, 0.01, 0.05])


@given(weight_pairs(), RATES, RATES, st.sampled_from([0.0, 5.0]))
def test_wealth_after_costs_is_the_root_of_its_equation(
    pair: Pair, buy: float, sell: float, fee: float
) -> None:
    current, target = pair
    value = 100_000.0
    moved = [abs(t - w) > 1e-12 for w, t in zip(current, target, strict=True)]

    def left_over(wealth: float) -> float:
        total = wealth - value
        for w, t, trades in zip(current, target, moved, strict=True):
            change = t * wealth - w * value
            if trades:
                total += (buy if change > 0 else sell) * abs(change) + fee
        return float(total)

    n = len(current)
    found = self_financing_wealth(
        current, target, value, np.full(n, buy), np.full(n, sell), np.full(n, fee)
    )
    assert found == pytest.approx(brentq(left_over, 0.0, value, xtol=1e-10), abs=1e-6)
    assert abs(left_over(found)) < 1e-7


@given(weight_pairs(), RATES, st.floats(0.1, 1000))
def test_wealth_scales_with_value_and_fees(pair: Pair, rate: float, scale: float) -> None:
    current, target = pair
    rates = np.full(len(current), rate)
    one = self_financing_wealth(current, target, 1000, rates, rates, np.full(len(current), 0.5))
    many = self_financing_wealth(
        current, target, 1000 * scale, rates, rates, np.full(len(current), 0.5 * scale)
    )
    assert many == pytest.approx(one * scale, rel=1e-12)


def test_cost_falls_on_all_that_is_traded_not_on_half_of_it() -> None:
    current, target = np.array([1.0, 0.0]), np.array([0.5, 0.5])
    rates = np.full(2, 0.01)
    # sold: 0.01 (100 - V'/2), bought: 0.01 V'/2: together 1, not 0.5
    assert self_financing_wealth(current, target, 100, rates, rates, np.zeros(2)) == 99.0


@given(weight_pairs(2), RATES)
def test_the_scale_balances_what_is_traded_and_leaves_the_rest(pair: Pair, rate: float) -> None:
    current, target = pair
    traded = is_traded(current, target)
    if not traded.any() or target[traded].sum() == 0:
        return
    held = current * 1000
    rates = np.full(len(current), rate)
    scale = balancing_scale(held, target, traded, 1000, rates, rates, np.zeros(len(current)))
    after = np.where(traded, target * scale, held)
    assert after.sum() + rate * np.abs(after - held).sum() == pytest.approx(1000, abs=1e-8)
