"""Losses and what replaces them: each hard case with its numbers worked out by hand."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.tax.records import lot_of, sale_of, written
from xl_rebal.tax.ledger import ledger
from xl_rebal.tax.methods import LotMethod, Tacking, WashScope

SAME = {"A": "index", "B": "index"}


@pytest.mark.parametrize(
    ("days", "is_washed"), [(-31, False), (-30, True), (0, True), (30, True), (31, False)]
)
def test_the_thirtieth_day_before_and_after_counts_and_the_next_does_not(
    days: int, is_washed: bool
) -> None:
    bought = date(2024, 3, 15) + timedelta(days=days)
    found = ledger(
        written(
            f"""
            2023-01-10 Main Buy X 10 1000
            2024-03-15 Main Sell X 10 900
            {bought} Main Buy X 10 850
            """
        )
    )

    assert sale_of(found, 1).disallowed == (100 if is_washed else 0)
    assert lot_of(found, 2).basis == (950 if is_washed else 850)


def test_several_losses_use_the_shares_of_one_purchase_in_order_of_their_sales() -> None:
    found = ledger(
        written(
            """
            2023-01-10 Main Buy X 30 3000
            2024-03-01 Main Sell X 10 900
            2024-03-05 Main Sell X 20 1600
            2024-03-10 Main Buy X 15 1200
            """
        )
    )

    assert sale_of(found, 1).disallowed == 100
    assert sale_of(found, 2).disallowed == 400 * 5 / 20
    later, earlier = found.lots  # what was sold later had been held for four days more

    assert (earlier.adjusted - later.adjusted).days == 4
    assert (earlier.basis, later.basis) == (10 * 80 + 100, 5 * 80 + 100)
    assert [(m.sale, m.quantity) for m in found.matches] == [(1, 10), (2, 5)]


def test_one_loss_is_replaced_by_purchases_before_and_after_in_order_of_acquisition() -> None:
    found = ledger(
        written(
            """
            2023-01-10 Main Buy X 30 3000
            2024-03-01 Main Buy X 10 800
            2024-03-05 Main Sell X 30 2400
            2024-03-10 Main Buy X 5 400
            2024-03-12 Main Buy X 20 1600
            """
        )
    )

    assert [(m.replacement, m.quantity) for m in found.matches] == [(1, 10), (3, 5), (4, 15)]
    assert sale_of(found, 2).recognised == 0
    assert [lot.basis for lot in found.lots] == [1000, 500, 1500, 400]


def test_in_a_chain_the_whole_loss_moves_on() -> None:
    found = ledger(
        written(
            """
            2024-01-10 Main Buy X 10 1000
            2024-02-01 Main Sell X 10 900
            2024-02-05 Main Buy X 10 850
            2024-02-20 Main Sell X 10 800
            2024-03-01 Main Buy X 10 820
            """
        )
    )
    held = date(2024, 2, 1) - date(2024, 1, 10)
    first = date(2024, 2, 5) - held
    second = date(2024, 3, 1) - (date(2024, 2, 20) - first)

    assert sale_of(found, 1).disallowed == 100
    assert (sale_of(found, 3).basis, sale_of(found, 3).adjusted) == (950, first)
    assert sale_of(found, 3).disallowed == 150
    assert (lot_of(found, 4).basis, lot_of(found, 4).adjusted) == (970, second)


def test_under_the_other_reading_the_old_date_is_kept_along_a_chain() -> None:
    found = ledger(
        written(
            """
            2024-01-10 Main Buy X 10 1000
            2024-02-01 Main Sell X 10 900
            2024-02-05 Main Buy X 10 850
            2024-02-20 Main Sell X 10 800
            2024-03-01 Main Buy X 10 820
            """
        ),
        tacking=Tacking.DATE,
    )

    assert lot_of(found, 4).adjusted == date(2024, 1, 10)


def test_shares_that_are_sold_by_the_day_of_the_loss_replace_nothing() -> None:
    found = ledger(
        written(
            """
            2024-03-01 Main Buy X 100 1000
            2024-03-05 Main Buy X 100 900
            2024-03-20 Main Sell X 200 1400
            """
        )
    )

    assert [sale.disallowed for sale in found.sales] == [0, 0]
    assert sum(sale.recognised or 0 for sale in found.sales) == pytest.approx(-500)


def test_all_sales_of_a_day_are_made_before_its_losses_are_matched() -> None:
    found = ledger(
        written(
            """
            2024-03-01 Main Buy X 100 1000
            2024-03-05 Second Buy X 100 900
            2024-03-20 Main Sell X 100 700
            2024-03-20 Second Sell X 60 420
            """
        )
    )

    assert sale_of(found, 2).disallowed == 300 * 40 / 100
    assert sale_of(found, 3).disallowed == 0
    assert lot_of(found, 1).basis == pytest.approx(360 + 120)


def test_on_one_day_what_was_acquired_first_is_matched_first() -> None:
    found = ledger(
        written(
            """
            2024-01-15 Second Buy X 10 1200
            2024-01-10 Main Buy X 10 1000
            2024-03-20 Second Sell X 10 700
            2024-03-20 Main Sell X 10 700
            2024-03-25 IRA Buy X 10 700
            """
        )
    )

    assert [sale.row for sale in found.sales] == [3, 2]
    assert [sale.disallowed for sale in found.sales] == [300, 0]


def test_what_is_bought_on_the_day_of_the_sale_replaces_it() -> None:
    found = ledger(
        written(
            """
            2023-01-10 Main Buy X 10 1000
            2024-03-15 Main Sell X 10 900
            2024-03-15 Main Buy X 10 900
            """
        )
    )

    assert sale_of(found, 1).acquired == date(2023, 1, 10)
    assert sale_of(found, 1).recognised == 0
    assert lot_of(found, 2).basis == 1000


def test_lifo_sells_what_was_bought_that_day_and_the_older_lot_is_no_replacement() -> None:
    found = ledger(
        written(
            """
            2023-01-10 Main Buy X 10 1000
            2024-03-15 Main Sell X 10 900
            2024-03-15 Main Buy X 10 950
            """
        ),
        method=LotMethod.LIFO,
    )

    assert sale_of(found, 1).recognised == -50
    assert lot_of(found, 0).basis == 1000


def test_the_replaced_part_of_a_lot_is_sold_before_the_rest() -> None:
    found = ledger(
        written(
            """
            2024-01-10 Main Buy X 4 400
            2024-02-01 Main Sell X 4 320
            2024-02-10 Main Buy X 10 800
            2024-06-01 Main Sell X 6 600
            """
        )
    )
    replaced, rest = (sale for sale in found.sales if sale.row == 3)

    assert (replaced.quantity, replaced.basis) == (4, 400)
    assert (rest.quantity, rest.basis) == (2, 160)
    assert (lot_of(found, 2).quantity, lot_of(found, 2).basis) == (4, 320)


def test_a_reinvestment_of_a_part_of_a_share_washes_that_part() -> None:
    found = ledger(
        written(
            """
            2023-01-10 Main Buy X 10 1000
            2024-03-15 Main Sell X 10 900
            2024-03-20 Main Reinvest X 0.37 33.3
            2024-03-20 Main Dividend X 0 33.3
            """
        )
    )

    assert sale_of(found, 1).disallowed == pytest.approx(3.7)
    assert lot_of(found, 2).basis == pytest.approx(37)


def test_a_short_loss_makes_its_replacement_long_by_the_days_that_are_added() -> None:
    record = """
        2023-01-10 Main Buy X 10 1000
        2023-12-20 Main Sell X 10 800
        2024-01-15 Main Buy X 10 800
        2024-03-01 Main Sell X 10 1200
        """

    assert not sale_of(ledger(written(record)), 1).is_long
    assert sale_of(ledger(written(record)), 3).is_long


def test_a_wash_crosses_the_end_of_the_year_once_the_purchase_is_known() -> None:
    record = written(
        """
        2023-01-10 Main Buy X 10 1000
        2023-12-20 Main Sell X 10 800
        2024-01-10 Main Buy X 10 820
        """
    )

    assert sale_of(ledger(record, date(2023, 12, 31)), 1).recognised == -200
    assert sale_of(ledger(record, date(2024, 1, 9)), 1).recognised == -200
    assert sale_of(ledger(record, date(2024, 1, 10)), 1).recognised == 0


def test_a_purchase_on_29_february_is_the_thirtieth_day_of_30_january() -> None:
    record = """
        2023-01-10 Main Buy X 10 1000
        2024-01-{} Main Sell X 10 900
        2024-02-29 Main Buy X 10 900
        """

    assert sale_of(ledger(written(record.format(30))), 1).disallowed == 100
    assert sale_of(ledger(written(record.format(29))), 1).disallowed == 0


def test_another_symbol_of_the_identity_group_replaces_unless_it_is_said_not_to() -> None:
    record = """
        2023-01-10 Main Buy A 10 1000
        2024-03-15 Main Sell A 10 900
        2024-03-20 Main Buy B 30 900
        """

    assert sale_of(ledger(written(record, SAME)), 1).disallowed == 100
    assert [lot.basis for lot in ledger(written(record, SAME)).lots] == [400, 600]
    assert sale_of(ledger(written(record, {"A": "index", "B": "other"})), 1).disallowed == 0


@pytest.mark.parametrize(
    ("scope", "washed"),
    [
        (WashScope.ACCOUNT, {"Main"}),
        (WashScope.TAXABLE, {"Main", "Second"}),
        (WashScope.HOUSEHOLD, {"Main", "Second", "His"}),
        (WashScope.HOUSEHOLD_IRA, {"Main", "Second", "His", "IRA"}),
    ],
)
def test_the_scope_says_whose_purchases_replace(scope: WashScope, washed: set[str]) -> None:
    for account in ("Main", "Second", "His", "IRA"):
        record = written(
            f"""
            2023-01-10 Main Buy X 10 1000
            2024-03-15 Main Sell X 10 900
            2024-03-20 {account} Buy X 10 900
            """
        )
        assert sale_of(ledger(record, scope=scope), 1).disallowed == 100 * (account in washed)


def test_a_loss_in_an_ira_is_listed_and_neither_recognised_nor_matched() -> None:
    found = ledger(
        written(
            """
            2023-01-10 IRA Buy X 10 1000
            2024-03-15 IRA Sell X 10 900
            2024-03-20 Main Buy X 10 900
            """
        )
    )
    sale = sale_of(found, 1)

    assert (sale.proceeds, sale.basis, sale.recognised, sale.disallowed) == (900, 1000, 0, 0)
    assert not sale.is_taxed
    assert lot_of(found, 2).basis == 900


def test_an_unknown_cost_is_no_loss_and_a_replacement_of_unknown_cost_stays_unknown() -> None:
    found = ledger(
        written(
            """
            2023-01-10 Main Opening X 10 -
            2023-02-10 Main Opening X 10 1000
            2024-03-10 Main Sell X 10 500
            2024-03-15 Main Sell X 10 900
            2024-04-14 Second Opening X 10 -
            """
        )
    )
    unknown, loss = found.sales

    assert (unknown.basis, unknown.recognised, unknown.disallowed) == (None, None, None)
    assert (loss.disallowed, loss.recognised) == (100, 0)
    assert lot_of(found, 4).basis is None
    assert lot_of(found, 4).adjusted < date(2024, 4, 14)


def test_the_same_record_without_a_loss_by_more_than_a_float_keeps_its_dates() -> None:
    found = ledger(
        written(
            f"""
            2024-01-10 Main Buy X 0.3 {0.1 + 0.2}
            2024-02-15 Main Sell X 0.3 0.3
            2024-02-20 Main Buy X 0.3 0.3
            """
        )
    )

    assert found.matches == ()
    assert lot_of(found, 2).adjusted == date(2024, 2, 20)


def test_after_a_split_two_shares_replace_one() -> None:
    found = ledger(
        written(
            """
            2023-01-10 Main Buy X 10 1000
            2024-03-01 Main Sell X 10 900
            2024-03-05 Main Split X 2
            2024-03-10 Main Buy X 15 600
            """
        )
    )

    assert sale_of(found, 1).disallowed == pytest.approx(75)
    assert lot_of(found, 3).basis == pytest.approx(675)
    assert found.matches[0].quantity == pytest.approx(15)


def test_a_replacement_that_was_split_since_it_was_bought_is_matched_as_it_was_bought() -> None:
    found = ledger(
        written(
            """
            2023-01-10 Main Buy X 10 1000
            2024-03-01 Main Buy X 4 400
            2024-03-05 Main Split X 2
            2024-03-10 Main Sell X 20 800
            """
        )
    )

    assert sale_of(found, 3).disallowed == pytest.approx(200 * 8 / 20)
    assert found.matches[0].quantity == pytest.approx(4)
    assert lot_of(found, 1).quantity == 8
    assert lot_of(found, 1).basis == pytest.approx(480)


def test_where_a_replacement_is_held_on_the_day_of_the_loss_decides() -> None:
    record = """
        2023-01-10 Main Buy X 10 1000
        2024-03-01 Second Buy X 10 950
        2024-03-05 Second Transfer X -10
        2024-03-05 Main Transfer X 10
        2024-03-10 Main Sell X 10 900
        """
    found = ledger(written(record), scope=WashScope.ACCOUNT)

    assert sale_of(found, 4).disallowed == 100
    assert (lot_of(found, 1).account, lot_of(found, 1).basis) == ("Main", 1050)


def test_shares_that_replaced_in_one_account_replace_nothing_more_in_another() -> None:
    found = ledger(
        written(
            """
            2023-01-10 Main Buy X 20 2000
            2024-03-01 Second Buy X 10 950
            2024-03-05 Main Sell X 10 900
            2024-03-06 Second Transfer X -10
            2024-03-06 His Transfer X 10
            2024-03-10 Main Sell X 10 900
            """
        )
    )

    assert [sale.disallowed for sale in found.sales] == [100, 0]
    assert (lot_of(found, 1).account, lot_of(found, 1).basis) == ("His", 1050)


def test_of_a_purchase_held_in_two_accounts_the_first_by_name_replaces_first() -> None:
    found = ledger(
        written(
            """
            2023-01-10 Main Buy X 10 1000
            2024-03-01 Second Buy X 20 1900
            2024-03-05 Second Transfer X -12
            2024-03-05 His Transfer X 12
            2024-03-10 Main Sell X 10 900
            """
        )
    )
    replaced, rest, other = found.lots

    assert (replaced.account, replaced.quantity, replaced.basis) == ("His", 10, 1050)
    assert (rest.account, rest.quantity, rest.basis) == ("His", 2, 190)
    assert (other.account, other.quantity, other.basis) == ("Second", 8, 760)
