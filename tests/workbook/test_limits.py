"""Beyond what a sheet holds a write is refused in words; nothing is cut, blanked or moved."""

from __future__ import annotations

import io
from datetime import date

import openpyxl
import pytest

from tests.generated import new
from xl_rebal.cells import RawCell
from xl_rebal.errors import WriteError
from xl_rebal.generate import generate
from xl_rebal.workbook.book import Block, Results
from xl_rebal.workbook.content import Content
from xl_rebal.workbook.file_book import read_source
from xl_rebal.workbook.layout import TRADES, Column, Kind
from xl_rebal.workbook.limits import refuse_area, refuse_title, refuse_value
from xl_rebal.workbook.results import with_results
from xl_rebal.workbook.writer import Writer


def said(refusal: pytest.ExceptionInfo[WriteError]) -> str:
    return str(refusal.value)


@pytest.mark.parametrize(
    "value",
    [
        "x" * 32_767,
        "",
        None,
        0.0,
        -1e308,
        2**60,
        True,
        date(1900, 3, 1),
        date(9999, 12, 31),
        "\n\t",
    ],
)
def test_what_a_cell_can_hold_passes(value: RawCell) -> None:
    refuse_value(value, "Trades", "B7")


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("x" * 32_768, "found a text of 32,768 characters, expected at most 32,767 in a cell"),
        # Excel counts in UTF-16, where an emoji is two.
        ("\U0001f600" * 16_384, "found a text of 32,768 characters"),
        ("a\x07b", "found a text with a control character"),
        ("a\ud800b", "found a text with a control character"),
        (float("nan"), "found a number that is not finite"),
        (float("inf"), "found a number that is not finite"),
        (10**400, "found a number that is not finite"),
        (date(1900, 2, 28), "found 1900-02-28, expected a date from 1900-03-01"),
        (date(1899, 12, 31), "found 1899-12-31"),
    ],
)
def test_what_a_cell_cannot_hold_is_refused_at_its_cell(value: RawCell, sentence: str) -> None:
    with pytest.raises(WriteError) as refusal:
        refuse_value(value, "Trades", "B7")

    assert "#XR403 Trades!B7: " in said(refusal)
    assert sentence in said(refusal)


@pytest.mark.parametrize("title", ["A" * 31, "Joint (2)", "Ann's", "Übersicht", "1"])
def test_a_title_that_excel_takes_passes(title: str) -> None:
    refuse_title(title, ["Trades"])


@pytest.mark.parametrize(
    "title",
    ["", " ", "A" * 32, "\U0001f600" * 16, "a/b", "a:b", "a?b", "[a]", "a*b", "a\\b", "'a", "a'",
     "History", "TRADES", "a\x00b"],
)  # fmt: skip
def test_a_title_that_excel_does_not_take_is_refused(title: str) -> None:
    with pytest.raises(WriteError) as refusal:
        refuse_title(title, ["Trades"])

    assert "#XR403" in said(refusal)


def test_more_rows_or_columns_than_a_sheet_has_are_refused() -> None:
    refuse_area(1_048_576, 16_384, "Trades")
    with pytest.raises(WriteError, match="found 1,048,577 rows, expected at most 1,048,576"):
        refuse_area(1_048_577, 1, "Trades")
    with pytest.raises(WriteError, match="found 16,385 columns, expected at most 16,384"):
        refuse_area(1, 16_385, "Trades")


def test_the_writer_cuts_no_text() -> None:
    writer = Writer()
    sheet = writer.sheet("Mine", "000000")
    with pytest.raises(WriteError, match="Mine!A1: found a text of 32,768 characters"):
        writer.put(sheet, "A1", "x" * 32_768)
    with pytest.raises(WriteError, match="Mine!A1: found a text of 32,768 characters"):
        writer.formula(sheet, "A1", '=REPT("x",32768)', "x" * 32_768)
    writer.put(sheet, "A1", "x" * 32_767)

    book = openpyxl.load_workbook(io.BytesIO(writer.save()))
    assert book["Mine"]["A1"].value == "x" * 32_767


def test_the_writer_makes_no_sheet_under_a_title_that_is_taken_or_too_long() -> None:
    writer = Writer()
    writer.sheet("Mine", "000000")
    for title in ("mine", "M" * 32):
        with pytest.raises(WriteError):
            writer.sheet(title, "000000")


def test_the_writer_refuses_a_table_beyond_the_last_row_or_column() -> None:
    writer = Writer()
    sheet = writer.sheet("Mine", "000000")
    with pytest.raises(WriteError, match="1,048,577 rows"):
        writer.table(sheet, TRADES, 1_048_575, [(), ()])
    with pytest.raises(WriteError, match="16,390 columns"):
        writer.table(sheet, TRADES, 1, [], left=16_373)


def test_a_header_stays_text_and_has_255_characters_at_most() -> None:
    writer = Writer()
    sheet = writer.sheet("Mine", "000000")
    writer.table(sheet, TRADES, 1, [], columns=[Column("=VTI", Kind.TEXT, "")])
    with pytest.raises(WriteError, match="Mine!A9: found a text of 256 characters"):
        writer.table(sheet, TRADES, 9, [], columns=[Column("S" * 256, Kind.TEXT, "")])

    assert sheet["A1"].data_type == "s"


def test_a_new_book_with_a_text_beyond_a_cell_is_refused() -> None:
    content = Content(rows={"tblHoldings": ({"Account": "A" * 40_000, "Symbol": "VTI"},)})
    with pytest.raises(WriteError, match="Holdings!A5: found a text of 40,000 characters"):
        generate(content)


def test_a_result_with_a_text_beyond_a_cell_is_refused_and_not_cut() -> None:
    book = new("empty")
    row: tuple[RawCell, ...] = tuple(
        "R" * 32_768 if h == "Reason" else None for h in TRADES.headers
    )
    results = Results((Block("tblTrades", (row,)),), sheets=("Trades",))
    with pytest.raises(WriteError, match="found a text of 32,768 characters"):
        with_results(book, read_source(book), results, "mine.xlsx")
