"""A turnover cap without a general model: the price of turnover at which the cap is just used up.

A cap on sum |w - w0| / 2 with multiplier p is p / 2 more on every cost rate. The turnover falls as p rises
and is linear in it while the same assets trade, so a secant between two prices lands on the cap after a few
solves.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from xl_rebal.engine.optimal import kkt
from xl_rebal.engine.optimal.answer import Method, Multipliers, Optimal, certified
from xl_rebal.engine.optimal.problem import Limits, OptimalProblem
from xl_rebal.engine.optimal.working_set import Start

_MOST_SOLVES = 60
_NEAR = 1e-13  # of the whole value


def capped(
    free: Optimal, limits: Limits, solve: Callable[[OptimalProblem, Start | None], Optimal]
) -> Optimal | None:
    """The optimum within the cap that ``free``, the one without, exceeds; None where this way finds none.

    ``solve`` answers a problem without a cap. Where the covariance is singular the turnover may jump across the
    cap; where limits ask for more than the cap, nothing brings it down to it.
    """
    problem, cap = free.problem, limits.turnover
    low, low_excess = 0.0, free.turnover - cap
    high = 2.0 * kkt.slopes(problem, problem.current, problem.gradient(problem.current)).residual
    high = min(max(high, kkt.scale(problem, free.problem.gradient(free.weights))), 1e6)
    answer = solve(_priced(problem, high), free.start)
    high_excess, last = answer.turnover - cap, 0
    if high_excess > 0:
        return None
    for _ in range(_MOST_SOLVES):
        price = low + (high - low) * low_excess / (low_excess - high_excess)
        if not low < price < high:
            price = 0.5 * (low + high)
        answer = solve(_priced(problem, price), answer.start)
        excess = answer.turnover - cap
        if abs(excess) <= _NEAR:
            return _certified(free, limits, answer, price)
        if excess > 0:
            low, low_excess = price, excess
            high_excess *= 0.5 if last > 0 else 1.0  # Illinois: a side that stays is weighed less
        else:
            high, high_excess = price, excess
            low_excess *= 0.5 if last < 0 else 1.0
        last = 1 if excess > 0 else -1
        if high - low <= 1e-15 * high:
            return None
    return None


def _priced(problem: OptimalProblem, price: float) -> OptimalProblem:
    half = 0.5 * price
    return replace(problem, buy_cost=problem.buy_cost + half, sell_cost=problem.sell_cost + half)


def _certified(free: Optimal, limits: Limits, answer: Optimal, price: float) -> Optimal | None:
    worth = Multipliers(0.0, price)
    found = certified(free.problem, limits, answer.weights, Method.WORKING_SET, worth)
    return found if found.relative_residual <= kkt.BAR else None
