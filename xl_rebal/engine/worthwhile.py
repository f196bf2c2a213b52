"""What the method Optimal trades: the weights at which less tracking risk is not worth its cost any more."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from xl_rebal.engine.desk import Desk
from xl_rebal.engine.destination import Move
from xl_rebal.engine.optimal import DenseRisk, Optimal, OptimalProblem, solve
from xl_rebal.errors import InfeasibleError
from xl_rebal.numerics.money import currency
from xl_rebal.typing import FloatArray
from xl_rebal.wording import listed, money, percent

_BROKEN = 1e-9
"""Beyond a limit by more than this."""

_SHOWN = 5e-4
"""Weights are shown to 0.1 pp."""

_TRIED = 8
"""So many of the smallest trades may be left out next."""


def worthwhile(desk: Desk, before: FloatArray) -> Move:
    """From line weights ``before`` (n,), new cash in them, to the optimum (engine/optimal).

    Limits of lines hold where locked holdings let them; what has no target is sold in full. Cash, which
    costs nothing, is no place to flee to: it ends at what lay idle before the new cash, or its target if that
    is more, unless nothing else may be bought. Where there are ticket fees, trades are left out one by one as
    long as that is better: nearly always the best choice of them, but not proven. Raises InfeasibleError
    where the limits leave nothing.
    """
    problem = problem_of(desk, before)
    found = _with_tickets(problem, *_tickets(desk))
    after = found.weights if found.trade_count else before
    return Move(before, before, after, desk.lines.target, triggered=found.trade_count > 0)


def _tickets(desk: Desk) -> tuple[FloatArray, FloatArray]:
    """What the tickets of a purchase and of a sale of each line cost, fractions of the base."""
    buys = np.array([0.0 if i is None else float(desk.fee[i]) for i in desk.buyable])
    sells = desk.line_values(np.where(desk.sellable > 0, desk.fee, 0.0), 0.0)
    return buys / desk.base, sells / desk.base


def _with_tickets(problem: OptimalProblem, buys: FloatArray, sells: FloatArray) -> Optimal:
    """The optimum without the trades that are not worth their tickets."""

    def total(answer: Optimal) -> float:
        change = answer.trades
        paid = np.where(change > 0, buys, np.where(change < 0, sells, 0.0))
        return answer.objective + float(paid.sum())

    best = solve(problem)
    may_stay = (problem.lower <= problem.current) & (problem.current <= problem.upper)
    while True:
        change = np.abs(best.trades)
        pays = np.where(best.trades > 0, buys, sells)
        smallest = np.argsort(change, kind="stable")
        tried = [i for i in smallest.tolist() if change[i] and pays[i] and may_stay[i]][:_TRIED]
        others = [other for i in tried if (other := _without(problem, best, i)) is not None]
        better = min(others, key=total, default=best)
        if not total(better) < total(best) * (1.0 - 1e-9):
            return best
        best = better


def _without(problem: OptimalProblem, answer: Optimal, place: int) -> Optimal | None:
    """The optimum where a line stays, with those that stay already; None where nothing is left."""
    lower, upper = answer.problem.lower.copy(), answer.problem.upper.copy()
    lower[place] = upper[place] = problem.current[place]
    try:
        return solve(replace(problem, lower=lower, upper=upper))
    except InfeasibleError:
        return None


def problem_of(desk: Desk, before: FloatArray) -> OptimalProblem:
    """The account as a problem over its target lines, cash among them."""
    lines, limits = desk.lines, desk.limits
    risk = desk.plan.risks.get(desk.targets.model)
    if risk is None:
        raise ValueError("the method Optimal needs the risks of its lines (line_risk.with_risks)")
    least, most = _limits_of(desk)
    lower = _together(limits.least, np.clip(least, limits.least, limits.greatest))
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
        DenseRisk(risk.of(lines.keys)),
        desk.plan.risk_aversion,
        np.array([0.0 if i is None else float(desk.rate[i]) for i in desk.buyable]),
        np.divide(sold, room, out=np.zeros_like(sold), where=room > 0),
        lower,
        upper,
        lines.keys,
    )


def _together(locked: FloatArray, lower: FloatArray) -> FloatArray:
    """Lower limits that add to 1 at most: beside what is locked, minimums give way in proportion."""
    asked, room = lower - locked, 1.0 - float(locked.sum())
    if float(lower.sum()) <= 1.0 or room < 0:
        return lower
    return np.asarray(locked + asked * (room / float(asked.sum())))


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
        f"{money(cost_to_target)}{_beyond_limits(desk, after)}"
    )


def _beyond_limits(desk: Desk, after: FloatArray) -> str:
    """Which lines end outside their Minimum or Maximum, and why they may."""
    least, most = _limits_of(desk)
    out = (after < least - _SHOWN) | (after > most + _SHOWN)
    keys = [desk.lines.keys[i] for i in np.flatnonzero(out & (desk.lines.target > 0))]
    if not keys:
        return ""
    why = "locked holdings" if desk.locked.any() else "costs or whole shares"
    return f"; outside the limits of {listed(keys, 'and')}, for {why}"
