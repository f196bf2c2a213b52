"""What each asset may do, as a curve: under what is decided of its identity group and what is still open.

A plan is legal iff in each group either nothing is bought or nothing is sold at a loss. Either decision leaves
every curve of the group convex: without purchases only the sale's pieces are left, without losses no
slope falls. An asset like no other is a group of its own.
"""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

import numpy as np

from xl_rebal.engine.optimal.lots.curve import Curve, corners, trading_curve
from xl_rebal.engine.optimal.lots.problem import TaxedProblem
from xl_rebal.engine.optimal.lots.ranges import weight_range
from xl_rebal.typing import FloatArray, IntArray


class Way(IntEnum):
    """What is decided of a group."""

    OPEN = 0
    BUYS = 1
    """Nothing of it is sold at a loss."""
    LOSSES = -1
    """Nothing of it is bought."""


class _Queue(NamedTuple):
    """The lots (m,) that an asset may sell, in order, their sizes (m,) and ``corners`` (m + 1,)."""

    lots: IntArray
    sizes: FloatArray
    left: FloatArray


class Directions:
    """The curves of a problem; ``contested`` are the groups of which something has to be decided.

    Raises InfeasibleError where limits, lots and purchases leave no weights.
    """

    def __init__(self, taxed: TaxedProblem) -> None:
        self.taxed = taxed
        self._queues: dict[tuple[int, bool], _Queue] = {}
        self.least, self.most = weight_range(taxed, self._stays())
        self.true = self._curves(losses=True)
        self._without_losses = self._curves(losses=False)
        self.contested = tuple(group for group in taxed.groups if self._is_contested(group))
        self._group_of = {
            int(i): place for place, group in enumerate(self.contested) for i in group
        }
        self._known: dict[tuple[int, Way], Curve | None] = {}

    def way(self, asset: int, ways: tuple[Way, ...]) -> Way:
        """What is decided of the group of an asset, ``ways`` being those of the contested ones."""
        place = self._group_of.get(asset)
        return Way.OPEN if place is None else ways[place]

    def curves(self, ways: tuple[Way, ...]) -> list[Curve] | None:
        """A convex curve for each asset, nowhere above what it may do; None where one may do nothing."""
        found = []
        for asset in range(self.taxed.problem.size):
            curve = self._curve(asset, self.way(asset, ways))
            if curve is None:
                return None
            found.append(curve)
        return found

    def below(self, asset: int, weight: float) -> float:
        """By how much an open asset's convex curve is below its true one."""
        true, convex = self.true[asset], self._curve(asset, Way.OPEN)
        return 0.0 if true is None or convex is None else true.cost(weight) - convex.cost(weight)

    def sales(self, asset: int, weight: float, way: Way) -> tuple[IntArray, FloatArray]:
        """Which lots (m,) an asset may sell, and how much of each it does to end at ``weight`` (m,)."""
        lots, sizes, left = self._queue(asset, losses=way is not Way.BUYS)
        part = np.minimum(np.maximum(left[:-1] - weight, 0.0), sizes)
        return lots, np.where(weight <= left[1:], sizes, part)

    def _curve(self, asset: int, way: Way) -> Curve | None:
        if (asset, way) not in self._known:
            if way is Way.BUYS:
                found = self._without_losses[asset]
            elif way is Way.LOSSES:
                true = self.true[asset]
                current = float(self.taxed.problem.current[asset])
                found = None if true is None else true.within(-np.inf, current)
            else:
                true = self.true[asset]
                found = None if true is None else true.convex()
            self._known[asset, way] = found
        return self._known[asset, way]

    def _stays(self) -> FloatArray:
        """The weight of the lots that may not be sold, (n,); -inf of an asset without lots."""
        taxed, stays = self.taxed, np.full(self.taxed.problem.size, -np.inf)
        for asset in np.flatnonzero(taxed.has_lots).tolist():
            stays[asset] = self._queue(asset, losses=True).left[-1]
        return stays

    def _queue(self, asset: int, losses: bool) -> _Queue:
        """What an asset may sell, with or without its lots at a loss."""
        if (asset, losses) not in self._queues:
            taxed = self.taxed
            lots = taxed.sold_first(asset, losses)
            kept = np.setdiff1d(np.flatnonzero(taxed.lots.asset == asset), lots)
            stays, sizes = float(taxed.sizes[kept].sum()), taxed.sizes[lots]
            left = corners(float(taxed.problem.current[asset]), sizes, stays)
            self._queues[asset, losses] = _Queue(lots, sizes, left)
        return self._queues[asset, losses]

    def _curves(self, losses: bool) -> list[Curve | None]:
        taxed, problem = self.taxed, self.taxed.problem
        found = []
        for asset in range(problem.size):
            current, most = float(problem.current[asset]), float(self.most[asset])
            sell = float(problem.sell_cost[asset])
            if taxed.has_lots[asset]:
                lots, sizes, left = self._queue(asset, losses)
                rates = sell + taxed.tax_rate[lots]
            else:
                least = min(float(self.least[asset]), current)
                left = np.unique([current, least])[::-1]
                sizes, rates = -np.diff(left), np.full(len(left) - 1, sell)
            curve = trading_curve(left, sizes, rates, float(problem.buy_cost[asset]), most)
            found.append(curve.within(float(self.least[asset]), most))
        return found

    def _is_contested(self, group: IntArray) -> bool:
        """Whether a loss that could be sold stands against a purchase that could be made.

        An asset like no other is bought or sold anyway, as long as its curve is convex.
        """
        taxed = self.taxed
        buys = group[self.most[group] > taxed.problem.current[group]]
        for asset in group:
            lots = taxed.sold_first(int(asset))
            if not taxed.is_loss[lots].any():
                continue
            curve = self.true[asset]
            is_plain = curve is None or curve.is_convex
            if any(other != asset or not is_plain for other in buys):
                return True
        return False
