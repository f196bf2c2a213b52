"""The record that a backtest has made, given to the ledger that knows all of it from the beginning."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engine.after_tax.cases import KINDS, conventions_of, policy_of, prices_of
from xl_rebal.engine.after_tax import AfterTax, AfterTaxRules, HarvestRules, TaxDue, after_tax
from xl_rebal.engine.after_tax.account import TWIN
from xl_rebal.engine.backtest import Conventions, CostRule
from xl_rebal.model.prices import Prices
from xl_rebal.model.schedule import Schedule
from xl_rebal.model.transactions import Activity, History, Transaction
from xl_rebal.tax.ledger import ledger
from xl_rebal.tax.methods import LotMethod, Tacking
from xl_rebal.tax.netting import realised
from xl_rebal.tax.results import Ledger

NAMED = (LotMethod.FIFO, LotMethod.LIFO, LotMethod.HIFO, LotMethod.LEAST_TAX)


def rules_of(pick: Random, harvest: bool) -> AfterTaxRules:
    rules = HarvestRules(
        pick.choice([HarvestRules().schedule, Schedule(every=5)]), pick.choice([0.0, 0.02, 0.05])
    )
    return AfterTaxRules(
        short=0.4, long=0.2, ordinary=0.35, loss_limit=0.0, method=pick.choice(NAMED),
        tacking=pick.choice(list(Tacking)), harvest=rules if harvest else None, due=pick.choice(list(TaxDue)),
    )  # fmt: skip


def sane(pick: Random, prices: Prices) -> Conventions:
    """No sale costs more than it brings, as a ticket may, or the turnover of weights by the other rule."""
    return replace(conventions_of(pick, prices), fee=0.0, cost_rule=CostRule.EXACT)


def assert_ledger_agrees(found: AfterTax, said: Ledger) -> None:
    capital = found.run.capital
    for year in found.years:
        expected = realised(said.sales, year.year)
        assert year.realised.short == pytest.approx(expected.short, abs=1e-9 * capital)
        assert year.realised.long == pytest.approx(expected.long, abs=1e-9 * capital)
    washed = sum(sale.disallowed or 0.0 for sale in said.sales)
    assert found.disallowed == pytest.approx(washed, abs=1e-9 * capital)
    held: dict[str, float] = defaultdict(float)
    for lot in said.lots:
        held[lot.symbol.removesuffix(TWIN)] += lot.quantity
    last = found.run.prices[-1]
    for at, symbol in enumerate(found.run.symbols):
        if symbol != "CASH":
            value = held[symbol] * last[at]
            assert value == pytest.approx(found.run.holdings[-1, at], abs=1e-9 * capital)


@given(st.randoms(use_true_random=True), st.sampled_from(KINDS), st.booleans())
@settings(max_examples=80, deadline=None)
def test_the_ledger_finds_the_gains_of_each_year_and_the_shares_held(
    pick: Random, kind: str, harvest: bool
) -> None:
    gaps = kind not in ("none", "optimal") and pick.random() < 0.3
    prices = prices_of(pick, pick.randint(60, 600), pick.randint(2, 4), pick.random() < 0.3, gaps)
    policy = policy_of(pick, prices, kind)
    rules = rules_of(pick, harvest)
    if not harvest:
        # shares of a lot that bases choose are not those that go first when it is named
        rules = replace(rules, method=pick.choice([LotMethod.FIFO, LotMethod.LIFO]))

    found = after_tax(prices, policy, sane(pick, prices), rules)

    assert_ledger_agrees(found, ledger(History(found.transactions), tacking=rules.tacking))


@given(st.randoms(use_true_random=True), st.sampled_from(KINDS), st.sampled_from(LotMethod))
@settings(max_examples=60, deadline=None)
def test_the_ledger_chooses_the_same_lots_by_the_method_alone(
    pick: Random, kind: str, method: LotMethod
) -> None:
    if method is LotMethod.SPECIFIC:
        return
    prices = prices_of(pick, pick.randint(60, 400), pick.randint(2, 4))
    rules = replace(rules_of(pick, harvest=False), method=method, credits=False)
    made = conventions_of(pick, prices, plain=True)

    found = after_tax(prices, policy_of(pick, prices, kind), made, rules)

    history = History(without_names(found.transactions))
    assert_ledger_agrees(
        found, ledger(history, method=method, tacking=rules.tacking, rates=rules.rates)
    )


def without_names(rows: tuple[Transaction, ...]) -> tuple[Transaction, ...]:
    """Sales of a day as one; the names of lots that were bought stay."""
    kept = [row for row in rows if row.activity is Activity.BUY]
    sales: dict[tuple[date, str], list[Transaction]] = {}
    for row in rows:
        if row.activity is Activity.SELL:
            sales.setdefault((row.day, row.symbol), []).append(row)
    for parts in sales.values():
        quantity, amount = sum(p.quantity for p in parts), sum(p.amount or 0.0 for p in parts)
        kept.append(replace(parts[0], row=len(kept), quantity=quantity, amount=amount, lot_id=""))
    return tuple(kept)


@given(st.randoms(use_true_random=True))
@settings(max_examples=40, deadline=None)
def test_no_loss_is_disallowed_where_only_harvests_trade(pick: Random) -> None:
    prices = prices_of(pick, 500, 3, cash=True)
    rules = replace(rules_of(pick, harvest=True), credits=False, short=0.0, long=0.0)

    found = after_tax(prices, policy_of(pick, prices, "none"), Conventions(0.001), rules)

    said = ledger(History(found.transactions), tacking=rules.tacking)
    assert found.harvested > 0
    assert sum(sale.disallowed or 0.0 for sale in said.sales) == 0.0
    assert_ledger_agrees(found, said)


@given(st.randoms(use_true_random=True), st.sampled_from(KINDS))
@settings(max_examples=40, deadline=None)
def test_a_loss_is_washed_only_where_neither_twin_could_be_bought_or_no_other_lot_be_sold(
    pick: Random, kind: str
) -> None:
    prices, rules = prices_of(pick, 500, 3), rules_of(pick, harvest=True)

    found = after_tax(prices, policy_of(pick, prices, kind), sane(pick, prices), rules)

    rows = {row.row: row for row in found.transactions}
    harvests = {(each.day, each.sold) for each in found.harvests}
    said = ledger(History(found.transactions), tacking=rules.tacking)
    lost = [(sale.day, sale.symbol) for sale in said.sales if sale.proceeds < (sale.basis or 0.0)]
    for match in said.matches:
        sale, bought = rows[match.sale], rows[match.replacement]
        if bought.day <= sale.day and (sale.day, sale.symbol) not in harvests:
            continue  # the policy or a tax had to sell, soon after a purchase
        twin = sale.symbol.removesuffix(TWIN) if sale.symbol.endswith(TWIN) else sale.symbol + TWIN
        since = bought.day - timedelta(days=30)
        assert any(symbol == twin and since <= day <= bought.day for day, symbol in lost)
