"""Branch and bound over the trade lists; the bound is derived in the package's docstring."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from math import fsum, inf, nan, sqrt

import numpy as np

from xl_rebal.engine.rounding.asset import Asset
from xl_rebal.engine.rounding.best import Best
from xl_rebal.engine.rounding.problem import Bands
from xl_rebal.typing import FloatArray

_COARSE, _FINE = 128, 1024  # values of m for which the distances are tabulated
_SOON = 1_000  # quantities tried before the fine tables are worth making


@dataclass
class _Tables:
    """What every node looks up; level l is the l-th asset from the coarsest, of L that may trade.

    Money is in cents, x is the deviation of a weight (of W) from its destination. Few numbers of the
    larger tables are ever looked at: memory views read like lists, without making them of all.
    """

    order: list[Asset]
    goals: list[float]  # the destinations
    low: list[int]
    high: list[int]
    most_net: list[int]  # of levels l.. together, length L + 1
    settled: tuple[float, float]  # sums of x^2 and x over what cannot trade
    grid: list[float]  # values of m
    turn: list[
        memoryview[float]
    ]  # by level: the T at which the next m of the grid becomes the better
    rest: list[
        memoryview[float]
    ]  # by level and m: the bound but for T and the level's own distance
    cash: tuple[float, float]  # the least and the most cash (cents) that any list may end with


def search(best: Best, node_limit: int) -> int:
    """Branch and bound from the best so far: the quantities tried, ``node_limit`` if cut short.

    Complete, and so a proof, where fewer were tried.
    """
    ranked = sorted(
        (-asset.unit, asset.kind(goal), asset.index)
        for asset, goal in zip(best.assets, best.destination, strict=True)
        if asset.low < asset.high
    )
    order = [best.assets[index] for *_, index in ranked]
    twins = [False, *(one[1] == two[1] for one, two in pairwise(ranked))]
    left, grid = node_limit, _COARSE
    while order and left > 0:
        tables = _tables(order, best, grid)
        if tables is None:
            break
        limit = min(left, _SOON) if grid == _COARSE else left
        used, complete = _descend(tables, twins, best, limit)
        left -= used  # a much better list was found: narrow everything and begin again
        if complete:
            break
        if used >= _SOON:
            grid = _FINE
    return node_limit - left


def _limit(best: Best) -> float:
    """Wider than what counts as equal, so that rounding in the bound cannot drop an equal."""
    return best.least * (1 + 3e-12) + 3e-18


def _tables(order: list[Asset], best: Best, count: int) -> _Tables | None:
    """What every node looks up; None where the bands leave some asset no quantity at all."""
    wealth, depth = best.wealth, len(order)
    goals = [best.destination[asset.index] for asset in order]
    fixed = [
        asset.worth / wealth - goal
        for asset, goal in zip(best.assets, best.destination, strict=True)
        if asset.low == asset.high
    ]
    squares, away = fsum(x * x for x in fixed), fsum(fixed)
    # Cash is not below 0, costs not counted: a cent of each trade may be rounded away.
    most = best.before * (1 + 1e-9) + 0.5 * depth
    poorest = 1 - most / wealth - best.cash_destination
    centre = -away / (depth + 1)
    if centre < poorest:  # cash would be below 0: the assets share it all
        centre = (-away - poorest) / depth
    plain = squares - 2 * centre * away - (depth + 1) * centre**2
    plain += max(0.0, poorest - centre) ** 2
    radius = sqrt(max(_limit(best) - plain, 0.0))
    low, high = [], []
    for asset, goal in zip(order, goals, strict=True):
        bottom = max(goal + centre - radius, 0.0) * wealth
        top = max(goal + centre + radius, 0.0) * wealth + asset.unit
        low.append(max(asset.low, asset.worth_at_most(bottom)))
        high.append(min(asset.high, asset.worth_at_most(top)))
    cash = 0.0, inf
    if best.bands is not None:
        wealth_after = _keep_bands(best.bands, best, order, low, high)
        if wealth_after is None:
            return None
        room = 1e-9 * best.before + 1e-6
        least, greatest = best.bands.cash_least, best.bands.cash_greatest
        cash = max(0.0, least * wealth_after[0] - room), greatest * wealth_after[1] + room
    # Beyond 0.71 radius an even spread over two or more is above the limit by itself.
    half = max(0.75 * radius, 1e-13)
    grid = np.linspace(centre - half, centre + half, min(count, max(64, 400_000 // depth)))
    values = (grid + np.array(goals)[:, None]) * wealth
    own = (_distances(order, low, high, values) / wealth) ** 2
    # What the levels below add, from the last one up; the last has only cash below it.
    below = np.vstack([np.maximum(0, poorest - grid) ** 2, own[:0:-1]]).cumsum(axis=0)[::-1]
    rest = below - np.arange(depth + 1, 1, -1)[:, None] * grid**2
    turn = -np.diff(rest + own) / (2 * np.diff(grid))
    nets = [_most_net(a, j, k) for a, j, k in zip(order, low, high, strict=True)]
    most_net = [*accumulate(reversed(nets), initial=0)][::-1]
    rows = [row.data for row in turn], [row.data for row in rest]
    settled = squares, away
    return _Tables(order, goals, low, high, most_net, settled, grid.tolist(), *rows, cash)


def _keep_bands(
    bands: Bands, best: Best, order: Sequence[Asset], low: list[int], high: list[int]
) -> tuple[float, float] | None:
    """Narrow the quantities for as long as the bands and what the trades cost do it.

    The least and the most wealth (cents) that they leave; None where they leave no list.
    """
    width = inf
    while True:  # the trades bound V1, which with the bands bounds the trades
        losses = [_losses(a, j, k, best) for a, j, k in zip(order, low, high, strict=True)]
        least = max(best.before - fsum(large for _, large in losses), 0.0)
        most = max(best.before - fsum(small for small, _ in losses), least)
        if most - least >= 0.9 * width:
            return least, most
        width = most - least
        if not _narrow(bands, best, order, low, high, least, most):
            return None


def _narrow(
    bands: Bands,
    best: Best,
    order: Sequence[Asset],
    low: list[int],
    high: list[int],
    least: float,
    most: float,
) -> bool:
    """Leave each asset the quantities with which its group can end inside; False where none do.

    V1 is between ``least`` and ``most`` cents, and the others of a group are at least at their
    ``low`` and at most at their ``high``. A little wider than the bands: lists are tested exactly.
    """
    room = 1e-9 * most + 1e-6
    group_of = bands.group.tolist()
    groups: dict[int, list[int]] = {}
    for level, asset in enumerate(order):
        groups.setdefault(group_of[asset.index], []).append(level)
    for group, levels in groups.items():
        places = {order[level].index for level in levels}
        fixed = fsum(
            a.worth for a in best.assets if group_of[a.index] == group and a.index not in places
        )
        lows = [order[i].trades[low[i]].value for i in levels]
        highs = [order[i].trades[high[i]].value for i in levels]
        lowest, highest = float(bands.least[group]) * least, float(bands.greatest[group]) * most
        for place, level in enumerate(levels):
            poorest = fixed + fsum([*lows[:place], *lows[place + 1 :]])
            richest = fixed + fsum([*highs[:place], *highs[place + 1 :]])
            asset = order[level]
            bottom, top = lowest - richest - room, highest - poorest + room
            first = asset.worth_at_least(bottom) if bottom > 0 else asset.low
            last = asset.worth_at_most(top) if top < inf else asset.high
            if first is None or asset.trades[last].value > top:
                return False
            low[level], high[level] = max(low[level], first), min(high[level], last)
            if low[level] > high[level]:
                return False
            lows[place] = asset.trades[low[level]].value
            highs[place] = asset.trades[high[level]].value
    return True


def _losses(asset: Asset, low: int, high: int, best: Best) -> tuple[float, float]:
    """Least and greatest loss (cents) of the trades ``low``..``high``; costs grow outwards."""
    if low == high == 0:
        return 0.0, 0.0
    whole_cents = asset.unit == int(asset.unit) and not asset.sells_out
    rounding = (0.0 if whole_cents else 0.5) + 1e-14 * (best.before + asset.worth)
    costs = asset.trades[low].cost, asset.trades[high].cost
    return (0 if low <= 0 <= high else min(costs)) - rounding, max(costs) + rounding


def _most_net(asset: Asset, low: int, high: int) -> int:
    """The most cash (cents) from the trades ``low``..``high``."""
    net = asset.trades[low].net
    return max(net, 0) if low <= 0 <= high else net


def _distances(
    order: Sequence[Asset], low: Sequence[int], high: Sequence[int], values: FloatArray
) -> FloatArray:
    """From each value (cents; a row an asset) to the nearest final value of ``low``..``high``."""
    units = np.array([asset.unit for asset in order])
    nearest = np.full(values.shape, inf)
    limits = (np.array(each, dtype=np.float64) for each in (low, high))
    for start, steps in _runs(order, units, *limits):
        there = steps >= 0
        if not there.any():
            continue
        away = values - np.where(there, start, inf)[:, None]
        if (steps > 0).any():
            numbers = np.clip(np.rint(away / units[:, None]), 0, np.maximum(steps, 0)[:, None])
            away -= numbers * units[:, None]
        np.minimum(nearest, np.abs(away), out=nearest)
    return nearest


def _runs(
    order: Sequence[Asset], units: FloatArray, low: FloatArray, high: FloatArray
) -> list[tuple[FloatArray, FloatArray]]:
    """Final values (cents) a step apart, of the trades ``low``..``high`` of each: the first, how many more.

    Selling all of it, other sales, no trade and buys; below 0 more where there is no such trade.
    """
    columns = [(a.worth, a.low if a.sells_out else nan, a.least_sale, a.least_buy) for a in order]
    worth, all_of_it, least_sale, least_buy = np.array(columns, dtype=np.float64).T
    takes_all = low == all_of_it
    sale, buy = low + takes_all, np.maximum(low, least_buy)
    return [
        (np.zeros(len(order)), np.where(takes_all, 0, -1)),
        (worth + sale * units, np.minimum(high, -least_sale) - sale),
        (worth, np.where((low <= 0) & (high >= 0), 0, -1)),
        (worth + buy * units, high - buy),
    ]


def _descend(
    tables: _Tables, twins: Sequence[bool], best: Best, node_limit: int
) -> tuple[int, bool]:
    """Depth first through all quantities that the bound allows: nodes used, and if complete.

    ``twins`` tells of each level whether it is the equal of the one before, so that the two need not be
    tried both ways.
    Stops early where the measure has fallen to half of what the tables were made for. One loop
    over levels with local names, because every quantity tried passes through it.
    """
    order, goals, grid, wealth = tables.order, tables.goals, tables.grid, best.wealth
    depth = len(order)
    places = [asset.index for asset in order]
    seen: list[dict[int, tuple[float, float, int]]] = [{} for _ in order]
    sums = [tables.settled] * (depth + 1)  # of x^2 and squared costs, and of x
    cash = [best.cash] * (depth + 1)
    base, centre, top = [0.0] * depth, [0.0] * depth, list(tables.high)
    up: list[int | None] = [None] * depth
    down: list[int | None] = [None] * depth
    chosen, before, limit = [0] * len(best.assets), best.least, _limit(best)
    least_cash, most_cash = tables.cash

    def look(level: int, k: int) -> tuple[float, float, int]:
        trade = order[level].trades[k]
        x = trade.value / wealth - goals[level]
        found = seen[level][k] = (x, trade.cost / wealth, trade.net)
        return found

    def enter(level: int) -> bool:
        """Bound what is settled above ``level`` and find where its quantities begin."""
        squares, away = sums[level]
        place = bisect_left(tables.turn[level], -away)
        m = centre[level] = grid[place]
        base[level] = squares - 2 * m * away + tables.rest[level][place]
        if base[level] > limit:
            return False
        asset, low = order[level], tables.low[level]
        if twins[level]:  # the first of equals gets the most
            top[level] = min(tables.high[level], chosen[places[level - 1]])
        k = asset.worth_at_most((m + goals[level]) * wealth)
        if k > top[level]:
            k = top[level]
        down[level] = k if k >= low else None
        above = asset.at_least(k + 1 if k >= low else low)
        up[level] = above if above is not None and above <= top[level] else None
        return True

    nodes, level = 0, 0 if enter(0) else -1
    while level >= 0:
        lower, upper, m, asset = down[level], up[level], centre[level], order[level]
        under = None if lower is None else seen[level].get(lower) or look(level, lower)
        over = None if upper is None else seen[level].get(upper) or look(level, upper)
        if under and lower is not None and (not over or m - under[0] <= over[0] - m):
            k, (x, cost, net) = lower, under
            below = asset.at_most(k - 1)
            down[level] = below if below is not None and below >= tables.low[level] else None
        elif over and upper is not None:
            k, (x, cost, net) = upper, over
            above = asset.at_least(k + 1)
            up[level] = above if above is not None and above <= top[level] else None
        else:
            level -= 1
            continue
        if base[level] + (x - m) ** 2 > limit:
            level -= 1  # what is left on either side is further still
            continue
        if nodes >= node_limit:
            return nodes, False
        nodes += 1
        chosen[places[level]] = k
        after = level + 1
        cash[after] = cash[level] + net
        if cash[after] + tables.most_net[after] < 0:
            if k > 0 and k == upper:
                up[level] = None  # to buy more costs more still
            continue
        squares, away = sums[level]
        squares, away = squares + x * x + cost * cost, away + x
        sums[after] = squares, away
        if after < depth:
            level += enter(after)
        elif (
            squares + away * away <= limit * (1 + 1e-9) + 1e-16
            and least_cash <= cash[after] <= most_cash
        ):
            best.offer(chosen)  # measured exactly
            limit = _limit(best)
            if best.least < before / 2 - 1e-18:
                return nodes, False
    return nodes, True
