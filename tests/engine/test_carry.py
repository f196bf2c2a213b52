"""Trade lists that are worth their costs: what would be bought and sold for nothing is not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engine.accounts import ACCOUNT, after_trading, changes, household, plan
from xl_rebal.engine.rebalance import rebalance
from xl_rebal.errors import InfeasibleError, InputError
from xl_rebal.model.plan import (
    TO_EDGE,
    TO_HALF,
    TO_TARGET,
    BandRule,
    Costs,
    Destination,
    Method,
    Plan,
    TargetLine,
    Targets,
)
from xl_rebal.model.portfolio import Household, Lot
from xl_rebal.model.securities import Securities, Security
from xl_rebal.model.trades import TradeList

HALVES = {"A": 0.5, "B": 0.5}
TICKET = Costs(0.0, 5.0)


def outside(found: TradeList) -> float:
    """What ends outside the bands, all lines together, a weight."""
    return sum(
        max(0.0, (row.after or 0.0) - row.target - row.upper)
        + max(0.0, row.target - row.lower - (row.after or 0.0))
        for row in found.accounts[0].lines
    )


# ---- idle cash is not spent on fees ----------------------------------------------------------------


def test_whole_shares_are_not_swapped_to_burn_idle_cash_on_tickets() -> None:
    # 5 and 4 shares, or 4 and 5, are equally near; the swap costs 10 of the 200 that are idle, which
    # makes the weights of what is left nearer to their targets and nobody richer.
    narrow = plan(HALVES, bands=BandRule(width=0.02), costs=TICKET)
    held = household({"A": (5.0, 400.0), "B": (4.0, 400.0)}, cash=200.0)
    assert changes(rebalance(held, Securities(), narrow)) == {}

    calendar = replace(narrow, method=Method.CALENDAR)
    assert changes(rebalance(held, Securities(), calendar)) == {}
    apart = household({"A": (9.0, 400.0), "B": (0.0, 400.0)}, cash=200.0)
    assert changes(rebalance(apart, Securities(), narrow)) == {"A": -4, "B": 4}


def test_a_calendar_date_sells_nothing_that_only_pays_for_its_own_ticket() -> None:
    book = household({"A": (60.0001, 100.0), "B": (40.0, 100.0)})
    made = plan({"A": 0.6, "B": 0.4}, method=Method.CALENDAR, costs=TICKET, whole_shares=False)
    assert rebalance(book, Securities(), made).trades == ()


@pytest.mark.parametrize("to", [TO_TARGET, TO_EDGE])
@pytest.mark.parametrize("whole", [True, False])
def test_a_fee_above_the_whole_account_prevents_trades_and_refuses_nothing(
    whole: bool, to: Destination
) -> None:
    book = household({"A": (1.0, 3.0), "B": (0.0, 3.0)})
    found = rebalance(
        book, Securities(), plan(HALVES, costs=TICKET, whole_shares=whole, destination=to)
    )
    assert found.trades == ()
    assert found.accounts[0].note.startswith("A, B stay out: ")


def test_new_cash_goes_into_one_ticket_where_two_would_eat_it() -> None:
    book = household({"A": (1.0, 10.0), "B": (1.0, 10.0)}, new_cash=11.0)
    found = rebalance(book, Securities(), plan(HALVES, costs=TICKET, whole_shares=False))
    assert list(changes(found).values()) == [0.6]  # (11 - 5) / 10
    assert found.accounts[0].cash_after == 0.0


def test_fractions_below_a_hundredth_of_a_point_are_dust_on_a_calendar_date() -> None:
    made = plan({"A": 0.6, "B": 0.4}, method=Method.CALENDAR, whole_shares=False)
    dust = household({"A": (6000.5, 100.0), "B": (3999.5, 100.0)})  # 0.005 pp
    assert rebalance(dust, Securities(), made).trades == ()
    seen = household({"A": (6002.0, 100.0), "B": (3998.0, 100.0)})  # 0.02 pp
    assert changes(rebalance(seen, Securities(), made)) == {"A": -2.0, "B": 2.0}


# ---- what stands in the way ------------------------------------------------------------------------

EXCLUDED = Securities((Security("A", exclude=True),))
QUARTERS = {"A": 0.5, "B": 0.25, "C": 0.25}


@pytest.mark.parametrize("to", [TO_TARGET, TO_EDGE, TO_HALF])
def test_beside_an_excluded_asset_nothing_is_pushed_out_of_its_band(to: Destination) -> None:
    # 15 pp are missing in the bands of B and C together, whoever has them.
    book = household({"A": (75.0, 100.0), "B": (20.0, 100.0), "C": (5.0, 100.0)})
    assert rebalance(book, EXCLUDED, plan(QUARTERS, destination=to)).trades == ()


def test_beside_an_excluded_asset_only_what_mends_something_is_paid_for() -> None:
    book = household({"A": (751.0, 99.37), "B": (207.0, 101.13), "C": (52.0, 98.7)})
    made = plan(QUARTERS, destination=TO_EDGE, costs=Costs(0.0005, 5.0), whole_shares=False)
    found = rebalance(book, EXCLUDED, made)
    # B may fall to its edge, 20 %, and no further; C is far below its own.
    assert set(changes(found)) == {"B", "C"}
    left = 100_693.18 - found.accounts[0].costs
    assert (207 + changes(found)["B"]) * 101.13 == pytest.approx(0.20 * left, abs=0.15)
    again = after_trading(book, found)
    assert rebalance(again, EXCLUDED, made).trades == ()


def test_a_locked_lot_does_not_make_the_others_see_saw() -> None:
    book = household({"S0": (200.0, 100.0), "S1": (790.0, 100.0), "S2": (10.0, 100.0)})
    lots = (Lot(ACCOUNT, "S1", "1", 750.0, date(2020, 1, 2), 80.0, do_not_sell=True),)
    book = Household(book.accounts, book.positions, lots)
    made = plan({"S0": 0.2, "S1": 0.6, "S2": 0.2}, costs=Costs(0.001, 5.0))
    found = rebalance(book, Securities(), made)
    assert changes(found)["S1"] == -40
    assert rebalance(after_trading(book, found), Securities(), made).trades == ()


def test_where_one_line_cannot_be_mended_the_others_are() -> None:
    # Only S4's lot of 100 stands in the way: 62 are held, 100 more would be 41 % of the account.
    book = household({
        "S0": (137.0, 166.16), "S1": (89.0, 116.03), "S2": (52.0, 215.24), "S3": (192.0, 149.35),
        "S4": (62.0, 247.58),
    })  # fmt: skip
    made = plan(
        {"S0": 0.25, "S1": 0.15, "S2": 0.1, "S3": 0.25, "S4": 0.25},
        bands=BandRule(width=0.02), destination=TO_EDGE, costs=Costs(0.0005, 5.0),
    )  # fmt: skip
    lot = Securities((Security("S4", round_lot=100),))
    found = rebalance(book, lot, made)
    out = [r.key for r in found.accounts[0].lines if abs((r.after or 0) - r.target) > 0.02 + 1e-12]
    assert out == ["S4"]
    assert found.accounts[0].note == "S4 stays out: whole shares and the ticket fee of 5.00"
    assert rebalance(after_trading(book, found), lot, made).trades == ()


def test_the_minimum_trade_finds_another_set_of_trades_inside_the_bands() -> None:
    # Leaving out the smallest, one after the other, leaves S0 or S1 out; together they are inside.
    book = household({"S0": (3271.0, 252.28), "S1": (5.95, 23_635.92)}, cash=41_820.14)
    made = plan({"S0": 0.8333, "S1": 0.1667}, bands=BandRule(width=0.01),
                destination=TO_EDGE, minimum_trade=10_000.0, whole_shares=False)  # fmt: skip
    found = rebalance(book, Securities(), made)
    assert outside(found) == 0.0
    assert min(trade.amount for trade in found.trades) >= 10_000.0


@pytest.mark.parametrize("whole", [True, False])
def test_restoring_the_minimum_cash_sells_no_less_than_the_minimum_trade(whole: bool) -> None:
    book = household({"A": (408.0, 229.0)}, cash=1560.96, minimum_cash=2000.0)
    made = plan({"A": 1.0}, minimum_trade=1000.0, whole_shares=whole)
    found = rebalance(book, Securities(), made)
    # 439.04 are missing; five whole shares, or 4.3669 of a share, are the least above 1,000
    assert changes(found) == {"A": -5.0 if whole else -4.3669}


def test_a_lot_of_a_hundred_is_not_sold_to_restore_what_one_share_can() -> None:
    lot = Securities((Security("S0", round_lot=100),))
    book = household({"S0": (101.0, 50.0), "S1": (98.0, 50.0)}, cash=100.0, minimum_cash=150.0)
    found = rebalance(book, lot, plan({"S0": 0.5, "S1": 0.5}))
    assert changes(found) == {"S1": -1}


def test_new_cash_that_shares_cannot_take_does_not_hide_a_breach() -> None:
    # 31.23 would heal S1 but is below the minimum trade: so the bands are mended by a sale.
    book = household({"S0": (14.0, 21.15), "S1": (20.0, 31.01)}, new_cash=31.23)
    made = plan({"S0": 0.25, "S1": 0.75}, bands=BandRule(width=0.08),
                destination=TO_EDGE, minimum_trade=100.0)  # fmt: skip
    assert outside(rebalance(book, Securities(), made)) == 0.0


def test_a_line_at_its_target_is_not_thrown_out_of_its_band_to_use_up_cash() -> None:
    # 28 % are idle and B trades by the 100 only: A may take its own band width of it and no more.
    lot = Securities((Security("B", round_lot=100),))
    book = household({"A": (50.0, 10.0), "B": (65.0, 100.0)}, cash=3000.0)
    made = plan({"A": 0.05, "B": 0.93, "CASH": 0.02}, bands=BandRule(width=0.01),
                destination=TO_EDGE, costs=Costs(0.001, 5.0))  # fmt: skip
    found = rebalance(book, lot, made)
    after = {row.key: row.after for row in found.accounts[0].lines}
    assert after["A"] is not None
    assert 0.04 <= after["A"] <= 0.06 + 1e-12
    assert rebalance(after_trading(book, found), lot, made).trades == ()


def test_a_breach_sends_whole_shares_inside_the_bands_before_nearest_to_the_target() -> None:
    # 2 x 400, 1 x 200, 5 x 300, 68 in cash. The least squares sell 2 C for 3 B and leave A and C out.
    book = household({"A": (2.0, 400.0), "B": (1.0, 200.0), "C": (5.0, 300.0)}, cash=68.0)
    made = plan({"A": 0.4, "B": 0.3, "C": 0.3}, bands=BandRule(width=0.08))
    found = rebalance(book, Securities(), made)
    assert changes(found) == {"C": -3, "A": 1, "B": 2}
    assert outside(found) == 0.0
    calendar = rebalance(book, Securities(), replace(made, method=Method.CALENDAR))
    assert changes(calendar) == {"C": -2, "B": 3}
    assert outside(calendar) > 0.008


def test_a_buy_that_rounding_leaves_below_the_minimum_trade_is_not_made() -> None:
    book = household({"A": (0.0, 33.33), "B": (100.0, 10.0)}, cash=500.0)
    made = plan({"A": 1 / 3, "B": 2 / 3}, minimum_trade=500.0, whole_shares=False)
    found = rebalance(book, Securities(), made)
    assert all(trade.amount >= 500.0 for trade in found.trades)


def test_a_minimum_trade_of_one_line_does_not_change_where_the_others_go() -> None:
    # B would need 325 and stays out; A still goes to half its band.
    lines = (
        TargetLine("A", 0.50, band_absolute=0.05), TargetLine("B", 0.07, band_absolute=0.0055),
        TargetLine("C", 0.43, band_absolute=0.05),
    )  # fmt: skip
    book = household({"A": (430.0, 100.0), "B": (64.0, 100.0), "C": (406.0, 100.0)}, cash=10_000.0)
    made = Plan((Targets(lines),), BandRule(width=0.12), destination=TO_HALF, whole_shares=False)
    for minimum in (200.0, 400.0):
        found = rebalance(book, Securities(), replace(made, minimum_trade=minimum))
        after = {row.key: row.after for row in found.accounts[0].lines}
        assert after["A"] == pytest.approx(0.475, abs=2e-5)


def test_what_a_coarse_share_of_a_class_cannot_do_a_finer_one_does() -> None:
    classes = Securities(
        (Security("A", asset_class="K"), Security("B", asset_class="K"), Security("C"))
    )
    made = Plan((Targets((TargetLine("K", 0.5, is_class=True), TargetLine("C", 0.5))),))
    book = household({"A": (1.0, 400.0), "B": (40.0, 10.0), "C": (20.0, 10.0)})
    assert changes(rebalance(book, classes, made)) == {"B": -30, "C": 30}


# ---- a second look at the same prices ----------------------------------------------------------------


@st.composite
def accounts(draw: st.DrawFn) -> tuple[Household, Securities, object]:
    """Accounts with all that can stand in the way; evenly drawn."""
    pick = draw(st.randoms(use_true_random=True))
    symbols = [f"S{i}" for i in range(pick.randint(1, 6))]
    value = pick.choice([20_000, 100_000])
    parts = [pick.random() + 0.05 for _ in symbols]
    weights = {s: round(part / sum(parts), 4) for s, part in zip(symbols, parts, strict=True)}
    weights[symbols[0]] = round(weights[symbols[0]] + 1 - sum(weights.values()), 4)
    price = {s: round(10 ** pick.uniform(0.5, 2.3), 2) for s in symbols}
    shares = {s: max(0, weights[s] + pick.gauss(0, 0.06)) * value / price[s] for s in symbols}
    whole = pick.random() < 0.5
    securities = Securities(tuple(
        Security(s, exclude=pick.random() < 0.15,
                 round_lot=pick.choice([1, 1, 10]) if whole else 1)
        for s in symbols
    ))  # fmt: skip
    home = household(
        {s: (float(int(shares[s])), price[s]) for s in symbols},
        cash=round(max(0.0, pick.gauss(0.01, 0.03)) * value, 2),
        minimum_cash=pick.choice([None, value * 0.02]),
    )
    made = plan(
        weights,
        bands=BandRule(width=pick.choice([0.01, 0.02, 0.05])),
        method=pick.choice([Method.THRESHOLD, Method.CALENDAR]),
        destination=pick.choice([TO_TARGET, TO_EDGE, TO_HALF, Destination(distance=0.01)]),
        costs=Costs(pick.choice([0, 0.0005, 0.005]), pick.choice([0, 1.0, 5.0])),
        whole_shares=whole,
    )
    return home, securities, made


@pytest.mark.long
def test_a_second_look_at_the_same_prices_hardly_ever_trades() -> None:
    """In at most 1 of 50 accounts (about 1 in 300 are seen).

    Not never: where whole shares or costs leave a line outside, the next best list may be within
    reach only from where the first one ends.
    """
    seen = [0, 0]

    @given(accounts())
    @settings(max_examples=250, deadline=None, database=None)
    def look(case: tuple[Household, Securities, object]) -> None:
        home, securities, made = case
        try:
            found = rebalance(home, securities, made)  # type: ignore[arg-type]
        except (InfeasibleError, InputError):
            return
        again = rebalance(after_trading(home, found), securities, made)  # type: ignore[arg-type]
        seen[0] += 1
        seen[1] += bool(again.trades)

    look()
    assert seen[0] > 200
    assert seen[1] <= seen[0] / 50
