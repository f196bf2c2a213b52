"""Convex costs of several pieces by the solver of one buy and one sale rate: a part for each piece.

Parts of an asset have its rows of the covariance, so what they add to is all that risk sees; as slopes rise,
the cheap parts are used first and the parts are exactly the asset. One number added to all slopes changes
nothing, since weights add to 1. It is chosen so that costs are least where the parts add to 1: there the
parts "are", each piece below is sold at a rate of 0 or more, each above bought at one. Without savings that is
the current weights, and the problem is the given one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from xl_rebal.engine.optimal.answer import Status
from xl_rebal.engine.optimal.lots.curve import Curve
from xl_rebal.engine.optimal.problem import OptimalProblem
from xl_rebal.engine.optimal.risk import DenseRisk, FactorRisk, Risk
from xl_rebal.engine.optimal.solver import solve
from xl_rebal.numerics.tolerance import WEIGHT_TOLERANCE
from xl_rebal.typing import FloatArray, IntArray

_KEPT = 8  # covariances of parts, which may be large
_CORNER = 1e-13  # sums of parts that are all at their ends are this near to a corner
_DUST = 1e-15  # other sums that are this near to one are there


@dataclass(frozen=True, eq=False)
class Convex:
    """The optimum of the curves.

    weights: (n,). objective: of these. bound: no weights on the curves are below.
    nu: multiplier of the budget. relative_residual: of the KKT conditions, to max(c, |q|).
    """

    weights: FloatArray
    objective: float
    bound: float
    nu: float
    relative_residual: float
    status: Status


class PieceSolver:
    """Solves one problem under many curves; the covariance of the parts is kept for a few divisions."""

    def __init__(self, problem: OptimalProblem) -> None:
        self._problem = problem
        self._risks: dict[bytes, Risk] = {}

    def solve(self, curves: Sequence[Curve]) -> Convex | None:
        """The optimum where asset i has the i-th curve, which is convex; None where none adds to 1."""
        least, most = sum(each.least for each in curves), sum(each.most for each in curves)
        if least > 1.0 + WEIGHT_TOLERANCE or most < 1.0 - WEIGHT_TOLERANCE:
            return None
        given = self._problem
        at, shift = _anchor(given.current, curves)
        parts = [
            _parts(curve, float(place), shift) for curve, place in zip(curves, at, strict=True)
        ]
        owner = np.repeat(np.arange(given.size), [len(each) for each in parts])
        current, lower, upper, buy, sell = np.concatenate(parts).T.copy()
        target = np.zeros(len(owner))
        target[np.searchsorted(owner, np.arange(given.size))] = given.target
        found = solve(
            OptimalProblem(current, target, self._risk(owner), given.risk_aversion, buy, sell, lower, upper)
        )  # fmt: skip
        weights = _whole(found.weights, owner, (lower, current, upper), curves, at)
        constant = sum(curve.cost(place) for curve, place in zip(curves, at, strict=True))
        cost = sum(curve.cost(place) for curve, place in zip(curves, weights, strict=True))
        objective = given.risk_aversion * given.tracking_variance(weights) + cost
        gap = np.inf if found.gap is None else found.gap
        return Convex(
            weights, objective, found.objective + constant - gap, found.multipliers.budget + shift,
            found.relative_residual, found.status,
        )  # fmt: skip

    def _risk(self, owner: IntArray) -> Risk:
        """The covariance of the parts, each with the rows of its owner."""
        risk = self._problem.risk
        if len(owner) == risk.size:
            return risk
        known = owner.tobytes()
        if known not in self._risks:
            if len(self._risks) >= _KEPT:
                self._risks.clear()
            self._risks[known] = _repeated(risk, owner)
        return self._risks[known]


def _repeated(risk: Risk, owner: IntArray) -> Risk:
    """The covariance of the ``owner`` (N,) of each part; what is specific to several parts is their factor."""
    if isinstance(risk, DenseRisk):
        return DenseRisk(risk.block(owner))
    several = np.bincount(owner, minlength=risk.size) > 1
    own = np.where(several, np.sqrt(risk.specific), 0.0)[several.nonzero()[0]]
    shared = (owner[:, None] == several.nonzero()[0]) * own
    specific = np.where(several, 0.0, risk.specific)[owner]
    return FactorRisk(np.hstack((risk.factors[owner], shared)), specific)


def _anchor(current: FloatArray, curves: Sequence[Curve]) -> tuple[FloatArray, float]:
    """Weights (n,) that add to 1 at the least cost, and the slope there: no piece below is dearer, none
    above cheaper. The current weights wherever they are such.
    """
    if all(curve.is_cheapest(place) for curve, place in zip(curves, current, strict=True)):
        return current, 0.0
    owner = np.repeat(np.arange(len(curves)), [len(each.points) - 1 for each in curves])
    slope = np.concatenate([each.slopes for each in curves])
    width = np.concatenate([np.diff(each.points) for each in curves])
    weights = np.array([each.least for each in curves])
    rest, last = 1.0 - float(weights.sum()), 0.0
    for piece in np.argsort(slope, kind="stable"):
        if rest <= 1e-14:
            break
        asset, last = owner[piece], float(slope[piece])
        corner = float(curves[asset].points[_after(curves[asset], weights[asset])])
        weights[asset] = corner if width[piece] <= rest + 1e-14 else weights[asset] + rest
        rest -= width[piece]
    return weights, last


def _after(curve: Curve, weight: float) -> int:
    """The first corner above a weight."""
    return int(np.searchsorted(curve.points, weight, side="right"))


def _parts(curve: Curve, at: float, shift: float) -> FloatArray:
    """Current, lower, upper, buy and sell rate of each part, (m, 5); the first has the corner ``at``."""
    points, slopes = curve.points, curve.slopes
    above = int(np.searchsorted(points, at, side="right"))
    below = int(np.searchsorted(points, at, side="left")) - 1
    sells, buys = np.maximum(shift - slopes, 0.0), np.maximum(slopes - shift, 0.0)
    widths = np.diff(points)
    first = [at, at, at, 0.0, 0.0]
    if above < len(points):
        first[2], first[3] = float(points[above]), buys[above - 1]
    if below >= 0:
        first[1], first[4] = float(points[below]), sells[below]
    offset = float(points[max(below, 0)] - points[0])  # of the parts below
    first[0], first[1], first[2] = first[0] - offset, first[1] - offset, first[2] - offset
    rows = [first]
    rows += [[widths[k], 0.0, widths[k], 0.0, sells[k]] for k in range(below)]
    rows += [[0.0, 0.0, widths[k], buys[k], 0.0] for k in range(above, len(widths))]
    return np.array(rows)


def _whole(
    parts: FloatArray,
    owner: IntArray,
    ends: tuple[FloatArray, FloatArray, FloatArray],
    curves: Sequence[Curve],
    at: FloatArray,
) -> FloatArray:
    """Weights (n,) of the assets; those whose parts are all at an end, and dust, are exactly at a corner."""
    is_end = (parts == ends[0]) | (parts == ends[1]) | (parts == ends[2])
    weights = np.bincount(owner, parts, len(curves)).astype(np.float64)
    is_settled = np.bincount(owner, ~is_end, len(curves)) == 0
    for i, curve in enumerate(curves):
        corners = np.append(curve.points, at[i])
        near = corners[np.abs(corners - weights[i]).argmin()]
        if abs(near - weights[i]) <= (_CORNER if is_settled[i] else _DUST):
            weights[i] = near
    return weights
