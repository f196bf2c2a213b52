"""What is likely is what a rebalance trades, where only costs and whole shares lie between them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.engine.taxes.households import drawn
from xl_rebal.engine.likely import likely_changes
from xl_rebal.engine.rebalance import rebalance
from xl_rebal.engine.taxes.by_account import each_alone
from xl_rebal.errors import InfeasibleError
from xl_rebal.model.plan import Costs, Method, Plan, TargetLine, Targets
from xl_rebal.model.portfolio import CASH, Account, Household, Position
from xl_rebal.model.securities import Securities, Security
from xl_rebal.model.trades import Action


def compared(whole: bool) -> Iterator[tuple[Household, dict[str, float], dict[str, float]]]:
    """Accounts of random households, what is likely in each, and what is traded, signed shares by symbol."""
    for seed in range(100):
        book = drawn(seed).book
        plan = replace(book.plan, costs=Costs(0.0, 0.0), whole_shares=whole)
        accounts = tuple(replace(each, whole_shares=None) for each in book.household.accounts)
        home = replace(book.household, accounts=accounts)
        for own in each_alone(home, {account.name for account in accounts}):
            try:
                found = rebalance(own, book.securities, plan, book.quotes)
            except InfeasibleError:
                continue
            yield own, likely_changes(own, book.securities, plan, book.quotes), {
                trade.symbol: trade.quantity if trade.action is Action.BUY else -trade.quantity
                for trade in found.trades
            }  # fmt: skip


def farthest(one: dict[str, float], other: dict[str, float]) -> float:
    return max((abs(one.get(s, 0.0) - other.get(s, 0.0)) for s in one | other), default=0.0)


def test_without_costs_fractions_are_traded_as_is_likely() -> None:
    """But for the last decimals of a quantity, which purchases are rounded down to."""
    apart = [farthest(likely, traded) for _, likely, traded in compared(whole=False)]
    assert len(apart) > 150
    assert max(apart) < 0.002


def test_whole_shares_are_a_few_from_what_is_likely() -> None:
    apart = []
    for own, likely, traded in compared(whole=True):
        apart.append(farthest(likely, traded))
        held = {position.symbol: position.quantity for position in own.positions}
        for symbol, change in likely.items():
            left = held.get(symbol, 0.0) + change
            assert left >= own.locked(own.accounts[0].name).get(symbol, 0.0) - 1e-9
            assert change == int(change) or left == pytest.approx(0.0, abs=1e-9)
    assert sum(each <= 1.0 for each in apart) > 0.9 * len(apart)
    assert max(apart) <= 3.0


def test_no_more_is_likely_to_be_sold_than_may_be() -> None:
    """160 shares in lots of 100, of which 155 are too many: one lot of 100 may be sold, not two."""
    own = Household((Account("one"),), (Position("one", "AAA", 160.0, 10.0),))
    master = Securities((Security("AAA", round_lot=100.0),))
    plan = Plan(
        (Targets((TargetLine("AAA", 5 / 160), TargetLine(CASH, 155 / 160))),),
        method=Method.CALENDAR,
    )
    assert likely_changes(own, master, plan, {"AAA": 10.0}) == {"AAA": -100.0}


def test_nothing_is_likely_where_nothing_is_known_so_soon() -> None:
    account = Account("one")
    own = Household((account,), (Position("one", "AAA", 10.0, 10.0),))
    plan = Plan((Targets((TargetLine("BBB", 1.0),)),), method=Method.CALENDAR)

    def likely(own: Household = own, plan: Plan = plan) -> dict[str, float]:
        return likely_changes(own, Securities(), plan, {"AAA": 10.0, "BBB": 5.0})

    assert likely() == {"AAA": -10.0, "BBB": 20.0}
    assert likely(plan=replace(plan, method=Method.OPTIMAL)) == {}
    assert likely(replace(own, accounts=(replace(account, may_trade=False),))) == {}
    assert likely(replace(own, accounts=(replace(account, new_cash=-100.0),))) == {}
    assert likely_changes(own, Securities(), plan, {"AAA": 10.0}) == {}  # BBB has no price
