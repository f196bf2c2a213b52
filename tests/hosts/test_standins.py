"""Worksheet functions through xlwings' own desktop code: what goes in, what a cell then shows."""

from __future__ import annotations

import datetime as dt
import sys
from typing import Any

import pytest
import xlwings as ordinary_xlwings

from tests.hosts import toy_functions as unregistered
from tests.hosts.com_book import HELP_LIMIT
from tests.hosts.com_types import ERROR_CELLS, MISSING, com_error
from tests.hosts.com_values import date_cell
from tests.hosts.desktop import DesktopXlwings

TOYS = "tests.hosts.toy_functions"


class Sheet:
    """A book with one sheet, in which formulas of the toy module are calculated."""

    def __init__(self, desktop: DesktopXlwings) -> None:
        self.desktop = desktop
        self.book = desktop.screen.open_excel()._open("Book.xlsm", ["Data"])
        self.com = self.book.Worksheets("Data")

    def range(self, address: str, values: Any = None) -> Any:
        """A range, filled when values are given."""
        found = self.com.Range(address)
        if values is not None:
            found.Value = values
        return found

    def formula(self, name: str, *arguments: Any) -> Any:
        caller = self.com.Range("Z1")
        return self.desktop.formula(TOYS, name, *arguments, book=self.book, caller=caller)


@pytest.fixture
def sheet(desktop: DesktopXlwings) -> Sheet:
    return Sheet(desktop)


def test_the_copy_is_the_windows_half_and_leaves_this_process_as_it_is(
    desktop: DesktopXlwings,
) -> None:
    assert desktop.xw is not ordinary_xlwings
    assert desktop.xw.func.__module__ == "xlwings.udfs"
    assert desktop.xw.engines.active.name == "excel"
    assert sys.modules["xlwings"] is ordinary_xlwings
    assert ordinary_xlwings.engines.active is None
    assert sys.platform != "win32"
    assert not {"pythoncom", "win32api", "win32com.client"} & set(sys.modules)
    assert desktop.strangers == set()


def test_inside_active_xlwings_means_the_copy_and_outside_again_the_ordinary_one(
    desktop: DesktopXlwings,
) -> None:
    with desktop.active(), desktop.active():
        import xlwings

        assert xlwings is desktop.xw
    assert sys.modules["xlwings"] is ordinary_xlwings


def test_without_windows_the_decorators_leave_no_mark(desktop: DesktopXlwings) -> None:
    assert not hasattr(unregistered.__dict__["XR_MEAN"], "__xlfunc__")
    assert unregistered.__dict__["XR_MEAN"](((1.0,), (3.0,)), None) == ((2.0,),)


def test_a_range_goes_in_and_a_number_comes_out(sheet: Sheet) -> None:
    assert sheet.formula("XR_MEAN", sheet.range("A1:A3", ((1,), (2,), (6,)))) == 3.0


def test_an_optional_argument_may_be_left_out_or_given(sheet: Sheet) -> None:
    words = sheet.range("A1:A2", (("a",), ("b",)))
    assert sheet.formula("XR_MEAN", words, "none") == "none"
    assert sheet.formula("XR_MEAN", sheet.range("C1", 5)) == 5.0


def test_an_argument_that_was_left_out_arrives_as_its_default_and_a_blank_cell_as_none(
    sheet: Sheet,
) -> None:
    """The two cannot be told apart while the default is None."""
    assert sheet.formula("XR_WHAT") == "None"
    assert sheet.formula("XR_WHAT", MISSING) == "None"
    assert sheet.formula("XR_WHAT", sheet.range("A1")) == "None"


def test_a_missing_required_argument_is_refused_before_python_is_asked(sheet: Sheet) -> None:
    with pytest.raises(TypeError, match="values is missing"):
        sheet.formula("XR_MEAN")


@pytest.mark.parametrize(("text", "number"), ERROR_CELLS.items())
def test_an_error_cell_arrives_as_its_number(sheet: Sheet, text: str, number: int) -> None:
    assert sheet.formula("XR_WHAT", sheet.range("A1", text)) == str(number)


def test_a_range_arrives_as_tuples_and_a_single_cell_as_a_scalar(sheet: Sheet) -> None:
    sheet.range("A1:B2", ((1, "x"), (None, True)))
    assert sheet.formula("XR_WHAT", sheet.range("A1:B2")) == "((1.0, 'x'), (None, True))"
    assert sheet.formula("XR_WHAT", sheet.range("A1:B1")) == "((1.0, 'x'),)"
    assert sheet.formula("XR_WHAT", sheet.range("A1:A2")) == "((1.0,), (None,))"
    assert sheet.formula("XR_WHAT", sheet.range("A1")) == "1.0"
    assert sheet.formula("XR_WHAT", sheet.range("A2")) == "None"
    assert sheet.formula("XR_WHAT", sheet.range("B2")) == "True"


def test_an_array_constant_and_a_literal_arrive_as_they_are(sheet: Sheet) -> None:
    assert sheet.formula("XR_WHAT", ((0.6, 0.4),)) == "((0.6, 0.4),)"
    assert sheet.formula("XR_WHAT", 0.05) == "0.05"
    assert sheet.formula("XR_WHAT", True) == "True"


def test_a_date_arrives_with_a_time_zone_by_value_and_as_a_serial_by_value2(sheet: Sheet) -> None:
    cell = sheet.range("A1", date_cell(2024, 2, 29))
    raw = sheet.formula("XR_RAW", cell)
    assert raw.startswith("TimeType(2024, 2, 29")
    assert "tzinfo=datetime.timezone.utc" in raw
    assert sheet.formula("XR_WHAT", cell) == "45351.0"


