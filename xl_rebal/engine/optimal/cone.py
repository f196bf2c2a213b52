"""The standard problem for Clarabel directly: for where the working set gives up."""

from __future__ import annotations

import numpy as np

from xl_rebal.engine.optimal.kkt import scale
from xl_rebal.engine.optimal.problem import OptimalProblem
from xl_rebal.engine.optimal.risk import DenseRisk
from xl_rebal.typing import FloatArray

_TOLERANCE = 1e-12


def cone_weights(problem: OptimalProblem) -> FloatArray | None:
    """Nearly optimal weights (n,), with the dust of an interior point; None where the solver found none.

    In x = w - w0, costs p >= buy x, p >= -sell x and, for factors, their exposures y = F'x. The objective
    is divided by max(c, |q|).
    """
    import clarabel  # with scipy, whose sparse matrices it takes: a third of a second, and seldom needed
    from scipy import sparse

    n, risk = problem.size, problem.risk
    gradient = problem.gradient(problem.current)
    size = scale(problem, gradient) or 1.0
    curvature = 2.0 * problem.risk_aversion / size
    eye, no = sparse.identity(n), sparse.csc_matrix((n, n))
    if isinstance(risk, DenseRisk):
        k, factors = 0, np.empty((n, 0))
        quadratic = sparse.triu(sparse.csc_matrix(curvature * risk.covariance))
    else:
        k, factors = risk.factors.shape[1], risk.factors
        quadratic = sparse.diags(curvature * risk.specific)
    p = sparse.block_diag((quadratic, no, curvature * sparse.identity(k)), format="csc")
    linear = np.concatenate((gradient / size, np.ones(n), np.zeros(k)))
    has_lower, has_upper = np.isfinite(problem.lower), np.isfinite(problem.upper)
    rows = [
        [sparse.csc_matrix(np.ones((1, n))), None, None],
        [sparse.csc_matrix(factors.T), sparse.csc_matrix((k, n)), -sparse.identity(k)],
        [sparse.diags(problem.buy_cost / size), -eye, sparse.csc_matrix((n, k))],
        [sparse.diags(-problem.sell_cost / size), -eye, None],
        [eye.tocsr()[has_upper], None, None],
        [-eye.tocsr()[has_lower], None, None],
    ]
    if not k:
        rows = [row[:2] for number, row in enumerate(rows) if number != 1]
    room_up, room_down = problem.upper - problem.current, problem.current - problem.lower
    short = 1.0 - float(problem.current.sum())
    right = np.concatenate(
        ([short], np.zeros(k + 2 * n), room_up[has_upper], room_down[has_lower])
    )  # fmt: skip
    settings = clarabel.DefaultSettings()
    settings.verbose = False
    settings.tol_gap_abs = settings.tol_gap_rel = settings.tol_feas = _TOLERANCE
    cones = [clarabel.ZeroConeT(1 + k), clarabel.NonnegativeConeT(len(right) - 1 - k)]
    a = sparse.bmat(rows, format="csc")
    found = clarabel.DefaultSolver(p, linear, a, right, cones, settings).solve()
    change = np.array(found.x[:n])
    usable = ("Solved", "AlmostSolved", "InsufficientProgress", "MaxIterations")
    if str(found.status) not in usable or not np.isfinite(change).all():
        return None
    return np.asarray(problem.current + change, dtype=np.float64)
