"""The judge itself, on the examples of the regulations and rulings."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from fractions import Fraction

import pytest

from tests.tax.histories import good_case
from tests.tax.share_by_share import Judge, Refused, SoldShare, is_long_term
from xl_rebal.model.transactions import Activity, History, TaxAccount, Transaction
from xl_rebal.tax.methods import LotMethod, Tacking

ACCOUNTS = {"Joint": TaxAccount("Joint"), "IRA": TaxAccount("IRA", "IRA")}
Row = tuple[str, Activity, float, float]


def judge(
    *rows: Row | tuple[str, Activity, float, float, str], tacking: Tacking = Tacking.DAYS
) -> Judge:
    """Each row: day, activity, quantity, amount and, unless it is "Joint", the account."""
    return Judge(
        History(
            tuple(
                Transaction(
                    n, row[4] if len(row) > 4 else "Joint", date.fromisoformat(row[0]), row[1],
                    "M", row[2], row[3],
                )
                for n, row in enumerate(rows)
            ),
            ACCOUNTS,
        ),
        tacking=tacking,
    )  # fmt: skip


def disallowed(shares: list[SoldShare]) -> Fraction:
    return sum(((s.disallowed or Fraction(0)) * s.size for s in shares), Fraction(0))


def bases(known: Judge) -> list[tuple[date, Fraction | None, date]]:
    """Of the shares that are left: acquired, basis each, adjusted date; the same once."""
    left = [(s.purchase.row.day, s.basis, s.adjusted) for s in known.open_shares()]
    return sorted(set(left), key=lambda one: (one[0], one[2]))


@pytest.mark.parametrize(
    ("acquired", "first"),
    [
        # Rev. Rul. 66-7: the last day of a month, and any other.
        ("2015-02-28", "2016-03-01"),
        ("2016-02-29", "2017-03-01"),
        ("2016-02-28", "2017-03-01"),
        ("2023-01-30", "2024-01-31"),
        ("2023-01-31", "2024-02-01"),
        ("2023-04-30", "2024-05-01"),
        ("2023-06-15", "2024-06-16"),
        ("2023-12-31", "2025-01-01"),
    ],
)
def test_a_term_is_long_from_the_day_after_twelve_months(acquired: str, first: str) -> None:
    bought, sold = date.fromisoformat(acquired), date.fromisoformat(first)

    assert is_long_term(bought, sold)
    assert not is_long_term(bought, date.fromordinal(sold.toordinal() - 1))


def test_75_of_100_shares_are_replaced_by_two_purchases() -> None:
    # Reg. 1.1091-1(h), example 2.
    known = judge(
        ("1954-09-21", Activity.BUY, 100, 5000),
        ("1954-12-21", Activity.BUY, 50, 2750),
        ("1954-12-27", Activity.BUY, 25, 1125),
        ("1955-01-03", Activity.SELL, 100, 4000),
    )

    assert disallowed(known.sold) == 750
    assert sum((s.recognised or 0) * s.size for s in known.sold) == -250
    assert [basis for _, basis, _ in bases(known)] == [65, 55]


def test_of_200_shares_bought_the_first_100_replace() -> None:
    # Reg. 1.1091-1(h), example 3.
    known = judge(
        ("1954-09-15", Activity.BUY, 100, 5000),
        ("1956-02-01", Activity.SELL, 100, 4000),
        *((f"1956-02-{day}", Activity.BUY, 50.0, 2000.0) for day in (15, 16, 17, 18)),
    )

    assert disallowed(known.sold) == 1000
    assert [basis for _, basis, _ in bases(known)] == [50, 50, 40, 40]


def test_the_basis_of_a_replacement_carries_the_loss() -> None:
    # Reg. 1.1091-2(a), example 1: a share for 100, sold for 80, another bought for 90: a basis of 110.
    known = judge(
        ("1935-12-01", Activity.BUY, 1, 100),
        ("1955-01-15", Activity.SELL, 1, 80),
        ("1955-02-01", Activity.BUY, 1, 90),
    )

    assert [basis for _, basis, _ in bases(known)] == [110]
    assert known.open_shares()[0].adjusted == date(1955, 2, 1) - (
        date(1955, 1, 15) - date(1935, 12, 1)
    )


def test_the_rest_of_a_purchase_does_not_replace_a_part_of_it() -> None:
    # Rev. Rul. 56-602.
    known = judge(("2024-03-01", Activity.BUY, 10, 100), ("2024-03-11", Activity.SELL, 4, 32))

    assert disallowed(known.sold) == 0


def test_a_purchase_in_an_ira_loses_the_loss() -> None:
    # Rev. Rul. 2008-5.
    known = judge(
        ("2024-03-01", Activity.BUY, 10, 100),
        ("2024-06-03", Activity.SELL, 10, 80),
        ("2024-06-04", Activity.BUY, 4, 32, "IRA"),
    )

    assert disallowed(known.sold) == 8
    assert all(replaced.is_permanent for replaced in known.replaced)
    assert [basis for _, basis, _ in bases(known)] == [8]


def test_day_30_counts_and_day_31_does_not() -> None:
    for day, count in (("2024-07-03", 1), ("2024-07-04", 0), ("2024-05-04", 1), ("2024-05-03", 0)):
        known = judge(
            ("2024-03-01", Activity.BUY, 1, 10),
            (day, Activity.BUY, 1, 10),
            ("2024-06-03", Activity.SELL, 1, 8),
        )

        assert disallowed(known.sold) == 2 * count


def test_what_is_sold_by_the_day_of_the_loss_replaces_nothing() -> None:
    known = judge(
        ("2024-03-01", Activity.BUY, 100, 1000),
        ("2024-03-04", Activity.BUY, 100, 1000),
        ("2024-03-11", Activity.SELL, 200, 1600),
    )

    assert disallowed(known.sold) == 0


def test_after_a_split_twice_as_many_replace() -> None:
    known = judge(
        ("2024-03-01", Activity.BUY, 10, 100),
        ("2024-06-03", Activity.SELL, 10, 80),
        ("2024-06-05", Activity.SPLIT, 2, 0),
        ("2024-06-06", Activity.BUY, 15, 60),
    )

    assert disallowed(known.sold) == 15
    assert known.replaced[0].quantity * len(known.replaced) == 15


def test_random_histories_have_in_them_what_they_are_made_for() -> None:
    judges = [good_case(seed).judged() for seed in range(100)]

    def share(has: Iterable[object]) -> float:
        return sum(map(bool, has)) / len(judges)

    assert share(j.replaced for j in judges) > 0.3
    assert share([r for r in j.replaced if r.is_permanent] for j in judges) >= 0.03
    assert (
        share(any(s.is_loss and s.adjusted != s.purchase.row.day for s in j.sold) for j in judges)
        >= 0.03
    )
    assert share(j.splits for j in judges) > 0.3
    assert share(any(s.is_long for s in j.sold) for j in judges) > 0.1
    assert share(any(s.basis is None for s in j.sold) for j in judges) >= 0.03
    assert (
        share(any(r.sale.symbol != r.replacement.symbol for r in j.replaced) for j in judges)
        >= 0.03
    )
    assert {j.method for j in judges} == set(LotMethod)


def test_what_is_not_held_is_refused() -> None:
    with pytest.raises(Refused) as caught:
        judge(("2024-03-01", Activity.BUY, 10, 100), ("2024-03-11", Activity.SELL, 11, 80))

    assert caught.value.rows == {1}
