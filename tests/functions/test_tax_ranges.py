"""Ranges of transactions, lots and securities: XR_CHECK and the functions of taxes read them alike."""

from __future__ import annotations

from datetime import date

import pytest

from xl_rebal.cells import RawCell
from xl_rebal.errors import Code, InputError, Problem
from xl_rebal.functions import FUNCTIONS
from xl_rebal.functions.work.ranges import Record, lot_table, record, security_table
from xl_rebal.model.portfolio import Lot
from xl_rebal.model.securities import Securities
from xl_rebal.model.transactions import Activity, TaxAccount, Transaction

Cells = list[list[RawCell]]
HEADER: list[RawCell] = [
    "Date",
    "Account",
    "Account type",
    "Owner",
    "Action",
    "Symbol",
    "Quantity",
    "Amount",
]
BUY: list[RawCell] = ["2024-01-05", "Joint", "Taxable", "Ann", "Buy", "VTI", 10, 1000]
SELL: list[RawCell] = [45444, "Joint", None, None, "Sell", "VTI", 4, 380]
IRA: list[RawCell] = ["2024-06-10", "IRA", "traditional", "ANN", "Reinvest", "VTI", 0.5, 45]
LOTS: Cells = [["Symbol", "Acquired", "Quantity", "Cost basis"], ["VTI", "2024-01-05", 10, 1000]]
SECURITIES: Cells = [["Symbol", "Index"], ["VTI", "CRSP"], ["VTSAX", "crsp"]]


def checked(rows: Cells, kind: str) -> list[tuple[object, ...]]:
    answer = FUNCTIONS["XR_CHECK"](rows, kind, False)
    if answer == "OK":
        return []
    assert isinstance(answer, list)
    return [tuple(row[:2]) for row in answer]


def read(rows: Cells, securities: Securities = Securities()) -> Record:  # noqa: B008  a frozen value
    problems: list[Problem] = []
    found = record(rows, securities, "transactions", problems)
    assert problems == []
    assert found is not None
    return found


def test_a_range_tells_its_accounts_and_their_owners() -> None:
    history = read([HEADER, BUY, SELL, IRA]).history

    assert history.transactions == (
        Transaction(0, "Joint", date(2024, 1, 5), Activity.BUY, "VTI", 10, 1000),
        Transaction(1, "Joint", date(2024, 6, 1), Activity.SELL, "VTI", 4, 380),
        Transaction(2, "IRA", date(2024, 6, 10), Activity.REINVEST, "VTI", 0.5, 45),
    )
    assert history.account("Joint") == TaxAccount("Joint", "Taxable", "Ann")
    assert history.account("IRA") == TaxAccount("IRA", "Traditional", "Ann")


def test_a_range_of_one_account_needs_no_column_for_it() -> None:
    columns = [0, 4, 5, 6, 7]
    (each,) = read([[row[c] for c in columns] for row in (HEADER, BUY)]).history.transactions

    assert each.account == "Main"


def test_one_row_tells_the_type_of_a_whole_account_that_is_not_named() -> None:
    rows = [HEADER, [BUY[0], None, "Roth", *BUY[3:]], [SELL[0], None, *SELL[2:]]]

    assert read(rows).history.account("Main") == TaxAccount("Main", "Roth", "Ann")


def test_securities_give_the_groups_of_a_record() -> None:
    problems: list[Problem] = []
    securities = security_table(SECURITIES, "securities", problems)
    history = read([HEADER, BUY], securities).history

    assert problems == []
    assert history.group("VTI") == history.group("VTSAX")
    assert security_table(None, "securities", problems) == Securities()


def test_lots_stand_alone() -> None:
    problems: list[Problem] = []
    assert lot_table(LOTS, "lots", problems) == (
        Lot("Main", "VTI", "1", 10, date(2024, 1, 5), 100),
    )
    assert problems == []


def test_what_the_ledger_refuses_is_told_by_the_row_of_the_range() -> None:
    found = read([[None] * 8, HEADER, BUY, [None] * 8, SELL])
    refused = [Problem(Code.CONFLICT, "4 sold", "3", "Mend.", about=("transaction", "2"))]

    assert [str(each) for each in found.problems(refused)] == [
        "#XR112 transactions, row 5: found 4 sold, expected 3. Mend."
    ]


@pytest.mark.parametrize(
    ("row", "places"),
    [
        (BUY, []),
        ([*BUY[:4], "Bought", *BUY[5:]], [(104, "E3")]),
        ([None, *BUY[1:]], [(108, "A3")]),
        ([*BUY[:6], -10, 1000], [(105, "G3")]),
        ([*BUY[:6], 10, None], [(108, "H3")]),
        ([*BUY[:2], "Pension", *BUY[3:]], [(104, "C3")]),
        ([*BUY[:2], "Roth", *BUY[3:]], [(112, "C3")]),
        ([*BUY[:3], "Ben", *BUY[4:]], [(112, "D3")]),
        ([BUY[0], "joint", *BUY[2:]], [(112, "B3")]),
        (["2999-12-31", *BUY[1:]], []),
    ],
)  # fmt: skip
def test_the_check_lists_what_a_function_refuses_of_transactions(
    row: list[RawCell], places: list[tuple[object, ...]]
) -> None:
    rows = [HEADER, BUY, row]
    problems: list[Problem] = []

    assert checked(rows, "transactions") == places
    found = record(rows, Securities(), "transactions", problems)
    assert [(p.code, p.argument) for p in problems] == [
        (code, f"transactions, row {str(cell)[1:]}") for code, cell in places
    ]
    assert (found is None) == bool(places)


