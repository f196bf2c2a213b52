"""Trade lists from ranges of holdings and targets."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from xl_rebal import arguments
from xl_rebal.arguments import Grid
from xl_rebal.cells import RawCell
from xl_rebal.engine.rebalance import rebalance
from xl_rebal.errors import Code, InputError, Problem
from xl_rebal.functions.ranges import one_account, one_model
from xl_rebal.functions.shared import AMOUNT, RATE, WIDTH, Dest, Headers, with_headers
from xl_rebal.model.plan import BandRule, Costs, Destination, Method, Plan, Targets
from xl_rebal.model.portfolio import CASH, Household
from xl_rebal.model.securities import Securities
from xl_rebal.model.trades import TradeList
from xl_rebal.worksheet import Answer, Arg, worksheet_function

_TRADE_HEADER: list[RawCell] = [
    "Action", "Symbol", "Quantity", "Price", "Amount", "Weight before", "Weight after", "Target",
    "Reason",
]  # fmt: skip
_HOLDINGS_EXAMPLE: Grid = [
    ["Symbol", "Quantity", "Price"], ["AAA", 60, 100], ["BBB", 30, 100], ["CASH", 1000, 1],
]  # fmt: skip
_TARGETS_EXAMPLE: Grid = [["AAA", 0.5], ["BBB", 0.5]]

HoldingsArg = Annotated[
    Grid,
    Arg("Of one account: symbol, quantity, price, in this order or under headers of these names; a "
        "row CASH holds the cash as quantity.", arguments.block, "", "three columns"),
]  # fmt: skip
TargetsArg = Annotated[
    Grid,
    Arg("Symbol, weight and, if you like, a band of its own, in this order or under headers.",
        arguments.block, "fractions", "two or three columns"),
]  # fmt: skip


@worksheet_function(
    returns="rows: Action, Symbol, Quantity (shares), Price, Amount (currency), Weight before, Weight after, "
    "Target (fractions), Reason",
    example=(_HOLDINGS_EXAMPLE, _TARGETS_EXAMPLE, 500, 0.05),
    spills=True,
)
def trades(
    holdings: HoldingsArg,
    targets: TargetsArg,
    cash: Annotated[
        float,
        Arg(
            "New money: + comes in, - goes out.", arguments.number_between("an amount"), "currency"
        ),
    ] = 0.0,
    band: Annotated[
        float | None,
        Arg(
            "Half-width of the bands: with it nothing is traded unless something is out.",
            WIDTH,
            "fraction of the portfolio",
        ),
    ] = None,
    dest: Dest = Destination(),  # noqa: B008  a frozen value
    cost: Annotated[
        float, Arg("Cost of each buy and sale; 0 if left out.", RATE, "fraction, per side")
    ] = 0.0,
    min_trade: Annotated[float, Arg("No trade smaller than this.", AMOUNT, "currency")] = 0.0,
    whole: Annotated[bool, Arg("TRUE (default): whole shares.", arguments.flag)] = True,
    headers: Headers = True,
) -> Answer:
    """The orders that bring holdings to their targets, sells first, each with its reason."""
    household, wanted, quotes = _read(holdings, targets, cash)
    own = {width for line in wanted.lines for width in (line.band_absolute, line.band_relative)}
    banded = band is not None or own != {None}
    plan = Plan(
        targets=(wanted,),
        bands=BandRule(width=0.05 if band is None else band),
        method=Method.THRESHOLD if banded else Method.CALENDAR,
        destination=dest,
        costs=Costs(cost),
        minimum_trade=min_trade,
        whole_shares=whole,
    )
    return _trade_rows(rebalance(household, Securities(), plan, quotes), headers)


@worksheet_function(
    returns="the columns of XR_TRADES, buys only or sells only",
    example=(_HOLDINGS_EXAMPLE, _TARGETS_EXAMPLE, 500),
    spills=True,
)
def cashflow(
    holdings: HoldingsArg,
    targets: TargetsArg,
    cash: Annotated[
        float,
        Arg(
            "New money: + buys what is underweight, - sells what is overweight.",
            arguments.number_between("an amount"),
            "currency",
        ),
    ],
    headers: Headers = True,
) -> Answer:
    """The buys that invest new money, or the sells that raise it, in whole shares."""
    household, wanted, quotes = _read(holdings, targets, cash)
    plan = Plan(targets=(wanted,))
    found = rebalance(household, Securities(), plan, quotes, flows_only=True)
    return _trade_rows(found, headers)


def _trade_rows(found: TradeList, headers: bool) -> list[list[RawCell]]:
    rows: list[list[RawCell]] = [
        [t.action.value, t.symbol, t.quantity, t.price, t.amount, t.weight_before, t.weight_after,
         t.target, t.reason]
        for t in found.trades
    ]  # fmt: skip
    return with_headers(_TRADE_HEADER, rows, headers)


def _read(
    holdings: Grid, targets: Grid, cash: float
) -> tuple[Household, Targets, dict[str, float]]:
    """Ranges to one account, its targets and quotes; what is wrong in both is said at once."""
    problems: list[Problem] = []
    held = one_account(holdings, problems)
    wanted = one_model(targets, () if held is None else tuple(held.quotes), problems)
    if held is None or wanted is None:
        raise InputError(problems)
    missing = [
        line.key
        for line in wanted.lines
        if line.weight > 0 and line.key not in {*held.quotes, CASH}
    ]
    if missing:
        raise InputError(
            [
                Problem(Code.MISSING_PRICE, f"a target for {key}, which has no price",
                        "each target's symbol in holdings",
                        "Add it to holdings with quantity 0 and its price.", argument="targets")
                for key in missing
            ]
        )  # fmt: skip
    account = replace(held.account, new_cash=cash)
    return Household((account,), held.positions), wanted, held.quotes
