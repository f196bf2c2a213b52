"""What a function is given for whatever a formula may hold, by xlwings' own way from Excel to Python."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from unittest import mock

import pytest

from tests.hosts.com_book import Workbook
from tests.hosts.com_types import ERROR_CELLS, MISSING
from tests.hosts.com_values import date_cell
from tests.hosts.desktop import DesktopXlwings

MODULE = "udfs.functions"
SPILL, CALC, UNHEARD_OF = -2146826243, -2146826238, -2146826200


@pytest.fixture
def book(desktop: DesktopXlwings) -> Workbook:
    return desktop.screen.open_excel()._open("Book.xlsm", ["Data"])


def given(desktop: DesktopXlwings, book: Workbook, *arguments: Any) -> list[Any]:
    """What XR_DRIFT is called with for a formula with these arguments."""
    seen: list[list[Any]] = []

    def look(_spec: Any, raw: list[Any]) -> list[list[float]]:
        seen.append(raw)
        return [[0.0]]

    with desktop.active():
        import udfs.desktop as values
    with mock.patch.object(values, "answered", look):
        caller = book.Worksheets("Data").Range("Z99")
        desktop.formula(MODULE, "XR_DRIFT", *arguments, book=book, caller=caller)
    return seen[0]


def shown(desktop: DesktopXlwings, book: Workbook, name: str, *arguments: Any) -> Any:
    caller = book.Worksheets("Data").Range("Z99")
    return desktop.formula(MODULE, name, *arguments, book=book, caller=caller)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        (0.25, 0.25),
        ("turnover", "turnover"),
        (True, True),
        (((1.0, 2.0), (3.0, 4.0)), [[1.0, 2.0], [3.0, 4.0]]),  # {1,2;3,4}
        ((1.0, 2.0, 3.0), [[1.0, 2.0, 3.0]]),  # {1,2,3}: VBA passes one flat array
        (((1.0,), (2.0,)), [[1.0], [2.0]]),  # {1;2}
        (((1.0, "a"), (True, ERROR_CELLS["#N/A"])), [[1.0, "a"], [True, "#N/A"]]),
        (ERROR_CELLS["#DIV/0!"], "#DIV/0!"),
        (SPILL, "#SPILL!"),
        (CALC, "#CALC!"),
        (UNHEARD_OF, "#UNKNOWN!"),
        (3, 3.0),  # from VBA: a cell or a formula passes no whole numbers
        (Decimal("12.5"), 12.5),  # from VBA: Currency
        ("", ""),
    ],
)
def test_what_is_typed_into_a_formula_arrives(
    desktop: DesktopXlwings, book: Workbook, typed: Any, read: Any
) -> None:
    assert given(desktop, book, typed, 1.0)[0] == read


def test_an_argument_that_is_left_out_is_not_given_wherever_it_stands(
    desktop: DesktopXlwings, book: Workbook
) -> None:
    assert given(desktop, book, 1.0, 1.0) == [1.0, 1.0, None, None]
    assert given(desktop, book, 1.0, 1.0, MISSING, 0.2) == [1.0, 1.0, None, 0.2]
    assert given(desktop, book, MISSING, 1.0) == [None, 1.0, None, None]
    assert given(desktop, book, ((1.0, MISSING),), 1.0)[0] == [[1.0, None]]


def test_cells_arrive_unrounded_with_dates_as_serials_and_blanks_as_nothing(
    desktop: DesktopXlwings, book: Workbook
) -> None:
    sheet = book.Worksheets("Data")
    sheet.Range("A1:C2").Value = ((0.1 + 0.2, "AAA", None), (True, None, "x"))
    sheet.Range("A3").NumberFormat = "$#,##0.00"
    sheet.Range("A3").Value = 1.23456789
    sheet.Range("B3").NumberFormat = "yyyy-mm-dd"
    sheet.Range("B3").Value = date_cell(2024, 1, 31)
    sheet._grid.put_error(3, 3, ERROR_CELLS["#N/A"])

    assert given(desktop, book, sheet.Range("A1:C3"), sheet.Range("B1")) == [
        [[0.1 + 0.2, "AAA", None], [True, None, "x"], [1.23456789, 45322.0, "#N/A"]],
        "AAA", None, None,
    ]  # fmt: skip


def test_a_date_that_vba_passes_is_a_date(desktop: DesktopXlwings, book: Workbook) -> None:
    moment = given(desktop, book, date_cell(2024, 1, 31), 1.0)[0]
    assert (moment.year, moment.month, moment.day) == (2024, 1, 31)


@pytest.mark.parametrize(("blocks", "count"), [("A1:A2,C1:C2", 2), ("A1,A1,A1", 3)])
def test_a_reference_of_several_blocks_is_refused_and_not_half_read(
    desktop: DesktopXlwings, book: Workbook, blocks: str, count: int
) -> None:
    sheet = book.Worksheets("Data")
    sheet.Range("A1:C2").Value = ((0.5, None, 0.5), (0.5, None, 0.5))

    assert shown(desktop, book, "XR_DRIFT", sheet.Range("A1:A2"), sheet.Range(blocks)) == (
        f"#XR102 target: found a reference of {count} blocks of cells, expected one block. Name one "
        "range, without a comma in parentheses."
    )


def test_whole_columns_are_read_as_far_as_the_sheet_is_filled_and_one_blank_row_more(
    desktop: DesktopXlwings, book: Workbook
) -> None:
    sheet = book.Worksheets("Data")
    sheet.Range("B3:C5").Value = (("AAA", 0.5), ("BBB", 0.25), ("CCC", 0.25))
    sheet.Range("F9").Value = "used"

    read, beyond, *_ = given(desktop, book, sheet.Range("B:C"), sheet.Range("H:H"))
    blank = [None, None]
    assert read == [
        blank, blank, ["AAA", 0.5], ["BBB", 0.25], ["CCC", 0.25], blank, blank, blank, blank, blank
    ]  # fmt: skip
    assert beyond == [[None]] * 10
    assert shown(desktop, book, "XR_DRIFT", sheet.Range("B:C"), sheet.Range("B3:C5")) == 0.0


def test_one_number_in_a_whole_column_is_not_one_number_for_all(
    desktop: DesktopXlwings, book: Workbook
) -> None:
    sheet = book.Worksheets("Data")
    sheet.Range("A1:B2").Value = ((0.5, 0.5), (0.5, 0.5))
    sheet.Range("C1").Value = 0.05
    plain = shown(
        desktop, book, "XR_NEEDED", sheet.Range("A1:A2"), sheet.Range("B1:B2"), sheet.Range("C1:C9")
    )
    whole = shown(
        desktop, book, "XR_NEEDED", sheet.Range("A1:A2"), sheet.Range("B1:B2"), sheet.Range("C:C")
    )

    assert str(plain).startswith("#XR102 band: found 1 number and 8 blanks")
    assert str(whole).startswith("#XR102 band: found 1 number and")


def test_a_large_range_of_filled_cells_is_read_whole(
    desktop: DesktopXlwings, book: Workbook
) -> None:
    sheet = book.Worksheets("Data")
    sheet.Range("A1:A100002").Value = tuple((float(n),) for n in range(100_002))

    read = given(desktop, book, sheet.Range("A1:A100002"), 1.0)[0]
    assert len(read) == 100_002
    assert read[-1] == [100_001.0]


def test_a_very_long_sentence_is_cut_to_what_a_cell_holds(
    desktop: DesktopXlwings, book: Workbook
) -> None:
    sheet = book.Worksheets("Data")
    sheet.Range("A1").Value = "\N{FROG FACE}" * 16_000
    sentence = shown(desktop, book, "XR_DRIFT", 1.0, 1.0, sheet.Range("A1"))

    assert sentence.startswith("#XR104 metric: found")
    assert len(sentence.encode("utf-16-le")) // 2 <= 32_767
