"""Raw tables to typed rows: headers by name or synonym, cells by kind, every problem collected."""

from __future__ import annotations

import string
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from xl_rebal import cells
from xl_rebal.cells import RawCell, Refusal, is_blank
from xl_rebal.errors import Code, Problem
from xl_rebal.wording import did_you_mean, listed, shown
from xl_rebal.workbook.book import RawTable
from xl_rebal.workbook.layout import Column, Kind, TableLayout

Typed = object

_DROPPED = str.maketrans("", "", string.punctuation.replace("/", "") + "\ufeff\u200b")


def folded(header: object) -> str:
    """A header without capitals, punctuation and stray blanks.

    >>> folded(" Qty (Quantity) "), folded("Mkt Val $")
    ('qty quantity', 'mkt val')
    """
    return " ".join(str(header).casefold().translate(_DROPPED).split())


_READERS: dict[Kind, Callable[[RawCell], Typed]] = {
    Kind.TEXT: cells.text,
    Kind.SYMBOL: cells.symbol,
    Kind.QUANTITY: lambda raw: cells.number(raw, "a quantity of 0 or more", least=0),
    Kind.PRICE: lambda raw: cells.number(raw, "a price above 0", above=0),
    Kind.MONEY: lambda raw: cells.number(raw, "an amount of 0 or more", least=0),
    Kind.SIGNED_MONEY: lambda raw: cells.number(raw, "an amount"),
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


@dataclass(frozen=True)
class TypedRow:
    """One row of a table; a blank or refused cell is None."""

    table: RawTable
    index: int
    values: dict[str, Typed]
    columns: dict[str, int]

    def cell(self, header: str) -> str:
        """Address of the row's cell in a column, of the row's first cell where it has none."""
        return self.table.address(self.index, self.columns.get(header, 0))

    def text(self, header: str) -> str | None:
        value = self.values.get(header)
        return value if isinstance(value, str) else None

    def number(self, header: str) -> float | None:
        value = self.values.get(header)
        return float(value) if isinstance(value, (int, float)) else None

    def flag(self, header: str) -> bool | None:
        value = self.values.get(header)
        return value if isinstance(value, bool) else None


def match_columns(raw: RawTable, layout: TableLayout, problems: Problems) -> dict[str, int]:
    """Where each declared column stands in the raw table: exact header first, then synonyms."""
    names = [folded(header) if not is_blank(header) else "" for header in raw.header]
    found: dict[str, int] = {}
    for column in layout.columns:
        if folded(column.header) in names:
            found[column.header] = names.index(folded(column.header))
    for column in layout.columns:
        if column.header in found:
            continue
        for synonym in column.synonyms:
            if folded(synonym) in names and names.index(folded(synonym)) not in found.values():
                found[column.header] = names.index(folded(synonym))
                break
    for column in layout.columns:
        if column.required and column.header not in found:
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
    _refuse_doubles(raw, names, found, problems)
    return found


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
