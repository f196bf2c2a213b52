"""From ideal values to orders: shares, the minimum trade, cash to the cent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal

import numpy as np

from xl_rebal.engine.rounding import Bands, RoundingProblem, for_lines
from xl_rebal.errors import Code, InfeasibleError, Problem
from xl_rebal.numerics.money import amount_cents, cents, rate_cents
from xl_rebal.numerics.tolerance import WEIGHT_TOLERANCE
from xl_rebal.typing import BoolArray, FloatArray, IntArray
from xl_rebal.wording import money


@dataclass(frozen=True)
class Settlement:
    """What one account is to hold. Vectors are aligned positions, without cash.

    ``line`` numbers the target line of each. ``ideal`` is currency after costs, ``destination`` the
    weights that whole shares aim at, inside ``bands`` if they can. ``cash_cents`` is what may be spent
    now (negative: a shortage to be raised). ``rate`` is the cost per side, a fraction, ``fee`` currency a
    trade. ``may_buy`` says which positions take buys, ``sold_out`` which are to be sold in full;
    ``one_way`` is the placing of cash by buys alone, or of a shortage by sales alone.
    """

    account: str
    line: IntArray
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
        return no_trades(len(wish.held))
    # Where what was to be sold does not raise what is missing, everything sellable helps, as it
    # does where whole shares raise it: what is sold then is decided by the distance. A withdrawal
    # comes before the minimum trade.
    helped = replace(wish, traded=wish.traded | (wish.held > wish.locked))
    raises = wish.whole and wish.one_way and wish.cash_cents < 0
    for attempt in (helped,) if raises else (wish, helped):
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


def no_trades(count: int) -> tuple[Fill, ...]:
    """The orders of an account in which nothing is traded."""
    return tuple(Fill(0.0, 0, 0) for _ in range(count))


def cash_after(cash_cents: int, fills: Iterable[Fill]) -> int:
    """Cash in cents that the orders leave: identity to the cent."""
    return cash_cents + sum(
        (fill.amount if fill.change < 0 else -fill.amount) - fill.cost for fill in fills
    )


def _filled(wish: Settlement) -> tuple[Fill, ...]:
    if not wish.whole:
        return _fractional(wish)
    fills, away = _whole(wish)
    able = wish.may_buy | (wish.held > wish.locked)
    if away > WEIGHT_TOLERANCE and not wish.one_way and (able & ~wish.traded).any():
        # What was not to be traded may help to end nearer to the bands.
        others, other_away = _whole(replace(wish, traded=wish.traded | able))
        if other_away < away - WEIGHT_TOLERANCE:
            return others
    return fills


def _whole(wish: Settlement) -> tuple[tuple[Fill, ...], float]:
    """Whole shares, and how far from the bands they end."""
    out = _forced(wish)
    sold = {i: _fill(wish, i, -float(wish.held[i])) for i in np.flatnonzero(out).tolist()}
    held = np.where(out, 0.0, wish.held)
    lowest = np.where(wish.traded, wish.locked, held)
    highest = np.where(wish.traded & wish.may_buy, np.inf, held)
    if wish.one_way and wish.cash_cents < 0:
        highest = held
    elif wish.one_way:
        lowest = held
    problem = RoundingProblem(
        held=held,
        price=wish.price,
        step=wish.step,
        lowest=np.minimum(lowest, held),
        highest=highest,
        destination=wish.destination,
        cash_cents=cash_after(wish.cash_cents, sold.values()),
        buy_rate=wish.rate,
        sell_rate=wish.rate,
        fee_cents=np.array([cents(fee) for fee in wish.fee], dtype=np.int64),
        minimum_cents=wish.minimum_cents,
        guess=np.where(out, 0.0, wish.ideal / wish.price),
        bands=wish.bands,
    )
    best = for_lines(problem, wish.line)
    trades = zip(best.change.tolist(), best.amounts.tolist(), best.costs.tolist(), strict=True)
    fills = tuple(sold.get(i) or Fill(*trade) for i, trade in enumerate(trades))
    return fills, best.distance


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
    amount = amount_cents(abs(change), price) if change else 0
    if amount == 0:
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
            small = _below_minimum(wish, fills)
            if small is None:
                return fills
            change[small] = Decimal(0)
            continue
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


def _below_minimum(wish: Settlement, fills: Sequence[Fill]) -> int | None:
    """The smallest buy that shrinking or rounding has left below the minimum trade."""
    small = [
        i for i, fill in enumerate(fills) if fill.change > 0 and fill.amount < wish.minimum_cents
    ]
    return min(small, key=lambda i: fills[i].amount, default=None)


def _sell_more(wish: Settlement, change: list[Decimal], short: int, quantum: Decimal) -> bool:
    """Raise ``short`` more cents from one position, no trade below the minimum; False if none can.

    From one that is sold already if there is any, and the most overweight of those that can raise
    it all, else the largest.
    """
    options = []
    wealth = float(wish.values.sum()) + wish.cash_cents / 100
    for i in np.flatnonzero(wish.traded).tolist():
        price = Decimal(repr(float(wish.price[i])))
        room = _exact(wish.held[i]) - _exact(wish.locked[i]) + change[i]
        net = price * (1 - Decimal(repr(float(wish.rate[i]))))
        fee = 0 if change[i] else cents(wish.fee[i])
        least = Decimal(0) if change[i] else Decimal(wish.minimum_cents) / 100 / price
        needed = max(least, Decimal(short + fee + 1) / 100 / net)
        needed = needed.quantize(quantum, ROUND_CEILING)
        if room <= 0 or room < least or (fee and room * net * 100 <= fee):
            continue
        over = (float(wish.held[i]) + float(change[i])) * wish.price[i]
        over -= wish.destination[i] * wealth
        covers = room >= needed
        rank = over if covers else float(room) * wish.price[i]
        options.append((covers, change[i] != 0, rank, -i, min(needed, room)))
    if not options:
        return False
    *_, place, more = max(options)
    change[-place] -= more
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
