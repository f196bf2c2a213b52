"""What a trade costs and how wide a band to give."""

from typing import Annotated

from xl_rebal import arguments
from xl_rebal.arguments import Vector
from xl_rebal.functions.shared import AMOUNT, HELD, TEN_BP, WANTED, Current, RateArg
from xl_rebal.worksheet import Answer, Arg, worksheet_function


@worksheet_function(
    returns="the cost in currency",
    example=(HELD, WANTED, 100000, 0.001, 1),
)
def cost(
    current: Current,
    proposed: Annotated[
        Vector,
        Arg(
            "Weights after the trade, adding to 1.", arguments.weights, "fractions", "row or column"
        ),
    ],
    value: Annotated[
        float,
        Arg(
            "Value of the portfolio before the trade.",
            arguments.number_between("a value above 0", above=0),
            "currency",
        ),
    ],
    rate: RateArg = TEN_BP,
    fee: Annotated[
        float, Arg("Ticket fee of each trade; 0 if left out.", AMOUNT, "currency")
    ] = 0.0,
) -> Answer:
    """What a change of weights costs, paid from the portfolio itself (CASH is free)."""
    from xl_rebal.functions.work import planning

    return planning.cost_of(current, proposed, value, rate, fee)


@worksheet_function(
    returns="half-widths (fractions), shaped like target", example=(0.6, 0.001, 3), spills=False
)
def band(
    target: Annotated[
        Vector,
        Arg(
            "Target weight of the asset, one or several.",
            arguments.vector,
            "fraction",
            "one cell, row or column",
        ),
    ],
    cost: RateArg,
    risk_aversion: Annotated[
        float,
        Arg(
            "small-cost: relative risk aversion (2 to 6 is usual); one-period: as in XR_OPTIMAL.",
            arguments.number_between("a number above 0", above=0),
        ),
    ],
    model: Annotated[
        str,
        Arg(
            "small-cost (default): variance cancels; one-period: narrows with variance.",
            arguments.word("small-cost", "one-period"),
            "word",
        ),
    ] = "small-cost",
    volatility: Annotated[
        Vector | None,
        Arg(
            "Annual, of the asset against the rest; for one-period.",
            arguments.vector,
            "a year",
            "one cell, row or column",
        ),
    ] = None,
) -> Answer:
    """A suggested half-width of a band; the optimum is flat: 25 % more or less hardly matters."""
    from xl_rebal.functions.work import planning

    return planning.half_widths(target, cost, risk_aversion, model, volatility)
