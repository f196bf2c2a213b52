"""From wanted values to orders: costs shared, minimum trade, shares, cash to the cent."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal

import numpy as np

from xl_rebal.engine.rounding import RoundingProblem, best_whole_shares
from xl_rebal.errors import Code, InfeasibleError, Problem
from xl_rebal.numerics.costs import balancing_scale
from xl_rebal.numerics.money import amount_cents, cents, currency, rate_cents
from xl_rebal.typing import BoolArray, FloatArray
from xl_rebal.wording import money


@dataclass(frozen=True)
class Settlement:
    """What one account wants to hold before costs. Vectors are aligned positions, without cash.

    ``wanted`` and ``wanted_cash`` are currency and add to the account's value less buffer;
    ``cash_cents`` is what may be spent now (negative: a shortage to be raised). ``rate`` is the
    cost per side, a fraction. ``may_buy`` says which positions take buys; ``one_way`` keeps every
    position from moving against its wanted direction.
    """

    account: str
    held: FloatArray
    price: FloatArray
    step: FloatArray
    locked: FloatArray
    wanted: FloatArray
    traded: BoolArray
    may_buy: BoolArray
    wanted_cash: float
    cash_traded: bool
    cash_cents: int
    rate: FloatArray
    fee: FloatArray
    minimum_cents: int
    whole: bool
    digits: int
    one_way: bool

    @property
    def values(self) -> FloatArray:
        """What is held now, currency."""
        return self.held * self.price

    @property
    def base(self) -> float:
        """Value less buffer, currency: what the wanted amounts add to."""
        return float(self.values.sum()) + currency(self.cash_cents)


@dataclass(frozen=True)
class Fill:
    """One order: ``change`` in shares (+ buy, - sell), ``amount`` and ``cost`` in cents (>= 0)."""

    change: float
    amount: int
    cost: int


def settle(wish: Settlement) -> tuple[Fill, ...]:
    """The orders, one Fill a position (change 0 where nothing is traded).

    Cash afterwards is never below 0 here (the buffer is already taken out). Raises
    InfeasibleError when all that may be sold does not cover a shortage of cash.
    """
    ideal, traded = ideal_values(wish)
    if not traded.any() and wish.cash_cents >= 0:
        return tuple(Fill(0.0, 0, 0) for _ in wish.held)
    fills = _filled(wish, ideal, traded)
    if cash_after(wish, fills) < 0:
        # What was to be sold does not cover the costs as well: let everything sellable help.
        sellable = wish.held > wish.locked
        fills = _filled(replace(wish, minimum_cents=0), ideal, traded | sellable)
    if (left := cash_after(wish, fills)) < 0:
        raise InfeasibleError(_too_much(wish, left))
    return fills


def cash_after(wish: Settlement, fills: tuple[Fill, ...]) -> int:
    """Cash in cents that the orders leave: identity to the cent."""
    return wish.cash_cents + sum(
        (fill.amount if fill.change < 0 else -fill.amount) - fill.cost for fill in fills
    )


def ideal_values(wish: Settlement) -> tuple[FloatArray, BoolArray]:
    """Currency values after costs without any rounding, and which positions still trade.

    The traded ones, cash included, share the costs: they end at K x their destination weight.
    A trade that would turn its direction for that, or stays below the minimum, is left out, the
    smallest first, and K is found again.
    """
    held = np.append(wish.values, currency(wish.cash_cents))
    share = np.append(wish.wanted, wish.wanted_cash) / wish.base
    traded = np.append(wish.traded, wish.cash_traded)
    rate, fee = np.append(wish.rate, 0.0), np.append(wish.fee, 0.0)
    direction = np.sign(np.append(wish.wanted, wish.wanted_cash) - held)
    while True:
        scale = balancing_scale(held, share, traded, wish.base, rate, rate, fee)
        ideal = np.where(traded, share * scale, held)
        change = np.abs(ideal - held)[:-1]
        turned = (np.sign(ideal - held) != direction)[:-1] & traded[:-1]
        small = (change < wish.minimum_cents / 100) & traded[:-1]
        weak = turned | small
        if not weak.any():
            return ideal[:-1], traded[:-1]
        drop = int(np.argmin(np.where(weak, change, np.inf)))
        traded[drop] = False


def _filled(wish: Settlement, ideal: FloatArray, traded: BoolArray) -> tuple[Fill, ...]:
    if not wish.whole:
        return _fractional(wish, ideal, traded)
    out = _sold_out(wish, traded)
    sold = tuple(_fill(wish, i, -float(wish.held[i]) if out[i] else 0.0) for i in range(len(out)))
    held = np.where(out, 0.0, wish.held)
    direction = np.sign(wish.wanted - wish.values)
    lowest = np.where(traded, wish.locked, held)
    highest = np.where(traded & wish.may_buy, np.inf, held)
    if wish.one_way:
        lowest = np.where(direction > 0, held, lowest)
        highest = np.where(direction < 0, held, highest)
    best = best_whole_shares(
        RoundingProblem(
            held=held,
            price=wish.price,
            step=wish.step,
            lowest=np.minimum(lowest, held),
            highest=highest,
            destination=wish.wanted / wish.base,
            cash_cents=cash_after(wish, sold),
            buy_rate=wish.rate,
            sell_rate=wish.rate,
            fee_cents=np.array([cents(fee) for fee in wish.fee], dtype=np.int64),
            minimum_cents=wish.minimum_cents,
            guess=np.where(out, 0.0, ideal / wish.price),
        )
    )
    return tuple(
        sold[i] if out[i] else _fill(wish, i, float(change)) for i, change in enumerate(best.change)
    )


def _sold_out(wish: Settlement, traded: BoolArray) -> BoolArray:
    """What is to be sold in full is sold in full, whatever the measure would rather keep.

    The squared distance alone would leave some of it to share an error with cash. Only a sale
    that brings more than it costs, and is no smaller than the minimum trade, is forced.
    """
    brings = wish.values * (1 - wish.rate) > wish.fee
    large = wish.values >= wish.minimum_cents / 100
    whole = (wish.wanted <= 1e-12 * wish.base) & (wish.locked == 0) & (wish.held > 0)
    return np.asarray(traded & whole & brings & large)


def _fill(wish: Settlement, i: int, change: float) -> Fill:
    amount = amount_cents(abs(change), float(wish.price[i]))
    if change == 0 or amount == 0:
        return Fill(0.0, 0, 0)
    return Fill(change, amount, rate_cents(amount, float(wish.rate[i])) + cents(wish.fee[i]))


def _fractional(wish: Settlement, ideal: FloatArray, traded: BoolArray) -> tuple[Fill, ...]:
    """Sales to the nearest fraction, buys rounded down; buys shrink together if cash is short."""
    quantum = Decimal(1).scaleb(-wish.digits)
    change = [Decimal(0)] * len(ideal)
    for i in np.flatnonzero(traded):
        exact = Decimal(repr(float((ideal[i] - wish.values[i]) / wish.price[i])))
        if exact < 0:
            room = _exact(wish.held[i]) - _exact(wish.locked[i])
            sold = (-exact).quantize(quantum, ROUND_HALF_EVEN)
            sells_out = ideal[i] <= 1e-9 * wish.base and wish.locked[i] == 0
            change[i] = -room if sells_out or sold > room else -sold
        elif wish.may_buy[i]:
            change[i] = exact.quantize(quantum, ROUND_FLOOR)
    for _ in range(60):
        fills = tuple(_fill(wish, i, float(moved)) for i, moved in enumerate(change))
        short = -cash_after(wish, fills)
        if short <= 0:
            return fills
        bought = sum(fill.amount + fill.cost for fill in fills if fill.change > 0)
        if bought:
            keep = max(Decimal(0), 1 - Decimal(short + 1) / bought)
            change = [
                (moved * keep).quantize(quantum, ROUND_FLOOR) if moved > 0 else moved
                for moved in change
            ]
        elif not _sell_more(wish, change, traded, short, quantum):
            return fills
    return fills


def _sell_more(
    wish: Settlement, change: list[Decimal], traded: BoolArray, short: int, quantum: Decimal
) -> bool:
    """Raise ``short`` more cents from the position with most left to sell; False if none."""
    room = [_exact(wish.held[i]) - _exact(wish.locked[i]) + change[i] for i in range(len(change))]
    able = [i for i in np.flatnonzero(traded) if room[i] > 0]
    if not able:
        return False
    i = max(able, key=lambda j: float(room[j]) * wish.price[j])
    net = Decimal(repr(float(wish.price[i]))) * (1 - Decimal(repr(float(wish.rate[i]))))
    fee = 0 if change[i] else cents(wish.fee[i])
    more = (Decimal(short + fee + 1) / 100 / net).quantize(quantum, ROUND_CEILING)
    change[i] -= min(more, room[i])
    return True


def _exact(value: float) -> Decimal:
    return Decimal(repr(float(value)))


def _too_much(wish: Settlement, left: int) -> Problem:
    return Problem(
        Code.INFEASIBLE,
        f"{money(-left / 100)} more to pay out of account {wish.account!r} than can be raised",
        f"a withdrawal and minimum cash that are {money(-left / 100)} smaller together",
        "Lower the withdrawal or the minimum cash, or allow more to be sold.",
        argument="new cash",
    )
