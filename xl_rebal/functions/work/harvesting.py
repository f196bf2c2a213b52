"""What to sell at a loss, and what may take its place."""

from __future__ import annotations

from datetime import date

from xl_rebal import arguments, cells
from xl_rebal.arguments import Grid
from xl_rebal.cells import RawCell, Refusal
from xl_rebal.errors import Code, InputError, Problem
from xl_rebal.functions.shared import with_headers
from xl_rebal.functions.work.ranges import lot_table, record, security_table
from xl_rebal.functions.work.tax_words import acquired_later, refuse, term
from xl_rebal.model.prices import Prices
from xl_rebal.model.securities import Securities
from xl_rebal.model.transactions import History
from xl_rebal.tax.candidates import Listed, listed
from xl_rebal.tax.methods import WashScope
from xl_rebal.tax.settings import TaxSettings
from xl_rebal.tax.substitutes import LEAST_RETURNS, candidates, substitutes
from xl_rebal.wording import did_you_mean
from xl_rebal.workbook.layout_tax import HARVEST
from xl_rebal.worksheet import Answer

_HARVEST: list[RawCell] = [column.header for column in HARVEST.columns]
_SUBSTITUTES: list[RawCell] = ["Symbol", "Correlation", "Beta", "Tracking error", "Same group"]


def substitutes_of(
    symbol: str, prices: Prices, securities: Grid, min_correlation: float, headers: bool
) -> Answer:
    """A row a substitute, best first."""
    found: list[Problem] = []
    known = security_table(securities, "securities", found)
    refuse(found)
    _refuse_unknown(symbol, list(prices.symbols), "prices")
    _refuse_unknown(symbol, [each.symbol for each in known], "securities")
    if len(prices.dates) <= LEAST_RETURNS:
        raise InputError(
            Problem(Code.TOO_FEW_PRICES, f"{len(prices.dates)} rows of prices",
                    f"at least {LEAST_RETURNS + 1}: fewer returns say nothing", argument="prices")
        )  # fmt: skip
    rows: list[list[RawCell]] = [
        [each.symbol, each.correlation, each.beta, each.tracking_error, each.same_group]
        for each in substitutes(symbol, prices, known, min_correlation)
    ]
    return with_headers(_SUBSTITUTES, rows, headers)


def _refuse_unknown(symbol: str, known: list[str], name: str) -> None:
    if symbol not in known:
        raise InputError(
            Problem(Code.UNKNOWN_SYMBOL, f"no {symbol}", "a row or column for it", did_you_mean(symbol, known),
                    argument=name)
        )  # fmt: skip


def _quotes(rows: Grid, found: list[Problem]) -> dict[str, float]:
    """Symbol and price, with or without a header."""
    quotes: dict[str, float] = {}
    for number, row in enumerate(rows, 1):
        if all(cells.is_blank(cell) for cell in row):
            continue
        price = row[1] if len(row) > 1 else None
        if number == 1 and isinstance(price, str) and arguments.is_header_word(price):
            continue
        place = f"quotes, row {number}"
        try:
            symbol = cells.symbol(row[0])
            value = cells.number(price)
        except Refusal as refusal:
            found.append(refusal.at(argument=place))
            continue
        if not value > 0:
            found.append(
                Problem(Code.OUT_OF_RANGE, f"{value:g}", "a price above 0", argument=place)
            )
        elif symbol in quotes:
            found.append(
                Problem(Code.DUPLICATE, f"{symbol} twice", "one price a symbol", argument=place)
            )
        quotes.setdefault(symbol, value)
    return quotes


def lots_at_a_loss(
    lots: Grid,
    quotes: Grid,
    as_of: date,
    transactions: Grid | None,
    min_loss: float,
    min_pct: float,
    short_rate: float,
    long_rate: float,
    securities: Grid | None,
    scope: str,
    headers: bool,
) -> Answer:
    """A row a lot at a loss, best first."""
    found: list[Problem] = []
    known = security_table(securities, "securities", found)
    own = lot_table(lots, "lots", found)
    prices = _quotes(quotes, found)
    made = None if transactions is None else record(transactions, known, "transactions", found)
    refuse(found)
    settings = TaxSettings(
        short=short_rate, long=long_rate, minimum_loss=min_loss, minimum_loss_fraction=min_pct,
        scope=WashScope(scope),
    )  # fmt: skip
    history = History((), groups=known.groups) if made is None else made.history
    _refuse_unpriced([lot.symbol for lot in own], prices)
    refuse(acquired_later(own, as_of, "as_of"))
    _refuse_other_spelling([lot.account for lot in own], list(history.accounts))
    try:
        rows = listed(own, prices, as_of, history, settings, made is not None)
    except InputError as error:
        raise InputError(
            error.problems if made is None else made.problems(error.problems)
        ) from error
    return with_headers(_HARVEST, [_row(each, known) for each in rows], headers)


def _refuse_unpriced(symbols: list[str], quotes: dict[str, float]) -> None:
    refuse(
        Problem(Code.MISSING_PRICE, f"no price for {symbol}", "a row for it", argument="quotes")
        for symbol in dict.fromkeys(symbols)
        if symbol not in quotes
    )


def _refuse_other_spelling(accounts: list[str], known: list[str]) -> None:
    """One account under two names would be two: an IRA taxed, a lot its own replacement."""
    spelling = {name.casefold(): name for name in known}
    refuse(
        Problem(Code.CONFLICT, f"account {name!r}", f"{meant!r} as in transactions",
                "Spell each account one way.", argument="lots")
        for name in dict.fromkeys(accounts)
        if (meant := spelling.get(name.casefold(), name)) != name
    )  # fmt: skip


def _row(each: Listed, securities: Securities) -> list[RawCell]:
    lot = each.loss.lot
    others = candidates(lot.symbol, securities)
    best = others[0].symbol if others else ""
    same: RawCell = securities.is_same(best, lot.symbol) if best else ""
    return [
        lot.account, lot.symbol, lot.lot_id, lot.acquired, lot.quantity, each.loss.loss, each.saving.gross,
        each.saving.net, term(each.loss.is_long), best, "", same, each.status, each.clear_day,
        "Yes" if each.is_worth_it else "No",
    ]  # fmt: skip
