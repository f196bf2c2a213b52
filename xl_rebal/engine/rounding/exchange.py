"""Local search: one move or an exchange of two for as long as that helps."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf

import numpy as np

from xl_rebal.engine.rounding.asset import Asset
from xl_rebal.engine.rounding.best import Best
from xl_rebal.typing import FloatArray

_PAIR_WORK = 40_000_000  # pairs of moves that the local search may look at
_PARTNERS = 601  # moves that each move is paired with: none and those of the 300 finest assets

_TRIED = 50  # moves that are tried in their order when there are bands to keep


def exchange(best: Best) -> None:
    """Make the best single move or exchange of two for as long as that lowers the measure.

    A move takes an asset to its next quantity up or down. All pairs are measured at once: the
    measure is made of a few sums, to which a move only adds.
    """
    free = sorted((a for a in best.assets if a.low < a.high), key=lambda asset: asset.unit)
    if not free or best.measured == inf:
        return
    owner = np.r_[-1, np.repeat(np.arange(len(free)), 2)]
    partner = owner[:_PARTNERS]
    clash = (owner[:, None] == partner[None, :]) & (partner[None, :] != -1)
    moves = _Moves(free, best)
    # From a fair guess each asset moves a few times; from a poor one the search does better.
    for _ in range(min(4 * len(free) + 20, max(8, _PAIR_WORK // clash.size))):
        squares, away, net = (
            (total + added)[:, None] + added[None, :_PARTNERS]
            for total, added in zip(moves.terms.sum(axis=0), moves.added.T, strict=True)
        )
        squares += away * away
        squares[clash | (net < -best.cash)] = inf
        measures = squares.ravel()
        before, chosen = best.measured, best.chosen
        # The first is accepted, unless it ends outside the bands that the list has to keep.
        for flat in _least(measures, 1 if best.bands is None else _TRIED):
            if not measures[flat] < before:
                break
            trial = list(chosen)
            for place in set(divmod(flat, len(partner))) - {0}:
                trial[free[owner[place]].index] = moves.ends[place]
            best.offer(trial)
            if best.measured < before:
                break
        if not best.measured < before:
            return
        moves.follow([i for i, a in enumerate(free) if best.chosen[a.index] != chosen[a.index]])


class _Moves:
    """The next trade up and down of each ``free`` asset, beside the one that is chosen.

    ``terms`` (n, 3) are what each asset adds to the sums; ``added`` (2m + 1, 3) what each move adds
    beside, and ``ends`` the trade number that it ends with. The first move is none.
    """

    def __init__(self, free: Sequence[Asset], best: Best) -> None:
        self.free, self.best = free, best
        self.terms = _terms(best, best.assets, best.chosen)
        self.added = np.zeros((2 * len(free) + 1, 3))
        self.ends = [0] * (2 * len(free) + 1)
        self.follow(range(len(free)))

    def follow(self, places: Sequence[int]) -> None:
        """Take up what is chosen now of the assets at ``places``."""
        assets = [self.free[place] for place in places]
        now = [self.best.chosen[asset.index] for asset in assets]
        ends = [j for asset, k in zip(assets, now, strict=True) for j in _next(asset, k)]
        terms = _terms(self.best, assets, now)
        after = _terms(self.best, [asset for asset in assets for _ in range(2)], ends)
        rows = [2 * place + side for place in places for side in (1, 2)]
        self.terms[[asset.index for asset in assets]] = terms
        self.added[rows] = after - terms.repeat(2, axis=0)
        for row, end in zip(rows, ends, strict=True):
            self.ends[row] = end


def _terms(best: Best, assets: Sequence[Asset], numbers: Sequence[int]) -> FloatArray:
    """What trades add to the sums: the squares of x and their costs, x, and their cash (cents)."""
    trades = [asset.trade(k) for asset, k in zip(assets, numbers, strict=True)]
    value, cost, net = np.array([(t.value, t.cost, t.net) for t in trades], dtype=np.float64).T
    goal = np.array([best.destination[asset.index] for asset in assets])
    x, cost = value / best.wealth - goal, cost / best.wealth
    return np.column_stack([x * x + cost * cost, x, net])


def _next(asset: Asset, k: int) -> tuple[int, int]:
    """The next trade numbers up and down; k itself where there is none."""
    up, down = asset.at_least(k + 1), asset.at_most(k - 1)
    return k if up is None else up, k if down is None else down


def _least(measures: FloatArray, count: int) -> list[int]:
    """Places of the ``count`` least, in their order."""
    if count == 1 or len(measures) <= count:
        return [int(measures.argmin())] if count == 1 else np.argsort(measures).tolist()
    some = np.argpartition(measures, count)[:count]
    return [int(place) for place in some[np.argsort(measures[some])]]
