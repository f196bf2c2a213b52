"""The tax functions as a sheet calls them, against examples that others have published and sums by hand."""

from __future__ import annotations

from datetime import date

import pytest

from xl_rebal.cells import RawCell
from xl_rebal.errors import InputError
from xl_rebal.registry import FUNCTIONS

Rows = list[list[RawCell]]

HEADER: list[RawCell] = [
    "Date",
    "Account",
    "Account type",
    "Action",
    "Symbol",
    "Quantity",
    "Amount",
]


def called(name: str, *cells: object) -> list[dict[str, RawCell]]:
    """The rows of a function by header."""
    answer = FUNCTIONS[name](*cells)
    assert isinstance(answer, list)
    header, *rows = answer
    return [dict(zip(map(str, header), row, strict=True)) for row in rows]


# IRS Publication 550, "Wash Sales": 100 shares of X for 1,000, sold for 750, and 100 bought for 800 within 30
# days. The loss of 250 is not deductible; the basis of the new shares is 1,050.
PUB_550: Rows = [
    HEADER,
    ["2025-01-15", "A", "Taxable", "Buy", "X", 100, 1000],
    ["2025-06-02", "A", "Taxable", "Sell", "X", 100, 750],
    ["2025-06-20", "A", "Taxable", "Buy", "X", 100, 800],
]


def test_the_example_of_publication_550() -> None:
    (sale,) = called("XR_WASH", PUB_550)
    assert (sale["Disallowed"], sale["Recognised"], sale["Term"]) == (250, 0, "short")
    (lot,) = called("XR_LOTS", PUB_550)
    assert lot["Adjusted basis"] == 1050
    # Held from 15 January to 2 June, 138 days, which are added to those of the new shares.
    assert lot["Adjusted date"] == date(2025, 2, 2)


def test_a_replacement_in_an_ira_is_lost_for_good() -> None:
    """Rev. Rul. 2008-5: no basis is added."""
    rows = [*PUB_550[:-1], ["2025-06-20", "R", "Roth", "Buy", "X", 100, 800]]
    (sale,) = called("XR_WASH", rows)
    assert (sale["Disallowed"], sale["Recognised"]) == (250, 0)
    (lot,) = called("XR_LOTS", rows)
    assert (lot["Account"], lot["Adjusted basis"], lot["Adjusted date"]) == (
        "R",
        800,
        date(2025, 6, 20),
    )
    (alone,) = called("XR_WASH", rows, "account")
    assert (alone["Disallowed"], alone["Recognised"]) == (0, -250)


def test_lots_are_those_of_a_day_and_of_a_method() -> None:
    rows: Rows = [
        HEADER,
        ["2025-01-15", "A", "", "Buy", "X", 10, 100],
        ["2025-02-15", "A", "", "Buy", "X", 10, 300],
        ["2025-03-15", "A", "", "Sell", "X", 10, 250],
    ]
    assert [row["Adjusted basis"] for row in called("XR_LOTS", rows, "2025-03-01")] == [100, 300]
    assert [row["Adjusted basis"] for row in called("XR_LOTS", rows)] == [300]
    assert [row["Adjusted basis"] for row in called("XR_LOTS", rows, None, "hifo")] == [100]


def test_an_identity_group_makes_one_of_two_funds() -> None:
    rows: Rows = [*PUB_550[:-1], ["2025-06-20", "A", "Taxable", "Buy", "Y", 100, 800]]
    assert [row["Disallowed"] for row in called("XR_WASH", rows)] == [0]
    same: Rows = [["Symbol", "Index"], ["X", "S&P 500"], ["Y", "S&P 500"]]
    assert [row["Disallowed"] for row in called("XR_WASH", rows, None, None, same)] == [250]


LOTS: Rows = [
    ["Account", "Symbol", "Lot", "Acquired", "Quantity", "Cost basis"],
    ["A", "X", "old", "2020-01-02", 10, 500],
    ["A", "X", "new", "2026-01-05", 10, 900],
    ["A", "X", "gift", "2021-01-04", 10, None],
]


