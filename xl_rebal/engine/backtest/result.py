"""What became of the money: segments between trades, the trades, what they cost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property

import numpy as np

from xl_rebal.engine.backtest.conventions import CostRule
from xl_rebal.numerics.performance import wealth_path
from xl_rebal.numerics.segments import held_values
from xl_rebal.typing import FloatArray, IntArray


class Reason(StrEnum):
    """Why a trade was made."""

    CALENDAR = "calendar date"
    BREACH = "out of its band"
    TARGETS = "new targets"
    FLOW = "cash flow"
    WORTH = "worth its costs"
    TAX = "taxes"


@dataclass(frozen=True)
class Backtest:
    """What became of ``capital``. Vectors by row (T,), asset (n,) or trade (K,).

    ``starts`` and ``shares`` describe the segments between trades. ``before`` and ``after`` are the
    weights (K, n) at each trade, ``wealth`` currency before it (with the money that came), ``cost`` currency,
    ``reasons`` one a trade. ``target`` (m, n) are the target weights that held, ``line`` (T,) which of
    them on each row; ``lower`` and ``upper`` (k, n) how far bands reached below and above, ``band_line``
    (T,) which of these. ``rate`` and ``fee`` (n,) are the costs of each asset, by ``cost_rule``.
    ``waiting`` are the symbols that have a target on the first row but no price yet: who never trades
    never holds them, so that nothing can be said of being ahead of him. ``notes`` are sentences on what was
    not as it seems, missing prices among them.
    """

    dates: tuple[date, ...]
    symbols: tuple[str, ...]
    capital: float
    prices: FloatArray
    starts: IntArray
    shares: FloatArray
    rows: IntArray
    before: FloatArray
    after: FloatArray
    wealth: FloatArray
    cost: FloatArray
    reasons: tuple[Reason, ...]
    flows: FloatArray
    target: FloatArray
    line: IntArray
    lower: FloatArray
    upper: FloatArray
    band_line: IntArray
    rate: FloatArray
    fee: FloatArray
    cost_rule: CostRule
    waiting: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def holdings(self) -> FloatArray:
        """Currency in each asset on each row, after its trades; (T, n)."""
        return held_values(self.prices, self.starts, self.shares)

    @cached_property
    def value(self) -> FloatArray:
        """Currency on each row, after costs and flows; (T,)."""
        return self._value_and_weights[0]

    @cached_property
    def weights(self) -> FloatArray:
        """Weights on each row, after its trades; (T, n)."""
        return self._value_and_weights[1]

    @cached_property
    def _value_and_weights(self) -> tuple[FloatArray, FloatArray]:
        held = self.holdings
        value = np.add.reduce(held, axis=1)
        held /= value[:, None]
        return value, held

    @cached_property
    def returns(self) -> FloatArray:
        """Simple returns, time-weighted: without the flows, after costs; (T - 1,)."""
        return np.asarray((self.value[1:] - self.flows[1:]) / self.value[:-1] - 1.0)

    @property
    def wealth_path(self) -> FloatArray:
        """What 1 becomes on each row, after costs and without the flows; (T,)."""
        if self.flows.any():
            return wealth_path(1.0 + self.returns)
        return np.asarray(self.value / self.value[0])

    @property
    def turnover(self) -> FloatArray:
        """One-way turnover of each trade, of the wealth before costs; (K,).

        Money that comes or goes is cash, and counts as such where CASH is no symbol too: there the
        weights before a flow add to less (or more) than 1.
        """
        change = self.after - self.before
        return np.asarray((np.abs(change).sum(axis=1) + np.abs(change.sum(axis=1))) / 2.0)
