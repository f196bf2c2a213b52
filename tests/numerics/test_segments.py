"""What trades leave of wealth: all at once against one at a time, and by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies import weight_pairs
from xl_rebal.numerics.costs import self_financing_wealth
from xl_rebal.numerics.segments import cost_factors, first_breach
from xl_rebal.typing import FloatArray


@given(weight_pairs())
def test_a_factor_is_the_wealth_that_one_trade_by_itself_leaves(
    pair: tuple[FloatArray, FloatArray],
) -> None:
    before, target = pair
    buy = np.linspace(0.0, 0.03, len(before))
    sell = buy[::-1] + 0.001
    many = np.stack([before, target, before])
    found = cost_factors(many, target, buy, sell)
    fee = np.zeros(len(before))
    alone = self_financing_wealth(before, target, 1.0, buy, sell, fee)
    assert found == pytest.approx([alone, 1.0, alone], abs=1e-14)


def test_what_is_at_its_target_already_is_not_charged() -> None:
    # 10 % of A go to B and C stays: y bought, x sold, x (1 - c) = y (1 + c); of the wealth of 1
    # f = 1 - c (x + y) is left, and the weights of A and B are their targets of f
    before, target = np.array([[0.5, 0.3, 0.2]]), np.array([0.4, 0.4, 0.2])
    rate = np.full(3, 0.1)
    found = cost_factors(before, target, rate, rate)[0]
    sold, bought = 0.5 - 0.4 * found, 0.4 * found - 0.3
    assert found == pytest.approx(1 - 0.1 * (sold + bought), rel=1e-14)
    assert cost_factors(before, target, rate, rate, pre_trade=True)[0] == pytest.approx(0.98)


def test_a_trade_turns_from_bought_to_sold_where_costs_make_it_so() -> None:
    # B is 1 % below its target; what is left of wealth is less than that, so it is sold
    before, target = np.array([[0.89, 0.11, 0.0]]), np.array([0.3, 0.111, 0.589])
    rate = np.full(3, 0.05)
    found = cost_factors(before, target, rate, rate)[0]
    assert found * 0.111 < 0.11
    paid = 0.05 * sum(abs(t * found - w) for t, w in zip(target, before[0], strict=True))
    assert found == pytest.approx(1 - paid, rel=1e-14)


@given(st.integers(0, 10**6), st.integers(0, 200))
def test_the_first_breach_is_that_of_a_walk_over_the_days(seed: int, size: int) -> None:
    chance = np.random.default_rng(seed)
    rows, assets = int(chance.integers(2, 150)), int(chance.integers(1, 5))
    prices = np.exp(np.cumsum(chance.normal(0, 0.02, (rows, assets)), axis=0))
    target = chance.dirichlet(np.ones(assets), size=2)
    below, above = chance.uniform(0.01, 0.08, (2, 2, assets))
    lines, bands = chance.integers(0, 2, (2, rows))
    looks = np.flatnonzero(chance.random(rows) < chance.choice([0.1, 1.0]))
    shares = target[0] / prices[0]

    expected = None
    for day in looks.tolist():
        values = [float(x) for x in prices[day] * shares]
        for i in range(assets):
            drift = values[i] / sum(values) - target[lines[day]][i]
            if drift > above[bands[day]][i] + 1e-12 or -drift > below[bands[day]][i] + 1e-12:
                expected = day if expected is None else expected

    found = first_breach(prices, shares, looks, (target, lines), (below, above, bands), size)
    assert found == expected
