"""Every worksheet function through xlwings' own desktop code."""

from __future__ import annotations

from typing import Any
from unittest import mock

import pytest

from tests.hosts.com_book import HELP_LIMIT
from tests.hosts.com_types import ERROR_CELLS, MISSING
from tests.hosts.desktop import DesktopXlwings
from udfs.answers import shown_rows
from xl_rebal.errors import InputError
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


@pytest.mark.parametrize("name", [name for name in FUNCTIONS if FUNCTIONS[name].parameters])
def test_a_formula_without_its_arguments_says_which_are_missing(
    desktop: DesktopXlwings, name: str
) -> None:
    book = desktop.screen.open_excel()._open("Book.xlsm", ["Data"])
    spec = FUNCTIONS[name]
    missing = [MISSING for _ in spec.parameters]
    shown = desktop.formula(
        MODULE, name, *missing, book=book, caller=book.Worksheets("Data").Range("Z99")
    )
    with pytest.raises(InputError) as direct:
        spec()

    assert shown == str(direct.value.problems[0])
    assert shown.startswith(f"#XR108 {spec.parameters[0].name}: found nothing")
    assert shown.endswith(spec.signature)


@pytest.mark.parametrize("name", [name for name in FUNCTIONS if FUNCTIONS[name].parameters])
def test_an_error_among_the_arguments_is_the_answer_of_every_function(
    desktop: DesktopXlwings, name: str
) -> None:
    book = desktop.screen.open_excel()._open("Book.xlsm", ["Data"])
    arguments = _placed(book.Worksheets("Data"), FUNCTIONS[name].example)
    arguments[0] = ERROR_CELLS["#DIV/0!"]
    caller = book.Worksheets("Data").Range("Z99")

    assert desktop.formula(MODULE, name, *arguments, book=book, caller=caller) == "#DIV/0!"


def test_our_own_bug_is_a_traceback_in_the_cell_and_no_sentence(desktop: DesktopXlwings) -> None:
    book = desktop.screen.open_excel()._open("Book.xlsm", ["Data"])
    with desktop.active():
        import udfs.desktop as values
    with mock.patch.object(values, "answered", side_effect=ZeroDivisionError("our own bug")):
        shown = desktop.formula(
            MODULE, "XR_VERSION", book=book, caller=book.Worksheets("Data").Range("Z99")
        )

    assert str(shown).startswith("Unexpected Python Error: Traceback")
    assert "our own bug" in str(shown)


def test_excel_shows_the_help_of_every_function_and_argument_in_full(
    desktop: DesktopXlwings,
) -> None:
    book = desktop.screen.open_excel()._open("Book.xlsm", ["Data"])
    desktop.import_functions(MODULE, book)
    registered = book.Application._help

    assert len(registered) == len(FUNCTIONS)
    for name, spec in FUNCTIONS.items():
        told = registered[f"'Book.xlsm'!{name}"]
        helps = [parameter.help for parameter in spec.parameters]
        assert told["Description"] == spec.help, name
        assert (told["ArgumentDescriptions"] or []) == helps, name
        assert told["Category"] == spec.category, name
        assert all(0 < len(text) <= HELP_LIMIT for text in (spec.help, *helps)), name


def test_the_wrapper_of_each_function_has_its_arguments_in_order(desktop: DesktopXlwings) -> None:
    book = desktop.screen.open_excel()._open("Book.xlsm", ["Data"])
    code = desktop.import_functions(MODULE, book)

    for name, spec in FUNCTIONS.items():
        names = [f"{'Optional ' * p.optional}{p.name}" for p in spec.parameters]
        assert f"Function {name}({', '.join(names)})" in code, name
        passed = ", ".join(parameter.name for parameter in spec.parameters)
        call = f'{name} = XLPy.CallUDF("{MODULE}", "{name}", Array({passed}), ThisWorkbook, Application.Caller)'
        assert call in code, name
    assert code.count("\nFunction ") == len(FUNCTIONS)
    assert "Volatile" not in code


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
