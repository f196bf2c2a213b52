"""The best whole-share trades: start, local search, branch and bound."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from math import inf

import numpy as np

from xl_rebal.engine.rounding.asset import Asset, assets_of, worth_of
from xl_rebal.engine.rounding.best import NOTHING, Best
from xl_rebal.engine.rounding.branch import search
from xl_rebal.engine.rounding.exchange import exchange
from xl_rebal.engine.rounding.outside import distance, nearest_list
from xl_rebal.engine.rounding.problem import RoundingProblem, WholeShares
from xl_rebal.engine.rounding.repair import repair
from xl_rebal.engine.rounding.start import start

NODE_LIMIT = 100_000
"""Quantities tried before the search gives up proving."""

_ROUNDS = 3  # more searches, each with the wealth that the last one left
_NEAR = 1e-6  # of the wealth before: weights that differ by this are equal
_RISE = 8.0  # how fast the ceiling of a search for lists inside the bands rises
_SOON = 300  # quantities tried before a local search is worth making


def best_whole_shares(problem: RoundingProblem, node_limit: int = NODE_LIMIT) -> WholeShares:
    """The whole-share trades of least measure that leave cash at or above 0.

    With ``bands``, lists that end inside all of them come first: the best of those, if any; else
    lists that are outside by as little as can be, all lines together.

    At most ``node_limit`` quantities are tried; what is best by then is returned, with ``proven``
    False when something better may exist. The answer does not depend on the machine's speed.

    Raises InfeasibleError when no allowed sales bring cash to 0.

    >>> import numpy as np
    >>> from xl_rebal.engine.rounding import RoundingProblem, best_whole_shares
    >>> def row(*values): return np.array(values, dtype=float)
    >>> book = RoundingProblem(
    ...     held=row(0, 0, 0), price=row(600, 110, 130), step=row(1, 1, 1),
    ...     lowest=row(0, 0, 0), highest=row(np.inf, np.inf, np.inf),
    ...     destination=row(0.4, 0.3, 0.3), cash_cents=1_000_00,
    ...     buy_rate=row(0, 0, 0), sell_rate=row(0, 0, 0), fee_cents=np.zeros(3, dtype=np.int64),
    ...     minimum_cents=0, guess=row(0.667, 2.727, 2.308))
    >>> best = best_whole_shares(book)
    >>> best.change.tolist(), best.cash_cents, best.proven
    ([1.0, 2.0, 1.0], 5000, True)
    """
    return best_of(problem, assets_of(problem), node_limit)


def best_of(
    problem: RoundingProblem, assets: Sequence[Asset], node_limit: int = NODE_LIMIT
) -> WholeShares:
    """The same where the assets are known; destination and guess are the problem's own."""
    plain, proven = _plain(problem, assets, node_limit)
    bands = problem.bands
    if bands is None or plain.is_within(bands):
        return plain.result(proven)
    banded = Best(assets, plain.destination, problem.cash_cents, plain.wealth, bands)
    banded.offer(plain.chosen)
    complete = _find_inside(banded, plain.measured, node_limit)
    if banded.measured < inf:
        return banded.result(complete)
    # Whole shares cannot end inside, or no such list was found.
    nearest = nearest_list(problem, bands, assets, plain)
    exchange(nearest)
    return nearest.result(proven=False, distance=distance(nearest, bands, nearest.chosen))


def _plain(problem: RoundingProblem, assets: Sequence[Asset], node_limit: int) -> tuple[Best, bool]:
    """The best without bands, searched again with the wealth that the last search left."""
    destination = problem.destination.tolist()
    guessed = _guessed(problem, worth_of(assets, problem.cash_cents))
    best = Best(assets, destination, problem.cash_cents, guessed)
    best.offer(start(assets, best, problem.guess))
    proven = _improve(best, node_limit)
    for _ in range(_ROUNDS):
        left = best.after()
        is_near = abs(left - best.wealth) <= _NEAR * best.before
        if is_near or not best.has_weights or left <= NOTHING:
            break
        again = Best(assets, destination, problem.cash_cents, left)
        again.offer(best.chosen)
        proven = _improve(again, node_limit)
        is_settled = again.chosen == best.chosen
        best = again
        if is_settled:
            break
    return best, proven


def _guessed(problem: RoundingProblem, before: float) -> float:
    """The wealth (cents) that the guess would leave, of ``before``."""
    change = 100 * (problem.guess - problem.held) * problem.price
    traded = np.abs(problem.guess - problem.held) > problem.step / 2
    rate = np.where(change > 0, problem.buy_rate, problem.sell_rate)
    costs = np.where(traded, rate * np.abs(change) + problem.fee_cents, 0.0).sum()
    left = before - float(costs)
    return left if left > before / 2 else before


def _find_inside(best: Best, measure: float, node_limit: int) -> bool:
    """Search for lists of a measure up to a ceiling that rises from ``measure`` until one is found.

    A low ceiling leaves few quantities to try. True when the answer (or that there is none) is
    proven.
    """
    assert best.bands is not None
    repair(best, best.bands)
    if best.measured < inf:
        return _improve(best, node_limit)
    highest, ceiling, left = best.least, max(measure, 1e-12), node_limit
    while ceiling < highest:
        ceiling = min(_RISE * ceiling, highest)
        best.least = ceiling
        left -= search(best, left)
        if best.measured < inf or left <= 0:
            break
    if left <= 0:
        exchange(best)
    return left > 0


def _improve(best: Best, node_limit: int) -> bool:
    """Branch and bound, from what a local search finds where it is not soon complete.

    True where nothing better can exist. What is tried in vain before the local search is not counted.
    """
    soon, first = min(_SOON, node_limit), copy(best)
    if best.has_weights and search(first, soon) < soon:
        best.take(first)
        return True
    exchange(best)
    if not best.has_weights or search(best, node_limit) < node_limit:
        return True
    exchange(best)
    return False
