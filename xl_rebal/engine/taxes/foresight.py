"""Lots that are kept from the first look on, since what is likely to be bought would wash their loss."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from xl_rebal.engine.taxes.by_account import ByAccount, each_alone
from xl_rebal.engine.taxes.question import TaxQuestion
from xl_rebal.engine.taxes.sales import (
    Place,
    Washed,
    bought_in,
    disposals,
    wanting,
    washed,
    with_kept,
)
from xl_rebal.engine.taxes.swap import Trading
from xl_rebal.errors import XlRebalError
from xl_rebal.model.portfolio import Household
from xl_rebal.model.trades import Action, TradeList
from xl_rebal.tax.disposal import Disposal
from xl_rebal.tax.replacing import LotKey, key_of


@dataclass(frozen=True)
class _Likely:
    """A trade that is likely to be made."""

    account: str
    action: Action
    symbol: str
    quantity: float
    amount: float
    cost: float


def first_look(
    household: Household, accounts: ByAccount, question: TaxQuestion
) -> dict[LotKey, Washed]:
    """Look at all accounts, which keep what is foreseen; what of it is kept because of the list found.

    What nothing would wash after all is let go, and its accounts are looked at again, until nothing of it is
    left. An account that cannot raise what it needs keeps nothing here.
    """
    everyone = {account.name for account in household.accounts}
    kept, todo = _foreseen(household, accounts, question), everyone
    while todo:
        locked = {key[0] for key in kept}
        try:
            stuck = accounts.look(with_kept(household, kept), todo, locked)
        except XlRebalError:
            if not locked:
                raise
            # Others may fail whatever they keep: without what is foreseen all are said together.
            kept, todo = {}, everyone
            continue
        going = {key for key in kept if key[0] in stuck}
        if not stuck:
            planned = bought_in(accounts.together().trades, question)
            purchases = question.purchases(_unharvested(household, accounts), planned)
            for key, each in kept.items():
                if by := purchases.replacing(each.sold.lot, question.as_of):
                    kept[key] = Washed(each.sold, by)
                else:
                    going.add(key)
        kept = {key: each for key, each in kept.items() if key not in going}
        todo = stuck | {key[0] for key in going}
    return kept


def _foreseen(
    household: Household, accounts: ByAccount, question: TaxQuestion
) -> dict[LotKey, Washed]:
    """The lots that are likely to be sold at a loss which what is known or likely to be bought would wash.

    Only of accounts that have not enough of other lots for what they are likely to sell.
    """
    kept: dict[LotKey, Washed] = {}
    orders: dict[str, list[_Likely]] = {account.name: [] for account in household.accounts}
    sold: dict[Place, Disposal] = {}
    named, known = _named(accounts), _unharvested(household, accounts)
    current = with_kept(household, named)  # the likely sales are those beside what is named
    bound: set[str] = set()
    todo = new = set(orders)
    while True:
        for own in each_alone(current, todo):
            orders[own.accounts[0].name] = _orders(own, accounts)
        sold = {place: each for place, each in sold.items() if place[0] not in new}
        again = [order for name, each in orders.items() if name in new for order in each]
        sold |= disposals(again, current, question)
        likely = [order for each in orders.values() for order in each]
        purchases = question.purchases(known, bought_in(likely, question))
        found = {key_of(each.sold.lot): each for each in washed(sold, question, purchases)}
        new = {key[0] for key in found if key not in kept}
        if not new:
            return {key: each for key, each in kept.items() if key[0] in bound}
        kept = {**found, **kept}
        current = with_kept(current, found)
        todo = wanting(likely, current, new)
        bound |= todo


def _orders(own: Household, accounts: ByAccount) -> list[_Likely]:
    """What an account is likely to trade, amounts and costs not rounded to cents."""
    orders = []
    name, costs = own.accounts[0].name, accounts.plan.costs
    for symbol, change in accounts.likely(own).items():
        action = Action.BUY if change > 0 else Action.SELL
        amount = abs(change) * accounts.prices[symbol]
        security = accounts.securities.get(symbol)
        cost = costs.rate_of(security) * amount + costs.fee_of(security)
        orders.append(_Likely(name, action, symbol, abs(change), amount, cost))
    return orders


def _named(accounts: ByAccount) -> set[LotKey]:
    return {key_of(lot) for lots in accounts.named.values() for lot in lots}


def _unharvested(household: Household, accounts: ByAccount) -> Household:
    """The household without the lots that are named: when they are sold, they wash nothing."""
    named = _named(accounts)
    return replace(household, lots=tuple(x for x in household.lots if key_of(x) not in named))


def in_the_way(
    kept: Collection[LotKey],
    traded: TradeList,
    household: Household,
    accounts: ByAccount,
    question: TaxQuestion,
) -> set[LotKey]:
    """The lots that the sales would take if they were not kept, or that leave nothing more to sell."""
    places = {key[:2] for key in kept}
    trades = {place: x for x in traded.trades if (place := (x.account, x.symbol)) in places}
    without = disposals(trades.values(), household, question, accounts.named)
    taken = {key_of(part.lot) for each in without.values() for part in each.sold}
    trading = Trading(accounts.plan, accounts.securities, accounts.prices)
    own, held = {each.name: each for each in household.accounts}, with_kept(household, kept)
    closed = set()
    for position in household.positions:
        place = name, symbol = position.account, position.symbol
        if place in places and (place not in trades or trades[place].action is Action.SELL):
            sold = trades[place].quantity if place in trades else 0.0
            left = position.quantity - held.locked(name).get(symbol, 0.0) - sold
            if trading.rounded_down(own[name], symbol, left) <= 0:
                closed.add(place)
    return {key for key in kept if key in taken or key[:2] in closed}
