"""The closed form for two assets (method.md section 4)."""

from __future__ import annotations

import numpy as np

from xl_rebal.engine.optimal.problem import OptimalProblem
from xl_rebal.typing import FloatArray


def two_asset_weights(problem: OptimalProblem) -> FloatArray:
    """The optimal weights (2,): stay within the no-trade band around the target, else trade to its boundary.

    With v = S11 + S22 - 2 S12 and w the first weight the objective is gamma v (w - t)^2 plus costs, so
    what is bought ends b = (buy_1 + sell_2) / (2 gamma v) below the target, what is sold
    b = (sell_1 + buy_2) / (2 gamma v) above it, each no further than the limits of both assets. The limits must
    have an answer.
    """
    apart = np.array([1.0, -1.0])
    curvature = 2.0 * problem.risk_aversion * float(apart @ problem.risk.times(apart))
    (current, other), (target, _) = problem.current.tolist(), problem.target.tolist()
    pull = float(apart @ problem.gradient(problem.current))
    (buy, buy_other), (sell, sell_other) = problem.buy_cost.tolist(), problem.sell_cost.tolist()
    wanted = current
    if pull < -(buy + sell_other):
        wanted = max(current, target - (buy + sell_other) / curvature)
    elif pull > sell + buy_other:
        wanted = min(current, target + (sell + buy_other) / curvature)
    lower, upper = problem.lower.tolist(), problem.upper.tolist()
    # The nearest that is allowed; a limit is met exactly by the asset that has it.
    if wanted < lower[0] or wanted > upper[0]:
        wanted = lower[0] if wanted < lower[0] else upper[0]
    rest = other if wanted == current else 1.0 - wanted
    if rest < lower[1] or rest > upper[1]:
        rest = lower[1] if rest < lower[1] else upper[1]
        wanted = 1.0 - rest
        wanted = min(max(wanted, lower[0]), upper[0])
    return np.array([wanted, rest])
