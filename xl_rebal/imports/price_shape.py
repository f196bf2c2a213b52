"""Which columns of a block are prices of what: one column a symbol, one row a price, one symbol."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from xl_rebal.cells import RawCell, is_blank
from xl_rebal.errors import Code
from xl_rebal.imports.choices import Close
from xl_rebal.imports.faults import Faults
from xl_rebal.imports.price_block import Block
from xl_rebal.imports.price_pairs import Pairs, named_twice
from xl_rebal.imports.price_words import PRICE_FIELDS, Field, field_of, is_no_symbol
from xl_rebal.wording import listed, shown


@dataclass(frozen=True)
class Series:
    """One column of prices; ``symbol`` is its header, None where the file does not name it."""

    column: int
    symbol: RawCell


@dataclass(frozen=True)
class Shape:
    """Columns to read. A file of one row a price has a ``symbol_column`` and one series.

    ``headers`` are the rows of headers that were read, the first of them that of the symbols;
    ``adjusted`` is None where the file does not say; ``also`` could have been taken instead.
    """

    series: tuple[Series, ...]
    headers: tuple[int, ...]
    field: Field
    adjusted: bool | None = None
    symbol_column: int | None = None
    currency_column: int | None = None
    also: tuple[str, ...] = ()

    @property
    def header(self) -> int:
        return self.headers[0]

    @property
    def names_no_symbol(self) -> bool:
        return self.symbol_column is None and self.series[0].symbol is None


def shape_of(block: Block, close: Close | None, faults: Faults, *, study: bool) -> Shape | None:
    """The shape of a block; None with a fault where it has none, or several.

    ``close`` is what the person asked for, ``study`` whether the book's prices are for study: only
    then adjusted closes are taken, since nothing can be traded at them.
    """
    pairs = named_twice(block)
    chooser = _Chooser(block, close, study, faults)
    shape = _by_pairs(block, pairs, chooser) if pairs else _plain(block, chooser)
    if shape is None:
        return None
    adjusted = {Field.ADJUSTED: True, Field.CLOSE: False}.get(shape.field)
    if shape.field is Field.PRICE and close is not None:
        adjusted = close is Close.ADJUSTED
    if adjusted and not study:
        faults.say(
            Code.CONFLICT, "adjusted closes, at which nothing can be traded",
            "closes as they were traded, since PriceKind says that Prices are tradable",
            "Import those (--close plain, if the file has them), or set PriceKind on the sheet "
            "Settings to study: then trades are priced from Holdings alone.",
        )  # fmt: skip
    return replace(shape, adjusted=adjusted)


@dataclass(frozen=True)
class _Chooser:
    """Chooses between closes: what was asked for, else what the book's prices are for."""

    block: Block
    close: Close | None
    study: bool
    faults: Faults

    def __call__(self, available: Iterable[Field]) -> Field | None:
        here = set(available)
        plain = next((field for field in (Field.CLOSE, Field.PRICE) if field in here), None)
        adjusted = Field.ADJUSTED if Field.ADJUSTED in here else None
        if self.close is Close.ADJUSTED:
            found = adjusted or (Field.PRICE if plain is Field.PRICE else None)
        elif self.close is Close.PLAIN:
            found = plain
        else:
            found = adjusted if adjusted and (self.study or plain is None) else plain
        if found is None:
            self._say_none()
        return found

    def _say_none(self) -> None:
        what = f"{self.close} close" if self.close else "close"
        names = listed([shown(header) for header in self.block.headers().values()], "and")
        self.faults.say(
            Code.MISSING_COLUMN, f"no {what} (there is {names})" if names else f"no {what}",
            f"a column with the {what}",
            "Leave --close out, or choose another file." if self.close else "Choose another file.",
            self.block.header,
        )  # fmt: skip


