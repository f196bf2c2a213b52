"""The trades of a backtest, asset by asset."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np

from xl_rebal.engine.backtest import Backtest, Reason
from xl_rebal.numerics.costs import is_traded


@dataclass(frozen=True)
class TradedAsset:
    """What one trade did to one asset: ``change`` of weight (+ bought), ``value`` in currency with its
    sign, its share of the ``cost`` of that trade in currency, by size."""

    day: date
    symbol: str
    change: float
    value: float
    cost: float
    reason: Reason


def trade_log(run: Backtest) -> tuple[TradedAsset, ...]:
    """One row an asset traded, in the order of dates and symbols; the first purchase is none."""
    return tuple(row for at in range(len(run.rows)) for row in _of_one_date(run, at))


def _of_one_date(run: Backtest, at: int) -> Iterator[TradedAsset]:
    left = float(run.wealth[at] - run.cost[at])
    moved = run.after[at] * left - run.before[at] * float(run.wealth[at])
    sizes = np.where(is_traded(run.before[at], run.after[at]), np.abs(moved), 0.0)
    for place in np.flatnonzero(sizes).tolist():
        yield TradedAsset(
            day=run.dates[int(run.rows[at])],
            symbol=run.symbols[place],
            change=float(run.after[at, place] - run.before[at, place]),
            value=float(moved[place]),
            cost=float(run.cost[at] * sizes[place] / sizes.sum()),
            reason=run.reasons[at],
        )
