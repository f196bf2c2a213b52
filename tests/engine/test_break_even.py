"""The break-even cost: at it a backtest ends where never trading does."""

from __future__ import annotations

import numpy as np
import pytest

from tests.engine.test_backtest import days, study_prices, table
from xl_rebal.engine.backtest import Conventions, CostRule, backtest
from xl_rebal.engine.break_even import break_even
from xl_rebal.engine.policies import DatedTargets, Policy, buy_and_hold, calendar, threshold
from xl_rebal.model.plan import TO_EDGE, BandRule
from xl_rebal.model.prices import Prices
from xl_rebal.model.schedule import Schedule

EVEN = DatedTargets.fixed(np.array([0.5, 0.5]))
UP, DOWN = 1.2, 1 / 1.2
SWINGING = Prices(
    days(9),
    ("A", "B"),
    np.cumprod(np.array([[1, 1], *[[UP, DOWN], [DOWN, UP]] * 4]), axis=0),
)
"""Two assets that swing against each other and end where they began: never trading earns nothing."""


@pytest.mark.parametrize("rule", list(CostRule))
@pytest.mark.parametrize(
    "policy",
    [calendar(EVEN, Schedule(every=1)), threshold(EVEN, BandRule(width=0.05), TO_EDGE)],
)
@pytest.mark.parametrize("fee", [0.0, 0.0001])
def test_at_the_break_even_cost_a_backtest_ends_where_never_trading_does(
    policy: Policy, rule: CostRule, fee: float
) -> None:
    made = Conventions(0.7, fee, cost_rule=rule)  # its own rate is not what is asked
    found = break_even(SWINGING, policy, made, most=0.4)
    assert found.rate is not None
    at = backtest(SWINGING, policy, Conventions(found.rate, fee, cost_rule=rule))
    never = backtest(SWINGING, buy_and_hold(EVEN))
    assert at.value[-1] == pytest.approx(never.value[-1], rel=1e-14)
    more = backtest(SWINGING, policy, Conventions(found.rate * 1.01, fee, cost_rule=rule))
    assert more.value[-1] < never.value[-1]


def test_one_swing_by_hand() -> None:
    # (1.5 + 0.5) / 2 = 1 each, then A halves its gain: 1 x 2/3 + 1 = 5/3 against 1 + 0.5
    prices = table((2, 2), (6, 2), (4, 2), (4, 2))
    policy = calendar(EVEN, Schedule(every=1))
    found = break_even(prices, policy, Conventions(cost_rule=CostRule.PRE_TRADE), most=0.5)
    # row 1: weights 3/4 and 1/4, half is moved; row 2: 2/5 and 3/5, a fifth is moved
    ends = (1 - 0.5 * found.rate) * (1 - 0.2 * found.rate) * 5 / 3  # type: ignore[operator]
    assert ends == pytest.approx(1.5, rel=1e-14)
    assert found.ahead_free == pytest.approx(5 / 3 / 1.5 - 1)


def test_none_where_it_is_behind_without_costs_or_ahead_at_the_most() -> None:
    rising = table((1, 1), (2, 1), (4, 1), (8, 1))
    behind = break_even(rising, calendar(EVEN, Schedule(every=1)))
    assert behind.rate is None
    assert behind.ahead_free < 0
    assert "even without costs" in behind.words
    ahead = break_even(SWINGING, calendar(EVEN, Schedule(every=1)), most=0.001)
    assert ahead.rate is None
    assert ahead.ahead_at_most > 0
    assert ahead.words == "It is ahead of never trading even at 10 bp per side."
    idle = break_even(study_prices(), buy_and_hold(DatedTargets.fixed(np.full(3, 1 / 3))))
    assert idle.rate is None


def test_cash_is_not_charged() -> None:
    nan = float("nan")
    prices = table((1, nan), (2, nan), (1, nan), (2, nan), (1, nan), symbols=("A", "CASH"))
    policy = calendar(EVEN, Schedule(every=1))
    found = break_even(prices, policy, most=0.5)
    assert found.rate is not None
    at = backtest(prices, policy, Conventions(found.rate))
    assert at.value[-1] == pytest.approx(1.0, rel=1e-14)


def test_flows_go_the_long_way_to_the_same_meaning() -> None:
    made = Conventions(flows={SWINGING.dates[3]: 0.1})
    found = break_even(SWINGING, calendar(EVEN, Schedule(every=1)), made, most=0.4)
    assert found.rate is not None
    assert found.words.startswith("Its trades are paid for up to a cost of ")
