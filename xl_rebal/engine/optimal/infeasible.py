"""Which limits clash, and the nearest value of each that has an answer while the others stay."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np

from xl_rebal.engine.optimal.problem import Limits, OptimalProblem
from xl_rebal.errors import Code, InfeasibleError, Problem
from xl_rebal.typing import FloatArray
from xl_rebal.wording import listed, percent

_SLACK = 1e-7
_NAMED = 4  # limits that a sentence lists


@dataclass(frozen=True)
class _Limit:
    """One limit: sign x (row @ (w, |change|)) <= sign x bound; ``words`` has a place for its value."""

    words: str
    row: FloatArray
    bound: float
    sign: float


def refuse_clashing(problem: OptimalProblem, limits: Limits) -> None:
    """Raise an InfeasibleError where no weights meet all limits; return where some do.

    A linear programme of least total relaxation; its multipliers are the proof and name the limits that clash.
    """
    every = _limits(problem, limits)
    slack, prices = _relaxed(problem, every, None)
    if slack.sum() <= _SLACK:
        return
    clash = [i for i, price in enumerate(prices) if price > _SLACK or slack[i] > _SLACK]
    words = [each.words.format(percent(each.bound, 2)) for each in every]
    found = []
    for i in clash:
        beside = [words[j] for j in clash if j != i]
        rest = len(beside) - _NAMED
        beside = beside if rest <= 0 else [*beside[:_NAMED], f"{rest} more"]
        others = listed(beside, "and") or "weights that add to 100 %"
        alone = _relaxed(problem, every, i)[0]
        each = every[i]
        if np.isfinite(alone[i]):
            nearest = percent(each.bound + each.sign * alone[i], 2)
            fix = f"The nearest value that leaves an answer is {nearest}."
        else:
            fix = "No value of this limit alone leaves an answer."
        found.append(
            Problem(Code.INFEASIBLE, words[i], f"a limit that goes with {others}", fix, argument="limits")
        )  # fmt: skip
    raise InfeasibleError(found)


def _limits(problem: OptimalProblem, limits: Limits) -> list[_Limit]:
    n = problem.size
    eye, none = np.eye(n), np.zeros(n)

    def row(weights: FloatArray, turnover: float = 0.0) -> FloatArray:
        return np.concatenate((weights, np.full(n, turnover)))

    found = []
    for i in range(n):
        name, low, high = problem.name(i), float(problem.lower[i]), float(problem.upper[i])
        if low == high:
            found.append(_Limit(f"{name} no less than {{}}", row(eye[i]), low, -1.0))
            found.append(_Limit(f"{name} no more than {{}}", row(eye[i]), high, 1.0))
            continue
        if np.isfinite(low):
            found.append(_Limit(f"at least {{}} of {name}", row(eye[i]), low, -1.0))
        if np.isfinite(high):
            found.append(_Limit(f"at most {{}} of {name}", row(eye[i]), high, 1.0))
    for group in limits.groups:
        if np.isfinite(group.lower):
            found.append(
                _Limit(f"at least {{}} of {group.name}", row(group.members), group.lower, -1.0)
            )
        if np.isfinite(group.upper):
            found.append(
                _Limit(f"at most {{}} of {group.name}", row(group.members), group.upper, 1.0)
            )
    if np.isfinite(limits.turnover):
        found.append(_Limit("a turnover of at most {}", row(none, 0.5), limits.turnover, 1.0))
    return found


def _relaxed(
    problem: OptimalProblem, every: list[_Limit], only: int | None
) -> tuple[FloatArray, FloatArray]:
    """Least relaxations (m,) of all limits, or of one alone (inf: none is enough), and their prices (m,)."""
    import cvxpy as cp

    n, m = problem.size, len(every)
    w, moved, slack = cp.Variable(n), cp.Variable(n), cp.Variable(m, nonneg=True)
    rows = np.array([each.sign * each.row for each in every])
    bounds = np.array([each.sign * each.bound for each in every])
    meets: Any = rows @ cp.hstack([w, moved]) <= bounds + slack
    change = w - problem.current
    constraints = [cp.sum(w) == 1, moved >= change, moved >= -change, meets]
    if only is not None:
        constraints.append(cp.hstack([slack[j] for j in range(m) if j != only]) <= 0)
    model = cp.Problem(cp.Minimize(cp.sum(slack)), constraints)
    tight = dict.fromkeys(("tol_gap_abs", "tol_gap_rel", "tol_feas"), 1e-10)
    with warnings.catch_warnings():  # a slightly inaccurate answer is good enough for words
        warnings.simplefilter("ignore")
        try:
            model.solve(solver=cp.CLARABEL, **tight)  # HiGHS prints a banner (1.16)
        except cp.SolverError:
            return np.full(m, np.inf), np.zeros(m)
    if slack.value is None:
        return np.full(m, np.inf), np.zeros(m)
    return np.asarray(slack.value), np.asarray(meets.dual_value)
