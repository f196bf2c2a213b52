"""All judges together find a planted fault, each in its words, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.judges.good_book import DESK, Edit, edited, good_book
from tests.judges.libreoffice import Calc
from tests.judges.verdict import excel_faults, findings


def replaced(old: str, new: str) -> Edit:
    return lambda text: text.replace(old, new, 1)


def test_a_good_book_has_no_fault(calc: Calc) -> None:
    assert findings(good_book(), calc) == []


@pytest.mark.parametrize(
    ("part", "edit", "said"),
    [
        pytest.param(
            DESK,
            replaced("<v>40</v>", "<v>41</v>"),
            [
                "Desk!C2: formulon: the values differ; 41.0 is cached, 40.0 calculated: =B2*100",
                "Desk!C2: Calc: the values differ; 41.0 is cached, 40.0 calculated: =B2*100",
            ],
            id="a wrong number",
        ),
        pytest.param(
            "xl/sharedStrings.xml",
            replaced("<t>Weight</t>", "<t>Share</t>"),
            ["xl/tables/table1.xml: table header: column 'Weight', but B1 shows 'Share'"],
            id="a wrong header",
        ),
        pytest.param(
            "xl/charts/chart1.xml",
            replaced('<delete val="0"/>', ""),
            ["xl/charts/chart1.xml: axis hidden: catAx without delete val=0"],
            id="a missing axis delete",
        ),
        pytest.param(
            "xl/drawings/drawing1.xml",
            replaced('cNvPr id="2"', 'cNvPr id="1"'),
            ["xl/drawings/drawing1.xml: drawing id: the id '1' stands 2 times"],
            id="a duplicate drawing id",
        ),
        pytest.param(
            "xl/drawings/drawing1.xml",
            lambda text: re.sub("<oneCellAnchor>.*?</oneCellAnchor>", "", text, count=1),
            ["Desk: Calc: draws 2 of 3 charts"],
            id="a chart that no anchor holds",
        ),
    ],
)
def test_a_planted_fault_is_what_the_judges_find(
    calc: Calc, part: str, edit: Edit, said: list[str]
) -> None:
    assert findings(edited(good_book(), {part: edit}), calc) == said


def test_a_book_that_formulon_cannot_read_is_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "unread.xlsx"
    path.write_bytes(edited(good_book(), {DESK: replaced('t="b"><v>1<', 't="b"><v>77<')}))

    (found,) = excel_faults(path)

    assert found.startswith("book: formulon: refuses it: ")
