"""Optimal rebalancing: the cheapest way that proves its answer."""

from __future__ import annotations

from xl_rebal.engine.optimal import kkt
from xl_rebal.engine.optimal.answer import Method, Multipliers, Optimal, Status, certified, unsolved
from xl_rebal.engine.optimal.bounds import bounded, refuse_impossible
from xl_rebal.engine.optimal.cone import cone_weights
from xl_rebal.engine.optimal.model import model_answer
from xl_rebal.engine.optimal.problem import NO_LIMITS, Limits, OptimalProblem
from xl_rebal.engine.optimal.snap import DUST, snapped
from xl_rebal.engine.optimal.turnover import capped
from xl_rebal.engine.optimal.two_assets import two_asset_weights
from xl_rebal.engine.optimal.working_set import Start, search
from xl_rebal.numerics.tolerance import WEIGHT_TOLERANCE


def solve(
    problem: OptimalProblem, limits: Limits | None = None, warm: Start | None = None
) -> Optimal:
    """The weights of least tracking risk and costs, with a certificate.

    ``warm`` is ``Optimal.start`` of a problem much like this one: the same answer, sooner.

    Raises InfeasibleError with the limits that clash and the nearest value of each that has an answer.

    >>> import numpy as np
    >>> from xl_rebal.engine.optimal import DenseRisk
    >>> risk = DenseRisk(np.diag([0.04, 0.01, 0.0]))
    >>> rate = np.full(3, 0.001)
    >>> best = solve(OptimalProblem(current=np.array([0.68, 0.27, 0.05]), target=np.array([0.6, 0.35, 0.05]),
    ...              risk=risk, risk_aversion=1.0, buy_cost=rate, sell_cost=rate))
    >>> best.weights.round(6).tolist(), best.trade_count, str(best.method), str(best.status)
    ([0.62, 0.33, 0.05], 2, 'working set', 'optimal')
    """
    if limits is None or limits is NO_LIMITS:
        refuse_impossible(problem)
        return _standard(problem, warm)
    problem = bounded(problem, limits)
    refuse_impossible(problem)
    if not limits.groups and not limits.has_impact:
        found = _standard(problem, warm, limits)
        if found.turnover <= limits.turnover + WEIGHT_TOLERANCE:
            return found
        within = capped(found, limits, _standard)
        if within is not None:
            return within
    return model_answer(problem, limits)


def _standard(
    problem: OptimalProblem, warm: Start | None, limits: Limits = NO_LIMITS
) -> Optimal:  # fmt: skip
    """Without group bounds and impact, and as if there were no turnover cap."""
    gradient = problem.gradient(problem.current)
    if kkt.no_trade(problem, gradient):
        found = kkt.slopes(problem, problem.current, gradient)
        residual = found.residual
        return Optimal(
            problem, limits, problem.current, Multipliers(found.nu), Method.NO_TRADE, residual,
            kkt.relative(problem, residual, gradient),
        )  # fmt: skip
    if problem.size == 2:
        answer = certified(problem, limits, two_asset_weights(problem), Method.TWO_ASSETS)
        if answer.relative_residual <= kkt.BAR:
            return answer
    point = search(problem, gradient, warm)
    if point is not None and abs(float(point.weights.sum()) - 1.0) <= WEIGHT_TOLERANCE:
        residual = point.residual
        return Optimal(
            problem, limits, point.weights, Multipliers(point.nu), Method.WORKING_SET, residual,
            kkt.relative(problem, residual, point.gradient),
        )  # fmt: skip
    return _by_cone(problem, limits)


def _by_cone(problem: OptimalProblem, limits: Limits) -> Optimal:
    """Clarabel's answer without its dust: the working set goes on from there, or what it found is snapped."""
    near = cone_weights(problem)
    if near is None:
        raise unsolved()
    gradient = problem.gradient(problem.current)
    found = []
    for dust in DUST:
        weights = snapped(problem, near, dust)
        point = search(problem, gradient, weights=weights)
        ends = weights if point is None else point.weights
        found.append(certified(problem, limits, ends, Method.CONE_SOLVER))
        if found[-1].status is Status.OPTIMAL:
            break
    best = min(found, key=lambda answer: answer.relative_residual)
    if best.relative_residual > kkt.CONE_BAR:
        raise unsolved()
    return best
