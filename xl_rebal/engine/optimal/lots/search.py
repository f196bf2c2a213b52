"""Which groups sell losses and which buy: branch and bound.

What is open is relaxed to convex curves below the true ones, so that a node's optimum is a bound of all plans
under it. Each node's weights also say how its open groups could be decided; the optimum then is a plan.
"""

from __future__ import annotations

from dataclasses import dataclass
from heapq import heappop, heappush
from time import monotonic

import numpy as np

from xl_rebal.engine.optimal.lots.directions import Directions, Way
from xl_rebal.engine.optimal.lots.pieces import Convex, PieceSolver
from xl_rebal.numerics.tolerance import WEIGHT_TOLERANCE
from xl_rebal.typing import FloatArray, IntArray

Ways = tuple[Way, ...]

_LONG = 60  # nodes after which a good plan is looked for in its own right
_NOTHING = 1e-15  # of the whole value, in an objective


@dataclass(frozen=True, eq=False)
class Found:
    """The best plan: how groups are decided and the optimum under it; no plan is below ``bound``."""

    ways: Ways
    convex: Convex
    bound: float
    nodes: int


def best_ways(
    directions: Directions, gap: float, nodes: int, seconds: float
) -> Found | None:  # fmt: skip
    """The best plan to within ``gap`` of the objective; None where there is none.

    ``nodes`` and ``seconds`` end the search early, as soon as there is a plan, with the best so far.
    """
    return _Search(directions, gap).run(nodes, monotonic() + seconds)


class _Search:
    def __init__(self, directions: Directions, gap: float) -> None:
        self.directions, self.gap = directions, gap
        self.solver = PieceSolver(directions.taxed.problem)
        self.best: tuple[Ways, Convex] | None = None
        self.tried: set[Ways] = set()

    def run(self, nodes: int, until: float) -> Found | None:
        count, settled = (
            0,
            np.inf,
        )  # settled: what no plan is below where the search went no further
        begin = (Way.OPEN,) * len(self.directions.contested)
        heap: list[tuple[float, int, Ways]] = [(-np.inf, 0, begin)]
        while heap and heap[0][0] < self._goal():
            is_over = count >= nodes or monotonic() > until
            if is_over and self.best is not None:
                break
            above, _, ways = heappop(heap)
            count += 1
            convex = self._solve(ways)
            if convex is None:
                continue
            bound = max(above, convex.bound)
            self._try(ways, convex)
            if count == _LONG:
                self._improve(until)
            place = self._most_open(ways, convex.weights)
            if place is None or bound >= self._goal():
                settled = min(settled, bound)
                continue
            for order, way in enumerate((Way.LOSSES, Way.BUYS)):
                child = (*ways[:place], way, *ways[place + 1 :])
                heappush(heap, (bound, 2 * count + order, child))
        if self.best is None:
            return None
        ways, convex = self.best
        least = min(settled, heap[0][0] if heap else np.inf, convex.objective)
        return Found(ways, convex, least, count)

    def _goal(self) -> float:
        """The bound from which nothing more is to be won."""
        return np.inf if self.best is None else self.best[1].objective - self.gap

    def _solve(self, ways: Ways) -> Convex | None:
        curves = self.directions.curves(ways)
        return None if curves is None else self.solver.solve(curves)

    def _improve(self, until: float) -> None:
        """Change the way of one group at a time as long as that makes the best plan better."""
        place, unchanged = 0, 0
        while self.best is not None and unchanged < len(self.directions.contested):
            if monotonic() > until:
                return
            before, plan = self.best
            other = Way.LOSSES if before[place] is Way.BUYS else Way.BUYS
            self._keep((*before[:place], other, *before[place + 1 :]))
            unchanged = unchanged + 1 if self.best[1] is plan else 0
            place = (place + 1) % len(before)

    def _try(self, ways: Ways, convex: Convex) -> None:
        """Make a plan of a node's optimum, and keep it where it is the best."""
        weights = convex.weights
        decided = tuple(
            self._nearest(group, weights) if way is Way.OPEN else way
            for group, way in zip(self.directions.contested, ways, strict=True)
        )
        self._keep(decided, convex if decided == ways else None)

    def _keep(self, decided: Ways, known: Convex | None = None) -> None:
        """Keep the plan of ways that leave nothing open, where it is the best; ``known`` is its optimum."""
        if decided in self.tried:
            return
        self.tried.add(decided)
        plan = known or self._solve(decided)
        if plan is not None and (self.best is None or plan.objective < self.best[1].objective):
            self.best = decided, plan

    def _nearest(self, group: IntArray, weights: FloatArray) -> Way:
        """What most of the group's trades say."""
        sold, bought = self._lost(group, weights), self._bought(group, weights)
        return Way.LOSSES if sold > bought else Way.BUYS

    def _most_open(self, ways: Ways, weights: FloatArray) -> int | None:
        """The open group whose weights are furthest from a plan of the same objective; None: they are one."""
        open_ways = [place for place, way in enumerate(ways) if way is Way.OPEN]
        if not open_ways:
            return None
        off = [self._off(self.directions.contested[place], weights) for place in open_ways]
        most = int(np.argmax(off))
        return open_ways[most] if off[most] > 0 else None

    def _off(self, group: IntArray, weights: FloatArray) -> float:
        """By how much the curves are below the true ones, and what is both sold at a loss and bought."""
        below = sum(self.directions.below(int(i), float(weights[i])) for i in group)
        both = min(self._lost(group, weights), self._bought(group, weights))
        return (below if below > _NOTHING else 0.0) + (both if both > WEIGHT_TOLERANCE else 0.0)

    def _bought(self, group: IntArray, weights: FloatArray) -> float:
        change = weights[group] - self.directions.taxed.problem.current[group]
        return float(np.maximum(change, 0.0).sum())

    def _lost(self, group: IntArray, weights: FloatArray) -> float:
        """The weight of what is sold at a loss."""
        total, is_loss = 0.0, self.directions.taxed.is_loss
        for asset in group:
            lots, sales = self.directions.sales(int(asset), float(weights[asset]), Way.OPEN)
            total += float(sales[is_loss[lots]].sum())
        return total
