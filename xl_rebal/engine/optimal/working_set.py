"""The fast path: a working set over the assets that trade, all others exactly where they are or at a limit.

An asset is fixed (untouched or at a limit) or free on one side of its current weight, bought or sold, where
its cost is linear. Over the free ones the optimum is one linear system (a face). Assets that are not content
with the multiplier of the budget join, the worst first, in blocks that double; those that would cross their
current weight or a limit leave, all at once, and the face is solved again.
Such a step is taken only if it lowers the objective; else one asset joins and the step ends where the first
one has to leave (the primal active-set method, which always descends). Each face is left for a better one,
so none comes twice. A ridge of 1e-11 of the mean variance makes every system regular (a proximal point: it
vanishes as the steps do), so singular covariances, cash and a risk aversion of 0 need no care of their own.
"""

from __future__ import annotations

from math import isinf
from typing import NamedTuple

import numpy as np

from xl_rebal.engine.optimal.feasible import feasible_start
from xl_rebal.engine.optimal.kkt import BAR, Slopes, rounding, scale, slopes
from xl_rebal.engine.optimal.problem import OptimalProblem
from xl_rebal.numerics.tolerance import WEIGHT_TOLERANCE
from xl_rebal.typing import BoolArray, FloatArray, IntArray

_RIDGE = 1e-11
_GOAL = 1e-12  # the residual at which to stop, relative as BAR is
_FEW = 64  # assets of which q is had anew in no time
_ALIKE = 0.9  # of the assets of a start have to want their trade again
_FIRST_BLOCK = 4  # assets that join on each side at first
_WORK = 8.0  # in cubes of n: some face solves of all assets, well below what a cone solver takes
_SMALL_WORK = 4e8  # as much as a cone solver takes of itself


class Start(NamedTuple):
    """Where a search begins: sides (n,), +1 bought, -1 sold, 0 fixed. The answer to a problem much like it."""

    sides: IntArray


def start_at(problem: OptimalProblem, weights: FloatArray) -> Start:
    """The sides of ``weights`` (n,): what stands at a limit or where it was is fixed."""
    inside = (weights > problem.lower) & (weights < problem.upper)
    return Start(np.where(inside, np.sign(weights - problem.current), 0.0).astype(np.int64))


class Point(NamedTuple):
    """What a search found: weights (n,), the gradient q there, nu and the KKT residual."""

    weights: FloatArray
    gradient: FloatArray
    nu: float
    residual: float


def search(
    problem: OptimalProblem,
    gradient: FloatArray,
    start: Start | None = None,
    weights: FloatArray | None = None,
) -> Point | None:
    """The optimum, or None where the working set grew too large or rounding stood in the way.

    ``gradient`` (n,) is q at the current weights. The search begins there, or at ``weights`` (n,) within
    the limits.
    """
    try:
        return _Search(problem, gradient, weights).run(start)
    except np.linalg.LinAlgError:
        return None


