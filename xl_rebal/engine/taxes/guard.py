"""A trade list that washes no loss: lots whose loss a purchase would wash are kept, others are sold."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from xl_rebal.engine.taxes.by_account import ByAccount
from xl_rebal.engine.taxes.question import TaxQuestion
from xl_rebal.engine.taxes.sales import (
    Place,
    Washed,
    bought_in,
    disposals,
    sold_in_full,
    washed,
)
from xl_rebal.model.portfolio import Household
from xl_rebal.model.trades import Action, TradeList
from xl_rebal.tax.disposal import Disposal
from xl_rebal.tax.replacing import LotKey, Purchases, key_of


@dataclass(frozen=True)
class Guarded:
    """Trades by account, the lots of each sale, and the lots that were kept and why.

    ``washed``: losses that are washed all the same. ``household``: with the lots that it keeps.
    """

    traded: TradeList
    disposals: Mapping[Place, Disposal]
    kept: tuple[Washed, ...]
    washed: tuple[Washed, ...]
    household: Household


def guarded(
    household: Household, accounts: ByAccount, question: TaxQuestion, avoid: bool = True
) -> Guarded:
    """The trades that ``accounts`` find, with their lots.

    With ``avoid`` no lot is sold at a loss that a purchase within 30 days would wash: of a lot, scheduled, or
    of this very list. Such lots are kept, one look after the other, until none is left. Where an account has
    enough of other lots, its trades stay what they were, the best with more to choose from, and these are
    sold; else it is looked at again. One that cannot raise what it needs without them sells them all the same.
    The first look is a rough one. A kept lot that nothing would wash in the end is let go, once.
    """
    everyone = {account.name for account in household.accounts}
    kept = _foreseen(household, accounts, question) if avoid else {}
    let_go: set[LotKey] = set()
    current = _keeping(household, kept)
    free = set() if avoid else everyone
    todo = everyone
    new: set[str] = set()  # accounts with trades whose lots are not chosen yet
    sold: dict[Place, Disposal] = {}
    while True:
        stuck = accounts.look(current, todo, {key[0] for key in kept}) if todo else set()
        new |= todo
        if stuck:
            kept = {key: each for key, each in kept.items() if key[0] not in stuck}
            current = _keeping(household, kept)
            free, todo = free | stuck, stuck
            continue
        traded = accounts.together()
        again = [trade for trade in traded.trades if trade.account in new]
        sold = {place: each for place, each in sold.items() if place[0] not in new}
        new = set()
        sold.update(disposals(again, current, question, accounts.named))
        purchases = question.purchases(current, bought_in(traded.trades, question))
        bad = washed(sold, question, purchases)
        more = {
            key: each
            for each in bad
            if (key := key_of(each.sold.lot)) not in kept and key[0] not in free
        }
        if more:
            kept.update(more)
            new = {key[0] for key in more}
            current = _keeping(household, kept)
            todo = _wanting(traded, current, new)
            continue
        needless = _needless(kept, purchases, question.as_of, sold_in_full(sold)) - let_go
        if not needless:
            return Guarded(traded, sold, tuple(kept.values()), tuple(bad), current)
        # One account after the other, since what one sells or buys then may wash what others keep.
        todo = {min(key[0] for key in needless)}
        going = {key for key in needless if key[0] in todo}
        let_go |= going
        kept = {key: each for key, each in kept.items() if key not in going}
        current = _keeping(household, kept)


def _foreseen(
    household: Household, accounts: ByAccount, question: TaxQuestion
) -> dict[LotKey, Washed]:
    """What a rough look at whole shares finds: washed lots of accounts that have not enough of others.

    It saves the searches of all that would have to be searched for again.
    """
    everyone = {account.name for account in household.accounts}
    if not accounts.any_whole(household):
        return {}
    accounts.look(household, everyone, everyone, roughly=True)
    traded = accounts.together()
    sold = disposals(traded.trades, household, question, accounts.named)
    bad = washed(sold, question, question.purchases(household, bought_in(traded.trades, question)))
    found = {key_of(each.sold.lot): each for each in bad}
    wanting = _wanting(traded, _keeping(household, found), {key[0] for key in found})
    return {key: each for key, each in found.items() if key[0] in wanting}


def _needless(
    kept: dict[LotKey, Washed], purchases: Purchases, day: date, gone: Collection[LotKey]
) -> set[LotKey]:
    """What nothing would wash; the rest is ``kept`` for the purchases that would as the list is now."""
    found = set()
    for key, each in kept.items():
        if by := purchases.replacing(each.sold.lot, day, gone):
            kept[key] = Washed(each.sold, by)
        else:
            found.add(key)
    return found


def _wanting(traded: TradeList, household: Household, names: Collection[str]) -> set[str]:
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
        trade.account
        for trade in traded.trades
        if trade.account in names
        and trade.action is Action.SELL
        and trade.quantity > free[trade.account, trade.symbol]
    }


def _keeping(household: Household, kept: Mapping[LotKey, Washed]) -> Household:
    """The household that does not sell what is kept."""
    lots = tuple(
        replace(lot, do_not_sell=True) if key_of(lot) in kept else lot for lot in household.lots
    )
    return replace(household, lots=lots)


def lots_kept(kept: Sequence[Washed], account: str) -> tuple[Washed, ...]:
    """What one account keeps."""
    return tuple(each for each in kept if each.sold.lot.account == account)
