"""Lots of the record beside the lots of the table: what stands for what, and where they differ."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from xl_rebal.engine.taxes.sales import Place
from xl_rebal.model.portfolio import CASH, Household, Lot
from xl_rebal.tax.results import OpenLot

_SAME_SHARES = 1e-6
_SAME_MONEY = 0.01

T = TypeVar("T", OpenLot, Lot)


@dataclass(frozen=True)
class Difference:
    """Where Lots say something else than Transactions come to. ``text`` is a sentence."""

    account: str
    symbol: str
    text: str


def with_recorded_lots(household: Household, open_lots: Sequence[OpenLot]) -> Household:
    """The household with the lots of the record for holdings without any, where they add up to the holding."""
    told = {(lot.account, lot.symbol) for lot in household.lots}
    held = {(p.account, p.symbol): p.quantity for p in household.positions if p.symbol != CASH}
    more: list[Lot] = []
    for place, own in _by_place(open_lots).items():
        quantity = sum(each.quantity for each in own)
        if place not in told and abs(held.get(place, 0.0) - quantity) <= _SAME_SHARES * quantity:
            more.extend(_as_lots(own))
    return replace(household, lots=(*household.lots, *more)) if more else household


def _as_lots(own: Sequence[OpenLot]) -> Iterator[Lot]:
    """Pieces of one purchase get names of their own."""
    names: dict[str, int] = {}
    for each in own:
        names[each.lot_id] = count = names.get(each.lot_id, 0) + 1
        known = each.cost is not None and each.basis is not None
        yield Lot(
            each.account,
            each.symbol,
            each.lot_id if count == 1 else f"{each.lot_id} ({count})",
            each.quantity,
            each.acquired,
            each.cost / each.quantity if each.cost is not None else None,
            wash_adjustment=(each.basis or 0.0) - (each.cost or 0.0) if known else 0.0,
            added_days=(each.acquired - each.adjusted).days,
        )


def differences(household: Household, open_lots: Sequence[OpenLot]) -> tuple[Difference, ...]:
    """Holdings of which Lots and Transactions say different things, by account and symbol.

    Shares first; where they agree, shares and bases by day of acquisition. Only holdings that both know: a
    record may begin late, and a table may be left empty.
    """
    recorded, told = _by_place(open_lots), _by_place(household.lots)
    found: list[Difference] = []
    for place in sorted(set(recorded) & set(told)):
        account, symbol = place
        texts = _texts(symbol, account, recorded[place], told[place])
        found.extend(Difference(account, symbol, text) for text in texts)
    return tuple(found)


def _texts(
    symbol: str, account: str, recorded: Sequence[OpenLot], told: Sequence[Lot]
) -> Iterator[str]:
    one, two = (sum(each.quantity for each in lots) for lots in (recorded, told))
    if abs(one - two) > _SAME_SHARES * max(one, two):
        yield f"Transactions leave {one:,.10g} {symbol} in {account}, Lots have {two:,.10g}."
        return
    days = sorted({each.acquired for each in recorded} | {each.acquired for each in told})
    for day in days:
        first = [each for each in recorded if each.acquired == day]
        second = [each for each in told if each.acquired == day]
        shares = [sum(each.quantity for each in lots) for lots in (first, second)]
        if abs(shares[0] - shares[1]) > _SAME_SHARES * max(shares):
            yield (
                f"Transactions leave {shares[0]:,.10g} {symbol} bought on {day} in {account}, Lots have "
                f"{shares[1]:,.10g}."
            )
            continue
        bases = [_total(first), _total(second)]
        if bases[0] is None or bases[1] is None:
            if bases[0] != bases[1]:
                known = "Lots" if bases[0] is None else "Transactions"
                yield f"Only {known} know the cost of {symbol} bought on {day} in {account}."
        elif abs(bases[0] - bases[1]) > _SAME_MONEY:
            yield (
                f"Transactions come to a basis of {bases[0]:,.2f} for {symbol} bought on {day} in {account}, "
                f"Lots to {bases[1]:,.2f}."
            )


def _total(lots: Iterable[OpenLot | Lot]) -> float | None:
    total = 0.0
    for each in lots:
        if each.basis is None:
            return None
        total += each.basis
    return total


def _by_place(lots: Iterable[T]) -> Mapping[Place, list[T]]:
    found: dict[Place, list[T]] = {}
    for each in lots:
        found.setdefault((each.account, each.symbol), []).append(each)
    return found
