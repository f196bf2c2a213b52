"""Generated books in a Calc that has our add-in: every formula as stored, and as called directly."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from tests.generated import new
from tests.judges.libreoffice import Calc, compare_cached
from tests.judges.live_examples import RELATIVE, SHEET, agree, read_examples, shown
from tests.judges.recalculated import Cell
from xl_rebal import __version__
from xl_rebal.functions import FUNCTIONS


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / "book.xlsx"
    path.write_bytes(new("empty"))
    return path


def test_calc_calculates_every_formula_of_a_new_book_as_it_is_stored(
    calc_xr: Calc, book: Path
) -> None:
    again = calc_xr.recalculate(book)
    assert again.uncalculated_xr == ()

    # Without the add-in Start and the checks of Functions say so; with it they have its answers.
    found = {
        (each.sheet, each.cell): each for each in compare_cached(book, again, relative=RELATIVE)
    }
    health = found.pop(health_cell(book))
    assert health.cached == "not running; the book works without it"
    assert health.calculated == f"xl_rebal {__version__}"
    head = [found.pop((SHEET, cell)).calculated for cell in ("B3", "B4")]
    assert head == [f"xl_rebal {__version__}", f"all {len(FUNCTIONS)} functions agree"]
    assert {(each.sheet, each.cached, each.calculated) for each in found.values()} == {
        (SHEET, "not running", "agrees")
    }
    assert len(found) == 2 * len(FUNCTIONS), "in the index and beside each example"


def health_cell(book: Path) -> Cell:
    """Where the book asks the add-in for its version."""
    (place,) = openpyxl.load_workbook(book).defined_names["res_AddIn"].destinations
    return (place[0], place[1].replace("$", ""))


def test_a_check_differs_where_an_example_was_changed_and_the_head_counts_them(
    calc_xr: Calc, book: Path
) -> None:
    examples = {example.name: example for example in read_examples(book)}
    change = examples["XR_DRIFT"].change()
    assert change is not None

    values = calc_xr.set_and_recalculate(book, dict([change])).values

    index = range(7, 7 + len(FUNCTIONS))
    sheet = openpyxl.load_workbook(book)[SHEET]
    names = [sheet[f"A{row}"].value for row in index]
    checks = dict(zip(names, (values[SHEET, f"B{row}"] for row in index), strict=True))
    assert checks == dict.fromkeys(FUNCTIONS, "agrees") | {"XR_DRIFT": "differs"}
    assert values[SHEET, "B4"] == f"{len(FUNCTIONS) - 1} of {len(FUNCTIONS)} functions agree"


def test_every_example_shows_what_the_direct_call_answers(calc_xr: Calc, book: Path) -> None:
    examples = read_examples(book)
    assert sorted(example.name for example in examples) == sorted(FUNCTIONS)

    again = calc_xr.recalculate(book)

    for example in examples:
        assert agree(shown(again, SHEET, example.block), example.answer()), example.name


def test_an_answer_follows_a_changed_input(calc_xr: Calc, book: Path) -> None:
    examples = [example for example in read_examples(book) if example.ranges]
    assert {example.name for example in examples} == set(FUNCTIONS) - {"XR_BAND", "XR_VERSION"}, (
        "all others have input cells"
    )
    changes = [change for example in examples if (change := example.change())]
    assert len(changes) == len(examples), "each has a number on which its answer depends"

    again = calc_xr.set_and_recalculate(book, dict(changes))

    for example in examples:
        assert agree(shown(again, SHEET, example.block), example.answer()), example.name
