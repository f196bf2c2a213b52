"""What is wrong or worth knowing of tables beyond their cells: merged, hidden, apart, in conflict.

A host gathers the Facts of each table; what they mean is said here, for every host.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from xl_rebal.cells import is_blank
from xl_rebal.errors import Code, Note, Problem
from xl_rebal.wording import listed, money
from xl_rebal.workbook.areas import Area
from xl_rebal.workbook.book import RawTable, column_letters
from xl_rebal.workbook.currency import second_currencies
from xl_rebal.workbook.found_tables import FoundTable
from xl_rebal.workbook.headers import folded, match_columns
from xl_rebal.workbook.layout import HOLDINGS, TABLES
from xl_rebal.workbook.problems import Problems

_VALUE_TOLERANCE = 0.01
"""A value may come from a slightly later price."""


@dataclass(frozen=True)
class Facts:
    """What a host sees of an input table beside its cells. Rows and columns are the sheet's, from 1.

    ``merged`` may reach out of the table or lie beside it, ``hidden_rows`` and ``hidden_columns``
    may be others than those of the table: only what touches it counts. ``currencies`` are those
    that number formats show, by address; ``formulas`` the addresses of formulas among typed values.
    """

    hidden_sheet: bool = False
    hidden_rows: Sequence[int] = ()
    hidden_columns: Sequence[int] = ()
    merged: Sequence[Area] = ()
    currencies: Mapping[str, str] = field(default_factory=dict)
    formulas: frozenset[str] = frozenset()


Seen = Sequence[tuple[FoundTable, Facts]]


def refused(tables: Seen) -> tuple[Problem, ...]:
    """Merged cells in input tables, amounts in a second currency, values that do not multiply."""
    return (
        *(problem for table, facts in tables for problem in _merged(table, facts)),
        *second_currencies([(table.raw, facts.currencies) for table, facts in tables]),
        *(problem for table, facts in tables for problem in _other_values(table.raw, facts)),
    )


def noted(tables: Seen) -> tuple[Note, ...]:
    """What is read although it is hidden, or not read although it stands there."""
    return (
        *(note for table, facts in tables for note in _hidden(table.raw, facts)),
        *(note for table, _ in tables for note in _unread(table)),
    )


def _merged(table: FoundTable, facts: Facts) -> Iterator[Problem]:
    for area in sorted(facts.merged):
        if area.meets(table.area):
            yield Problem(
                Code.MERGED_CELLS, f"merged cells {area.ref} in {table.raw.name}",
                "a table without merged cells", "Unmerge them and fill in each cell.",
                table.raw.sheet, area.corner,
            )  # fmt: skip


def typed_value_columns(raw: RawTable) -> tuple[int, int, int] | None:
    """The columns (from 0) Quantity, Price and Value of holdings; None where one is missing."""
    if TABLES[raw.name] is not HOLDINGS:
        return None
    found = match_columns(raw, HOLDINGS, Problems())
    if not {"Quantity", "Price", "Value"} <= found.keys():
        return None
    return found["Quantity"], found["Price"], found["Value"]


def _other_values(raw: RawTable, facts: Facts) -> Iterator[Problem]:
    """A typed Value that is not quantity x price: a bond priced per 100, a price in pence.

    Ours is a formula, which is never read as input; a broker's column is a number.
    """
    columns = typed_value_columns(raw)
    if columns is None:
        return
    for index in range(len(raw.rows)):
        quantity, price, value = (raw.at(index, place) for place in columns)
        cell = raw.address(index, columns[2])
        if cell in facts.formulas or not isinstance(quantity, float):
            continue
        if not isinstance(price, float) or not isinstance(value, float):
            continue
        if abs(value - quantity * price) > _VALUE_TOLERANCE * abs(quantity * price):
            yield Problem(
                Code.CONFLICT, f"a value of {money(value)}",
                f"{money(quantity * price)}, which is quantity x price",
                "Correct the quantity or the price (per share, in the book's currency), or "
                "clear the value.",
                raw.sheet, cell,
            )  # fmt: skip


def _hidden(raw: RawTable, facts: Facts) -> Iterator[Note]:
    filled = {raw.row + 1 + index for index, _ in raw.filled()}
    if not filled:
        return
    if facts.hidden_sheet:
        text = f"The sheet {raw.sheet} is hidden; {raw.name} on it is read like any other."
        yield Note(Code.HIDDEN, text, "", raw.sheet, raw.address(-1, 0))
    rows = [row for row in facts.hidden_rows if row in filled]
    if rows:
        who = f"{_counted(rows, 'row', [str(row) for row in rows])} of {raw.sheet}"
        said = f"{who} {'is' if len(rows) == 1 else 'are'} hidden or filtered out"
        cell = f"{column_letters(raw.column)}{rows[0]}"
        yield Note(Code.HIDDEN, f"{said} and read all the same.", "", raw.sheet, cell)
    columns = [c for c in facts.hidden_columns if holds_input(raw, c - raw.column)]
    if columns:
        names = [column_letters(c) for c in columns]
        said = f"{_counted(columns, 'column', names)} of {raw.sheet}"
        said += f" {'is' if len(columns) == 1 else 'are'} hidden and read all the same."
        yield Note(Code.HIDDEN, said, "", raw.sheet, f"{names[0]}{raw.row}")


def _counted(found: Sequence[int], word: str, names: Sequence[str]) -> str:
    if len(found) == 1:
        return f"{word.capitalize()} {names[0]}"
    if len(found) <= 5:
        return f"{word.capitalize()}s {listed(names, 'and')}"
    return f"{len(found)} {word}s ({names[0]} first)"


def holds_input(raw: RawTable, place: int) -> bool:
    """Whether something that we read stands in this column, counted from the table's first, 0."""
    if not 0 <= place < len(raw.header):
        return False
    calculated = {folded(c.header) for c in TABLES[raw.name].columns if c.formula}
    if is_blank(raw.header[place]) or folded(raw.header[place]) in calculated:
        return False
    return any(not is_blank(raw.at(i, place)) for i in range(len(raw.rows)))


def _unread(table: FoundTable) -> Iterator[Note]:
    if table.unread is not None:
        raw = table.raw
        yield Note(
            Code.NOT_READ,
            f"Row {table.unread} of {raw.sheet} stands apart below {raw.name} and was not read.",
            "Move it up to the table if it belongs there.",
            raw.sheet,
            f"{column_letters(raw.column)}{table.unread}",
        )
