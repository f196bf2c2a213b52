"""The rows of a block to prices by date and symbol."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from xl_rebal import cells
from xl_rebal.cells import Refusal, is_blank
from xl_rebal.errors import Code
from xl_rebal.imports.dates import DateReader
from xl_rebal.imports.faults import Faults
from xl_rebal.imports.price_block import Block
from xl_rebal.imports.price_cells import PriceReader
from xl_rebal.imports.price_shape import Shape
from xl_rebal.wording import counted, shown

Key = tuple[date, str]
_NAMED_DOUBLES = 20


class Quote(NamedTuple):
    """A price and where it stands."""

    price: float
    row: int
    column: int


@dataclass
class RowReader:
    """Reads a block; what is wrong goes to ``faults``."""

    block: Block
    shape: Shape
    dates: DateReader
    prices: PriceReader
    faults: Faults
    _equal: list[Quote] = field(default_factory=list)
    _doubles: int = 0
    _days: dict[str, date] = field(default_factory=dict)
    _names: dict[str, str] = field(default_factory=dict)
    """Dates and symbols that were read, by their text: in long files they repeat."""

    def read(self) -> dict[Key, Quote]:
        """Every price by date and symbol, in the order of the file."""
        found: dict[Key, Quote] = {}
        symbols = self._symbols_of_headers()
        for row in self.block.data:
            day = self._day(row)
            if self.shape.currency_column is not None:
                self.prices.check_currency(row, self.shape.currency_column)
            for series in self.shape.series:
                symbol = symbols[series.column] if symbols else self._symbol(row)
                price = self.prices.price(row, series.column)
                if day is not None and symbol and price is not None:
                    self._keep(found, (day, symbol), Quote(price, row, series.column))
        self._count_doubles()
        self.prices.hand_over(self.shape.series)
        self._refuse_cells_without_header()
        self._refuse_prices_below()
        if not found and not self.faults:
            self.faults.say(Code.NOTHING_TO_READ, "dates without a price", "at least one price",
                            "Choose another file.")  # fmt: skip
        return found

    def how(self) -> Sequence[str]:
        """Sentences on what was read otherwise than it stands."""
        said = self.prices.how()
        if not self._equal:
            return said
        first = self.block.rows.place(self._equal[0].row, self._equal[0].column)
        return (*said, f"{counted(len(self._equal), 'price')} a second time and equal ({first}).")

    def _keep(self, found: dict[Key, Quote], key: Key, quote: Quote) -> None:
        earlier = found.setdefault(key, quote)
        if earlier is quote:
            return
        if earlier.price == quote.price:
            self._equal.append(quote)
            return
        self._doubles += 1
        if self._doubles <= _NAMED_DOUBLES:
            first = self.block.rows.place(earlier.row, earlier.column)
            self.faults.say(
                Code.DUPLICATE, f"{quote.price:.12g} for {key[1]} on {key[0]}",
                f"{earlier.price:.12g} as in {first}, or one price a day", "Delete one of the two.",
                quote.row, quote.column,
            )  # fmt: skip

    def _count_doubles(self) -> None:
        more = self._doubles - _NAMED_DOUBLES
        if more > 0:
            self.faults.say(
                Code.DUPLICATE, f"{counted(more, 'more price')} of a symbol and day that has one",
                "one price a day of each symbol",
                "Take daily prices; if they are of several symbols, name their column Symbol.",
            )  # fmt: skip

    def _symbols_of_headers(self) -> dict[int, str]:
        """Symbol by column, none where a column of the file has them; twice is a fault."""
        names: dict[int, str] = {}
        if self.shape.symbol_column is not None:
            return names
        for series in self.shape.series:
            place = self.shape.header, series.column
            try:
                symbol = cells.symbol(series.symbol)
            except Refusal as refusal:
                self.faults.refuse(refusal, *place)
                symbol = ""
            if symbol and symbol in names.values():
                self.faults.say(Code.DUPLICATE, f"a second column {symbol}", "each symbol once",
                                "Delete one of the two.", *place)  # fmt: skip
                symbol = ""
            names[series.column] = symbol
        return names

    def _symbol(self, row: int) -> str:
        column = self.shape.symbol_column
        assert column is not None
        raw = self.block.rows.at(row, column)
        if isinstance(raw, str) and raw in self._names:
            return self._names[raw]
        try:
            symbol = cells.symbol(raw)
            self._names[str(raw)] = symbol
            return symbol
        except Refusal as refusal:
            self.faults.refuse(refusal, row, column)
            return ""

    def _day(self, row: int) -> date | None:
        raw = self.block.rows.at(row, self.block.column)
        if isinstance(raw, str) and raw in self._days:
            return self._days[raw]
        try:
            if not isinstance(raw, str) or is_blank(raw) or cells.is_error(raw):
                return cells.day(raw)
            self._days[raw] = self.dates(raw)
            return self._days[raw]
        except Refusal as refusal:
            self.faults.refuse(refusal, row, self.block.column)
            return None

    def _refuse_cells_without_header(self) -> None:
        """Cells that no header names: in a text file most likely numbers cut at their comma."""
        rows = self.block.rows
        headed = {c for row in self.shape.headers for c in self.block.headers(row)}
        strangers = [
            (row, column)
            for row in self.block.data
            for column, cell in enumerate(rows.cells[row])
            if column != self.block.column
            and column not in headed
            and not is_blank(cell)
            and (not rows.sheet or isinstance(cell, float))
        ]
        if strangers:
            cell = shown(rows.at(*strangers[0]))
            more = f" and {len(strangers) - 1} more like it" if len(strangers) > 1 else ""
            self.faults.say(
                Code.MISSING_COLUMN, f"{cell}{more} under no header", "a header above each cell",
                "Add the header, or clear the cells; numbers with a comma need quotation marks.",
                *strangers[0],
            )  # fmt: skip

    def _refuse_prices_below(self) -> None:
        """A row below the last date with a number among the prices may be one with a bad date."""
        rows, column = self.block.rows, self.block.column
        for row in self.block.after:
            if any(self.prices.is_price(rows.at(row, s.column)) for s in self.shape.series):
                self.faults.say(
                    Code.NOT_A_DATE, shown(rows.at(row, column)), "a date beside a price",
                    "Correct the date, or delete the row.", row, column,
                )  # fmt: skip
