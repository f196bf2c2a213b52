"""The best whole-share trades, with a bound that no others are below."""

from __future__ import annotations

from dataclasses import dataclass
from time import monotonic

import numpy as np

from xl_rebal.engine.optimal.whole.box import SLACK, Box, Relaxed, relaxed, tightened, whole_box
from xl_rebal.engine.optimal.whole.problem import WholeShareProblem
from xl_rebal.engine.optimal.whole.programme import Programme
from xl_rebal.engine.optimal.whole.search import improved, keeps_limits
from xl_rebal.engine.optimal.whole.trades import (
    Trades,
    costs,
    nothing,
    objective,
    rounded,
    spare_cash,
)
from xl_rebal.errors import Code, InfeasibleError, Problem
from xl_rebal.typing import FloatArray

NODES, SECONDS = 2_000, 10.0
_ROUNDS = 12
_REWEIGHTED = 4


@dataclass(frozen=True, eq=False)
class WholeAnswer:
    """Trades in whole steps.

    weights: (n,), of the wealth before costs, cash with what is paid in costs.
    change: of weight, (n,). objective: gamma (w - t)'S(w - t), rates and tickets, fractions of the wealth.
    bound: no allowed choice is below; convex: the objective without whole steps, tickets and counts.
    spare_cash: the weight of cash above its floor, after costs.
    """

    shares: WholeShareProblem
    trades: Trades
    bound: float
    convex: float

    @property
    def change(self) -> FloatArray:
        moved = np.zeros(self.shares.problem.size)
        moved[self.shares.others] = self.trades.change(self.shares)
        moved[self.shares.cash] = -moved.sum()
        return moved

    @property
    def weights(self) -> FloatArray:
        return np.asarray(self.shares.problem.current + self.change)

    @property
    def objective(self) -> float:
        return objective(self.shares, self.trades.change(self.shares))

    @property
    def cost(self) -> float:
        """Rates and tickets, a fraction of the wealth."""
        return float(costs(self.shares, self.trades.change(self.shares)).sum())

    @property
    def spare_cash(self) -> float:
        return spare_cash(self.shares, self.trades.change(self.shares))

    @property
    def trade_count(self) -> int:
        """How many assets are traded, cash not counted."""
        return int(np.count_nonzero(self.trades.change(self.shares)))

    @property
    def gap(self) -> float:
        """How much better another choice could be at most, a fraction of the objective."""
        return max(0.0, 1.0 - self.bound / self.objective) if self.objective > 0 else 0.0

    @property
    def is_proven(self) -> bool:
        """Whether no choice is better by more than a millionth."""
        return self.gap <= 1e-6


def whole_solve(
    shares: WholeShareProblem, gap: float = 1e-6, seconds: float = SECONDS, nodes: int = NODES
) -> WholeAnswer:
    """The trades of least objective, or the best found and how good any could be.

    First the convex optimum is rounded and improved; then bounds leave few numbers of steps, or prove it;
    then HiGHS chooses among these, until the gap is at most ``gap`` or the ``nodes`` or ``seconds`` are used
    up. What comes back is never worse than the rounded convex optimum. Raises InfeasibleError where
    nothing keeps all limits.
    """
    until = monotonic() + seconds
    whole = whole_box(shares)
    convex = relaxed(shares, whole)
    if convex is None:
        raise InfeasibleError(_no_choice())
    best = _first(shares, whole, convex)
    if best is None:
        best = _any(shares, whole, convex, nodes, until)
    bound = convex.bound
    for _ in range(_ROUNDS):
        reached = objective(shares, best.change(shares))
        closer = tightened(shares, whole, reached)
        if closer is None:  # nothing else is as good
            bound = reached
            break
        box, centre = closer
        bound = max(bound, centre.bound)
        if bound >= reached * (1 - gap):
            break
        better, below = _chosen(shares, box, centre, best, gap, nodes, until)
        bound = max(bound, below)
        if better is best or monotonic() > until:
            break
        best = better
    reached = objective(shares, best.change(shares))
    return WholeAnswer(shares, best, min(bound, reached), convex.bound)


def _chosen(
    shares: WholeShareProblem,
    box: Box,
    centre: Relaxed,
    best: Trades,
    gap: float,
    nodes: int,
    until: float,
) -> tuple[Trades, float]:
    """A better choice in the box, else ``best``, and what none in the box is below."""
    reached = objective(shares, best.change(shares))
    reach = float(np.sqrt(max(reached - centre.bound, 0.0)))
    programme = Programme(shares, box, centre.change, reach, reached)
    programme.begin_at(best)
    bound = centre.bound
    for _ in range(_ROUNDS):
        found = programme.solve(nodes, until - monotonic(), gap / 2)
        bound = min(max(bound, found.bound), reached)
        if found.trades is None or bound >= reached * (1 - gap):
            break
        other = improved(shares, found.trades)
        if other is not None and objective(shares, other.change(shares)) < reached * (1 - SLACK):
            return other, bound
        if monotonic() > until:
            break
        programme.begin_at(found.trades)
    return best, bound


def _first(shares: WholeShareProblem, box: Box, convex: Relaxed) -> Trades | None:
    """The best of what the convex optima lead to, and of no trade; None where none keeps the limits."""
    tries = [nothing(shares), rounded(shares, convex.change)]
    change = convex.change
    for _ in range(_REWEIGHTED if shares.ticket.any() else 0):
        found = _with_tickets(shares, box, change)
        if found is None:
            break
        change = found.change
        tries.append(rounded(shares, change))
    kept = [better for each in tries if (better := improved(shares, each, False)) is not None]
    if not kept:
        return None
    best = min(kept, key=lambda each: objective(shares, each.change(shares)))
    return improved(shares, best) or best


def _with_tickets(shares: WholeShareProblem, box: Box, change: FloatArray) -> Relaxed | None:
    """The convex optimum where each ticket is spread over the last trade: small trades go."""
    size = np.maximum(np.abs(change), shares.unit)
    return relaxed(shares, box, shares.ticket / size)


def _any(shares: WholeShareProblem, box: Box, convex: Relaxed, nodes: int, until: float) -> Trades:
    """A choice that keeps the limits, from HiGHS; InfeasibleError where there is none."""
    reach = float(np.abs(convex.change).max(initial=0.0)) + 1e-3
    programme = Programme(shares, box, convex.change, reach, max(convex.bound, 1e-9))
    found = programme.solve(nodes, until - monotonic(), 0.0)
    if found.trades is None or not keeps_limits(shares, found.trades):
        raise InfeasibleError(_no_choice())
    return improved(shares, found.trades) or found.trades


def _no_choice() -> Problem:
    return Problem(
        Code.INFEASIBLE,
        "limits that no whole shares keep",
        "limits that leave a choice",
        "Widen the limits of single assets, lower the cash floor, or allow more trades.",
    )
