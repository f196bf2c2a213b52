"""What each asset may do, as a curve: under what is decided of its identity group and what is still open.

A plan is legal iff in each group either nothing is bought or nothing is sold at a loss. Either decision leaves
every curve of the group convex: without purchases only the sale's pieces are left, without losses no
slope falls. An asset like no other is a group of its own.
"""

from __future__ import annotations

from enum import IntEnum

import numpy as np

from xl_rebal.engine.optimal.bounds import refuse_impossible
from xl_rebal.engine.optimal.lots.curve import Curve, corners, trading_curve
from xl_rebal.engine.optimal.lots.problem import TaxedProblem
from xl_rebal.errors import Code, InfeasibleError, Problem
from xl_rebal.numerics.tolerance import WEIGHT_TOLERANCE
from xl_rebal.typing import FloatArray, IntArray
from xl_rebal.wording import percent


class Way(IntEnum):
    """What is decided of a group."""

    OPEN = 0
    BUYS = 1
    """Nothing of it is sold at a loss."""
    LOSSES = -1
    """Nothing of it is bought."""


class Directions:
    """The curves of a problem; ``contested`` are the groups of which something has to be decided.

    Raises InfeasibleError where limits and lots leave no weights that add to 1.
    """

    def __init__(self, taxed: TaxedProblem) -> None:
        self.taxed = taxed
        self.least, self.most = _range(taxed, self._stays())
        self.true = self._curves(losses=True)
        self._without_losses = self._curves(losses=False)
        self.contested = tuple(group for group in taxed.groups if self._is_contested(group))
        self._group_of = {
            int(i): place for place, group in enumerate(self.contested) for i in group
        }
        self._known: dict[tuple[int, Way], Curve | None] = {}

    def sold_first(self, asset: int, way: Way) -> IntArray:
        """The lots that an asset may sell, in order."""
        return self.taxed.sold_first(asset, losses=way is not Way.BUYS)

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
        lots = self.sold_first(asset, way)
        sizes = self.taxed.sizes[lots]
        left = self._corners(asset, lots)
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
            stays[asset] = self._corners(asset, taxed.sold_first(asset))[-1]
        return stays

    def _corners(self, asset: int, lots: IntArray) -> FloatArray:
        taxed = self.taxed
        others = (taxed.lots.asset == asset).nonzero()[0]
        stays = float(taxed.sizes[np.setdiff1d(others, lots)].sum())
        return corners(float(taxed.problem.current[asset]), taxed.sizes[lots], stays)

    def _curves(self, losses: bool) -> list[Curve | None]:
        taxed, problem = self.taxed, self.taxed.problem
        found = []
        for asset in range(problem.size):
            current, most = float(problem.current[asset]), float(self.most[asset])
            sell = float(problem.sell_cost[asset])
            if taxed.has_lots[asset]:
                lots = taxed.sold_first(asset, losses)
                left, sizes = self._corners(asset, lots), taxed.sizes[lots]
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


def _range(taxed: TaxedProblem, stays: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The least and the greatest weight of each asset, (n,), of which lots keep at least ``stays`` (n,)."""
    problem = taxed.problem
    least = np.maximum(problem.lower, stays)
    near = (least > problem.upper) & (least <= problem.upper + WEIGHT_TOLERANCE)
    least = np.where(near, problem.upper, least)
    most = np.where(taxed.buyable, problem.upper, np.minimum(problem.upper, problem.current))
    found = []
    for i in np.flatnonzero(least > most).tolist():
        name = problem.name(i)
        if stays[i] > problem.upper[i]:
            found.append(
                Problem(
                    Code.INFEASIBLE,
                    f"at most {percent(problem.upper[i], 2)} of {name}",
                    f"at least {percent(stays[i], 2)}, its lots that may not be sold",
                    f"The nearest limit that leaves an answer is {percent(stays[i], 2)}.",
                    about=("asset", name),
                )
            )
        else:
            found.append(
                Problem(
                    Code.INFEASIBLE,
                    f"at least {percent(problem.lower[i], 2)} of {name}",
                    f"at most {percent(most[i], 2)}, as it may not be bought",
                    f"The nearest limit that leaves an answer is {percent(most[i], 2)}.",
                    about=("asset", name),
                )
            )
    if found:
        raise InfeasibleError(found)
    refuse_impossible(problem)
    _refuse_stuck(float(least.sum()), float(most.sum()))
    room = np.maximum(1.0 - float(least.sum()) + least, least)
    return least, np.minimum(most, room)


def _refuse_stuck(least: float, most: float) -> None:
    """Refuse lots that may not be sold, or assets that may not be bought, that leave no weights."""
    if least > 1.0 + WEIGHT_TOLERANCE:
        raise InfeasibleError(
            Problem(
                Code.INFEASIBLE,
                f"lower limits and lots that may not be sold of {percent(least, 2)} in all",
                "100 % at most",
                f"Lower limits, or let lots be sold, by {percent(least - 1.0, 2)} together.",
                argument="lots",
            )
        )
    if most < 1.0 - WEIGHT_TOLERANCE:
        raise InfeasibleError(
            Problem(
                Code.INFEASIBLE,
                f"limits and assets that may not be bought that allow {percent(most, 2)} in all",
                "100 % at least",
                f"Raise limits, or let assets be bought, by {percent(1.0 - most, 2)} together.",
                argument="lots",
            )
        )


def clash(taxed: TaxedProblem) -> InfeasibleError:
    """The error where every group's choice between losses and purchases fails: which groups need both."""
    problem = taxed.problem
    losses = taxed.may_sell & taxed.is_loss
    gains = taxed.may_sell & ~taxed.is_loss
    plain = np.bincount(taxed.lots.asset, np.where(gains, taxed.sizes, 0.0), problem.size)
    has_losses = np.bincount(taxed.lots.asset, losses, problem.size) > 0
    found = []
    for group in taxed.groups:
        sells = [i for i in group
                 if has_losses[i] and problem.current[i] - plain[i] > problem.upper[i]]  # fmt: skip
        buys = [i for i in group if problem.lower[i] > problem.current[i]]
        if sells and buys:
            least = problem.current[sells[0]] - plain[sells[0]]
            sold, bought = problem.name(int(sells[0])), problem.name(int(buys[0]))
            found.append(
                Problem(
                    Code.INFEASIBLE,
                    f"limits by which {sold} is sold at a loss and {bought}, which is alike, is bought",
                    "one of the two",
                    f"Raise the upper limit of {sold} to {percent(least, 2)}, or the lower limit of "
                    f"{bought} must be {percent(problem.current[buys[0]], 2)} at most.",
                    about=("asset", sold),
                )  # fmt: skip
            )
    return InfeasibleError(
        found
        or Problem(
            Code.INFEASIBLE,
            "limits that no plan keeps without selling at a loss what it buys",
            "limits that leave a choice",
            "Widen the limits of assets that are alike.",
            argument="lots",
        )
    )

