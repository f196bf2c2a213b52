"""formulon is judged: it finds wrong values and invalid cells, and its exemptions are needed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from formulon import Workbook

from tests.generated import new
from tests.judges.books import INPUTS, BookMaker, Stored
from tests.judges.cached import differences, file_cells
from tests.judges.excel365 import desk, invalid_cells, recalculated, unread, value_faults
from tests.judges.good_book import DESK, Edit, edited, good_book
from tests.judges.libreoffice import ErrorText


def faults(path: Path) -> list[str]:
    with desk(path) as opened:
        return [*unread(opened), *value_faults(opened, path), *invalid_cells(opened)]


def judged(tmp_path: Path, edit: Edit) -> list[str]:
    path = tmp_path / "edited.xlsx"
    path.write_bytes(edited(good_book(), {DESK: edit}))
    return faults(path)


def test_a_good_book_has_no_fault(tmp_path: Path) -> None:
    path = tmp_path / "good.xlsx"
    path.write_bytes(good_book())

    assert faults(path) == []


def test_a_wrong_number_in_a_spill_is_reported(tmp_path: Path) -> None:
    found = judged(tmp_path, lambda text: text.replace("<v>1.2</v>", "<v>1.3</v>"))

    assert found == [
        "Desk!E3: formulon: the values differ; 1.3 is cached, 1.2 calculated: =B2:B3*2"
    ]


@pytest.mark.parametrize(
    ("formula", "cached", "reason"),
    [
        pytest.param("=A1+A2", 0.31, "the values differ", id="a wrong number"),
        pytest.param('=IF(A1<A2,"x","y")', "y", "the values differ", id="a wrong text"),
        pytest.param("=A1<A2", False, "the values differ", id="a wrong truth value"),
        pytest.param("=A1+A2", None, "no cached value", id="no value"),
        pytest.param("=1/0", 1.0, "an error in formulon", id="an error behind a number"),
        pytest.param("=1/0", ErrorText("#DIV/0!"), "an error is cached", id="an error"),
        pytest.param("=NOSUCH(A1)", 1.0, "an error in formulon", id="an unknown function"),
        pytest.param("=XR_COST(A1)", None, "no cached value", id="our function without a value"),
    ],
)
def test_a_wrong_cached_value_is_reported(
    made: BookMaker, formula: str, cached: Stored, reason: str
) -> None:
    path = made(INPUTS | {"B1": formula, "B2": "=A1*2"}, {"B1": cached, "B2": 0.2})

    (found,) = faults(path)

    assert found.startswith(f"Desk!B1: formulon: {reason}; ")


def test_what_depends_on_our_function_is_judged_at_its_cached_value(made: BookMaker) -> None:
    cells = INPUTS | {"B1": "=XR_COST(A1)", "B2": "=B1*2", "B3": '=IFERROR(XR_VERSION(),"none")'}
    right: dict[str, Stored] = {"B1": 5.0, "B2": 10.0, "B3": "1.0"}

    assert faults(made(cells, right)) == []
    assert faults(made(cells, right | {"B2": 11.0})) == [
        "Desk!B2: formulon: the values differ; 11.0 is cached, 10.0 calculated: =B1*2"
    ]


def test_a_cell_that_breaks_its_validation_is_reported(tmp_path: Path) -> None:
    found = judged(
        tmp_path, lambda text: text.replace("&quot;", '"').replace('"Bonds,Shares"', '"Bonds,Gold"')
    )

    assert found == ["Desk!A3: invalid cell: 'Shares' breaks its validation"]


def wrong_everywhere(sheet: str) -> str:
    """A sheet with 77 or "zzz" in every formula that is none of ours."""

    def spoilt(cell: re.Match[str]) -> str:
        if 't="b"' in cell[0] or "XR_" in cell[0]:
            return cell[0]
        wrong = "zzz" if 't="str"' in cell[0] else "77"
        return re.sub("<v>[^<]*</v>", f"<v>{wrong}</v>", cell[0])

    return re.sub("<c [^>]*><f.*?</c>", spoilt, sheet)


def test_every_value_of_an_example_is_calculated_anew_and_none_is_believed(tmp_path: Path) -> None:
    book = new("multi-asset")
    path, spoilt = tmp_path / "book.xlsx", tmp_path / "spoilt.xlsx"
    path.write_bytes(book)
    sheets = [f"xl/worksheets/sheet{number}.xml" for number in (1, 2, 3, 5, 7)]
    spoilt.write_bytes(edited(book, dict.fromkeys(sheets, wrong_everywhere)))

    with desk(spoilt) as opened:
        again = recalculated(opened, file_cells(path))

    assert differences(file_cells(path), again) == []
    assert len(differences(file_cells(spoilt), again)) > 200


def test_formulon_does_not_follow_tables_yet() -> None:
    # Once this fails, formulas need no addresses in place of references: see exemptions.py.
    with Workbook.load(good_book()) as book:
        book.set_formula(0, 1, 20, "=tblDesk[[#This Row],[Weight]]*2")
        book.set_formula(0, 9, 0, "=SUMPRODUCT(tblDesk[Weight],tblDesk[Weight])")
        book.recalc()
        book.set_number(0, 1, 1, 0.9)
        book.recalc()
        found = [book.get_value(0, *place).to_python() for place in ((1, 20), (9, 0))]

    assert found == [0.8, 0.0], "1.8 and 1.17 would be right"
