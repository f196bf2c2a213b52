"""What the command line shows: sentences that read well, numbers that are never cut."""

from __future__ import annotations

import fcntl
import io
import json
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner

from tests.generated import new
from xl_rebal import cli


def said(*words: str, columns: int | None = None) -> str:
    """What a command prints to a pipe."""
    env = {"COLUMNS": None if columns is None else str(columns)}
    done = CliRunner().invoke(cli.app, words, env=env)
    assert done.exit_code == 0, done.output
    return done.stdout


@pytest.fixture
def one_holding(tmp_path: Path) -> str:
    """A book of one holding that is just what its target wants."""
    book = openpyxl.load_workbook(io.BytesIO(new("empty")))
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


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The example of several accounts and asset classes."""
    path = tmp_path_factory.mktemp("terminal") / "book.xlsx"
    path.write_bytes(new("multi-asset"))
    return str(path)


def shown_on_a_terminal(width: int, *words: str) -> str:
    """What a command shows on a terminal of this width, without colours."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, width, 0, 0))
    env = {name: text for name, text in os.environ.items() if name != "COLUMNS"}
    env |= {"TERM": "xterm", "PYTHONPATH": str(Path(cli.__file__).parent.parent)}
    done = subprocess.Popen(
        [sys.executable, "-m", "xl_rebal.cli", *words],
        stdin=theirs, stdout=theirs, stderr=theirs, env=env,
    )  # fmt: skip
    os.close(theirs)
    shown = b""
    while True:
        try:
            more = os.read(ours, 65536)
        except OSError:  # the other end is closed
            break
        if not more:
            break
        shown += more
    os.close(ours)
    done.wait()
    return re.sub(r"\x1b\[[0-9;]*m", "", shown.decode()).replace("\r\n", "\n")


def numbers_of(book: str) -> list[str]:
    """Every number of the trade list as it should be read, from the JSON."""
    answer = json.loads(said("rebalance", book, "--dry-run", "--json"))
    trades = [f"{t['amount']:,.2f}" for t in answer["trades"]]
    keys = ("cash_before", "new_cash", "sells", "buys", "costs", "cash_after")
    return trades + [f"{account[key]:,.2f}" for account in answer["accounts"] for key in keys]


@pytest.mark.parametrize("width", [30, 60, 80, 100, 120, 140])
def test_every_number_is_whole_and_no_line_too_long_whatever_the_terminal(
    book: str, width: int
) -> None:
    shown = shown_on_a_terminal(width, "rebalance", book, "--dry-run")

    assert max(map(len, shown.splitlines())) <= width
    assert "…" not in shown
    words = shown.split()
    assert [number for number in numbers_of(book) if number not in words] == []


def test_on_80_columns_the_reason_stands_in_full_lines_below_its_trade(book: str) -> None:
    lines = shown_on_a_terminal(80, "rebalance", book, "--dry-run").splitlines()
    at = next(place for place, line in enumerate(lines) if line.startswith("T-1"))

    assert lines[at - 1] == (
        "Account  Action  Symbol  Quantity   Price     Amount  Before   After  Target"
    )
    assert lines[at : at + 4] == [
        "T-1      Sell    XUSA         197  102.66  20,224.02  53.1 %  41.5 %  40.0 %",
        "    US equity: 13.1 pp over its 40.0 % target; XUSA sold to half its band, as it",
        "    is out of its ±3.0 pp band. Lots 197 of USA-1: gain 516.94 long-term, tax",
        "    103.39.",
    ]


def test_on_140_columns_the_reason_stands_in_a_column_of_its_own(book: str) -> None:
    lines = shown_on_a_terminal(140, "rebalance", book, "--dry-run").splitlines()
    at = next(place for place, line in enumerate(lines) if line.startswith("Account"))

    assert lines[at].endswith("Target  Why")
    assert lines[at + 1].endswith(
        "40.0 %  US equity: 13.1 pp over its 40.0 % target; XUSA sold to half"
    )


@pytest.mark.parametrize("words", [("drift",), ("check",)])
def test_what_is_shown_of_a_book_fits_80_columns(book: str, words: Sequence[str]) -> None:
    lines = shown_on_a_terminal(80, *words, book).splitlines()

    assert max(map(len, lines)) <= 80
    assert not any("…" in line for line in lines)


def test_problems_are_broken_between_words_on_a_terminal() -> None:
    lines = shown_on_a_terminal(60, "check", "a-book-that-is-missing.xlsx").splitlines()

    assert lines == [
        "#XR401 a-book-that-is-missing.xlsx: found no such file,",
        "  expected a workbook (.xlsx). Check the name and the",
        "  folder.",
    ]


def test_a_pipe_has_no_width_and_every_trade_one_line(book: str) -> None:
    lines = said("rebalance", book, "--dry-run").splitlines()
    at = next(place for place, line in enumerate(lines) if line.startswith("T-1"))

    assert lines[at].endswith(
        "40.0 %  US equity: 13.1 pp over its 40.0 % target; XUSA sold to half its band, as it is out "
        "of its ±3.0 pp band. Lots 197 of USA-1: gain 516.94 long-term, tax 103.39."
    )
    assert len([line for line in lines if line.startswith(("T-1", "IRA-2", "ROTH-3"))]) == 12 + 3


def test_a_pipe_heeds_columns(book: str) -> None:
    lines = said("rebalance", book, "--dry-run", columns=80).splitlines()

    assert max(map(len, lines)) <= 80
    assert any(line.startswith("    US equity: 13.1 pp over") for line in lines)
    assert max(map(len, said("functions", columns=80).splitlines())) <= 80
