"""The order of events, and the names of lots."""

from __future__ import annotations

from datetime import date
from itertools import permutations

from tests.tax.records import written
from xl_rebal.model.transactions import Activity
from xl_rebal.tax.record import events, known, lot_names

RECORD = written(
    """
    2024-01-05 Main Sell X 1 10
    2024-01-05 Main Transfer X -1
    2024-01-05 Main Buy X 2 20
    2024-01-05 Main Opening X 1 -
    2024-01-05 Main Split X 2
    2024-01-05 Main Dividend X 0 3
    2024-01-04 Main Reinvest X 1 10
    """
).transactions


def test_on_a_date_splits_come_first_then_purchases_transfers_and_sales() -> None:
    assert [row.activity for row in events(RECORD)] == [
        Activity.REINVEST,
        Activity.SPLIT,
        Activity.OPENING,
        Activity.BUY,
        Activity.TRANSFER,
        Activity.SELL,
    ]


def test_the_order_of_rows_does_not_matter() -> None:
    wanted = events(RECORD)

    assert all(events(rows) == wanted for rows in permutations(RECORD))


def test_rows_after_the_day_are_not_known() -> None:
    assert [row.row for row in known(RECORD, date(2024, 1, 4))] == [6]
    assert len(known(RECORD, None)) == len(RECORD)


def test_lots_without_a_name_are_called_by_their_date_and_numbered_by_content() -> None:
    rows = events(
        written(
            """
            2024-01-05 Main Buy X 9 90
            2024-01-05 Main Buy X 5 50
            2024-01-05 Main Buy X 7 70 mine
            2024-01-05 IRA Buy X 3 30
            2024-01-05 Main Buy Y 3 30
            2024-01-06 Main Buy X 3 30
            """
        ).transactions
    )

    assert lot_names(rows) == {
        1: "2024-01-05",
        0: "2024-01-05/2",
        2: "mine",
        3: "2024-01-05",
        4: "2024-01-05",
        5: "2024-01-06",
    }
