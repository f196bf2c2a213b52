"""What is foreseen saves looks and changes no list for the worse."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta

import pytest

from tests.engine.taxes.households import drawn
from tests.engine.taxes.test_guard import Watched, faults, foresee_nothing
from xl_rebal.engine.rebalance import rebalance
from xl_rebal.engine.taxes.guard import Guarded, guarded
from xl_rebal.engine.taxes.harvested import Harvested, harvested
from xl_rebal.engine.taxes.question import TaxQuestion
from xl_rebal.engine.taxes.rows import with_lots
from xl_rebal.errors import InfeasibleError
from xl_rebal.model.plan import Costs, Method, Plan, TargetLine, Targets
from xl_rebal.model.portfolio import CASH, Account, Household, Lot, Position
from xl_rebal.model.securities import Securities
from xl_rebal.tax.netting import YearRates
from xl_rebal.tax.year import YearSoFar

DAY = date(2026, 3, 16)
YEARS_AGO = DAY - timedelta(days=900)
MODELS = (
    Targets((TargetLine(CASH, 1.0),), "cash"),
    Targets((TargetLine("XYZ", 1.0),), "stock"),
    Targets((TargetLine(CASH, 0.3), TargetLine("XYZ", 0.7)), "some"),
)
PLAN = Plan(MODELS, method=Method.CALENDAR)
BUYER = Account("two", model="stock")


def home(*accounts: Account, lots: tuple[Lot, ...] = (), bought: float = 0.0) -> Household:
    """Account one holds 100 XYZ of 10 each in its lots, two has 500 in cash and what it ``bought``; others have
    nothing."""
    positions = {
        "one": [Position("one", CASH, 0.0, 1.0), Position("one", "XYZ", 100.0, 10.0)],
        "two": [Position("two", CASH, 500.0, 1.0), Position("two", "XYZ", bought, 10.0)],
    }
    held = [each for account in accounts for each in positions.get(account.name, [])]
    return Household(accounts, tuple(held), lots or (loss(100.0),))


def loss(quantity: float) -> Lot:
    return Lot("one", "XYZ", "loss", quantity, YEARS_AGO, 20.0)


def looked(household: Household, plan: Plan = PLAN) -> tuple[Guarded, list[set[str]]]:
    """The list, and the accounts of each look."""
    watched = Watched(household, Securities(), plan, {"XYZ": 10.0})
    return guarded(household, watched, TaxQuestion(DAY)), watched.looks


@contextmanager
def nothing_foreseen(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as patch:
        foresee_nothing(patch)
        yield


def traded(found: Harvested) -> list[tuple[str, str, str, float]]:
    return [(t.account, t.action, t.symbol, t.quantity) for t in found.traded.trades]


def names(plan: Guarded) -> list[str]:
    return [each.sold.lot.lot_id for each in plan.kept]


def test_what_another_account_will_buy_is_kept_in_the_first_look(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    household = home(Account("one", model="cash"), BUYER)
    found, looks = looked(household)
    with nothing_foreseen(monkeypatch):
        without, more_looks = looked(household)
    assert [(t.account, t.symbol, t.quantity) for t in found.traded.trades] == [("two", "XYZ", 50)]
    assert names(found) == ["loss"]
    assert [(b.account, b.quantity) for b in found.kept[0].by] == [("two", 50.0)]
    assert found == without
    assert looks == [{"one", "two"}]
    assert more_looks == [{"one", "two"}, {"one"}]


def test_trades_stay_as_they_are_where_other_lots_suffice() -> None:
    """30 of 100 shares are sold, and 40 are in a lot at a gain."""
    lots = loss(60.0), Lot("one", "XYZ", "gain", 40.0, YEARS_AGO + timedelta(days=1), 5.0)
    household = home(Account("one", model="some"), BUYER, lots=lots)
    found, looks = looked(household)
    assert looks == [{"one", "two"}]
    assert names(found) == ["loss"]
    assert [x.lot.lot_id for x in found.disposals["one", "XYZ"].sold] == ["gain"]
    assert found.traded == rebalance(household, Securities(), PLAN, {"XYZ": 10.0})


def test_what_was_bought_last_week_is_foreseen_too() -> None:
    recent = Lot("two", "XYZ", "new", 7.0, DAY - timedelta(days=7), 10.0)
    household = home(
        Account("one", model="cash"), replace(BUYER, may_trade=False),
        lots=(loss(100.0), recent), bought=7.0,
    )  # fmt: skip
    found, looks = looked(household)
    assert not found.traded.trades
    assert [b.lot_id for each in found.kept for b in each.by] == ["new"]
    assert looks == [{"one", "two"}]


def test_a_lot_is_sold_where_the_likely_purchase_is_not_worth_its_ticket() -> None:
    """Two would buy for 500, which a ticket of 600 forbids; a sale of 1,000 is worth it."""
    plan = replace(PLAN, costs=Costs(ticket_fee=600.0))
    found, looks = looked(home(Account("one", model="cash"), BUYER, bought=4_950.0), plan)
    assert [(t.account, t.symbol, t.quantity) for t in found.traded.trades] == [("one", "XYZ", 100)]
    assert not found.kept
    assert not found.washed
    assert looks == [{"one", "two"}, {"one"}]


def test_what_is_below_the_minimum_trade_is_not_foreseen() -> None:
    """Two would buy for 500, where no trade is below 800."""
    found, looks = looked(
        home(Account("one", model="cash"), BUYER), replace(PLAN, minimum_trade=800.0)
    )
    assert [(t.account, t.quantity) for t in found.traded.trades] == [("one", 100)]
    assert not found.kept
    assert looks == [{"one", "two"}]


def test_a_note_says_what_is_lost_on_all_of_the_lots_that_are_kept() -> None:
    """30 of 100 shares would be sold, of two lots of 50 that cost 20 and 16 a share; their price is 10."""
    lots = (
        Lot("one", "XYZ", "a", 50.0, YEARS_AGO, 20.0),
        Lot("one", "XYZ", "b", 50.0, YEARS_AGO + timedelta(days=1), 16.0),
    )
    household = home(Account("one", model="some"), BUYER, lots=lots)
    found, _ = looked(household)
    assert sorted(names(found)) == ["a", "b"]
    note = with_lots(found, TaxQuestion(DAY)).accounts[0].note
    assert note.endswith(
        "2 lots of XYZ kept: a loss of 800.00 on them might be washed, "
        "50 XYZ bought in this list on 2026-03-16 in two"
    )


def test_a_lot_that_loses_by_its_ticket_is_said_to_lose_it() -> None:
    """100 shares that cost 9.50 and are worth 10 lose 10 by a ticket of 60, and not -50."""
    lot = Lot("one", "XYZ", "a", 100.0, YEARS_AGO, 9.5)
    plan = replace(PLAN, costs=Costs(ticket_fee=60.0))
    found, _ = looked(home(Account("one", model="cash"), BUYER, lots=(lot,)), plan)
    note = with_lots(found, TaxQuestion(DAY)).accounts[0].note
    assert "1 lot of XYZ kept: a loss of 10.00 on it might be washed" in note


def test_what_another_account_is_paid_out_of_washes_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Two holds what it bought last week, and sells all of it for a withdrawal."""
    recent = Lot("two", "XYZ", "new", 50.0, DAY - timedelta(days=7), 20.0)
    household = home(
        Account("one", model="cash"), replace(BUYER, new_cash=-1_000.0),
        lots=(loss(100.0), recent), bought=50.0,
    )  # fmt: skip
    found, looks = looked(household)
    with nothing_foreseen(monkeypatch):
        without, _ = looked(household)
    assert [(t.account, t.quantity) for t in found.traded.trades] == [("one", 100.0), ("two", 50.0)]
    assert found == without
    assert not found.kept
    assert not found.washed
    assert looks == [{"one", "two"}, {"one"}]


