"""What a sheet can hold. Beyond it a write is refused in words; openpyxl would cut or blank it."""

from __future__ import annotations

import math
import re
from collections.abc import Collection
from datetime import date

from xl_rebal.cells import LONGEST_TEXT, RawCell, utf16_length
from xl_rebal.errors import Code, Problem, WriteError

LAST_ROW = 1_048_576
LAST_COLUMN = 16_384
LONGEST_TITLE = 31
LONGEST_HEADER = 255
_FIRST_DAY = date(1900, 3, 1)
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_NOT_IN_TITLES = re.compile(r"[\[\]:*?/\\]|^'|'$")


def refuse_value(value: RawCell, sheet: str, cell: str, longest: int = LONGEST_TEXT) -> None:
    """WriteError where a cell cannot hold the value as it is."""
    if isinstance(value, str):
        _refuse_text(value, sheet, cell, longest)
    elif isinstance(value, date):
        day = date(value.year, value.month, value.day)
        if day < _FIRST_DAY:
            raise _refusal(str(day), "a date from 1900-03-01, where days are counted from",
                           "Correct the date.", sheet, cell)  # fmt: skip
    elif isinstance(value, (int, float)) and not _is_finite(value):
        raise _refusal(
            "a number that is not finite", "a number that a cell can hold",
            "Check the amounts behind it.", sheet, cell,
        )  # fmt: skip


def _refuse_text(text: str, sheet: str, cell: str, longest: int) -> None:
    if _UNWRITABLE.search(text):
        raise _refusal("a text with a control character", "text that a cell can hold",
                       "Type it anew.", sheet, cell)  # fmt: skip
    length = utf16_length(text)
    if length > longest:
        raise _refusal(f"a text of {length:,} characters", f"at most {longest:,} in a cell",
                       "Shorten the names in it.", sheet, cell)  # fmt: skip


def _is_finite(value: float) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:  # a whole number beyond every float
        return False


def refuse_area(row: int, column: int, sheet: str) -> None:
    """WriteError where the last row or column of something lies beyond the sheet."""
    if row > LAST_ROW:
        raise _refusal(f"{row:,} rows", f"at most {LAST_ROW:,} on a sheet",
                       "Keep fewer rows.", sheet)  # fmt: skip
    if column > LAST_COLUMN:
        raise _refusal(f"{column:,} columns", f"at most {LAST_COLUMN:,} on a sheet",
                       "Keep fewer symbols.", sheet)  # fmt: skip


def refuse_title(title: str, others: Collection[str] = ()) -> None:
    """WriteError where a sheet cannot have the title: too long, a character, taken or reserved."""
    expected = f"1 to {LONGEST_TITLE} characters without []:*?/\\ or an apostrophe at an end"
    length = utf16_length(title) if not _UNWRITABLE.search(title) else 0
    if not title.strip() or not 0 < length <= LONGEST_TITLE or _NOT_IN_TITLES.search(title):
        raise _refusal(f"the sheet title {title!r}", expected, "Choose another title.")
    if title.casefold() == "history":
        raise _refusal(f"the sheet title {title!r}", "a title that Excel does not keep for itself",
                       "Choose another title.")  # fmt: skip
    if title.casefold() in {other.casefold() for other in others}:
        raise _refusal(f"a second sheet {title!r}", "each title once", "Choose another title.")


def _refusal(found: str, expected: str, fix: str, sheet: str = "", cell: str = "") -> WriteError:
    return WriteError(Problem(Code.CANNOT_WRITE, found, expected, fix, sheet, cell))
