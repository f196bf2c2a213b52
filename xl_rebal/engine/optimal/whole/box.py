"""Which numbers of steps a choice better than a known one can have, and what none can be below.

Without whole steps, and with tickets spread over the greatest trade that may be, the problem is convex,
with an optimum x* and an objective F*. As tickets are never less than that, no choice x is below
F* + (x - x*)'C(x - x*), C = gamma S. A choice of objective U or less is therefore within
sqrt((U - F*) (C^-1)_ii) of x*_i: fewer steps, greater shares of the tickets, a higher F*, until nothing
changes any more.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xl_rebal.engine.optimal.problem import OptimalProblem
from xl_rebal.engine.optimal.solver import solve
from xl_rebal.engine.optimal.whole.problem import ROOM, WholeShareProblem
from xl_rebal.errors import InfeasibleError
from xl_rebal.typing import BoolArray, FloatArray, IntArray

SLACK = 1e-9
"""Of an objective: what rounding may be wrong by."""

_ROUNDS = 12
_CONDITION = 1e12


@dataclass(frozen=True, eq=False)
class Box:
    """Steps from ``low`` to ``high`` (m,), none where low > high; all that is held is sold where ``out``."""

    low: IntArray
    high: IntArray
    out: BoolArray

    @property
    def has_steps(self) -> BoolArray:
        """Whether any number of steps is left, nothing among them; (m,)."""
        return np.asarray(self.low <= self.high)

    @property
    def is_empty(self) -> bool:
        """Whether an asset has no choice at all."""
        return not bool((self.has_steps | self.out).all())

    @property
    def buys(self) -> BoolArray:
        """Whether a purchase is all that is left, (m,)."""
        return np.asarray((self.low > 0) & self.has_steps & ~self.out)

    @property
    def sells(self) -> BoolArray:
        """Whether a sale is all that is left, (m,)."""
        return np.asarray((self.high < 0) | ~self.has_steps)

    def most_bought(self, shares: WholeShareProblem) -> FloatArray:
        """The greatest purchase, a weight (m,)."""
        return np.where(self.has_steps, np.maximum(self.high, 0), 0) * shares.unit

    def most_sold(self, shares: WholeShareProblem) -> FloatArray:
        """The greatest sale, a weight >= 0 (m,)."""
        steps = np.where(self.has_steps, np.maximum(-self.low, 0), 0) * shares.unit
        return np.where(self.out, shares.held, steps)


@dataclass(frozen=True, eq=False)
class Relaxed:
    """The convex problem in a box: no choice in it is below ``bound``; ``change`` (m,) is its optimum."""

    bound: float
    change: FloatArray


def whole_box(shares: WholeShareProblem) -> Box:
    """All trades within the limits of the assets."""
    return _without_gaps(shares, shares.lowest, shares.highest, shares.sells_out)


def relaxed(
    shares: WholeShareProblem, box: Box, per_weight: FloatArray | None = None
) -> Relaxed | None:
    """The convex problem within the box; None where it has no answer.

    ``per_weight`` (m,): what tickets cost a weight, where they are not to be spread over the greatest
    trade; then the bound is none.
    """
    if box.is_empty:
        return None
    bought, sold = box.most_bought(shares), box.most_sold(shares)
    certain = box.buys | box.sells
    free = np.where(certain, 0.0, shares.ticket)
    given, at = shares.problem, shares.others
    buy, sell = given.buy_cost.copy(), given.sell_cost.copy()
    for rate, most in ((buy, bought), (sell, sold)):
        spread = np.divide(free, most, out=np.zeros_like(free), where=most > 0)
        rate[at] += spread if per_weight is None else per_weight
    lower, upper = np.empty_like(buy), np.empty_like(buy)
    least = np.where(box.buys, box.low * shares.unit, -sold)
    most = np.where(box.has_steps, box.high * shares.unit, -shares.held)
    lower[at] = np.maximum(shares.held + least, 0.0)
    upper[at] = np.maximum(shares.held + most, lower[at])
    lower[shares.cash], upper[shares.cash] = shares.cash_floor, np.inf
    problem = OptimalProblem(
        given.current, given.target, given.risk, given.risk_aversion, buy, sell, lower, upper, given.names
    )  # fmt: skip
    try:
        found = solve(problem)
    except InfeasibleError:
        return None
    bound = found.objective - max(found.gap or 0.0, 0.0)
    return Relaxed(bound + float(shares.ticket[certain].sum()), found.trades[at])


def tightened(shares: WholeShareProblem, box: Box, best: float) -> tuple[Box, Relaxed] | None:
    """The steps that a choice of objective ``best`` or less can have; None where there are none."""
    most, spread = best * (1 + SLACK) + ROOM * SLACK, _spread(shares)
    found = relaxed(shares, box)
    for _ in range(_ROUNDS):
        if found is None or found.bound > most:
            return None
        if spread is None:
            break
        reach = np.sqrt(most - found.bound) * spread + ROOM
        low, high = found.change - reach, found.change + reach
        fewer = _without_gaps(
            shares,
            np.maximum(box.low, np.ceil(np.maximum(low / shares.unit, -1e15)).astype(np.int64)),
            np.minimum(box.high, np.floor(np.minimum(high / shares.unit, 1e15)).astype(np.int64)),
            box.out & (low <= -shares.held) & (-shares.held <= high),
        )
        if all(
            np.array_equal(getattr(fewer, name), getattr(box, name))
            for name in ("low", "high", "out")
        ):
            break
        box = fewer
        found = relaxed(shares, box)
    return None if found is None or found.bound > most else (box, found)


def _without_gaps(shares: WholeShareProblem, low: IntArray, high: IntArray, out: BoolArray) -> Box:
    """The box whose ends are trades, or nothing where that may stay."""
    least, stays = shares.least, shares.may_stay
    low = np.where((low > -least) & (low < 0), 0, low)
    low = np.where((low == 0) & ~stays, least, low)
    low = np.where((low > 0) & (low < least), least, low)
    high = np.where((high < least) & (high > 0), 0, high)
    high = np.where((high == 0) & ~stays, -least, high)
    high = np.where((high < 0) & (high > -least), -least, high)
    return Box(low.astype(np.int64), high.astype(np.int64), np.asarray(out, dtype=np.bool_))


def _spread(shares: WholeShareProblem) -> FloatArray | None:
    """sqrt((C^-1)_ii), (m,); None where C has a direction without risk."""
    values = np.linalg.eigvalsh(shares.curve)
    if not values.size or values[0] <= values[-1] / _CONDITION:
        return None
    return np.asarray(np.sqrt(np.diag(np.linalg.inv(shares.curve))))
