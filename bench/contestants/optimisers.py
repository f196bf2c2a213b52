"""Who solves an optimal rebalance, one process each.

``python -m bench.contestants.optimisers NAME ASSETS HAS_FACTORS PART_OF_THE_COSTS RUNS``

Timed is the way from arrays to weights: the model is built, the solver runs. Only the DPP re-solve is given a
model that is built and was solved once, with other holdings. Prints a line of JSON: seconds of the
processor (median), the objective, and how many weights changed by more than 1e-9.
"""

from __future__ import annotations

import json
import sys
import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from bench.optimal_jobs import AVERSION, OptimalJob, job
from xl_rebal.typing import FloatArray

Solve = Callable[[], FloatArray]


def ours(given: OptimalJob) -> Solve:
    from xl_rebal.engine.optimal import DenseRisk, FactorRisk, OptimalProblem, solve

    def run() -> FloatArray:
        rate = np.full(len(given.target), given.rate)
        risk = (
            DenseRisk(given.covariance)
            if given.factors is None
            else FactorRisk(given.factors, given.specific)
        )
        problem = OptimalProblem(given.current, given.target, risk, AVERSION, rate, rate)
        return solve(problem).weights

    return run


def ours_known_risk(given: OptimalJob) -> Solve:
    """Where the covariance has been read and checked before: the second of many solves."""
    from xl_rebal.engine.optimal import DenseRisk, FactorRisk, OptimalProblem, solve

    risk = (
        DenseRisk(given.covariance)
        if given.factors is None
        else FactorRisk(given.factors, given.specific)
    )

    def run() -> FloatArray:
        rate = np.full(len(given.target), given.rate)
        problem = OptimalProblem(given.current, given.target, risk, AVERSION, rate, rate)
        return solve(problem).weights

    return run


def with_cvxpy(solver: str) -> Callable[[OptimalJob], Solve]:
    def start(given: OptimalJob) -> Solve:
        import cvxpy as cp

        def run() -> FloatArray:
            weights = cp.Variable(len(given.target))
            off = weights - given.target
            if given.factors is None:
                risk = cp.quad_form(off, given.covariance)
            else:
                risk = cp.sum_squares(given.factors.T @ off) + given.specific @ cp.square(off)
            cost = given.rate * cp.norm1(weights - given.current)
            model = cp.Problem(
                cp.Minimize(AVERSION * risk + cost), [cp.sum(weights) == 1, weights >= 0]
            )
            model.solve(**({"solver": solver} if solver else {}))
            return np.asarray(weights.value)

        return run

    return start


def with_dpp(given: OptimalJob) -> Solve:
    import cvxpy as cp

    weights, current = cp.Variable(len(given.target)), cp.Parameter(len(given.target))
    off = weights - given.target
    if given.factors is None:
        risk = cp.quad_form(off, given.covariance)
    else:
        risk = cp.sum_squares(given.factors.T @ off) + given.specific @ cp.square(off)
    cost = given.rate * cp.norm1(weights - current)
    model = cp.Problem(cp.Minimize(AVERSION * risk + cost), [cp.sum(weights) == 1, weights >= 0])
    current.value = given.target
    model.solve(solver=cp.CLARABEL)

    def run() -> FloatArray:
        current.value = given.current
        model.solve(solver=cp.CLARABEL)
        return np.asarray(weights.value)

    return run


def with_clarabel(given: OptimalJob) -> Solve:
    """In (x, p, y): p >= c |x|, y = F'x; default tolerances."""
    import clarabel
    from scipy import sparse

    def run() -> FloatArray:
        n = len(given.target)
        slope = 2 * AVERSION * given.covariance @ (given.current - given.target)
        eye, no = sparse.identity(n), sparse.csc_matrix((n, n))
        k = 0 if given.factors is None else given.factors.shape[1]
        if given.factors is None:
            curvature = sparse.triu(sparse.csc_matrix(2 * AVERSION * given.covariance))
        else:
            curvature = sparse.diags(2 * AVERSION * given.specific)
        quadratic = sparse.block_diag(
            (curvature, no, 2 * AVERSION * sparse.identity(k)), format="csc"
        )
        rows = [
            [sparse.csc_matrix(np.ones((1, n))), None, sparse.csc_matrix((1, k))],
            [given.rate * eye, -eye, None],
            [-given.rate * eye, -eye, None],
            [-eye, None, None],
        ]
        if given.factors is not None:
            rows.insert(1, [sparse.csc_matrix(given.factors.T), None, -sparse.identity(k)])
        else:
            rows = [row[:2] for row in rows]
        right = np.concatenate((np.zeros(1 + k + 2 * n), given.current))
        settings = clarabel.DefaultSettings()
        settings.verbose = False
        cones = [clarabel.ZeroConeT(1 + k), clarabel.NonnegativeConeT(3 * n)]
        linear = np.concatenate((slope, np.ones(n), np.zeros(k)))
        matrix = sparse.bmat(rows, format="csc")
        found = clarabel.DefaultSolver(quadratic, linear, matrix, right, cones, settings).solve()
        return np.asarray(given.current + np.array(found.x[:n]))

    return run


