"""Which of many policies to choose: what each costs a year against how near it keeps to the targets."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xl_rebal.engine.statistics import Figures
from xl_rebal.typing import BoolArray, FloatArray, IntArray

RISK_AVERSION = 1.0
"""As where nothing else is set for optimal weights: a tracking error of 1 % is worth 1 bp a year."""

_DIGITS = 12  # figures that differ by rounding only are the same


@dataclass(frozen=True)
class Frontier:
    """Cost and tracking error, fractions a year, of policies in an array of any shape.

    ``is_unbeaten``: no other policy is better in one of them and as good in the other. ``chosen`` is the place
    of the policy that the rule of ``frontier`` takes.
    """

    cost: FloatArray
    tracking_error: FloatArray
    is_unbeaten: BoolArray
    chosen: tuple[int, ...]


def frontier(found: Figures, risk_aversion: float = RISK_AVERSION) -> Frontier:
    """The policies that no other one beats, and the one to choose among them.

    Chosen is the policy whose cost a year plus ``risk_aversion`` x squared tracking error is least: a cost is
    worth paying as long as it takes more than itself off the variance against the targets, weighed as
    in optimal rebalancing (no 1/2: it is half of the relative risk aversion). With 1 a tracking error of 1 %
    is worth 1 bp a year, one of 3 % is worth 9 bp; more asks for nearer, 0 for cheapest. Of
    policies that are equal in that the one with fewer trades is chosen, then the first.

    >>> cost, error = np.array([0.0000, 0.0002, 0.0009]), np.array([0.03, 0.01, 0.005])
    >>> [int(chosen(cost, error, np.zeros(3, dtype=int), aversion)[0]) for aversion in (0.1, 1.0, 20.0)]
    [0, 1, 2]
    """
    cost = found.cost_bp / 1e4
    return Frontier(
        cost,
        found.tracking_error,
        unbeaten(cost, found.tracking_error),
        chosen(cost, found.tracking_error, found.rebalances, risk_aversion),
    )


def unbeaten(cost: FloatArray, error: FloatArray) -> BoolArray:
    """Where nothing else has less of one and no more of the other; equal ones all are.

    >>> unbeaten(np.array([1.0, 2.0, 2.0, 3.0]), np.array([3.0, 1.0, 2.0, 1.0])).tolist()
    [True, True, False, False]
    """
    first, second = cost.round(_DIGITS).ravel(), error.round(_DIGITS).ravel()
    order = np.lexsort((second, first))
    best = np.minimum.accumulate(second[order])
    found = np.empty(len(order), dtype=bool)
    # the least error so far belongs to a cheaper one, unless it came with this very cost
    cheaper = np.searchsorted(first[order], first[order], side="left")
    before = np.where(cheaper > 0, best[np.maximum(cheaper - 1, 0)], np.inf)
    least_at_cost = second[order][cheaper]
    found[order] = (second[order] < before) & (second[order] == least_at_cost)
    return found.reshape(cost.shape)


def chosen(
    cost: FloatArray, error: FloatArray, trades: IntArray, risk_aversion: float
) -> tuple[int, ...]:
    """The place of the least cost + risk_aversion x error^2, then of the fewest trades."""
    burden = (cost + risk_aversion * error**2).round(_DIGITS).ravel()
    place = np.lexsort((trades.ravel(), burden))[0]
    return tuple(int(each) for each in np.unravel_index(place, cost.shape))
