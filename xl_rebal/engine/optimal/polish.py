"""From a cone solver's answer to the general model to exact zeros and exact limits.

What is within a dust of its current weight or a limit is taken to be there; over the rest and the limits that
bind, the optimality conditions are solved by Newton's method (one step where there is no impact). What would
cross joins those that are fixed; what is not content there is let go. The answer of least residual is kept.
"""

from __future__ import annotations

import numpy as np

from xl_rebal.engine.optimal import kkt
from xl_rebal.engine.optimal.answer import (
    Method,
    Multipliers,
    Optimal,
    certified,
    impact_slope,
    priced_problem,
)
from xl_rebal.engine.optimal.problem import Limits, OptimalProblem
from xl_rebal.engine.optimal.snap import snapped
from xl_rebal.typing import BoolArray, FloatArray, IntArray

_DUST = (1e-7, 1e-6, 1e-9, 1e-5)
_ROUNDS = 30
_FEASIBLE = 1e-10  # by how much limits beyond those of single assets may be missed


def polished(
    problem: OptimalProblem, limits: Limits, near: FloatArray, worth: Multipliers
) -> Optimal:
    """The answer nearest to ``near`` (n,) whose residual is least."""
    found: list[Optimal] = []
    method = Method.CONE_SOLVER
    for dust in _DUST:
        ends = _Polish(problem, limits, near, worth, dust).run()
        found += [certified(problem, limits, weights, method, each) for weights, each in ends]
        if found and min(each.relative_residual for each in found) <= kkt.BAR:
            break
    if not found:
        weights = snapped(problem, near, _DUST[-2])
        found = [certified(problem, limits, weights, method, worth)]
    return min(found, key=lambda answer: answer.relative_residual)


