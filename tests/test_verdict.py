"""Every generated book before all judges: no finding. A planted fault: that finding and no other."""

from __future__ import annotations

import pytest

from tests.generated import NEW, REBALANCED, USERS, new, rebalanced
from tests.judges.good_book import DESK, Edit, edited, good_book
from tests.judges.libreoffice import Calc
from tests.judges.verdict import findings


@pytest.mark.parametrize("name", [*NEW, USERS])
def test_no_judge_finds_a_fault_in_a_new_book(calc: Calc, name: str) -> None:
    assert findings(new(name), calc, restyled=name == USERS) == []


@pytest.mark.parametrize("name", REBALANCED)
def test_no_judge_finds_a_fault_in_a_book_after_a_rebalance(calc: Calc, name: str) -> None:
    assert findings(rebalanced(name), calc, restyled=name == USERS) == []


def test_no_judge_finds_a_fault_in_the_book_that_the_judges_are_tested_with(calc: Calc) -> None:
    assert findings(good_book(), calc) == []


@pytest.mark.parametrize(
    ("part", "old", "new_text", "said"),
    [
        pytest.param(
            DESK,
            "<v>40</v>",
            "<v>41</v>",
            [
                "Desk!C2: formulon: the values differ; 41.0 is cached, 40.0 calculated: =B2*100",
                "Desk!C2: Calc: the values differ; 41.0 is cached, 40.0 calculated: =B2*100",
            ],
            id="a wrong number",
        ),
        pytest.param(
            "xl/sharedStrings.xml",
            "<t>Weight</t>",
            "<t>Share</t>",
            ["xl/tables/table1.xml: table header: column 'Weight', but B1 shows 'Share'"],
            id="a wrong header",
        ),
        pytest.param(
            "xl/charts/chart1.xml",
            '<delete val="0"/>',
            "",
            ["xl/charts/chart1.xml: axis hidden: catAx without delete val=0"],
            id="a missing axis delete",
        ),
        pytest.param(
            "xl/drawings/drawing1.xml",
            'cNvPr id="2"',
            'cNvPr id="1"',
            ["xl/drawings/drawing1.xml: drawing id: the id '1' stands 2 times"],
            id="a duplicate drawing id",
        ),
    ],
)
def test_a_planted_fault_is_what_the_judges_find(
    calc: Calc, part: str, old: str, new_text: str, said: list[str]
) -> None:
    edit: Edit = lambda text: text.replace(old, new_text, 1)  # noqa: E731 - one edit, one line

    assert findings(edited(good_book(), {part: edit}), calc) == said
