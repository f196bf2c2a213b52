"""Where to trade to: the exact projection onto bands, and the placing of cash flows.

Among the weights that meet the bounds and add to the budget, those of least one-way turnover;
among those the one nearest to the target, sum (w' - t)^2 smallest, which is unique. Clipping to
the bounds and rescaling leaves the bounds and is wrong.
"""

from __future__ import annotations

from bisect import bisect_left

import numpy as np

from xl_rebal.numerics.bands import is_breached
from xl_rebal.numerics.tolerance import WEIGHT_TOLERANCE
from xl_rebal.typing import BoolArray, FloatArray


def destination_bounds(
    current: FloatArray,
    target: FloatArray,
    lower: FloatArray,
    upper: FloatArray,
    fraction: float = 1.0,
    distance: float | None = None,
) -> tuple[FloatArray, FloatArray]:
    """The weights between which each asset must end: (least, greatest), each of shape (n,).

    ``lower`` and ``upper`` are the half-widths below and above the target. A *breached* asset must
    end inside ``fraction`` of its band, or inside ``min(distance, band)``; the others inside their
    own bands. An asset that is out by less than the tolerance stays where it is.
    """
    breached = is_breached(current - target, lower, upper)
    if distance is None:
        below, above = fraction * lower, fraction * upper
    else:
        below, above = np.minimum(distance, lower), np.minimum(distance, upper)
    least = target - np.where(breached, below, lower)
    greatest = target + np.where(breached, above, upper)
    least = np.where(breached, least, np.minimum(least, current))
    greatest = np.where(breached, greatest, np.maximum(greatest, current))
    return least, greatest


def nearest_within(
    current: FloatArray,
    target: FloatArray,
    least: FloatArray,
    greatest: FloatArray,
    budget: float | None = None,
) -> FloatArray | None:
    """Weights inside the bounds: least turnover, then nearest to target; None if there are none.

    They add to ``budget``, the sum of ``current`` unless given (less of it where costs are to be
    paid). What lies outside its bounds is moved to the nearest bound; if that leaves more than the
    budget takes, the rest is spread over the assets that were not sold, and the other way round:
    assets inside their bounds move only where the budget needs it. Within the sum of ``current``
    turnover is max(sum of excess, sum of shortfall).

    >>> w, t, b = np.array([0.58, 0.22, 0.2]), np.array([0.5, 0.25, 0.25]), 0.05
    >>> nearest_within(w, t, t - b, t + b)
    array([0.55 , 0.225, 0.225])
    """
    clipped = np.clip(current, least, greatest)
    if budget is None:
        if np.array_equal(clipped, current):  # nothing is out: nothing moves, not by a bit
            return clipped
        budget = float(current.sum())
    missing = budget - float(clipped.sum())
    if missing > 0:
        # Net sellers so far: nothing more is sold, and what was sold stands at its greatest, so
        # that only the others can take up the proceeds.
        floor, ceiling = clipped, greatest
    else:
        floor, ceiling = least, clipped
    return water_fill(target, floor, ceiling, budget)


def water_fill(
    target: FloatArray, least: FloatArray, greatest: FloatArray, budget: float
) -> FloatArray | None:
    """The x nearest to ``target`` with least <= x <= greatest and sum x = budget; None if none.

    min sum (x - t)^2 is solved by x = clip(t + m, least, greatest) with the one m that meets the
    budget. The sum is piecewise linear in m and rises at 2n breakpoints, so m is exact; the breakpoint
    where it reaches the budget is found by halving, log n sums of n.
    """
    room = WEIGHT_TOLERANCE * max(1.0, abs(budget))
    if least.sum() > budget + room or greatest.sum() < budget - room:
        return None
    breaks = np.unique(np.concatenate([least - target, greatest - target]))
    breaks = breaks[np.isfinite(breaks)]
    if not len(breaks):  # nothing is bounded
        return np.asarray(target + (budget - target.sum()) / len(target))

    def total(place: int) -> float:
        # np.clip, without what it checks
        clipped = np.minimum(np.maximum(target + breaks[place], least), greatest)
        return float(np.add.reduce(clipped))

    after = bisect_left(range(len(breaks)), budget, key=total)
    reached = total(after) if after < len(breaks) else np.nan
    if reached == budget:
        shift = breaks[after]
    elif after == 0:
        open_below = int(np.isneginf(least).sum())
        shift = breaks[0] - (reached - budget) / open_below if open_below else breaks[0]
    elif after == len(breaks):
        open_above = int(np.isposinf(greatest).sum())
        shift = breaks[-1] + (budget - total(after - 1)) / open_above if open_above else breaks[-1]
    else:
        low, high, so_far = breaks[after - 1], breaks[after], total(after - 1)
        shift = low + (budget - so_far) / (reached - so_far) * (high - low)
    return np.asarray(np.clip(target + shift, least, greatest))


def place_cash(
    current: FloatArray,
    target: FloatArray,
    cash: int,
    movable: BoolArray,
    selling: bool,
    least: FloatArray | None = None,
    greatest: FloatArray | None = None,
) -> FloatArray:
    """Invest spare cash by buys only, or raise missing cash by sells only; shape (n,).

    ``current`` adds to 1 with the flow already counted in ``current[cash]``, which a withdrawal can
    make negative. Only ``movable`` assets trade. Among the ways to do so with buys (sells) only,
    the one with the smallest sum (w' - t)^2. Sales raise only the cash that is missing: cash ends
    at its own level, or at 0 if it was below. Buys never take cash below its own target. ``least``
    keeps assets from being sold below it (default 0), ``greatest`` from being bought above it
    (default: no limit). Where less may be sold than cash is short of 0, all that may be sold is,
    and cash stays below 0.
    """
    frozen = ~movable
    frozen[cash] = False
    if selling:
        floor = np.zeros_like(current) if least is None else least
        low = np.where(frozen, current, np.minimum(floor, current))
        high = current.copy()
        low[cash] = high[cash] = max(0.0, current[cash])
    else:
        low = current.copy()
        ceiling = np.full_like(current, np.inf) if greatest is None else greatest
        high = np.where(frozen, current, np.maximum(ceiling, current))
        low[cash], high[cash] = min(target[cash], current[cash]), current[cash]
    placed = water_fill(target, low, high, float(current.sum()))
    if placed is None:  # more is wanted than may be sold: sell all that may be
        placed = low.copy()
        placed[cash] = current.sum() - np.delete(low, cash).sum()
    return placed
