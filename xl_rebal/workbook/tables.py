"""Raw tables to typed rows: cells by their column's kind, every problem collected."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from xl_rebal import cells
from xl_rebal.cells import RawCell, Refusal, is_blank
from xl_rebal.errors import Code
from xl_rebal.workbook.book import RawTable
from xl_rebal.workbook.headers import match_columns
from xl_rebal.workbook.layout import Column, Kind, TableLayout
from xl_rebal.workbook.problems import Problems

Typed = object

LARGEST = 1e12
"""Quantities and amounts up to this keep their cents exactly."""


def price(raw: RawCell) -> float:
    """A price above 0, within what can be reckoned with to the cent; raises Refusal."""
    found = cells.number(raw, "a price above 0", above=0)
    return cells.number(found, "a price from 1e-06 to 1e+09", least=1e-6, greatest=1e9)


def _amount(raw: RawCell, expected: str, least: float) -> float:
    found = cells.number(raw, expected, least=least)
    return cells.number(found, f"at most {LARGEST:g} in size", least=-LARGEST, greatest=LARGEST)


_READERS: dict[Kind, Callable[[RawCell], Typed]] = {
    Kind.TEXT: cells.text,
    Kind.SYMBOL: cells.symbol,
    Kind.QUANTITY: lambda raw: _amount(raw, "a quantity of 0 or more", 0),
    Kind.SIGNED_QUANTITY: lambda raw: _amount(raw, "a quantity", -math.inf),
    Kind.PRICE: price,
    Kind.PER_SHARE: lambda raw: cells.number(
        raw, "an amount per share above 0", above=0, greatest=1e9
    ),
    Kind.MONEY: lambda raw: _amount(raw, "an amount of 0 or more", 0),
    Kind.SIGNED_MONEY: lambda raw: _amount(raw, "an amount", -math.inf),
    Kind.FRACTION: cells.weight,
    Kind.RATE_BP: lambda raw: cells.number(
        raw, "basis points from 0 to 1,000", least=0, greatest=1000
    ),
    Kind.NUMBER: cells.number,
    Kind.DATE: cells.day,
    Kind.FLAG: cells.flag,
}


def read_cell(kind: Kind, raw: RawCell, choices: Sequence[str] = ()) -> Typed:
    """The meaning of one cell of a kind; raises Refusal."""
    if kind is Kind.CHOICE:
        return cells.choice(raw, choices)
    return _READERS[kind](raw)


@dataclass(frozen=True)
class TypedRow:
    """One row of a table; a blank or refused cell is None, and ``lost`` tells which it is."""

    table: RawTable
    index: int
    values: dict[str, Typed]
    columns: dict[str, int]

    def cell(self, header: str) -> str:
        """Address of the row's cell in a column, of the row's first cell where it has none."""
        return self.table.address(self.index, self.columns.get(header, 0))

    def raw(self, header: str) -> RawCell:
        """The cell as it stands; None where the table has no such column."""
        place = self.columns.get(header)
        return None if place is None else self.table.at(self.index, place)

    def lost(self, *headers: str) -> bool:
        """Whether something stands in one of these columns that could not be read."""
        return any(
            self.values.get(header) is None and not is_blank(self.raw(header)) for header in headers
        )

    def text(self, header: str) -> str | None:
        value = self.values.get(header)
        return value if isinstance(value, str) else None

    def number(self, header: str) -> float | None:
        value = self.values.get(header)
        return float(value) if isinstance(value, (int, float)) else None

    def flag(self, header: str) -> bool | None:
        value = self.values.get(header)
        return value if isinstance(value, bool) else None


def say_double(row: TypedRow, header: str, value: str, problems: Problems) -> None:
    """A value that may stand only once stands again."""
    problems.say(Code.DUPLICATE, f"{value!r} a second time", "each one once",
                 "Remove one of the rows.", row.table.sheet, row.cell(header))  # fmt: skip


def typed_rows(raw: RawTable, layout: TableLayout, problems: Problems) -> list[TypedRow]:
    """The rows that hold any input, each cell read by its kind. Calculated columns are ignored."""
    columns = match_columns(raw, layout, problems)
    inputs = [
        (column, columns[column.header])
        for column in layout.columns
        if not column.formula and column.header in columns
    ]
    rows = []
    for index, raw_row in enumerate(raw.rows):
        if all(is_blank(_at(raw_row, place)) for _, place in inputs):
            continue
        values = {
            column.header: _read(raw, index, raw_row, column, place, problems)
            for column, place in inputs
        }
        rows.append(TypedRow(raw, index, values, columns))
    return rows


def _at(row: Sequence[RawCell], place: int) -> RawCell:
    return row[place] if place < len(row) else None


def _read(
    raw: RawTable,
    index: int,
    row: Sequence[RawCell],
    column: Column,
    place: int,
    problems: Problems,
) -> Typed:
    value = _at(row, place)
    if is_blank(value):
        if column.required and column.header not in ("Account", "Quantity"):
            problems.say(
                Code.MISSING_CELL,
                "an empty cell",
                f"{column.header.lower()}",
                column.help or "Fill it in.",
                raw.sheet,
                raw.address(index, place),
            )
        return None
    try:
        return read_cell(column.kind, value, column.choices)
    except Refusal as refusal:
        problems.add(refusal, raw.sheet, raw.address(index, place))
        return None
