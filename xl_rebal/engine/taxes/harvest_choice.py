"""Which losses are taken: nothing washes them, something stands for them, they save more than they cost."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import NamedTuple

from xl_rebal.engine.lines import line_of, servants
from xl_rebal.engine.taxes.harvest_book import HarvestBook
from xl_rebal.engine.taxes.sales import Place
from xl_rebal.engine.taxes.stand_in import StandIns
from xl_rebal.engine.taxes.swap import Swap
from xl_rebal.model.plan import Targets
from xl_rebal.model.portfolio import CASH, Lot
from xl_rebal.tax.harvest import Loss, Saving, clear, losses, repaid_later
from xl_rebal.tax.replacing import Bought, LotKey, key_of
from xl_rebal.tax.substitutes import Substitute
from xl_rebal.tax.year import YearSoFar


@dataclass(frozen=True)
class Candidate:
    """A lot at a loss and what became of it.

    washed_by: the purchases that would wash its loss today. clear_day: the first on which nothing that is known
    would. why_not: why it is not taken, as a sentence; "" where it is.
    """

    loss: Loss
    saving: Saving
    substitute: Substitute | None
    washed_by: tuple[Bought, ...]
    clear_day: date
    why_not: str = ""

    @property
    def is_taken(self) -> bool:
        return not self.why_not


class _Valued(NamedTuple):
    """A loss that was valued, what it costs, whether something stands for it, and whether it was taken."""

    loss: Loss
    cost: float
    can_be: bool
    is_taken: bool


class Choice:
    """Which of the losses are taken."""

    def __init__(self, book: HarvestBook, year: YearSoFar) -> None:
        self.book, self.year = book, year
        question = book.question
        self.found = [
            each
            for each in losses(
                book.household.lots,
                book.all_quotes,
                question.as_of,
                question.history,
                question.settings,
            )
            if book.accounts[each.lot.account].may_trade
            and not book.securities.get(each.lot.symbol).exclude
            and each.lot.symbol != CASH
        ]
        self.purchases = question.purchases(book.household)
        self._begin()
        self._held = {(p.account, p.symbol): p.quantity for p in book.household.positions}
        self._stand_ins = StandIns(book)
        self._sharing: dict[Place, int] = {}
        for each in self.found:
            place = each.lot.account, each.lot.symbol
            self._sharing[place] = self._sharing.get(place, 0) + 1

    def _begin(self) -> None:
        self.substitute: dict[LotKey, Substitute | None] = {}
        self.saving: dict[LotKey, Saving] = {}
        self.why_not: dict[LotKey, str] = {}
        self.washed_by: dict[LotKey, tuple[Bought, ...]] = {}
        self._looks: list[list[_Valued]] = []
        self._made: list[Loss] = []

    def in_year(self, year: YearSoFar) -> Choice:
        """The same losses in another year."""
        other = copy(self)
        other.year = year
        return other

    def made(self) -> list[Loss]:
        """The losses that are taken: what stays may wash others, so it is asked again until nothing changes."""
        if not self._is_as_before():
            self._begin()
            self._made = self._looked()
        return self._made

    def _is_as_before(self) -> bool:
        """Whether this year finds worth it what the last one did: then all that follows from it stays too."""
        savings: dict[LotKey, Saving] = {}
        for look in self._looks:
            year = self.year
            for loss, cost, can_be, is_taken in look:
                found, after = self._value(loss, cost, year)
                if (can_be and found.net > 0) is not is_taken:
                    return False
                savings[key_of(loss.lot)] = found
                if is_taken:
                    year = after
        self.saving = savings
        return bool(self._looks)

    def _looked(self) -> list[Loss]:
        left = self.found
        while True:
            free, stopped = clear(left, self.purchases, self.book.question.as_of, self._gone_with)
            self.washed_by.update(stopped)
            for key, by in stopped.items():
                self.why_not[key] = f"possible wash sale: {by[0].words}"
            chosen = self._worth(free)
            if len(chosen) == len(left):
                return chosen
            left = chosen

    def _worth(self, free: Sequence[Loss]) -> list[Loss]:
        """Those with a substitute that save more than they cost, the best first.

        What is bought as a substitute is not sold: best is one that has no loss itself.
        """
        group_of = self.book.question.history.group
        losing = {group_of(each.lot.symbol) for each in free}
        sold: set[str] = set()
        bought: dict[str, str] = {}
        look: list[_Valued] = []
        self._looks.append(look)
        chosen, year = [], self.year
        for each in free:
            key, group = key_of(each.lot), group_of(each.lot.symbol)
            if group in bought:
                self.why_not[key] = f"{bought[group]} is bought as a substitute"
                continue
            closed = self._closed(each)
            if closed:
                self.why_not[key] = f"{closed} could not be bought for 30 days"
                continue
            stand_in = self._stand_in(each, losing | sold) or self._stand_in(each, sold)
            cost = self._cost(each, stand_in)
            saving, after = self._value(each, cost, year)
            self.saving[key] = saving
            can_be = stand_in is not None or not self._needs_stand_in(each)
            look.append(_Valued(each, cost, can_be, can_be and saving.net > 0))
            if not can_be:
                self.why_not[key] = "no substitute"
                continue
            if saving.net <= 0:
                self.why_not[key] = "costs and later tax are more than it saves"
                continue
            self.substitute[key] = stand_in
            year = after
            sold.add(group)
            if stand_in is not None:
                bought[group_of(stand_in.symbol)] = stand_in.symbol
            chosen.append(each)
        return chosen

    def _stand_in(self, loss: Loss, sold: set[str]) -> Substitute | None:
        account = self.book.accounts[loss.lot.account]
        barred = self.book.question.barred.get(account.name, {})
        return self._stand_ins.best(loss.lot.symbol, account, sold, barred)

    def _needs_stand_in(self, loss: Loss) -> bool:
        """Whether the line of what is sold has a target."""
        targets, key = self._line(loss)
        return any(line.key == key and line.weight > 0 for line in targets.lines)

    def _line(self, loss: Loss) -> tuple[Targets, str]:
        """The targets of the account that sells, and the key of the line that is sold."""
        targets = self.book.plan.targets_for(self.book.accounts[loss.lot.account].model)
        return targets, line_of(loss.lot.symbol, targets, self.book.securities)

    def _closed(self, loss: Loss) -> str:
        """Another line with a target that nothing could be bought for, since all of it is like what is sold."""
        lines = self._only.get(self.book.question.history.group(loss.lot.symbol), ())
        own = self._line(loss)[1] if lines else ""
        return next((key for key in lines if key != own), "")

    @cached_property
    def _only(self) -> dict[str, list[str]]:
        """By identity group the lines with a target that are bought in nothing else."""
        book = self.book
        found: dict[str, list[str]] = {}
        models = {account.model for account in book.household.accounts}
        for targets in {id(each): each for each in map(book.plan.targets_for, models)}.values():
            for line in targets.lines:
                groups = {
                    book.question.history.group(symbol)
                    for symbol in servants(line.key, line.is_class, targets, book.securities)
                    if symbol in book.all_quotes and not book.securities.get(symbol).exclude
                }
                if line.weight > 0 and len(groups) == 1:
                    found.setdefault(groups.pop(), []).append(line.key)
        return found

    def _value(self, loss: Loss, cost: float, year: YearSoFar) -> tuple[Saving, YearSoFar]:
        """What it saves in a ``year``, and that year after it."""
        settings = self.book.question.settings
        after = year.with_gain(-loss.loss, loss.is_long)
        now, carried = year.saved_in(after)
        later = repaid_later(loss.loss, carried, settings)
        return Saving(loss.gross(settings), now, later, cost), after

    def _cost(self, loss: Loss, stand_in: Substitute | None) -> float:
        """Of selling the lot and of buying its substitute; lots of one sale share the tickets."""
        share = 1 / self._sharing[loss.lot.account, loss.lot.symbol]
        symbols = [loss.lot.symbol, *([] if stand_in is None else [stand_in.symbol])]
        return sum(
            self.book.trading.rate(s) * loss.value + self.book.trading.fee(s) * share
            for s in symbols
        )

    def _gone_with(self, chosen: Sequence[Loss]) -> set[LotKey]:
        """The lots of which nothing is left: whole shares may leave a fraction of the oldest."""
        gone = set()
        for (account, symbol), lots in _by_place(chosen).items():
            held = self._held[account, symbol]
            sold = self.book.trading.sold(self.book.accounts[account], symbol, lots, held)
            for lot in lots:
                if sold >= lot.quantity * (1 - 1e-12):
                    gone.add(key_of(lot))
                sold -= lot.quantity
        return gone

    def swaps(self, chosen: Sequence[Loss]) -> list[Swap]:
        """The lots that are taken, by account and symbol."""
        found = []
        for (account, symbol), lots in _by_place(chosen).items():
            stand_in = self.substitute.get(key_of(lots[0]))
            name = None if stand_in is None else stand_in.symbol
            found.append(Swap(account, symbol, tuple(lots), name))
        return found

    def candidates(self, chosen: Sequence[Loss]) -> tuple[Candidate, ...]:
        """All losses with what was found of each, those that are taken first."""
        taken, gone = {key_of(each.lot) for each in chosen}, self._gone_with(chosen)
        rows = []
        for each in self.found:
            key = key_of(each.lot)
            saving = self.saving.get(key) or self._value(each, self._cost(each, None), self.year)[0]
            why = "" if key in taken else self.why_not.get(key, "washed by what stays")
            rows.append(
                Candidate(
                    each,
                    saving,
                    self.substitute.get(key) or self._stand_in(each, set()),
                    () if key in taken else self.washed_by.get(key, ()),
                    self.purchases.clear_day(each.lot, self.book.question.as_of, gone),
                    why,
                )
            )
        return tuple(sorted(rows, key=lambda row: (not row.is_taken, -row.saving.net)))


def _by_place(chosen: Sequence[Loss]) -> dict[Place, list[Lot]]:
    """The lots of losses by account and symbol, the newest first."""
    found: dict[Place, list[Lot]] = {}
    for each in sorted(chosen, key=lambda each: each.lot.acquired, reverse=True):
        found.setdefault((each.lot.account, each.lot.symbol), []).append(each.lot)
    return found
