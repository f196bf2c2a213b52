"""Between which weights assets may end, and what is said where that leaves no plan."""

from __future__ import annotations

import numpy as np

from xl_rebal.engine.optimal.bounds import refuse_impossible
from xl_rebal.engine.optimal.lots.problem import TaxedProblem
from xl_rebal.errors import Code, InfeasibleError, Problem
from xl_rebal.numerics.tolerance import WEIGHT_TOLERANCE
from xl_rebal.typing import FloatArray
from xl_rebal.wording import percent

_BEYOND = 1e-6  # above what the others leave, so that not all limits meet in one corner


def weight_range(taxed: TaxedProblem, stays: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The least and the greatest weight of each asset, (n,), of which lots keep at least ``stays`` (n,).

    Raises InfeasibleError where limits, lots and purchases leave none, or none that add to 1.
    """
    problem = taxed.problem
    least = np.maximum(problem.lower, stays)
    near = (least > problem.upper) & (least <= problem.upper + WEIGHT_TOLERANCE)
    least = np.where(near, problem.upper, least)
    most = np.where(taxed.may_buy, problem.upper, np.minimum(problem.upper, problem.current))
    found = []
    for i in np.flatnonzero(least > most).tolist():
        name = problem.name(i)
        if stays[i] > problem.upper[i]:
            found.append(
                Problem(
                    Code.INFEASIBLE,
                    f"at most {percent(problem.upper[i], 2)} of {name}",
                    f"at least {percent(stays[i], 2)}, its lots that may not be sold",
                    f"The nearest limit that leaves an answer is {percent(stays[i], 2)}.",
                    about=("asset", name),
                )
            )
        else:
            found.append(
                Problem(
                    Code.INFEASIBLE,
                    f"at least {percent(problem.lower[i], 2)} of {name}",
                    f"at most {percent(most[i], 2)}, as it may not be bought",
                    f"The nearest limit that leaves an answer is {percent(most[i], 2)}.",
                    about=("asset", name),
                )
            )
    if found:
        raise InfeasibleError(found)
    refuse_impossible(problem)
    _refuse_stuck(float(least.sum()), float(most.sum()))
    room = np.maximum(1.0 - float(least.sum()) + least, least)
    return least, np.minimum(most, room + _BEYOND)


def _refuse_stuck(least: float, most: float) -> None:
    """Refuse lots that may not be sold, or assets that may not be bought, that leave no weights."""
    if least > 1.0 + WEIGHT_TOLERANCE:
        raise InfeasibleError(
            Problem(
                Code.INFEASIBLE,
                f"lower limits and lots that may not be sold of {percent(least, 2)} in all",
                "100 % at most",
                f"Lower limits, or let lots be sold, by {percent(least - 1.0, 2)} together.",
                argument="lots",
            )
        )
    if most < 1.0 - WEIGHT_TOLERANCE:
        raise InfeasibleError(
            Problem(
                Code.INFEASIBLE,
                f"limits and assets that may not be bought that allow {percent(most, 2)} in all",
                "100 % at least",
                f"Raise limits, or let assets be bought, by {percent(1.0 - most, 2)} together.",
                argument="lots",
            )
        )


def clash(taxed: TaxedProblem) -> InfeasibleError:
    """The error where every group's choice between losses and purchases fails: which groups need both."""
    problem = taxed.problem
    losses = taxed.may_sell & taxed.is_loss
    gains = taxed.may_sell & ~taxed.is_loss
    plain = np.bincount(taxed.lots.asset, np.where(gains, taxed.sizes, 0.0), problem.size)
    has_losses = np.bincount(taxed.lots.asset, losses, problem.size) > 0
    found = []
    for group in taxed.groups:
        sells = [i for i in group
                 if has_losses[i] and problem.current[i] - plain[i] > problem.upper[i]]  # fmt: skip
        buys = [i for i in group if problem.lower[i] > problem.current[i]]
        if sells and buys:
            least = problem.current[sells[0]] - plain[sells[0]]
            sold, bought = problem.name(int(sells[0])), problem.name(int(buys[0]))
            found.append(
                Problem(
                    Code.INFEASIBLE,
                    f"limits by which {sold} is sold at a loss and {bought}, which is alike, is bought",
                    "one of the two",
                    f"Raise the upper limit of {sold} to {percent(least, 2)}, or the lower limit of "
                    f"{bought} must be {percent(problem.current[buys[0]], 2)} at most.",
                    about=("asset", sold),
                )
            )
    return InfeasibleError(
        found
        or Problem(
            Code.INFEASIBLE,
            "limits that no plan keeps without selling at a loss what it buys",
            "limits that leave a choice",
            "Widen the limits of assets that are alike.",
            argument="lots",
        )
    )
