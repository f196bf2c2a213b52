"""The best trade list so far: how lists are measured and compared."""

from __future__ import annotations

from collections.abc import Sequence
from math import fsum, inf, sqrt

import numpy as np

from xl_rebal.engine.excess import excess
from xl_rebal.engine.rounding.asset import Asset, Trade, worth_of
from xl_rebal.engine.rounding.problem import Bands, WholeShares
from xl_rebal.numerics.groups import group_sums
from xl_rebal.numerics.tolerance import WEIGHT_TOLERANCE
from xl_rebal.typing import FloatArray

_ROOM = WEIGHT_TOLERANCE / 2  # half of it, so that no other way of adding up finds a breach
NOTHING = 0.5
"""Wealth up to here, in cents, has no meaningful weights."""


def weights_of(bands: Bands, values: Sequence[float], cash: int) -> tuple[FloatArray, float]:
    """The weights of the groups and of cash, of final ``values`` and ``cash`` in cents (> 0)."""
    wealth = fsum([cash, *values])
    sums = group_sums(values, bands.group, len(bands.least))
    return sums / wealth, cash / wealth


def is_inside(bands: Bands, values: Sequence[float], cash: int) -> bool:
    """Whether final ``values`` (cents, beside ``cash``) are inside all bands."""
    weights, in_cash = weights_of(bands, values, cash)
    if not bands.cash_least - _ROOM <= in_cash <= bands.cash_greatest + _ROOM:
        return False
    inside = (weights >= bands.least - _ROOM) & (weights <= bands.greatest + _ROOM)
    return bool(inside.all())


def widened(bands: Bands, values: Sequence[float], cash: int) -> Bands:
    """Bands just wide enough for what is held."""
    weights, in_cash = weights_of(bands, values, cash)
    least, greatest = np.minimum(bands.least, weights), np.maximum(bands.greatest, weights)
    low, high = min(bands.cash_least, in_cash), max(bands.cash_greatest, in_cash)
    return Bands(bands.group, least, greatest, low, high)


def outside(bands: Bands, values: Sequence[float], cash: int) -> float:
    """The cents by which what is held is outside ``bands`` in all."""
    weights, in_cash = weights_of(bands, values, cash)
    beyond = excess(weights, bands.least, bands.greatest)
    beyond += max(bands.cash_least - in_cash, 0.0) + max(in_cash - bands.cash_greatest, 0.0)
    return beyond * fsum([cash, *values])


class Best:
    """Measures trade lists (one number k an asset) and keeps the best.

    ``destination`` are the weights to come near to, aligned with ``assets``, ``wealth`` the W (cents)
    that values are divided by.
    """

    def __init__(
        self,
        assets: Sequence[Asset],
        destination: Sequence[float],
        cash_cents: int,
        wealth: float,
        bands: Bands | None = None,
    ) -> None:
        self.assets = assets
        self.destination = destination
        self.bands = bands
        self.cash = cash_cents
        self.before = worth_of(assets, cash_cents)  # V0
        self.wealth = wealth  # W
        self.has_weights = min(self.before, self.wealth) > NOTHING
        self.cash_destination = 1 - fsum(destination)
        # The least measure seen. None can be above this: weights and costs add to 1, or, by the
        # cents rounded away, a little more.
        squares = [weight**2 for weight in destination]
        most = (self.before + len(assets)) / max(self.wealth, NOTHING)
        self.least = (most + sqrt(fsum([*squares, self.cash_destination**2]))) ** 2 + most**2
        self.measured = inf  # of the chosen list; inf where it leaves no wealth
        self.chosen: list[int] = []

    def trades(self, chosen: Sequence[int]) -> list[Trade]:
        return [asset.trades[k] for asset, k in zip(self.assets, chosen, strict=True)]

    def left(self, trades: Sequence[Trade]) -> int:
        """Final cash in cents."""
        return self.cash + sum([trade.net for trade in trades])

    def measure(self, trades: Sequence[Trade]) -> float:
        """The measure; inf for a list that overdraws or ends out of the bands, or without wealth."""
        if self.left(trades) < 0 or not self.has_weights:
            return inf
        if self.bands is not None and not self._ends_inside(self.bands, trades):
            return inf
        pairs = zip(trades, self.destination, strict=True)
        away = [trade.value / self.wealth - weight for trade, weight in pairs]
        costs = [trade.cost / self.wealth for trade in trades if trade.cost]
        return fsum([*[x * x for x in (*away, *costs)], fsum(away) ** 2])

    def after(self) -> float:
        """The wealth V1 that the chosen list leaves, cents."""
        trades = self.trades(self.chosen)
        return fsum([self.left(trades), *[trade.value for trade in trades]])

    def is_within(self, bands: Bands) -> bool:
        """Whether the chosen list ends inside ``bands``; True where there is no wealth to weigh."""
        return not self.has_weights or self._ends_inside(bands, self.trades(self.chosen))

    def _ends_inside(self, bands: Bands, trades: Sequence[Trade]) -> bool:
        cash, values = self.left(trades), [trade.value for trade in trades]
        return fsum([cash, *values]) <= NOTHING or is_inside(bands, values, cash)

    def offer(self, chosen: Sequence[int]) -> None:
        """Keep a list that is better: by measure, then trades, turnover, first come."""
        trades = self.trades(chosen)
        measured = self.measure(trades)
        self.least = min(self.least, measured)
        equal = self.least * (1 + 1e-12) + 1e-18
        if self.chosen and measured > equal:
            return
        is_first = not self.chosen or self.measured > equal
        if is_first or self._rank(chosen) < self._rank(self.chosen):
            self.measured, self.chosen = measured, list(chosen)

    def take(self, other: Best) -> None:
        """Keep what another search of the same lists has found."""
        self.least, self.measured, self.chosen = other.least, other.measured, other.chosen

    def _rank(self, chosen: Sequence[int]) -> tuple[int, int, list[float]]:
        """The least wins among lists of equal measure."""
        trades = self.trades(chosen)
        turnover = sum(trade.amount for trade in trades)
        return sum(k != 0 for k in chosen), turnover, [-trade.change for trade in trades]

    def result(self, proven: bool, distance: float = 0.0) -> WholeShares:
        trades = self.trades(self.chosen)
        return WholeShares(
            change=np.array([trade.change for trade in trades], dtype=np.float64),
            amounts=np.array([trade.amount for trade in trades], dtype=np.int64),
            costs=np.array([trade.cost for trade in trades], dtype=np.int64),
            cash_cents=self.left(trades),
            cost_cents=sum(trade.cost for trade in trades),
            measure=self.measured if self.measured < inf else 0.0,
            wealth_cents=self.wealth,
            proven=proven,
            distance=distance,
        )
