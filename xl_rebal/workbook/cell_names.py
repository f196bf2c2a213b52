"""Where a defined name leads: to one cell of the book, or nowhere that a setting can stand."""

from __future__ import annotations

import re

from xl_rebal.errors import Code, Problem
from xl_rebal.workbook.book import column_number

_CELL = re.compile(
    r"=?(?:'((?:[^']|'')+)'|([^'!]+))!\$?([A-Z]{1,3})\$?([0-9]{1,7})(?::\$?\3\$?\4)?", re.IGNORECASE
)
_ELSEWHERE = re.compile(r"(?:'(?:[^']|'')+'|[^'!(),\"]+)!")


def cell_named(text: str) -> tuple[str, int, int] | None:
    """Sheet title, row and column (1-based) of the one cell of this book that a name is for.

    >>> cell_named("='My Sheet'!$B$4"), cell_named("Settings!$B$4:$B$5"), cell_named("0.05")
    (('My Sheet', 4, 2), None, None)
    """
    found = _CELL.fullmatch(text.strip())
    if found is None or "[" in (title := (found[1] or found[2]).replace("''", "'")):
        return None
    return title, int(found[4]), column_number(found[3].upper())


def leads_nowhere(name: str, text: str) -> Problem:
    """The problem of a name that is for no cell, or not for one."""
    target = text.strip().removeprefix("=")
    if "#REF!" in target.upper():
        what = "a cell that was deleted (#REF!)"
    elif "[" in target:
        what = f"another book ({target})"
    elif _CELL.match(target) and (":" in target or "," in target):
        what = f"several cells ({target})"
    elif _ELSEWHERE.match(target):
        what = f"no cell of this book ({target})"
    else:
        what = f"no cell but {target[:60]}"
    return Problem(
        Code.BROKEN_NAME, f"the name {name} of {what}", "a name of one cell of this book",
        "Point it to its cell under Formulas, Name Manager.", argument=name,
    )  # fmt: skip
