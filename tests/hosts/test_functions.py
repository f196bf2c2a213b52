"""Every worksheet function through xlwings' own desktop code."""

from __future__ import annotations

from typing import Any

import pytest

from tests.hosts.desktop import DesktopXlwings
from udfs.answers import shown_rows
from xl_rebal.functions import FUNCTIONS

MODULE = "udfs.functions"


def _placed(sheet: Any, example: tuple[object, ...]) -> list[Any]:
    """Arguments as a sheet has them: grids in ranges, scalars in the formula."""
    placed: list[Any] = []
    column = 1
    for argument in example:
        if isinstance(argument, list):
            width = len(argument[0])
            first = sheet.Cells(1, column)
            last = sheet.Cells(len(argument), column + width - 1)
            area = sheet.Range(first, last)
            area.Value = tuple(tuple(row) for row in argument)
            placed.append(area)
            column += width + 1
        else:
            placed.append(float(argument) if isinstance(argument, int) else argument)
    return placed


def _shown(answer: Any) -> Any:
    rows = shown_rows(answer)
    return rows[0][0] if len(rows) == 1 and len(rows[0]) == 1 else rows


@pytest.mark.parametrize("name", list(FUNCTIONS))
def test_a_cell_shows_what_the_direct_call_answers(desktop: DesktopXlwings, name: str) -> None:
    book = desktop.screen.open_excel()._open("Book.xlsm", ["Data"])
    sheet = book.Worksheets("Data")
    spec = FUNCTIONS[name]
    arguments = _placed(sheet, spec.example)
    shown = desktop.formula(MODULE, name, *arguments, book=book, caller=sheet.Range("Z99"))

    assert shown == _shown(spec(*spec.example))


def test_excel_is_given_a_wrapper_for_each_function_once(desktop: DesktopXlwings) -> None:
    book = desktop.screen.open_excel()._open("Book.xlsm", ["Data"])
    code = desktop.import_functions(MODULE, book)

    for name in FUNCTIONS:
        assert code.count(f"Function {name}(") == 1, name


def test_a_mistake_is_its_sentence_in_the_cell(desktop: DesktopXlwings) -> None:
    book = desktop.screen.open_excel()._open("Book.xlsm", ["Data"])
    sheet = book.Worksheets("Data")
    sheet.Range("A1:A2").Value = ((0.5,), (0.47,))
    shown = desktop.formula(
        MODULE, "XR_DRIFT", sheet.Range("A1:A2"), sheet.Range("A1:A2"), book=book,
        caller=sheet.Range("Z99"),
    )  # fmt: skip

    assert shown == (
        "#XR103 target: found weights that add to 97.0 %, expected 100 %. 3.0 pp are missing."
    )


def test_an_error_cell_comes_out_as_the_same_error(desktop: DesktopXlwings) -> None:
    book = desktop.screen.open_excel()._open("Book.xlsm", ["Data"])
    sheet = book.Worksheets("Data")
    sheet.Range("A1:A2").Value = ((0.5,), ("#N/A",))
    sheet.Range("B1:B2").Value = ((0.5,), (0.5,))
    shown = desktop.formula(
        MODULE, "XR_DRIFT", sheet.Range("A1:A2"), sheet.Range("B1:B2"), book=book,
        caller=sheet.Range("Z99"),
    )  # fmt: skip

    assert shown == "#N/A"
