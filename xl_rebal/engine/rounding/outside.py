"""Where no list ends inside the bands: the best of those that end nearest to them.

Nearest is what is outside, all lines together, and what is paid in costs, counted twice: to be a little
less far out is not worth more than it brings, and paying costs is no way to have less.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import inf

import numpy as np

from xl_rebal.engine.excess import COSTS_COUNT
from xl_rebal.engine.nearest import Reach, nearest_to_bands
from xl_rebal.engine.rounding.asset import Asset, Trade
from xl_rebal.engine.rounding.best import NOTHING, Best, outside, weights_of, widened
from xl_rebal.engine.rounding.problem import Bands, RoundingProblem
from xl_rebal.typing import BoolArray

_EQUAL = 1e-6  # distances that differ by less are equal


def nearest_list(
    problem: RoundingProblem, bands: Bands, assets: Sequence[Asset], plain: Best
) -> Best:
    """The nearest list, or nothing traded where that is as near.

    What is inside its band stays inside, and what is out does not end farther out, nor out on the other
    side by more than half as much. Only where cash has to be raised and that is in the way may any list
    be taken, ``plain`` among them.
    """
    start = [0] * len(assets) if plain.cash >= 0 else plain.chosen
    # A line that is out, or at its edge, is pushed by the costs of the others alone: weights before
    # costs have to do for it.
    tries: list[tuple[Bands | None, BoolArray | None]] = []
    if plain.before > NOTHING:
        apart, is_in = _no_farther(bands, assets, plain.cash)
        tries = [(apart, is_in), (apart, np.zeros_like(is_in))]
    if plain.cash < 0:
        tries.append((None, None))
    for limits, after_costs in tries:
        chosen = _asked(problem, bands, limits, after_costs, assets)
        if chosen is None or plain.left(plain.trades(chosen)) < 0:
            continue
        if distance(plain, bands, chosen) < distance(plain, bands, start) - _EQUAL:
            start = chosen
            break
    trades = plain.trades(start)
    wider = widened(bands, [trade.value for trade in trades], plain.left(trades))
    best = _Nearest(assets, plain.destination, problem.cash_cents, plain.wealth, wider)
    best.farthest, best.wanted = distance(plain, bands, start), bands
    best.offer(start)
    return best


def _no_farther(bands: Bands, assets: Sequence[Asset], cash: int) -> tuple[Bands, BoolArray]:
    """Each band widened by as much as its line is outside now, and by half of it on the other side.

    To stand 2 pp over after 8 pp under is nearer; 7 pp over is only another way to be out. Also which
    lines, and cash at the end, are inside.
    """
    weights, in_cash = weights_of(bands, [asset.worth for asset in assets], cash)
    now = np.append(weights, in_cash)
    least = np.append(bands.least, bands.cash_least)
    greatest = np.append(bands.greatest, bands.cash_greatest)
    below, above = np.maximum(least - now, 0.0), np.maximum(now - greatest, 0.0)
    least = least - np.maximum(below, above / 2)
    greatest = greatest + np.maximum(above, below / 2)
    apart = Bands(bands.group, least[:-1], greatest[:-1], float(least[-1]), float(greatest[-1]))
    return apart, np.maximum(below, above) <= 0.0


class _Nearest(Best):
    """Only lists inside the widened bands that are no farther from those ``wanted``."""

    wanted: Bands
    farthest: float

    def measure(self, trades: Sequence[Trade]) -> float:
        measured = super().measure(trades)
        if measured == inf or _distance(self, self.wanted, trades) > self.farthest + 1e-9:
            return inf
        return measured


def distance(best: Best, bands: Bands, chosen: Sequence[int]) -> float:
    """What is outside in all and, counted twice, what is paid in costs, of the wealth before costs."""
    return _distance(best, bands, best.trades(chosen))


def _distance(best: Best, bands: Bands, trades: Sequence[Trade]) -> float:
    beyond = outside(bands, [trade.value for trade in trades], best.left(trades))
    return (beyond + COSTS_COUNT * sum(trade.cost for trade in trades)) / best.before


def _asked(
    problem: RoundingProblem,
    bands: Bands,
    limits: Bands | None,
    after_costs: BoolArray | None,
    assets: Sequence[Asset],
) -> list[int] | None:
    """The solver's list as trade numbers; None where it found none that is allowed."""
    lines = len(bands.least)

    def column(values: Sequence[float]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        return np.array(values, dtype=np.float64)

    change = nearest_to_bands(
        Reach(
            value=column([asset.worth for asset in assets]),
            step=column([asset.unit for asset in assets]),
            least_sale=column([asset.least_sale * asset.unit for asset in assets]),
            most_sale=column([-(asset.low + asset.sells_out) * asset.unit for asset in assets]),
            least_buy=column([asset.least_buy * asset.unit for asset in assets]),
            most_buy=column([asset.high * asset.unit for asset in assets]),
            sells_out=np.array([asset.sells_out for asset in assets], dtype=np.bool_),
            buy_rate=problem.buy_rate,
            sell_rate=problem.sell_rate,
            fee=problem.fee_cents.astype(np.float64),
            group=bands.group,
            least=np.append(bands.least, bands.cash_least),
            greatest=np.append(bands.greatest, bands.cash_greatest),
            never_below=None if limits is None else np.append(limits.least, limits.cash_least),
            never_above=None
            if limits is None
            else np.append(limits.greatest, limits.cash_greatest),
            cash_line=lines,
            cash=problem.cash_cents,
            never_after_costs=after_costs,
            lost=1.0,  # a cent of each trade may be rounded away
        ),
        least_turnover=False,
    )
    if change is None:
        return None
    chosen = []
    for asset, moved in zip(assets, change.tolist(), strict=True):
        all_of_it = asset.sells_out and moved <= asset.trades[asset.low].value - asset.worth + 1e-6
        k = asset.low if all_of_it else round(moved / asset.unit)
        if asset.at_most(k) != k:
            return None
        chosen.append(k)
    return chosen
