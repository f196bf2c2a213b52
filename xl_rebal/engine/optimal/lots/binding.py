"""The rules that cost something, in words: without them one more sale or purchase would be worth its cost."""

from __future__ import annotations

import numpy as np

from xl_rebal.engine.optimal.lots.directions import Directions, Way
from xl_rebal.engine.optimal.lots.search import Found
from xl_rebal.typing import FloatArray, IntArray
from xl_rebal.wording import listed, percent

_WORTH = 1e-9  # of max(c, |q|): a difference that is not rounding


def binding_rules(directions: Directions, found: Found, sales: FloatArray) -> tuple[str, ...]:
    """Limits, purchases and lots that a rule forbids and the multiplier of the budget asks for."""
    return tuple(_Rules(directions, found, sales).words())


class _Rules:
    def __init__(self, directions: Directions, found: Found, sales: FloatArray) -> None:
        self.directions, self.found, self.sales = directions, found, sales
        self.taxed, self.weights = directions.taxed, found.convex.weights
        problem = self.taxed.problem
        self.slope = problem.gradient(self.weights)
        taxes = np.abs(self.taxed.tax_rate).max(initial=0.0)
        self.least = _WORTH * max(problem.dearest, float(taxes), float(np.abs(self.slope).max()))

    def words(self) -> list[str]:
        problem, nu = self.taxed.problem, self.found.convex.nu
        said = []
        for i in range(problem.size):
            weight, current = float(self.weights[i]), float(problem.current[i])
            if weight >= current and self.slope[i] + problem.buy_cost[i] < nu - self.least:
                said += self._unbought(i, weight)
            if (
                weight < current
                and weight >= problem.upper[i]
                and self._last_sale(i) < nu - self.least
            ):
                said.append(f"{problem.name(i)} at most {percent(problem.upper[i])}")
            if weight <= problem.lower[i] and self._next_sale(i) > nu + self.least:
                said.append(f"{problem.name(i)} at least {percent(problem.lower[i])}")
            else:
                said += self._unsold(i, is_bought=weight > current)
        return said

    def _last_sale(self, asset: int) -> float:
        """The slope of the objective where the last lot that is sold was sold."""
        lots, sales = self.directions.sales(asset, float(self.weights[asset]), self._way(asset))
        return self._slope_of(asset, lots[sales > 0][-1:])

    def _next_sale(self, asset: int) -> float:
        """The slope where one more would be sold, or less bought; -inf where no lot is left to sell."""
        problem, weight = self.taxed.problem, float(self.weights[asset])
        if weight > problem.current[asset]:
            return float(self.slope[asset] + problem.buy_cost[asset])
        lots, sales = self.directions.sales(asset, weight, self._way(asset))
        left = lots[sales < self.taxed.sizes[lots]]
        has_more = len(left) or not self.taxed.has_lots[asset]
        return self._slope_of(asset, left[:1]) if has_more else -np.inf

    def _slope_of(self, asset: int, lot: IntArray) -> float:
        """The slope at the sale of a lot (1,); without tax where there is none."""
        tax = float(self.taxed.tax_rate[lot].sum())
        return float(self.slope[asset] - self.taxed.problem.sell_cost[asset] - tax)

    def _way(self, asset: int) -> Way:
        return self.directions.way(asset, self.found.ways)

    def _unbought(self, asset: int, weight: float) -> list[str]:
        """Why no more is bought of an asset that is worth it."""
        problem, name = self.taxed.problem, self.taxed.problem.name(asset)
        if weight >= problem.upper[asset]:
            return [f"{name} at most {percent(problem.upper[asset])}"]
        if not self.taxed.may_buy[asset]:
            return [f"{name} may not be bought"]
        alike = self._alike_sold_at_loss(asset)
        if self._way(asset) is Way.LOSSES and alike:
            return [f"{name} is not bought, as {listed(alike, 'and')} is sold at a loss"]
        return []

    def _alike_sold_at_loss(self, asset: int) -> list[str]:
        taxed = self.taxed
        lost = np.unique(taxed.lots.asset[(self.sales > 0) & taxed.is_loss])
        group = taxed.identity[asset]
        return [
            taxed.problem.name(int(i))
            for i in lost
            if i != asset and group >= 0 and taxed.identity[i] == group
        ]

    def _unsold(self, asset: int, is_bought: bool) -> list[str]:
        """The rules that keep lots of an asset which are worth selling."""
        taxed, lots = self.taxed, self.taxed.lots
        own = np.flatnonzero(lots.asset == asset)
        worth = self.slope[asset] - taxed.problem.sell_cost[asset] - taxed.tax_rate[own]
        wanted = own[(worth > self.found.convex.nu + self.least) & (taxed.sizes[own] > 0)]
        locked = lots.is_locked[wanted]
        washed = ~locked & ~taxed.may_sell[wanted]
        losing = ~locked & ~washed & taxed.is_loss[wanted]
        name, said = taxed.problem.name(asset), []
        if locked.any() and not is_bought:
            said.append(f"lots of {name} may not be sold")
        if washed.any() and not is_bought:
            said.append(f"lots of {name} in a wash window may not be sold at a loss")
        if losing.any() and self._way(asset) is Way.BUYS:
            said.append(f"{name} is not sold at a loss, as it or what is alike is bought")
        return said
