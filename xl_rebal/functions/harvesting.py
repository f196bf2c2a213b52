"""What to sell at a loss, and what may take its place."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from xl_rebal import arguments, cells
from xl_rebal.arguments import Grid
from xl_rebal.cells import RawCell, Refusal
from xl_rebal.errors import Code, InputError, Problem
from xl_rebal.functions.ranges import lot_table, record, security_table
from xl_rebal.functions.shared import AMOUNT, Headers, with_headers
from xl_rebal.functions.study_arguments import PricesArg, read_day
from xl_rebal.functions.tax_arguments import (
    ALL_ACCOUNTS,
    OLD_LOTS,
    RATE,
    LongRate,
    LotsArg,
    MaybeTransactions,
    ScopeArg,
    SecuritiesArg,
    ShortRate,
    acquired_later,
    refuse,
    term,
)
from xl_rebal.model.securities import Securities
from xl_rebal.model.transactions import History
from xl_rebal.tax.candidates import Listed, listed
from xl_rebal.tax.methods import LEAST_CORRELATION, WashScope
from xl_rebal.tax.settings import TaxSettings
from xl_rebal.tax.substitutes import LEAST_RETURNS, candidates, substitutes
from xl_rebal.wording import did_you_mean
from xl_rebal.workbook.layout_tax import HARVEST
from xl_rebal.worksheet import Answer, Arg, worksheet_function

HARVEST_HEADER: list[RawCell] = [column.header for column in HARVEST.columns]
_SUBSTITUTES: list[RawCell] = ["Symbol", "Correlation", "Beta", "Tracking error", "Same group"]
_SECURITIES: Grid = [
    ["Symbol", "Asset class", "Index"],
    ["VTI", "US stocks", "CRSP US Total Market"],
    ["ITOT", "US stocks", "S&P Total Market"],
]
_MOVES = [(day * 7) % 11 for day in range(1, 29)]
_DAYS: Grid = [
    [f"2026-01-{day:02d}", 280 + move, 123.2 + 0.44 * move + day % 2 / 40]
    for day, move in enumerate(_MOVES, 1)
]
_PRICES: Grid = [["Date", "VTI", "ITOT"], *_DAYS]


def read_symbol(raw: object, name: str) -> str:
    """One ticker, in capitals."""
    try:
        return cells.symbol(arguments.as_grid(raw)[0][0])
    except Refusal as refusal:
        raise InputError(refusal.at(argument=name)) from None


@worksheet_function(
    returns="rows: Symbol, Correlation, Beta, Tracking error (fraction, a year), Same group",
    example=("VTI", _PRICES, _SECURITIES, 0.5),
    category="Taxes",
    spills=True,
)
def substitutes_(
    symbol: Annotated[str, Arg("What is to be sold.", read_symbol, "ticker")],
    prices: PricesArg,
    securities: Annotated[
        Grid,
        Arg(
            "Symbol, Asset class, Index (one for all that is substantially identical), Substitutes, Exclude.",
            arguments.block,
            "",
            "table",
        ),
    ],
    min_correlation: Annotated[
        float,
        Arg(
            "Candidates below it are left out; 0.95 if left out.",
            arguments.number_between("a correlation from -1 to 1", least=-1, greatest=1),
        ),
    ] = LEAST_CORRELATION,
    headers: Headers = True,
) -> Answer:
    """What may stand for a security that must not be bought for 30 days: other index, nearest returns first.

    Of the asset class, or named as a substitute. What tracks the same index comes last: bought, it might wash
    the loss.
    """
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


@worksheet_function(
    returns="rows: Account, Symbol, Lot, Acquired, Quantity (shares), Loss, Gross tax saved, Net benefit "
    "(currency), Term, Substitute, Correlation, Same group?, Wash status, Earliest clear date, Take?",
    example=(OLD_LOTS, [["VTI", 250]], "2026-03-16"),
    category="Taxes",
    spills=True,
)
def harvest(
    lots: LotsArg,
    quotes: Annotated[
        Grid, Arg("Symbol and price today.", arguments.block, "currency a share", "two columns")
    ],
    as_of: Annotated[date, Arg("The day of the sale.", read_day)],
    transactions: MaybeTransactions = None,
    min_loss: Annotated[float, Arg("Least loss; 0 if left out.", AMOUNT, "currency")] = 0.0,
    min_pct: Annotated[
        float, Arg("Least loss as a part of cost; 0.05 if left out.", RATE, "fraction")
    ] = 0.05,
    short_rate: ShortRate = 0.37,
    long_rate: LongRate = 0.20,
    securities: SecuritiesArg = None,
    scope: ScopeArg = ALL_ACCOUNTS,
    headers: Headers = True,
) -> Answer:
    """Lots at a loss, best first, with what they save and whether a purchase would wash the loss (US rules).

    Net: saved now less the tax on the lower basis in 10 years at 5 % a year. Without transactions each loss
    offsets a gain of its own term.
    """
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
    return with_headers(HARVEST_HEADER, [_row(each, known) for each in rows], headers)


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
