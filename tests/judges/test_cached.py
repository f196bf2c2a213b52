"""The comparison is judged: it must pass what is right and name each thing that is wrong."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.formula import ArrayFormula

from tests.judges.books import INPUTS, BookMaker, Stored, with_array_tail, with_values
from tests.judges.libreoffice import Calc, ErrorText, compare_cached, errors


def test_right_cached_values_of_every_kind_pass(calc: Calc, made: BookMaker) -> None:
    formulas: dict[str, object] = {
        "B1": "=A1+A2",
        "B2": '=IF(A1<A2,"below","above")',
        "B3": "=A1<A2",
        "B4": '=""',
        "B5": "=DATE(2024,1,31)",
        "B6": ArrayFormula("B6:B7", "=A1:A2*2"),
        "B7": None,
        "B8": '="a < b & "" c"',
        "B9": "=A1+A2-0.3",
    }
    cached: dict[str, Stored] = {
        "B1": 0.30000000000000004,
        "B2": "below",
        "B3": True,
        "B4": "",
        "B5": 45322.0,
        "B6": 0.2,
        "B8": "a &lt; b &amp; &quot; c",
        "B9": 0.0,
    }
    path = made(INPUTS | formulas, cached)
    with_array_tail(path, "B7", 0.4)

    again = calc.recalculate(path)

    assert compare_cached(path, again) == []
    assert errors(again) == {}
    assert again.values["Desk", "B2"] == "below"
    assert again.values["Desk", "B5"] == 45322.0
    assert again.formulas["Desk", "B1"] == "=A1+A2"
    assert set(again.formulas) == {("Desk", f"B{row}") for row in range(1, 10)}


@pytest.mark.parametrize(
    ("formula", "cached", "reason"),
    [
        pytest.param("=A1+A2", 0.31, "the values differ", id="a wrong number"),
        pytest.param("=A1+A2", 0.3 * (1 + 1e-8), "the values differ", id="a rounded number"),
        pytest.param("=A1+A2-0.3", 1e-11, "the values differ", id="a number that should be 0"),
        pytest.param('=IF(A1<A2,"x","y")', "y", "the values differ", id="a wrong text"),
        pytest.param("=A1+A2", "0.3", "the values differ", id="a text for a number"),
        pytest.param("=A1<A2", False, "the values differ", id="a wrong truth value"),
        pytest.param("=A1+A2", None, "no cached value", id="no value"),
        pytest.param("=1/0", 1.0, "an error in Calc", id="an error behind a number"),
        pytest.param("=1/0", ErrorText("#DIV/0!"), "an error is cached", id="an error"),
        pytest.param("=NOSUCH(A1)", 1.0, "an error in Calc", id="an unknown function"),
        pytest.param("=XR_COST(A1)", None, "no cached value", id="our function without a value"),
        pytest.param(
            "=XR_COST(A1)", ErrorText("#NAME?"), "an error is cached", id="our function's error"
        ),
    ],
)
def test_a_wrong_cached_value_is_reported(
    calc: Calc, made: BookMaker, formula: str, cached: Stored, reason: str
) -> None:
    path = made(INPUTS | {"B1": formula, "B2": "=A1*2"}, {"B1": cached, "B2": 0.2})

    found = compare_cached(path, calc.recalculate(path))

    assert [(each.sheet, each.cell) for each in found] == [("Desk", "B1")]
    assert found[0].reason.startswith(reason)
    assert found[0].formula == formula[1:]


def dated(made: BookMaker, number: float) -> Path:
    """A book whose formula ``=B1`` shows its number as a date and a time."""
    path = made({"B1": number}, {})
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    sheet["B2"] = "=B1"
    sheet["B2"].number_format = "yyyy-mm-dd hh:mm:ss"
    book.save(path)
    with_values(path, {"B2": number})
    return path


@pytest.mark.parametrize("number", [0.0, 1.0, 61.0, 45322.0, 45322.1234567, 0.75])
def test_dates_compare_as_serials(calc: Calc, made: BookMaker, number: float) -> None:
    path = dated(made, number)

    again = calc.recalculate(path)

    assert again.values == {("Desk", "B2"): number}
    assert compare_cached(path, again) == []


def test_a_cell_that_two_readers_read_differently_is_reported(calc: Calc, made: BookMaker) -> None:
    path = dated(made, 1e8)  # after the year 9999: no date for openpyxl, a number in the XML

    found = compare_cached(path, calc.recalculate(path))

    assert [(each.cell, each.reason) for each in found] == [("B2", "openpyxl reads '#VALUE!'")]


def test_a_value_within_the_tolerance_passes(calc: Calc, made: BookMaker) -> None:
    path = made(INPUTS | {"B1": "=A1+A2"}, {"B1": 0.3 * (1 + 1e-10)})

    again = calc.recalculate(path)

    assert compare_cached(path, again) == []
    assert len(compare_cached(path, again, relative=1e-12)) == 1


def test_a_value_that_is_no_number_cannot_pass(calc: Calc, made: BookMaker) -> None:
    path = made(INPUTS | {"B1": "=A1+A2"}, {"B1": float("nan")})

    with pytest.raises(ValueError, match="Unable to read workbook"):
        compare_cached(path, calc.recalculate(path))


def test_a_truth_value_that_calc_spells_as_a_formula_is_no_formula(
    calc: Calc, made: BookMaker
) -> None:
    path = made({"A1": True, "A2": False, "A3": "=A1"}, {"A3": True})

    again = calc.recalculate(path)

    assert again.formulas["Desk", "A1"] == "=TRUE()"
    assert compare_cached(path, again) == []


def test_a_formula_that_one_side_does_not_have_is_reported(calc: Calc, made: BookMaker) -> None:
    path = made(INPUTS | {"B1": "=A1+A2"}, {"B1": 0.1 + 0.2})
    again = calc.recalculate(path)

    more = made(INPUTS | {"B1": "=A1+A2", "B2": "=A1"}, {"B1": 0.1 + 0.2, "B2": 0.1})
    found_more = compare_cached(more, again)
    fewer = made(INPUTS | {"B1": 0.3}, {})
    found_fewer = compare_cached(fewer, again)

    assert [(each.cell, each.reason) for each in found_more] == [
        ("B2", "a formula in the file only")
    ]
    assert [(each.cell, each.reason) for each in found_fewer] == [("B1", "a formula in Calc only")]


def test_error_cells_are_listed_with_what_they_show(calc: Calc, made: BookMaker) -> None:
    path = made({"A1": "=1/0", "A2": "=NA()", "A3": "=A1+1", "A4": '=IFERROR(A1,"mended")'}, {})

    again = calc.recalculate(path)

    assert errors(again) == {
        ("Desk", "A1"): "#DIV/0!",
        ("Desk", "A2"): "#N/A",
        ("Desk", "A3"): "#DIV/0!",
    }
    assert again.values["Desk", "A4"] == "mended"
    assert not isinstance(again.values["Desk", "A4"], ErrorText)


def test_our_function_is_uncalculated_and_not_an_error(calc: Calc, made: BookMaker) -> None:
    path = made(
        INPUTS | {"B1": 0.2, "B2": 0.1, "C1": "=XR_DRIFT(A1:A2,B1:B2)", "C2": '="XR_DRIFT(x)"'},
        {"C1": 0.1, "C2": "XR_DRIFT(x)"},
    )

    again = calc.recalculate(path)

    assert again.uncalculated_xr == (("Desk", "C1"),)
    assert again.values["Desk", "C1"] == ErrorText("#NAME?")
    assert errors(again) == {}
    assert compare_cached(path, again) == []


def test_what_depends_on_our_function_is_judged_at_its_cached_value(
    calc: Calc, made: BookMaker
) -> None:
    cells: dict[str, object] = {
        "C1": "=XR_DRIFT(A1:A2,A1:A2)",
        "C2": "=C1*2",
        "C3": '=IF(ISNUMBER(C1),"drifted","unknown")',
        "C4": '=IFERROR(XR_VERSION(),"no add-in")',
        "C5": "=C4&C3",
    }
    right: dict[str, Stored] = {
        "C1": 0.25, "C2": 0.5, "C3": "drifted", "C4": "1.0", "C5": "1.0drifted",
    }  # fmt: skip
    path = made(INPUTS | cells, right)
    again = calc.recalculate(path)

    wrong = made(INPUTS | cells, right | {"C2": 0.6, "C3": "unknown"})
    found = compare_cached(wrong, calc.recalculate(wrong))

    assert again.uncalculated_xr == (("Desk", "C1"), ("Desk", "C4"))
    assert errors(again) == {}
    assert [each.cell for each in found] == ["C2", "C3"]


def test_a_spill_of_our_function_keeps_its_cached_block(calc: Calc, made: BookMaker) -> None:
    array = ArrayFormula("C1:C2", "=XR_WEIGHTS(A1:A2,A1:A2)")
    path = made(INPUTS | {"C1": array, "C2": None, "C3": "=SUM(C1:C2)"}, {"C1": 0.25, "C3": 0.75})
    with_array_tail(path, "C2", 0.5)

    again = calc.recalculate(path)

    assert again.uncalculated_xr == (("Desk", "C1"), ("Desk", "C2"))
    assert again.values["Desk", "C3"] == 0.75
