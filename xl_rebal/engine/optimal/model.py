"""The general model, in cvxpy: every limit there is. It is solved by Clarabel; its answer is polished.

cvxpy is imported when a model is first built: it takes a second.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from xl_rebal.engine.optimal import kkt
from xl_rebal.engine.optimal.answer import Multipliers, Optimal, unsolved
from xl_rebal.engine.optimal.infeasible import refuse_clashing
from xl_rebal.engine.optimal.polish import polished
from xl_rebal.engine.optimal.problem import Limits, OptimalProblem
from xl_rebal.engine.optimal.risk import DenseRisk
from xl_rebal.typing import FloatArray

if TYPE_CHECKING:
    import cvxpy as cp

_TOLERANCES = (1e-11, 1e-8)  # the second where the first is out of reach


def model_answer(problem: OptimalProblem, limits: Limits) -> Optimal:
    """The optimum within all limits.

    Raises InfeasibleError with the limits that clash.
    """
    near = _solved(problem, limits)
    answer = polished(problem, limits, *near)
    if answer.relative_residual > kkt.CONE_BAR:
        raise unsolved()
    return answer


class Model(NamedTuple):
    """The problem, its weights and the constraints that have a price."""

    problem: cp.Problem
    weights: cp.Variable
    turnover: cp.Constraint | None
    groups: list[tuple[cp.Constraint | None, cp.Constraint | None]]


def build(problem: OptimalProblem, limits: Limits, size: float) -> Model:
    """The model, its objective divided by ``size``."""
    import cvxpy as cp

    weights = cp.Variable(problem.size)
    change, off = weights - problem.current, weights - problem.target
    risk = problem.risk
    if isinstance(risk, DenseRisk):
        variance = cp.quad_form(off, cp.psd_wrap(risk.covariance))
    else:
        variance = cp.sum_squares(risk.factors.T @ off) + risk.specific @ cp.square(off)
    cost = problem.buy_cost @ cp.pos(change) + problem.sell_cost @ cp.neg(change)
    if limits.impact is not None:
        cost += limits.impact @ cp.power(cp.abs(change), 1.5)

    has_lower, has_upper = np.isfinite(problem.lower), np.isfinite(problem.upper)
    constraints = [cp.sum(weights) == 1]
    constraints += [weights[has_lower] >= problem.lower[has_lower]] if has_lower.any() else []
    constraints += [weights[has_upper] <= problem.upper[has_upper]] if has_upper.any() else []
    turnover = None
    if np.isfinite(limits.turnover):
        turnover = cp.norm1(change) / 2 <= limits.turnover
        constraints.append(turnover)
    groups = []
    for group in limits.groups:
        held = group.members @ weights
        upper = held <= group.upper if np.isfinite(group.upper) else None
        lower = held >= group.lower if np.isfinite(group.lower) else None
        groups.append((upper, lower))
        constraints += [each for each in (upper, lower) if each is not None]

    objective = cp.Minimize((problem.risk_aversion * variance + cost) / size)
    return Model(cp.Problem(objective, constraints), weights, turnover, groups)


def _solved(problem: OptimalProblem, limits: Limits) -> tuple[FloatArray, Multipliers]:
    """Weights and multipliers as the solver leaves them."""
    import cvxpy as cp

    size = kkt.scale(problem, problem.gradient(problem.current)) or 1.0
    model = build(problem, limits, size)
    for tolerance in _TOLERANCES:
        settings = dict.fromkeys(("tol_gap_abs", "tol_gap_rel", "tol_feas"), tolerance)
        with warnings.catch_warnings():  # an inaccurate answer is judged by its residual
            warnings.simplefilter("ignore")
            try:
                model.problem.solve(solver=cp.CLARABEL, **settings)
            except cp.SolverError:
                continue
        if model.problem.status in cp.settings.SOLUTION_PRESENT:
            break
        if model.problem.status in cp.settings.INF_OR_UNB:
            refuse_clashing(problem, limits)
    if model.weights.value is None:
        refuse_clashing(problem, limits)
        raise unsolved()
    turnover = 0.0 if model.turnover is None else size * float(model.turnover.dual_value)
    groups = [size * (_price(upper) - _price(lower)) for upper, lower in model.groups]
    worth = Multipliers(0.0, max(turnover, 0.0), np.array(groups))
    return np.asarray(model.weights.value, dtype=np.float64), worth


def _price(constraint: Any) -> float:
    return 0.0 if constraint is None else max(0.0, float(constraint.dual_value))
