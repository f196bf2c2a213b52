"""What a cone solver leaves as dust, made exactly nothing."""

from __future__ import annotations

import numpy as np

from xl_rebal.engine.optimal.problem import OptimalProblem
from xl_rebal.typing import FloatArray

DUST = (1e-6, 1e-8, 1e-4)
"""Sizes of weights that may be dust, in the order in which they are tried."""


def snapped(problem: OptimalProblem, near: FloatArray, dust: float) -> FloatArray:
    """``near`` (n,) with what is within ``dust`` of current, lower or upper exactly there; adds to 1.

    What that leaves over or short goes to the asset with the most room.
    """
    lower, upper, current = problem.lower, problem.upper, problem.current
    found = np.where(near <= lower + dust, lower, np.where(near >= upper - dust, upper, near))
    untouched = (np.abs(near - current) <= dust) & (current >= lower) & (current <= upper)
    found = np.where(untouched, current, found)
    for _ in range(problem.size):
        short = 1.0 - float(found.sum())
        if abs(short) <= 1e-15:
            break
        free = found != current
        room = (upper - found if short > 0 else found - lower) * np.where(free, 1.0, 1e-3)
        place = int(room.argmax())
        moved = found[place] + short
        found[place] = min(max(moved, lower[place]), upper[place])
    return found