@pytest.mark.parametrize(
    ("rows", "places"),
    [
        (LOTS, []),
        ([*LOTS, ["VTI", None, 10, 1000]], [(108, "B3")]),
        ([*LOTS, ["VTI", "2024-01-05", None, 1000]], [(108, "C3")]),
        ([*LOTS, ["VTI", "2024-01-05", -1, 1000]], [(105, "C3")]),
        ([["Lot", *LOTS[0]], *(["A", *row] for row in (LOTS[1], LOTS[1]))], [(106, "A3")]),
    ],
)
def test_the_check_lists_what_a_function_refuses_of_lots(
    rows: Cells, places: list[tuple[object, ...]]
) -> None:
    problems: list[Problem] = []

    assert checked(rows, "lots") == places
    assert bool(lot_table(rows, "lots", problems)) == (not places)
    assert [p.code for p in problems] == [code for code, _ in places]


@pytest.mark.parametrize(
    ("rows", "places"),
    [
        (SECURITIES, []),
        ([*SECURITIES, ["vti", None]], [(106, "A4")]),
        ([*SECURITIES, [None, "CRSP"]], [(108, "A4")]),
        ([["Symbol", "Substitutes"], ["VTI", "VTX"]], [(202, "B2")]),
    ],
)
def test_the_check_lists_what_a_function_refuses_of_securities(
    rows: Cells, places: list[tuple[object, ...]]
) -> None:
    problems: list[Problem] = []

    assert checked(rows, "securities") == places
    assert bool(security_table(rows, "securities", problems).rows) == (not places)
    assert [p.code for p in problems] == [code for code, _ in places]


def test_a_header_alone_is_said_to_be_one() -> None:
    for kind in ("transactions", "lots", "securities"):
        assert checked([HEADER], kind) == [(208, "")]


def refused(function: str, *arguments: object) -> str:
    with pytest.raises(InputError) as error:
        FUNCTIONS[function](*arguments)
    return str(error.value)


LOSING: Cells = [["Account", *LOTS[0]], ["Joint", "VTI", "2024-01-05", 10, 1000]]
QUOTES: Cells = [["VTI", 80]]


def wash_status(*later: list[RawCell]) -> RawCell:
    rows = FUNCTIONS["XR_HARVEST"](LOSING, QUOTES, "2024-07-01", [HEADER, BUY, *later])
    assert isinstance(rows, list)
    return rows[1][12]


def test_a_purchase_that_the_record_has_for_a_later_day_washes_too() -> None:
    later: list[RawCell] = ["2024-07-31", "IRA", "Roth", None, "Buy", "VTI", 1, 80]
    assert wash_status(later) == "possible wash sale: 1 VTI to be bought on 2024-07-31 in IRA"
    assert wash_status(["2024-08-01", *later[1:]]) == "clear"


def test_an_account_of_another_spelling_is_not_taken_for_another_account() -> None:
    lots = [LOSING[0], ["ira", *LOSING[1][1:]]]
    said = refused("XR_HARVEST", lots, QUOTES, "2024-07-01", [HEADER, IRA])
    assert "found account 'ira', expected 'IRA' as in transactions" in said


def test_no_lot_is_harvested_before_it_is_bought() -> None:
    said = refused("XR_HARVEST", LOSING, QUOTES, "2024-01-04")
    assert "acquired on 2024-01-05, expected a day up to 2024-01-04" in said


def named_lots(*names: RawCell) -> tuple[str, ...]:
    problems: list[Problem] = []
    header: list[RawCell] = ["Lot", *LOTS[0]]
    lots = lot_table([header, *([name, *LOTS[1]] for name in names)], "lots", problems)
    return tuple(lot.lot_id for lot in lots) or tuple(problem.found for problem in problems)


def test_a_lot_without_a_name_never_has_that_of_another() -> None:
    assert named_lots(None, "B", None) == ("1", "B", "3")
    assert named_lots(None, 1) == ("row 1", "1")
    assert named_lots("a", "A") == ("'A' a second time",)


def test_lots_are_named_by_long_numbers_too() -> None:
    lots = [["Lot", *LOTS[0]], [12345678, *LOTS[1]], [12345679, *LOTS[1]]]
    rows = FUNCTIONS["XR_TAX"](lots, 5, 80, "2024-07-01", "specific", None, None, 12345679)
    assert isinstance(rows, list)
    assert [row[0] for row in rows[1:]] == ["12345679"]


def test_a_lot_that_is_not_to_be_sold_is_not() -> None:
    lots: Cells = [["Lot", "Do not sell", *LOTS[0]], ["a", "Yes", *LOTS[1]], ["b", None, *LOTS[1]]]
    rows = FUNCTIONS["XR_TAX"](lots, 5, 80, "2024-07-01", "fifo")
    assert isinstance(rows, list)
    assert [row[0] for row in rows[1:]] == ["b"]
