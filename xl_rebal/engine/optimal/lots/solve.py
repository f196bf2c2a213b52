"""Optimal trades by lot, with tax."""

from __future__ import annotations

import numpy as np

from xl_rebal.engine.optimal.lots.answer import LotAnswer
from xl_rebal.engine.optimal.lots.binding import binding_rules
from xl_rebal.engine.optimal.lots.directions import Directions
from xl_rebal.engine.optimal.lots.problem import TaxedProblem
from xl_rebal.engine.optimal.lots.ranges import clash
from xl_rebal.engine.optimal.lots.search import Found, best_ways
from xl_rebal.typing import FloatArray

GAP, NODES, SECONDS = 1e-10, 2_000, 10.0


def lot_solve(
    taxed: TaxedProblem, gap: float = GAP, nodes: int = NODES, seconds: float = SECONDS
) -> LotAnswer:
    """The trades of least tracking risk, costs and tax, or the best found and how good any could be.

    Exact (one convex problem) where no loss stands against a purchase; else a search over what each group of
    identical assets does, sell losses or buy, until the objective is within ``gap`` (a fraction of the
    whole value) of its bound or the ``nodes`` or ``seconds`` are used up.

    Raises InfeasibleError where limits and lots leave no plan, with the nearest limits that do.

    >>> from xl_rebal.engine.optimal import DenseRisk, OptimalProblem
    >>> from xl_rebal.engine.optimal.lots import Lots, TaxRates
    >>> rate, no = np.full(2, 0.001), np.zeros(2, dtype=bool)
    >>> risk = DenseRisk(np.diag([0.04, 0.0]))
    >>> problem = OptimalProblem(np.array([0.6, 0.4]), np.array([0.5, 0.5]), risk, 1.0, rate, rate)
    >>> lots = Lots(np.array([0, 0]), np.array([0.02, 0.58]), np.array([0.01, 0.5]), no, no, no)
    >>> best = lot_solve(TaxedProblem(problem, lots, TaxRates(short=0.3, long=0.2)))
    >>> best.weights.round(6).tolist(), best.sales.round(6).tolist(), round(best.tax.short, 9)
    ([0.58, 0.42], [0.02, 0.0], 6e-05)
    """
    directions = Directions(taxed)
    found = best_ways(directions, gap, nodes, seconds)
    if found is None:
        raise clash(taxed)
    sales = _sales(directions, found)
    convex = found.convex
    return LotAnswer(
        taxed, convex.weights, sales, convex.relative_residual, convex.status, convex.bound, found.bound,
        found.nodes, binding_rules(directions, found, sales),
    )  # fmt: skip


def _sales(directions: Directions, found: Found) -> FloatArray:
    """What is sold of each lot, (L,)."""
    taxed, weights = directions.taxed, found.convex.weights
    sales = np.zeros(taxed.lots.size)
    for asset in np.flatnonzero(taxed.has_lots & (weights < taxed.problem.current)).tolist():
        way = directions.way(asset, found.ways)
        lots, sold = directions.sales(asset, float(weights[asset]), way)
        sales[lots] = sold
    return sales
