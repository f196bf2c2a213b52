"""Limits of single assets: what a cash floor and locks make of them, and whether they leave an answer."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from xl_rebal.engine.optimal.problem import Limits, OptimalProblem
from xl_rebal.errors import Code, InfeasibleError, Problem
from xl_rebal.numerics.tolerance import WEIGHT_TOLERANCE
from xl_rebal.typing import BoolArray, FloatArray
from xl_rebal.wording import percent


def bounded(problem: OptimalProblem, limits: Limits) -> OptimalProblem:
    """The problem with the cash floor as a lower limit and locked assets between equal limits."""
    arrays: list[FloatArray | BoolArray] = [group.members for group in limits.groups]
    arrays += [each for each in (limits.locked, limits.impact) if each is not None]
    if any(each.shape != (problem.size,) for each in arrays):
        raise ValueError(f"limits: every array must have the {problem.size} assets of the problem")
    lower, upper = problem.lower, problem.upper
    if limits.cash is not None and limits.cash_floor > lower[limits.cash]:
        lower = lower.copy()
        lower[limits.cash] = limits.cash_floor
    if limits.locked is not None and limits.locked.any():
        lower = np.where(limits.locked, problem.current, lower)
        upper = np.where(limits.locked, problem.current, upper)
    if lower is problem.lower and upper is problem.upper:
        return problem
    found = [
        Problem(
            Code.INFEASIBLE,
            f"at least {percent(lower[i])} and at most {percent(upper[i])} of {problem.name(i)}",
            "a lower limit that is not above the upper one",
            f"At most {percent(upper[i])} can be asked at least.",
            about=("asset", problem.name(i)),
        )
        for i in np.flatnonzero(lower > upper).tolist()
    ]
    if found:
        raise InfeasibleError(found)
    return replace(problem, lower=lower, upper=upper)


def refuse_impossible(problem: OptimalProblem) -> None:
    """Refuse limits of single assets between which no weights add to 1."""
    least, most = float(problem.lower.sum()), float(problem.upper.sum())
    if least <= 1.0 + WEIGHT_TOLERANCE and most >= 1.0 - WEIGHT_TOLERANCE:
        return
    is_least = least > 1.0
    total = percent(least if is_least else most, 2)
    word, bound = ("least", "most") if is_least else ("most", "least")
    raise InfeasibleError(
        Problem(
            Code.INFEASIBLE,
            f"{'lower' if is_least else 'upper'} limits that allow {total} in all at {word}",
            f"100 % at {bound}",
            f"{'Lower' if is_least else 'Raise'} some of them by "
            f"{percent(abs((least if is_least else most) - 1.0), 2)} together.",
            argument="lower" if is_least else "upper",
        )
    )
