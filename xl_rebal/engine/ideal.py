"""What to hold once the costs are paid, before any rounding to shares.

Two rules, by where the trade goes. To the target, and where only a cash flow is placed: the traded
assets share the costs, they end at K x their destination weight with the one K that balances cash.
Into the bands: the weights *after* costs end inside, with least turnover; the costs come out of what
is traded anyway, and an asset that is not traded moves only if the costs of the others would leave
it outside.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xl_rebal.engine.desk import Desk
from xl_rebal.engine.destination import Limits, Move, nearest_reachable
from xl_rebal.engine.excess import COSTS_COUNT, excess
from xl_rebal.engine.nearest import Reach, nearest_to_bands
from xl_rebal.numerics.costs import balancing_scale, trading_cost
from xl_rebal.numerics.destinations import nearest_within
from xl_rebal.numerics.money import currency
from xl_rebal.numerics.tolerance import WEIGHT_TOLERANCE
from xl_rebal.typing import BoolArray, FloatArray

_SOLVER = 1e-8  # of the whole: what the solver's tolerance may be wrong by
_ROUNDS = 60  # costs change by the cost rate from round to round: a few are enough


@dataclass(frozen=True)
class Ideal:
    """Currency ``values`` of the positions after costs, and which of them are ``traded``; (n,).

    ``destination`` are the weights that whole shares come as near to as they can.
    """

    values: FloatArray
    traded: BoolArray
    destination: FloatArray

    def line_weights(self, desk: Desk) -> FloatArray:
        """The destination by target line; cash has what the positions leave."""
        return desk.line_values(self.destination, 1.0 - float(self.destination.sum()))


def ideal_holdings(desk: Desk, move: Move, margin: bool = False) -> Ideal:
    """The holdings to aim at. For fractional shares no trade is smaller than ``_least_trades``.

    With ``margin`` they end so far inside their bands that rounding a quantity, or an amount to
    cents, does not push them out. Whole shares settle what is too small themselves: rounding decides
    what a trade amounts to.
    """
    least = _least_trades(desk)
    if move.bounds is None:
        return _cost_shared(desk, move, least)
    still = np.zeros(len(desk.positions), dtype=bool)
    while True:
        found = _inside(desk.frozen(still) if still.any() else desk, move, margin)
        if found is None:  # costs would take all there is
            wanted = wanted_values(desk, move)
            small = _smallest(desk, wanted, (wanted != desk.values) & ~still, np.inf)
            if small is None:
                return _nothing(desk)
        else:
            small = _smallest(desk, found.values, found.traded, least)
        if small is None:
            break
        still[small] = True
    assert found is not None
    if not still.any():
        return found
    return _nearest(desk, move, found, least)


def wanted_values(desk: Desk, move: Move) -> FloatArray:
    """The values of the positions where a move leads, costs not counted; currency."""
    return desk.shared_out(_changes(desk, move.after - move.before))


def _nothing(desk: Desk) -> Ideal:
    values = desk.values
    return Ideal(values, np.zeros(len(values), dtype=bool), values / desk.base)


def _least_trades(desk: Desk) -> FloatArray:
    """The least currency amount of a trade of each position (fractions only; else 0).

    The minimum trade, what the trade itself costs, and one unit of the last decimal.
    """
    if desk.is_whole:
        return np.zeros(len(desk.positions))
    unit = np.maximum(10.0**-desk.plan.fraction_digits * desk.price, 0.01)
    pays = desk.fee / (1.0 - desk.rate) * (1 + 1e-12) + unit
    return np.maximum(np.maximum(pays, unit), desk.plan.minimum_trade)


def _smallest(
    desk: Desk, values: FloatArray, among: BoolArray, least: FloatArray | float
) -> int | None:
    """The position of the smallest trade below its ``least``; by symbol where several tie."""
    change = np.abs(values - desk.values)
    small = np.flatnonzero(among & (change < least)).tolist()
    return min(small, key=lambda i: (change[i], desk.positions[i].symbol), default=None)


# -- the traded share the costs --------------------------------------------------------------------


def _cost_shared(desk: Desk, move: Move, least: FloatArray) -> Ideal:
    """The traded ones, cash included, end at K x their destination weight.

    A trade that would turn its direction for that, or is too small, is left out, the smallest
    first, and K is found again.
    """
    wanted = wanted_values(desk, move)
    cash = desk.lines.cash
    held = np.append(desk.values, currency(desk.spendable_cents))
    share = np.append(wanted, max(0.0, float(move.after[cash])) * desk.base) / desk.base
    traded = np.append(
        np.abs(wanted - desk.values) > WEIGHT_TOLERANCE * desk.base,
        abs(move.after[cash] - move.before[cash]) > WEIGHT_TOLERANCE,
    )
    rate, fee = np.append(desk.rate, 0.0), np.append(desk.fee, 0.0)
    direction = np.sign(share * desk.base - held)
    while True:
        scale = balancing_scale(held, share, traded, desk.base, rate, rate, fee)
        values = np.where(traded, share * scale, held)
        found = Ideal(values[:-1], traded[:-1].copy(), share[:-1])
        if scale > 0:
            turned = (np.sign(values - held) != direction)[:-1] & found.traded
            drop = _smallest(desk, found.values, turned, np.inf)
            small = _smallest(desk, found.values, found.traded, least)
            change = np.abs(found.values - desk.values)
        else:  # the fees would take all there is
            drop, small = _smallest(desk, wanted, found.traded, np.inf), None
            change = np.abs(wanted - desk.values)
        if drop is None and small is None:
            return found
        traded[min((i for i in (drop, small) if i is not None), key=lambda i: change[i])] = False


def _changes(desk: Desk, difference: FloatArray) -> FloatArray:
    """Differences of line weights as currency, nothing where they are within the tolerance."""
    return np.where(np.abs(difference) > WEIGHT_TOLERANCE, difference * desk.base, 0.0)


# -- into the bands --------------------------------------------------------------------------------


def _inside(desk: Desk, move: Move, with_margin: bool) -> Ideal | None:
    """Line weights after costs inside the bands; None where costs take all that is there."""
    base, limits, held = desk.base, desk.limits, desk.values
    margin = np.full(len(desk.lines.keys), desk.rounding if with_margin else 0.0)
    traded = np.abs(move.after - move.before) > WEIGHT_TOLERANCE
    wealth = base
    for _ in range(_ROUNDS):
        after, traded = _paid(move, limits, base / wealth, traded, margin / wealth)
        values = desk.shared_out(_changes(desk, after * wealth / base - move.before))
        moved = np.abs(values - held) > WEIGHT_TOLERANCE * base
        left = base - trading_cost(
            np.where(moved, values - held, 0.0), desk.rate, desk.rate, desk.fee
        )
        if left <= 0:
            return None
        settled = abs(left - wealth) <= 1e-14 * base
        wealth = left
        if settled:
            break
    return Ideal(values, moved, values / wealth)


def _paid(
    move: Move, limits: Limits, ratio: float, traded: BoolArray, margin: FloatArray
) -> tuple[FloatArray, BoolArray]:
    """Line weights of the wealth after costs, and which lines trade.

    ``ratio`` is value before over wealth after costs: weights that are not traded grow by it.
    """
    assert move.bounds is not None
    assert move.bands is not None
    least, greatest = move.bounds
    reach = Limits(limits.least * ratio, limits.greatest * ratio)
    before, flowed = move.before * ratio, move.after_flow * ratio
    low, high = _shrunk(least, greatest, margin)
    low, high = (np.clip(side, reach.least, reach.greatest) for side in (low, high))
    # What was to be bought is not sold for the costs, nor what was to be sold bought.
    kept_low = np.where(move.after > move.before, np.maximum(low, np.minimum(before, high)), low)
    kept_high = np.where(move.after < move.before, np.minimum(high, np.maximum(before, low)), high)
    can_move = (before > reach.least + WEIGHT_TOLERANCE) | (
        before < reach.greatest - WEIGHT_TOLERANCE
    )
    while True:
        for free, floor, ceiling in (
            (traded, kept_low, kept_high),
            (traded, low, high),
            (can_move, low, high),
        ):
            after = _projected(flowed, before, move.target, free, floor, ceiling)
            if after is not None:
                break
        else:
            bands = _shrunk(*move.bands, margin)
            after = nearest_reachable(flowed, move.target, (low, high), bands, reach, 1.0)
            if after is None:
                return before, np.zeros_like(can_move)
            return after, np.abs(after - before) > WEIGHT_TOLERANCE
        pushed = (after > greatest + WEIGHT_TOLERANCE) | (after < least - WEIGHT_TOLERANCE)
        pushed &= can_move & ~free
        traded = free
        if not pushed.any():
            return after, traded
        traded = traded | pushed


def _shrunk(
    least: FloatArray, greatest: FloatArray, margin: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Bounds with a margin on both sides, the middle where there is no room for it."""
    middle = (least + greatest) / 2
    return np.minimum(least + margin, middle), np.maximum(greatest - margin, middle)


