"""The sentence of each trade says what is so."""

from __future__ import annotations

from dataclasses import replace

from tests.engine.accounts import household, plan
from xl_rebal.engine.rebalance import rebalance
from xl_rebal.model.plan import TO_EDGE, BandRule, Method, Plan
from xl_rebal.model.portfolio import Household
from xl_rebal.model.securities import Securities, Security

HALVES = plan({"A": 0.5, "B": 0.5})


def reasons(home: Household, made: Plan, securities: Securities | None = None) -> dict[str, str]:
    found = rebalance(home, securities or Securities(), made)
    return {trade.symbol: trade.reason.split("; ")[1] for trade in found.trades}


def test_to_the_target_only_where_it_ends_there() -> None:
    even = household({"A": (60.0, 100.0), "B": (40.0, 100.0)})
    assert reasons(even, HALVES) == {
        "A": "sold to its target, as it is out of its ±5.0 pp band.",
        "B": "bought to its target, as it is out of its ±5.0 pp band.",
    }
    coarse = household({"A": (6.0, 400.0), "B": (3.0, 400.0)})
    assert reasons(coarse, HALVES) == {
        "A": "sold towards its target, as it is out of its ±5.0 pp band.",
        "B": "bought towards its target, as it is out of its ±5.0 pp band.",
    }


def test_about_its_target_where_whole_shares_end_within_half_a_point() -> None:
    book = household({"A": (120.0, 50.5), "B": (80.0, 50.0)})
    assert reasons(book, HALVES)["A"].startswith("sold to about its target")


def test_where_nothing_is_sold_idle_cash_pays_and_not_the_others() -> None:
    book = household({"A": (40.0, 100.0), "B": (48.0, 100.0)}, cash=1200.0)
    assert reasons(book, HALVES)["A"].startswith("bought to")
    thirds = plan({"A": 0.4, "B": 0.3, "C": 0.3}, destination=TO_EDGE)
    idle = household({"A": (350.0, 10.0), "B": (260.0, 10.0), "C": (260.0, 10.0)}, cash=1300.0)
    assert set(reasons(idle, thirds).values()) == {"bought with idle cash."}


def test_to_the_edge_only_where_it_ends_there() -> None:
    edge = replace(HALVES, destination=TO_EDGE)
    fine = household({"A": (600.0, 10.0), "B": (400.0, 10.0)})
    assert reasons(fine, edge)["A"] == (
        "sold to the edge of its band, as it is out of its ±5.0 pp band."
    )
    coarse = household({"A": (6.0, 1000.0), "B": (400.0, 10.0)})
    assert reasons(coarse, edge)["A"] == "sold into its band, as it is out of its ±5.0 pp band."
    calendar = replace(edge, method=Method.CALENDAR)
    assert reasons(coarse, calendar) == reasons(coarse, edge)


def test_who_pays_for_whom_is_said_of_what_is_inside_its_band() -> None:
    thirds = plan({"A": 0.4, "B": 0.3, "C": 0.3}, destination=TO_EDGE)
    book = household({"A": (460.0, 10.0), "B": (270.0, 10.0), "C": (270.0, 10.0)})
    said = reasons(book, thirds)
    assert said["B"] == "bought with the proceeds of the others."


def test_idle_cash_is_said_beside_new_cash_only_where_there_is_some() -> None:
    held = {"A": (45.0, 100.0), "B": (50.0, 100.0)}
    idle = household(held, cash=450.0, new_cash=50.0)
    assert reasons(idle, HALVES) == {"A": "bought with the new cash of 50.00 and idle cash."}
    new = household(held, new_cash=500.0)
    assert reasons(new, HALVES) == {"A": "bought with the new cash of 500.00."}


def test_nothing_is_said_of_whole_shares_where_fractions_are_traded() -> None:
    locked = Securities((Security("A", exclude=True),))
    made = plan({"A": 0.5, "B": 0.25, "C": 0.25}, whole_shares=False, bands=BandRule(width=0.01))
    book = household({"A": (60.0, 100.0), "B": (30.0, 100.0), "C": (10.0, 100.0)})
    found = rebalance(book, locked, made)
    assert found.trades
    assert not [trade for trade in found.trades if "whole" in trade.reason]
    assert "whole" not in found.accounts[0].note


def test_the_weights_before_a_withdrawal_are_of_what_was_there() -> None:
    book = household({"A": (60.0, 100.0), "B": (40.0, 100.0)}, new_cash=-8000.0)
    found = rebalance(book, Securities(), HALVES)
    assert {t.symbol: t.weight_before for t in found.trades} == {"A": 0.6, "B": 0.4}
    assert sum(row.current for row in found.accounts[0].lines) == 1.0
    assert "10.0 pp over its 50.0 % target; sold to raise the withdrawal of 8,000.00." in (
        found.trades[0].reason
    )
