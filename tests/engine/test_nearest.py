"""The solver's list against every list there is, on books of two positions in whole units."""

from __future__ import annotations

import subprocess
import sys
from itertools import product
from math import fsum, inf
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xl_rebal.engine.nearest import Reach, nearest_to_bands


def reach(**changed: object) -> Reach:
    """Two positions of 60 and 40, no cash, targets of a half each within 5 %, any amount."""
    two = np.zeros(2)
    given = {
        "value": np.array([60.0, 40.0]), "step": two, "least_sale": two,
        "most_sale": np.array([60.0, 40.0]), "least_buy": two, "most_buy": np.array([100.0, 100.0]),
        "sells_out": np.zeros(2, dtype=np.bool_), "buy_rate": two, "sell_rate": two, "fee": two,
        "group": np.array([0, 1]), "least": np.array([0.45, 0.45, 0.0]),
        "greatest": np.array([0.55, 0.55, 1.0]), "cash_line": 2, "cash": 0.0,
    }  # fmt: skip
    return Reach(**{**given, **changed})  # type: ignore[arg-type]


def test_any_amount_moves_to_the_edge_with_least_turnover() -> None:
    found = nearest_to_bands(reach())
    assert found == pytest.approx([-5.0, 5.0], abs=1e-4)


def test_a_minimum_trade_is_kept_where_the_bands_allow_it() -> None:
    found = nearest_to_bands(reach(least_sale=np.full(2, 8.0), least_buy=np.full(2, 8.0)))
    assert found == pytest.approx([-8.0, 8.0], abs=1e-4)


def test_what_is_paid_in_tickets_must_bring_the_lines_nearer_by_more() -> None:
    # 10 are outside. One ticket of 3, and A sold to 55 % of the 97 that are left: B is short of
    # 45 % by 3.65, with twice the ticket in all 9.65. One of 4: 3.2 and 8.
    assert nearest_to_bands(reach(fee=np.full(2, 3.0))) == pytest.approx([-6.65, 0.0], abs=1e-4)
    assert nearest_to_bands(reach(fee=np.full(2, 4.0))) == pytest.approx([0.0, 0.0], abs=1e-4)


def test_cash_that_is_short_is_raised() -> None:
    found = nearest_to_bands(reach(cash=-10.0))
    # to 55 % and 45 % of the 90 that are left
    assert found == pytest.approx([-10.5, 0.5], abs=1e-4)


def test_the_solver_prints_nothing() -> None:
    # It would stand in the middle of what --json prints; it is printed once a process.
    code = (
        "import numpy as np; from tests.engine.test_nearest import reach;"
        "from xl_rebal.engine.nearest import nearest_to_bands; nearest_to_bands(reach())"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (ran.stdout, ran.stderr) == ("", "")


def test_more_than_can_be_raised_has_no_answer() -> None:
    none = np.zeros(2)
    assert nearest_to_bands(reach(cash=-10.0, most_sale=none)) is None
    assert nearest_to_bands(reach(cash=-200.0)) is None


@given(st.randoms(use_true_random=True))
@settings(max_examples=60, deadline=None)
def test_no_list_in_whole_steps_is_nearer(rand: Random) -> None:
    units = [rand.randint(2, 20) for _ in range(2)]
    held = [rand.randint(0, 12) for _ in range(2)]
    cash = float(rand.randint(-20, 60))
    least = rand.choice([0, 15])
    rate, fee = rand.choice([0.0, 0.01]), rand.choice([0.0, 1.0])
    value = np.array(held) * np.array(units, dtype=np.float64)
    whole = float(value.sum()) + cash
    if whole <= 0:
        return
    most = np.ceil(whole / np.array(units)) * np.array(units)
    low, high = np.array([0.3, 0.4, -inf]), np.array([0.4, 0.5, 0.2])
    found = nearest_to_bands(
        reach(
            value=value, step=np.array(units, dtype=float), least_sale=np.full(2, float(least)),
            most_sale=value, least_buy=np.full(2, float(least)), most_buy=most,
            buy_rate=np.full(2, rate), sell_rate=np.full(2, rate), fee=np.full(2, fee),
            least=low, greatest=high, cash=cash,
        )
    )  # fmt: skip

    def distance(steps: tuple[int, ...]) -> float:
        change = [k * unit for k, unit in zip(steps, units, strict=True)]
        if any(0 < abs(moved) < least for moved in change):
            return inf
        cost = sum(rate * abs(moved) + fee * (moved != 0) for moved in change)
        left = cash - sum(change) - cost
        if left < -1e-9:
            return inf
        ends: list[float] = [
            *(v + moved for v, moved in zip(value.tolist(), change, strict=True)),
            left,
        ]
        wealth = whole - cost
        return 2 * cost + fsum(
            max(0.0, end - u * wealth, -inf if b == -inf else b * wealth - end)
            for end, b, u in zip(ends, low.tolist(), high.tolist(), strict=True)
        )

    ranges = [range(-h, int(m // u) + 1) for h, m, u in zip(held, most, units, strict=True)]
    best: float = min(distance(steps) for steps in product(*ranges))
    if best == inf:
        assert found is None
        return
    assert found is not None
    chosen = tuple(round(moved / unit) for moved, unit in zip(found, units, strict=True))
    assert found == pytest.approx(np.array(chosen) * np.array(units), abs=1e-9)
    assert distance(chosen) == pytest.approx(best, abs=1e-4 * whole)
