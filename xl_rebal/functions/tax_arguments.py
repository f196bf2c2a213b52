"""Arguments that the tax functions share."""

from typing import Annotated

from xl_rebal import arguments
from xl_rebal.arguments import Grid
from xl_rebal.tax.methods import LotMethod, WashScope
from xl_rebal.worksheet import Arg

RECORD: Grid = [
    ["Account", "Account type", "Date", "Action", "Symbol", "Quantity", "Amount"],
    ["Joint", "Taxable", "2025-01-15", "Buy", "VTI", 100, 28000],
    ["Joint", "Taxable", "2025-11-10", "Sell", "VTI", 100, 25000],
    ["IRA", "Roth", "2025-11-20", "Buy", "VTI", 40, 10400],
]
OLD_LOTS: Grid = [
    ["Account", "Symbol", "Lot", "Acquired", "Quantity", "Cost basis"],
    ["Joint", "VTI", "A", "2023-02-01", 60, 12000],
    ["Joint", "VTI", "B", "2025-06-02", 40, 12400],
]

TransactionsArg = Annotated[
    Grid,
    Arg("Header row; columns by name: Account, Account type, Owner, Date, Action, Symbol, Quantity, Amount "
        "or Price, Lot.", arguments.block, "", "table"),
]  # fmt: skip
MaybeTransactions = Annotated[
    Grid | None,
    Arg("Purchases and sales of all accounts: those within 30 days wash a loss, gains of the year are offset.",
        arguments.block, "", "table"),
]  # fmt: skip
LotsArg = Annotated[
    Grid,
    Arg("Header row; columns by name: Account, Symbol, Lot, Acquired, Quantity, Cost basis.",
        arguments.block, "", "table"),
]  # fmt: skip
SecuritiesArg = Annotated[
    Grid | None,
    Arg("Symbol, Asset class, Index (one for all that is substantially identical), Substitutes, Exclude.",
        arguments.block, "", "table"),
]  # fmt: skip
MethodArg = Annotated[
    str,
    Arg("Which lots a sale takes that names none: fifo, lifo, hifo, average, mintax, specific.",
        arguments.word(*(each.value for each in LotMethod)), "word"),
]  # fmt: skip
ScopeArg = Annotated[
    str,
    Arg("Whose purchases wash a loss: household+ira (default), household, taxable, account.",
        arguments.word(*(each.value for each in WashScope)), "word"),
]  # fmt: skip
RATE = arguments.number_between("a rate from 0 to 1", least=0, greatest=1)
ShortRate = Annotated[
    float, Arg("Tax on short-term gains, federal plus state; 0.37 if left out.", RATE, "fraction")
]
LongRate = Annotated[
    float, Arg("Tax on long-term gains, federal plus state; 0.20 if left out.", RATE, "fraction")
]
FIFO, HIFO = LotMethod.FIFO.value, LotMethod.HIFO.value
ALL_ACCOUNTS = WashScope.HOUSEHOLD_IRA.value
