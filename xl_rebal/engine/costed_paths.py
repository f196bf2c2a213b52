"""Paths with costs: weights are those of the path without any, each trade leaves a part of the wealth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xl_rebal.engine.backtest import Backtest, Conventions, filled_prices
from xl_rebal.engine.progress import Work
from xl_rebal.engine.statistics import FIGURES, Figures, Tally, Yardstick, drift_path, figures
from xl_rebal.model.prices import Prices
from xl_rebal.numerics import performance
from xl_rebal.numerics.costs import is_traded
from xl_rebal.numerics.segments import cost_factors
from xl_rebal.typing import FloatArray, IntArray

_AT_ONCE = 16_000
"""Returns, or weights, worked on at once: 128 KB, above which fresh memory costs more than the arithmetic."""


def is_pro_rata(prices: Prices, conventions: Conventions) -> bool:
    """Whether costs only scale wealth: a ticket fee, a flow or an asset that cannot be traded on its row
    makes the weights depend on what is left."""
    _, _, has_price = filled_prices(prices, conventions.cash_rate)
    return bool(
        has_price.all() and not np.any(conventions.fee) and not any(conventions.flows.values())
    )


@dataclass(frozen=True)
class Moves:
    """What trades (K,) come to: one-way ``turnover``, and of a wealth of 1 what is ``left`` by each of q cost
    levels (K, q). Nothing is traded where the turnover is 0."""

    turnover: FloatArray
    left: FloatArray


def moves(before: FloatArray, after: FloatArray, rates: FloatArray, pre_trade: bool) -> Moves:
    """From weights ``before`` (K, n) to ``after``, (n,) or (K, n); ``rates`` (q, n) per side."""
    is_trade = is_traded(before, after).any(axis=1)
    turnover = np.where(is_trade, np.abs(after - before).sum(axis=1) / 2.0, 0.0)
    left = [cost_factors(before, after, rate, rate, pre_trade) for rate in rates]
    return Moves(turnover, np.where(is_trade, left, 1.0).T)


def returns_to_target(
    prices: FloatArray, target: FloatArray, since: IntArray, row: IntArray,
    rates: FloatArray, pre_trade: bool,
) -> Moves:  # fmt: skip
    """Of portfolios that were at the target on rows ``since`` (K,) and return to it on ``row`` (K,)."""
    pair, which = np.unique(since * len(prices) + row, return_inverse=True)
    found = []
    step = max(1, _AT_ONCE // prices.shape[1])
    for at in range(0, max(len(pair), 1), step):
        start, end = np.divmod(pair[at : at + step], len(prices))
        grown = prices[end] / prices[start] * target
        found.append(moves(grown / grown.sum(axis=1, keepdims=True), target, rates, pre_trade))
    return Moves(
        np.concatenate([each.turnover for each in found])[which],
        np.concatenate([each.left for each in found])[which],
    )


@dataclass(frozen=True)
class Costed:
    """Paths without costs, growth factors (m, T - 1), with their trades: ``path`` (K,) rising, ``row`` (K,)."""

    growth: FloatArray
    path: IntArray
    row: IntArray
    moves: Moves
    average_drift: FloatArray
    maximum_drift: FloatArray

    def figures(
        self, against: Yardstick, risk_free: float, purchase: FloatArray, work: Work
    ) -> Figures:
        """The statistics of each path at each cost level, (m, q).

        ``purchase`` (q,) is what the first purchase leaves of 1.
        """
        count, rows = self.growth.shape
        levels = self.moves.left.shape[1]
        step = max(1, _AT_ONCE // (rows * levels))
        firsts = np.searchsorted(self.path, np.arange(count + 1)).tolist()
        tally = self._tally()
        parts = []
        for at in range(0, count, step):
            end = min(at + step, count)
            trades = slice(firsts[at], firsts[end])
            growth, path = self.growth[at:end], self.path[trades] - at
            row, left = self.row[trades], self.moves.left[trades]
            wealth = _costed_wealth(performance.wealth_path(growth), path, row, left)
            growth = np.repeat(growth[:, None, :], levels, axis=1)
            growth[path, :, row - 1] *= left
            some = tally.part(at, end)
            parts.append(figures(growth - 1.0, wealth, some, against, risk_free, purchase))
            work.done((end - at) * rows * levels)
        return Figures(
            against, **{name: np.concatenate([getattr(p, name) for p in parts]) for name in FIGURES}
        )

    def _tally(self) -> Tally:
        count, levels = len(self.growth), self.moves.left.shape[1]

        def summed(values: FloatArray) -> FloatArray:
            return np.bincount(self.path, values, minlength=count).astype(np.float64, copy=False)

        def alike(values: FloatArray) -> FloatArray:
            return np.repeat(values[:, None], levels, axis=1)

        moved = self.moves.turnover
        return Tally(
            turnover=alike(summed(moved)),
            cost=np.stack([summed(1.0 - left) for left in self.moves.left.T], axis=1),
            trades=alike(summed(np.where(moved > 0, 1.0, 0.0))).astype(np.int64),
            average_drift=alike(self.average_drift),
            maximum_drift=alike(self.maximum_drift),
        )


def costed_run(run: Backtest, rates: FloatArray, pre_trade: bool) -> Costed:
    """A backtest without costs, whose trades are charged at ``rates`` (q, n) per side."""
    drift = drift_path(run)[1:]
    return Costed(
        1.0 + run.returns[None],
        np.zeros_like(run.rows),
        run.rows,
        moves(run.before, run.after, rates, pre_trade),
        drift.mean(keepdims=True),
        drift.max(keepdims=True),
    )


def _costed_wealth(free: FloatArray, path: IntArray, row: IntArray, left: FloatArray) -> FloatArray:
    """Wealth (m, q, T) from that without costs (m, T): what each trade leaves stays with it from its row on."""
    count, rows = free.shape
    wealth = np.empty((count, left.shape[1], rows))
    ends = np.searchsorted(path, np.arange(count + 1))
    for place in range(count):
        trades = slice(ends[place], ends[place + 1])
        kept = np.cumprod(np.concatenate([np.ones((1, left.shape[1])), left[trades]]), axis=0)
        lengths = np.diff(np.concatenate([[0], row[trades], [rows]]))
        np.multiply(free[place], np.repeat(kept.T, lengths, axis=1), out=wealth[place])
    return wealth
