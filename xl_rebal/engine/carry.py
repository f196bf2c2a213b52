"""A move carried out: the orders, and whether they are worth what they cost."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np

from xl_rebal.engine.desk import Desk
from xl_rebal.engine.destination import Move
from xl_rebal.engine.excess import COSTS_COUNT
from xl_rebal.engine.ideal import Ideal, ideal_holdings
from xl_rebal.engine.orders import Fill, Settlement, no_trades, settle
from xl_rebal.engine.outcome import weights_after
from xl_rebal.engine.rounding import Bands
from xl_rebal.engine.worthwhile import is_worth
from xl_rebal.model.plan import Method
from xl_rebal.numerics.money import cents, currency
from xl_rebal.numerics.tolerance import WEIGHT_TOLERANCE
from xl_rebal.typing import FloatArray

_DUST, _DUST_OF_RATE = 1e-4, 0.5  # of the value; of the cost rate
_ROOM = WEIGHT_TOLERANCE / 2  # half of it, so that no other way of adding up finds a breach


class Refused(Enum):
    """Why orders that there were are not made."""

    COSTS = "they cost more than they mend"
    NOTHING_MENDED = "they mend nothing"


@dataclass(frozen=True)
class Done:
    """The orders of a move and the line weights after them; none where they were refused."""

    move: Move
    fills: tuple[Fill, ...]
    after: FloatArray
    refused: Refused | None = None


def carried_out(desk: Desk, before: FloatArray, move: Move, flows_only: bool) -> Done:
    """The orders of a move; none where they would not be worth their costs.

    Where a breach sends whole shares to their targets, lists that end inside the bands come first. Where
    there are none, it is the nearest to the targets, or the nearest to the bands if that leaves less
    outside.
    """

    def attempt(ideal: Ideal, banded: bool = False) -> Done:
        fills = settle(_settlement(desk, ideal, move, flows_only, banded))
        return Done(move, fills, weights_after(desk, fills))

    ideal = ideal_holdings(desk, move)
    is_free = not move.triggered or desk.has_flows
    mends = desk.plan.method.tests_bands and not is_free
    if desk.is_whole and move.bounds is None and mends:
        tries = [attempt(ideal, banded=True)]
        if not desk.is_inside(tries[0].after):
            tries.insert(0, attempt(ideal))
            if _distance(desk, tries[1]) < _distance(desk, tries[0]) - _DUST:
                tries.reverse()
    else:
        tries = [attempt(ideal)]
        out = move.bounds is not None and not _keeps_bands(desk, ideal, tries[0].after)
        if not desk.is_whole and out:
            ideal = ideal_holdings(desk, move, margin=True)
            tries = [attempt(ideal)]
    if is_free:
        return tries[0]
    refused = None
    for done in tries:
        refused = _refused(desk, ideal, done, before)
        if refused is None:
            return done
    return Done(move, no_trades(len(desk.positions)), before, refused)


def _cost(desk: Desk, done: Done) -> float:
    """What the orders cost, of the value before."""
    return currency(sum(fill.cost for fill in done.fills)) / desk.base


def _distance(desk: Desk, done: Done) -> float:
    """What is outside the bands, and what was paid for it, of the value before."""
    return desk.excess(done.after) + COSTS_COUNT * _cost(desk, done)


def _refused(desk: Desk, ideal: Ideal, done: Done, before: FloatArray) -> Refused | None:
    """Why the orders are not worth making; None where they are.

    What is to be sold in full is. Else either the squared deviations from the targets fall by more
    than the square of the costs, or what is outside the bands by more than twice the costs; all are
    fractions of the value before, in which costs still count as cash: spending idle cash on them is
    no gain. Where a band was to be mended, less must be outside in any case, by more than twice the
    costs, and 0.01 pp, where something stays outside: who is out is not worth an exchange. Of the method
    Optimal it is its own balance of risk and costs that must get better, or a limit that was broken by more
    than dust. Dust is what moves no weight by more than 0.01 pp, half the cost rate or what rounding does:
    of fractions, and of whole shares where the method is Optimal.
    Otherwise each look would find another trade to make for ever.
    """
    pairs = zip(ideal.destination, desk.held, done.fills, strict=True)
    if any(at <= WEIGHT_TOLERANCE and held == -fill.change != 0 for at, held, fill in pairs):
        return None
    move, after, cost = done.move, done.after, _cost(desk, done)
    if desk.plan.method is Method.OPTIMAL:
        if _is_dust(desk, before, after):
            return Refused.NOTHING_MENDED
        return None if is_worth(desk, before, after, cost) else Refused.COSTS
    nearer = desk.excess(before) - desk.excess(after)
    is_inside = desk.is_inside(after)
    mends = desk.plan.method.tests_bands or move.bounds is not None
    least = WEIGHT_TOLERANCE if is_inside else _DUST
    if mends and nearer <= least:
        return Refused.NOTHING_MENDED
    if mends and not is_inside and nearer <= COSTS_COUNT * cost:
        return Refused.COSTS
    may_be_dust = not desk.is_whole and not (move.bounds is not None and is_inside)
    if may_be_dust and _is_dust(desk, before, after):
        return Refused.NOTHING_MENDED
    kept = after * (1.0 - cost)
    kept[desk.lines.cash] += cost
    target = desk.lines.target
    gain = float(((before - target) ** 2).sum() - ((kept - target) ** 2).sum())
    if gain > cost**2 or nearer > COSTS_COUNT * cost:
        return None
    return Refused.COSTS


def _is_dust(desk: Desk, before: FloatArray, after: FloatArray) -> bool:
    """Whether no weight moves by more than what the costs of the last trades may have moved it."""
    rate = float(desk.rate.max(initial=0.0))
    dust = max(_DUST, _DUST_OF_RATE * rate, desk.rounding / desk.base)
    return bool(np.abs(after - before).max() <= dust)


def _settlement(
    desk: Desk, ideal: Ideal, move: Move, flows_only: bool, banded: bool = False
) -> Settlement:
    one_way = flows_only or not move.triggered
    # On the way to the target whole shares come nearest to it, bands or not, unless asked.
    keeps_bands = banded or move.bounds is not None or (one_way and not flows_only)
    nothing = ideal.destination <= WEIGHT_TOLERANCE
    return Settlement(
        account=desk.account.name,
        line=desk.line,
        held=desk.held,
        price=desk.price,
        step=np.array([s.round_lot for s in desk.securities], dtype=np.float64),
        locked=desk.locked,
        ideal=ideal.values,
        destination=ideal.destination,
        traded=ideal.traded,
        may_buy=desk.buyers & ~nothing,
        sold_out=nothing & (desk.locked == 0) & (desk.held > 0),
        cash_cents=desk.spendable_cents,
        rate=desk.rate,
        fee=desk.fee,
        minimum_cents=cents(desk.plan.minimum_trade),
        whole=desk.is_whole,
        digits=desk.plan.fraction_digits,
        one_way=one_way,
        bands=_bands(desk, ideal) if keeps_bands else None,
    )


def _keeps_bands(desk: Desk, ideal: Ideal, after: FloatArray) -> bool:
    """Whether every line that can be inside its band is."""
    least, greatest = _own_bands(desk, ideal)
    return bool(np.all((after >= least - _ROOM) & (after <= greatest + _ROOM)))


def _bands(desk: Desk, ideal: Ideal) -> Bands:
    """The same for whole shares, which keep them if they can."""
    least, greatest = _own_bands(desk, ideal)
    cash = desk.lines.cash
    low, high = float(least[cash]), float(greatest[cash])
    # Cash is no group of positions: its own limits stand beside the others.
    least[cash], greatest[cash] = -np.inf, np.inf
    return Bands(desk.line, least, greatest, low, high)


def _own_bands(desk: Desk, ideal: Ideal) -> tuple[FloatArray, FloatArray]:
    """Least and greatest weight of each line: its band, or where the ideal itself is outside."""
    lines = desk.lines
    weights = ideal.line_weights(desk)
    least = np.minimum(lines.target - lines.lower, weights)
    return least, np.maximum(lines.target + lines.upper, weights)
