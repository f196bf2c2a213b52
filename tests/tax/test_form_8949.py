"""Rows of Form 8949: what an accountant adds up, to the cent."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings

from tests.tax.records import TAXED, histories, written
from xl_rebal.model.transactions import Activity, History
from xl_rebal.numerics.money import cents
from xl_rebal.tax.form_8949 import csv_text, form_8949
from xl_rebal.tax.ledger import ledger

RECORD = written(
    """
    2020-01-10 Main Opening OLD 10 -
    2022-03-15 Main Buy BND 50 4000
    2023-01-10 Main Buy VTI 100 20000
    2023-02-01 IRA Buy VTI 5 1000
    2024-01-05 Main Sell VTI 100 19000
    2024-01-25 Main Reinvest VTI 40 7600
    2024-02-01 IRA Sell VTI 5 900
    2024-02-10 Main Sell VTI 40 8100
    2024-03-01 Main Sell BND 50 4500.505
    2024-03-02 Main Sell OLD 4 100
    2025-03-02 Main Sell OLD 4 100
    """
)


def test_a_year_has_its_taxed_sales_short_term_rows_first() -> None:
    form = form_8949(ledger(RECORD), 2024)

    assert [
        (row.is_long, row.description, row.code, row.proceeds, row.cost, row.adjustment, row.gain)
        for row in form.rows
    ] == [
        (False, "100 sh. VTI", "W", 1_900_000, 2_000_000, 40_000, -60_000),
        (True, "40 sh. VTI", "", 810_000, 800_000, 0, 10_000),
        (True, "50 sh. BND", "", 450_051, 400_000, 0, 50_051),
    ]


def test_column_b_is_the_trade_date_of_the_lot_though_its_time_was_added() -> None:
    row = form_8949(ledger(RECORD), 2024).rows[1]

    assert (row.acquired, row.sold, row.is_long) == (date(2024, 1, 25), date(2024, 2, 10), True)


def test_an_unknown_cost_is_left_out_and_said() -> None:
    (note,) = form_8949(ledger(RECORD), 2024).notes

    assert str(note) == (
        "4 sh. OLD of lot 2020-01-10, sold in Main on 2024-03-02, are not on Form 8949: their cost is unknown. "
        "Type it into the Opening lot."
    )
    assert note.about == ("transaction", "9")


def test_the_file_has_the_columns_of_the_form() -> None:
    assert csv_text(form_8949(ledger(RECORD), 2024)) == (
        "Part,(a) Description of property,(b) Date acquired,(c) Date sold,(d) Proceeds,"
        "(e) Cost or other basis,(f) Code,(g) Amount of adjustment,(h) Gain or loss\n"
        "I,100 sh. VTI,01/10/2023,01/05/2024,19000.00,20000.00,W,400.00,-600.00\n"
        "II,40 sh. VTI,01/25/2024,02/10/2024,8100.00,8000.00,,,100.00\n"
        "II,50 sh. BND,03/15/2022,03/01/2024,4500.51,4000.00,,,500.51\n"
    )


def test_a_name_with_a_comma_stays_one_column() -> None:
    record = written("2022-01-10 Main Buy A,B 1 10\n2024-01-10 Main Sell A,B 1 12")

    assert '"1 sh. A,B"' in csv_text(form_8949(ledger(record), 2024))


def test_a_loss_that_is_not_allowed_at_all_leaves_exactly_nothing() -> None:
    """A basis of 20.006 and proceeds of 10.004 are 20.01 and 10.00 on the form, and 10.002 isn't 10.01."""
    record = written(
        """
        2022-01-10 Main Buy X 1 20.006
        2024-01-10 Main Sell X 1 10.004
        2024-01-12 Main Buy X 1 10
        """
    )
    (row,) = form_8949(ledger(record), 2024).rows

    assert (row.proceeds, row.cost, row.adjustment, row.gain) == (1_000, 2_001, 1_001, 0)


def test_parts_of_a_sale_add_up_to_what_it_received() -> None:
    """A hundred over three lots of a third each: 33.33, 33.34 and 33.33."""
    record = written(
        """
        2022-01-10 Main Buy X 1 10
        2022-01-11 Main Buy X 1 10
        2022-01-12 Main Buy X 1 10
        2024-01-10 Main Sell X 3 100
        """
    )

    assert [row.proceeds for row in form_8949(ledger(record), 2024).rows] == [3_333, 3_334, 3_333]


@settings(max_examples=150, deadline=None)
@given(histories(TAXED))
def test_columns_add_up_whatever_the_record(history: History) -> None:
    found = ledger(history)
    for year in range(2023, 2028):
        rows = form_8949(found, year).rows
        sold = [
            row
            for row in history.transactions
            if row.activity is Activity.SELL and row.day.year == year
        ]
        assert sum(row.proceeds for row in rows) == sum(
            cents(round(row.amount or 0.0, 6)) for row in sold
        )
        gain = sum(each.recognised or 0.0 for each in found.sales if each.day.year == year)
        assert sum(row.gain for row in rows) == pytest.approx(
            100 * gain, abs=1.5 * len(rows) + 1e-6
        )
        for row in rows:
            assert 0 <= row.adjustment <= max(row.cost - row.proceeds, 0)
        assert [row.is_long for row in rows] == sorted(row.is_long for row in rows)
