"""What to sell at a loss, and what may take its place."""

from datetime import date
from typing import Annotated

from xl_rebal import arguments, cells
from xl_rebal.arguments import Grid
from xl_rebal.functions.shared import AMOUNT, Headers, read_day, read_one
from xl_rebal.functions.study_arguments import PricesArg
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
)
from xl_rebal.tax.methods import LEAST_CORRELATION
from xl_rebal.worksheet import Answer, Arg, worksheet_function

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
    return read_one(cells.symbol, raw, name)


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
    from xl_rebal.functions.work import harvesting

    return harvesting.substitutes_of(symbol, prices, securities, min_correlation, headers)


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
    from xl_rebal.functions.work import harvesting

    return harvesting.lots_at_a_loss(
        lots,
        quotes,
        as_of,
        transactions,
        min_loss,
        min_pct,
        short_rate,
        long_rate,
        securities,
        scope,
        headers,
    )
