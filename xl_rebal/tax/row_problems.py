"""Problems of rows of a record: each names its row."""

from __future__ import annotations

from xl_rebal.errors import Code, Problem
from xl_rebal.model.transactions import Transaction


def about_row(row: Transaction, code: Code, found: str, expected: str, fix: str = "") -> Problem:
    """A problem that is about a transaction."""
    return Problem(code, found, expected, fix, about=("transaction", str(row.row)))


def row_of(problem: Problem) -> int:
    """The row that it is about."""
    return int(problem.about[1])
