"""Ranges of holdings and targets: XR_CHECK, XR_TRADES and XR_CASHFLOW read them alike."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from xl_rebal.errors import InputError
from xl_rebal.functions import FUNCTIONS

Row = Sequence[object]
HOLDINGS = [["AAA", 60, 100], ["BBB", 30, 100], ["CASH", 1000, None]]
TARGETS = [["AAA", 0.5], ["BBB", 0.5]]
HEADER = ["Symbol", "Quantity", "Price"]
WITH_ACCOUNT = ["Account", *HEADER]


def refused(name: str, *cells: object) -> list[str]:
    with pytest.raises(InputError) as caught:
        FUNCTIONS[name](*cells)
    return [str(problem) for problem in caught.value.problems]


def checked(rows: object, kind: str) -> list[tuple[object, ...]]:
    """Code and cell of each problem that XR_CHECK lists."""
    answer = FUNCTIONS["XR_CHECK"](rows, kind, False)
    if answer == "OK":
        return []
    assert isinstance(answer, list)
    return [tuple(row[:2]) for row in answer]


@pytest.mark.parametrize(
    ("rows", "kind"),
    [
        (HOLDINGS, "holdings"),
        ([HEADER, *HOLDINGS], "holdings"),
        (TARGETS, "targets"),
        ([["Symbol", "Weight"], *TARGETS], "targets"),
        ([["AAA", 0.5, 0.05], ["BBB", 0.5, None]], "targets"),
    ],
)
def test_a_range_is_checked_with_and_without_a_header_row(rows: object, kind: str) -> None:
    assert checked(rows, kind) == []
    given = (rows, TARGETS) if kind == "holdings" else (HOLDINGS, rows)
    assert isinstance(FUNCTIONS["XR_TRADES"](*given), list)


@pytest.mark.parametrize(
    ("rows", "places"),
    [
        ([["AAA", -1, 100], ["BBB", "x", 100]], [(105, "B1"), (101, "B2")]),
        ([HEADER, ["AAA", -1, 100], [None, None, None], ["BBB", 1, "x"]],
         [(105, "B2"), (101, "C4")]),
        ([[None, None, None], ["AAA", 1, 100], ["AAA", 2, 100]], [(106, "A3")]),
        ([["CASH", 1000, 2]], [(105, "C1")]),
        ([["CASH", None, 1000]], [(108, "B1"), (105, "C1")]),
        ([["AAA", None, 100]], [(108, "B1")]),
        ([[700, 1, 100]], [(104, "A1")]),
        ([["AAA"]], [(108, "B1")]),
        ([["CASH", -500, None], ["AAA", 10, 100]], [(105, "B1")]),
    ],
)  # fmt: skip
def test_what_the_check_lists_of_holdings_the_trades_refuse_in_the_same_rows(
    rows: list[Row], places: list[tuple[object, ...]]
) -> None:
    assert checked(rows, "holdings") == places

    for name in ("XR_TRADES", "XR_CASHFLOW"):
        found = refused(name, rows, [["AAA", 1.0]], 100)
        for code, cell in places:
            row = str(cell)[1:]
            assert any(p.startswith(f"#XR{code} holdings, row {row}: ") for p in found), found


@pytest.mark.parametrize(
    ("rows", "places"),
    [
        ([["AAA", 0.5], ["BBB", 0.47]], [(103, "B1")]),
        ([["Symbol", "Weight"], ["AAA", 0.5], [None, None], ["AAA", 0.5]], [(106, "A4")]),
        ([["AAA", 50], ["BBB", 50]], [(105, "B1"), (105, "B2")]),
        ([["AAA", 1.0, 5]], [(105, "C1")]),
    ],
)
def test_what_the_check_lists_of_targets_the_trades_refuse_in_the_same_rows(
    rows: list[Row], places: list[tuple[object, ...]]
) -> None:
    assert checked(rows, "targets") == places
    found = refused("XR_TRADES", HOLDINGS, rows)
    for code, cell in places:
        assert any(p.startswith(f"#XR{code} targets, row {str(cell)[1:]}: ") for p in found), found


def test_a_header_without_rows_is_said_to_be_one() -> None:
    assert checked([HEADER], "holdings") == [(208, "")]
    assert refused("XR_TRADES", [HEADER], TARGETS) == [
        "#XR208 holdings: found a header without rows, expected rows below it."
    ]
    assert refused("XR_TRADES", [[*HEADER, "Remark"], [None, None, None, "x"]], TARGETS) == [
        "#XR208 holdings: found no holdings in the range, expected at least one row. Fill in its "
        "columns."
    ]


@pytest.mark.parametrize("name", ["XR_TRADES", "XR_CASHFLOW"])
def test_the_holdings_of_two_accounts_are_not_merged(name: str) -> None:
    rows = [WITH_ACCOUNT, ["IRA", "AAA", 60, 100], ["Joint", "BBB", 30, 100]]

    assert refused(name, rows, TARGETS, 500) == [
        "#XR112 holdings: found 2 accounts, 'IRA' and 'Joint', expected the holdings of one "
        "account. Give the rows of one account at a time, or let the command Rebalance do all of "
        "them."
    ]
    assert checked(rows, "holdings") == []


def test_one_account_named_in_every_row_or_in_some_is_one_account() -> None:
    plain = FUNCTIONS["XR_TRADES"](HOLDINGS, TARGETS)
    for names in (("IRA", "IRA", "IRA"), ("IRA", None, None), (None, None, None)):
        rows = [[name, *row] for name, row in zip(names, HOLDINGS, strict=True)]
        assert FUNCTIONS["XR_TRADES"]([WITH_ACCOUNT, *rows], TARGETS) == plain


def test_one_account_spelt_in_two_ways_is_refused() -> None:
    rows = [WITH_ACCOUNT, ["IRA", "AAA", 60, 100], ["ira", "BBB", 30, 100]]

    (found,) = refused("XR_TRADES", rows, TARGETS)
    assert found.startswith("#XR112 holdings, row 3: found 'ira', expected 'IRA' as above.")


def test_the_targets_of_two_models_are_not_merged() -> None:
    rows = [["Model", "Symbol", "Target"], ["Safe", "AAA", 1.0], ["Bold", "BBB", 1.0]]

    (found,) = refused("XR_TRADES", HOLDINGS, rows)
    assert found.startswith(
        "#XR112 targets: found the targets of several models, 'Safe' and 'Bold'"
    )
    assert checked(rows, "targets") == []


def test_a_relative_band_of_a_target_counts_as_a_band() -> None:
    targets = [["Symbol", "Target", "Band relative"], ["AAA", 0.5, 0.2], ["BBB", 0.5, 0.2]]
    still = FUNCTIONS["XR_TRADES"]([["AAA", 52, 100], ["BBB", 48, 100]], targets)

    assert isinstance(still, list)
    assert len(still) == 1


def test_a_holding_without_a_price_is_refused_by_its_symbol() -> None:
    assert refused("XR_TRADES", [HEADER, ["AAA", 1, None], ["BBB", 1, 5]], TARGETS) == [
        "#XR206 holdings, row 2: found no price for AAA, expected a price above 0. Type it."
    ]
    assert checked([HEADER, ["AAA", 1, None]], "holdings") == []


def test_an_overdraft_is_told_to_be_given_as_cash() -> None:
    (found,) = refused("XR_TRADES", [["AAA", 10, 100], ["CASH", -500, None]], [["AAA", 1.0]])

    assert found.endswith("For an overdraft type 0 here and give the debt as cash below 0.")
