"""Two blocks agree or not: the formula, calculated by Calc and by Excel 365's rules."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

import openpyxl
import pytest

from tests.judges.excel365 import desk
from tests.judges.libreoffice import Calc
from xl_rebal.cells import RawCell
from xl_rebal.workbook.agreement import agree

Rows = Sequence[Sequence[RawCell | str]]


class Case(NamedTuple):
    what: str
    expected: Rows
    live: Rows
    agrees: bool


TABLE: Rows = [["Asset", "Drift", "Out"], ["AAA", 0.1, "yes"], ["BBB", -250000.25, ""]]


def changed(row: int, column: int, value: RawCell) -> Rows:
    return [
        [value if (r, c) == (row, column) else cell for c, cell in enumerate(cells)]
        for r, cells in enumerate(TABLE)
    ]


CASES = (
    Case("the same table", TABLE, TABLE, True),
    Case("a number apart by rounding", TABLE, changed(1, 1, 0.1 + 4e-10), True),
    Case("a large number apart by rounding", TABLE, changed(2, 1, -250000.25 - 1e-5), True),
    Case("a number apart by more", TABLE, changed(1, 1, 0.1 + 1e-6), False),
    Case("another word", TABLE, changed(1, 2, "no"), False),
    Case("another case", TABLE, changed(1, 0, "aaa"), False),
    Case("a word for a number", TABLE, changed(1, 1, "0.1"), False),
    Case("a number for a word", TABLE, changed(1, 0, 3.0), False),
    Case("a blank for no word", TABLE, changed(2, 2, None), True),
    Case("a blank for a word", TABLE, changed(1, 2, None), False),
    Case("an error", TABLE, changed(1, 1, "=1/0"), False),
    Case("an error for a word", TABLE, changed(1, 0, "=NA()"), False),
    Case("a row too many", TABLE, [*TABLE, ["CCC", 0.0, ""]], False),
    Case("a column too many", TABLE, [[*row, 1.0] for row in TABLE], False),
    Case("a row too few", TABLE, TABLE[:2], False),
    Case("one number", [[0.5]], [[0.5]], True),
    Case("nothing for zero", [[0.0]], [[None]], False),
    Case("nothing for false", [[False]], [[None]], False),
    Case("true", [[True]], [[True]], True),
    Case("true as one", [[True]], [[1.0]], True),
    Case("false for true", [[True]], [[False]], False),
    Case("false as zero", [[False]], [[0.0]], True),
    Case("true for false", [[False]], [[True]], False),
    Case("true as a word", [[True]], [["yes"]], False),
    Case("a day", [[date(2026, 3, 16)]], [[date(2026, 3, 16)]], True),
    Case("the next day", [[date(2026, 3, 16)]], [[date(2026, 3, 17)]], False),
)
STEP = 10


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """Every case below the one before it: expected from column B, live from column H, answer in A."""
    made = openpyxl.Workbook()
    desk_sheet = made.worksheets[0]
    desk_sheet.title = "Desk"
    for number, case in enumerate(CASES):
        top = 1 + STEP * number
        for left, rows in ((2, case.expected), (8, case.live)):
            for down, row in enumerate(rows):
                for right, value in enumerate(row):
                    word = str(value).upper() if isinstance(value, bool) and left == 2 else value
                    desk_sheet.cell(top + down, left + right).value = word  # type: ignore[assignment]
        same = agree(case.expected, (top, 2), (top, 8))
        desk_sheet[f"A{top}"] = f'=IF(IFERROR({same},FALSE),"agrees","differs")'
    path = tmp_path / "desk.xlsx"
    made.save(path)
    return path


def said(number: int) -> str:
    return "agrees" if CASES[number].agrees else "differs"


def test_calc_finds_what_agrees_and_what_differs(book: Path, calc: Calc) -> None:
    values = calc.recalculate(book).values
    for number, case in enumerate(CASES):
        assert values["Desk", f"A{1 + STEP * number}"] == said(number), case.what


def test_excel_365_finds_what_agrees_and_what_differs(book: Path) -> None:
    with desk(book) as opened:
        for number, case in enumerate(CASES):
            assert opened.value(("Desk", f"A{1 + STEP * number}")) == said(number), case.what