class _Search:
    def __init__(
        self, problem: OptimalProblem, gradient: FloatArray, weights: FloatArray | None = None
    ) -> None:
        self.problem = problem
        self.curvature = 2.0 * problem.risk_aversion
        self.weights = feasible_start(problem, gradient) if weights is None else weights
        self.gradient = gradient
        n = problem.size
        mean = self.curvature * problem.risk.mean
        self.ridge = _RIDGE * mean or 1e-6 * scale(problem, gradient) or 1.0
        self.rounding = rounding(problem)
        # Between which weights a bought and a sold asset keep their side.
        self.buy_low = np.maximum(problem.lower, problem.current)
        self.sale_high = np.minimum(problem.upper, problem.current)
        self.sides, self.cost = np.zeros(n, dtype=np.int64), 0.0
        if self.weights is not problem.current:
            self.gradient = problem.gradient(self.weights)
            self.sides = start_at(problem, self.weights).sides
            self.cost = problem.linear_cost(self.weights)
        self.work, self.most_work = 0.0, _WORK * n**3 + _SMALL_WORK

    def _again(self, start: Start, found: Slopes) -> IntArray | None:
        """The assets that traded in a problem much like this one, if most of them would begin to again.

        On the next day others trade than on the last, and a wrong beginning is worse than none.
        """
        problem, sides = self.problem, start.sides
        may = np.where(sides > 0, problem.current < problem.upper, problem.current > problem.lower)
        if self.weights is not problem.current:
            may &= (self.weights == problem.current) & (self.sides == 0)
        joining = sides * may
        would = np.where(joining > 0, found.nu - found.up, found.down - found.nu) > 0
        count = np.count_nonzero(joining)
        alike = count and np.count_nonzero(would & (joining != 0)) >= _ALIKE * count
        return joining if alike else None

    def run(self, start: Start | None) -> Point | None:
        problem = self.problem
        block, refined, is_fresh = _FIRST_BLOCK, 0, True
        joining: IntArray | None = None
        best: Point | None = None
        while self.work <= self.most_work:
            found = slopes(problem, self.weights, self.gradient)
            size = scale(problem, self.gradient)
            residual = found.residual
            if residual <= max(_GOAL * size, self.rounding):
                if is_fresh:
                    return self._point(found)
                self._complete()
                is_fresh = True
                continue
            free = self.sides.nonzero()[0]
            nu = float(found.up[free[0]]) if len(free) else found.nu  # all that are free agree
            if isinf(nu):  # rounding put a free one at its limit
                nu = found.nu
            if start is not None:
                joining, start = self._again(start, found), None
            if joining is None:
                joining = self._joining(found, nu, block, 1e-2 * _GOAL * size)
            is_wider = bool(np.count_nonzero(joining))
            if not is_wider:  # only rounding, or the ridge, is left
                point = self._point(found)
                if best is None or point.residual < 0.25 * best.residual:
                    refined = 0
                else:
                    refined += 1
                if best is None or point.residual < best.residual:
                    best = point
                if refined > 2:
                    break
            is_fresh = False
            if self._block_step(joining, must_descend=is_wider):
                block = min(2 * block, problem.size)
            else:
                self._single_step(found, nu)
                block = max(1, block // 4)
            joining = None
            if problem.size <= _FEW:
                self._complete()
                is_fresh = True
        return best if best is not None and self._is_good(best) else None

    def _complete(self) -> None:
        """Weights that add to 1 to the last bits, and q anew: what many steps have rounded away."""
        short = 1.0 - float(self.weights.sum())
        places = self.sides.nonzero()[0]
        if len(places) and abs(short) > 1e-15:
            low, high = self._range(places, self.sides[places])
            at = self.weights[places]
            roomiest = places[int((high - at if short > 0 else at - low).argmax())]
            self.weights = self.weights.copy()
            self.weights[roomiest] += short
        self.gradient = self.problem.gradient(self.weights)

    def _is_good(self, point: Point) -> bool:
        size = scale(self.problem, point.gradient)
        return point.residual <= max(BAR * size, self.rounding)

    def _point(self, found: Slopes) -> Point:
        return Point(self.weights, self.gradient, found.nu, found.residual)

    def _joining(self, found: Slopes, nu: float, block: int, least: float) -> IntArray:
        """Sides (n,) of the fixed assets that are furthest from content, up to ``block`` that rise and fall."""
        fixed = self.sides == 0
        rise, fall = nu - found.up, found.down - nu
        rises = _largest(rise, fixed & (rise > least), block).nonzero()[0]
        falls = _largest(fall, fixed & (fall > least), block).nonzero()[0]
        weights, current = self.weights, self.problem.current
        joining = np.zeros(len(fixed), dtype=np.int64)
        joining[rises] = np.where(weights[rises] < current[rises], -1, 1)
        joining[falls] = np.where(weights[falls] > current[falls], 1, -1)
        return joining

    def _face(self, weights: FloatArray, gradient: FloatArray, places: IntArray, sides: IntArray
              ) -> FloatArray:  # fmt: skip
        """The weights of the free assets at the optimum over them, from ``weights`` and q there."""
        problem, m = self.problem, len(places)
        self.work += problem.risk.work(m)
        cost = np.where(sides > 0, problem.buy_cost[places], -problem.sell_cost[places])
        step, _ = problem.risk.step(
            places,
            -(gradient[places] + cost),
            1.0 - float(np.add.reduce(weights)),
            self.curvature,
            self.ridge,
        )
        return weights[places] + step

    def _range(self, places: IntArray, sides: IntArray) -> tuple[FloatArray, FloatArray]:
        """Between which weights (m,) the free assets keep their side."""
        bought = sides > 0
        low = np.where(bought, self.buy_low[places], self.problem.lower[places])
        high = np.where(bought, self.problem.upper[places], self.sale_high[places])
        return low, high

    def _block_step(self, joining: IntArray, must_descend: bool) -> bool:
        """To the optimum of the face of all that are free or joining, less all that have to leave it."""
        problem = self.problem
        sides, weights = self.sides + joining, self.weights.copy()
        gradient = self.gradient
        places = sides.nonzero()[0]
        while True:
            if not len(places):
                return False
            on = sides[places]
            found = self._face(weights, gradient, places, on)
            low, high = self._range(places, on)
            falls, rises = found <= low + WEIGHT_TOLERANCE, found >= high - WEIGHT_TOLERANCE
            leaves = falls | rises
            if not np.count_nonzero(leaves):
                break
            gone = places[leaves]
            ends = np.where(falls, low, high)[leaves]
            gradient = gradient + self.curvature * problem.risk.change(gone, ends - weights[gone])
            weights[gone] = ends
            sides[gone] = 0
            places = places[~leaves]
        weights[places] = found
        change = weights - self.weights
        moved = change.nonzero()[0]
        gradient = self.gradient + self.curvature * problem.risk.change(moved, change[moved])
        cost = problem.linear_cost(weights)
        fall = 0.5 * float((self.gradient + gradient) @ change) + cost - self.cost
        if must_descend and not fall < 0:
            return False
        self.weights, self.gradient, self.sides, self.cost = weights, gradient, sides, cost
        return True

    def _single_step(self, found: Slopes, nu: float) -> None:
        """One asset joins (the first time two); each step ends where the first free one has to leave."""
        problem = self.problem
        sides, weights, gradient = self.sides.copy(), self.weights.copy(), self.gradient
        fixed = sides == 0
        rise = np.where(fixed, nu - found.up, -np.inf)
        fall = np.where(fixed, found.down - nu, -np.inf)
        most_rise, most_fall = int(rise.argmax()), int(fall.argmax())
        alone = np.count_nonzero(sides) == 0
        if alone or rise[most_rise] >= fall[most_fall]:
            sides[most_rise] = -1 if weights[most_rise] < problem.current[most_rise] else 1
        if alone or rise[most_rise] < fall[most_fall]:
            sides[most_fall] = 1 if weights[most_fall] > problem.current[most_fall] else -1
        while True:
            places = sides.nonzero()[0]
            if not len(places):
                break
            on = sides[places]
            wanted = self._face(weights, gradient, places, on)
            low, high = self._range(places, on)
            step = wanted - weights[places]
            room = np.where(step < 0, low - weights[places], high - weights[places])
            beyond = (wanted < low) | (wanted > high)
            moves = beyond & (step != 0)  # what rounding put beyond a limit may stand still there
            part = np.divide(room, step, out=np.where(beyond, 0.0, 1.0), where=moves)
            first = int(part.argmin())
            share = min(1.0, max(0.0, float(part[first])))
            step *= share
            ends = weights[places] + step
            if beyond.any():
                ends[first] = (
                    low[first] if step[first] < 0 or wanted[first] < low[first] else high[first]
                )
                sides[places[first]] = 0
            gradient = gradient + self.curvature * problem.risk.change(
                places, ends - weights[places]
            )
            weights[places] = ends
            if not beyond.any():
                break
        self.weights, self.gradient, self.sides = weights, gradient, sides
        self.cost = problem.linear_cost(weights)


def _largest(values: FloatArray, allowed: BoolArray, count: int) -> BoolArray:
    """Which are the ``count`` largest of the allowed ones."""
    if len(values) <= count or np.count_nonzero(allowed) <= count:
        return allowed
    places = allowed.nonzero()[0]
    chosen = np.zeros_like(allowed)
    chosen[places[np.argpartition(-values[places], count - 1)[:count]]] = True
    return chosen
