"""What only the file shows: merged cells, two currencies in formats, hidden and unread rows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from xl_rebal.cells import is_blank
from xl_rebal.errors import Code, Note, Problem
from xl_rebal.wording import listed, money
from xl_rebal.workbook.area import Area
from xl_rebal.workbook.book import column_letters
from xl_rebal.workbook.file_currency import currencies_of_cells
from xl_rebal.workbook.file_tables import FoundTable
from xl_rebal.workbook.headers import folded, match_columns
from xl_rebal.workbook.layout import HOLDINGS, TABLES, Kind
from xl_rebal.workbook.package import Package
from xl_rebal.workbook.package.markup import read_attributes
from xl_rebal.workbook.package.parts import is_true
from xl_rebal.workbook.problems import Problems

_MERGED = re.compile(r"<(?:\w+:)?mergeCell\b([^>]*)>")
_HIDDEN_ROW = re.compile(r"<(?:\w+:)?row\b([^>]*\bhidden=[^>]*)>")
_HIDDEN_COLUMN = re.compile(r"<(?:\w+:)?col\b([^>]*\bhidden=[^>]*)>")
_VALUE_TOLERANCE = 0.01
"""A value may come from a slightly later price."""
_MONEY = (Kind.PRICE, Kind.MONEY, Kind.SIGNED_MONEY)


def refused_in_file(package: Package, tables: Sequence[FoundTable]) -> tuple[Problem, ...]:
    """Merged cells in input tables, amounts in a second currency, values that do not multiply."""
    return (
        *_merged(package, tables),
        *_currencies(package, tables),
        *_other_values(package, tables),
    )


def noted_in_file(package: Package, tables: Sequence[FoundTable]) -> tuple[Note, ...]:
    """What is read although it is hidden, or not read although it stands there."""
    return (*_hidden(package, tables), *_unread(tables))


def _merged(package: Package, tables: Sequence[FoundTable]) -> Iterator[Problem]:
    for table in tables:
        part = package.sheet(table.raw.sheet).part_name
        if not package.mentions(part, "mergeCell"):
            continue
        for found in _MERGED.finditer(package.text(part)):
            ref = read_attributes(found[1]).get("ref", "")
            area = Area.of(ref)
            if area is not None and area.meets(table.area):
                yield Problem(
                    Code.MERGED_CELLS, f"merged cells {ref} in {table.raw.name}",
                    "a table without merged cells", "Unmerge them and fill in each cell.",
                    table.raw.sheet, ref.partition(":")[0],
                )  # fmt: skip


def _currencies(package: Package, tables: Sequence[FoundTable]) -> Iterator[Problem]:
    """Amounts whose number formats show two currencies: the rarer one is refused."""
    shown: list[tuple[str, FoundTable, str]] = []
    for table in tables:
        formats = currencies_of_cells(package, table.raw.sheet)
        if formats:
            shown += [(formats[cell], table, cell) for cell in _amounts(table) if cell in formats]
    counts: dict[str, int] = {}
    for currency, _, _ in shown:
        counts[currency] = counts.get(currency, 0) + 1
    if len(counts) < 2:
        return
    first = max(counts, key=lambda currency: counts[currency])
    for currency, table, cell in shown:
        if currency != first:
            yield Problem(
                Code.SECOND_CURRENCY, f"an amount in {currency}",
                f"{first} as in the other amounts, the book's one currency",
                "Keep each currency in a book of its own, or correct the number format.",
                table.raw.sheet, cell,
            )  # fmt: skip


def _amounts(table: FoundTable) -> Iterator[str]:
    """Addresses of the filled cells with prices and amounts."""
    layout = TABLES[table.raw.name]
    if layout.open_ended:
        places = [i for i, h in enumerate(table.raw.header) if not is_blank(h)]
        dates = {folded(layout.columns[0].header), *layout.columns[0].synonyms}
        places = [i for i in places if folded(table.raw.header[i]) not in dates]
    else:
        found = match_columns(table.raw, layout, Problems())
        places = [found[c.header] for c in layout.columns if c.kind in _MONEY and c.header in found]
    for index in range(len(table.raw.rows)):
        for place in places:
            if isinstance(table.raw.at(index, place), float):
                yield table.raw.address(index, place)


def _other_values(package: Package, tables: Sequence[FoundTable]) -> Iterator[Problem]:
    """A typed Value that is not quantity x price: a bond priced per 100, a price in pence.

    Ours is a formula, which is never read as input; a broker's column is a number.
    """
    for table in tables:
        raw, layout = table.raw, TABLES[table.raw.name]
        if layout is not HOLDINGS:
            continue
        found = match_columns(raw, layout, Problems())
        if not {"Quantity", "Price", "Value"} <= found.keys():
            continue
        formulas = package.formula_cells(raw.sheet)
        for index in range(len(raw.rows)):
            quantity, price, value = (
                raw.at(index, found[h]) for h in ("Quantity", "Price", "Value")
            )
            cell = raw.address(index, found["Value"])
            if cell in formulas or not isinstance(quantity, float):
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


def _hidden(package: Package, tables: Sequence[FoundTable]) -> Iterator[Note]:
    for table in tables:
        raw, sheet = table.raw, package.sheet(table.raw.sheet)
        if not raw.filled():
            continue
        if sheet.state != "visible":
            text = f"The sheet {sheet.title} is hidden; {raw.name} on it is read like any other."
            yield Note(Code.HIDDEN, text, "", sheet.title, raw.address(-1, 0))
        if not package.mentions(sheet.part_name, "hidden="):
            continue
        text = package.text(sheet.part_name)
        filled = {raw.row + 1 + index for index, _ in raw.filled()}
        rows = [row for row in _hidden_rows(text) if row in filled]
        if rows:
            who = f"{_counted(rows, 'row', [str(row) for row in rows])} of {sheet.title}"
            said = f"{who} {'is' if len(rows) == 1 else 'are'} hidden or filtered out"
            cell = f"{column_letters(raw.column)}{rows[0]}"
            yield Note(Code.HIDDEN, f"{said} and read all the same.", "", sheet.title, cell)
        columns = [c for c in _hidden_columns(text) if _holds_input(table, c)]
        if columns:
            names = [column_letters(c) for c in columns]
            said = f"{_counted(columns, 'column', names)} of {sheet.title}"
            said += f" {'is' if len(columns) == 1 else 'are'} hidden and read all the same."
            yield Note(Code.HIDDEN, said, "", sheet.title, f"{names[0]}{raw.row}")


def _counted(found: Sequence[int], word: str, names: Sequence[str]) -> str:
    if len(found) == 1:
        return f"{word.capitalize()} {names[0]}"
    if len(found) <= 5:
        return f"{word.capitalize()}s {listed(names, 'and')}"
    return f"{len(found)} {word}s ({names[0]} first)"


def _hidden_rows(text: str) -> Iterator[int]:
    for found in _HIDDEN_ROW.finditer(text):
        attributes = read_attributes(found[1])
        if is_true(attributes.get("hidden", "")) and attributes.get("r", "").isdecimal():
            yield int(attributes["r"])


def _hidden_columns(text: str) -> Iterator[int]:
    for found in _HIDDEN_COLUMN.finditer(text):
        attributes = read_attributes(found[1])
        if is_true(attributes.get("hidden", "")):
            yield from range(int(attributes.get("min", "1")), int(attributes.get("max", "0")) + 1)


def _holds_input(table: FoundTable, column: int) -> bool:
    """Whether something that we read stands in this column of the sheet."""
    place = column - table.raw.column
    if not 0 <= place < len(table.raw.header):
        return False
    layout = TABLES[table.raw.name]
    calculated = {folded(c.header) for c in layout.columns if c.formula}
    if is_blank(table.raw.header[place]) or folded(table.raw.header[place]) in calculated:
        return False
    return any(not is_blank(table.raw.at(i, place)) for i in range(len(table.raw.rows)))


def _unread(tables: Sequence[FoundTable]) -> Iterator[Note]:
    for table in tables:
        if table.unread is not None:
            yield Note(
                Code.NOT_READ,
                f"Row {table.unread} of {table.raw.sheet} stands apart below {table.raw.name} "
                "and was not read.",
                "Move it up to the table if it belongs there.",
                table.raw.sheet,
                f"{column_letters(table.raw.column)}{table.unread}",
            )
