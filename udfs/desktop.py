"""Values as desktop Excel passes and shows them: in one place, to one form and back."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date

from xl_rebal.cells import RawCell, serial
from xl_rebal.errors import XlRebalError
from xl_rebal.registry import Answer, FunctionSpec

# Error cells arrive as these numbers (CVErr): the only values of type int that Excel passes.
ERROR_TEXTS = {
    -2146826288: "#NULL!",
    -2146826281: "#DIV/0!",
    -2146826273: "#VALUE!",
    -2146826265: "#REF!",
    -2146826259: "#NAME?",
    -2146826252: "#NUM!",
    -2146826246: "#N/A",
}
_OTHER_ERROR = "#UNKNOWN!"


def raw_cell(value: object) -> RawCell:
    """One cell as the rest of the program knows it."""
    if type(value) is int:
        return ERROR_TEXTS.get(value, _OTHER_ERROR)
    if value is None or isinstance(value, (str, float, bool, date)):
        return value
    raise TypeError(f"Excel passed {value!r}")


def raw_range(value: object) -> RawCell | list[list[RawCell]]:
    """A scalar, or rows of cells."""
    if isinstance(value, (tuple, list)):
        return [
            [raw_cell(cell) for cell in (row if isinstance(row, (tuple, list)) else (row,))]
            for row in value
        ]
    return raw_cell(value)


def shown_cell(value: RawCell) -> str | float | bool:
    """One cell as Excel takes it: blank text for nothing, serials for dates, never NaN."""
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


def shown_rows(answer: Answer) -> list[list[str | float | bool]]:
    """Rows, always: xlwings asks a raw result for its length."""
    rows: Sequence[Sequence[RawCell]] = answer if isinstance(answer, list) else [[answer]]
    return [[shown_cell(cell) for cell in row] for row in rows]


def call(spec: FunctionSpec, cells: Sequence[object]) -> list[list[str | float | bool]]:
    """Answer a formula; a user's mistake is its sentence in the cell, our own bug a traceback."""
    try:
        return shown_rows(spec(*(raw_range(cell) for cell in cells)))
    except XlRebalError as error:
        return [[str(error.problems[0])]]
