"""Columns whose headers name both symbol and field: in two rows, or in one as AAPL.Close."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from xl_rebal.cells import RawCell, is_blank
from xl_rebal.imports.price_block import Block
from xl_rebal.imports.price_words import (
    PRICE_FIELDS,
    Field,
    field_of,
    is_no_symbol,
    symbol_and_field,
)


@dataclass(frozen=True)
class Pairs:
    """Symbol and field by column, and the rows that name them, that of the symbols first."""

    rows: tuple[int, ...]
    columns: Mapping[int, tuple[RawCell, Field]]


def named_twice(block: Block) -> Pairs | None:
    """The pairs of a block; None where its headers do not name both of every column."""
    header = block.headers()
    both = {column: symbol_and_field(cell) for column, cell in header.items()}
    if both and all(both.values()):
        return Pairs((block.header,), {column: pair for column, pair in both.items() if pair})
    rows = (*block.above, block.header) if header else block.above
    if len(rows) < 2:
        return None
    upper, lower = _filled_right(block, rows[-2]), block.headers(rows[-1])
    if _go_together(lower, upper):
        return _pairs(block, (rows[-1], rows[-2]), lower, upper)
    if (not header or _repeats(lower)) and _go_together(upper, lower):
        return _pairs(block, (rows[-2], rows[-1]), upper, lower)
    return None


def _pairs(
    block: Block,
    rows: tuple[int, int],
    symbols: Mapping[int, RawCell],
    fields: Mapping[int, RawCell],
) -> Pairs:
    named = {column: field_of(fields[column]) for column in symbols}
    return Pairs(
        (*rows, block.header),
        {column: (symbols[column], field) for column, field in named.items() if field},
    )


def _filled_right(block: Block, row: int) -> dict[int, RawCell]:
    """A header row whose blanks repeat what stands left of them, as merged cells do."""
    found: dict[int, RawCell] = {}
    last: RawCell = None
    for column in range(block.rows.width):
        if column == block.column:
            continue
        cell = block.rows.at(row, column)
        last = last if is_blank(cell) else cell
        if last is not None:
            found[column] = last
    return found


def _go_together(symbols: Mapping[int, RawCell], fields: Mapping[int, RawCell]) -> bool:
    """Whether every column has both, each row is of one sort, and a price is among the fields."""
    named = [field_of(fields.get(column)) for column in symbols]
    return (
        None not in named
        and any(field in PRICE_FIELDS for field in named)
        and not any(is_no_symbol(cell) for cell in symbols.values())
    )


def _repeats(headers: Mapping[int, RawCell]) -> bool:
    """Whether all are fields and one of them stands twice: then symbols stand above."""
    fields = [field_of(header) for header in headers.values()]
    return None not in fields and len(set(fields)) < len(fields)
