"""What the command line shows: sentences that read well, numbers that are never cut."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner

from xl_rebal import cli
from xl_rebal.examples import CONTENTS
from xl_rebal.generate import generate


def said(*words: str) -> str:
    """What a command prints to a pipe."""
    done = CliRunner().invoke(cli.app, words)
    assert done.exit_code == 0, done.output
    return done.stdout


@pytest.fixture
def one_holding(tmp_path: Path) -> str:
    """A book of one holding that is just what its target wants."""
    book = openpyxl.load_workbook(io.BytesIO(generate(CONTENTS["empty"]())))
    holdings = book["Holdings"]
    holdings["B5"], holdings["C5"], holdings["D5"] = "VTI", 100, 250
    book["Targets"]["B5"], book["Targets"]["C5"] = "VTI", 1.0
    path = tmp_path / "one.xlsx"
    book.save(path)
    return str(path)


def test_one_holding_is_said_in_the_singular(one_holding: str) -> None:
    assert said("check", one_holding) == (
        "OK: 1 holding in 1 account, 0 price rows, nothing wrong.\n"
    )


def test_a_drift_of_nothing_has_no_sign(one_holding: str) -> None:
    lines = said("drift", one_holding).splitlines()
    (row,) = [line.split() for line in lines if line.strip().startswith("VTI")]

    assert row[row.index("pp") - 1] == "0.00"
