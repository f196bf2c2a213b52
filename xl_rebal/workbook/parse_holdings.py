"""Holdings to positions, each with its one price."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from xl_rebal.cells import is_blank, visible
from xl_rebal.errors import Code
from xl_rebal.model.portfolio import CASH, Position
from xl_rebal.model.prices import Prices
from xl_rebal.wording import shown
from xl_rebal.workbook.book import RawTable
from xl_rebal.workbook.headers import folded
from xl_rebal.workbook.parse_accounts import Accounts
from xl_rebal.workbook.places import PlacesBuilder
from xl_rebal.workbook.problems import Problems
from xl_rebal.workbook.tables import LARGEST, TypedRow

_OVERDRAFT = "For an overdraft type 0 here and the debt as New cash below 0 in Accounts."


@dataclass(frozen=True)
class Quotes:
    """Where a holding without a price of its own takes it from; None where Prices are refused."""

    prices: Prices | None
    as_of: date | None


@dataclass(frozen=True)
class Holdings:
    """``held`` is the quantity by account and symbol, None where it is uncertain.

    ``complete`` is False where a row could not be told apart: then nobody knows what is not held.
    """

    positions: tuple[Position, ...]
    held: dict[tuple[str, str], float | None]
    complete: bool


def parse_holdings(
    rows: Sequence[TypedRow],
    accounts: Accounts,
    quotes: Quotes,
    places: PlacesBuilder,
    problems: Problems,
) -> Holdings:
    """One position for each account and symbol."""
    positions: list[Position] = []
    held: dict[tuple[str, str], float | None] = {}
    complete = True
    for row in rows:
        account, symbol = accounts.of(row, problems), row.text("Symbol")
        quantity = _quantity(row, symbol, problems)
        price = _price(row, symbol, quotes, problems)
        if account is None or symbol is None:
            complete = False
            continue
        if (account, symbol) in held:
            held[account, symbol] = None
            problems.say(Code.DUPLICATE, f"{symbol} twice in account {account!r}",
                         "one row for each account and symbol", "Add the rows up; lots go to Lots.",
                         row.table.sheet, row.cell("Symbol"))  # fmt: skip
            continue
        held[account, symbol] = quantity
        places.note(("holding", account, symbol), row, "Symbol")
        if quantity is None or price is None:
            continue
        if quantity * price > LARGEST:
            problems.say(Code.OUT_OF_RANGE, f"a value of {quantity * price:g}", f"at most {LARGEST:g}",
                         "Check quantity and price.", row.table.sheet, row.cell("Quantity"))  # fmt: skip
            continue
        positions.append(Position(account, symbol, quantity, price, row.number("Cost basis")))
    _refuse_second_price(rows, problems)
    return Holdings(tuple(positions), held, complete)


def _quantity(row: TypedRow, symbol: str | None, problems: Problems) -> float | None:
    quantity, raw = row.number("Quantity"), row.raw("Quantity")
    if symbol == CASH and isinstance(raw, float) and raw < 0:
        problems.advise(row.table.sheet, row.cell("Quantity"), _OVERDRAFT)
    if quantity is None and "Quantity" in row.columns and is_blank(raw):
        problems.say(Code.MISSING_CELL, "an empty cell", "a quantity of 0 or more",
                     "Type 0 if none is held.", row.table.sheet, row.cell("Quantity"))  # fmt: skip
    return quantity


def _price(row: TypedRow, symbol: str | None, quotes: Quotes, problems: Problems) -> float | None:
    price = row.number("Price")
    if symbol == CASH:
        if price not in (None, 1):
            problems.say(Code.OUT_OF_RANGE, shown(price), "no price, or 1, for CASH",
                         "Put the amount into Quantity.", row.table.sheet, row.cell("Price"))  # fmt: skip
        return 1.0
    if price is not None or symbol is None or row.lost("Price") or quotes.prices is None:
        return price
    price = quotes.prices.price(symbol, quotes.as_of)
    if price is None:
        problems.say(Code.MISSING_PRICE, f"no price for {symbol}", "a price above 0",
                     "Type it here, or add it to the newest row of Prices.",
                     row.table.sheet, row.cell("Price"))  # fmt: skip
    return price


def _refuse_second_price(rows: Sequence[TypedRow], problems: Problems) -> None:
    """One symbol, one price: two accounts cannot trade it at two."""
    seen: dict[str, float] = {}
    for row in rows:
        symbol, price = row.text("Symbol"), row.number("Price")
        if symbol is None or price is None or symbol == CASH:
            continue
        if seen.setdefault(symbol, price) != price:
            problems.say(Code.CONFLICT, f"{price:g} for {symbol}", f"{seen[symbol]:g} as above",
                         "Give each symbol one price.", row.table.sheet, row.cell("Price"))  # fmt: skip


def refuse_second_currency(raw: RawTable | None, currency: str, problems: Problems) -> None:
    """A column Currency is no column of ours, but a broker's file has it: one word throughout."""
    if raw is None:
        return
    words = {"currency", "ccy", "currencyprimary", "trading currency"}
    places = [i for i, h in enumerate(raw.header) if not is_blank(h) and folded(h) in words]
    for place in places:
        for index, _ in raw.filled():
            cell = raw.at(index, place)
            if is_blank(cell) or visible(str(cell)).upper() == currency:
                continue
            problems.say(
                Code.SECOND_CURRENCY, f"the currency {visible(str(cell))}",
                f"{currency}, the book's one currency",
                "Keep each currency in a book of its own, or set Currency to this one.",
                raw.sheet, raw.address(index, place),
            )  # fmt: skip