def with_piqp(given: OptimalJob) -> Solve:
    """In (bought, sold, y), all within bounds; dense, or sparse where there are factors."""
    import piqp
    from scipy import sparse

    def run() -> FloatArray:
        n = len(given.target)
        slope = 2 * AVERSION * given.covariance @ (given.current - given.target)
        linear = np.concatenate((slope + given.rate, given.rate - slope))
        low, high = np.zeros(2 * n), np.concatenate((np.full(n, 1.0), given.current))
        signs = np.array([[1.0, -1.0], [-1.0, 1.0]])
        budget = np.repeat([1.0, -1.0], n)[None, :]
        if given.factors is None:
            solver = piqp.DenseSolver()
            quadratic = np.asfortranarray(np.kron(signs, 2 * AVERSION * given.covariance))
            equal, right = np.asfortranarray(budget), np.zeros(1)
        else:
            k = given.factors.shape[1]
            solver = piqp.SparseSolver()
            own = sparse.kron(signs, sparse.diags(2 * AVERSION * given.specific))
            quadratic = sparse.block_diag((own, 2 * AVERSION * sparse.identity(k)), format="csc")
            exposure = np.hstack([given.factors.T, -given.factors.T])
            equal = sparse.bmat([[budget, None], [exposure, -sparse.identity(k)]], format="csc")
            right, linear = np.zeros(1 + k), np.concatenate((linear, np.zeros(k)))
            low = np.concatenate((low, np.full(k, -np.inf)))
            high = np.concatenate((high, np.full(k, np.inf)))
        solver.setup(quadratic, linear, equal, right, None, None, None, low, high)
        solver.solve()
        x = np.array(solver.result.x)
        return np.asarray(given.current + x[:n] - x[n : 2 * n])

    return run


def with_highs(given: OptimalJob) -> Solve:
    """In (bought, sold), dense; its quadratic solver is an active-set method."""
    import highspy
    from scipy import sparse

    def run() -> FloatArray:
        n = len(given.target)
        slope = 2 * AVERSION * given.covariance @ (given.current - given.target)
        signs = np.array([[1.0, -1.0], [-1.0, 1.0]])
        lower = sparse.tril(
            sparse.csc_matrix(np.kron(signs, 2 * AVERSION * given.covariance))
        ).tocsc()
        lower.sort_indices()
        solver: Any = highspy.Highs()  # type: ignore[no-untyped-call]
        solver.setOptionValue("output_flag", False)
        solver.setOptionValue("threads", 1)
        model = highspy.HighsModel()
        lp = model.lp_
        lp.num_col_, lp.num_row_ = 2 * n, 1
        lp.col_cost_ = np.concatenate((slope + given.rate, given.rate - slope))
        lp.col_lower_, lp.col_upper_ = np.zeros(2 * n), np.concatenate((np.ones(n), given.current))
        lp.row_lower_, lp.row_upper_ = np.zeros(1), np.zeros(1)
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_, lp.a_matrix_.index_ = np.array([0, 2 * n]), np.arange(2 * n)
        lp.a_matrix_.value_ = np.repeat([1.0, -1.0], n)
        model.hessian_.dim_ = 2 * n
        model.hessian_.format_ = highspy.HessianFormat.kTriangular
        model.hessian_.start_, model.hessian_.index_ = lower.indptr, lower.indices
        model.hessian_.value_ = lower.data
        solver.passModel(model)
        solver.run()
        x = np.array(solver.getSolution().col_value)
        return np.asarray(given.current + x[:n] - x[n:])

    return run


OPTIMISERS: dict[str, Callable[[OptimalJob], Solve]] = {
    "ours": ours,
    "ours, risk known": ours_known_risk,
    "cvxpy, default": with_cvxpy(""),
    "cvxpy + CLARABEL": with_cvxpy("CLARABEL"),
    "cvxpy DPP re-solve": with_dpp,
    "Clarabel direct": with_clarabel,
    "PIQP": with_piqp,
    "HiGHS": with_highs,
}


def main() -> None:
    name, assets, has_factors, part, runs = sys.argv[1:]
    given = job(int(assets), has_factors == "1", float(part))
    warnings.simplefilter("ignore")
    solve = OPTIMISERS[name](given)
    times = []
    if int(runs) > 1:
        solve()  # a warm-up
    for _ in range(int(runs)):
        start = time.process_time()
        weights = solve()
        times.append(time.process_time() - start)
    print(json.dumps({
        "seconds": float(np.median(times)),
        "objective": given.objective(weights),
        "trades": int((np.abs(weights - given.current) > 1e-9).sum()),
    }))  # fmt: skip


if __name__ == "__main__":
    main()
