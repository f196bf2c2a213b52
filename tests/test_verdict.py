"""Every generated book before all judges: no finding."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.generated import NEW, REBALANCED, STUDIED, USERS, new, rebalanced, studied
from tests.judges.libreoffice import Calc
from tests.judges.verdict import findings


@pytest.mark.long
@pytest.mark.parametrize("name", [*NEW, USERS])
def test_no_judge_finds_a_fault_in_a_new_book(calc: Calc, name: str) -> None:
    assert findings(new(name), calc, restyled=name == USERS) == []


@pytest.mark.long
@pytest.mark.parametrize("name", REBALANCED)
def test_no_judge_finds_a_fault_in_a_book_after_a_rebalance(calc: Calc, name: str) -> None:
    assert findings(rebalanced(name), calc, restyled=name == USERS) == []


def test_no_judge_finds_a_fault_in_a_book_that_is_written_with_lxml(
    calc: Calc, tmp_path: Path
) -> None:
    path = tmp_path / "new.xlsx"
    subprocess.run(
        [sys.executable, "-m", "xl_rebal.cli", "new", str(path)],
        env=os.environ | {"OPENPYXL_LXML": "True"},
        check=True,
        capture_output=True,
    )

    assert findings(path, calc) == []


@pytest.mark.long
@pytest.mark.parametrize("name", STUDIED)
def test_no_judge_finds_a_fault_in_a_book_after_all_studies(name: str, calc: Calc) -> None:
    assert findings(studied(name), calc) == []
