"""Records for tests: written as lines, or made by chance but always of what is there to be sold."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from random import Random

from hypothesis import strategies as st

from xl_rebal.model.transactions import Activity, History, TaxAccount, Transaction
from xl_rebal.tax.results import Ledger, OpenLot, Sale

ACCOUNTS = {
    each.name: each
    for each in (
        TaxAccount("Main", "Taxable", "Ann"),
        TaxAccount("Second", "Taxable", "Ann"),
        TaxAccount("His", "Trust", "Bob"),
        TaxAccount("IRA", "Traditional", "Ann"),
        TaxAccount("Roth", "Roth", "Ann"),
    )
}


def written(text: str, groups: dict[str, str] | None = None) -> History:
    """Rows as lines: date, account, activity, symbol, quantity, amount ("-": none), lot (may be left out).

    The row of a transaction is the number of its line, from 0.
    """
    lines = [line.split() for line in text.strip().splitlines()]
    rows = []
    for number, (day, account, activity, symbol, quantity, *more) in enumerate(lines):
        amount = float(more[0]) if more and more[0] != "-" else None
        rows.append(
            Transaction(
                number,
                account,
                date.fromisoformat(day),
                Activity(activity),
                symbol,
                float(quantity),
                amount,
                more[1] if len(more) > 1 else "",
            )
        )
    return History(tuple(rows), ACCOUNTS, groups or {})


def sale_of(found: Ledger, row: int) -> Sale:
    """The one piece that a row sold."""
    (sale,) = [each for each in found.sales if each.row == row]
    return sale


def lot_of(found: Ledger, row: int) -> OpenLot:
    """The one piece that is left of what a row bought."""
    (lot,) = [each for each in found.lots if each.row == row]
    return lot


TAXED = ("Main", "Second", "His")
EVERYWHERE = (*TAXED, "IRA")
GROUPS = {"A": "one", "B": "one"}
SYMBOLS = ("A", "A", "B", "C")
START = date(2023, 11, 20)  # a year's end and 29 February 2024 are near


def histories(accounts: tuple[str, ...] = EVERYWHERE) -> st.SearchStrategy[History]:
    """Records of 3 to 40 events in these accounts, never of what is not there."""
    return st.builds(by_chance, st.integers(0, 2**32), st.integers(3, 40), st.just(accounts))


def by_chance(seed: int, events: int, accounts: tuple[str, ...] = EVERYWHERE) -> History:
    """A record whose days are often the same or near, so that losses and purchases meet.

    On a day things happen in the order of the ledger, and what arrives in an account isn't passed on.
    """
    random = Random(seed)
    day, rows = START, _Rows(random, accounts)
    while len(rows.found) < events:
        rows.buys(day, random.randrange(3))
        if random.random() < 0.15:
            rows.transfer(day)
        rows.sells(day, random.choice((0, 0, 1, 2)))
        day += timedelta(days=random.choice((1, 2, 5, 9, 15, 28, 30, 31, 90)))
        if random.random() < 0.07:
            rows.split(day)
    numbered = (replace(row, row=number) for number, row in enumerate(rows.found))
    return History(tuple(numbered), ACCOUNTS, GROUPS)


class _Rows:
    """Rows so far, and what is held by them."""

    def __init__(self, random: Random, accounts: tuple[str, ...]) -> None:
        self.random, self.accounts = random, accounts
        self.found: list[Transaction] = []
        self.held: dict[tuple[str, str], float] = {}

    def add(
        self, day: date, account: str, activity: Activity, symbol: str, shares: float, price: float
    ) -> None:
        amount = None if activity in (Activity.TRANSFER, Activity.SPLIT) else shares * price
        self.found.append(Transaction(0, account, day, activity, symbol, shares, amount))

    def buys(self, day: date, count: int) -> None:
        for _ in range(count):
            key = self.random.choice(self.accounts), self.random.choice(SYMBOLS)
            shares = self.random.choice((0.37, 1.0, 5.0, 10.0, 40.0))
            activity = self.random.choice((Activity.BUY, Activity.BUY, Activity.REINVEST))
            self.add(day, key[0], activity, key[1], shares, self.price())
            self.held[key] = self.held.get(key, 0.0) + shares

    def sells(self, day: date, count: int) -> None:
        for _ in range(count):
            if self.held:
                account, symbol = key = self.random.choice(list(self.held))
                shares = self.held[key] * self.random.choice((0.25, 0.5, 1.0))
                self.add(day, account, Activity.SELL, symbol, shares, self.price())
                self.take(key, shares)

    def transfer(self, day: date) -> None:
        others = [key for key in self.held if len(self.accounts) > 1]
        if others:
            account, symbol = key = self.random.choice(others)
            to = self.random.choice([each for each in self.accounts if each != account])
            shares = self.held[key] * self.random.choice((0.5, 1.0))
            self.add(day, account, Activity.TRANSFER, symbol, -shares, 0.0)
            self.add(day, to, Activity.TRANSFER, symbol, shares, 0.0)
            self.take(key, shares)
            self.held[to, symbol] = self.held.get((to, symbol), 0.0) + shares

    def split(self, day: date) -> None:
        symbol, ratio = self.random.choice(SYMBOLS), self.random.choice((2.0, 3.0, 0.5))
        self.add(day, self.accounts[0], Activity.SPLIT, symbol, ratio, 0.0)
        self.held |= {key: has * ratio for key, has in self.held.items() if key[1] == symbol}

    def take(self, key: tuple[str, str], shares: float) -> None:
        self.held[key] -= shares
        if self.held[key] < 1e-6:
            del self.held[key]

    def price(self) -> float:
        return self.random.choice((3.0, 7.0, 10.0, 12.5))
