"""What would replace shares that are sold at a loss: before anything is sold."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from xl_rebal.model.portfolio import Lot
from xl_rebal.model.transactions import Activity, History
from xl_rebal.tax.methods import WashScope
from xl_rebal.tax.results import OpenLot, Sale
from xl_rebal.tax.scope import is_in_scope
from xl_rebal.tax.wash import WINDOW

AFTER = WINDOW + timedelta(days=1)
"""From a purchase to the first sale that it does not wash, and the other way round."""

LotKey = tuple[str, str, str]
"""Account, symbol and name of a lot."""


def key_of(lot: Lot) -> LotKey:
    """What tells a lot from all others."""
    return lot.account, lot.symbol, lot.lot_id


class Origin(StrEnum):
    """Where a purchase comes from."""

    LOT = "bought"
    SCHEDULED = "to be reinvested"
    TO_COME = "to be bought"
    PLANNED = "bought in this list"


@dataclass(frozen=True)
class Bought:
    """A purchase that may wash a loss: shares of a lot that are still held, or shares to come."""

    account: str
    symbol: str
    day: date
    quantity: float
    origin: Origin = Origin.LOT
    lot_id: str = ""

    @property
    def words(self) -> str:
        """As it reads in a sentence."""
        return (
            f"{self.quantity:g} {self.symbol} {self.origin.value} on {self.day} in {self.account}"
        )


class Purchases:
    """All known purchases by identity group, and whose losses each of them may wash.

    Those before ``since`` are left out: no sale that is asked for is within 30 days of them.
    """

    def __init__(
        self,
        known: Iterable[Bought],
        history: History,
        scope: WashScope = WashScope.HOUSEHOLD_IRA,
        since: date = date.min,
    ) -> None:
        self._history, self._scope = history, scope
        self._of_group: dict[str, list[Bought]] = {}
        recent = (each for each in known if each.day >= since)
        for each in sorted(recent, key=lambda b: (b.day, b.account, b.symbol, b.lot_id)):
            self._of_group.setdefault(history.group(each.symbol), []).append(each)

    def replacing(self, lot: Lot, day: date, sold: Collection[LotKey] = ()) -> tuple[Bought, ...]:
        """What would wash a loss on the lot, sold on ``day``: purchases within 30 days before or after.

        The lot itself is none (Rev. Rul. 56-602), nor lots that are ``sold`` in full by that day.
        """
        return tuple(each for each in self._in_scope(lot, sold) if abs(each.day - day) <= WINDOW)

    def clear_day(self, lot: Lot, day: date, sold: Collection[LotKey] = ()) -> date:
        """The first day from ``day`` on on which nothing that is known would wash a loss on the lot."""
        known = self._in_scope(lot, sold)
        for each in known:  # by date: a sale before one may be too near to the next
            if abs(each.day - day) <= WINDOW:
                day = each.day + AFTER
        return day

    def _in_scope(self, lot: Lot, sold: Collection[LotKey]) -> list[Bought]:
        seller, own = self._history.account(lot.account), key_of(lot)
        found = []
        for each in self._of_group.get(self._history.group(lot.symbol), ()):
            key = each.account, each.symbol, each.lot_id
            is_lot = each.origin is Origin.LOT
            if is_lot and (key == own or key in sold):
                continue
            if is_in_scope(self._scope, seller, self._history.account(each.account)):
                found.append(each)
        return found


def held_purchases(lots: Iterable[Lot]) -> list[Bought]:
    """Lots as purchases; one whose basis or date a washed loss has changed replaces no other."""
    return [
        Bought(lot.account, lot.symbol, lot.acquired, lot.quantity, Origin.LOT, lot.lot_id)
        for lot in lots
        if not lot.wash_adjustment and not lot.added_days
    ]


def purchases_of_record(open_lots: Iterable[OpenLot], lots: Iterable[Lot]) -> list[Bought]:
    """What the record says is held and no lot tells: one of its account, symbol and day does.

    What has replaced shares already, as its basis or its date shows, replaces no others.
    """
    told = {(lot.account, lot.symbol, lot.acquired) for lot in lots}
    return [
        Bought(each.account, each.symbol, each.acquired, each.quantity, Origin.LOT, each.lot_id)
        for each in open_lots
        if (each.account, each.symbol, each.acquired) not in told
        and each.basis == each.cost
        and each.adjusted == each.acquired
    ]


def scheduled_purchases(history: History, as_of: date) -> list[Bought]:
    """Reinvestments and purchases that the record has for days after ``as_of``."""
    origins = {Activity.REINVEST: Origin.SCHEDULED, Activity.BUY: Origin.TO_COME}
    return [
        Bought(each.account, each.symbol, each.day, each.quantity, origins[each.activity])
        for each in history.transactions
        if each.activity in origins and each.day > as_of
    ]


def known_purchases(
    lots: Iterable[Lot],
    open_lots: Iterable[OpenLot],
    history: History,
    as_of: date,
    scope: WashScope,
    planned: Iterable[Bought] = (),
) -> Purchases:
    """What may wash a loss from ``as_of`` on: ``lots`` and those of the record that are held, purchases that
    the record has for later days, and what is ``planned``."""
    since = as_of - WINDOW
    recent = [lot for lot in lots if lot.acquired >= since]
    recorded = [lot for lot in open_lots if lot.acquired >= since]
    known = (
        *held_purchases(recent),
        *purchases_of_record(recorded, recent),
        *scheduled_purchases(history, as_of),
        *planned,
    )
    return Purchases(known, history, scope, since)


def not_to_be_bought(
    sales: Sequence[Sale], history: History, as_of: date, scope: WashScope
) -> Mapping[str, Mapping[str, date]]:
    """By account and identity group the first day on which a purchase washes no loss that is realised.

    Only losses of the last 30 days that are not washed already count.
    """
    losses = [sale for sale in sales if (sale.recognised or 0.0) < 0]
    return _until_over(losses, history, as_of, scope)


def perhaps_not_to_be_bought(
    sales: Sequence[Sale], history: History, as_of: date, scope: WashScope
) -> Mapping[str, Mapping[str, date]]:
    """The same for sales of the last 30 days whose cost is unknown: nobody knows if they lost."""
    unknown = [sale for sale in sales if sale.recognised is None]
    return _until_over(unknown, history, as_of, scope)


def _until_over(
    sales: Iterable[Sale], history: History, as_of: date, scope: WashScope
) -> Mapping[str, Mapping[str, date]]:
    """By account and identity group the first day that is no longer within 30 days of any of the sales."""
    found: dict[str, dict[str, date]] = {}
    for sale in sales:
        until = sale.day + AFTER
        if until <= as_of or not sale.is_taxed:
            continue
        seller = history.account(sale.account)
        for name, buyer in history.accounts.items():
            if is_in_scope(scope, seller, buyer):
                groups = found.setdefault(name, {})
                group = history.group(sale.symbol)
                groups[group] = max(until, groups.get(group, until))
    return found
