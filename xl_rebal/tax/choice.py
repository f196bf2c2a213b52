"""In which order lots are sold: the one definition, for ledgers, worksheet functions and trade lists.

Lots come in order of acquisition (equal dates as the caller ranks them), which also breaks ties.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import groupby
from typing import Protocol, TypeVar

from xl_rebal.tax.holding import is_long
from xl_rebal.tax.methods import GainRates, LotMethod

NOTHING = 1e-9
"""What is left of a quantity below this share of it is no shares."""


class Lot(Protocol):
    """Shares with one basis: total currency, None where unknown; adjusted: the date for their term."""

    @property
    def acquired(self) -> date: ...
    @property
    def adjusted(self) -> date: ...
    @property
    def quantity(self) -> float: ...
    @property
    def basis(self) -> float | None: ...


L = TypeVar("L", bound=Lot)


def in_order(
    lots: Sequence[L], method: LotMethod, day: date, price: float, rates: GainRates
) -> Iterator[L]:
    """The lots as a sale on ``day`` at ``price`` (currency a share) takes them.

    Average cost sells by date, as first in first out does; SPECIFIC names its lots, so it has no order and none
    come. An unknown basis comes last where bases decide.
    """
    match method:
        case LotMethod.FIFO | LotMethod.AVERAGE:
            return iter(lots)
        case LotMethod.LIFO:
            return _newest_first(lots)
        case LotMethod.HIFO:
            return _least_first(lots, [_minus_basis_of_a_share(lot) for lot in lots], 0.0)
        case LotMethod.LEAST_TAX:
            taxes = [_tax_of_a_share(lot, day, price, rates) for lot in lots]
            return _least_first(lots, taxes, price)
        case LotMethod.SPECIFIC:
            return iter(())


def spread(lots: Iterable[L], quantity: float) -> tuple[list[tuple[L, float]], float]:
    """Lots in the order in which they are sold, and the shares of each; then the shares that are missing.

    A remainder of NOTHING of the quantity, or of a lot, is neither sold nor left.
    """
    parts, left, nothing = [], quantity, NOTHING * quantity
    for lot in lots:
        if left <= nothing:
            break
        shares = lot.quantity if is_all(left, lot.quantity) else left
        parts.append((lot, shares))
        left -= shares
    return parts, left if left > nothing else 0.0


def is_all(shares: float, of: float) -> bool:
    """Whether nothing is left of a quantity when so many shares are taken off.

    >>> is_all(0.1 + 0.1 + 0.1, 0.3), is_all(2.0, 3.0), is_all(3.0, 2.0)
    (True, False, True)
    """
    return of - shares <= NOTHING * of


def average_basis(lots: Iterable[Lot]) -> float | None:
    """Basis of a share, all of them taken together; None where one is unknown."""
    total = shares = 0.0
    for lot in lots:
        if lot.basis is None:
            return None
        total += lot.basis
        shares += lot.quantity
    return total / shares if shares else None


def _newest_first(lots: Sequence[L]) -> Iterator[L]:
    for _, same_day in groupby(reversed(lots), key=lambda lot: lot.acquired):
        yield from reversed(list(same_day))


def _least_first(lots: Sequence[L], values: list[float | None], scale: float) -> Iterator[L]:
    """By value, None last; values that are equal but for the last bits of a float keep their order.

    scale: of the numbers whose difference a value is, where it may be near 0.
    """
    known = [(value, at) for at, value in enumerate(values) if value is not None]
    ties: list[int] = []
    last = 0.0
    for value, at in sorted(known):
        if ties and value - last > NOTHING * max(scale, abs(value), abs(last)):
            yield from (lots[each] for each in sorted(ties))
            ties = []
        ties.append(at)
        last = value
    yield from (lots[each] for each in sorted(ties))
    yield from (lot for lot, value in zip(lots, values, strict=True) if value is None)


def _minus_basis_of_a_share(lot: Lot) -> float | None:
    return None if lot.basis is None else -lot.basis / lot.quantity


def _tax_of_a_share(lot: Lot, day: date, price: float, rates: GainRates) -> float | None:
    """Rate by term x gain: negative for a loss."""
    if lot.basis is None:
        return None
    rate = rates.long if is_long(lot.adjusted, day) else rates.short
    return rate * (price - lot.basis / lot.quantity)
