"""One choice of trades, what it costs and risks, and which choices are next to it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xl_rebal.engine.optimal.whole.problem import WholeShareProblem
from xl_rebal.typing import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, eq=False)
class Trades:
    """``steps`` (m,) bought (> 0) or sold; where ``out`` (m,) all that is held is sold instead."""

    steps: IntArray
    out: BoolArray

    def change(self, shares: WholeShareProblem) -> FloatArray:
        """Changes of weight, (m,)."""
        return np.where(self.out, -shares.held, self.steps * shares.unit)


def nothing(shares: WholeShareProblem) -> Trades:
    count = len(shares.held)
    return Trades(np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.bool_))


def costs(
    shares: WholeShareProblem, change: FloatArray, places: IntArray | None = None
) -> FloatArray:
    """Rates and tickets of changes of weight (c,) of the assets at ``places`` (c,), by default all."""
    at = slice(None) if places is None else places
    rate = np.where(change > 0, shares.buy_rate[at], -shares.sell_rate[at])
    return np.asarray(rate * change + np.where(change != 0, shares.ticket[at], 0.0))


def objective(shares: WholeShareProblem, change: FloatArray) -> float:
    """gamma (w - t)'S(w - t) and all costs."""
    away = shares.held + change - shares.goal
    return float(away @ shares.curve @ away + costs(shares, change).sum())


def spare_cash(shares: WholeShareProblem, change: FloatArray) -> float:
    """The weight of cash above its floor, after costs."""
    return shares.idle - float(change.sum() + costs(shares, change).sum())


def is_allowed(shares: WholeShareProblem, steps: IntArray) -> BoolArray:
    """Which numbers of steps are nothing or a trade within the limits; any shape over the assets."""
    is_trade = (
        (np.abs(steps) >= shares.least) & (steps >= shares.lowest) & (steps <= shares.highest)
    )
    return np.asarray(np.where(steps == 0, shares.may_stay, is_trade))


def rounded(shares: WholeShareProblem, change: FloatArray) -> Trades:
    """The allowed trade nearest to each wanted ``change`` of weight (m,).

    What is all but sold out is sold out. Where no trade is allowed the asset stays.
    """
    exact = change / shares.unit
    nearest = np.floor(exact).astype(np.int64), np.ceil(exact).astype(np.int64), 0 * shares.least
    limits = shares.least, -shares.least, shares.lowest, shares.highest
    near = np.stack([*nearest, *limits])
    away = np.where(is_allowed(shares, near), np.abs(near - exact), np.inf)
    steps = np.take_along_axis(near, away.argmin(axis=0)[None, :], axis=0)[0]
    steps = np.where(np.isfinite(away.min(axis=0)), steps, 0)
    gone = shares.held + change
    out = shares.sells_out & (np.abs(gone) < np.abs(shares.held + steps * shares.unit - gone))
    return Trades(np.where(out, 0, steps), out)


def neighbours(shares: WholeShareProblem, trades: Trades) -> tuple[IntArray, IntArray, BoolArray]:
    """One asset changed each: its place, its steps then, and whether it is sold out then; each (c,).

    Up and down to the next allowed number, and to nothing and all.
    """
    now = np.where(trades.out, np.minimum(shares.lowest, 0) - 1, trades.steps)
    least = shares.least
    up = np.where(now + 1 < 0, now + 1, np.where(now + 1 <= 0, 0, np.maximum(now + 1, least)))
    up = np.where((up < 0) & (up > -least), 0, up)
    down = np.where(now - 1 > 0, now - 1, np.where(now - 1 >= 0, 0, np.minimum(now - 1, -least)))
    down = np.where((down > 0) & (down < least), 0, down)
    options = np.stack([up, down, np.zeros_like(now)])
    allowed = is_allowed(shares, options) & (trades.out | (options != trades.steps))
    allowed[2] &= (options[2] != up) & (options[2] != down)
    way, place = np.nonzero(allowed)
    can = np.flatnonzero(shares.sells_out & ~trades.out)
    places = np.append(place, can)
    steps = np.append(options[way, place], np.zeros(len(can), dtype=np.int64))
    return places, steps, np.append(np.zeros(len(place), dtype=bool), np.ones(len(can), dtype=bool))
