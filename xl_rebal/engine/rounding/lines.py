"""Target lines of several positions: what a coarse share cannot do, a finer one of its line does."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from xl_rebal.engine.rounding.asset import assets_of
from xl_rebal.engine.rounding.problem import RoundingProblem, WholeShares
from xl_rebal.engine.rounding.solve import best_of
from xl_rebal.numerics.groups import group_sums
from xl_rebal.typing import FloatArray, IntArray

_ROUNDS = 3
_SMALL = 1e-4  # of the wealth: a line that misses by less needs no other search


def for_lines(problem: RoundingProblem, line: IntArray) -> WholeShares:
    """The best whole shares for target lines: ``line`` (n,) numbers that of each position.

    The destinations of a line's positions are its sales or buys shared out; what counts is their sum.
    Where a line misses its destination by more than half a step of its finest position (and 0.01 pp),
    the others are taken as they came out, that position gets the rest, and the search is made again,
    for as long as the squared deviations of the lines fall.
    """
    assets = assets_of(problem)
    best = best_of(problem, assets)
    for _ in range(_ROUNDS):
        moved = _shifted(problem, best, line)
        if moved is None:
            break
        other = best_of(moved, assets)
        if _measure(problem, other, line) >= _measure(problem, best, line):
            break
        best = other
    return best


def _weights(problem: RoundingProblem, found: WholeShares) -> FloatArray:
    return np.asarray((problem.held + found.change) * problem.price * 100 / found.wealth_cents)


def _measure(problem: RoundingProblem, found: WholeShares, line: IntArray) -> tuple[float, float]:
    """How far from the bands; then squares of the lines' and cash's deviations, and of the cost."""
    missed = _weights(problem, found) - problem.destination
    away = group_sums(missed, line, int(line.max(initial=0)) + 1)
    cost = found.cost_cents / found.wealth_cents
    return found.distance, float((away**2).sum() + away.sum() ** 2 + cost**2)


def _shifted(
    problem: RoundingProblem, found: WholeShares, line: IntArray
) -> RoundingProblem | None:
    """The problem with the destinations of such lines shifted to their finest positions."""
    if found.wealth_cents <= 0:
        return None
    weights = _weights(problem, found)
    unit = problem.step * problem.price * 100 / found.wealth_cents
    is_free = (problem.lowest < problem.held) | (problem.highest > problem.held)
    destination, guess = problem.destination.copy(), problem.guess.copy()
    for number in np.unique(line):
        members = np.flatnonzero(line == number)
        free = members[is_free[members]]
        if len(members) < 2 or not len(free):
            continue
        missing = float((problem.destination - weights)[members].sum())
        finest = int(free[unit[free].argmin()])
        if abs(missing) <= max(float(unit[finest]) / 2, _SMALL):
            continue
        others = members[members != finest]
        goal = float(problem.destination[members].sum() - weights[others].sum())
        destination[others], destination[finest] = weights[others], max(0.0, goal)
        guess[finest] = destination[finest] * found.wealth_cents / 100 / problem.price[finest]
    if np.array_equal(destination, problem.destination):
        return None
    return replace(problem, destination=destination, guess=guess)
