"""The sales of a trade list by their lots."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from xl_rebal.engine.taxes.question import TaxQuestion
from xl_rebal.model.portfolio import Household, Lot
from xl_rebal.model.trades import Action
from xl_rebal.tax.disposal import Disposal, SoldLot, disposed
from xl_rebal.tax.replacing import Bought, LotKey, Origin, Purchases, key_of

Place = tuple[str, str]
"""Account and symbol."""


class Order(Protocol):
    """What is asked of a trade here; quantity in shares (> 0), amount and cost in currency."""

    @property
    def account(self) -> str: ...
    @property
    def action(self) -> Action: ...
    @property
    def symbol(self) -> str: ...
    @property
    def quantity(self) -> float: ...
    @property
    def amount(self) -> float: ...
    @property
    def cost(self) -> float: ...


@dataclass(frozen=True)
class Washed:
    """A lot sold at a loss, and the purchases that would wash it."""

    sold: SoldLot
    by: tuple[Bought, ...]


def disposals(
    trades: Iterable[Order],
    household: Household,
    question: TaxQuestion,
    named: Mapping[Place, Sequence[Lot]] | None = None,
) -> dict[Place, Disposal]:
    """The lots of each sale; ``named`` ones first, those that are not to be sold never.

    A sale of more than the lots hold has missing shares.
    """
    sales = [trade for trade in trades if trade.action is Action.SELL]
    lots = _lots_of({(trade.account, trade.symbol) for trade in sales}, household)
    found = {}
    for trade in sales:
        place = trade.account, trade.symbol
        found[place] = disposed(
            lots.get(place, []),
            trade.quantity,
            trade.amount - trade.cost,
            question.as_of,
            question.method_of(trade.account),
            question.settings.rates,
            (named or {}).get(place, ()),
        )
    return found


def _lots_of(places: Collection[Place], household: Household) -> dict[Place, list[Lot]]:
    """The lots by account and symbol."""
    found: dict[Place, list[Lot]] = {}
    for lot in household.lots:
        place = lot.account, lot.symbol
        if place in places:
            found.setdefault(place, []).append(lot)
    return found


def sold_in_full(found: Mapping[Place, Disposal]) -> set[LotKey]:
    """The lots of which nothing is left."""
    return {
        key_of(each.lot)
        for disposal in found.values()
        for each in disposal.sold
        if each.quantity >= each.lot.quantity
    }


def bought_in(trades: Iterable[Order], question: TaxQuestion) -> list[Bought]:
    """The purchases of the list."""
    return [
        Bought(trade.account, trade.symbol, question.as_of, trade.quantity, Origin.PLANNED)
        for trade in trades
        if trade.action is Action.BUY
    ]


def washed(
    found: Mapping[Place, Disposal], question: TaxQuestion, purchases: Purchases
) -> list[Washed]:
    """The losses of a list in taxed accounts that ``purchases`` within 30 days would wash."""
    gone: Collection[LotKey] = sold_in_full(found)
    bad = []
    for (account, _), disposal in found.items():
        is_taxed = question.history.account(account).is_taxed
        for each in disposal.sold:
            if is_taxed and each.gain is not None and each.gain < 0:
                by = purchases.replacing(each.lot, question.as_of, gone)
                if by:
                    bad.append(Washed(each, by))
    return bad


def with_kept(household: Household, kept: Collection[LotKey]) -> Household:
    """The household that does not sell what is kept."""
    if not kept:
        return household
    lots = [
        replace(lot, do_not_sell=True) if not lot.do_not_sell and key_of(lot) in kept else lot
        for lot in household.lots
    ]
    return replace(household, lots=tuple(lots))


def wanting(orders: Iterable[Order], household: Household, names: Collection[str]) -> set[str]:
    """The accounts of ``names`` whose sales are more than the household may sell."""
    free = {
        (position.account, position.symbol): position.quantity
        for position in household.positions
        if position.account in names
    }
    for name in names:
        for symbol, shares in household.locked(name).items():
            free[name, symbol] = free.get((name, symbol), 0.0) - shares
    return {
        order.account
        for order in orders
        if order.account in names
        and order.action is Action.SELL
        and order.quantity > free[order.account, order.symbol]
    }
