"""Weights within limits to begin from, with few trades."""

from __future__ import annotations

import numpy as np

from xl_rebal.engine.optimal.problem import OptimalProblem
from xl_rebal.typing import FloatArray


def feasible_start(problem: OptimalProblem, gradient: FloatArray) -> FloatArray:
    """Weights (n,) within the limits that add to 1: current, or current clipped and made whole again.

    What clipping leaves over or short is taken up by one asset after another, the cheapest by its slope at
    the current weights first, each as far as its limit. The limits must have an answer.
    """
    if problem.is_inside:
        return problem.current
    clipped = np.minimum(np.maximum(problem.current, problem.lower), problem.upper)
    short = 1.0 - float(clipped.sum())
    if short > 0:
        order = np.argsort(gradient + problem.buy_cost, kind="stable")
        room = problem.upper - clipped
    else:
        order = np.argsort(problem.sell_cost - gradient, kind="stable")
        room = clipped - problem.lower
    before = np.concatenate(([0.0], np.minimum(np.cumsum(room[order]), 2.0)[:-1]))
    moved = np.minimum(np.maximum(abs(short) - before, 0.0), room[order])
    ends = problem.upper if short > 0 else problem.lower
    found = clipped.copy()
    found[order] = np.where(
        moved >= room[order], ends[order], clipped[order] + np.sign(short) * moved
    )
    return found