def test_the_tax_of_a_sale_by_hand() -> None:
    # 15 at 100: new gains 100 (short, 37 %), then old 5 x 50 (long, 20 %).
    found = called("XR_TAX", LOTS, 15, 100, "2026-03-16")
    assert [list(row.values()) for row in found] == [
        ["new", 10, 100, "short", pytest.approx(37)],
        ["old", 5, 250, "long", pytest.approx(50)],
    ]
    least = called("XR_TAX", LOTS, 10, 100, "2026-03-16", "mintax", 0.4, 0.05)
    assert [row["Lot"] for row in least] == ["old"]
    assert least[0]["Tax"] == pytest.approx(25)
    named = called("XR_TAX", LOTS, 5, 100, "2026-03-16", "specific", None, None, "gift")
    assert [(row["Gain"], row["Tax"]) for row in named] == [("unknown", "unknown")]


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        (
            (LOTS, 31, 100, "2026-03-16"),
            "#XR105 quantity: found 31 shares to sell, expected at most the 30",
        ),
        ((LOTS, 5, 100, "2026-03-16", "specific"), "#XR108 lot_ids: found no lots named"),
        ((LOTS, 5, 100, "2026-03-16", "specific", None, None, "newer"), "found lot 'newer'"),
        ((LOTS, 5, 100, "2019-03-16"), "lot old acquired on 2020-01-02"),
        (
            ([*LOTS, ["B", "X", "1", "2020-01-02", 1, 5]], 5, 100, "2026-03-16"),
            "lots of 2 holdings",
        ),
    ],
)
def test_a_sale_that_cannot_be_is_refused(cells: tuple[object, ...], words: str) -> None:
    with pytest.raises(InputError) as refused:
        FUNCTIONS["XR_TAX"](*cells)
    assert words in str(refused.value)


def test_a_harvest_by_hand() -> None:
    lots: Rows = [
        LOTS[0],
        ["A", "X", "1", "2024-01-02", 10, 1300],  # long: 300 x 20 %
        ["A", "X", "2", "2025-12-01", 10, 1200],  # short: 200 x 37 %
        ["A", "X", "3", "2025-12-01", 10, 1040],  # 3.8 % of its basis: too little
    ]
    found = called("XR_HARVEST", lots, [["X", 100]], "2026-03-16")
    later = 0.20 / 1.05**10
    assert [(row["Lot"], row["Loss"], row["Term"], row["Take?"]) for row in found] == [
        ("2", 200, "short", "Yes"),
        ("1", 300, "long", "Yes"),
    ]
    assert [row["Gross tax saved"] for row in found] == pytest.approx([74, 60])
    assert [row["Net benefit"] for row in found] == pytest.approx(
        [74 - 200 * later, 60 - 300 * later]
    )


def test_with_a_record_a_harvest_offsets_what_the_year_has() -> None:
    """A gain of 1,000 (long, 20 %) so far; the rest of a loss of 5,000 takes 3,000 off income (37 %)."""
    lots: Rows = [LOTS[0], ["A", "X", "1", "2025-12-01", 10, 6000]]
    record: Rows = [
        HEADER,
        ["2020-01-15", "A", "Taxable", "Buy", "Z", 10, 1000],
        ["2026-02-02", "A", "Taxable", "Sell", "Z", 10, 2000],
        ["2026-03-01", "R", "Roth", "Buy", "X", 1, 100],
    ]
    quotes: Rows = [["X", 100]]
    plain = (None,) * 5
    (row,) = called("XR_HARVEST", lots, quotes, "2026-03-16", record, *plain, "taxable")
    saved = 1000 * 0.20 + 3000 * 0.37
    later = (5000 - 1000) * 0.20 / 1.05**10  # 1,000 are carried, and offset the gain then
    assert row["Gross tax saved"] == pytest.approx(1850)
    assert row["Net benefit"] == pytest.approx(saved - later)
    (washed,) = called("XR_HARVEST", lots, quotes, "2026-03-16", record)
    assert washed["Wash status"] == "possible wash sale: 1 X bought on 2026-03-01 in R"
    assert (washed["Earliest clear date"], washed["Take?"]) == (date(2026, 4, 1), "No")


def test_every_wrong_row_is_said_at_once() -> None:
    rows: Rows = [
        HEADER,
        ["2025-01-15", "A", "Taxable", "Buy", "X", 10, 100],
        ["2025-02-15", "A", "Taxable", "Sell", "X", 12, 300],
        ["2025-02-15", "A", "Taxable", "Sell", "Y", 1, 300],
    ]
    with pytest.raises(InputError) as refused:
        FUNCTIONS["XR_WASH"](rows)
    said = [str(problem) for problem in refused.value.problems]
    assert [each.partition(":")[0] for each in said] == [
        "#XR105 transactions, row 3",
        "#XR105 transactions, row 4",
    ]
