"""Worked examples of the law's own sources; figures that a source leaves open are marked as ours."""

from __future__ import annotations

from datetime import date

from tests.tax.records import lot_of, sale_of, written
from xl_rebal.tax.holding import first_long_day
from xl_rebal.tax.ledger import ledger


def test_publication_550_a_loss_goes_into_the_basis_of_what_replaces_it() -> None:
    # Pub. 550, Wash Sales: 100 shares of X for 1,000, sold for 750, 100 bought for 800 within 30 days.
    found = ledger(
        written(
            """
            2024-02-01 Main Buy X 100 1000
            2024-04-01 Main Sell X 100 750
            2024-04-20 Main Buy X 100 800
            """
        )
    )
    sale = sale_of(found, 1)

    assert (sale.disallowed, sale.recognised, sale.permanent) == (250, 0, 0)
    assert (lot_of(found, 2).cost, lot_of(found, 2).basis) == (800, 1050)


def test_publication_550_fewer_shares_replace_a_part_of_the_loss() -> None:
    # Pub. 550, More or less stock bought than sold; the dates of Reg. 1.1091-1(h), example 2.
    found = ledger(
        written(
            """
            1954-09-21 Main Buy M 100 5000
            1954-12-21 Main Buy M 50 2750
            1954-12-26 Main Buy M 25 1125
            1955-01-03 Main Sell M 100 4000
            """
        )
    )
    sale = sale_of(found, 3)

    assert (sale.disallowed, sale.recognised) == (750, -250)
    assert [lot.basis for lot in found.lots] == [2750 + 500, 1125 + 250]
    assert [(m.replacement, m.quantity, m.disallowed) for m in found.matches] == [
        (1, 50, 500),
        (2, 25, 250),
    ]


def test_regulation_1_1091_1_h_1_a_purchase_before_the_sale_replaces_it() -> None:
    found = ledger(
        written(
            """
            1954-12-01 Main Buy M 100 10000
            1954-12-15 Main Buy M 100 9000
            1955-01-03 Main Sell M 100 9000
            """
        )
    )

    assert sale_of(found, 2).recognised == 0
    assert lot_of(found, 1).basis == 10_000


def test_regulation_1_1091_1_h_3_the_shares_that_were_bought_first_are_matched() -> None:
    # 1.1091-1(h), example 3, with (c): more shares bought than sold; their prices are ours.
    found = ledger(
        written(
            """
            1954-09-15 Main Buy M 100 5000
            1955-02-02 Main Sell M 100 4000
            1955-02-15 Main Buy M 50 2000
            1955-02-16 Main Buy M 50 2000
            1955-02-17 Main Buy M 50 2000
            1955-02-18 Main Buy M 50 2000
            """
        )
    )

    assert sale_of(found, 1).recognised == 0
    assert [lot.basis for lot in found.lots] == [2500, 2500, 2000, 2000]


def test_regulation_1_1091_2_a_1_basis_where_more_is_paid_than_was_received() -> None:
    found = ledger(
        written(
            """
            1935-06-03 Main Buy X 1 100
            1955-01-15 Main Sell X 1 80
            1955-02-01 Main Buy X 1 90
            """
        )
    )

    assert sale_of(found, 1).recognised == 0
    assert lot_of(found, 2).basis == 110


def test_regulation_1_1091_2_a_2_basis_where_less_is_paid_than_was_received() -> None:
    found = ledger(
        written(
            """
            1935-06-03 Main Buy Y 1 100
            1955-01-15 Main Sell Y 1 80
            1955-02-01 Main Buy Y 1 70
            """
        )
    )

    assert sale_of(found, 1).recognised == 0
    assert lot_of(found, 2).basis == 90


def test_regulation_1_1223_1_d_the_time_of_what_was_sold_is_included() -> None:
    # IRC 1223(3): held from 10 January to 9 December, 334 days, then another 32 from 5 January; dates ours.
    found = ledger(
        written(
            """
            2023-01-10 Main Buy X 10 1000
            2023-12-10 Main Sell X 10 800
            2024-01-05 Main Buy X 10 800
            2024-02-06 Main Sell X 10 1100
            """
        )
    )
    sale = sale_of(found, 3)

    assert (date(2023, 12, 10) - date(2023, 1, 10)).days == 334
    assert sale.adjusted == date(2023, 2, 5)
    assert first_long_day(sale.adjusted) == date(2024, 2, 6)
    assert sale.is_long
    assert sale.acquired == date(2024, 1, 5)
    assert sale.recognised == 100


def test_revenue_ruling_56_602_the_rest_of_a_purchase_does_not_replace_a_part() -> None:
    # Shares of one purchase, some sold within 30 days to hold fewer; numbers ours.
    found = ledger(
        written(
            """
            2011-03-01 Main Buy M 200 10000
            2011-03-20 Main Sell M 100 4000
            """
        )
    )

    assert sale_of(found, 1).recognised == -1000
    assert found.matches == ()


def test_revenue_ruling_2008_5_a_purchase_in_an_ira_makes_the_loss_permanent() -> None:
    # 100 shares with a basis of 1,000, sold on 20 December 2007 for 600, bought by an IRA a day later.
    found = ledger(
        written(
            """
            2006-05-02 Main Buy X 100 1000
            2007-12-20 Main Sell X 100 600
            2007-12-21 IRA Buy X 100 600
            """
        )
    )
    sale, lot = sale_of(found, 1), lot_of(found, 2)

    assert (sale.disallowed, sale.permanent, sale.recognised) == (400, 400, 0)
    assert (lot.basis, lot.adjusted) == (600, date(2007, 12, 21))
    assert found.matches[0].is_permanent
