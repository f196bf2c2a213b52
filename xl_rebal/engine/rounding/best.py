"""The best trade list so far: how lists are measured and compared."""

from __future__ import annotations

from collections.abc import Sequence
from math import fsum, inf, sqrt

import numpy as np

from xl_rebal.engine.rounding.asset import Asset, Trade
from xl_rebal.engine.rounding.problem import Bands, WholeShares
from xl_rebal.numerics.tolerance import WEIGHT_TOLERANCE

_ROOM = WEIGHT_TOLERANCE / 2  # half of it, so that no other way of adding up finds a breach


def is_inside(bands: Bands, values: Sequence[float], cash: int, wealth: float) -> bool:
    """Whether final ``values`` (cents, of ``wealth`` with ``cash``) are inside all bands."""
    if not cash / wealth - bands.cash_least >= -_ROOM:
        return False
    if cash / wealth - bands.cash_greatest > _ROOM:
        return False
    sums = np.zeros(len(bands.least))
    np.add.at(sums, bands.group, values)
    weights = sums / wealth
    inside = (weights >= bands.least - _ROOM) & (weights <= bands.greatest + _ROOM)
    return bool(inside.all())


class Best:
    """Measures trade lists (one number k an asset) and keeps the best."""

    def __init__(
        self, assets: Sequence[Asset], cash_cents: int, bands: Bands | None = None
    ) -> None:
        self.assets = assets
        self.bands = bands
        self.cash = cash_cents
        self.wealth = fsum([cash_cents, *(asset.worth for asset in assets)])  # V0
        self.nothing = max(0.5, self.wealth * 1e-9)  # V1 up to here has no meaningful weights
        self.cash_destination = 1 - fsum(asset.destination for asset in assets)
        # The least measure seen. None can be above this: the squares of weights add to 1 at most.
        squares = [asset.destination**2 for asset in assets]
        self.least = (1 + sqrt(fsum([*squares, self.cash_destination**2]))) ** 2
        self.measured = inf  # of the chosen list; inf where it leaves no wealth
        self.chosen: list[int] = []
        self.key: tuple[int, int, list[float]] = (0, 0, [])

    def trades(self, chosen: Sequence[int]) -> list[Trade]:
        return [asset.trade(k) for asset, k in zip(self.assets, chosen, strict=True)]

    def left(self, chosen: Sequence[int]) -> int:
        """Final cash in cents."""
        return self.cash + sum(trade.net for trade in self.trades(chosen))

    def measure(self, chosen: Sequence[int]) -> float:
        """The measure; inf for a list that overdraws, leaves no wealth or ends out of the bands."""
        cash, values = self.left(chosen), [trade.value for trade in self.trades(chosen)]
        wealth = fsum([cash, *values])
        if cash < 0 or wealth <= self.nothing:
            return inf
        if self.bands is not None and not is_inside(self.bands, values, cash, wealth):
            return inf
        pairs = zip(values, self.assets, strict=True)
        squares = [(value / wealth - asset.destination) ** 2 for value, asset in pairs]
        return fsum([*squares, (cash / wealth - self.cash_destination) ** 2])

    def is_within(self, bands: Bands) -> bool:
        """Whether the chosen list ends inside ``bands``; True where it leaves no wealth."""
        cash, values = self.left(self.chosen), [t.value for t in self.trades(self.chosen)]
        wealth = fsum([cash, *values])
        return wealth <= self.nothing or is_inside(bands, values, cash, wealth)

    def offer(self, chosen: Sequence[int]) -> None:
        """Keep a list that is better: by measure, then trades, turnover, first come."""
        measured = self.measure(chosen)
        self.least = min(self.least, measured)
        equal = self.least * (1 + 1e-12) + 1e-18
        if self.chosen and measured > equal:
            return
        trades = self.trades(chosen)
        turnover = sum(trade.amount for trade in trades)
        key = (sum(k != 0 for k in chosen), turnover, [-trade.change for trade in trades])
        if not self.chosen or self.measured > equal or key < self.key:
            self.measured, self.chosen, self.key = measured, list(chosen), key

    def result(self, proven: bool) -> WholeShares:
        trades = self.trades(self.chosen)
        return WholeShares(
            change=np.array([trade.change for trade in trades], dtype=np.float64),
            cash_cents=self.left(self.chosen),
            cost_cents=sum(trade.cost for trade in trades),
            measure=self.measured if self.measured < inf else 0.0,
            proven=proven,
        )
