"""Clarabel at its tightest, on a formulation of its own: buys and sales as variables, a dense covariance.

It shares no code with the product but the problem's fields. Every answer is an upper and a lower bound.
"""

from __future__ import annotations

from typing import NamedTuple

import clarabel
import numpy as np
from scipy import sparse

from xl_rebal.engine.optimal import Limits, OptimalProblem
from xl_rebal.engine.optimal.problem import NO_LIMITS
from xl_rebal.typing import FloatArray


class Verdict(NamedTuple):
    """Objectives between which the least one is, and weights (n,) of the upper one (with dust)."""

    least: float
    most: float
    weights: FloatArray


def objective(
    problem: OptimalProblem, weights: FloatArray, limits: Limits = NO_LIMITS
) -> float:  # fmt: skip
    """gamma (w-t)'S(w-t) + costs, asset by asset."""
    off = weights - problem.target
    value = problem.risk_aversion * float(off @ problem.risk.dense() @ off)
    for now, before, buy, sell in zip(
        weights, problem.current, problem.buy_cost, problem.sell_cost, strict=True
    ):
        value += buy * max(0.0, now - before) + sell * max(0.0, before - now)
    if limits.impact is not None:
        value += sum(
            k * abs(x) ** 1.5 for k, x in zip(limits.impact, weights - problem.current, strict=True)
        )
    return float(value)


def judged(problem: OptimalProblem, limits: Limits = NO_LIMITS) -> Verdict:
    """The best of Clarabel's answers in two units of the weights; in one where they are many."""
    units = (1.0, 0.01) if problem.size <= 500 else (0.01,)
    found = [_solved(problem, limits, unit) for unit in units]
    best = min(found, key=lambda each: each.most)
    return Verdict(max(each.least for each in found), best.most, best.weights)


def _solved(problem: OptimalProblem, limits: Limits, unit: float) -> Verdict:
    """(change, bought, sold, impact) / ``unit``, change = bought - sold; the objective by its largest slope.

    impact r_i >= |x_i|^(3/2) is a power cone: r^(2/3) 1^(1/3) >= |x|.
    """
    n, t, w0 = problem.size, problem.target, problem.current
    covariance = 2 * problem.risk_aversion * problem.risk.dense()
    slope = covariance @ (w0 - t)
    constant = 0.5 * float((w0 - t) @ slope)
    extra = n if limits.impact is not None else 0
    linear = np.concatenate((slope, problem.buy_cost, problem.sell_cost, np.zeros(extra)))
    if limits.impact is not None:
        linear[3 * n :] = limits.impact
    scale = unit * (float(np.abs(linear).max()) or 1.0)
    no, eye = sparse.csc_matrix((n, n)), sparse.identity(n)
    curvature = sparse.triu(sparse.csc_matrix(covariance * (unit**2 / scale)))
    others = sparse.csc_matrix((2 * n + extra, 2 * n + extra))
    quadratic = sparse.block_diag((curvature, others), format="csc")
    has_lower, has_upper = np.isfinite(problem.lower), np.isfinite(problem.upper)
    moved = sparse.hstack([eye, no, no]).tocsr()
    rows = [sparse.hstack([eye, -eye, eye]), sparse.csc_matrix(moved.sum(axis=0))]
    rows += [sparse.hstack([no, -eye, no]), sparse.hstack([no, no, -eye])]
    rows += [moved[has_upper], -moved[has_lower]]
    right: list[FloatArray] = [np.zeros(n), np.array([1 - w0.sum()]), np.zeros(2 * n)]
    right += [(problem.upper - w0)[has_upper], (w0 - problem.lower)[has_lower]]
    for group in limits.groups:
        for sign, bound in ((1.0, group.upper), (-1.0, group.lower)):
            if np.isfinite(bound):
                member = np.concatenate((sign * group.members, np.zeros(2 * n)))
                rows.append(sparse.csc_matrix(member[None, :]))
                right.append(np.array([sign * (bound - float(group.members @ w0))]))
    if np.isfinite(limits.turnover):
        rows.append(sparse.csc_matrix(np.repeat([0.0, 0.5], [n, 2 * n])[None, :]))
        right.append(np.array([limits.turnover]))
    matrix, bounds = sparse.vstack(rows).tocsc(), np.concatenate(right) / unit
    cones = [clarabel.ZeroConeT(n + 1), clarabel.NonnegativeConeT(len(bounds) - n - 1)]
    if extra:
        matrix = sparse.hstack([matrix, sparse.csc_matrix((matrix.shape[0], n))])
        power = sparse.lil_matrix((3 * n, 4 * n))
        for i in range(n):
            power[3 * i, 3 * n + i] = -unit
            power[3 * i + 2, i] = -unit
        matrix = sparse.vstack([matrix, power.tocsc()]).tocsc()
        bounds = np.concatenate((bounds, np.tile([0.0, 1.0, 0.0], n)))
        cones += [clarabel.PowerConeT(2 / 3)] * n
    settings = clarabel.DefaultSettings()
    settings.verbose = False
    settings.tol_gap_abs = settings.tol_gap_rel = settings.tol_feas = 1e-14
    solver = clarabel.DefaultSolver(
        quadratic, linear * unit / scale, matrix, bounds, cones, settings
    )
    answer = solver.solve()
    weights = w0 + unit * np.array(answer.x[:n])
    least = answer.obj_val_dual * scale + constant
    return Verdict(least, objective(problem, weights, limits), weights)
