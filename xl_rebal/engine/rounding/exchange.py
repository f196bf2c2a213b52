"""Local search: one move or an exchange of two for as long as that helps."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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
        (squares, away, net), added = moves.terms.sum(axis=0), moves.added.T
        pairs = _paired(squares, added[0]) + _paired(away, added[1]) ** 2
        pairs[clash] = inf
        if best.cash + net + 2 * added[2].min() < 0:
            pairs[best.cash + _paired(net, added[2]) < 0] = inf
        measures = pairs.ravel()
        before, chosen = best.measured, best.chosen
        # The first is accepted, unless it ends outside the bands that the list has to keep.
        for flat in _least(measures, 1 if best.bands is None else _TRIED):
            if not measures[flat] < before:
                break
            trial = list(chosen)
            for move in set(divmod(flat, len(partner))) - {0}:
                trial[free[owner[move]].index] = moves.ends[move]
            best.offer(trial)
            if best.measured < before:
                break
        if not best.measured < before:
            return
        moves.follow([i for i, a in enumerate(free) if best.chosen[a.index] != chosen[a.index]])


def _paired(total: float, added: FloatArray) -> FloatArray:
    """A sum after each move, with each of its partners besides."""
    return (total + added)[:, None] + added[None, :_PARTNERS]


class _Moves:
    """The next trade up and down of each ``free`` asset, beside the one that is chosen.

    ``terms`` are what each asset adds to the sums; ``added`` what each move adds beside, and ``ends`` the
    trade number that it ends with. The first move is none.
    """

    def __init__(self, free: Sequence[Asset], best: Best) -> None:
        self.free, self.best = free, best
        pairs = zip(best.assets, best.chosen, strict=True)
        self.terms = np.array([_terms(asset, k, best) for asset, k in pairs])
        self.added = np.zeros((2 * len(free) + 1, 3))
        self.ends = [0] * len(self.added)
        self.follow(range(len(free)))

    def follow(self, places: Iterable[int]) -> None:
        """Take up what is chosen now of the assets at ``places``."""
        for place in places:
            asset = self.free[place]
            k = self.best.chosen[asset.index]
            squares, x, net = self.terms[asset.index] = _terms(asset, k, self.best)
            for move, end in enumerate(_next(asset, k), 2 * place + 1):
                after = _terms(asset, end, self.best)
                self.added[move] = after[0] - squares, after[1] - x, after[2] - net
                self.ends[move] = end


def _terms(asset: Asset, k: int, best: Best) -> tuple[float, float, float]:
    """What a trade adds to the sums: the squares of x and its cost, x, and its cash (cents)."""
    trade = asset.trades[k]
    x, cost = trade.value / best.wealth - best.destination[asset.index], trade.cost / best.wealth
    return x * x + cost * cost, x, trade.net


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
