"""What is asked: holdings, targets, risk, costs and limits, as arrays over n assets (cash is one of them)."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from xl_rebal.engine.optimal.risk import Risk
from xl_rebal.errors import Code, InputError, Problem
from xl_rebal.numerics.tolerance import TARGET_SUM_TOLERANCE, WEIGHT_TOLERANCE
from xl_rebal.typing import BoolArray, FloatArray
from xl_rebal.wording import percent, points


def normalised(weights: FloatArray, argument: str = "current") -> FloatArray:
    """Weights (n,) that add to 1; refuses what is off by more than 1e-4.

    Those that add to 1 within rounding come back as they are.

    >>> round(float(normalised(np.array([0.50003, 0.5])).sum()), 12)
    1.0
    """
    total = float(weights.sum())
    if abs(total - 1.0) <= WEIGHT_TOLERANCE / 4:
        return weights
    if not abs(total - 1.0) <= TARGET_SUM_TOLERANCE:
        off = f"{points(total - 1.0)} {'too much' if total > 1 else 'are missing'}."
        raise InputError(
            Problem(Code.WEIGHTS_SUM, f"weights that add to {percent(total, 2)}", "100 %", off,
                    argument=argument)
        )  # fmt: skip
    return weights / total


@dataclass(frozen=True, eq=False)
class OptimalProblem:
    """Minimise gamma (w-t)'S(w-t) + sum buy_i (w_i-w0_i)+ + sum sell_i (w0_i-w_i)+ over w, sum w = 1.

    method.md section 4: the quadratic carries no 1/2, and gamma has the horizon of ``risk``.

    current: w0 (n,), fractions that add to 1 within 1e-12 (see ``normalised``); may be outside the limits,
        then they must move.
    target: t (n,), fractions that add to 1.
    risk: the covariance S of n assets.
    risk_aversion: gamma >= 0.
    buy_cost, sell_cost: fractions of the value traded, per side, >= 0, shape (n,). A tax on gains is
        added to the cost of selling.
    lower, upper: limits of the weights, shape (n,); by default 0 and none.
    names: of the assets, for sentences; may be empty.
    """

    current: FloatArray
    target: FloatArray
    risk: Risk
    risk_aversion: float
    buy_cost: FloatArray
    sell_cost: FloatArray
    lower: FloatArray = field(default_factory=lambda: np.empty(0))
    upper: FloatArray = field(default_factory=lambda: np.empty(0))
    names: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        n = self.risk.size
        if not self.lower.size:
            object.__setattr__(self, "lower", np.zeros(n))
        if not self.upper.size:
            object.__setattr__(self, "upper", np.full(n, np.inf))
        arrays = (
            self.current, self.target, self.buy_cost, self.sell_cost, self.lower, self.upper
        )  # fmt: skip
        if any(each.shape != (n,) for each in arrays) or (self.names and len(self.names) != n):
            raise ValueError(f"optimal: every array must have the {n} assets of the risk")
        known = self.current.sum(), self.target.sum(), self.buy_cost.sum(), self.sell_cost.sum()
        if not np.isfinite(known).all() or not 0 <= self.risk_aversion < np.inf:
            raise ValueError(
                "optimal: weights, costs and a risk aversion of 0 or more must be numbers"
            )
        if abs(known[0] - 1.0) > WEIGHT_TOLERANCE or abs(known[1] - 1.0) > 1e-9:
            raise ValueError("optimal: current and target weights must add to 1")
        if self.buy_cost.min() < 0 or self.sell_cost.min() < 0:
            raise ValueError("optimal: costs must be 0 or more")
        if not (self.lower <= self.upper).all():
            raise ValueError("optimal: lower limits must not be above upper limits")

    @property
    def size(self) -> int:
        """n, the number of assets."""
        return len(self.current)

    @cached_property
    def dearest(self) -> float:
        """The highest cost rate of all."""
        return float(max(self.buy_cost.max(), self.sell_cost.max()))

    @cached_property
    def is_inside(self) -> bool:
        """Whether the current weights are within the limits of single assets."""
        outside = (self.current < self.lower) | (self.current > self.upper)
        return not np.count_nonzero(outside)

    def name(self, place: int) -> str:
        """The asset at a place, as a sentence names it."""
        return self.names[place] if self.names else f"asset {place + 1}"

    def gradient(self, weights: FloatArray) -> FloatArray:
        """q = 2 gamma S (w - t), shape (n,)."""
        return 2.0 * self.risk_aversion * self.risk.times(weights - self.target)

    def tracking_variance(self, weights: FloatArray) -> float:
        """(w - t)'S(w - t), of the horizon of the covariance."""
        off = weights - self.target
        return max(0.0, float(off @ self.risk.times(off)))

    def linear_cost(self, weights: FloatArray) -> float:
        """Cost of trading from current to ``weights``, a fraction of the whole value."""
        change = weights - self.current
        return float(np.where(change > 0, self.buy_cost, -self.sell_cost) @ change)


@dataclass(frozen=True, eq=False)
class GroupBound:
    """``lower`` <= sum of the ``members``' weights <= ``upper``; members (n,) are exposures, mostly 0 or 1."""

    name: str
    members: FloatArray
    lower: float = -np.inf
    upper: float = np.inf

    def __post_init__(self) -> None:
        if not self.lower <= self.upper or not np.isfinite(self.members).all():
            raise ValueError(f"limits: group {self.name!r} needs numbers, lower not above upper")


@dataclass(frozen=True, eq=False)
class Limits:
    """What may be asked beyond limits of single assets.

    groups: bounds of weighted sums.
    turnover: greatest one-way turnover, sum |w - w0| / 2.
    cash, cash_floor: the place of cash and its least weight.
    locked: assets (n,) that keep their current weight.
    impact: k (n,) >= 0 of the market impact sum k_i |w_i - w0_i|^(3/2), a fraction of the whole value.
    """

    groups: tuple[GroupBound, ...] = ()
    turnover: float = np.inf
    cash: int | None = None
    cash_floor: float = 0.0
    locked: BoolArray | None = None
    impact: FloatArray | None = None

    def __post_init__(self) -> None:
        if not self.turnover >= 0:
            raise ValueError("limits: a turnover must be 0 or more")
        if not np.isfinite(self.cash_floor):
            raise ValueError("limits: a cash floor must be a number")
        if self.impact is not None and not ((self.impact >= 0) & (self.impact < np.inf)).all():
            raise ValueError("limits: impact must be 0 or more")

    @property
    def has_impact(self) -> bool:
        """Whether any trade has a market impact."""
        return self.impact is not None and bool((self.impact > 0).any())


NO_LIMITS = Limits()
