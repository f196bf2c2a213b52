"""No plan of ours washes its own loss: the ledger, which knows no plans, is asked."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from tests.engine.taxes.households import AS_OF, drawn
from xl_rebal.engine.rebalance import rebalance
from xl_rebal.engine.taxes.by_account import ByAccount
from xl_rebal.engine.taxes.guard import Guarded, guarded
from xl_rebal.engine.taxes.harvest import harvest
from xl_rebal.engine.taxes.harvest_book import HarvestBook
from xl_rebal.engine.taxes.question import TaxQuestion
from xl_rebal.errors import InfeasibleError
from xl_rebal.model.plan import Method, Plan, TargetLine, Targets
from xl_rebal.model.portfolio import CASH, Account, Household, Lot, Position
from xl_rebal.model.prices import Prices
from xl_rebal.model.securities import Securities, Security
from xl_rebal.model.trades import Action, Trade
from xl_rebal.model.transactions import Activity, History, Transaction
from xl_rebal.tax.disposal import Disposal
from xl_rebal.tax.ledger import ledger
from xl_rebal.tax.netting import YearRates
from xl_rebal.tax.replacing import key_of
from xl_rebal.tax.results import Sale
from xl_rebal.tax.year import YearSoFar

PLENTY = YearSoFar.with_gains_to_offset(YearRates())
COUNT = 1_000 if os.environ.get("XL_REBAL_HARVEST") == "full" else 150


def recorded(
    book: HarvestBook, trades: tuple[Trade, ...], disposals: dict[tuple[str, str], Disposal]
) -> tuple[Sale, ...]:
    """The plan as transactions of the day, after the lots as purchases of theirs; what the ledger makes of it.

    A lot that has replaced others already is taken as a purchase of long ago: it replaces no more.
    """
    rows: list[Transaction] = []

    def add(account: str, day: object, activity: Activity, symbol: str, quantity: float,
            amount: float | None, lot: str = "") -> None:  # fmt: skip
        rows.append(
            Transaction(len(rows), account, day, activity, symbol, quantity, amount, lot)  # type: ignore[arg-type]
        )

    for lot in book.household.lots:
        is_used = lot.wash_adjustment or lot.added_days
        day = AS_OF.replace(year=2000) if is_used else lot.acquired
        add(lot.account, day, Activity.OPENING, lot.symbol, lot.quantity, lot.basis, lot.lot_id)
    for disposal in disposals.values():
        for each in disposal.sold:
            add(each.lot.account, AS_OF, Activity.SELL, each.lot.symbol, each.quantity,
                each.proceeds, each.lot.lot_id)  # fmt: skip
    for trade in trades:
        if trade.action is Action.BUY:
            add(trade.account, AS_OF, Activity.BUY, trade.symbol, trade.quantity,
                trade.amount + trade.cost, "of the plan")  # fmt: skip
    scheduled = [each for each in book.question.history.transactions if each.day > AS_OF]
    for row in scheduled:
        add(row.account, row.day, row.activity, row.symbol, row.quantity, row.amount)
    known = book.question.history
    found = ledger(
        History(tuple(rows), known.accounts, known.groups), None,
        scope=book.question.settings.scope,
    )  # fmt: skip
    return found.sales


def test_no_harvest_plan_washes_a_loss() -> None:
    harvested = 0
    for seed in range(COUNT):
        book = drawn(seed).book
        try:
            found = harvest(book, PLENTY)
        except InfeasibleError:  # a withdrawal that nothing could raise
            with pytest.raises(InfeasibleError):
                rebalance(book.household, book.securities, book.plan, book.quotes)
            continue
        sales = recorded(book, found.plan.traded.trades, dict(found.plan.disposals))
        washed = [sale for sale in sales if sale.disallowed]
        allowed = {each.sold.lot.account for each in found.plan.washed}
        assert {sale.account for sale in washed} <= allowed, seed
        if not any(account.new_cash < 0 for account in book.household.accounts):
            assert not washed, seed
        harvested += len(found.taken)
    assert harvested > COUNT / 3  # else nothing was tried


@pytest.mark.parametrize("seed", range(40))
def test_a_plan_balances_cash_and_trades_nothing_both_ways(seed: int) -> None:
    book = drawn(seed).book
    found = harvest(book, PLENTY).plan.traded
    places = [(trade.account, trade.symbol) for trade in found.trades]
    assert len(places) == len(set(places))
    for outcome in found.accounts:
        own = [t for t in found.trades if t.account == outcome.account]
        flow = sum(t.amount * (1 if t.action is Action.SELL else -1) - t.cost for t in own)
        assert outcome.cash_after == pytest.approx(
            outcome.cash_before + outcome.new_cash + flow, abs=1e-6
        )
        assert outcome.cash_after >= -1e-9
        assert outcome.cash_before == book.household.cash(outcome.account)


def asked(seed: int) -> tuple[HarvestBook, Guarded]:
    """A rebalance alone, as the command makes it."""
    book = drawn(seed).book
    household = book.question.without_barred(book.household, book.securities)
    accounts = ByAccount(household, book.securities, book.plan, book.quotes)
    return book, guarded(household, accounts, book.question)


def test_no_rebalance_washes_a_loss() -> None:
    kept = 0
    for seed in range(COUNT):
        try:
            book, found = asked(seed)
        except InfeasibleError:
            continue
        sales = recorded(book, found.traded.trades, dict(found.disposals))
        allowed = {each.sold.lot.account for each in found.washed}
        assert {sale.account for sale in sales if sale.disallowed} <= allowed, seed
        if not any(account.new_cash < 0 for account in book.household.accounts):
            assert not found.washed, seed
        kept += len(found.kept)
    assert kept > COUNT / 10


@pytest.mark.parametrize("seed", range(30))
def test_the_order_of_rows_changes_nothing(seed: int) -> None:
    book = drawn(seed).book
    home = book.household
    turned = replace(
        home, positions=home.positions[::-1], lots=home.lots[::-1], accounts=home.accounts[::-1]
    )
    try:
        one = harvest(book, PLENTY)
    except InfeasibleError:
        return
    two = harvest(replace(book, household=turned), PLENTY)
    assert {row_of(trade) for trade in one.plan.traded.trades} == {
        row_of(trade) for trade in two.plan.traded.trades
    }
    assert {key_of(each.loss.lot) for each in one.taken} == {
        key_of(each.loss.lot) for each in two.taken
    }


def row_of(trade: Trade) -> tuple[str, str, str, float]:
    return trade.account, trade.action, trade.symbol, trade.quantity


def test_a_loss_is_left_where_it_would_close_another_line() -> None:
    """IVV has no target; VOO, which tracks the same index, could not be bought for 30 days."""
    account, quotes = Account("Joint"), {"IVV": 90.0, "VOO": 90.0}
    home = Household(
        (account,),
        (Position("Joint", "IVV", 10, 90.0), Position("Joint", CASH, 100.0, 1.0)),
        (Lot("Joint", "IVV", "1", 10, AS_OF - timedelta(days=500), 120.0),),
    )
    same = tuple(Security(symbol, identity_group="S&P 500") for symbol in quotes)
    master = Securities(same)
    question = TaxQuestion(AS_OF, history=History((), groups=master.groups))
    plan = Plan((Targets((TargetLine("VOO", 1.0),)),), method=Method.CALENDAR)
    prices = Prices((AS_OF,), ("VOO",), np.array([[90.0]]))
    found = harvest(HarvestBook(home, master, plan, quotes, prices, question), PLENTY)
    (candidate,) = found.candidates
    assert candidate.why_not == "VOO could not be bought for 30 days"
    # The sale alone would be washed by the purchase, so the lot is kept.
    assert [trade.symbol for trade in found.plan.traded.trades] == ["VOO"]
    assert len(found.plan.kept) == 1