def _by_pairs(block: Block, pairs: Pairs, choose: _Chooser) -> Shape | None:
    """Every column has a symbol and a field: of each symbol the one field is taken."""
    columns: dict[str, dict[Field, int]] = {}
    headers: dict[str, RawCell] = {}
    for column, (symbol, field) in pairs.columns.items():
        name = str(symbol).strip().upper()
        headers.setdefault(name, symbol)
        first = columns.setdefault(name, {}).setdefault(field, column)
        if first != column and field in PRICE_FIELDS:
            _say_second(block, f"{field} of {name}", first, column, choose.faults)
    available = {f for found in columns.values() for f in found} & set(PRICE_FIELDS)
    chosen = choose(available)
    if chosen is None:
        return None
    missing = [name for name, found in columns.items() if chosen not in found]
    if missing:
        choose.faults.say(
            Code.MISSING_COLUMN, f"no {chosen} of {listed(missing[:5], 'and')}",
            f"the {chosen} of every symbol", "Export it for all, or leave the others out.",
            pairs.rows[0],
        )  # fmt: skip
    series = [Series(found[chosen], headers[name]) for name, found in columns.items()
              if chosen in found]  # fmt: skip
    also = tuple(str(field) for field in PRICE_FIELDS if field in available - {chosen})
    return Shape(tuple(series), pairs.rows, chosen, also=also)


def _plain(block: Block, choose: _Chooser) -> Shape | None:
    """One row of headers."""
    fields: dict[Field | None, list[int]] = {}
    for column, header in block.headers().items():
        fields.setdefault(field_of(header), []).append(column)
    has_price = any(field in fields for field in PRICE_FIELDS)
    # Words beside one close are remarks; numbers may be prices of something else.
    is_alone = Field.TRADING in fields or not _numeric(block, fields.get(None, ()))
    if has_price and (Field.SYMBOL in fields or is_alone):
        return _one_column(block, fields, choose)
    return _wide(block, choose.faults)


def _numeric(block: Block, columns: Iterable[int]) -> list[int]:
    """The columns whose first filled cell is a number, or begins like one."""
    found = []
    for column in columns:
        values = (block.rows.at(row, column) for row in block.data)
        first = next((value for value in values if not is_blank(value)), None)
        words = isinstance(first, str) and not first.strip("$€£-+ ")[:1].isdigit()
        if first is not None and not words:
            found.append(column)
    return found


def _one_column(
    block: Block, fields: Mapping[Field | None, Sequence[int]], choose: _Chooser
) -> Shape | None:
    """One column of prices, with a column of symbols or without."""
    plain = [column for f in (Field.CLOSE, Field.PRICE) for column in fields.get(f, ())]
    symbols = fields.get(Field.SYMBOL, ())
    for columns in (plain, fields.get(Field.ADJUSTED, ()), symbols):
        if len(columns) > 1:
            header = shown(block.headers()[columns[1]])
            _say_second(block, header, columns[0], columns[1], choose.faults)
    prices = {field: fields[field][0] for field in PRICE_FIELDS if field in fields}
    chosen = choose(prices)
    if chosen is None:
        return None
    return Shape(
        (Series(prices[chosen], None),),
        (block.header,),
        chosen,
        symbol_column=symbols[0] if symbols else None,
        currency_column=next(iter(fields.get(Field.CURRENCY, ())), None),
        also=tuple(
            str(block.rows.at(block.header, column)).strip()
            for field, column in prices.items()
            if field is not chosen
        ),
    )


def _wide(block: Block, faults: Faults) -> Shape | None:
    """One column a symbol; a column that is none is refused, not dropped."""
    headers = block.headers()
    strange = [column for column, header in headers.items() if is_no_symbol(header)]
    if not headers:
        faults.say(
            Code.MISSING_COLUMN, "no header beside that of the dates", "a symbol above each price",
            "Add the symbols to the file.", block.header,
        )  # fmt: skip
        return None
    if strange and all(field_of(header) is not None for header in headers.values()):
        names = listed([shown(header) for header in headers.values()], "and")
        faults.say(
            Code.MISSING_COLUMN, f"no close and no symbol among {names}",
            "a column Close, or one named by a symbol", "Choose another file.", block.header,
        )  # fmt: skip
        return None
    for column in strange:
        faults.say(
            Code.UNKNOWN_COLUMN, f"{shown(headers[column])} among symbols", "symbols only",
            "Delete the column, or name it by its symbol.", block.header, column,
        )  # fmt: skip
    series = tuple(Series(column, header) for column, header in headers.items())
    return Shape(series, (block.header,), Field.PRICE)


def _say_second(block: Block, what: str, first: int, second: int, faults: Faults) -> None:
    faults.say(
        Code.CONFLICT, f"{what} besides column {first + 1}", "one column of it",
        "Delete the one that is not meant.", block.header, second,
    )  # fmt: skip
