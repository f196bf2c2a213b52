"""A trade list that washes no loss: lots whose loss a purchase would wash are kept, others are sold."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from xl_rebal.engine.taxes.by_account import ByAccount
from xl_rebal.engine.taxes.foresight import first_look, in_the_way
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
from xl_rebal.engine.taxes.swap import Trading
from xl_rebal.model.portfolio import Household
from xl_rebal.model.trades import TradeList
from xl_rebal.numerics.money import currency
from xl_rebal.tax.disposal import Disposal
from xl_rebal.tax.replacing import LotKey, Purchases, key_of


@dataclass(frozen=True)
class Guarded:
    """Trades by account, the lots of each sale, and the lots that were kept and why.

    ``kept``: lots that stand in the way of sales, as if all of each were sold. ``washed``: losses that are
    washed all the same. ``household``: with all lots that it does not sell.
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
    A kept lot that nothing would wash in the end is let go, once, and where the list is none the worse for it.
    """
    everyone = {account.name for account in household.accounts}
    if not avoid:
        accounts.look(household, everyone, set())
        return _settled(household, accounts, question, {}, everyone)
    foreseen = first_look(household, accounts, question)
    found = _settled(household, accounts, question, dict(foreseen), set())
    kept = {key_of(each.sold.lot): each for each in found.kept}
    unsure = kept.keys() & foreseen.keys()
    others = with_kept(household, kept.keys() - unsure)
    named = in_the_way(unsure, found.traded, others, accounts, question)
    said = [
        _whole(each, accounts.trading) for key, each in kept.items() if key not in unsure - named
    ]
    return replace(found, kept=tuple(said))


def _whole(each: Washed, trading: Trading) -> Washed:
    """With the sale of all of its lot, unless that loses less: a part of it may lose by its ticket alone."""
    part, lot = each.sold, each.sold.lot
    if part.gain is None or part.quantity >= lot.quantity:
        return each
    fill = trading.fill(lot.symbol, -lot.quantity)
    proceeds = currency(fill.amount - fill.cost)
    gain = proceeds - (part.proceeds - part.gain) / part.quantity * lot.quantity
    if gain >= part.gain:
        return each
    return replace(each, sold=replace(part, quantity=lot.quantity, proceeds=proceeds, gain=gain))


def _settled(
    household: Household,
    accounts: ByAccount,
    question: TaxQuestion,
    kept: dict[LotKey, Washed],
    free: set[str],
) -> Guarded:
    """The list once nothing more is to be kept or let go, from the accounts as they were looked at.

    ``kept`` is so far; the accounts ``free`` keep nothing.
    """
    everyone = {account.name for account in household.accounts}
    current = with_kept(household, kept)
    let_go: set[LotKey] = set()
    settled: Guarded | None = None
    todo: set[str] = set()
    new = set(everyone)  # accounts with trades whose lots are not chosen yet
    sold: dict[Place, Disposal] = {}
    while True:
        able = {key[0] for key in kept} if settled is None else everyone
        stuck = accounts.look(current, todo, able) if todo else set()
        new |= todo
        if stuck and settled is not None:
            return settled
        if stuck:
            kept = {key: each for key, each in kept.items() if key[0] not in stuck}
            current = with_kept(household, kept)
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
            current = with_kept(household, kept)
            todo = wanting(traded.trades, current, new)
            continue
        needless = _needless(kept, purchases, question.as_of, sold_in_full(sold)) - let_go
        found = Guarded(traded, sold, tuple(kept.values()), tuple(bad), current)
        if settled is not None and not _is_as_good(found, settled):
            return settled
        if not needless:
            return found
        settled = found
        # One account after the other, since what one sells or buys then may wash what others keep.
        todo = {min(key[0] for key in needless)}
        going = {key for key in needless if key[0] in todo}
        let_go |= going
        kept = {key: each for key, each in kept.items() if key not in going}
        current = with_kept(household, kept)


def _is_as_good(found: Guarded, settled: Guarded) -> bool:
    """Whether no more loss is washed, and the accounts end no farther from their targets."""
    pairs = zip(_faults(found), _faults(settled), strict=True)
    return all(one <= other * (1 + 1e-9) for one, other in pairs)


def _faults(plan: Guarded) -> tuple[float, float]:
    """The losses that are washed, and what the accounts miss their targets by; currency."""
    washed_loss = -sum(each.sold.gain or 0.0 for each in plan.washed)
    return washed_loss, sum(each.residual_drift * each.value for each in plan.traded.accounts)


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


def lots_kept(kept: Sequence[Washed], account: str) -> tuple[Washed, ...]:
    """What one account keeps."""
    return tuple(each for each in kept if each.sold.lot.account == account)
