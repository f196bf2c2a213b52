"""What a harvest comes to: the losses that it really sells, and the tax year before and after its trades."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from xl_rebal.collector import paused
from xl_rebal.engine.taxes.harvest import Harvest, harvest
from xl_rebal.engine.taxes.harvest_book import HarvestBook
from xl_rebal.engine.taxes.harvest_choice import Candidate
from xl_rebal.engine.taxes.rows import with_lots
from xl_rebal.model.trades import TradeList
from xl_rebal.tax.replacing import Bought, LotKey, key_of
from xl_rebal.tax.year import YearSoFar


@dataclass(frozen=True)
class Harvested:
    """A harvest of a book in a year; sums in currency.

    Sums count what is sold of each lot: where shares are whole, a fraction of one may stay.
    """

    book: HarvestBook
    found: Harvest
    year: YearSoFar

    @cached_property
    def traded(self) -> TradeList:
        """The list of trades, each sale with its lots."""
        return with_lots(self.found.plan, self.book.question)

    @cached_property
    def _sold(self) -> Mapping[LotKey, float]:
        """Shares by lot."""
        found: dict[LotKey, float] = {}
        for disposal in self.found.plan.disposals.values():
            for each in disposal.sold:
                key = key_of(each.lot)
                found[key] = found.get(key, 0.0) + each.quantity
        return found

    @cached_property
    def washed(self) -> Mapping[LotKey, tuple[Bought, ...]]:
        """The lots that are sold at a loss all the same, and the purchases that may wash it."""
        return {key_of(each.sold.lot): each.by for each in self.found.plan.washed}

    def sold_of(self, candidate: Candidate) -> float:
        """The shares of a candidate's lot that the list sells."""
        return self._sold.get(key_of(candidate.loss.lot), 0.0)

    def _share(self, candidate: Candidate) -> float:
        return min(1.0, self.sold_of(candidate) / candidate.loss.lot.quantity)

    @property
    def loss(self) -> float:
        """Losses taken, against market value."""
        return sum(each.loss.loss * self._share(each) for each in self.found.taken)

    @property
    def gross(self) -> float:
        """Loss x the rate of its term: an upper bound."""
        return sum(each.saving.gross * self._share(each) for each in self.found.taken)

    @property
    def now(self) -> float:
        """Tax of this year that the losses save."""
        return sum(each.saving.now * self._share(each) for each in self.found.taken)

    @property
    def net(self) -> float:
        """Saved now less repaid later, less costs."""
        return sum(each.saving.net * self._share(each) for each in self.found.taken)

    @cached_property
    def other(self) -> YearSoFar:
        """The year with the other sales of the list alone."""
        return self._with_sales(taken=False)

    @cached_property
    def after(self) -> YearSoFar:
        """The year after all sales of the list."""
        return self._with_sales(taken=True)

    def _with_sales(self, taken: bool) -> YearSoFar:
        """Left out are gains of unknown basis, and losses that a purchase may wash."""
        year, history = self.year, self.book.question.history
        left_out = set() if taken else {key_of(each.lot) for each in self.found.chosen}
        for (account, _), disposal in self.found.plan.disposals.items():
            if not history.account(account).is_taxed:
                continue
            for each in disposal.sold:
                key = key_of(each.lot)
                if each.gain is None or key in left_out or (each.gain < 0 and key in self.washed):
                    continue
                year = year.with_gain(each.gain, each.is_long)
        return year

    @cached_property
    def not_before(self) -> Mapping[str, date]:
        """By symbol the first day on which it may be bought: what is sold at a loss, and what is like it."""
        history = self.book.question.history
        days: dict[str, date] = {}
        for symbol, day in self.found.not_before.items():
            group = history.group(symbol)
            alike = (s.symbol for s in self.book.securities if history.group(s.symbol) == group)
            days |= dict.fromkeys((symbol, *alike), day)
        return days


_LOOKS = 6
_SAME_MONEY = 0.01


@paused()
def harvested(book: HarvestBook, year: YearSoFar, avoid: bool = True) -> Harvested:
    """A harvest that is valued beside the gains which the rest of its own list realises.

    The first list is made as if there were none; what is harvested changes what else is sold, so it is looked
    again until those gains are the ones that the losses were valued with.
    """
    found = Harvested(book, harvest(book, year, avoid), year)
    for _ in range(_LOOKS):
        valued = found.other
        found = Harvested(book, harvest(book, valued, avoid, found.found), year)
        if _is_same(valued, found.other):
            break
    return found


def _is_same(one: YearSoFar, other: YearSoFar) -> bool:
    first, second = one.realised, other.realised
    apart = abs(first.short - second.short), abs(first.long - second.long)
    return max(apart) <= _SAME_MONEY
