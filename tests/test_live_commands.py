"""What a command over an open book tells its user, without any program."""

from __future__ import annotations

import pytest

from xl_rebal.commands.live import run_live
from xl_rebal.errors import Code, InputError, Problem
from xl_rebal.workbook.book import Results, Source


class NoBook:
    """A book that cannot be read, with a table of checks or without."""

    def __init__(self, error: Exception, has_checks: bool = False) -> None:
        self._error, self._has_checks = error, has_checks
        self.reports, self.written = list[str](), list[Results]()

    def read(self) -> Source:
        raise self._error

    def write(self, results: Results) -> None:
        self.written.append(results)

    def has_table(self, name: str) -> bool:
        return self._has_checks

    def report(self, message: str) -> None:
        self.reports.append(message)

    def progress(self, what: str, done: int, total: int) -> None: ...


def test_problems_are_told_line_by_line_and_the_status_bar_is_cleared() -> None:
    problems = [Problem(Code.MISSING_CELL, f"cell {n}", "a number") for n in range(12)]
    book = NoBook(InputError(problems))

    told = run_live(book, "rebalance")

    assert (told.title, told.summary) == ("Rebalance", None)
    assert told.lines == tuple(map(str, problems))
    assert told.text.splitlines() == [*map(str, problems[:10]), "... and 2 more."]
    assert (book.reports[-1], book.written) == ("", [])


def test_problems_are_listed_on_checks_alone() -> None:
    problems = [Problem(Code.MISSING_CELL, f"cell {n}", "a number") for n in range(3)]
    book = NoBook(InputError(problems), has_checks=True)

    told = run_live(book, "rebalance")

    (written,) = book.written
    assert ([block.table for block in written.blocks], written.values) == (["tblChecks"], {})
    assert told.text.splitlines()[3:] == [
        "The sheet Checks has the list, with a link to each cell."
    ]


def test_our_own_bug_is_raised() -> None:
    book = NoBook(ZeroDivisionError("a bug of ours"), has_checks=True)

    with pytest.raises(ZeroDivisionError):
        run_live(book, "rebalance")
    assert (book.reports[-1], book.written) == ("", [])
