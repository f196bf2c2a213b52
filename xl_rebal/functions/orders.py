"""Trade lists from ranges of holdings and targets."""

from typing import Annotated

from xl_rebal import arguments
from xl_rebal.arguments import Grid
from xl_rebal.functions.shared import AMOUNT, RATE, WIDTH, Dest, Headers
from xl_rebal.model.destination import Destination
from xl_rebal.worksheet import Answer, Arg, worksheet_function

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
    from xl_rebal.functions.work import orders

    return orders.trades_to_target(
        holdings, targets, cash, band, dest, cost, min_trade, whole, headers
    )


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
    from xl_rebal.functions.work import orders

    return orders.trades_of_flow(holdings, targets, cash, headers)
