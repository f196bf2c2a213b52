"""Harvesting: which losers are sold, what takes their place, and one list with all that follows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

from xl_rebal.engine.taxes.by_account import ByAccount
from xl_rebal.engine.taxes.guard import Guarded, guarded
from xl_rebal.engine.taxes.harvest_book import HarvestBook
from xl_rebal.engine.taxes.harvest_choice import Candidate, Choice
from xl_rebal.engine.taxes.joined import Before, joined
from xl_rebal.engine.taxes.question import TaxQuestion
from xl_rebal.engine.taxes.sales import Place
from xl_rebal.engine.taxes.stand_in import with_stand_ins
from xl_rebal.engine.taxes.swap import Swap, Swapped, Trading, sum_of_shares, swapped
from xl_rebal.model.portfolio import Household, Lot
from xl_rebal.model.trades import TradeList
from xl_rebal.tax.harvest import Loss
from xl_rebal.tax.replacing import AFTER
from xl_rebal.tax.scope import is_in_scope
from xl_rebal.tax.year import YearSoFar


@dataclass(frozen=True)
class Harvest:
    """The losses that are ``chosen``, what is done about them, and the list of trades.

    not_before: by symbol of what is sold at a loss the first day on which it may be bought again.
    """

    chosen: tuple[Loss, ...]
    swaps: tuple[Swap, ...]
    plan: Guarded
    not_before: Mapping[str, date]
    choice: Choice = field(repr=False, compare=False)

    @cached_property
    def candidates(self) -> tuple[Candidate, ...]:
        """All losses, those that are taken first and the best of them before the rest."""
        return self.choice.candidates(self.chosen)

    @property
    def taken(self) -> tuple[Candidate, ...]:
        """The candidates that are sold."""
        return tuple(each for each in self.candidates if each.is_taken)


def harvest(
    book: HarvestBook, year: YearSoFar, avoid: bool = True, known: Harvest | None = None
) -> Harvest:
    """Sell the losers that are worth it, buy their substitutes, rebalance the rest: one list.

    ``year`` is what has been realised so far. A lot is taken where nothing washes its loss, what it saves after
    netting is more than what is repaid later and the costs, and something can stand for it. The greatest gross
    saving comes first. Nothing in the list, nor in any account in scope, buys what is harvested. Without
    ``avoid`` the rest of the list may wash losses: of the record, and of lots that it sells itself. Where the
    same swaps as in a ``known`` harvest of the book are chosen, its list is theirs.
    """
    choice = Choice(book, year) if known is None else known.choice.in_year(year)
    chosen = tuple(choice.made())
    swaps = tuple(choice.swaps(chosen))
    if known is not None and known.swaps == swaps:
        return replace(known, chosen=chosen, choice=choice)
    household = _barred(book, swaps, avoid)
    trading = Trading(book.plan, with_stand_ins(book.securities, swaps), book.all_quotes)
    accounts = _Harvested(household, swaps, trading)
    plan = guarded(household, accounts, book.question, avoid)
    until = not_before(plan, book.question)
    return Harvest(chosen, swaps, plan, until, choice)


def not_before(plan: Guarded, question: TaxQuestion) -> dict[str, date]:
    """By symbol of what a list sells at a loss: the first day on which a purchase does not wash it."""
    return {
        symbol: question.as_of + AFTER
        for (account, symbol), disposal in sorted(plan.disposals.items())
        if question.history.account(account).is_taxed
        and any(each.gain is not None and each.gain < 0 for each in disposal.sold)
    }


def _barred(book: HarvestBook, swaps: Sequence[Swap], avoid: bool) -> Household:
    """The household that buys nothing like what is sold, nor, to ``avoid`` it, what washes a recorded loss."""
    household, question = book.household, book.question
    if avoid:
        household = question.without_barred(household, book.securities)
    history, scope = question.history, question.settings.scope
    sold: dict[str, set[str]] = {}
    for swap in swaps:
        sold.setdefault(swap.account, set()).add(history.group(swap.symbol))
    groups = {
        buyer.name: {
            group
            for seller, own in sold.items()
            if is_in_scope(scope, history.account(seller), history.account(buyer.name))
            for group in own
        }
        for buyer in household.accounts
    }
    return question.not_buying(household, book.securities, groups)


class _Harvested(ByAccount):
    """Accounts that make their swaps first; what they trade after them is joined to these."""

    def __init__(self, household: Household, swaps: Sequence[Swap], trading: Trading) -> None:
        super().__init__(household, trading.securities, trading.plan, trading.prices)
        # Looks differ in the lots that are kept, which no swap sells: these are the same in all.
        self._done: dict[str, Swapped] = {}
        self._before: dict[str, Before] = {}
        self._swaps: dict[str, list[Swap]] = {}
        for swap in swaps:
            self._swaps.setdefault(swap.account, []).append(swap)

    @property
    def named(self) -> Mapping[Place, Sequence[Lot]]:
        """The lots that are harvested."""
        return {
            (swap.account, swap.symbol): swap.lots
            for swaps in self._swaps.values()
            for swap in swaps
        }

    def likely(self, own: Household) -> Mapping[str, float]:
        """Substitutes count as bought; what is harvested is not among the sales."""
        if own.accounts[0].name not in self._swaps:
            return super().likely(own)
        done = self._swapped(own)
        net = {symbol: shares for symbol, shares in done.changes.items() if shares > 0}
        for symbol, shares in super().likely(done.household(own)).items():
            net[symbol] = sum_of_shares(net.get(symbol, 0.0), shares)
        return {symbol: shares for symbol, shares in net.items() if shares}

    def _swapped(self, own: Household) -> Swapped:
        name = own.accounts[0].name
        if name not in self._done:
            self._done[name] = swapped(own, self._swaps[name], self.trading)
        return self._done[name]

    def trades_of(self, own: Household) -> TradeList:
        """The swaps of an account, and its trades after them."""
        name = own.accounts[0].name
        swaps = self._swaps.get(name)
        if swaps is None:
            return super().trades_of(own)
        if name not in self._before:
            self._before[name] = Before.of(own, self.trading)
        done, before = self._swapped(own), self._before[name]
        after = super().trades_of(done.household(own))
        return joined(own, swaps, done.changes, before, after, self.trading)
