"""What would wash a loss, looked for before anything is sold."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from xl_rebal.model.portfolio import Lot
from xl_rebal.model.transactions import Activity, History, TaxAccount, Transaction
from xl_rebal.tax.ledger import ledger
from xl_rebal.tax.methods import WashScope
from xl_rebal.tax.replacing import (
    Bought,
    Origin,
    Purchases,
    held_purchases,
    not_to_be_bought,
    perhaps_not_to_be_bought,
    purchases_of_record,
    scheduled_purchases,
)

DAY = date(2026, 3, 16)
OLD = Lot("Ann", "VOO", "old", 10, date(2024, 1, 2), 100.0)
HOUSE = History(
    (),
    {
        "Ann": TaxAccount("Ann", "Taxable", "Ann"),
        "Trust": TaxAccount("Trust", "Trust", "Ann"),
        "Bob": TaxAccount("Bob", "Taxable", "Bob"),
        "IRA": TaxAccount("IRA", "Traditional", "Ann"),
    },
    {"VOO": "S&P 500", "IVV": "S&P 500"},
)


def bought(account: str, days: int, symbol: str = "VOO", lot_id: str = "x") -> Bought:
    return Bought(account, symbol, DAY + timedelta(days=days), 5, lot_id=lot_id)


@pytest.mark.parametrize(
    ("days", "washes"), [(-31, False), (-30, True), (0, True), (30, True), (31, False)]
)
def test_thirty_days_count_on_either_side_and_the_next_one_does_not(
    days: int, washes: bool
) -> None:
    assert bool(Purchases([bought("Ann", days)], HOUSE).replacing(OLD, DAY)) is washes


@pytest.mark.parametrize(
    ("scope", "accounts"),
    [
        (WashScope.ACCOUNT, {"Ann"}),
        (WashScope.TAXABLE, {"Ann", "Trust"}),
        (WashScope.HOUSEHOLD, {"Ann", "Trust", "Bob"}),
        (WashScope.HOUSEHOLD_IRA, {"Ann", "Trust", "Bob", "IRA"}),
    ],
)
def test_the_scope_says_whose_purchases_count(scope: WashScope, accounts: set[str]) -> None:
    known = Purchases([bought(name, -5) for name in HOUSE.accounts], HOUSE, scope)
    assert {each.account for each in known.replacing(OLD, DAY)} == accounts


def test_the_lot_itself_and_what_is_sold_with_it_replace_nothing() -> None:
    lots = [OLD, Lot("Ann", "VOO", "new", 10, DAY - timedelta(days=9), 100.0)]
    known = Purchases(held_purchases(lots), HOUSE)
    assert [each.lot_id for each in known.replacing(OLD, DAY)] == ["new"]
    assert not known.replacing(lots[1], DAY)
    assert not known.replacing(OLD, DAY, {("Ann", "VOO", "new")})


def test_another_fund_on_the_index_washes_and_another_index_does_not() -> None:
    known = Purchases([bought("Bob", 3, "IVV"), bought("Bob", 3, "VTI")], HOUSE)
    assert [each.symbol for each in known.replacing(OLD, DAY)] == ["IVV"]


def test_what_has_replaced_a_loss_replaces_no_other() -> None:
    used = Lot("Ann", "VOO", "used", 10, DAY - timedelta(days=9), 100.0, wash_adjustment=30.0)
    tacked = Lot("Ann", "VOO", "tacked", 10, DAY - timedelta(days=9), 100.0, added_days=3)
    assert not held_purchases([used, tacked])


def test_the_clear_day_is_after_all_that_is_known() -> None:
    known = Purchases([bought("Ann", -5), bought("Ann", 20), bought("Ann", 90)], HOUSE)
    assert known.clear_day(OLD, DAY) == DAY + timedelta(days=51)
    assert Purchases([bought("Ann", 31)], HOUSE).clear_day(OLD, DAY) == DAY
    # After the first is out of the way the second is too near, and after it the third.
    near = Purchases([bought("Ann", -1), bought("Ann", 60), bought("Ann", 91)], HOUSE)
    assert near.clear_day(OLD, DAY) == DAY + timedelta(days=122)


def rows(*lines: tuple[int, Activity, str, float, float]) -> History:
    found = tuple(
        Transaction(row, account, DAY + timedelta(days=days), activity, "VOO", quantity, amount)
        for row, (days, activity, account, quantity, amount) in enumerate(lines)
    )
    return History(found, HOUSE.accounts, HOUSE.groups)


def test_a_loss_of_the_record_bars_purchases_for_thirty_days() -> None:
    history = rows(
        (-400, Activity.BUY, "Ann", 10, 1000.0), (-20, Activity.SELL, "Ann", 10, 900.0)
    )  # fmt: skip
    sales = ledger(history, DAY).sales
    barred = not_to_be_bought(sales, history, DAY, WashScope.HOUSEHOLD)
    until = {"S&P 500": DAY + timedelta(days=11)}
    assert barred == {"Ann": until, "Trust": until, "Bob": until}
    later = DAY + timedelta(days=11)
    assert not not_to_be_bought(sales, history, later, WashScope.HOUSEHOLD)


def test_a_sale_of_unknown_cost_may_have_been_a_loss() -> None:
    account = HOUSE.accounts["Ann"].name
    lots = (
        Transaction(0, account, DAY - timedelta(days=400), Activity.OPENING, "VOO", 10.0),
        Transaction(1, account, DAY - timedelta(days=20), Activity.SELL, "VOO", 10.0, 900.0),
    )
    history = History(lots, HOUSE.accounts, HOUSE.groups)
    sales = ledger(history, DAY).sales
    assert not not_to_be_bought(sales, history, DAY, WashScope.ACCOUNT)
    perhaps = perhaps_not_to_be_bought(sales, history, DAY, WashScope.ACCOUNT)
    assert perhaps == {"Ann": {"S&P 500": DAY + timedelta(days=11)}}


def test_a_gain_and_a_loss_that_is_washed_already_bar_nothing() -> None:
    gain = rows((-400, Activity.BUY, "Ann", 10, 800.0), (-20, Activity.SELL, "Ann", 10, 900.0))
    washed = rows(
        (-400, Activity.BUY, "Ann", 10, 1000.0), (-20, Activity.SELL, "Ann", 10, 900.0),
        (-10, Activity.BUY, "Ann", 10, 900.0),
    )  # fmt: skip
    for history in (gain, washed):
        sales = ledger(history, DAY).sales
        assert not not_to_be_bought(sales, history, DAY, WashScope.HOUSEHOLD_IRA)


def test_reinvestments_to_come_and_purchases_that_no_lot_tells_count() -> None:
    history = rows(
        (-10, Activity.BUY, "IRA", 4, 400.0), (-9, Activity.BUY, "Ann", 3, 300.0),
        (12, Activity.REINVEST, "IRA", 0.1, 10.0), (13, Activity.BUY, "Ann", 1, 100.0),
    )  # fmt: skip
    told = [Lot("Ann", "VOO", "told", 3, DAY - timedelta(days=9), 100.0)]
    recorded = purchases_of_record(ledger(history, DAY).lots, told)
    assert [(each.account, each.quantity) for each in recorded] == [("IRA", 4)]
    coming = scheduled_purchases(history, DAY)
    assert [(each.account, each.quantity) for each in coming] == [("IRA", 0.1), ("Ann", 1)]
    assert coming[0].origin is Origin.SCHEDULED
