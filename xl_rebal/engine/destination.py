"""From weights and bands to the weights after trading, with locked assets respected."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xl_rebal.model.plan import Destination
from xl_rebal.numerics.bands import is_breached
from xl_rebal.numerics.destinations import (
    destination_bounds,
    nearest_within,
    place_cash,
    water_fill,
)
from xl_rebal.numerics.tolerance import WEIGHT_TOLERANCE
from xl_rebal.typing import FloatArray

Bounds = tuple[FloatArray, FloatArray]
"""Least and greatest weights, each (n,)."""


@dataclass(frozen=True)
class Limits:
    """What can be reached at all: each asset's weight between ``least`` and ``greatest`` (n,)."""

    least: FloatArray
    greatest: FloatArray

    @classmethod
    def free(cls, count: int) -> Limits:
        """No asset is locked; nothing is sold short."""
        return cls(np.zeros(count), np.full(count, np.inf))


def destination_weights(
    current: FloatArray,
    target: FloatArray,
    lower: FloatArray,
    upper: FloatArray,
    to: Destination,
    limits: Limits | None = None,
) -> FloatArray:
    """Weights after trading to ``to``; all (n,), ``lower`` and ``upper`` half-widths of the bands.

    The target itself where nothing is locked, else the reachable weights nearest to it; into the
    bands the exact projection (numerics), as far as locked assets allow. No trigger is tested here:
    without a breach an ``edge`` move is no move.

    >>> from xl_rebal.model.plan import TO_EDGE, TO_TARGET
    >>> w, t, b = np.array([0.58, 0.42]), np.array([0.5, 0.5]), np.full(2, 0.05)
    >>> destination_weights(w, t, b, b, TO_EDGE)
    array([0.55, 0.45])
    """
    reach = limits or Limits.free(len(current))
    if to.is_target:
        if np.all(reach.least <= target) and np.all(target <= reach.greatest):
            return target.copy()
        nearest = water_fill(target, reach.least, reach.greatest, float(current.sum()))
    else:
        bounds = destination_bounds(current, target, lower, upper, to.fraction, to.distance)
        is_edge = to.fraction == 1.0 and to.distance is None
        bands = bounds if is_edge else destination_bounds(current, target, lower, upper)
        nearest = nearest_reachable(current, target, bounds, bands, reach)
    return current.copy() if nearest is None else nearest


def nearest_reachable(
    current: FloatArray,
    target: FloatArray,
    bounds: Bounds,
    bands: Bounds,
    reach: Limits,
    budget: float | None = None,
) -> FloatArray | None:
    """The projection onto the bounds within ``reach``; None where nothing meets ``reach``.

    Where locked assets leave no weights inside all ``bounds``, the plain ``bands`` are sought, and
    where not even these can be met, weights that are outside them by as little as can be, all
    assets together. Too little for all that must reach their least means that none may stand above
    it: then among weights between what is reachable and the least those of least turnover, nearest
    to target, are taken; too much is the same at the greatest.
    """
    for sides in (bounds, bands):
        least, greatest = (np.clip(side, reach.least, reach.greatest) for side in sides)
        found = nearest_within(current, target, least, greatest, budget)
        if found is not None:
            return found
    whole = float(current.sum()) if budget is None else budget
    if least.sum() > whole:
        return nearest_within(current, target, reach.least, least, budget)
    return nearest_within(current, target, greatest, reach.greatest, budget)


@dataclass(frozen=True)
class Move:
    """Weights before, after the cash flow has been placed, and at the destination; all (n,).

    ``bounds`` are the weights between which each must end where a move goes into the bands, None
    where it goes to the target or nothing but the flow is traded; ``bands`` are the plain ones.
    """

    before: FloatArray
    after_flow: FloatArray
    after: FloatArray
    target: FloatArray
    triggered: bool
    bounds: Bounds | None = None
    bands: Bounds | None = None


def plan_move(
    current: FloatArray,
    target: FloatArray,
    lower: FloatArray,
    upper: FloatArray,
    to: Destination,
    *,
    cash: int,
    flow: float,
    always: bool,
    limits: Limits,
) -> Move:
    """Cash flow first, then the bands, then the destination.

    ``flow`` is the new cash as a weight, already counted in ``current[cash]``; cash below zero is
    a shortage (a buffer to be restored), which is raised like a withdrawal. With ``always`` the
    destination is sought without a breach. A breach triggers only where the move would bring that
    asset nearer to its target: what is locked, or stands against locked assets, does not.
    """
    after_flow = current
    if flow < 0 or current[cash] < 0:
        able = limits.least < current
        after_flow = place_cash(current, target, cash, able, selling=True, least=limits.least)
    elif flow > 0:
        able = limits.greatest > current
        after_flow = place_cash(
            current, target, cash, able, selling=False, greatest=limits.greatest
        )
    after = destination_weights(after_flow, target, lower, upper, to, limits)
    out = is_breached(after_flow - target, lower, upper)
    nearer = np.abs(after - target) < np.abs(after_flow - target) - WEIGHT_TOLERANCE
    triggered = always or bool((out & nearer).any())
    if not triggered:
        return Move(current, after_flow, after_flow, target, triggered)
    if to.is_target:
        return Move(current, after_flow, after, target, triggered)
    bounds = destination_bounds(after_flow, target, lower, upper, to.fraction, to.distance)
    bands = destination_bounds(after_flow, target, lower, upper)
    return Move(current, after_flow, after, target, triggered, bounds, bands)
