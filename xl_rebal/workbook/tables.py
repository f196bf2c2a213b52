"""Raw tables to typed rows: headers by name or synonym, cells by kind, every problem collected."""

from __future__ import annotations

import math
import string
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher

from xl_rebal import cells
from xl_rebal.cells import RawCell, Refusal, is_blank, visible
from xl_rebal.errors import Code, Problem
from xl_rebal.wording import did_you_mean, listed, shown
from xl_rebal.workbook.book import RawTable
from xl_rebal.workbook.layout import Column, Kind, TableLayout

Typed = object

_DROPPED = str.maketrans("", "", string.punctuation.replace("/", ""))
LARGEST = 1e12
"""Quantities and amounts up to this keep their cents exactly."""


def folded(header: object) -> str:
    """A header without capitals, punctuation and stray blanks.

    >>> folded(" Qty (Quantity) "), folded("Mkt Val $")
    ('qty quantity', 'mkt val')
    """
    return " ".join(visible(str(header)).casefold().translate(_DROPPED).split())


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
    Kind.PRICE: price,
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


@dataclass
class Problems:
    """Collects every problem, so that a person sees all of them at once."""

    found: list[Problem] = field(default_factory=list)

    def add(self, refusal: Refusal, sheet: str, cell: str) -> None:
        self.found.append(refusal.at(sheet, cell))

    def say(
        self, code: Code, found: str, expected: str, fix: str, sheet: str = "", cell: str = ""
    ) -> None:
        self.found.append(Problem(code, found, expected, fix, sheet, cell))

    def advise(self, sheet: str, cell: str, fix: str) -> None:
        """Better advice for what was found at a cell, once more is known of its row."""
        self.found = [
            replace(each, fix=fix) if (each.sheet, each.cell) == (sheet, cell) else each
            for each in self.found
        ]


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


def match_columns(raw: RawTable, layout: TableLayout, problems: Problems) -> dict[str, int]:
    """Where each declared column stands in the raw table: exact header first, then synonyms.

    Calculated columns come last: a table with a column Band and none Band absolute means that one.
    """
    names = [folded(header) if not is_blank(header) else "" for header in raw.header]
    inputs = [column for column in layout.columns if not column.formula]
    found = {c.header: names.index(folded(c.header)) for c in inputs if folded(c.header) in names}
    for column in inputs:
        if column.header in found:
            continue
        places = [
            names.index(folded(synonym))
            for synonym in column.synonyms
            if folded(synonym) in names and names.index(folded(synonym)) not in found.values()
        ]
        if places:
            found[column.header] = places[0]
            _refuse_choice(raw, column, places, problems)
    for column in layout.columns:
        name = folded(column.header)
        if column.formula and name in names and names.index(name) not in found.values():
            found[column.header] = names.index(name)
    for column in inputs:
        if column.header not in found:
            _refuse_missing(raw, column, names, set(found.values()), problems)
    _refuse_doubles(raw, names, found, problems)
    return found


_NUMBERS = (Kind.QUANTITY, Kind.PRICE, Kind.MONEY, Kind.FRACTION, Kind.DATE)


def _refuse_choice(
    raw: RawTable, column: Column, places: Sequence[int], problems: Problems
) -> None:
    """Two columns that could both be the one meant: names may be chosen among, numbers not."""
    if column.kind in _NUMBERS and len(set(places)) > 1:
        problems.say(
            Code.CONFLICT,
            f"{listed([shown(raw.header[place]) for place in places], 'and')}, "
            f"each of which could be {column.header!r}",
            f"one column {column.header!r}",
            f"Name the right one {column.header!r}.",
            raw.sheet,
            raw.address(-1, places[1]),
        )


def _refuse_missing(
    raw: RawTable,
    column: Column,
    names: Sequence[str],
    used: set[int],
    problems: Problems,
) -> None:
    """A required column that is not there; or an optional one under a name that is nearly its own.

    A misspelt Minimum would otherwise be an extra column, and the limit silently none.
    """
    if column.required:
        near = did_you_mean(column.header, [str(h) for h in raw.header if not is_blank(h)])
        problems.say(
            Code.MISSING_COLUMN,
            f"no column {column.header!r} in {raw.name} (it has "
            f"{listed([shown(h) for h in raw.header if not is_blank(h)], 'and')})",
            f"a column {column.header!r}",
            near.replace("Did you mean", "Is it") or "Name one of its headers so.",
            raw.sheet,
            raw.address(-1, 0),
        )
        return
    if column.header in _ONLY_FOR_PEOPLE:
        return
    for place, name in enumerate(names):
        if name and place not in used and _is_nearly(name, folded(column.header)):
            problems.say(
                Code.UNKNOWN_COLUMN,
                f"a column {str(raw.header[place])!r} and none {column.header!r}",
                f"{column.header!r} if that is meant",
                f"Name it {column.header!r}, or something less like it.",
                raw.sheet,
                raw.address(-1, place),
            )


_ONLY_FOR_PEOPLE = {"Name", "Note"}
_NEARLY = 0.8
"""Minimun, Spread and New csh are this near to their headers; Old price to Price is not."""


def _is_nearly(name: str, header: str) -> bool:
    return SequenceMatcher(None, name, header).ratio() >= _NEARLY


def _refuse_doubles(
    raw: RawTable, names: list[str], found: dict[str, int], problems: Problems
) -> None:
    for header, place in found.items():
        if names.count(names[place]) > 1:
            again = names.index(names[place], place + 1)
            problems.say(
                Code.DUPLICATE,
                f"two columns {header!r}",
                "one",
                "Rename or remove the other.",
                raw.sheet,
                raw.address(-1, again),
            )


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
