"""Rows that cannot be: all at once, each with its sentence, and nothing said only because another is wrong."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from tests.tax.records import ACCOUNTS, written
from xl_rebal.errors import InputError
from xl_rebal.model.transactions import Activity, History, Transaction
from xl_rebal.tax.ledger import ledger
from xl_rebal.tax.methods import LotMethod


def problems(history: History, method: LotMethod = LotMethod.FIFO) -> dict[int, str]:
    """The sentences by row."""
    with pytest.raises(InputError) as raised:
        ledger(history, method=method)
    assert all(each.about[0] == "transaction" for each in raised.value.problems)
    return {int(each.about[1]): str(each) for each in raised.value.problems}


def test_more_than_is_held_and_what_was_never_held_cannot_be_sold() -> None:
    assert problems(
        written(
            """
            2024-01-02 Main Buy X 100 1000
            2024-02-01 Main Sell X 150 1500
            2024-02-02 Main Sell Y 1 10
            2024-02-03 Main Sell X 100 1000
            """
        )
    ) == {
        1: "#XR105 found 150 X sold from Main on 2024-02-01, which holds 100, expected no more than are held. "
        "Correct the quantity, or add what is missing as Buy or Opening.",
        2: "#XR105 found 1 Y sold from Main on 2024-02-02, which holds 0, expected no more than are held. "
        "Correct the quantity, or add what is missing as Buy or Opening.",
    }


def test_a_named_lot_must_be_there_and_hold_enough() -> None:
    assert problems(
        written(
            """
            2024-01-02 Main Buy X 100 1000 spring
            2024-01-03 Main Buy X 100 1000 summer
            2024-02-01 Main Sell X 150 1500 summer
            2024-02-02 Main Sell X 10 100 sumer
            """
        )
    ) == {
        2: "#XR105 found 150 X sold from the lot 'summer' of Main on 2024-02-01, which holds 100, expected no "
        "more than are held. Correct the quantity, or add what is missing as Buy or Opening.",
        3: "#XR104 found the lot 'sumer', expected a lot of X that Main holds on 2024-02-02. "
        "Did you mean 'summer'?",
    }


def test_a_name_of_two_lots_names_none() -> None:
    found = problems(
        written(
            """
            2024-01-02 Main Buy X 100 1000
            2024-01-02 Second Buy X 100 1000
            2024-01-05 Second Transfer X -100
            2024-01-05 Main Transfer X 100
            2024-02-01 Main Sell X 100 1500 2024-01-02
            """
        )
    )

    assert list(found) == [4]
    assert found[4].startswith(
        "#XR116 found the lot '2024-01-02', as two purchases of X in Main are called"
    )


def test_transfers_must_balance_and_what_follows_is_not_blamed() -> None:
    found = problems(
        written(
            """
            2024-01-02 Main Buy X 100 1000
            2024-01-05 Main Transfer X -100
            2024-02-01 Second Sell X 100 1500
            2024-01-05 Second Transfer X 90
            """
        )
    )

    assert list(found) == [1, 3]
    assert found[1] == (
        "#XR112 found transfers of X on 2024-01-05 by which 100 leave and 90 arrive, expected as many of both, "
        "since they are between one's own accounts. Type the row that is missing; what comes from others is an "
        "Opening lot."
    )


def test_a_transfer_of_what_is_not_there_is_the_only_problem() -> None:
    found = problems(
        written(
            """
            2024-01-02 Main Buy X 60 1000
            2024-01-05 Main Transfer X -100
            2024-01-05 Second Transfer X 100
            2024-02-01 Second Sell X 100 1500
            """
        )
    )

    assert list(found) == [1]
    assert "100 X transferred from Main on 2024-01-05, which holds 60" in found[1]


def test_rows_before_an_opening_lot_would_count_twice() -> None:
    found = problems(
        written(
            """
            2020-01-02 Main Opening X 60 -
            2022-01-05 Main Opening X 40 900
            2021-01-05 Main Buy X 100 1000
            2021-01-05 Main Dividend X 0 10
            2021-02-05 Second Buy X 100 1000
            2021-03-05 Second Split X 2
            2022-01-05 Main Buy X 1 10
            """
        )
    )

    assert list(found) == [2, 5]
    assert found[2] == (
        "#XR112 found a Buy of X on 2021-01-05, before its Opening lot of 2022-01-05 in Main, expected Opening "
        "lots that come before all else. What an Opening lot counts already is no row: delete it, or type the "
        "lots as Buy."
    )


def test_two_lots_of_one_name_and_two_ratios_of_one_day_are_refused() -> None:
    assert problems(
        written(
            """
            2024-01-02 Main Buy X 100 1000 a
            2024-01-03 Main Buy X 100 1000 a
            2024-01-03 IRA Buy X 100 1000 a
            2024-01-08 IRA Split X 2
            2024-01-08 Main Split X 3
            """
        )
    ) == {
        1: "#XR106 found a second lot 'a' of X in Main, expected a name for each lot. Give it another, "
        "or none.",
        4: "#XR112 found 3 and 2 for 1 as splits of X on 2024-01-08, expected one ratio in all "
        "accounts. Correct the one that is wrong.",
    }


def test_specific_identification_asks_for_the_lot_of_a_sale() -> None:
    record = written(
        """
        2024-01-02 Main Buy X 100 1000
        2024-02-03 Main Sell X 10 100
        2024-02-04 Main Sell X 10 100 2024-01-02
        2024-02-05 Main Transfer X -10
        2024-02-05 Second Transfer X 10
        """
    )

    assert problems(record, LotMethod.SPECIFIC) == {
        1: "#XR108 found a sale of X without a lot, expected the lot that was sold, for LotMethod specific. "
        "Name it, or choose another method."
    }


@pytest.mark.parametrize("quantity", [math.nan, math.inf, -math.inf, 0.0, -5.0])
@pytest.mark.parametrize("activity", list(Activity))
def test_a_quantity_that_is_no_such_number_is_refused(activity: Activity, quantity: float) -> None:
    is_fine = (activity is Activity.TRANSFER and quantity == -5) or (
        activity is Activity.DIVIDEND and quantity == 0
    )
    day = written("2024-01-02 Main Buy X 10 100\n2024-01-03 Main Buy Y 10 100")
    amount = None if activity in (Activity.TRANSFER, Activity.SPLIT) else 100.0
    row = Transaction(7, "Main", day.transactions[1].day, activity, "X", quantity, amount)
    back = replace(row, row=8, account="Second", quantity=5.0)
    rows = (*day.transactions, row, *((back,) if activity is Activity.TRANSFER and is_fine else ()))
    history = History(rows, ACCOUNTS)
    if is_fine:
        assert ledger(history).lots
    else:
        assert list(problems(history)) == [7]


@pytest.mark.parametrize("amount", [math.nan, math.inf, 0.0, -5.0, None])
@pytest.mark.parametrize(
    "activity", [Activity.BUY, Activity.SELL, Activity.REINVEST, Activity.OPENING]
)
def test_an_amount_that_is_no_such_number_is_refused(
    activity: Activity, amount: float | None
) -> None:
    day = written("2024-01-02 Main Buy X 10 100")
    row = Transaction(7, "Main", day.transactions[0].day, activity, "X", 5.0, amount, "new")
    row = row if activity.acquires else replace(row, lot_id="")
    history = History((*day.transactions, row), ACCOUNTS)
    if activity is Activity.OPENING and amount is None:
        assert ledger(history).lots[0].cost is not None
    else:
        assert list(problems(history)) == [7]


def test_all_rows_are_told_at_once_in_their_order() -> None:
    found = problems(
        written(
            """
            2024-03-02 Main Sell Y 1 10
            2024-01-02 Main Buy X -4 10
            2024-01-02 Main Buy Z 4 -
            2024-02-02 Main Sell X 4 10
            2024-02-02 Main Sell W 4 10
            """
        )
    )

    assert list(found) == [0, 1, 2, 4]
    assert found[2] == "#XR108 found no amount for 4 Z, expected the total, fees included. Type it."


def test_rows_that_are_not_known_yet_are_not_wrong_yet() -> None:
    record = written(
        """
        2024-01-02 Main Buy X 100 1000
        2024-02-03 Main Sell X 500 5000
        """
    )

    assert ledger(record, record.transactions[0].day).lots
    assert list(problems(record)) == [1]
