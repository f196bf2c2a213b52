"""Optimal weights: tracking risk against the cost of trading."""

from typing import Annotated

from xl_rebal import arguments
from xl_rebal.arguments import Grid, Risk, Vector
from xl_rebal.functions.shared import HELD, TEN_BP, WANTED, Current, RateArg, Target
from xl_rebal.worksheet import Answer, Arg, worksheet_function

_COVARIANCE: Grid = [[0.04, 0.012, 0.006], [0.012, 0.0225, 0.004], [0.006, 0.004, 0.01]]

PerAsset = "one cell, row or column"


@worksheet_function(
    returns="weights (fractions), shaped like current",
    example=(HELD, WANTED, _COVARIANCE),
    spills=True,
)
def optimal(
    current: Current,
    target: Target,
    covariance: Annotated[
        Risk,
        Arg(
            "Annual covariance of the assets, as XR_COVARIANCE gives it.",
            arguments.risk,
            "a year",
            "square",
        ),
    ],
    cost: RateArg = TEN_BP,
    risk_aversion: Annotated[
        float,
        Arg(
            "What a year's squared tracking error costs (no 1/2 before it); 1 if left out.",
            arguments.number_between("a risk aversion of 0 or more", least=0),
            "a year",
        ),
    ] = 1.0,
    sell_cost: Annotated[
        Vector | None,
        Arg(
            "Cost of each sale, where it is not that of a buy.",
            arguments.vector,
            "fraction of the amount",
            PerAsset,
        ),
    ] = None,
    tax: Annotated[
        float,
        Arg(
            "Tax rate on gains; 0 if left out.",
            arguments.number_between("a rate from 0 to 1", least=0, greatest=1),
            "fraction of the gain",
        ),
    ] = 0.0,
    gain_fraction: Annotated[
        Vector | None,
        Arg(
            "Gain as a fraction of what a sale brings; tax x this is added to the cost of selling. A loss "
            "counts as 0.",
            arguments.vector,
            "fraction of proceeds",
            PerAsset,
        ),
    ] = None,
    max_turnover: Annotated[
        float | None,
        Arg(
            "Greatest one-way turnover.",
            arguments.number_between("a turnover of 0 or more", least=0),
            "fraction of the portfolio",
        ),
    ] = None,
    lower: Annotated[
        Vector | None,
        Arg("Least weights; 0 if left out.", arguments.vector, "fractions", PerAsset),
    ] = None,
    upper: Annotated[
        Vector | None,
        Arg("Greatest weights; none if left out.", arguments.vector, "fractions", PerAsset),
    ] = None,
) -> Answer:
    """Weights of least risk_aversion x tracking error squared + costs; exact, with no dust trades.

    Costs are in the balance only: weights add to 1, and the cash for costs comes from the trade itself.
    What is not worth its cost is not traded.
    """  # fmt: skip
    from xl_rebal.functions.work import optimal

    return optimal.optimal_weights(
        current,
        target,
        covariance,
        cost,
        risk_aversion,
        sell_cost,
        tax,
        gain_fraction,
        max_turnover,
        lower,
        upper,
    )
