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

    The target itself where nothing is locked. Otherwise the exact projection (numerics), and
    where locked assets leave no weights inside all bands, the reachable ones nearest to target.
    No trigger is tested here: without a breach an ``edge`` move is no move.

    >>> from xl_rebal.model.plan import TO_EDGE, TO_TARGET
    >>> w, t, b = np.array([0.58, 0.42]), np.array([0.5, 0.5]), np.full(2, 0.05)
    >>> destination_weights(w, t, b, b, TO_EDGE)
    array([0.55, 0.45])
    """
    reach = limits or Limits.free(len(current))
    if to.is_target:
        if np.all(reach.least <= target) and np.all(target <= reach.greatest):
            return target.copy()
    else:
        least, greatest = destination_bounds(
            current, target, lower, upper, to.fraction, to.distance
        )
        found = nearest_within(
            current,
            target,
            np.clip(least, reach.least, reach.greatest),
            np.clip(greatest, reach.least, reach.greatest),
        )
        if found is not None:
            return found
    nearest = water_fill(target, reach.least, reach.greatest, float(current.sum()))
    return current.copy() if nearest is None else nearest


@dataclass(frozen=True)
class Move:
    """Weights before, after the cash flow has been placed, and at the destination; all (n,).

    ``bounds`` are the weights between which each must end where a move goes into the bands, None
    where it goes to the target or nothing but the flow is traded.
    """

    before: FloatArray
    after_flow: FloatArray
    after: FloatArray
    target: FloatArray
    triggered: bool
    bounds: tuple[FloatArray, FloatArray] | None = None


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
    destination is sought without a breach. An asset that cannot move back towards its band (too
    heavy and locked, too light and not to be bought) does not trigger.
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
    difference = after_flow - target
    room = np.where(difference > 0, after_flow - limits.least, limits.greatest - after_flow)
    mendable = room > WEIGHT_TOLERANCE
    out = is_breached(difference, lower, upper) & mendable
    triggered = always or bool(out.any())
    if not triggered:
        return Move(current, after_flow, after_flow, target, triggered)
    after = destination_weights(after_flow, target, lower, upper, to, limits)
    bounds = None
    if not to.is_target:
        bounds = destination_bounds(after_flow, target, lower, upper, to.fraction, to.distance)
    return Move(current, after_flow, after, target, triggered, bounds)
