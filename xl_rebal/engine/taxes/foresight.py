"""Lots that are kept from the first look on, since what is likely to be bought would wash their loss."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from xl_rebal.engine.taxes.by_account import ByAccount, each_alone
from xl_rebal.engine.taxes.question import TaxQuestion
from xl_rebal.engine.taxes.sales import (
    Place,
    Washed,
    bought_in,
    disposals,
    sold_in_full,
    wanting,
    washed,
    with_kept,
)
from xl_rebal.errors import XlRebalError
from xl_rebal.model.portfolio import Household
from xl_rebal.model.trades import Action, Trade, TradeList
from xl_rebal.tax.disposal import Disposal
from xl_rebal.tax.replacing import LotKey, key_of
from xl_rebal.tax.wash import WINDOW


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
    kept, todo, free = _foreseen(household, accounts, question, set()), everyone, set[str]()
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
        before = set(kept)
        if stuck:  # what they sell then washes nothing, and what they buy with it may
            free |= stuck
            kept = _foreseen(household, accounts, question, free)
        else:
            kept = _still(kept, accounts.together(), household, accounts, question)
        todo = stuck | {key[0] for key in before ^ kept.keys()}
    return kept


def _still(
    kept: Mapping[LotKey, Washed],
    traded: TradeList,
    household: Household,
    accounts: ByAccount,
    question: TaxQuestion,
) -> dict[LotKey, Washed]:
    """What something known or in the list would wash, with what that is.

    Lots that are kept do not wash each other here: they may all be sold together.
    """
    since = question.as_of - WINDOW
    recent = {(lot.account, lot.symbol) for lot in household.lots if lot.acquired >= since}
    trades = [each for each in traded.trades if (each.account, each.symbol) in recent]
    sold = disposals(trades, with_kept(household, kept), question, accounts.named)
    purchases = question.purchases(household, bought_in(traded.trades, question))
    gone = sold_in_full(sold) | kept.keys()
    found = {}
    for key, each in kept.items():
        if by := purchases.replacing(each.sold.lot, question.as_of, gone):
            found[key] = Washed(each.sold, by)
    return found


def _foreseen(
    household: Household, accounts: ByAccount, question: TaxQuestion, free: Collection[str]
) -> dict[LotKey, Washed]:
    """The lots that are likely to be sold at a loss which what is known or likely to be bought would wash.

    Only of accounts that have not enough of other lots for what they are likely to sell, and none of those that
    are ``free`` to sell what they like.
    """
    kept: dict[LotKey, Washed] = {}
    orders: dict[str, list[_Likely]] = {account.name: [] for account in household.accounts}
    sold: dict[Place, Disposal] = {}
    named = {key_of(lot) for lots in accounts.named.values() for lot in lots}
    # What is named is sold, and washes nothing.
    known = replace(household, lots=tuple(x for x in household.lots if key_of(x) not in named))
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
        found = {
            key_of(each.sold.lot): each
            for each in washed(sold, question, purchases)
            if each.sold.lot.account not in free
        }
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
    name, trading = own.accounts[0].name, accounts.trading
    for symbol, change in accounts.likely(own).items():
        action = Action.BUY if change > 0 else Action.SELL
        amount = abs(change) * trading.prices[symbol]
        cost = trading.rate(symbol) * amount + trading.fee(symbol)
        orders.append(_Likely(name, action, symbol, abs(change), amount, cost))
    return orders


def in_the_way(
    unsure: Collection[LotKey],
    traded: TradeList,
    household: Household,
    accounts: ByAccount,
    question: TaxQuestion,
) -> set[LotKey]:
    """Of what is kept the lots that the sales would take, or that leave nothing more to sell.

    ``household``: with the lots that it keeps besides.
    """
    places = {key[:2] for key in unsure}
    trades = {place: x for x in traded.trades if (place := (x.account, x.symbol)) in places}
    closed = _closed(places, trades, with_kept(household, unsure), accounts)
    found = {key for key in unsure if key[:2] in closed}
    while True:
        held = with_kept(household, found)
        sold = disposals(trades.values(), held, question, accounts.named)
        taken = {key_of(part.lot) for each in sold.values() for part in each.sold}
        more = taken & set(unsure) - found
        if not more:
            return found
        found |= more


def _closed(
    places: Collection[Place],
    trades: Mapping[Place, Trade],
    household: Household,
    accounts: ByAccount,
) -> set[Place]:
    """Where no more could be sold: not a step, or not as much as the smallest trade."""
    own = {account.name: account for account in household.accounts}
    found = set()
    for position in household.positions:
        place = name, symbol = position.account, position.symbol
        if place not in places or (place in trades and trades[place].action is Action.BUY):
            continue
        sold = trades[place].quantity if place in trades else 0.0
        left = position.quantity - household.locked(name).get(symbol, 0.0) - sold
        more = accounts.trading.rounded_down(own[name], symbol, left)
        if more <= 0 or (not sold and more * position.price < accounts.trading.plan.minimum_trade):
            found.add(place)
    return found
