"""What a command of the menu says, without an office."""

from __future__ import annotations

import pytest

from udfs.libreoffice.running import Told, run
from xl_rebal.errors import Code, InputError, Problem
from xl_rebal.workbook.book import Results, Source


class NoBook:
    """A book that cannot be read."""

    def __init__(self, error: Exception) -> None:
        self._error, self.reports = error, list[str]()

    def read(self) -> Source:
        raise self._error

    def write(self, results: Results) -> None:
        raise AssertionError("nothing is to be written")

    def report(self, message: str) -> None:
        self.reports.append(message)

    def progress(self, what: str, done: int, total: int) -> None: ...


def test_problems_are_told_line_by_line_and_the_status_bar_is_cleared() -> None:
    problems = [Problem(Code.MISSING_CELL, f"cell {n}", "a number") for n in range(12)]
    book = NoBook(InputError(problems))

    told = run("rebalance", book)

    assert told == Told("Rebalance", tuple(map(str, problems)), done=False)
    assert told.text.splitlines() == [*map(str, problems[:10]), "... and 2 more."]
    assert book.reports[-1] == ""


def test_our_own_bug_is_raised() -> None:
    book = NoBook(ZeroDivisionError("a bug of ours"))

    with pytest.raises(ZeroDivisionError):
        run("rebalance", book)
    assert book.reports[-1] == ""