def _projected(
    flowed: FloatArray,
    before: FloatArray,
    target: FloatArray,
    free: BoolArray,
    low: FloatArray,
    high: FloatArray,
) -> FloatArray | None:
    """The least turnover of the ``free`` lines that leaves all weights adding to 1."""
    if not free.any():
        return None
    found = nearest_within(
        flowed[free], target[free], low[free], high[free], 1.0 - float(before[~free].sum())
    )
    if found is None:
        return None
    after = before.copy()
    after[free] = found
    return after


# -- where what is too small stands in the way -----------------------------------------------------


def _nearest(desk: Desk, move: Move, found: Ideal, least_trade: FloatArray) -> Ideal:
    """The nearest to the bands with trades of at least ``least_trade``, if ``found`` is outside.

    Leaving out the smallest trade, one after the other, may end outside though another set of
    trades does not.
    """
    assert move.bounds is not None
    assert move.bands is not None
    bounds, bands = move.bounds, move.bands

    def distance(ideal: Ideal) -> tuple[float, float]:
        """What is outside the bands, with twice the costs, of the value before; then of the bounds."""
        change = np.where(ideal.traded, ideal.values - desk.values, 0.0)
        cost = trading_cost(change, desk.rate, desk.rate, desk.fee) / desk.base
        away = excess(ideal.line_weights(desk), *bands) + COSTS_COUNT * cost
        return round(away, 7), excess(ideal.line_weights(desk), *bounds)

    if excess(found.line_weights(desk), *bounds) <= WEIGHT_TOLERANCE:
        return found
    tries = [found]
    for least, greatest in (bounds, bands):
        other = _solved(desk, least, greatest, least_trade)
        if other is not None:
            tries.append(other)
    return min(tries, key=distance)


