"""Local search: one move or an exchange of two for as long as that helps."""

from __future__ import annotations

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
    together = (owner[:, None] != partner[None, :]) | (partner[None, :] == -1)
    known: dict[tuple[int, int], list[list[float]]] = {}
    # From a fair guess each asset moves a few times; from a poor one the search does better.
    for _ in range(min(4 * len(free) + 20, max(8, _PAIR_WORK // together.size))):
        pairs = zip(best.assets, best.chosen, strict=True)
        totals = np.array([_terms(asset, k, best) for asset, k in pairs]).sum(axis=0)
        nexts = [j for asset in free for j in _next(asset, best.chosen[asset.index])]
        moved = [row for asset in free for row in _moves(asset, best, known)]
        columns = np.array([[0.0] * 3, *moved]).T
        squares, away, net = (
            total + column[:, None] + column[None, :_PARTNERS]
            for total, column in zip(totals, columns, strict=True)
        )
        allowed = together & (best.cash + net >= 0)
        measures = np.where(allowed, squares + away**2, inf).ravel()
        before, chosen = best.measured, list(best.chosen)
        # The first is accepted, unless it ends outside the bands that the list has to keep.
        for flat in _least(measures, 1 if best.bands is None else _TRIED):
            if not measures[flat] < before:
                break
            trial = list(chosen)
            for place in set(divmod(flat, len(partner))) - {0}:
                trial[free[owner[place]].index] = nexts[place - 1]
            best.offer(trial)
            if best.measured < before:
                break
        if not best.measured < before:
            return


def _terms(asset: Asset, k: int, best: Best) -> list[float]:
    """What a trade adds to the sums: the squares of x and its cost, x, and its cash (cents)."""
    trade = asset.trade(k)
    x, cost = trade.value / best.wealth - asset.destination, trade.cost / best.wealth
    return [x * x + cost * cost, x, trade.net]


def _next(asset: Asset, k: int) -> tuple[int, int]:
    """The next trade numbers up and down; k itself where there is none."""
    up, down = asset.at_least(k + 1), asset.at_most(k - 1)
    return k if up is None else up, k if down is None else down


def _moves(
    asset: Asset, best: Best, known: dict[tuple[int, int], list[list[float]]]
) -> list[list[float]]:
    """What the next trades up and down add to the sums, beside the one that is chosen."""
    at = asset.index, best.chosen[asset.index]
    if at not in known:
        now = _terms(asset, at[1], best)
        known[at] = [
            [after - before for after, before in zip(_terms(asset, k, best), now, strict=True)]
            for k in _next(asset, at[1])
        ]
    return known[at]


def _least(measures: FloatArray, count: int) -> list[int]:
    """Places of the ``count`` least, in their order."""
    if count == 1 or len(measures) <= count:
        return [int(measures.argmin())] if count == 1 else np.argsort(measures).tolist()
    some = np.argpartition(measures, count)[:count]
    return [int(place) for place in some[np.argsort(measures[some])]]
