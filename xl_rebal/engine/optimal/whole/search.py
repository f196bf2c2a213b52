"""The best choice that one or two changes at a time lead to."""

from __future__ import annotations

import numpy as np

from xl_rebal.engine.optimal.whole.problem import ROOM, WholeShareProblem
from xl_rebal.engine.optimal.whole.trades import (
    Trades,
    costs,
    neighbours,
    spare_cash,
)
from xl_rebal.typing import BoolArray, IntArray

_BETTER = 1e-15
_PAIRS = 600
"""So many changes are tried in pairs, those that are best alone."""


def improved(shares: WholeShareProblem, trades: Trades, in_pairs: bool = True) -> Trades | None:
    """A choice that keeps all limits and that no change of one asset (``in_pairs``: of two) makes better.

    None where the way from ``trades`` does not lead to one that keeps the cash and the count.
    """
    for _ in range(20 * len(shares.held) + 200):
        better = _step(shares, trades, in_pairs)
        if better is None:
            break
        trades = better
    return trades if keeps_limits(shares, trades) else None


def keeps_limits(shares: WholeShareProblem, trades: Trades) -> bool:
    """Whether cash and the number of trades are allowed; and what may not stay has traded."""
    change = trades.change(shares)
    count = int(np.count_nonzero(change))
    few = shares.most_trades is None or count <= shares.most_trades
    has_moved = bool((shares.may_stay | (change != 0)).all())
    return few and has_moved and bool(spare_cash(shares, change) >= -ROOM)


def _step(shares: WholeShareProblem, trades: Trades, in_pairs: bool) -> Trades | None:
    """The best change of one or two assets; None where there is none.

    While cash is short or there are too many trades: what mends most of it at the least objective.
    """
    change = trades.change(shares)
    places, steps, out = neighbours(shares, trades)
    if not len(places):
        return None
    then = np.where(out, -shares.held[places], steps * shares.unit[places])
    moved = then - change[places]
    paid = costs(shares, change)
    after = costs(shares, then, places)
    spent = moved + after - paid[places]
    slope = 2.0 * (shares.curve @ (shares.held + change - shares.goal))
    gain = moved * slope[places] + moved**2 * shares.curve[places, places] + after - paid[places]
    counted = (then != 0).astype(np.int64) - (change[places] != 0)
    cash = spare_cash(shares, change)
    most = len(change) if shares.most_trades is None else shares.most_trades
    room = most - int(np.count_nonzero(change))

    if cash < -ROOM or room < 0:
        helps = np.where(cash < -ROOM, np.maximum(-spent, 0.0) / max(-cash, ROOM), 0.0)
        helps = np.minimum(helps, 1.0) + (np.maximum(-counted, 0) if room < 0 else 0.0)
        if room >= 0:
            helps = np.where(counted > room, 0.0, helps)
        if helps.max() <= 0:
            return None
        worth = np.where(
            helps > 0, (gain - gain.min() + ROOM) / np.where(helps > 0, helps, 1.0), np.inf
        )
        best = int(worth.argmin())
        return _made(trades, places, steps, out, [best])

    fits = (spent <= cash + ROOM) & (counted <= room)
    alone = np.where(fits, gain, np.inf)
    single = int(alone.argmin())
    if alone[single] < -_BETTER:
        return _made(trades, places, steps, out, [single])
    if not in_pairs:
        return None
    few = np.argsort(gain, kind="stable")[:_PAIRS]
    both = gain[few][:, None] + gain[few][None, :]
    both += 2.0 * shares.curve[np.ix_(places[few], places[few])] * np.outer(moved[few], moved[few])
    both[places[few][:, None] == places[few][None, :]] = np.inf
    both[spent[few][:, None] + spent[few][None, :] > cash + ROOM] = np.inf
    both[counted[few][:, None] + counted[few][None, :] > room] = np.inf
    pair = divmod(int(both.argmin()), len(few))
    if both[pair] < -_BETTER:
        return _made(trades, places, steps, out, [int(few[pair[0]]), int(few[pair[1]])])
    return None


def _made(
    trades: Trades, places: IntArray, steps: IntArray, out: BoolArray, which: list[int]
) -> Trades:
    made = Trades(trades.steps.copy(), trades.out.copy())
    for one in which:
        made.steps[places[one]], made.out[places[one]] = steps[one], out[one]
    return made
