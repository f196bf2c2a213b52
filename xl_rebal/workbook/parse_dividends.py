"""Dividends: of symbols that have prices, no larger than these, each of them once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np

from xl_rebal.errors import Code, Note
from xl_rebal.model.dividends import Dividend, Dividends
from xl_rebal.model.prices import Prices
from xl_rebal.wording import counted, did_you_mean, listed, shown
from xl_rebal.workbook.headers import refuse_two_columns
from xl_rebal.workbook.layout import DIVIDENDS, PRICES
from xl_rebal.workbook.problems import Problems
from xl_rebal.workbook.tables import TypedRow

NO_DIVIDENDS = Dividends()


def parse_dividends(
    rows: Sequence[TypedRow], prices: Prices | None, adjusted: bool, problems: Problems
) -> tuple[Dividends, tuple[Note, ...]]:
    """The dividends, those that fall on no row of their symbol's prices left out and noted.

    ``prices`` is None where they were refused; ``adjusted`` says that they hold the dividends already.
    """
    if not rows:
        return NO_DIVIDENDS, ()
    if adjusted:
        _refuse_adjusted(rows[0], problems)
    if refuse_two_columns(rows[0].table, DIVIDENDS.columns, problems):
        return NO_DIVIDENDS, ()
    found: list[Dividend] = []
    early: list[TypedRow] = []
    late: list[TypedRow] = []
    for row, each in _given(rows, prices, problems):
        if prices is None:
            continue
        at = prices.ex_row(each.symbol, each.ex_date)
        if at is None:
            (early if _is_early(prices, each) else late).append(row)
            continue
        before = prices.values[:at, prices.symbols.index(each.symbol)]
        _refuse_large(row, each, float(before[~np.isnan(before)][-1]), problems)
        found.append(each)
    left_out = (
        *_left_out(early, "up to the day of the first price"),
        *_left_out(late, "after the last price"),
    )
    return Dividends(tuple(found)), left_out


def _given(
    rows: Sequence[TypedRow], prices: Prices | None, problems: Problems
) -> list[tuple[TypedRow, Dividend]]:
    """What could be read, each once, of symbols that have prices."""
    found: dict[Dividend, TypedRow] = {}
    strange: dict[str, list[TypedRow]] = {}
    for row in rows:
        symbol, day, amount = row.text("Symbol"), row.values.get("Date"), row.number("Amount")
        if symbol is not None and prices is not None and symbol not in prices.symbols:
            strange.setdefault(symbol, []).append(row)
        elif symbol is not None and isinstance(day, date) and amount is not None:
            each = Dividend(day, symbol, amount)
            if each in found:
                _say_twice(row, each, problems)
            else:
                found[each] = row
    for symbol, lines in strange.items():
        _say_unknown(symbol, lines, prices, problems)
    return [(row, each) for each, row in found.items()]


def _is_early(prices: Prices, each: Dividend) -> bool:
    """Whether the ex-date is not after the first price; a symbol without any has none to be after."""
    priced = np.flatnonzero(~np.isnan(prices.values[:, prices.symbols.index(each.symbol)]))
    return not priced.size or each.ex_date <= prices.dates[int(priced[0])]


def _refuse_adjusted(row: TypedRow, problems: Problems) -> None:
    problems.say(
        Code.CONFLICT, "dividends beside prices that are adjusted for them (PriceKind is study)",
        "one of the two, or they count twice",
        "Clear the table, or set PriceKind to tradable if Prices are plain closes.",
        row.table.sheet, row.cell("Date"),
    )  # fmt: skip


def _say_twice(row: TypedRow, each: Dividend, problems: Problems) -> None:
    problems.say(
        Code.DUPLICATE, f"{each.amount:g} of {each.symbol} on {each.ex_date} a second time",
        "each dividend once",
        "Remove one of the rows; if both were paid, type their sum into one.",
        row.table.sheet, row.cell("Amount"),
    )  # fmt: skip


def _refuse_large(row: TypedRow, each: Dividend, price: float, problems: Problems) -> None:
    if each.amount > price:
        problems.say(
            Code.OUT_OF_RANGE, f"{each.amount:g} a share of {each.symbol}",
            f"no more than {price:g}, its price before the ex-date",
            "Type what one share paid, not the sum for all.",
            row.table.sheet, row.cell("Amount"),
        )  # fmt: skip


def _say_unknown(
    symbol: str, rows: Sequence[TypedRow], prices: Prices | None, problems: Problems
) -> None:
    more = f" and {counted(len(rows) - 1, 'row')} more of it" if len(rows) > 1 else ""
    known = prices.symbols if prices is not None else ()
    problems.say(
        Code.UNKNOWN_SYMBOL, shown(symbol) + more, f"a symbol that has a column in {PRICES.sheet}",
        did_you_mean(symbol, known) or f"Correct it, add its prices, or remove the row{'s' * bool(more)}.",
        rows[0].table.sheet, rows[0].cell("Symbol"),
    )  # fmt: skip


def _left_out(rows: Sequence[TypedRow], when: str) -> tuple[Note, ...]:
    if not rows:
        return ()
    symbols = listed(sorted({row.text("Symbol") or "" for row in rows}), "and")
    are = "it is" if len(rows) == 1 else "they are"
    text = (
        f"{counted(len(rows), 'dividend')} of {symbols} went ex {when}: {are} left out of studies."
    )
    return (
        Note(Code.NOT_READ, text, "Add prices if it matters.", rows[0].table.sheet, rows[0].cell("Date")),
    )  # fmt: skip
