"""Values as desktop Excel passes them, to the form that the rest of the program knows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from udfs.answers import Shown, answered, worded
from xl_rebal.arguments import Grid
from xl_rebal.cells import RawCell
from xl_rebal.errors import Code, InputError, Problem, XlRebalError
from xl_rebal.workbook.excel_values import raw_cell
from xl_rebal.worksheet import FunctionSpec

_MANY = 100_000
"""Cells of a range above which what lies behind the sheet's last filled row or column is left out."""


class SeveralAreas:
    """Stands for a reference of several blocks, (A1:A3,C1:C3), of which Value2 shows the first alone."""

    def __init__(self, count: int) -> None:
        self.count = count


def value_of(cells: Any) -> object:
    """What a COM range holds, through ``Value2``: ``Value`` rounds amounts of currency to 4 places.

    Of A:A only what may hold something is read, and one blank row or column behind it: a million
    cells take seconds. Nothing is left out before or between what is filled, so places stay true.
    """
    count = cells.CountLarge
    if count > _MANY:
        if cells.Areas.Count > 1:
            return SeveralAreas(cells.Areas.Count)
        return _up_to_used(cells).Value2
    value = cells.Value2
    rows = value if isinstance(value, tuple) else ((value,),)
    if len(rows) * len(rows[0]) != count:
        return SeveralAreas(cells.Areas.Count)
    return value


def _up_to_used(cells: Any) -> Any:
    used = cells.Worksheet.UsedRange
    last_row = used.Row + used.Rows.Count
    last_column = used.Column + used.Columns.Count
    bottom = max(1, min(cells.Rows.Count, last_row - cells.Row + 1))
    right = max(1, min(cells.Columns.Count, last_column - cells.Column + 1))
    return cells.Worksheet.Range(cells.Item(1, 1), cells.Item(bottom, right))


def raw_argument(value: object, name: str = "") -> RawCell | Grid:
    """A scalar, or rows of cells. An array typed into a formula as {1,2,3} comes as one flat row.

    >>> raw_argument((1.0, 2.0)), raw_argument(((1.0,), (2.0,))), raw_argument(-2146826246)
    ([[1.0, 2.0]], [[1.0], [2.0]], '#N/A')
    """
    if isinstance(value, SeveralAreas):
        raise InputError(
            Problem(Code.SHAPES_DIFFER, f"a reference of {value.count} blocks of cells", "one block",
                    "Name one range, without a comma in parentheses.", argument=name)
        )  # fmt: skip
    if not isinstance(value, (tuple, list)):
        return raw_cell(value)
    rows = value if any(isinstance(row, (tuple, list)) for row in value) else (value,)
    return [[raw_cell(cell) for cell in row] for row in rows]


def call(spec: FunctionSpec, cells: Sequence[object]) -> Shown:
    """Answer a formula whose arguments are as Excel passes them."""
    names = (parameter.name for parameter in spec.parameters)
    try:
        raw = [raw_argument(cell, name) for cell, name in zip(cells, names, strict=True)]
    except XlRebalError as error:
        return worded(error)
    return answered(spec, raw)
