"""The trades of a backtest, asset by asset."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np

from xl_rebal.engine.backtest import Backtest, CostRule, Reason
from xl_rebal.numerics.costs import is_traded
from xl_rebal.typing import FloatArray


@dataclass(frozen=True)
class TradedAsset:
    """What one trade did to one asset: ``change`` of weight (+ bought), ``value`` in currency with its
    sign, and its own ``cost`` in currency: its rate on the value and its fee."""

    day: date
    symbol: str
    change: float
    value: float
    cost: float
    reason: Reason


def trade_log(run: Backtest) -> tuple[TradedAsset, ...]:
    """One row an asset traded, in the order of dates and symbols; the first purchase is none.

    The costs of a date add to what it took from wealth. By the rule ``pre-trade`` the rate is on the
    change of weight times the wealth before, whatever the value. An asset that stands at its destination
    is not in the log, but shrinks with wealth as all do, since after a trade the weights of a backtest
    are the destination: beside one the values of a date do not add to minus its costs.
    """
    return tuple(row for at in range(len(run.rows)) for row in _of_one_date(run, at))


def _of_one_date(run: Backtest, at: int) -> Iterator[TradedAsset]:
    wealth, change = float(run.wealth[at]), run.after[at] - run.before[at]
    moved = _held_after(run, at) - run.before[at] * wealth
    cost = cost_of_each(
        run.before[at], run.after[at], wealth, moved, run.rate, run.fee, run.cost_rule
    )
    for place in np.flatnonzero(is_traded(run.before[at], run.after[at])).tolist():
        yield TradedAsset(
            day=run.dates[int(run.rows[at])],
            symbol=run.symbols[place],
            change=float(change[place]),
            value=float(moved[place]),
            cost=float(cost[place]),
            reason=run.reasons[at],
        )


def cost_of_each(
    before: FloatArray, after: FloatArray, wealth: float, moved: FloatArray, rate: FloatArray,
    fee: FloatArray, rule: CostRule,
) -> FloatArray:  # fmt: skip
    """What each asset (n,) pays of one trade of ``wealth`` from weights to weights, in currency.

    ``moved`` is what its value changed by. Nothing where it stands at its destination.
    """
    charged = (after - before) * wealth if rule is CostRule.PRE_TRADE else moved
    return np.where(is_traded(before, after), rate * np.abs(charged) + fee, 0.0)


def _held_after(run: Backtest, at: int) -> FloatArray:
    """Currency in each asset after a trade, before another on the same row; (n,)."""
    row = int(run.rows[at])
    if at + 1 < len(run.rows) and run.rows[at + 1] == row:
        return np.asarray(run.before[at + 1] * run.wealth[at + 1])
    segment = int(np.searchsorted(run.starts, row, side="right")) - 1
    return np.asarray(run.shares[segment] * run.prices[row])
