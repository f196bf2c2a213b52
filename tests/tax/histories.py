"""Random records of small households, made so that much happens within 30 days of everything else.

Equal seeds give equal histories. What is drawn may be impossible (a lot that is gone, a transfer that the
method left nothing for); ``good_case`` drops the rows that the judge refuses until nothing is wrong.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from functools import cache

from tests.tax.share_by_share import Judge, Refused
from xl_rebal.model.transactions import Activity, History, TaxAccount, Transaction
from xl_rebal.tax.methods import GainRates, LotMethod, Tacking, WashScope

RATES = (
    GainRates(),
    GainRates(0.24, 0.15),
    GainRates(0.3, 0.3),
    GainRates(0.1, 0.4),
    GainRates(0.37, 0.0),
)
TAX_TYPES = ("Taxable", "Taxable", "Taxable", "Trust", "IRA", "Roth", "401k", "HSA")
OWN_METHODS = ("", "", "", "", "", "", "", "fifo", "hifo", "average", "mintax", "lifo")
GRIDS = (
    ("8", "9", "10", "11", "12"),
    ("10", "10.5", "9.25"),
    ("9.9", "10", "10.1", "10.07"),
    ("99.37", "101.13", "87.61", "120"),
)
UNITS = tuple(Fraction(u) for u in ("1", "1", "1", "1", "10", "0.01", "0.25", "0.37", "100"))
STARTS = (
    date(2019, 11, 1), date(2020, 1, 20), date(2023, 8, 15), date(2023, 12, 31), date(2024, 1, 29),
    date(2022, 2, 1), date(2024, 6, 3), date(2020, 10, 31),
)  # fmt: skip


@dataclass(frozen=True)
class Case:
    """A history and all that a ledger is asked with."""

    history: History
    as_of: date | None = None
    method: LotMethod = LotMethod.FIFO
    scope: WashScope = WashScope.HOUSEHOLD_IRA
    tacking: Tacking = Tacking.DAYS
    rates: GainRates = GainRates()  # noqa: RUF009  a frozen value

    @property
    def rows(self) -> tuple[Transaction, ...]:
        return self.history.transactions

    def judged(self) -> Judge:
        """What the judge makes of it; raises Refused."""
        return Judge(self.history, self.as_of, self.method, self.scope, self.tacking, self.rates)

    def with_rows(self, rows: tuple[Transaction, ...]) -> Case:
        return replace(self, history=replace(self.history, transactions=rows))

    def without(self, rows: set[int]) -> Case:
        return self.with_rows(tuple(r for r in self.rows if r.row not in rows))

    def __str__(self) -> str:
        lines = [
            f"method={self.method} scope={self.scope} tacking={self.tacking} as_of={self.as_of} "
            f"rates={self.rates.short}/{self.rates.long}",
            f"groups={dict(self.history.groups)}",
        ]
        used = {row.account for row in self.rows}
        lines += [
            f"account {a.name}: {a.tax_type}, owner {a.owner!r}"
            for a in self.history.accounts.values()
            if a.name in used
        ]
        lines += [
            f"{r.row:3d} {r.day} {r.activity:<9}{r.account:<4}{r.symbol:<4} "
            f"quantity {r.quantity:g} amount {r.amount} lot {r.lot_id!r}"
            for r in sorted(self.rows, key=lambda r: (r.day, r.row))
        ]
        return "\n".join(lines)


def random_case(seed: int) -> Case:
    """A history as it is drawn, and a random way to ask."""
    return Draw(random.Random(seed)).case()


@cache
def good_case(seed: int) -> Case:
    """The same without the rows that cannot be."""
    return mended(random_case(seed))


def mended(case: Case) -> Case:
    """A case without the rows that the judge refuses."""
    while True:
        try:
            case.judged()
        except Refused as refused:
            case = case.without(refused.rows)
        else:
            return case


class Draw:
    """One history in the making: rows are drawn in order of days and shuffled at the end."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        names = [f"A{n}" for n in range(rng.choice([2, 2, 3, 4]))]
        owners = rng.choice([("",), ("Ann", "Bob"), ("Ann", "Bob", "")])
        self.accounts = {
            name: TaxAccount(
                name, rng.choice(TAX_TYPES), rng.choice(owners), rng.choice(OWN_METHODS)
            )
            for name in names
        }
        self.names = names
        self.symbols = ["AAA", "BBB", "CCC"][: rng.choice([1, 1, 2, 2, 3])]
        self.groups = rng.choice(
            [{}, dict.fromkeys(self.symbols, "G"), dict.fromkeys(self.symbols[:2], "G")]
        )
        self.method = rng.choice([LotMethod.LEAST_TAX, *LotMethod])
        self.unit = rng.choice(UNITS)
        self.grid = rng.choice(GRIDS)
        self.has_fees = rng.random() < 0.2
        self.is_named = self.method is LotMethod.SPECIFIC or rng.random() < 0.3
        self.held: dict[tuple[str, str], Fraction] = {}
        self.rows: list[Transaction] = []

    def case(self) -> Case:
        rng = self.rng
        days = self.days(rng.randint(5, 40))
        if rng.random() < 0.5:
            self.open_lots(days[0])
        for day in days:
            self.something(day)
        accounts = dict(self.accounts)
        if rng.random() < 0.1:
            del accounts[rng.choice(self.names)]
        if rng.random() < 0.1:
            self.rows += [r for r in self.rows if rng.random() < 0.1]
        rng.shuffle(self.rows)
        rows = tuple(replace(row, row=n) for n, row in enumerate(self.rows))
        return Case(
            History(rows, accounts, self.groups),
            self.last_known(days),
            self.method,
            rng.choice([WashScope.HOUSEHOLD_IRA, *WashScope]),
            rng.choice(list(Tacking)),
            rng.choice(RATES),
        )

    def last_known(self, days: list[date]) -> date | None:
        chance = self.rng.random()
        if chance < 0.6:
            return None
        if chance < 0.8:
            return self.rng.choice(days)
        return self.rng.choice(days) + timedelta(days=self.rng.choice([-31, -30, -1, 29, 30, 31]))

    def days(self, count: int) -> list[date]:
        """Days within about 200, in order, many of them equal or 30 or 31 apart, a few a year."""
        rng = self.rng
        start = rng.choice(STARTS) + timedelta(days=rng.randint(0, 5))
        span = rng.choice([20, 60, 120, 200])
        days = [start]
        while len(days) < count:
            chance = rng.random()
            other = rng.choice(days)
            if chance < 0.25:
                days.append(other)
            elif chance < 0.45:
                days.append(other + timedelta(days=rng.choice([30, 31, 29, 1])))
            elif chance < 0.52:
                days.append(other + timedelta(days=rng.choice([364, 365, 366, 367])))
            elif chance < 0.56:
                days.append(rng.choice([date(start.year, 12, 31), date(start.year + 1, 1, 1)]))
            elif chance < 0.59:
                days.append(rng.choice([date(2024, 2, 29), date(2024, 2, 28), date(2020, 2, 29)]))
            else:
                days.append(start + timedelta(days=rng.randint(0, span)))
        return sorted(day for day in days if abs((day - start).days) < 500)

    def is_taxed(self, account: str) -> bool:
        return self.accounts[account].is_taxed

    # ---- rows --------------------------------------------------------------------------------

    def add(
        self, day: date, activity: Activity, account: str, symbol: str, units: Fraction,
        amount: float | None = None, lot_id: str = "",
    ) -> None:  # fmt: skip
        self.rows.append(
            Transaction(
                len(self.rows), account, day, activity, symbol, float(units), amount, lot_id
            )
        )

    def amount(self, units: Fraction) -> float:
        """At a price of the grid; with fees the cents are odd."""
        total = units * Fraction(self.rng.choice(self.grid))
        if self.has_fees:
            total += Fraction(self.rng.choice([0, 1, 95]), 100)
        return float(total)

    def name(self, share: float) -> str:
        """A name for a lot; a few names come twice."""
        return f"L{self.rng.randint(1, 60)}" if self.rng.random() < share else ""

    def hold(self, account: str, symbol: str, units: Fraction) -> None:
        self.held[account, symbol] = self.held.get((account, symbol), Fraction(0)) + units

    def open_lots(self, start: date) -> None:
        rng = self.rng
        for _ in range(rng.randint(1, 5)):
            account, symbol = rng.choice(self.names), rng.choice(self.symbols)
            units = rng.randint(1, 8) * self.unit
            near = rng.random() < 0.5
            day = start - timedelta(days=rng.randint(0, 30) if near else rng.randint(300, 420))
            amount = self.amount(units) if rng.random() < 0.8 else None
            self.add(day, Activity.OPENING, account, symbol, units, amount, self.name(0.5))
            self.hold(account, symbol, units)
            if rng.random() < 0.15:
                self.rows.append(replace(self.rows[-1], amount=None, lot_id=""))
                self.hold(account, symbol, units)

    def something(self, day: date) -> None:
        chance = self.rng.random()
        account, symbol = self.rng.choice(self.names), self.rng.choice(self.symbols)
        if chance < 0.002:
            for _ in range(11):
                self.buy(day, account, symbol, Activity.BUY)
        elif chance < 0.4:
            self.buy(day, account, symbol, Activity.BUY)
        elif chance < 0.48:
            self.buy(day, account, symbol, Activity.REINVEST)
        elif chance < 0.5:
            self.add(day, Activity.DIVIDEND, account, symbol, Fraction(0), 1.25)
        elif chance < 0.54:
            self.split(day, symbol)
        elif chance < 0.64:
            self.transfer(day)
        elif chance < 0.67:
            self.buy(day, account, symbol, Activity.BUY)
            self.sell(day)
        else:
            self.sell(day)

    def buy(self, day: date, account: str, symbol: str, activity: Activity) -> None:
        units = self.rng.randint(1, 8) * self.unit
        named = 0.7 if self.method is LotMethod.SPECIFIC else 0.3
        self.add(day, activity, account, symbol, units, self.amount(units), self.name(named))
        self.hold(account, symbol, units)

    def some_held(self) -> tuple[str, str, Fraction] | None:
        """Of some account and symbol with shares, all or a few."""
        there = [(a, s, units) for (a, s), units in self.held.items() if units > 0]
        if not there:
            return None
        account, symbol, units = self.rng.choice(there)
        if self.rng.random() < 0.3:
            return account, symbol, units
        return account, symbol, min(units, self.rng.randint(1, 6) * self.unit)

    def lot_for(self, account: str, symbol: str) -> Transaction | None:
        lots = [
            r for r in self.rows
            if r.activity.acquires and r.symbol == symbol and r.account == account
        ]  # fmt: skip
        return self.rng.choice(lots) if lots else None

    def sell(self, day: date) -> None:
        some = self.some_held()
        if some is None:
            return
        account, symbol, units = some
        lot_id = ""
        if self.is_named and (self.method is LotMethod.SPECIFIC or self.rng.random() < 0.5):
            lot = self.lot_for(account, symbol)
            if lot is not None:
                lot_id = lot.lot_id or lot.day.isoformat()
                units = min(units, Fraction(repr(lot.quantity)))
        self.add(day, Activity.SELL, account, symbol, units, self.amount(units), lot_id)
        self.hold(account, symbol, -units)

    def transfer(self, day: date) -> None:
        some = self.some_held()
        if some is None:
            return
        account, symbol, units = some
        lot = self.lot_for(account, symbol) if self.rng.random() < 0.3 else None
        lot_id = "" if lot is None else lot.lot_id or lot.day.isoformat()
        if lot is not None:
            units = min(units, Fraction(repr(lot.quantity)))
        side = self.is_taxed(account)
        alike = [name for name in self.names if self.is_taxed(name) is side]
        if len(alike) == 1:
            return
        other = self.rng.choice([name for name in alike if name != account])
        self.add(day, Activity.TRANSFER, account, symbol, -units, None, lot_id)
        self.hold(account, symbol, -units)
        first = (
            units if self.rng.random() < 0.7 else Fraction(int(units / self.unit) // 2) * self.unit
        )
        for part in (first, units - first):
            if part > 0:
                to = other if part == first else self.rng.choice(alike)
                self.add(day, Activity.TRANSFER, to, symbol, part)
                self.hold(to, symbol, part)

    def split(self, day: date, symbol: str) -> None:
        ratio = Fraction(self.rng.choice(["2", "3", "2", "1/2", "3/2"]))
        holders = [name for name in self.names if self.held.get((name, symbol), 0) > 0]
        for name in holders or [self.names[0]]:
            self.add(day, Activity.SPLIT, name, symbol, ratio)
        for name in self.names:
            self.held[name, symbol] = self.held.get((name, symbol), Fraction(0)) * ratio
