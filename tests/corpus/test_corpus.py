"""Every broken book through the real commands: all its problems at once, or the right trades."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest
import typer.main

from tests.corpus import (
    broken_cells,
    broken_dated_targets,
    broken_dividends,
    broken_files,
    broken_settings,
    broken_shapes,
    broken_tables,
    broken_taxes,
    broken_together,
)
from tests.corpus.good_book import GOOD_TRADES, Case, as_before
from tests.read_once import read_once
from xl_rebal import cli
from xl_rebal.workbook.file_book import read_source

CASES = [
    Case("unbroken", as_before()),
    *broken_cells.CASES,
    *broken_tables.CASES,
    *broken_dividends.CASES,
    *broken_taxes.CASES,
    *broken_dated_targets.CASES,
    *broken_settings.CASES,
    *broken_shapes.CASES,
    *broken_files.CASES,
    *broken_together.CASES,
]
_UNFIT_FOR_PEOPLE = re.compile(r"None|<\w+[.: ]|datetime|Uncalculated|Traceback|\bnan\b.*\bnan\b")


# Typer builds its commands anew for every call; once is enough for fourteen hundred.
BUILT = typer.main.get_command(cli.app)


class CommandLine:
    """The command line in this process: what it ends with, and the JSON that it prints."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch = monkeypatch
        self._capsys = capsys
        monkeypatch.setattr(cli, "app", BUILT)

    def __call__(self, *words: str) -> tuple[int, Any]:
        self._monkeypatch.setattr(sys, "argv", ["xl-rebal", *words, "--json"])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        printed = self._capsys.readouterr()
        assert isinstance(ended.value.code, int)
        return ended.value.code, json.loads(printed.out)


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    return CommandLine(monkeypatch, capsys)


def test_the_corpus_holds_two_hundred_books_of_different_names() -> None:
    assert len({case.id for case in CASES}) == len(CASES) >= 200


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_book_is_read_rightly_or_refused_with_every_problem(
    case: Case, tmp_path: Path, command: CommandLine
) -> None:
    book, out = tmp_path / "book.xlsx", tmp_path / "out.xlsx"
    content = case.content()
    book.write_bytes(content)
    with read_once():
        checked, answer = command("check", str(book))
        drifted, _ = command("drift", str(book))
        rebalanced, outcome = command("rebalance", str(book), "-o", str(out))

    expected = case.answer
    assert (checked, drifted, rebalanced) == (
        0 if expected.only_writing else expected.status, expected.drift, expected.status
    ), answer  # fmt: skip
    assert book.read_bytes() == content
    assert {file.name for file in tmp_path.iterdir()} <= {"book.xlsx", "out.xlsx"}
    if expected.problems:
        assert_refused(expected.problems, outcome["problems"])
        assert not out.exists()
    if expected.problems and not expected.only_writing:
        assert_refused(expected.problems, answer["problems"])
    if not expected.problems:
        assert trades_of(outcome) == sorted(expected.trades)
        assert_noted(expected.notes, answer["warnings"])
        assert_noted(expected.notes, outcome["warnings"])
        assert_written(out, outcome)


def assert_refused(expected: tuple[str, ...], problems: list[dict[str, Any]]) -> None:
    found = []
    for problem in problems:
        place = f"{problem['sheet']}!{problem['cell']}" if problem["cell"] else problem["sheet"]
        found.append(f"{problem['code']} {place or problem['argument']}")
        for words in ("found", "expected", "fix"):
            assert problem[words].strip(), problem
            assert not _UNFIT_FOR_PEOPLE.search(problem[words]), problem
        assert problem["fix"].endswith((".", "?")), problem
    assert sorted(found) == sorted(expected), problems


def trades_of(outcome: dict[str, Any]) -> list[tuple[str, str, str, float]]:
    return sorted(
        (t["account"], t["action"], t["symbol"], t["quantity"]) for t in outcome["trades"]
    )


def assert_noted(expected: tuple[str, ...], warnings: list[dict[str, Any]]) -> None:
    assert len(warnings) == len(expected), warnings
    for part, warning in zip(expected, warnings, strict=True):
        assert part in f"{warning['text']} {warning['fix']}"
        assert warning["sheet"]


def assert_written(out: Path, outcome: dict[str, Any]) -> None:
    """The trades stand in the written book as they were printed."""
    rows = read_source(out.read_bytes()).tables["tblTrades"].rows
    assert [(r[1], r[2], r[3], r[4]) for r in rows] == [
        (t["account"], t["action"], t["symbol"], t["quantity"]) for t in outcome["trades"]
    ]


def test_the_trades_of_the_unbroken_book_are_those_worked_out_by_hand(
    tmp_path: Path, command: CommandLine
) -> None:
    book = tmp_path / "book.xlsx"
    book.write_bytes(Case("unbroken", as_before()).content())
    _, outcome = command("rebalance", str(book), "--dry-run")

    assert trades_of(outcome) == sorted(GOOD_TRADES)
    assert [a["cash_after"] for a in outcome["accounts"]] == [1000, 1000]
