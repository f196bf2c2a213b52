"""Clarabel at its tightest, on a formulation of its own: buys and sales as variables, a dense covariance.

It shares no code with the product but the problem's fields. Every answer is an upper and a lower bound.
"""

from __future__ import annotations

from typing import NamedTuple

import clarabel
import numpy as np
from scipy import sparse

from xl_rebal.engine.optimal import OptimalProblem
from xl_rebal.typing import FloatArray


class Verdict(NamedTuple):
    """Objectives between which the least one is, and weights (n,) of the upper one (with dust)."""

    least: float
    most: float
    weights: FloatArray


def objective(problem: OptimalProblem, weights: FloatArray) -> float:
    """gamma (w-t)'S(w-t) + costs, asset by asset."""
    off = weights - problem.target
    value = problem.risk_aversion * float(off @ problem.risk.dense() @ off)
    for now, before, buy, sell in zip(
        weights, problem.current, problem.buy_cost, problem.sell_cost, strict=True
    ):
        value += buy * max(0.0, now - before) + sell * max(0.0, before - now)
    return float(value)


def judged(problem: OptimalProblem) -> Verdict:
    """The best of Clarabel's answers in two units of the weights; in one where they are many."""
    found = [_solved(problem, unit) for unit in ((1.0, 0.01) if problem.size <= 500 else (0.01,))]
    best = min(found, key=lambda each: each.most)
    return Verdict(max(each.least for each in found), best.most, best.weights)


def _solved(problem: OptimalProblem, unit: float) -> Verdict:
    """(change, bought, sold) / ``unit``, change = bought - sold; the objective by its largest slope."""
    n, t, w0 = problem.size, problem.target, problem.current
    covariance = 2 * problem.risk_aversion * problem.risk.dense()
    slope = covariance @ (w0 - t)
    constant = 0.5 * float((w0 - t) @ slope)
    linear = np.concatenate((slope, problem.buy_cost, problem.sell_cost))
    scale = unit * (float(np.abs(linear).max()) or 1.0)
    no, eye = sparse.csc_matrix((n, n)), sparse.identity(n)
    curvature = sparse.triu(sparse.csc_matrix(covariance * (unit**2 / scale)))
    quadratic = sparse.block_diag((curvature, sparse.csc_matrix((2 * n, 2 * n))), format="csc")
    has_lower, has_upper = np.isfinite(problem.lower), np.isfinite(problem.upper)
    moved = sparse.hstack([eye, no, no]).tocsr()
    rows = [sparse.hstack([eye, -eye, eye]), sparse.csc_matrix(moved.sum(axis=0))]
    rows += [sparse.hstack([no, -eye, no]), sparse.hstack([no, no, -eye])]
    rows += [moved[has_upper], -moved[has_lower]]
    room = ((problem.upper - w0)[has_upper], (w0 - problem.lower)[has_lower])
    right = np.concatenate((np.zeros(n), [1 - w0.sum()], np.zeros(2 * n), *room))
    settings = clarabel.DefaultSettings()
    settings.verbose = False
    settings.tol_gap_abs = settings.tol_gap_rel = settings.tol_feas = 1e-14
    cones = [clarabel.ZeroConeT(n + 1), clarabel.NonnegativeConeT(len(right) - n - 1)]
    solver = clarabel.DefaultSolver(
        quadratic, linear * unit / scale, sparse.vstack(rows).tocsc(), right / unit, cones, settings
    )
    answer = solver.solve()
    weights = w0 + unit * np.array(answer.x[:n])
    return Verdict(answer.obj_val_dual * scale + constant, objective(problem, weights), weights)
