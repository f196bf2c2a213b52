"""What an account holds after its swaps."""

from __future__ import annotations

from datetime import date

from xl_rebal.engine.likely import likely_changes
from xl_rebal.engine.rebalance import rebalance
from xl_rebal.engine.taxes.swap import Swap, Trading, swapped
from xl_rebal.model.plan import Method, Plan, TargetLine, Targets
from xl_rebal.model.portfolio import CASH, Account, Household, Lot, Position
from xl_rebal.model.securities import Securities

DAY = date(2026, 3, 16)


def own(*positions: Position, lots: tuple[Lot, ...] = ()) -> Household:
    return Household((Account("one"),), (*positions, Position("one", CASH, 0.0, 1.0)), lots)


def lot(symbol: str, quantity: float, **more: bool) -> Lot:
    return Lot("one", symbol, f"{quantity}", quantity, date(2024, 1, 2), 20.0, **more)


def test_shares_are_added_up_as_they_are_typed() -> None:
    """12.37 less 5 is 7.37, of 5 and 20.37 are 25.37, and 0.1 and 0.2 are 0.3."""
    plan = Plan((Targets((TargetLine("AAA", 1.0),)),), whole_shares=False)
    held = own(
        Position("one", "AAA", 12.37, 10.0),
        Position("one", "BBB", 20.37, 10.0),
        Position("one", "CCC", 0.3, 20.0),
    )
    swaps = [
        Swap("one", "AAA", (lot("AAA", 5.0),), "BBB"),
        Swap("one", "CCC", (lot("CCC", 0.1),), "DDD"),
        Swap("one", "CCC", (lot("CCC", 0.2),), "DDD"),
    ]
    trading = Trading(plan, Securities(), {"AAA": 10.0, "BBB": 10.0, "CCC": 20.0, "DDD": 20.0})
    done = swapped(held, swaps, trading)
    assert dict(done.changes) == {"AAA": -5.0, "BBB": 5.0, "CCC": -0.3, "DDD": 0.3}
    assert {p.symbol: p.quantity for p in done.positions} == {
        "AAA": 7.37, "BBB": 25.37, "CCC": 0.0, "DDD": 0.3, CASH: 0.0,
    }  # fmt: skip


def test_all_whole_shares_that_are_not_locked_can_be_sold_after_a_swap() -> None:
    """5 of 12.37 shares are harvested, and 0.37 are locked: seven are sold, and as many are likely."""
    locked = lot("AAA", 0.37, do_not_sell=True)
    held = own(
        Position("one", "AAA", 12.37, 10.0),
        lots=(lot("AAA", 5.0), lot("AAA", 7.0), locked),
    )
    plan = Plan((Targets((TargetLine("BBB", 1.0),)),), method=Method.CALENDAR)
    prices = {"AAA": 10.0, "BBB": 10.0}
    swap = Swap("one", "AAA", (held.lots[0],), "BBB")
    after = swapped(held, [swap], Trading(plan, Securities(), prices)).household(held)
    trades = rebalance(after, Securities(), plan, prices).trades
    assert [(t.action, t.symbol, t.quantity) for t in trades] == [
        ("Sell", "AAA", 7.0),
        ("Buy", "BBB", 7.0),
    ]
    assert likely_changes(after, Securities(), plan, prices) == {"AAA": -7.0, "BBB": 7.0}
