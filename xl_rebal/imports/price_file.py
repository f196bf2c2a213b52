"""A file of prices to dated prices by symbol: every bad cell named, nothing guessed."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from xl_rebal.cells import is_blank
from xl_rebal.imports.choices import Close, Decimal, Order
from xl_rebal.imports.faults import Faults, raise_all
from xl_rebal.imports.file_symbol import symbol_of_file
from xl_rebal.imports.price_block import Block, dates_in, find_block, say_no_block
from xl_rebal.imports.price_cells import PriceReader
from xl_rebal.imports.price_rows import Key, Quote, RowReader
from xl_rebal.imports.price_shape import Series, Shape, shape_of
from xl_rebal.imports.rows import Rows
from xl_rebal.imports.settling import settle_dates, settle_decimal
from xl_rebal.imports.sheet_file import is_package, say_several_sheets, sheet_rows
from xl_rebal.imports.text_file import text_rows
from xl_rebal.model.prices import Prices
from xl_rebal.typing import IntArray
from xl_rebal.wording import counted, listed, shown


@dataclass(frozen=True)
class Hints:
    """What the person said that the file may not tell; None where the file must."""

    symbol: str | None = None
    dates: Order | None = None
    decimal: Decimal | None = None
    close: Close | None = None
    sheet: str | None = None


@dataclass(frozen=True)
class BookFacts:
    """What the book says: whether its prices are for ``study``, its currency, its symbols."""

    study: bool = False
    currency: str = "USD"
    symbols: Collection[str] = ()


@dataclass(frozen=True)
class PriceFile:
    """The prices of a file. ``row`` (T, n) and ``column`` (n,) say where each stands in ``rows``.

    ``adjusted`` is None where the file does not say whether its closes are. ``how`` are sentences
    on how it was read.
    """

    rows: Rows
    prices: Prices
    row: IntArray
    column: IntArray
    adjusted: bool | None
    how: tuple[str, ...]

    def place(self, day: int, symbol: int) -> str:
        """Where a price stands in the file, by its indices in ``prices``."""
        return self.rows.place(int(self.row[day, symbol]), int(self.column[symbol]))


def read_prices(content: bytes, name: str, hints: Hints, facts: BookFacts) -> PriceFile:
    """The prices in a file; InputError with every problem of it."""
    block, faults = _only_block(content, name, hints.sheet)
    shape = shape_of(block, hints.close, faults, study=facts.study)
    faults.raise_any()
    assert shape is not None  # else there is a fault
    shape, how = _with_symbol(block, shape, hints, facts, faults)
    dates = settle_dates(block, hints.dates, faults)
    aside = (shape.symbol_column, shape.currency_column)
    decimal = settle_decimal(block, aside, hints.decimal, faults)
    faults.raise_any()
    prices = PriceReader(block.rows, decimal, facts.currency, faults)
    reader = RowReader(block, shape, dates, prices, faults)
    quotes = reader.read()
    faults.raise_any()
    said = (how + _not_taken(shape, hints.close), *_not_read(block, shape), *reader.how())
    return _price_file(block.rows, quotes, shape.adjusted, said)


def _only_block(content: bytes, name: str, sheet: str | None) -> tuple[Block, Faults]:
    """The one block of prices in a file; InputError where there is none, or several."""
    if is_package(content):
        found = [Faults(rows) for rows in sheet_rows(content, name, sheet)]
    else:
        found = [Faults(text_rows(content, name, dates_in))]
        if sheet is not None:
            found[0].option("--sheet", "a text file, which has none", "an .xlsx file",
                            "Leave --sheet out.")  # fmt: skip
    blocks = [(block, each) for each in found if (block := find_block(each.rows, each))]
    raise_all(found)
    if any(block.is_named for block, _ in blocks):
        blocks = [(block, each) for block, each in blocks if block.is_named]
    if not blocks:
        say_no_block(found[0].rows, found[0])
    elif len(blocks) > 1:
        say_several_sheets([block.rows.sheet for block, _ in blocks], found[0])
    raise_all(found)
    return blocks[0]


def _with_symbol(
    block: Block, shape: Shape, hints: Hints, facts: BookFacts, faults: Faults
) -> tuple[Shape, str]:
    """The shape with a symbol for its one series if it needs one, and the sentence on its columns."""
    rows, column = block.rows, shape.series[0].column
    header = shown(rows.at(shape.header, column))
    if shape.names_no_symbol:
        symbol, origin = symbol_of_file(hints.symbol, facts.symbols, faults)
        shape = replace(shape, series=(Series(column, symbol),))
        return shape, f"{rows.name}: {header} of {symbol}, {origin}."
    if hints.symbol is not None:
        faults.option("--symbol", f"{hints.symbol!r} for a file that names its symbols", "none",
                      "Leave --symbol out.")  # fmt: skip
    if shape.symbol_column is not None:
        by = shown(rows.at(shape.header, shape.symbol_column))
        return shape, f"{rows.name}: one row a price, {header} by {by}."
    what = "" if shape.adjusted is None else f", its {shape.field}"
    return shape, f"{rows.name}: one column a symbol{what}."


def _not_taken(shape: Shape, said: Close | None) -> str:
    """What else could have been taken, and why it was not."""
    if not shape.also:
        return ""
    also = f" It also has {listed(shape.also, 'and')}"
    if said is not None:
        return f"{also}."
    if shape.adjusted:
        return f"{also}; --close plain takes it."
    return f"{also}, which is for study only, and PriceKind is tradable."


def _not_read(block: Block, shape: Shape) -> Iterator[str]:
    """Sentences on lines above and below the prices."""
    rows = block.rows
    above = [row for row in range(min(shape.headers)) if not rows.is_empty(row)]
    for where, found in (("above the header", above), ("below the prices", block.after)):
        if found:
            cell = next(cell for cell in rows.cells[found[0]] if not is_blank(cell))
            more = f" and {counted(len(found) - 1, 'more line')}" if len(found) > 1 else ""
            yield f"Not read {where}: {rows.place(found[0])}, {shown(cell)}{more}."


def _price_file(
    rows: Rows, quotes: Mapping[Key, Quote], adjusted: bool | None, how: tuple[str, ...]
) -> PriceFile:
    days = {day: number for number, day in enumerate(sorted({day for day, _ in quotes}))}
    symbols = {symbol: n for n, symbol in enumerate(dict.fromkeys(s for _, s in quotes))}
    values = np.full((len(days), len(symbols)), np.nan)
    row = np.zeros(values.shape, dtype=np.int64)
    column: npt.NDArray[np.int64] = np.zeros(len(symbols), dtype=np.int64)
    for (day, symbol), quote in quotes.items():
        at = days[day], symbols[symbol]
        values[at], row[at], column[at[1]] = quote
    return PriceFile(rows, Prices(tuple(days), tuple(symbols), values), row, column, adjusted, how)