def test_what_must_be_paid_out_is_raised_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    household = home(Account("one", model="cash", new_cash=-400.0), BUYER)
    found, _ = looked(household)
    with nothing_foreseen(monkeypatch):
        without, _ = looked(household)
    assert found == without
    assert [each.sold.lot.lot_id for each in found.washed] == ["loss"]
    assert not found.kept


def test_all_accounts_that_fail_are_said_together() -> None:
    """One fails whatever it keeps, three keeps nothing; two is well."""
    household = home(
        Account("one", model="cash", new_cash=-4_000.0),
        BUYER,
        Account("three", model="cash", new_cash=-1.0),
    )
    with pytest.raises(InfeasibleError) as plain:
        rebalance(household, Securities(), PLAN, {"XYZ": 10.0})
    with pytest.raises(InfeasibleError) as found:
        looked(household)
    assert found.value.problems == plain.value.problems
    assert len(found.value.problems) == 2


def test_lists_wash_no_more_and_end_no_farther_from_their_targets(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of random households, all together: of one by itself the luck of whole shares decides."""
    year = YearSoFar.with_gains_to_offset(YearRates())
    sums = [[0.0, 0.0], [0.0, 0.0]]
    changed = 0
    for seed in range(120):
        try:
            found = harvested(drawn(seed).book, year)
        except InfeasibleError:
            continue
        with nothing_foreseen(monkeypatch):
            without = harvested(drawn(seed).book, year)
        changed += traded(found) != traded(without)
        for total, each in zip(sums, (found, without), strict=True):
            washed, away = faults(each.found.plan)
            total[0] += washed
            total[1] += away
    assert changed < 6
    assert sums[0][0] <= sums[1][0] + 1e-9
    assert sums[0][1] <= sums[1][1] * (1 + 1e-4)
