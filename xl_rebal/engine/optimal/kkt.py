"""Optimality by definition: between which multipliers of the budget each asset is content.

With q = 2 gamma S (w - t), asset i would move down for any nu < down_i and up for any nu > up_i
(method.md section 4): bought, down = up = q + buy; sold, q - sell; untouched, q - sell and q + buy; at a lower
limit down = -inf, at an upper one up = inf. Weights that add to 1 are optimal iff max down <= min up.
"""

from __future__ import annotations

from math import isinf
from typing import NamedTuple

import numpy as np

from xl_rebal.engine.optimal.problem import OptimalProblem
from xl_rebal.typing import FloatArray

BAR = 1e-9
"""The greatest relative residual of an answer of the fast path."""

CONE_BAR = 1e-6
"""The greatest relative residual of an answer that began with a cone solver."""

_EPS = float(np.finfo(np.float64).eps)


class Slopes(NamedTuple):
    """Left and right derivatives of the objective by each weight, shape (n,); the greatest and the least."""

    down: FloatArray
    up: FloatArray
    most_down: float
    least_up: float

    @property
    def residual(self) -> float:
        """The least error of optimality over all nu: half of what max down exceeds min up, at least 0."""
        return max(0.0, 0.5 * (self.most_down - self.least_up))

    @property
    def nu(self) -> float:
        """The multiplier of the budget that is nearest to all; any where nothing can move."""
        if isinf(self.most_down):
            return 0.0 if isinf(self.least_up) else self.least_up
        return self.most_down if isinf(self.least_up) else 0.5 * (self.most_down + self.least_up)


def slopes(problem: OptimalProblem, weights: FloatArray, gradient: FloatArray) -> Slopes:
    """The slopes at ``weights`` within the limits; ``gradient`` is that of the smooth part."""
    change = weights - problem.current
    with_buy, with_sale = gradient + problem.buy_cost, gradient - problem.sell_cost
    down = np.where(change > 0, with_buy, with_sale)
    up = np.where(change < 0, with_sale, with_buy)
    down[weights <= problem.lower] = -np.inf
    up[weights >= problem.upper] = np.inf
    return Slopes(down, up, float(np.maximum.reduce(down)), float(np.minimum.reduce(up)))


def scale(problem: OptimalProblem, gradient: FloatArray) -> float:
    """max(c, |q|), to which residuals are relative."""
    return max(problem.dearest, float(np.maximum.reduce(np.abs(gradient))))


def rounding(problem: OptimalProblem) -> float:
    """What double precision cannot tell from 0 in q: weights are known to 1e-16 of 1."""
    return 2.0 * _EPS * 2.0 * problem.risk_aversion * problem.risk.largest


def relative(problem: OptimalProblem, residual: float, gradient: FloatArray) -> float:
    """A residual relative to max(c, |q|); 0 where it is rounding."""
    if residual <= rounding(problem):
        return 0.0
    return residual / scale(problem, gradient)


def no_trade(problem: OptimalProblem, gradient: FloatArray) -> bool:
    """Whether to trade nothing is optimal; ``gradient`` (n,) is q at the current weights.

    max over {w0_i > lower_i} of (q_i - sell_i) <= min over {w0_j < upper_j} of (q_j + buy_j).
    """
    if not problem.is_inside:
        return False
    found = slopes(problem, problem.current, gradient)
    return 2.0 * found.residual <= 1e-12 * scale(problem, gradient)


def gap(
    problem: OptimalProblem, weights: FloatArray, gradient: FloatArray, nu: float
) -> float:  # fmt: skip
    """Duality gap: the objective at ``weights`` less a lower bound of all objectives; inf where none is known.

    The quadratic is above its tangent, so the objective is at least that at w plus the sum over i of the
    least of (q_i - nu)(v - w_i) + cost_i(v) - cost_i(w_i) over v between the limits; no weight can be above
    1 less all other lower limits. A piecewise linear function is least at a kink: lower, current, upper.
    """
    lower = problem.lower
    upper = np.minimum(problem.upper, 1.0 - float(lower.sum()) + lower)
    slope, rates = gradient - nu, (problem.buy_cost, problem.sell_cost)

    def value(at: FloatArray) -> FloatArray:
        change = at - problem.current
        cost = np.where(change > 0, rates[0] * change, -rates[1] * change)
        return np.asarray(slope * (at - weights) + cost)

    if not np.isfinite(lower).all():
        return np.inf
    best = np.minimum(value(lower), value(np.maximum(upper, lower)))
    kink = np.minimum(np.maximum(problem.current, lower), np.maximum(upper, lower))
    best = np.minimum(best, value(kink))
    return max(0.0, float((value(weights) - best).sum()))
