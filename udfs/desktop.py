"""Values as desktop Excel passes them, to the form that the rest of the program knows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from udfs.answers import Shown, answered
from xl_rebal.cells import RawCell
from xl_rebal.worksheet import FunctionSpec

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


def call(spec: FunctionSpec, cells: Sequence[object]) -> Shown:
    """Answer a formula whose arguments are as Excel passes them."""
    return answered(spec, [raw_range(cell) for cell in cells])
