"""From ideal values to orders: shares, the minimum trade, cash to the cent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal

import numpy as np

from xl_rebal.engine.rounding import Bands, RoundingProblem, best_whole_shares
from xl_rebal.errors import Code, InfeasibleError, Problem
from xl_rebal.numerics.money import amount_cents, cents, rate_cents
from xl_rebal.typing import BoolArray, FloatArray
from xl_rebal.wording import money


@dataclass(frozen=True)
class Settlement:
    """What one account is to hold. Vectors are aligned positions, without cash.

    ``ideal`` is currency after costs, ``destination`` the weights that whole shares aim at, inside
    ``bands`` if they can. ``cash_cents`` is what may be spent now (negative: a shortage to be
    raised). ``rate`` is the cost per side, a fraction, ``fee`` currency a trade. ``may_buy`` says
    which positions take buys, ``sold_out`` which are to be sold in full; ``one_way`` keeps every
    position from moving against its ideal direction.
    """

    account: str
    held: FloatArray
    price: FloatArray
    step: FloatArray
    locked: FloatArray
    ideal: FloatArray
    destination: FloatArray
    traded: BoolArray
    may_buy: BoolArray
    sold_out: BoolArray
    cash_cents: int
    rate: FloatArray
    fee: FloatArray
    minimum_cents: int
    whole: bool
    digits: int
    one_way: bool
    bands: Bands | None = None

    @property
    def values(self) -> FloatArray:
        """What is held now, currency."""
        return self.held * self.price


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
    if not wish.traded.any() and wish.cash_cents >= 0:
        return tuple(Fill(0.0, 0, 0) for _ in wish.held)
    # Where what was to be sold does not raise what is missing, everything sellable helps; a
    # withdrawal comes before the minimum trade.
    helped = replace(wish, traded=wish.traded | (wish.held > wish.locked))
    for attempt in (wish, helped):
        try:
            fills = _filled(attempt)
        except InfeasibleError:
            continue
        if cash_after(wish.cash_cents, fills) >= 0:
            return fills
    fills = _filled(replace(helped, minimum_cents=0))
    if (left := cash_after(wish.cash_cents, fills)) < 0:
        raise InfeasibleError(too_much(wish.account, left))
    return fills


def cash_after(cash_cents: int, fills: Sequence[Fill]) -> int:
    """Cash in cents that the orders leave: identity to the cent."""
    return cash_cents + sum(
        (fill.amount if fill.change < 0 else -fill.amount) - fill.cost for fill in fills
    )


def _filled(wish: Settlement) -> tuple[Fill, ...]:
    if not wish.whole:
        return _fractional(wish)
    out = _forced(wish)
    sold = tuple(_fill(wish, i, -float(wish.held[i]) if out[i] else 0.0) for i in range(len(out)))
    held = np.where(out, 0.0, wish.held)
    direction = np.sign(wish.ideal - wish.values)
    lowest = np.where(wish.traded, wish.locked, held)
    highest = np.where(wish.traded & wish.may_buy, np.inf, held)
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
            destination=wish.destination,
            cash_cents=cash_after(wish.cash_cents, sold),
            buy_rate=wish.rate,
            sell_rate=wish.rate,
            fee_cents=np.array([cents(fee) for fee in wish.fee], dtype=np.int64),
            minimum_cents=wish.minimum_cents,
            guess=np.where(out, 0.0, wish.ideal / wish.price),
            bands=wish.bands,
        )
    )
    return tuple(
        sold[i] if out[i] else _fill(wish, i, float(change)) for i, change in enumerate(best.change)
    )


def _forced(wish: Settlement) -> BoolArray:
    """What is to be sold in full is sold in full, whatever the measure would rather keep.

    The squared distance alone would leave some of it to share an error with cash. Only a sale
    that brings more than it costs, and is no smaller than the minimum trade, is forced.
    """
    brings = wish.values * (1 - wish.rate) > wish.fee
    large = wish.values >= wish.minimum_cents / 100
    return np.asarray(wish.traded & wish.sold_out & brings & large)


def fill_of(change: float, price: float, rate: float, fee: float) -> Fill:
    """The order for ``change`` shares at ``price``: amount and cost to the cent.

    ``rate`` is a fraction of the amount per side, ``fee`` currency. What is worth no cent is none.

    >>> fill_of(-3.0, 0.335, 0.001, 4.95)
    Fill(change=-3.0, amount=101, cost=495)
    """
    amount = amount_cents(abs(change), price)
    if change == 0 or amount == 0:
        return Fill(0.0, 0, 0)
    return Fill(change, amount, rate_cents(amount, rate) + cents(fee))


def _fill(wish: Settlement, i: int, change: float) -> Fill:
    return fill_of(change, float(wish.price[i]), float(wish.rate[i]), float(wish.fee[i]))


def _fractional(wish: Settlement) -> tuple[Fill, ...]:
    """Sales to the nearest fraction, buys rounded down; buys shrink together if cash is short."""
    quantum = Decimal(1).scaleb(-wish.digits)
    change = [Decimal(0)] * len(wish.held)
    for i in np.flatnonzero(wish.traded):
        exact = Decimal(repr(float((wish.ideal[i] - wish.values[i]) / wish.price[i])))
        if exact < 0:
            room = _exact(wish.held[i]) - _exact(wish.locked[i])
            sold = (-exact).quantize(quantum, ROUND_HALF_EVEN)
            change[i] = -room if wish.sold_out[i] or sold > room else -sold
        elif wish.may_buy[i]:
            change[i] = exact.quantize(quantum, ROUND_FLOOR)
    for _ in range(60):
        fills = tuple(_fill(wish, i, float(moved)) for i, moved in enumerate(change))
        short = -cash_after(wish.cash_cents, fills)
        if short <= 0:
            return fills
        bought = sum(fill.amount + fill.cost for fill in fills if fill.change > 0)
        if bought:
            keep = max(Decimal(0), 1 - Decimal(short + 1) / bought)
            change = [
                (moved * keep).quantize(quantum, ROUND_FLOOR) if moved > 0 else moved
                for moved in change
            ]
        elif not _sell_more(wish, change, short, quantum):
            return fills
    return fills


def _sell_more(wish: Settlement, change: list[Decimal], short: int, quantum: Decimal) -> bool:
    """Raise ``short`` more cents from the position with most left to sell; False if none."""
    room = [_exact(wish.held[i]) - _exact(wish.locked[i]) + change[i] for i in range(len(change))]
    able = [i for i in np.flatnonzero(wish.traded) if room[i] > 0]
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


def too_much(account: str, left: int) -> Problem:
    """More is to be paid out than can be raised: ``left`` cents (< 0) remain."""
    return Problem(
        Code.INFEASIBLE,
        f"{money(-left / 100)} more to pay out of account {account!r} than can be raised",
        f"a withdrawal and minimum cash that are {money(-left / 100)} smaller together",
        "Lower the withdrawal or the minimum cash, or allow more to be sold.",
        argument="new cash",
    )