class _Polish:
    def __init__(
        self,
        problem: OptimalProblem,
        limits: Limits,
        near: FloatArray,
        worth: Multipliers,
        dust: float,
    ) -> None:
        self.problem, self.limits, self.worth, self.dust = problem, limits, worth, dust
        self.weights = np.clip(near, problem.lower, problem.upper)
        lower, upper, current = problem.lower, problem.upper, problem.current
        self.at_lower = near <= lower + dust
        self.at_upper = ~self.at_lower & (near >= upper - dust)
        inside = (current >= lower) & (current <= upper)
        self.untouched = inside & (np.abs(near - current) <= dust)
        self._fix()
        self.sides = np.where(self.fixed, 0, np.sign(near - current)).astype(np.int64)
        held = np.array([group.members @ near for group in limits.groups])
        price = np.zeros(0) if worth.groups is None else worth.groups
        size = kkt.scale(problem, problem.gradient(near))
        self.bound_groups = [
            (group.members, group.upper if price[m] > 0 else group.lower, m)
            for m, group in enumerate(limits.groups)
            if abs(price[m]) > 1e-7 * size
            and min(abs(group.upper - held[m]), abs(held[m] - group.lower)) <= 10 * dust
        ]
        turnover = 0.5 * float(np.abs(near - current).sum())
        self.has_turnover = (
            worth.turnover > 1e-7 * size and abs(turnover - limits.turnover) <= 10 * dust
        )

    @property
    def fixed(self) -> BoolArray:
        return self.at_lower | self.at_upper | self.untouched

    def _fix(self) -> None:
        problem, weights = self.problem, self.weights
        weights = np.where(self.at_lower, problem.lower, weights)
        weights = np.where(self.at_upper, problem.upper, weights)
        self.weights = np.where(self.untouched, problem.current, weights)

    def run(self) -> list[tuple[FloatArray, Multipliers]]:
        """Weights with the multipliers of their face, and with those of the solver; empty where none fit."""
        face = None
        for _ in range(_ROUNDS):
            places = np.flatnonzero(~self.fixed)
            if not len(places):
                break
            face = self._newton(places)
            if face is None:
                return []
            if self._leave(places):
                continue
            if not self._release(face):
                break
        if not self._is_feasible():
            return []
        prices = [self.worth] if face is None else [face, self.worth]
        return [(self.weights, each) for each in prices]

    def _newton(self, places: IntArray) -> Multipliers | None:
        """Weights of the free assets at the optimum of the face; None where it has none."""
        problem, limits = self.problem, self.limits
        m, side = len(places), self.sides[places]
        cost = np.where(side > 0, problem.buy_cost[places], -problem.sell_cost[places])
        rows = [np.ones(m), *(members[places] for members, _, _ in self.bound_groups)]
        if self.has_turnover:
            rows.append(np.asarray(0.5 * side, dtype=np.float64))
        border = np.array(rows)
        b = len(border)
        system = np.zeros((m + b, m + b))
        smooth = 2.0 * problem.risk_aversion * problem.risk.block(places)
        scale = float(np.abs(smooth).max()) or kkt.scale(
            problem, self.problem.gradient(self.weights)
        )
        system[:m, m:], system[m:, :m] = scale * border.T, scale * border
        for _ in range(40 if limits.has_impact else 2):
            system[:m, :m] = smooth
            if limits.impact is not None:
                size = np.maximum(np.abs(self.weights - problem.current)[places], 1e-16)
                system[np.arange(m), np.arange(m)] += 0.75 * limits.impact[places] / np.sqrt(size)
            gradient = problem.gradient(self.weights)
            gradient = gradient + impact_slope(limits, self.weights - problem.current)
            right = np.concatenate((-(gradient[places] + cost), scale * self._missing()))
            found = np.asarray(np.linalg.lstsq(system, right, rcond=1e-14)[0], dtype=np.float64)
            if not np.isfinite(found).all():
                return None
            step = found[:m]
            share = self._share(places, step) if limits.has_impact else 1.0
            self.weights[places] += share * step
            if share == 1.0 and np.abs(step).max() <= 1e-15:
                break
        prices = scale * found[m:]
        groups = np.zeros(len(limits.groups))
        for (_, _, place), each in zip(self.bound_groups, prices[1:], strict=False):
            groups[place] = each
        turnover = float(prices[-1]) if self.has_turnover else 0.0
        return Multipliers(-float(prices[0]), max(0.0, turnover), groups)

    def _missing(self) -> FloatArray:
        """What the budget and the limits that bind lack."""
        weights = self.weights
        missing = [1.0 - float(weights.sum())]
        missing += [bound - float(members @ weights) for members, bound, _ in self.bound_groups]
        if self.has_turnover:
            used = 0.5 * float(np.abs(weights - self.problem.current).sum())
            missing.append(self.limits.turnover - used)
        return np.array(missing)

    def _share(self, places: IntArray, step: FloatArray) -> float:
        """How much of a step keeps every trade on its side: impact has no slope beyond."""
        trade = (self.weights - self.problem.current)[places]
        shrinks = trade * step < 0
        if not shrinks.any():
            return 1.0
        return min(1.0, 0.9 * float(np.abs(trade[shrinks] / step[shrinks]).min()))

    def _leave(self, places: IntArray) -> bool:
        """Fix what crossed its current weight or a limit; whether anything did."""
        problem, weights, side = self.problem, self.weights[places], self.sides[places]
        trade = weights - problem.current[places]
        may_stay = (problem.current >= problem.lower) & (problem.current <= problem.upper)
        crossed = (trade * side <= 1e-12) & may_stay[places]
        below, above = weights < problem.lower[places], weights > problem.upper[places]
        self.untouched[places[crossed]] = True
        self.at_lower[places[below & ~crossed]] = True
        self.at_upper[places[above & ~crossed]] = True
        self._fix()
        self.sides[self.fixed] = 0
        return bool((crossed | below | above).any())

    def _release(self, face: Multipliers) -> bool:
        """Let go the fixed asset that is least content with the face's multipliers; whether one was."""
        problem = self.problem
        gradient, priced = priced_problem(problem, self.limits, self.weights, face)
        found = kkt.slopes(priced, self.weights, gradient)
        rise, fall = face.budget - found.up, found.down - face.budget
        lack = np.where(self.fixed, np.maximum(rise, fall), -np.inf)
        place = int(lack.argmax())
        if lack[place] <= 1e-9 * kkt.scale(problem, gradient):
            return False
        self.at_lower[place] = self.at_upper[place] = self.untouched[place] = False
        upward = bool(rise[place] > 0)
        trade = self.weights[place] - problem.current[place]
        self.sides[place] = np.sign(trade) if trade else (1 if upward else -1)
        if self.limits.has_impact and not trade:
            self.weights[place] += 1e-8 if upward else -1e-8
        return True

    def _is_feasible(self) -> bool:
        weights, problem, limits = self.weights, self.problem, self.limits
        if abs(float(weights.sum()) - 1.0) > 1e-12:
            return False
        if (weights < problem.lower).any() or (weights > problem.upper).any():
            return False
        if 0.5 * float(np.abs(weights - problem.current).sum()) > limits.turnover + _FEASIBLE:
            return False
        held = [(float(group.members @ weights), group) for group in limits.groups]
        return all(g.lower - _FEASIBLE <= at <= g.upper + _FEASIBLE for at, g in held)