def _solved(
    desk: Desk, least: FloatArray, greatest: FloatArray, least_trade: FloatArray
) -> Ideal | None:
    """The solver's holdings nearest to inside ``least`` and ``greatest`` (line weights)."""
    unit = 10.0**-desk.plan.fraction_digits * desk.price + 0.01
    change = nearest_to_bands(
        Reach(
            value=desk.values,
            step=np.zeros(len(desk.positions)),
            least_sale=least_trade + unit,
            most_sale=desk.sellable,
            least_buy=least_trade + unit,
            most_buy=np.where(desk.buyers, desk.base, 0.0),
            sells_out=desk.sellable >= np.maximum(least_trade, desk.values),
            buy_rate=desk.rate,
            sell_rate=desk.rate,
            fee=desk.fee,
            group=desk.line,
            least=least,
            greatest=greatest,
            cash_line=desk.lines.cash,
            cash=currency(desk.spendable_cents),
        ),
        margin=_SOLVER + desk.rounding / desk.base,
    )
    if change is None:
        return None
    values = np.maximum(desk.values + change, 0.0)
    moved = np.abs(change) > _SOLVER * desk.base
    values = np.where(moved, values, desk.values)
    cost = trading_cost(np.where(moved, change, 0.0), desk.rate, desk.rate, desk.fee)
    return Ideal(values, moved, values / (desk.base - cost))
