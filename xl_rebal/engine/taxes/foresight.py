"""Lots that are kept from the first look on, since what is likely to be bought would wash their loss."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from xl_rebal.engine.taxes.by_account import ByAccount, each_alone
from xl_rebal.engine.taxes.question import TaxQuestion
from xl_rebal.engine.taxes.sales import (
    Order,
    Place,
    Washed,
    bought_in,
    disposals,
    washed,
)
from xl_rebal.errors import XlRebalError
from xl_rebal.model.portfolio import Household
from xl_rebal.model.trades import Action
from xl_rebal.tax.disposal import Disposal
from xl_rebal.tax.replacing import LotKey, Purchases, key_of


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
    """Look at all accounts, which keep what is foreseen; what of it is kept for purchases of the list found.

    Of an account that has enough of other lots nothing is kept back from the look, as its trades are best
    without. What no purchase of the list would wash after all is let go, and its accounts are looked at again,
    until nothing of it is left. An account that cannot raise what it needs keeps nothing here.
    """
    everyone = {account.name for account in household.accounts}
    kept, bound = _foreseen(household, accounts, question)
    todo = everyone
    while todo:
        try:
            stuck = accounts.look(keeping(household, _of(kept, bound)), todo, bound)
        except XlRebalError:
            if not bound:
                raise
            # Others may fail whatever they keep: without what is foreseen all are said together.
            kept, bound, todo = {}, set(), everyone
            continue
        if stuck:
            kept = {key: each for key, each in kept.items() if key[0] not in stuck}
            bound, todo = bound - stuck, stuck
            continue
        trades = accounts.together().trades
        purchases = _planned(trades, question)
        by = {key: purchases.replacing(x.sold.lot, question.as_of) for key, x in kept.items()}
        needless = {key for key in kept if not by[key]}
        kept = {key: Washed(each.sold, by[key]) for key, each in kept.items() if by[key]}
        others = {key[0] for key in kept} - bound
        more = wanting(trades, keeping(household, kept), others)
        todo = more | {key[0] for key in needless} & bound
        bound = bound | more
    return kept


def _of(kept: Mapping[LotKey, Washed], accounts: Collection[str]) -> set[LotKey]:
    """What these accounts keep."""
    return {key for key in kept if key[0] in accounts}


def _foreseen(
    household: Household, accounts: ByAccount, question: TaxQuestion
) -> tuple[dict[LotKey, Washed], set[str]]:
    """The lots that are likely to be sold at a loss which what is likely to be bought would wash.

    Then the accounts that have not enough of other lots for what they are likely to sell.
    """
    named = {key_of(lot) for lots in accounts.named.values() for lot in lots}
    kept: dict[LotKey, Washed] = {}
    orders: dict[str, list[_Likely]] = {}
    sold: dict[Place, Disposal] = {}
    current = keeping(household, named)  # what is named is not among the likely sales
    bound: set[str] = set()
    todo = new = {account.name for account in household.accounts}
    while True:
        for own in each_alone(current, todo):
            orders[own.accounts[0].name] = _orders(own, accounts)
        sold = {place: each for place, each in sold.items() if place[0] not in new}
        sold |= disposals([order for name in new for order in orders[name]], current, question)
        likely = [order for each in orders.values() for order in each]
        found = {
            key_of(each.sold.lot): each
            for each in washed(sold, question, _planned(likely, question))
        }
        new = {key[0] for key in found if key not in kept}
        if not new:
            return kept, bound
        kept = {**found, **kept}
        current = keeping(current, found)
        todo = wanting(likely, current, new)
        bound |= todo


def _orders(own: Household, accounts: ByAccount) -> list[_Likely]:
    """What an account is likely to trade, amounts and costs not rounded to cents."""
    orders = []
    name, costs = own.accounts[0].name, accounts.plan.costs
    for symbol, change in accounts.likely(own).items():
        if change:
            action = Action.BUY if change > 0 else Action.SELL
            amount = abs(change) * accounts.prices[symbol]
            security = accounts.securities.get(symbol)
            cost = costs.rate_of(security) * amount + costs.fee_of(security)
            orders.append(_Likely(name, action, symbol, abs(change), amount, cost))
    return orders


def _planned(orders: Iterable[Order], question: TaxQuestion) -> Purchases:
    """The purchases of a list alone."""
    return Purchases(bought_in(orders, question), question.history, question.settings.scope)


def keeping(household: Household, kept: Collection[LotKey]) -> Household:
    """The household that does not sell what is kept."""
    lots = tuple(
        replace(lot, do_not_sell=True) if not lot.do_not_sell and key_of(lot) in kept else lot
        for lot in household.lots
    )
    return replace(household, lots=lots)


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
