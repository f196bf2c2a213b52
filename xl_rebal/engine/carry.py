"""A move carried out: the orders, and whether they are worth what they cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from xl_rebal.engine.desk import Desk
from xl_rebal.engine.destination import Move
from xl_rebal.engine.excess import COSTS_COUNT
from xl_rebal.engine.ideal import Ideal, ideal_holdings
from xl_rebal.engine.orders import Fill, Settlement, no_trades, settle
from xl_rebal.engine.outcome import weights_after
from xl_rebal.engine.rounding import Bands
from xl_rebal.model.plan import Method
from xl_rebal.numerics.money import cents, currency
from xl_rebal.numerics.tolerance import WEIGHT_TOLERANCE
from xl_rebal.typing import FloatArray

_DUST, _DUST_OF_RATE = 1e-4, 0.5  # of the value; of the cost rate
_ROOM = WEIGHT_TOLERANCE / 2  # half of it, so that no other way of adding up finds a breach


@dataclass(frozen=True)
class Done:
    """The orders of a move and the line weights after them.

    ``is_refused``: there were orders, but they would not have been worth what they cost.
    """

    move: Move
    fills: tuple[Fill, ...]
    after: FloatArray
    is_refused: bool = False


def carried_out(desk: Desk, before: FloatArray, move: Move, flows_only: bool) -> Done:
    """The orders of a move; none where they would not be worth their costs."""
    ideal = ideal_holdings(desk, move)
    fills = settle(_settlement(desk, ideal, move, flows_only))
    after = weights_after(desk, fills)
    if not desk.is_whole and move.bounds is not None and not _keeps_bands(desk, ideal, after):
        ideal = ideal_holdings(desk, move, margin=True)
        fills = settle(_settlement(desk, ideal, move, flows_only))
        after = weights_after(desk, fills)
    if move.triggered and not desk.has_flows and not _is_worth_it(desk, ideal, move, before, fills):
        return Done(move, no_trades(len(fills)), before, is_refused=True)
    return Done(move, fills, after)


def _is_worth_it(
    desk: Desk, ideal: Ideal, move: Move, before: FloatArray, fills: Sequence[Fill]
) -> bool:
    """Whether the orders bring the account nearer to its plan by more than they cost.

    What is to be sold in full is. Else either the squared deviations from the targets fall by more
    than the square of the costs, or what is outside the bands by more than twice the costs; all are
    fractions of the value before, in which costs still count as cash: spending idle cash on them is
    no gain. Where a band was to be mended, less must be outside in any case, by more than twice the
    costs where something stays outside: who is out is not worth an exchange. Fractions that move no
    weight by more than 0.01 pp, half the cost rate or what rounding does, are dust. Otherwise each
    look would find another trade to make for ever.
    """
    pairs = zip(ideal.destination, desk.held, fills, strict=True)
    if any(at <= WEIGHT_TOLERANCE and held == -fill.change != 0 for at, held, fill in pairs):
        return True
    cost = currency(sum(fill.cost for fill in fills)) / desk.base
    after = weights_after(desk, fills)
    nearer = desk.excess(before) - desk.excess(after)
    mends = desk.plan.method is Method.THRESHOLD or move.bounds is not None
    if mends and nearer <= (WEIGHT_TOLERANCE if desk.is_inside(after) else COSTS_COUNT * cost):
        return False
    if not desk.is_whole and not (move.bounds is not None and desk.is_inside(after)):
        # What the costs of the last trades have moved is not traded again.
        dust = max(
            _DUST, _DUST_OF_RATE * float(desk.rate.max(initial=0.0)), desk.rounding / desk.base
        )
        if np.abs(after - before).max() <= dust:
            return False
    kept = after * (1.0 - cost)
    kept[desk.lines.cash] += cost
    target = desk.lines.target
    gain = float(((before - target) ** 2).sum() - ((kept - target) ** 2).sum())
    return gain > cost**2 or nearer > COSTS_COUNT * cost


def _settlement(desk: Desk, ideal: Ideal, move: Move, flows_only: bool) -> Settlement:
    one_way = flows_only or not move.triggered
    # On the way to the target whole shares come nearest to it, bands or not.
    keeps_bands = move.bounds is not None or (one_way and not flows_only)
    nothing = ideal.destination <= WEIGHT_TOLERANCE
    return Settlement(
        account=desk.account.name,
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
    return Bands(np.array(desk.line, dtype=np.int64), least, greatest, low, high)


def _own_bands(desk: Desk, ideal: Ideal) -> tuple[FloatArray, FloatArray]:
    """Least and greatest weight of each line: its band, or where the ideal itself is outside."""
    lines = desk.lines
    weights = desk.line_values(ideal.destination, 0.0)
    weights[lines.cash] += 1.0 - float(ideal.destination.sum())
    least = np.minimum(lines.target - lines.lower, weights)
    return least, np.maximum(lines.target + lines.upper, weights)