def test_the_raw_converter_rounds_currency_cells_and_value2_does_not(sheet: Sheet) -> None:
    cell = sheet.range("A1", 1.23456789)
    cell.NumberFormat = "$#,##0.00"
    assert sheet.formula("XR_RAW", cell) == "Decimal('1.2346')"
    assert sheet.formula("XR_WHAT", cell) == "1.23456789"


def test_rows_come_out_as_rows(sheet: Sheet) -> None:
    square = sheet.range("A1:B2", ((1, 2), (3, 4)))
    assert sheet.formula("XR_ECHO", square) == [[1.0, 2.0], [3.0, 4.0]]
    assert sheet.formula("XR_ECHO", sheet.range("A1:B1")) == [[1.0, 2.0]]
    assert sheet.formula("XR_ECHO", sheet.range("A1")) == 1.0


def test_an_error_number_handed_back_would_be_shown_as_a_number(sheet: Sheet) -> None:
    """Why a host must turn errors into text: nothing on the way makes them errors again."""
    assert sheet.formula("XR_ECHO", sheet.range("A1", "#N/A")) == -2146826246


def test_a_scalar_result_of_a_raw_function_is_an_error(sheet: Sheet) -> None:
    with sheet.desktop.active():
        module = sheet.desktop.udfs.get_udf_module(TOYS, None)
    bare = sheet.desktop.xw.func(lambda: 0.5)
    bare = sheet.desktop.xw.ret("raw")(bare)
    module.XR_BARE = bare
    try:
        assert "object of type 'float' has no len()" in sheet.formula("XR_BARE")
    finally:
        del module.XR_BARE


def test_a_worded_refusal_is_the_text_in_the_cell(sheet: Sheet) -> None:
    assert sheet.formula("XR_REFUSE", 1.0) == "#XR101 found 'x', expected a number."


def test_an_exception_shows_its_traceback_in_the_cell(sheet: Sheet) -> None:
    shown = sheet.formula("XR_FAIL")
    assert shown.startswith("Unexpected Python Error: Traceback")
    assert "ZeroDivisionError: our own bug" in shown


def test_the_vba_text_declares_every_function_with_its_arguments(sheet: Sheet) -> None:
    code = sheet.desktop.import_functions(TOYS, sheet.book)
    assert code.startswith('Attribute VB_Name = "xlwings_udfs"')
    assert "\nFunction XR_MEAN(values, Optional default)\n" in code
    assert (
        f'XR_MEAN = XLPy.CallUDF("{TOYS}", "XR_MEAN", Array(values, default), '
        "ThisWorkbook, Application.Caller)"
    ) in code
    assert "\nFunction XR_FAIL()\n" in code
    assert code.count("\nFunction ") == len(unregistered.SPECS) + 1
    assert "XR_MEAN = Err.Description" in code


def test_importing_twice_leaves_one_module(sheet: Sheet) -> None:
    first = sheet.desktop.import_functions(TOYS, sheet.book)
    assert sheet.desktop.import_functions(TOYS, sheet.book) == first
    assert sheet.book.VBProject.VBComponents.Count == 1


def test_the_help_is_registered_with_its_category(sheet: Sheet) -> None:
    sheet.desktop.import_functions(TOYS, sheet.book)
    entry = sheet.book.Application._help["'Book.xlsm'!XR_MEAN"]
    assert entry["Description"] == "The mean of the numbers in a range."
    assert entry["Category"] == "Toy"
    assert entry["ArgumentDescriptions"] == ["The numbers.", "Given for none."]


def test_a_help_text_that_is_too_long_is_cut(sheet: Sheet) -> None:
    with sheet.desktop.active():
        module = sheet.desktop.udfs.get_udf_module(TOYS, None)
        spec = module.ToySpec("LONG", (("cell", "a" * 300, True),), "b" * 300, "Toy", repr)
        module.XR_LONG = module.exported(spec, "raw")
    try:
        sheet.desktop.import_functions(TOYS, sheet.book)
    finally:
        del module.XR_LONG
    entry = sheet.book.Application._help["'Book.xlsm'!XR_LONG"]
    assert entry["Description"] == "b" * HELP_LIMIT
    assert entry["ArgumentDescriptions"] == ["a" * HELP_LIMIT]


def test_import_fails_when_the_vba_project_is_not_trusted(sheet: Sheet) -> None:
    sheet.book._trusted = False
    with pytest.raises(com_error, match="ImportXlwingsUdfsModule"):
        sheet.desktop.import_functions(TOYS, sheet.book)


def test_the_category_is_lost_when_another_decorator_comes_after_it(sheet: Sheet) -> None:
    xw = sheet.desktop.xw

    def formula(cell: object) -> object:
        return cell

    formula.__annotations__ = {}
    assert xw.func(formula, category="Toy").__xlfunc__["category"] == "Toy"
    assert xw.arg("cell", "raw")(formula).__xlfunc__["category"] == "xlwings"


def test_a_result_that_com_cannot_carry_is_an_error_and_not_a_wrong_cell(sheet: Sheet) -> None:
    with sheet.desktop.active():
        module = sheet.desktop.udfs.get_udf_module(TOYS, None)
        for number, wrong in enumerate((float("nan"), dt.datetime(2024, 1, 1), 2**31)):
            spec = module.ToySpec("WRONG", (), "", "Toy", lambda wrong=wrong: wrong)
            setattr(module, f"XR_WRONG{number}", module.exported(spec, "raw"))
    try:
        assert "is no number in a cell" in sheet.formula("XR_WRONG0")
        assert "without a time zone" in sheet.formula("XR_WRONG1")
        assert "64 bits" in sheet.formula("XR_WRONG2")
    finally:
        del module.XR_WRONG0, module.XR_WRONG1, module.XR_WRONG2
