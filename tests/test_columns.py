"""Tables laid out for a width: the forms they take, and that nothing is ever lost."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xl_rebal.columns import Column, Row, Table, lay_out, paragraph

COLUMNS = (
    Column("Account"), Column("Symbol"), Column("Amount sold", right=True), Column("Costs", right=True)
)  # fmt: skip


def row(account: str, symbol: str, amount: str, costs: str, remark: str = "") -> Row:
    return Row(((account, ""), (symbol, ""), (amount, ""), (costs, "")), remark)


ROWS = (
    row("Brokerage", "AAPL", "13,775.04", "19.51", "Sold to its target of 30.0 %."),
    row("Brokerage", "MSFT", "608.60", "1.00"),
    row("IRA", "CASH", "1,000,000.00", "0.00", "As it is."),
)


def laid(width: int | None, *, grouped: bool = False) -> list[str]:
    lines = lay_out(Table(COLUMNS, ROWS, "Why", grouped), width)
    return ["".join(text for text, _ in line) for line in lines]


def test_with_room_the_remarks_are_the_last_column() -> None:
    assert laid(None) == laid(200) == [
        "Account    Symbol   Amount sold  Costs  Why",
        "Brokerage  AAPL       13,775.04  19.51  Sold to its target of 30.0 %.",
        "Brokerage  MSFT          608.60   1.00",
        "IRA        CASH    1,000,000.00   0.00  As it is.",
    ]  # fmt: skip


def test_with_less_room_each_remark_stands_below_its_row() -> None:
    assert laid(50) == [
        "Account    Symbol   Amount sold  Costs",
        "Brokerage  AAPL       13,775.04  19.51",
        "    Sold to its target of 30.0 %.",
        "Brokerage  MSFT          608.60   1.00",
        "IRA        CASH    1,000,000.00   0.00",
        "    As it is.",
    ]


def test_a_heading_takes_the_first_column_where_rows_may_share_it() -> None:
    assert laid(32, grouped=True) == [
        "  Symbol   Amount sold  Costs",
        "Brokerage",
        "  AAPL       13,775.04  19.51",
        "    Sold to its target of",
        "    30.0 %.",
        "  MSFT          608.60   1.00",
        "IRA",
        "  CASH    1,000,000.00   0.00",
        "    As it is.",
    ]


def test_where_no_column_fits_each_row_is_a_paragraph() -> None:
    assert laid(24) == [
        "Brokerage  AAPL",
        "  Amount sold 13,775.04",
        "  Costs 19.51",
        "    Sold to its target",
        "    of 30.0 %.",
        "Brokerage  MSFT",
        "  Amount sold 608.60",
        "  Costs 1.00",
        "IRA  CASH",
        "  Amount sold 1,000,000.00",
        "  Costs 0.00",
        "    As it is.",
    ]


def test_headers_take_two_lines_before_anything_else_gives_way() -> None:
    table = Table(
        (Column("Account"), Column("Cash before", right=True)), (Row((("IRA", ""), ("5.00", ""))),)
    )
    assert ["".join(text for text, _ in line) for line in lay_out(table, 15)] == [
        "           Cash",
        "Account  before",
        "IRA        5.00",
    ]


def test_a_long_name_goes_on_below() -> None:
    table = Table(
        (Column("Line"), Column("Value", right=True)),
        (Row((("Developed markets without the US", ""), ("45,781.40", ""))),),
    )
    assert ["".join(text for text, _ in line) for line in lay_out(table, 28)] == [
        "Line                   Value",
        "Developed markets  45,781.40",
        "without the US",
    ]


def test_chinese_names_take_two_columns_a_character() -> None:
    table = Table(
        (Column("Line"), Column("Value", right=True)),
        (Row((("美国股票", ""), ("1.00", ""))), Row((("Bonds", ""), ("2.00", "")))),
    )
    assert ["".join(text for text, _ in line) for line in lay_out(table, 80)][1:] == [
        "美国股票   1.00",
        "Bonds      2.00",
    ]


@given(width=st.integers(1, 120), grouped=st.booleans())
def test_whatever_the_width_every_word_and_number_is_there(width: int, grouped: bool) -> None:
    text = " ".join(laid(width, grouped=grouped))
    for number in ("13,775.04", "19.51", "608.60", "1.00", "1,000,000.00", "0.00"):
        assert re.search(rf"(?<!\S){re.escape(number)}(?!\S)", text)


@pytest.mark.parametrize("width", range(12, 60))
def test_no_unit_is_parted_from_its_number(width: int) -> None:
    lines = paragraph("AAPL: 15.8 pp over its 30.0 % target; out of its ±5.0 pp band.", width)

    assert max(map(len, lines)) <= width
    assert not any(line.startswith(("pp", "%")) for line in lines)
