"""What the method Optimal trades: the weights at which less tracking risk is not worth its cost any more."""

from __future__ import annotations

import numpy as np

from xl_rebal.engine.desk import Desk
from xl_rebal.engine.destination import Move
from xl_rebal.engine.optimal import DenseRisk, OptimalProblem, solve
from xl_rebal.numerics.money import currency
from xl_rebal.typing import FloatArray
from xl_rebal.wording import money, percent

_BROKEN = 1e-9
"""Beyond a limit by more than this."""


def worthwhile(desk: Desk, before: FloatArray) -> Move:
    """From line weights ``before`` (n,), new cash in them, to the optimum (engine/optimal).

    Limits of lines hold where locked holdings let them; what has no target is sold in full. Cash, which
    costs nothing, is no place to flee to: it ends at what lay idle before the new cash, or its target if that
    is more, unless nothing else may be bought. Ticket fees are not weighed. Raises InfeasibleError where the
    limits leave nothing.
    """
    problem = problem_of(desk, before)
    found = solve(problem)
    after = found.weights if found.trade_count else before
    return Move(before, before, after, desk.lines.target, triggered=found.trade_count > 0)


def problem_of(desk: Desk, before: FloatArray) -> OptimalProblem:
    """The account as a problem over its target lines, cash among them."""
    lines, limits = desk.lines, desk.limits
    least, most = _limits_of(desk)
    lower = np.clip(least, limits.least, limits.greatest)
    upper = np.clip(most, lower, np.maximum(limits.greatest, lower))
    cash = lines.cash
    idle = float(before[cash]) - max(currency(desk.flow_cents), 0.0) / desk.base
    no_room = 1.0 - float(np.delete(upper, cash).sum())
    upper[cash] = max(lower[cash], no_room, min(upper[cash], max(float(lines.target[cash]), idle)))
    sold = desk.line_values(desk.rate * desk.sellable, 0.0)
    room = desk.line_values(desk.sellable, 0.0)
    return OptimalProblem(
        before / before.sum(),
        lines.target / lines.target.sum(),
        DenseRisk(desk.plan.risks[desk.targets.model].of(lines.keys)),
        desk.plan.risk_aversion,
        np.array([0.0 if i is None else float(desk.rate[i]) for i in desk.buyable]),
        np.divide(sold, room, out=np.zeros_like(sold), where=room > 0),
        lower,
        upper,
        lines.keys,
    )


def _limits_of(desk: Desk) -> tuple[FloatArray, FloatArray]:
    """The least and greatest weight of each line by its own limits; nothing of what has no target."""
    known = {line.key: line for line in desk.targets.lines}
    least, most = np.zeros(len(desk.lines.keys)), np.full(len(desk.lines.keys), np.inf)
    for place, key in enumerate(desk.lines.keys):
        line = known.get(key)
        if line is not None and line.minimum is not None:
            least[place] = line.minimum
        if line is not None and line.maximum is not None:
            most[place] = line.maximum
        if desk.lines.target[place] == 0 and place != desk.lines.cash:
            most[place] = 0.0
    return least, most


def is_worth(desk: Desk, before: FloatArray, after: FloatArray, cost: float) -> bool:
    """Whether line weights ``after`` at a ``cost`` (of the value before) are better than to stay.

    What breaks a limit may not stay. Costs still count as cash: to spend idle cash on them is no gain.
    """
    problem = problem_of(desk, before)
    if ((before < problem.lower - _BROKEN) | (before > problem.upper + _BROKEN)).any():
        return True
    kept = after * (1.0 - cost)
    kept[desk.lines.cash] += cost
    now, then = (problem.risk_aversion * problem.tracking_variance(each) for each in (before, kept))
    return bool(then + cost < now)


def balance_sentence(
    desk: Desk, before: FloatArray, after: FloatArray, cost: float, cost_to_target: float
) -> str:
    """Tracking errors a year and costs in currency, beside those of going all the way to the target."""
    problem = problem_of(desk, before)
    errors = [percent(problem.tracking_variance(each) ** 0.5, 2) for each in (before, after)]
    return (
        f"tracking error {errors[0]} a year before, {errors[1]} after; costs {money(cost)}, to the target "
        f"{money(cost_to_target)}"
    )
