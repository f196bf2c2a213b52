"""Harvesting: which losers are sold, what takes their place, and one list with all that follows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from xl_rebal.engine.lines import line_of
from xl_rebal.engine.taxes.by_account import ByAccount, alone
from xl_rebal.engine.taxes.guard import Guarded, guarded
from xl_rebal.engine.taxes.joined import joined
from xl_rebal.engine.taxes.question import TaxQuestion
from xl_rebal.engine.taxes.sales import Place
from xl_rebal.engine.taxes.swap import Swap, Trading, swapped
from xl_rebal.model.plan import Plan
from xl_rebal.model.portfolio import CASH, Account, Household, Lot
from xl_rebal.model.prices import Prices
from xl_rebal.model.securities import Securities, Security
from xl_rebal.model.trades import TradeList
from xl_rebal.tax.harvest import Loss, Saving, clear, losses, repaid_later
from xl_rebal.tax.replacing import AFTER, Bought, LotKey, Purchases, key_of
from xl_rebal.tax.scope import is_in_scope
from xl_rebal.tax.substitutes import Substitute, substitutes
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


@dataclass(frozen=True)
class Harvest:
    """All candidates, those that are taken first and the best of them before the rest; and the list of trades.

    not_before: by symbol of what is sold at a loss the first day on which it may be bought again.
    """

    candidates: tuple[Candidate, ...]
    plan: Guarded
    not_before: Mapping[str, date]

    @property
    def taken(self) -> tuple[Candidate, ...]:
        """The candidates that are sold."""
        return tuple(each for each in self.candidates if each.is_taken)


@dataclass(frozen=True)
class HarvestBook:
    """What a harvest looks at. ``prices`` (total returns up to the day) score the substitutes.

    ``window``: so many of the last returns.
    """

    household: Household
    securities: Securities
    plan: Plan
    quotes: Mapping[str, float]
    prices: Prices
    question: TaxQuestion
    window: int = 252
    least_correlation: float = 0.95

    @cached_property
    def all_quotes(self) -> dict[str, float]:
        """Prices on which trades are made, by symbol."""
        return {**self.quotes, **{p.symbol: p.price for p in self.household.positions}}

    @cached_property
    def recent(self) -> Prices:
        """The rows behind the last ``window`` returns."""
        known = self.prices.between(None, self.question.as_of)
        rows = slice(-self.window - 1, None)
        return replace(known, dates=known.dates[rows], values=known.values[rows])

    @cached_property
    def accounts(self) -> dict[str, Account]:
        return {account.name: account for account in self.household.accounts}

    @cached_property
    def substitutes(self) -> _Substitutes:
        return _Substitutes(self)


def harvest(book: HarvestBook, year: YearSoFar) -> Harvest:
    """Sell the losers that are worth it, buy their substitutes, rebalance the rest: one list.

    ``year`` is what has been realised so far. A lot is taken where nothing washes its loss, what it saves after
    netting is more than what is repaid later and the costs, and something can stand for it. The greatest gross
    saving comes first. Nothing in the list, nor in any account in scope, buys what is sold at a loss.
    """
    choice = _Choice(book, year)
    chosen = choice.made()
    swaps = choice.swaps(chosen)
    household = _barred(book, {each.symbol for each in swaps})
    trading = Trading(book.plan, _named(book.securities, swaps), book.all_quotes)
    accounts = _Harvested(household, swaps, trading)
    plan = guarded(household, accounts, book.question)
    not_before = {each.symbol: book.question.as_of + AFTER for each in swaps}
    return Harvest(choice.candidates(chosen), plan, not_before)


def _barred(book: HarvestBook, sold: set[str]) -> Household:
    """The household that buys nothing like what is sold, nor what would wash a loss of the record."""
    household = book.question.without_barred(book.household, book.securities)
    history, scope = book.question.history, book.question.settings.scope
    sellers: dict[str, set[str]] = {}
    for lot in book.household.lots:
        if lot.symbol in sold:
            sellers.setdefault(history.group(lot.symbol), set()).add(lot.account)
    symbols = {p.symbol for p in household.positions} | {s.symbol for s in book.securities}
    accounts = []
    for account in household.accounts:
        buyer = history.account(account.name)
        barred = {
            symbol
            for symbol in symbols
            if any(
                is_in_scope(scope, history.account(seller), buyer)
                for seller in sellers.get(history.group(symbol), ())
            )
        }
        accounts.append(replace(account, do_not_buy=account.do_not_buy | barred))
    return replace(household, accounts=tuple(accounts))


def _named(securities: Securities, swaps: Sequence[Swap]) -> Securities:
    """The securities in which every substitute that is bought counts as what it stands for."""
    more: dict[str, list[str]] = {}
    for swap in swaps:
        if swap.substitute is not None:
            more.setdefault(swap.symbol, []).append(swap.substitute)
    rows = {security.symbol: security for security in securities}
    for symbol, names in more.items():
        security = rows.get(symbol, Security(symbol))
        named = tuple(dict.fromkeys([*security.substitutes, *names]))
        rows[symbol] = replace(security, substitutes=named)
    return Securities(tuple(rows.values()))


class _Substitutes:
    """What may stand for a symbol in an account."""

    def __init__(self, book: HarvestBook) -> None:
        self._book = book
        self._scored: dict[str, tuple[Substitute, ...]] = {}

    def best(
        self, symbol: str, account: Account, sold: set[str], barred: Mapping[str, date]
    ) -> Substitute | None:
        """The best of another identity group that is not ``sold`` at a loss itself, nor ``barred``.

        It must have a price and count for the same target line.
        """
        book, history = self._book, self._book.question.history
        if symbol not in self._scored:
            self._scored[symbol] = substitutes(
                symbol, book.recent, book.securities, book.least_correlation
            )
        for each in self._scored[symbol]:
            group = history.group(each.symbol)
            if each.same_group or group in sold or group in barred:
                continue
            if each.symbol in book.all_quotes and self._is_of_line(each.symbol, symbol, account):
                return each
        return None

    def _is_of_line(self, substitute: str, symbol: str, account: Account) -> bool:
        targets = self._book.plan.targets_for(account.model)
        own = line_of(symbol, targets, self._book.securities)
        named = _named(self._book.securities, [Swap(account.name, symbol, (), substitute)])
        return line_of(substitute, targets, named) == own


class _Choice:
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
        self.purchases = Purchases(
            question.known_purchases(book.household), question.history, question.settings.scope
        )
        self.substitute: dict[LotKey, Substitute | None] = {}
        self.saving: dict[LotKey, Saving] = {}
        self.why_not: dict[LotKey, str] = {}
        self.washed_by: dict[LotKey, tuple[Bought, ...]] = {}
        self._held = {(p.account, p.symbol): p.quantity for p in book.household.positions}
        self._sharing: dict[Place, int] = {}
        for each in self.found:
            place = each.lot.account, each.lot.symbol
            self._sharing[place] = self._sharing.get(place, 0) + 1

    def made(self) -> list[Loss]:
        """The losses that are taken: what stays may wash others, so it is asked again until nothing changes."""
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
        """Those with a substitute that save more than they cost, the best first."""
        history = self.book.question.history
        sold = {history.group(each.lot.symbol) for each in free}
        bought: dict[str, str] = {}
        chosen = []
        year = self.year
        for each in free:
            key, symbol = key_of(each.lot), each.lot.symbol
            group = history.group(symbol)
            if group in bought:
                self.why_not[key] = f"{bought[group]} is bought as a substitute"
                continue
            stand_in = self._stand_in(each, sold - {group})
            if stand_in is None and self._needs_stand_in(each):
                self.why_not[key] = "no substitute"
                self.saving[key] = self._value(each, None, year)
                continue
            self.substitute[key] = stand_in
            saving = self.saving[key] = self._value(each, stand_in, year)
            if saving.net <= 0:
                self.why_not[key] = "costs and later tax are more than it saves"
                continue
            year = year.with_gain(-each.loss, each.is_long)
            if stand_in is not None:
                bought[history.group(stand_in.symbol)] = stand_in.symbol
            chosen.append(each)
        return chosen

    def _stand_in(self, loss: Loss, sold: set[str]) -> Substitute | None:
        account = self.book.accounts[loss.lot.account]
        barred = self.book.question.barred.get(account.name, {})
        return self.book.substitutes.best(loss.lot.symbol, account, sold, barred)

    def _needs_stand_in(self, loss: Loss) -> bool:
        """Whether the line of what is sold has a target."""
        account = self.book.accounts[loss.lot.account]
        targets = self.book.plan.targets_for(account.model)
        key = line_of(loss.lot.symbol, targets, self.book.securities)
        return any(line.key == key and line.weight > 0 for line in targets.lines)

    def _value(self, loss: Loss, stand_in: Substitute | None, year: YearSoFar) -> Saving:
        settings = self.book.question.settings
        now, carried = year.saved_by(loss.loss, loss.is_long)
        return Saving(
            gross=loss.gross(settings),
            now=now,
            later=repaid_later(loss.loss, carried, settings),
            cost=self._cost(loss, stand_in),
        )

    def _cost(self, loss: Loss, stand_in: Substitute | None) -> float:
        """Of selling the lot and of buying its substitute; lots of one sale share the tickets."""
        trading = Trading(self.book.plan, self.book.securities, self.book.all_quotes)
        share = 1 / self._sharing[loss.lot.account, loss.lot.symbol]
        symbols = [loss.lot.symbol, *([] if stand_in is None else [stand_in.symbol])]
        return sum(trading.rate(s) * loss.value + trading.fee(s) * share for s in symbols)

    def _gone_with(self, chosen: Sequence[Loss]) -> set[LotKey]:
        """The lots of which nothing is left: whole shares may leave a fraction of the oldest."""
        trading = Trading(self.book.plan, self.book.securities, self.book.all_quotes)
        gone = set()
        for (account, symbol), lots in _by_place(chosen).items():
            held = self._held[account, symbol]
            sold = trading.sold(self.book.accounts[account], symbol, lots, held)
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
            saving = self.saving.get(key) or self._value(each, None, self.year)
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


class _Harvested(ByAccount):
    """Accounts that make their swaps first; what they trade after them is joined to these."""

    def __init__(self, household: Household, swaps: Sequence[Swap], trading: Trading) -> None:
        super().__init__(household, trading.securities, trading.plan, trading.prices)
        self._trading = trading
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

    def trades_of(self, account: Account, household: Household) -> TradeList:
        """The swaps of an account, and its trades after them."""
        own, swaps = alone(account, household), self._swaps.get(account.name, [])
        done = swapped(own, swaps, self._trading)
        after = super().trades_of(account, done.household)
        return joined(own, swaps, done.changes, after, self._trading)
