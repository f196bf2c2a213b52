"""The order in which lots are sold, on plain lots without a ledger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import permutations

import pytest

from xl_rebal.tax.choice import average_basis, in_order, is_all, spread
from xl_rebal.tax.holding import is_long
from xl_rebal.tax.methods import GainRates, LotMethod

TODAY = date(2024, 6, 3)
RATES = GainRates(short=0.4, long=0.2)


@dataclass(frozen=True)
class Plain:
    """A lot as a worksheet function would have it."""

    name: str
    acquired: date
    quantity: float
    basis: float | None
    adjusted: date


def lot(name: str, acquired: str, quantity: float, basis: float | None) -> Plain:
    day = date.fromisoformat(acquired)
    return Plain(name, day, quantity, basis, day)


LOTS = (
    lot("old, cheap", "2020-01-06", 10, 200),
    lot("unknown", "2021-01-04", 10, None),
    lot("first of a day", "2023-03-06", 10, 900),
    lot("second of a day", "2023-03-06", 5, 450),
    lot("new, dear", "2024-05-06", 10, 1000),
)


def names(method: LotMethod, price: float = 80.0) -> list[str]:
    return [each.name for each in in_order(LOTS, method, TODAY, price, RATES)]


def test_first_in_first_out_keeps_the_order_and_so_does_average_cost() -> None:
    assert names(LotMethod.FIFO) == names(LotMethod.AVERAGE) == [each.name for each in LOTS]


def test_last_in_first_out_takes_the_newest_and_lots_of_one_day_in_their_order() -> None:
    assert names(LotMethod.LIFO) == [
        "new, dear",
        "first of a day",
        "second of a day",
        "unknown",
        "old, cheap",
    ]


def test_highest_in_first_out_goes_by_basis_of_a_share_and_takes_the_unknown_last() -> None:
    assert names(LotMethod.HIFO) == [
        "new, dear",
        "first of a day",
        "second of a day",
        "old, cheap",
        "unknown",
    ]


def test_least_tax_is_not_always_the_highest_basis() -> None:
    """At 120: 20 a share short-term is 8.00 of tax, 30 a share long-term 6.00."""
    assert names(LotMethod.HIFO, 120.0)[0] == "new, dear"
    assert names(LotMethod.LEAST_TAX, 120.0) == [
        "first of a day",
        "second of a day",
        "new, dear",
        "old, cheap",
        "unknown",
    ]


def test_least_tax_takes_a_short_loss_before_a_larger_long_one() -> None:
    """At 70: a loss of 30 short-term saves 12.00 a share, one of 20 long-term 4.00."""
    assert names(LotMethod.LEAST_TAX, 70.0)[0] == "new, dear"


def test_no_order_of_whole_lots_has_less_tax_than_least_tax() -> None:
    known = [each for each in LOTS if each.basis is not None]

    def tax(sold: list[tuple[Plain, float]], price: float) -> float:
        return sum(
            (RATES.long if is_long(each.adjusted, TODAY) else RATES.short)
            * (price * shares - (each.basis or 0.0) * shares / each.quantity)
            for each, shares in sold
        )

    for price in (60.0, 85.0, 95.0, 120.0):
        for quantity in (3.0, 12.0, 27.0):
            chosen = in_order(known, LotMethod.LEAST_TAX, TODAY, price, RATES)
            ours = tax(spread(chosen, quantity)[0], price)
            least = min(tax(spread(order, quantity)[0], price) for order in permutations(known))
            assert ours == pytest.approx(least)


@pytest.mark.parametrize("method", [LotMethod.HIFO, LotMethod.LEAST_TAX])
def test_lots_of_one_price_stay_in_order_whatever_the_last_bits_of_their_floats(
    method: LotMethod,
) -> None:
    same = [
        lot(str(n), "2024-01-02", shares, shares * 0.7)
        for n, shares in enumerate((3.0, 0.37, 10.0, 0.1, 7.0))
    ]
    prices = {(each.basis or 0.0) / each.quantity for each in same}

    assert len(prices) > 1
    assert list(in_order(same, method, TODAY, 0.7, RATES)) == same


def test_specific_identification_has_no_order() -> None:
    assert names(LotMethod.SPECIFIC) == []


def test_the_last_lot_is_sold_in_part() -> None:
    parts, missing = spread(LOTS, 24.0)

    assert [(each.name, shares) for each, shares in parts] == [
        ("old, cheap", 10),
        ("unknown", 10),
        ("first of a day", 4),
    ]
    assert missing == 0


def test_what_is_missing_is_said() -> None:
    assert spread(LOTS, 50.0)[1] == pytest.approx(5.0)


def test_a_thousand_tenths_are_a_hundred() -> None:
    tenths = [lot(str(number), "2024-01-02", 0.1, 1.0) for number in range(1000)]
    parts, missing = spread(tenths, 100.0)

    assert (len(parts), missing) == (1000, 0)
    assert is_all(sum(each.quantity for each in tenths), 100.0)


def test_the_average_basis_is_of_all_shares_and_unknown_where_one_is() -> None:
    assert average_basis([LOTS[0], LOTS[2]]) == pytest.approx((200 + 900) / 20)
    assert average_basis(LOTS) is None
    assert average_basis([]) is None
