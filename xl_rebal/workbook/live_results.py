"""What every live host asks before it writes results into the tables of an open book."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from xl_rebal.cells import RawCell, serial
from xl_rebal.errors import Code, Problem, WriteError
from xl_rebal.workbook.book import Block, Results
from xl_rebal.workbook.declared import Column, Kind
from xl_rebal.workbook.layout import CHECKS, TABLES
from xl_rebal.workbook.limits import refuse_value


@dataclass(frozen=True)
class ResultPlace:
    """Where a table of the open book stands: its header begins in ``cell`` and is ``width`` wide."""

    sheet: str
    cell: str
    width: int


def fitting_blocks(results: Results, places: Mapping[str, ResultPlace]) -> list[Block]:
    """The blocks to write; a missing table, other columns or an unwritable value is refused.

    The list of checks stands beside the results: a book may do without its table.
    """
    blocks = [b for b in results.blocks if b.table in places or b.table != CHECKS.name]
    wrong = [
        problem for block in blocks for problem in _misfits(block.table, places.get(block.table))
    ]
    if wrong:
        raise WriteError(wrong)
    for block in results.blocks:
        for row in block.rows:
            for value in row:
                refuse_value(value, TABLES[block.table].sheet, "")
    return blocks


def _misfits(name: str, place: ResultPlace | None) -> list[Problem]:
    """A result table that is not there, or was made when it had other columns."""
    if place is None:
        return [
            Problem(Code.CANNOT_WRITE, f"no table {name}", f"a result table {name}",
                    "Start from a book made by `xl-rebal new`.")
        ]  # fmt: skip
    if place.width == len(TABLES[name].columns):
        return []
    return [
        Problem(
            Code.CANNOT_WRITE, f"a table {name} with other columns",
            f"the {len(TABLES[name].columns)} columns of today",
            "Save and close the book, and run the command on the file: it makes its sheets anew.",
            place.sheet, place.cell,
        )
    ]  # fmt: skip


def is_link(column: Column, cell: RawCell) -> bool:
    """Whether a cell of a result leads to another cell of the book."""
    return column.kind is Kind.LINK and isinstance(cell, str) and "!" in cell


def writable(value: RawCell) -> str | float | int | bool | None:
    """A value as a sheet takes it: dates are serials."""
    if value is None or isinstance(value, (str, float, int, bool)):
        return value
    return float(serial(value))  # type: ignore[arg-type]  # a date
