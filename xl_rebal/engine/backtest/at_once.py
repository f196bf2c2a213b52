"""Returns to one target: their rows depend on prices alone, so all trades are made at once.

Costs paid pro rata scale wealth and never change weights: which day is the next is known without them.
"""

from __future__ import annotations

import numpy as np

from xl_rebal.engine.backtest.account import Account
from xl_rebal.engine.backtest.conventions import CostRule
from xl_rebal.engine.backtest.result import Backtest, Reason
from xl_rebal.engine.backtest.timeline import Timeline
from xl_rebal.numerics.costs import is_traded
from xl_rebal.numerics.segments import first_breach, rebalanced_path

_FIRST_LOOKS = 128


def is_plain(timeline: Timeline) -> bool:
    """Whether every trade goes to one target, with all prices, no fees and no flows."""
    is_free = not timeline.fee.any() and not timeline.flow_rows
    policy = timeline.policy
    is_one = len(timeline.target) == 1 and policy.to.is_target and policy.worth is None
    return is_free and is_one and timeline.all_priced


def all_at_once(timeline: Timeline) -> Backtest:
    """The result where ``is_plain``."""
    rows = _breaches(timeline) if timeline.looks.size else _dates(timeline)
    starts = np.array([0, *rows], dtype=np.int64)
    trades = starts[1:]
    account, target = Account(timeline), timeline.target[0]
    pre_trade = timeline.conventions.cost_rule is CostRule.PRE_TRADE
    rates = timeline.rate, timeline.rate
    before, wealth, factor, shares = rebalanced_path(
        timeline.values, starts, target, *rates, pre_trade
    )
    bought = account.first_wealth()
    wealth *= bought
    shares *= bought
    cost = wealth * (1.0 - factor)
    after = np.full(before.shape, target)
    found = trades, before, after, wealth, cost
    moved = is_traded(before, target).any(axis=1)
    if not moved.all():
        found = trades[moved], before[moved], after[moved], wealth[moved], cost[moved]
    lag = timeline.conventions.lag
    why = [timeline.reason_of.get(row - lag, Reason.BREACH) for row in found[0].tolist()]
    return account.made(starts, shares, *found, tuple(why))


def _dates(timeline: Timeline) -> list[int]:
    """The rows of the trades on known dates: one on its way blocks the next."""
    lag = timeline.conventions.lag
    if not lag:
        return timeline.always
    rows: list[int] = []
    for row in timeline.always:
        if row + lag < timeline.last and (not rows or row > rows[-1]):
            rows.append(row + lag)
    return rows


def _breaches(timeline: Timeline) -> list[int]:
    """The rows of the trades that breaches bring about, each looked for from the one before."""
    target, looks = timeline.target[0], timeline.looks
    targets = timeline.target, timeline.line
    bands = timeline.lower, timeline.upper, timeline.band_row
    rows: list[int] = []
    row, at, size = 0, 0, _FIRST_LOOKS
    while True:
        at += int(looks[at:].searchsorted(row, side="right"))
        found = first_breach(
            timeline.values, target / timeline.values[row], looks[at:], targets, bands, size
        )
        if found is None or found + timeline.conventions.lag >= timeline.last:
            return rows
        row = found + timeline.conventions.lag
        rows.append(row)
        at += int(looks[at:].searchsorted(found))
        size = 3 * at // (2 * len(rows))  # mostly enough for the next
