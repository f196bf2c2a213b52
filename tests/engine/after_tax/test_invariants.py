"""What holds for every after-tax backtest."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engine.after_tax.cases import KINDS, conventions_of, policy_of, prices_of
from xl_rebal.engine.after_tax import AfterTaxRules, HarvestRules, TaxDue, after_tax
from xl_rebal.engine.backtest import Conventions, CostRule, backtest
from xl_rebal.engine.trade_log import trade_log
from xl_rebal.model.prices import Prices
from xl_rebal.model.transactions import Activity
from xl_rebal.tax.methods import LotMethod

METHODS = [each for each in LotMethod if each is not LotMethod.SPECIFIC]


def rules_of(pick: Random) -> AfterTaxRules:
    harvest = HarvestRules(minimum_loss_fraction=pick.choice([0.0, 0.05]))
    return AfterTaxRules(
        0.4, 0.2, 0.35, 0.02, method=pick.choice(METHODS), harvest=pick.choice([None, harvest]),
        due=pick.choice(list(TaxDue)), credits=pick.random() < 0.5,
    )  # fmt: skip


@given(st.randoms(use_true_random=True), st.sampled_from(KINDS))
@settings(max_examples=40, deadline=None)
def test_the_past_does_not_know_what_prices_come(pick: Random, kind: str) -> None:
    rows = pick.randint(80, 500)
    prices = prices_of(pick, rows, 3)
    known = pick.randint(40, rows - 2)
    later = np.array(prices.values)
    chance = np.random.default_rng(pick.randint(0, 10**9))
    later[known + 1 :] *= np.exp(chance.normal(0.0, 0.1, (rows - known - 1, 3)))
    policy, made, rules = (
        policy_of(pick, prices, kind),
        conventions_of(pick, prices),
        rules_of(pick),
    )
    made = replace(made, flows={})

    one = after_tax(prices, policy, made, rules)
    other = after_tax(replace(prices, values=later), policy, made, rules)

    first = prices.dates[known]
    assert np.array_equal(one.value[: known + 1], other.value[: known + 1])
    assert np.array_equal(one.payments[: known + 1], other.payments[: known + 1])
    assert [h for h in one.harvests if h.day <= first] == [
        h for h in other.harvests if h.day <= first
    ]
    before = [row for row in one.transactions if row.day <= first and row.activity == "Buy"]
    assert before == [
        row for row in other.transactions if row.day <= first and row.activity == "Buy"
    ]


@given(st.randoms(use_true_random=True), st.sampled_from(KINDS))
@settings(max_examples=30, deadline=None)
def test_a_thousand_times_the_money_is_a_thousand_times_the_money(pick: Random, kind: str) -> None:
    prices = prices_of(pick, pick.randint(60, 500), 3)
    policy, rules = policy_of(pick, prices, kind), replace(rules_of(pick), carry_short=0.01)
    made = Conventions(rate=pick.choice([0.0, 0.002]), window=10)
    rich = replace(rules, loss_limit=rules.loss_limit * 1000, carry_short=rules.carry_short * 1000)

    one = after_tax(prices, policy, made, rules)
    other = after_tax(prices, policy, replace(made, capital=1000.0), rich)

    assert other.value == pytest.approx(one.value * 1000, rel=1e-9)
    assert other.payments == pytest.approx(one.payments * 1000, abs=1e-7)
    assert other.liquidation == pytest.approx(one.liquidation * 1000, rel=1e-9)
    assert other.growth_rate == pytest.approx(one.growth_rate, abs=1e-10)
    assert other.tax_bp == pytest.approx(one.tax_bp, abs=1e-6)
    assert len(other.harvests) == len(one.harvests)


@given(st.randoms(use_true_random=True), st.sampled_from(KINDS))
@settings(max_examples=30, deadline=None)
def test_where_there_are_only_gains_taxes_leave_less(pick: Random, kind: str) -> None:
    prices = prices_of(pick, pick.randint(60, 500), 3)
    rising = Prices(prices.dates, prices.symbols, np.maximum.accumulate(prices.values, axis=0))
    policy, rules = policy_of(pick, rising, kind), rules_of(pick)
    made = Conventions(window=10)

    found = after_tax(rising, policy, made, rules)

    grown = backtest(rising, policy, made).value
    assert np.all(found.payments >= 0)
    assert found.liquidation <= found.value[-1] <= grown[-1] * (1 + 1e-12)
    assert found.liquidation_tax >= found.owed >= 0
    without = after_tax(rising, policy, made, replace(rules, harvest=None))
    assert found.liquidation == pytest.approx(without.liquidation, rel=1e-12)
    assert not found.harvests


@given(st.randoms(use_true_random=True), st.sampled_from(["none", "calendar"]))
@settings(max_examples=20, deadline=None)
def test_gains_and_what_is_left_unrealised_are_all_that_was_earned(pick: Random, kind: str) -> None:
    prices = prices_of(pick, pick.randint(60, 500), 3)
    policy, rules = policy_of(pick, prices, kind), rules_of(pick)

    found = after_tax(prices, policy, Conventions(0.002, capital=1000.0), rules)

    recognised = sum(year.realised.short + year.realised.long for year in found.years[:-1])
    recognised += found.liquidated.realised.short + found.liquidated.realised.long
    assert recognised == pytest.approx(found.value[-1] + found.tax_paid - 1000.0, abs=1e-7)


@given(st.randoms(use_true_random=True), st.sampled_from(KINDS))
@settings(max_examples=20, deadline=None)
def test_the_trade_log_and_the_record_tell_of_the_same_money(pick: Random, kind: str) -> None:
    prices = prices_of(pick, pick.randint(60, 400), 3, cash=pick.random() < 0.5)
    policy, rules = policy_of(pick, prices, kind), replace(rules_of(pick), harvest=None)
    made = replace(conventions_of(pick, prices), cost_rule=CostRule.EXACT)

    found = after_tax(prices, policy, made, rules)

    log = [each for each in trade_log(found.run) if each.symbol != "CASH"]
    bought = sum(each.value + each.cost for each in log if each.value > 0)
    record = [row for row in found.transactions if row.day > prices.dates[0]]
    paid = sum(row.amount or 0.0 for row in record if row.activity is Activity.BUY)
    assert paid == pytest.approx(bought, abs=1e-9 * made.capital)
