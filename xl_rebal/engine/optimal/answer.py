"""The optimal weights with their certificate."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property

import numpy as np

from xl_rebal.engine.optimal import kkt
from xl_rebal.engine.optimal.problem import NO_LIMITS, Limits, OptimalProblem
from xl_rebal.engine.optimal.working_set import Start, start_at
from xl_rebal.errors import Code, InputError, Problem
from xl_rebal.typing import FloatArray, IntArray
from xl_rebal.wording import percent


class Method(StrEnum):
    """How an answer was found."""

    NO_TRADE = "no trade"
    TWO_ASSETS = "two assets"
    WORKING_SET = "working set"
    CONE_SOLVER = "cone solver"


class Status(StrEnum):
    """What the residual proves."""

    OPTIMAL = "optimal"
    """Relative residual of at most 1e-9."""
    NEARLY_OPTIMAL = "optimal within 1e-6"
    """Relative residual of at most 1e-6: what a cone solver found could not be made sharper."""


@dataclass(frozen=True, eq=False)
class Multipliers:
    """What one unit of each limit is worth, in the objective.

    budget: nu of sum w = 1.
    turnover: of the one-way turnover cap, >= 0.
    groups: (m,) of the group bounds, > 0 at an upper and < 0 at a lower bound.
    """

    budget: float
    turnover: float = 0.0
    groups: FloatArray | None = None


@dataclass(frozen=True, eq=False)
class Optimal:
    """Optimal weights and what proves it; weights that weren't traded are those of ``current`` to the bit.

    problem: as solved, cash floor and locked assets among its lower and upper limits.
    weights: (n,), add to 1 within 1e-12.
    residual: the KKT residual, in the units of q; relative_residual: of max(c, |q|).
    gap: objective less a lower bound of all objectives; None where none is known.
    """

    problem: OptimalProblem
    limits: Limits
    weights: FloatArray
    multipliers: Multipliers
    method: Method
    residual: float
    relative_residual: float

    @property
    def status(self) -> Status:
        """What is proven."""
        return (
            Status.OPTIMAL if self.relative_residual <= kkt.BAR else Status.NEARLY_OPTIMAL
        )  # fmt: skip

    @cached_property
    def trades(self) -> FloatArray:
        """w - w0, shape (n,): exactly 0 where nothing is traded."""
        return self.weights - self.problem.current

    @property
    def trade_count(self) -> int:
        """How many assets are traded."""
        return int(np.count_nonzero(self.trades))

    @property
    def turnover(self) -> float:
        """One-way: half the sum of |w - w0|."""
        return 0.5 * float(np.abs(self.trades).sum())

    @cached_property
    def tracking_variance(self) -> float:
        """(w - t)'S(w - t), of the horizon of the covariance."""
        return self.problem.tracking_variance(self.weights)

    @cached_property
    def cost(self) -> float:
        """Linear costs and impact, a fraction of the whole value."""
        impact = impact_cost(self.limits, self.trades)
        return self.problem.linear_cost(self.weights) + impact

    @property
    def objective(self) -> float:
        """gamma (w - t)'S(w - t) + costs."""
        return self.problem.risk_aversion * self.tracking_variance + self.cost

    @cached_property
    def gap(self) -> float | None:
        """Duality gap: no weights within the limits have an objective lower by more than this."""
        gradient, priced = priced_problem(self.problem, self.limits, self.weights, self.multipliers)
        found = kkt.gap(priced, self.weights, gradient, self.multipliers.budget)
        worth = self.multipliers
        if worth.turnover:
            found += worth.turnover * (self.limits.turnover - self.turnover)
        for group, each in zip(self.limits.groups, _groups(worth), strict=False):
            if each:
                bound = group.upper if each > 0 else group.lower
                found += each * (bound - float(group.members @ self.weights))
        return found if np.isfinite(found) else None

    @cached_property
    def at_lower(self) -> IntArray:
        """The assets that stand at their lower limit and would go below it."""
        gradient, priced = priced_problem(self.problem, self.limits, self.weights, self.multipliers)
        cost = np.where(self.weights > self.problem.current, priced.buy_cost, -priced.sell_cost)
        presses = gradient + cost > self.multipliers.budget + 1e-9 * kkt.scale(priced, gradient)
        return np.flatnonzero((self.weights <= self.problem.lower) & presses)

    @cached_property
    def at_upper(self) -> IntArray:
        """The assets that stand at their upper limit and would go above it."""
        gradient, priced = priced_problem(self.problem, self.limits, self.weights, self.multipliers)
        cost = np.where(self.weights < self.problem.current, -priced.sell_cost, priced.buy_cost)
        presses = gradient + cost < self.multipliers.budget - 1e-9 * kkt.scale(priced, gradient)
        return np.flatnonzero((self.weights >= self.problem.upper) & presses)

    @property
    def binding(self) -> tuple[str, ...]:
        """The limits that cost something, in words."""
        name, problem = self.problem.name, self.problem
        locked = problem.lower == problem.upper
        words = [
            f"{name(i)} {'locked at' if locked[i] else 'at least'} {percent(problem.lower[i])}"
            for i in self.at_lower
        ]
        words += [
            f"{name(i)} {'locked at' if locked[i] else 'at most'} {percent(problem.upper[i])}"
            for i in self.at_upper
        ]
        for group, each in zip(self.limits.groups, _groups(self.multipliers), strict=False):
            if each:
                most = f"at most {percent(group.upper)}"
                words.append(
                    f"{group.name} {most if each > 0 else f'at least {percent(group.lower)}'}"
                )
        if self.multipliers.turnover > 0:
            words.append(f"turnover at most {percent(self.limits.turnover)}")
        return tuple(words)

    @property
    def start(self) -> Start:
        """Where the search for the answer to a problem much like this one may begin."""
        return start_at(self.problem, self.weights)


