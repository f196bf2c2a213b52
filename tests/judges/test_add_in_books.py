"""Generated books in a Calc that has our add-in: every formula as stored, and as called directly."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.judges.libreoffice import Calc, compare_cached
from tests.judges.live_examples import RELATIVE, SHEET, agree, read_examples, shown
from xl_rebal import __version__
from xl_rebal.examples import CONTENTS
from xl_rebal.functions import FUNCTIONS
from xl_rebal.generate import generate


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / "book.xlsx"
    path.write_bytes(generate(CONTENTS["empty"]()))
    return path


def test_calc_calculates_every_formula_of_a_new_book_as_it_is_stored(
    calc_xr: Calc, book: Path
) -> None:
    again = calc_xr.recalculate(book)
    assert again.uncalculated_xr == ()

    # the one difference: without the add-in Start says so, with it the version
    (health,) = compare_cached(book, again, relative=RELATIVE)
    assert (health.sheet, "XR_VERSION" in health.formula) == ("Start", True)
    assert health.cached == "not running; the book works without it"
    assert health.calculated == f"xl_rebal {__version__}"


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
