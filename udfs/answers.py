"""What a cell shows for a formula, in every host: rows of plain values, or the worded error."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date

from xl_rebal.cells import LONGEST_TEXT, RawCell, serial, utf16_length
from xl_rebal.errors import XlRebalError
from xl_rebal.worksheet import Answer, FunctionSpec

Shown = list[list[str | float | bool]]


def shown_cell(value: RawCell) -> str | float | bool:
    """One cell as a sheet takes it: blank text for nothing, serials for dates, never NaN."""
    if value is None:
        return ""
    if isinstance(value, (bool, str)):
        return value
    if isinstance(value, date):
        return float(serial(value))
    if isinstance(value, (int, float)):
        if not math.isfinite(value):
            raise ValueError("a worksheet function answered with no finite number")
        return float(value)
    raise TypeError(f"a worksheet function answered with {value!r}")


def shown_rows(answer: Answer) -> Shown:
    """Rows, always: xlwings asks a raw result for its length, and Calc's add-ins declare rows."""
    rows: Sequence[Sequence[RawCell]] = answer if isinstance(answer, list) else [[answer]]
    return [[shown_cell(cell) for cell in row] for row in rows]


def answered(spec: FunctionSpec, raw: Sequence[object]) -> Shown:
    """Answer a formula; a user's mistake is its sentence in the cell, our own bug a traceback."""
    try:
        return shown_rows(spec(*raw))
    except XlRebalError as error:
        return worded(error)


def worded(error: XlRebalError) -> Shown:
    """The first problem as a cell shows it, cut where a cell would show #VALUE! instead."""
    sentence = str(error.problems[0])
    while utf16_length(sentence) > LONGEST_TEXT:
        sentence = f"{sentence[: len(sentence) - (utf16_length(sentence) - LONGEST_TEXT) - 3]}..."
    return [[sentence]]
