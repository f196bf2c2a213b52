"""The log of a backtest against the definition of costs, asset by asset."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engine.slow import root
from tests.engine.test_backtest import market, random_weights, table
from xl_rebal.engine.backtest import Conventions, CostRule, Reason, backtest
from xl_rebal.engine.policies import DatedTargets, calendar, threshold
from xl_rebal.engine.trade_log import trade_log
from xl_rebal.model.plan import TO_EDGE, TO_TARGET, BandRule
from xl_rebal.model.prices import Prices
from xl_rebal.model.schedule import Schedule
from xl_rebal.typing import FloatArray

EVERY_ROW = Schedule(every=1)


@pytest.mark.parametrize("cost_rule", CostRule)
def test_each_asset_bears_its_own_rate_and_cash_none(cost_rule: CostRule) -> None:
    weights = np.array([0.6, 0.3, 0.1])
    grown = np.array([1.5, 1.0, 1.0])
    prices = Prices(table((1, 1), (1, 1), (1, 1)).dates, ("AAA", "BBB", "CASH"),
                    np.array([np.ones(3), grown, grown]))  # fmt: skip
    made = Conventions(np.array([0.02, 0.0, 0.0]), cost_rule=cost_rule)
    run = backtest(prices, calendar(DatedTargets.fixed(weights), EVERY_ROW), made)
    costs = {row.symbol: row.cost for row in trade_log(run)}

    held = weights * grown  # 0.9, 0.3, 0.1
    left = root(lambda v: v + 0.02 * abs(0.6 * v - held[0]) - held.sum(), 0.0, held.sum())
    paid = {CostRule.EXACT: held.sum() - left, CostRule.PRE_TRADE: 0.02 * (0.9 - 0.6 * 1.3)}
    assert costs == pytest.approx({"AAA": paid[cost_rule], "BBB": 0.0, "CASH": 0.0}, abs=1e-15)


def test_a_fee_is_one_for_each_asset_traded_whatever_its_size() -> None:
    weights = np.array([0.5, 0.3, 0.2])
    prices = Prices(table((1, 1), (1, 1), (1, 1)).dates, ("A", "B", "C"),
                    np.array([np.ones(3), [2.0, 1.0, 1.5], np.ones(3)]))  # fmt: skip
    run = backtest(prices, calendar(DatedTargets.fixed(weights), EVERY_ROW), Conventions(fee=0.01))
    assert [row.cost for row in trade_log(run)] == [0.01] * 3


@given(st.randoms(use_true_random=True))
@settings(max_examples=60, deadline=None)
def test_costs_are_rates_on_what_was_traded_and_add_to_what_wealth_lost(pick: Random) -> None:
    rows, assets = pick.randint(4, 60), pick.randint(2, 5)
    prices = market(pick, rows, assets, cash=pick.random() < 0.5)
    size = len(prices.symbols)
    holes = prices.values.copy()
    if pick.random() < 0.5:
        holes[pick.randint(1, rows - 2) :: 3, 0] = np.nan
    prices = Prices(prices.dates, prices.symbols, holes)
    rate = np.array([pick.choice([0.0, 0.002, 0.02]) for _ in range(size)])
    policy = pick.choice([calendar, threshold])
    target = DatedTargets.fixed(random_weights(pick, size))
    to = pick.choice([TO_TARGET, TO_EDGE])
    rule = Schedule(every=2) if policy is calendar else BandRule(width=0.01)
    made = Conventions(
        rate, pick.choice([0.0, 1e-4]), cost_rule=pick.choice(list(CostRule)),
        flows={prices.dates[pick.randint(1, rows - 2)]: pick.choice([0.2, -0.1])},
    )  # fmt: skip
    run = backtest(prices, policy(target, rule, to), made)  # type: ignore[operator]
    log = trade_log(run)

    is_cash = np.array([symbol == "CASH" for symbol in prices.symbols])
    for at, row in enumerate(run.rows.tolist()):
        lines = [
            each for each in log if each.day == run.dates[row] and each.reason == run.reasons[at]
        ]
        assert sum(each.cost for each in lines) == pytest.approx(run.cost[at], abs=1e-12)
        for each in lines:
            place = prices.symbols.index(each.symbol)
            size_of = each.value
            if made.cost_rule is CostRule.PRE_TRADE:
                size_of = (run.after[at, place] - run.before[at, place]) * run.wealth[at]
            bears = 0.0 if is_cash[place] else rate[place] * abs(size_of) + made.fee
            assert each.cost == pytest.approx(bears, abs=1e-13)


def test_the_values_of_a_flow_and_of_the_trade_behind_it_lead_from_holding_to_holding() -> None:
    prices = table((1, 1), (3, 1), (3, 1))
    made = Conventions(0.01, flows={prices.dates[1]: 0.5})
    run = backtest(prices, calendar(DatedTargets.fixed(np.array([0.5, 0.5])), EVERY_ROW), made)

    assert run.reasons == (Reason.FLOW, Reason.CALENDAR)
    values: dict[str, list[float]] = {"A": [], "B": []}
    for each in trade_log(run):
        values[each.symbol].append(each.value)
    held: FloatArray = run.holdings[1]
    # 1.5 and 0.5, the money goes into B: V + 1 % (0.4 V - 0.5) = 2.5, and A keeps 60 % of what is left
    left = (2.5 + 0.005) / 1.004
    assert values["B"][0] == pytest.approx(0.4 * left - 0.5, rel=1e-13)
    assert 0.5 + sum(values["B"]) == pytest.approx(held[1], rel=1e-14)
    assert 0.6 * left + sum(values["A"]) == pytest.approx(held[0], rel=1e-14)