def _groups(worth: Multipliers) -> list[float]:
    return [] if worth.groups is None else worth.groups.tolist()


def impact_cost(limits: Limits, trades: FloatArray) -> float:
    """sum k_i |x_i|^(3/2), a fraction of the whole value."""
    return 0.0 if limits.impact is None else float(limits.impact @ np.abs(trades) ** 1.5)


def impact_slope(limits: Limits, trades: FloatArray) -> FloatArray | float:
    """The derivative of the impact by each trade, shape (n,): 1.5 k_i |x_i|^(1/2) with the trade's sign."""
    if limits.impact is None:
        return 0.0
    return np.asarray(1.5 * limits.impact * np.sqrt(np.abs(trades)) * np.sign(trades))


def priced_problem(
    problem: OptimalProblem, limits: Limits, weights: FloatArray, worth: Multipliers
) -> tuple[FloatArray, OptimalProblem]:
    """The slope of all that is smooth (n,), and the problem without limits but of single assets.

    What the multipliers charge stands in for the limits: groups in the slope, half the turnover's
    multiplier in every rate.
    """
    gradient = problem.gradient(weights)
    if limits is NO_LIMITS:
        return gradient, problem
    gradient = gradient + impact_slope(limits, weights - problem.current)
    for group, each in zip(limits.groups, _groups(worth), strict=False):
        gradient = gradient + each * group.members
    if not worth.turnover:
        return gradient, problem
    half = 0.5 * worth.turnover
    return gradient, replace(
        problem, buy_cost=problem.buy_cost + half, sell_cost=problem.sell_cost + half
    )


def certified(
    problem: OptimalProblem,
    limits: Limits,
    weights: FloatArray,
    method: Method,
    worth: Multipliers | None = None,
) -> Optimal:
    """The answer with its residual; ``worth`` are the multipliers of all limits but the budget's."""
    worth = worth or Multipliers(0.0)
    gradient, priced = priced_problem(problem, limits, weights, worth)
    found = kkt.slopes(priced, weights, gradient)
    residual = found.residual
    return Optimal(
        problem,
        limits,
        weights,
        Multipliers(found.nu, worth.turnover, worth.groups),
        method,
        residual,
        kkt.relative(problem, residual, gradient),
    )


def unsolved() -> InputError:
    """The error of a problem that no method solved to its bar: no answer rather than a doubtful one."""
    return InputError(
        Problem(
            Code.NO_VALUE,
            "an optimum that could not be proven",
            "numbers of ordinary size",
            "Look for extreme covariances, costs or risk aversion.",
        )
    )
