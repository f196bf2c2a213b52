"""The extension that is handed out, installed by unopkg, in a Calc of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.generated import new
from tests.judges.add_in import InstalledCalc, add_in_or_skip
from tests.judges.libreoffice import Calc, compare_cached
from tests.judges.live_examples import RELATIVE, SHEET, agree, read_examples, shown
from tests.judges.programs import programs_or_skip
from udfs.libreoffice.shipped import FILE_NAME, extension
from xl_rebal import __version__
from xl_rebal.registry import FUNCTIONS


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Calc]:
    programs, folder = programs_or_skip(), tmp_path_factory.mktemp("shipped")
    add_in_or_skip(programs, folder)
    (folder / FILE_NAME).write_bytes(extension())
    calc = InstalledCalc(programs, folder, add_in=folder / FILE_NAME)
    yield calc
    calc.close()


@pytest.mark.calc
def test_every_formula_of_a_new_book_is_calculated_as_it_is_stored(
    installed: Calc, tmp_path: Path
) -> None:
    path = tmp_path / "book.xlsx"
    path.write_bytes(new("empty"))

    again = installed.recalculate(path)

    found = compare_cached(path, again, relative=RELATIVE)
    version, all_of_them = f"xl_rebal {__version__}", f"all {len(FUNCTIONS)} functions agree"
    assert {(each.sheet, each.calculated) for each in found} == {
        ("Start", version), (SHEET, version), (SHEET, all_of_them), (SHEET, "agrees")
    }  # fmt: skip
    examples = read_examples(path)
    assert sorted(example.name for example in examples) == sorted(FUNCTIONS)
    for example in examples:
        assert agree(shown(again, SHEET, example.block), example.answer()), example.name


@pytest.mark.calc
def test_the_function_wizard_knows_the_functions_of_the_catalogue_and_no_other(
    installed: Calc,
) -> None:
    assert installed.described("XR_").keys() == FUNCTIONS.keys()
