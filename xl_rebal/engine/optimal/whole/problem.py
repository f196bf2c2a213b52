"""What is asked in whole shares: the convex problem, beside prices, tickets and counts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from xl_rebal.engine.optimal.problem import OptimalProblem
from xl_rebal.typing import BoolArray, FloatArray, IntArray

ROOM = 1e-12
"""Weights that differ by no more are the same."""

FOREVER = 2**40
"""More steps than anybody trades."""


@dataclass(frozen=True, eq=False)
class WholeShareProblem:
    """The trades that may be made; arrays (n,) over the assets of ``problem``, of which ``cash`` is one.

    wealth: currency that weights are fractions of, before costs.
    price, step: currency a share, and shares a step (the round lot); cash has none.
    fee: currency a ticket. minimum: currency that a trade is worth at least.
    most_trades: of assets, cash not counted; None: any number.
    cash_floor: the least weight of cash, once costs and tickets are paid.

    An asset trades nothing, whole steps, or all that is held (which may be a fraction of a step). Weights
    are of the wealth before costs, and cash has what the assets leave; what is paid in costs is in the
    objective, and comes out of the cash.
    """

    problem: OptimalProblem
    wealth: float
    price: FloatArray
    step: FloatArray
    fee: FloatArray
    cash: int
    minimum: float = 0.0
    most_trades: int | None = None
    cash_floor: float = 0.0

    def __post_init__(self) -> None:
        n = self.problem.size
        if any(len(each) != n for each in (self.price, self.step, self.fee)):
            raise ValueError("whole shares: every array must have the assets of the problem")
        if not self.wealth > 0 or self.minimum < 0 or (self.fee < 0).any():
            raise ValueError("whole shares: wealth must be above 0, fees and minimum 0 or more")
        others = self.others
        if not ((self.price[others] > 0).all() and (self.step[others] > 0).all()):
            raise ValueError("whole shares: prices and steps must be above 0")

    # -- over the m = n - 1 assets that are not cash -------------------------------------------------

    @cached_property
    def others(self) -> IntArray:
        """The places of all that is not cash, (m,)."""
        return np.delete(np.arange(self.problem.size), self.cash)

    @cached_property
    def held(self) -> FloatArray:
        """Weights before, (m,)."""
        return self.problem.current[self.others]

    @cached_property
    def goal(self) -> FloatArray:
        """Target weights, (m,)."""
        return self.problem.target[self.others]

    @cached_property
    def unit(self) -> FloatArray:
        """The weight of one step, (m,)."""
        return (self.price * self.step)[self.others] / self.wealth

    @cached_property
    def curve(self) -> FloatArray:
        """gamma x the covariance where cash takes the other side of each trade, (m, m)."""
        whole, at, cash = self.problem.risk.dense(), self.others, self.cash
        beside = whole[at, cash]
        apart = whole[np.ix_(at, at)] - beside[:, None] - beside[None, :] + whole[cash, cash]
        return np.asarray(self.problem.risk_aversion * apart)

    @cached_property
    def buy_rate(self) -> FloatArray:
        """Cost of a purchase, cash's side with it, (m,)."""
        return self.problem.buy_cost[self.others]

    @cached_property
    def sell_rate(self) -> FloatArray:
        return self.problem.sell_cost[self.others]

    @cached_property
    def ticket(self) -> FloatArray:
        """A ticket as a fraction of the wealth, (m,)."""
        return self.fee[self.others] / self.wealth

    @cached_property
    def idle(self) -> float:
        """The weight of cash above its floor, before any trade."""
        return float(self.problem.current[self.cash]) - self.cash_floor

    @cached_property
    def least(self) -> IntArray:
        """The fewest steps that are a trade, (m,)."""
        return np.maximum(_up(self.minimum / self.wealth, self.unit), 1)

    @cached_property
    def lowest(self) -> IntArray:
        """The most steps that may be sold, as a number <= 0 (m,): nothing below its limit, nothing short."""
        return np.minimum(
            _up(np.maximum(self.problem.lower[self.others], 0) - self.held, self.unit), FOREVER
        )

    @cached_property
    def highest(self) -> IntArray:
        """The most steps that may be bought, (m,)."""
        limit = np.minimum(self.problem.upper[self.others], 1e6)
        return _down(limit - self.held, self.unit)

    @cached_property
    def sells_out(self) -> BoolArray:
        """Whether all may be sold though it is no number of steps, (m,)."""
        part = np.abs(np.rint(self.held / self.unit) * self.unit - self.held) > ROOM
        enough = self.held * self.wealth >= self.minimum * (1 - ROOM)
        allowed = self.problem.lower[self.others] <= ROOM
        return np.asarray(part & enough & allowed & (self.held > ROOM))

    @cached_property
    def may_stay(self) -> BoolArray:
        """Whether the weight before is within the limits, (m,)."""
        at = self.others
        low = self.held >= self.problem.lower[at] - ROOM
        return np.asarray(low & (self.held <= self.problem.upper[at] + ROOM))


def _up(weight: FloatArray | float, unit: FloatArray) -> IntArray:
    """The fewest whole steps that are at least ``weight``."""
    return np.ceil(weight / unit - ROOM / unit).astype(np.int64)


def _down(weight: FloatArray, unit: FloatArray) -> IntArray:
    return np.floor(weight / unit + ROOM / unit).astype(np.int64)
