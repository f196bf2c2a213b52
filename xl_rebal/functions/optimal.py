"""Optimal weights: tracking risk against the cost of trading."""

from __future__ import annotations

from typing import Annotated

import numpy as np

from xl_rebal import arguments
from xl_rebal.arguments import Grid, Pair, Risk, Vector, paired, per_asset
from xl_rebal.engine.optimal import DenseRisk, Limits, OptimalProblem, solve
from xl_rebal.errors import Code, InputError, Problem
from xl_rebal.functions.risks import covariance_of
from xl_rebal.functions.shared import (
    HELD,
    RATE,
    TEN_BP,
    WANTED,
    Current,
    RateArg,
    Target,
    refuse_unlisted,
    shaped_like,
)
from xl_rebal.model.portfolio import CASH
from xl_rebal.numerics.covariance import repaired
from xl_rebal.typing import FloatArray
from xl_rebal.wording import shown
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
    pair = paired(current, target, ("current", "target"))
    refuse_unlisted(pair, current)
    if (pair.first < 0).any():
        raise InputError(
            Problem(Code.OUT_OF_RANGE, f"{shown(float(pair.first.min()))} in current",
                    "weights of 0 or more", "Short positions are not supported.", argument="current")
        )  # fmt: skip
    count = len(pair.first)
    buys = _rates(cost, pair, "cost")
    sells = buys if sell_cost is None else _rates(sell_cost, pair, "sell_cost")
    if gain_fraction is not None:
        sells = sells + tax * np.maximum(_each(gain_fraction, pair, "gain_fraction"), 0.0)
    least = np.zeros(count) if lower is None else _each(lower, pair, "lower")
    most = np.full(count, np.inf) if upper is None else _each(upper, pair, "upper")
    if (least > most).any():
        at = int(np.argmax(least > most))
        found = f"at least {shown(float(least[at]))} and at most {shown(float(most[at]))}"
        raise InputError(
            Problem(Code.CONFLICT, f"{found} of {pair.shown[at]}", "a lower limit below the upper one",
                    argument="lower")
        )  # fmt: skip
    matrix = repaired(covariance_of(covariance, pair, "covariance")).covariance
    problem = OptimalProblem(
        pair.first, pair.second, DenseRisk(matrix), risk_aversion, buys, sells, least, most,
        tuple(str(each) for each in pair.shown) if pair.labels else (),
    )  # fmt: skip
    limits = None if max_turnover is None else Limits(turnover=max_turnover)
    return shaped_like(current, solve(problem, limits).weights.tolist())


def _each(given: Vector, pair: Pair, name: str) -> FloatArray:
    return per_asset(given, pair.labels, len(pair.first), name)


def _rates(given: Vector, pair: Pair, name: str) -> FloatArray:
    """Costs per side; CASH has none."""
    found = _each(given, pair, name)
    for each in found.tolist():
        RATE(each, name)
    return np.where([label == CASH for label in pair.names], 0.0, found)
