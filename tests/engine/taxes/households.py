"""Random households with lots, targets, identity groups, IRAs and scheduled reinvestments."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from xl_rebal.engine.taxes.harvest_book import HarvestBook
from xl_rebal.engine.taxes.question import TaxQuestion
from xl_rebal.model.plan import Costs, Method, Plan, TargetLine, Targets
from xl_rebal.model.portfolio import CASH, Account, Household, Lot, Position
from xl_rebal.model.prices import Prices
from xl_rebal.model.securities import Securities, Security
from xl_rebal.model.transactions import Activity, History, TaxAccount, Transaction
from xl_rebal.tax.methods import LotMethod, WashScope
from xl_rebal.tax.settings import TaxSettings

AS_OF = date(2026, 3, 16)
SYMBOLS = ("AAA", "AAB", "AAC", "BBB", "BBC", "CCC")
CLASSES = {"A": SYMBOLS[:3], "B": SYMBOLS[3:5], "C": SYMBOLS[5:]}


@dataclass(frozen=True)
class Drawn:
    """A household as a harvest looks at it."""

    book: HarvestBook
    seed: int


def drawn(seed: int) -> Drawn:
    """The household of a seed."""
    r = random.Random(seed)
    groups = {symbol: r.choice(["", "one", "two", "three"]) for symbol in SYMBOLS}
    owners = r.choice([("",), ("Ann", "Bob")])
    by_symbol = r.random() < 0.4
    accounts = tuple(
        Account(
            name,
            tax_type=r.choice(["Taxable", "Taxable", "Traditional", "Roth"]),
            owner=r.choice(owners),
            new_cash=r.choice([0.0, 0.0, 500.0, -400.0]),
            whole_shares=r.choice([None, False]),
            lot_method=r.choice(["", "", "fifo", "hifo"]),
        )
        for name in ("one", "two", "three")[: r.randint(1, 3)]
    )
    prices = {symbol: round(r.uniform(20, 120), 2) for symbol in SYMBOLS}
    lots, positions = [], []
    for account in accounts:
        positions.append(Position(account.name, CASH, r.choice([50.0, 900.0]), 1.0))
        for symbol in r.sample(SYMBOLS, r.randint(2, 6)):
            own = _lots(r, account.name, symbol, prices[symbol])
            lots.extend(own)
            quantity = sum(lot.quantity for lot in own)
            positions.append(Position(account.name, symbol, quantity, prices[symbol]))
    household = Household(accounts, tuple(positions), tuple(lots))
    named = r.random() < 0.5
    securities = Securities(
        tuple(
            Security(
                symbol,
                asset_class=symbol[0],
                identity_group=groups[symbol],
                substitutes=tuple(s for s in CLASSES[symbol[0]] if s != symbol) if named else (),
            )
            for symbol in SYMBOLS
        )
    )
    settings = TaxSettings(
        minimum_loss_fraction=r.choice([0.0, 0.05]),
        method=r.choice([LotMethod.FIFO, LotMethod.HIFO, LotMethod.LIFO, LotMethod.LEAST_TAX]),
        scope=r.choice(list(WashScope)),
    )
    history = History(
        _scheduled(r, accounts),
        {each.name: TaxAccount(each.name, each.tax_type, each.owner) for each in accounts},
        securities.groups,
    )
    plan = Plan(
        (_targets(r, by_symbol),),
        method=r.choice([Method.THRESHOLD, Method.CALENDAR]),
        costs=Costs(r.choice([0.0, 0.001]), r.choice([0.0, 1.0])),
    )
    question = TaxQuestion(AS_OF, settings, history)
    return Drawn(HarvestBook(household, securities, plan, prices, _prices(seed), question), seed)


def _lots(r: random.Random, account: str, symbol: str, price: float) -> list[Lot]:
    found = []
    for number in range(r.randint(1, 4)):
        days = r.choice([1, 5, 12, 29, 30, 31, 32, 45, 200, 364, 365, 366, 800])
        quantity = r.choice([5.0, 10.0, 12.0, 0.37, 7.5])
        cost = None if r.random() < 0.05 else round(price * r.uniform(0.7, 1.4), 2)
        adjusted = r.random() < 0.1
        found.append(
            Lot(
                account,
                symbol,
                str(number + 1),
                quantity,
                AS_OF - timedelta(days=days),
                cost,
                do_not_sell=r.random() < 0.05,
                wash_adjustment=25.0 if adjusted and cost else 0.0,
                added_days=20 if adjusted else 0,
            )
        )
    return found


def _scheduled(r: random.Random, accounts: tuple[Account, ...]) -> tuple[Transaction, ...]:
    """Reinvestments of the days to come."""
    if r.random() < 0.5:
        return ()
    return tuple(
        Transaction(row, r.choice(accounts).name, AS_OF + timedelta(days=r.choice([3, 29, 30, 31, 40])),
                    Activity.REINVEST, r.choice(SYMBOLS), 0.5, 30.0)
        for row in range(r.randint(1, 3))
    )  # fmt: skip


def _targets(r: random.Random, by_symbol: bool) -> Targets:
    keys = list(r.sample(SYMBOLS, 3)) if by_symbol else ["A", "B", "C"]
    parts = [r.randint(1, 5) for _ in keys]
    return Targets(
        tuple(
            TargetLine(key, part / sum(parts), is_class=not by_symbol)
            for key, part in zip(keys, parts, strict=True)
        )
    )


def _prices(seed: int) -> Prices:
    """Those of a class move nearly alike."""
    rng = np.random.default_rng(seed)
    moves = {name: rng.normal(0, 0.01, 120) for name in CLASSES}
    columns = [moves[s[0]] + rng.normal(0, 0.0005, 120) for s in SYMBOLS]
    values = np.vstack([np.ones(6), np.cumprod(1 + np.column_stack(columns), axis=0)])
    days = tuple(AS_OF - timedelta(days=120 - i) for i in range(121))
    return Prices(days, SYMBOLS, values)
