"""Accounts are looked at again by themselves: their lots follow the trades that they end with."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cached_property

import pytest

from tests.engine.taxes.households import drawn
from xl_rebal.engine.rebalance import rebalance
from xl_rebal.engine.taxes import foresight, guard
from xl_rebal.engine.taxes.by_account import ByAccount
from xl_rebal.engine.taxes.guard import Guarded, guarded
from xl_rebal.engine.taxes.harvested import harvested
from xl_rebal.engine.taxes.question import TaxQuestion
from xl_rebal.engine.taxes.sales import disposals
from xl_rebal.engine.taxes.with_lots import rebalance_with_lots
from xl_rebal.model.plan import Method, Plan, TargetLine, Targets
from xl_rebal.model.portfolio import CASH, Account, Household, Lot, Position
from xl_rebal.model.securities import Securities
from xl_rebal.model.transactions import Activity, History, TaxAccount, Transaction
from xl_rebal.tax.methods import LotMethod
from xl_rebal.tax.netting import YearRates
from xl_rebal.tax.settings import TaxSettings
from xl_rebal.tax.year import YearSoFar

DAY = date(2026, 3, 16)
YEARS_AGO = DAY - timedelta(days=900)


class Watched(ByAccount):
    """Whose accounts were looked at."""

    @cached_property
    def looks(self) -> list[set[str]]:
        """The accounts of each look."""
        return []

    def look(self, household: Household, names: set[str], keeping: set[str]) -> set[str]:
        self.looks.append(set(names))
        return super().look(household, names, keeping)


def test_the_lots_of_an_account_follow_its_new_trades_when_another_cannot_keep_its_own() -> None:
    """Both accounts would sell a loss that a purchase of last week washes. One must, for a withdrawal; the
    other keeps its own, and no sale of the list before is left."""
    accounts = (Account("must", new_cash=-900.0), Account("need not"))
    positions = (
        Position("must", CASH, 0.0, 1.0), Position("must", "OLD", 100.0, 10.0),
        Position("need not", CASH, 0.0, 1.0), Position("need not", "OLD", 100.0, 10.0),
        Position("need not", "NEW", 100.0, 10.0),
    )  # fmt: skip
    lots = (
        Lot("must", "OLD", "a", 100.0, YEARS_AGO, 20.0),
        Lot("need not", "OLD", "b", 50.0, YEARS_AGO, 20.0),
        Lot("need not", "OLD", "c", 50.0, DAY - timedelta(days=7), 5.0, do_not_sell=True),
        Lot("need not", "NEW", "d", 100.0, YEARS_AGO, 5.0),
    )
    household = Household(accounts, positions, lots)
    plan = Plan(
        (Targets((TargetLine("XYZ", 0.5), TargetLine("NEW", 0.5))),), method=Method.CALENDAR
    )
    found = guarded(
        household, ByAccount(household, Securities(), plan, {"XYZ": 10.0}), TaxQuestion(DAY)
    )
    assert [each.sold.lot.lot_id for each in found.washed] == ["a"]
    assert [each.sold.lot.lot_id for each in found.kept] == ["b"]
    assert found.disposals == disposals(found.traded.trades, found.household, TaxQuestion(DAY))
    sold = {(t.account, t.symbol): t.quantity for t in found.traded.trades if t.action == "Sell"}
    assert {
        place: sum(x.quantity for x in each.sold) for place, each in found.disposals.items()
    } == sold


def test_lots_that_are_kept_count_in_the_average() -> None:
    """100 shares cost 1,000 and 100 cost 3,000, of which the first are locked: a share costs 20, not 30."""
    accounts = (Account("one"),)
    positions = (Position("one", CASH, 0.0, 1.0), Position("one", "OLD", 200.0, 25.0))
    lots = (
        Lot("one", "OLD", "a", 100.0, YEARS_AGO, 10.0, do_not_sell=True),
        Lot("one", "OLD", "b", 100.0, YEARS_AGO, 30.0),
    )
    household = Household(accounts, positions, lots)
    plan = Plan((Targets((TargetLine("XYZ", 1.0),)),), method=Method.CALENDAR)
    question = TaxQuestion(DAY, TaxSettings(method=LotMethod.AVERAGE))
    found = guarded(household, ByAccount(household, Securities(), plan, {"XYZ": 10.0}), question)
    assert found.disposals["one", "OLD"].gain(long=True) == pytest.approx(100 * (25 - 20))


def test_shares_that_are_locked_add_up_as_they_are_typed() -> None:
    """0.1, 0.2 and 0.3 shares are 0.6, and not a few bits more or less, in any order."""
    lots = [Lot("one", "OLD", str(n), n / 10, YEARS_AGO, do_not_sell=True) for n in (1, 2, 3)]
    for ordered in (lots, lots[::-1]):
        household = Household((Account("one"),), (), tuple(ordered))
        assert household.locked("one") == {"OLD": 0.6}


def foresee_nothing(patch: pytest.MonkeyPatch) -> None:
    """Lots are kept after the first look alone."""
    patch.setattr(foresight, "_foreseen", lambda *_: {})


@pytest.fixture
def nothing_foreseen(monkeypatch: pytest.MonkeyPatch) -> None:
    foresee_nothing(monkeypatch)


@pytest.mark.usefixtures("nothing_foreseen")
@pytest.mark.parametrize(("target", "sold"), [(0.7, 30.0), (0.5, 40.0)])
def test_trades_stay_as_they_are_where_other_lots_suffice(target: float, sold: float) -> None:
    """Of 100 shares 40 may be sold once the loss is kept that a purchase of last week washes."""
    accounts = (Account("one"), Account("two"))
    positions = (
        Position("one", CASH, 0.0, 1.0), Position("one", "OLD", 100.0, 10.0),
        Position("two", CASH, 0.0, 1.0), Position("two", "OLD", 7.0, 10.0),
        Position("two", "XYZ", 3.0, 10.0),
    )  # fmt: skip
    lots = (
        Lot("one", "OLD", "loss", 60.0, YEARS_AGO, 20.0),
        Lot("one", "OLD", "gain", 40.0, YEARS_AGO + timedelta(days=1), 5.0),
        Lot("two", "OLD", "new", 7.0, DAY - timedelta(days=7), 10.0, do_not_sell=True),
        Lot("two", "XYZ", "xyz", 3.0, YEARS_AGO, 10.0),
    )
    household = Household(accounts, positions, lots)
    plan = Plan(
        (Targets((TargetLine("OLD", target), TargetLine("XYZ", 1 - target))),),
        method=Method.CALENDAR,
    )
    watched = Watched(household, Securities(), plan, {"XYZ": 10.0})
    found = guarded(household, watched, TaxQuestion(DAY))
    assert [each.sold.lot.lot_id for each in found.kept] == ["loss"]
    assert [(x.lot.lot_id, x.quantity) for x in found.disposals["one", "OLD"].sold] == [
        ("gain", sold)
    ]
    assert watched.looks == [{"one", "two"}] + ([{"one"}] if sold == 40.0 else [])
    if sold == 30.0:
        assert found.traded == rebalance(household, Securities(), plan, {"XYZ": 10.0})


@pytest.mark.usefixtures("nothing_foreseen")
@pytest.mark.parametrize("whole", [True, False])
def test_a_lot_is_let_go_where_the_purchase_that_would_wash_it_is_made_no_longer(
    whole: bool,
) -> None:
    """One sells XYZ at a loss. Two would buy it with OLD, whose loss a purchase of last week washes: it keeps
    OLD and buys nothing, so that nothing washes the loss of one."""
    accounts = (
        Account("one", model="cash"),
        Account("two", model="stock"),
        Account("three", model="cash", may_trade=False),
    )
    positions = (
        Position("one", CASH, 0.0, 1.0), Position("one", "XYZ", 50.0, 10.0),
        Position("two", CASH, 0.0, 1.0), Position("two", "OLD", 100.0, 10.0),
        Position("three", CASH, 0.0, 1.0), Position("three", "OLD", 7.0, 10.0),
    )  # fmt: skip
    lots = (
        Lot("one", "XYZ", "x", 50.0, YEARS_AGO, 20.0),
        Lot("two", "OLD", "o", 100.0, YEARS_AGO, 20.0),
        Lot("three", "OLD", "new", 7.0, DAY - timedelta(days=7), 10.0),
    )
    household = Household(accounts, positions, lots)
    models = (
        Targets((TargetLine(CASH, 1.0),), "cash"),
        Targets((TargetLine("XYZ", 1.0),), "stock"),
    )
    plan = Plan(models, method=Method.CALENDAR, whole_shares=whole)
    watched = Watched(household, Securities(), plan, {"XYZ": 10.0})
    found = guarded(household, watched, TaxQuestion(DAY))

    trades = [(t.account, t.action, t.symbol, t.quantity) for t in found.traded.trades]
    assert trades == [("one", "Sell", "XYZ", 50.0)]
    assert [each.sold.lot.lot_id for each in found.kept] == ["o"]
    assert not found.washed
    assert watched.looks == [{"one", "two", "three"}, {"one", "two"}, {"one"}]


def faults(plan: Guarded) -> tuple[float, float]:
    """The losses that are washed, and what the accounts miss their targets by; currency."""
    washed = sum(each.sold.gain or 0.0 for each in plan.washed)
    return -washed, sum(each.residual_drift * each.value for each in plan.traded.accounts)


@pytest.mark.parametrize(
    ("seed", "is_nearer"), [(31, False), (344, False), (78, True), (242, True), (235, True)]
)
def test_what_is_let_go_never_leaves_a_list_worse(
    monkeypatch: pytest.MonkeyPatch, seed: int, is_nearer: bool
) -> None:
    """Of these households two would end farther from their targets, so that they keep what they kept."""
    year = YearSoFar.with_gains_to_offset(YearRates())
    found = harvested(drawn(seed).book, year).found.plan
    monkeypatch.setattr(guard, "_needless", lambda *_: set())
    without = harvested(drawn(seed).book, year).found.plan

    (washed, away), (washed_without, away_without) = faults(found), faults(without)
    assert washed <= washed_without
    assert away < 0.99 * away_without if is_nearer else away == away_without
    if is_nearer:
        assert len(found.kept) < len(without.kept)
    else:
        assert found.traded.trades == without.traded.trades


def test_a_purchase_says_that_a_sale_of_unknown_cost_may_have_been_a_loss() -> None:
    rows = (
        Transaction(0, "one", YEARS_AGO, Activity.OPENING, "XYZ", 10.0),
        Transaction(1, "one", DAY - timedelta(days=20), Activity.SELL, "XYZ", 10.0, 90.0),
    )
    accounts = (Account("one"),)
    household = Household(accounts, (Position("one", CASH, 1_000.0, 1.0),))
    plan = Plan((Targets((TargetLine("XYZ", 1.0),)),), method=Method.CALENDAR)
    question = TaxQuestion(
        DAY, history=History(rows, {"one": TaxAccount("one", "Taxable", "one")}, {})
    )
    (trade,) = rebalance_with_lots(household, Securities(), plan, {"XYZ": 10.0}, question).trades
    assert trade.warning == (
        "Sold at unknown cost in the last 30 days: if at a loss, not before 2026-03-27."
    )
