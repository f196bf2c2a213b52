"""Large books for the benchmarks: from a seeded generator, the same for ever."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

import numpy as np

from xl_rebal.cells import RawCell
from xl_rebal.generate import generate
from xl_rebal.model.prices import Prices
from xl_rebal.workbook.content import Content

FIRST_DAY = date(2016, 1, 4)
CLASSES = ("US equity", "International equity", "Emerging equity", "US bonds", "Real estate")
TARGETS = (0.40, 0.18, 0.07, 0.25, 0.08)


def large_book(
    accounts: int = 40, lots: int = 5_000, symbols: int = 100, rows: int = 2_520, seed: int = 1
) -> bytes:
    """An .xlsx: every account holds about 30 of the symbols, in lots; targets by asset class."""
    random = Random(seed)
    names = [f"S{i:03}" for i in range(symbols)]
    prices = _prices(names, rows, seed)
    last = dict(zip(names, prices.values[-1].tolist(), strict=True))
    bought: dict[tuple[str, str], float] = {}
    lot_rows: list[dict[str, RawCell]] = []
    for number in range(lots):
        account, symbol = f"A-{number % accounts:02}", random.choice(names[:: 1 + number % 3])
        shares = float(random.randint(1, 60))
        bought[account, symbol] = bought.get((account, symbol), 0.0) + shares
        lot_rows.append(
            {"Account": account, "Symbol": symbol, "Lot": f"L{number}", "Quantity": shares,
             "Acquired": FIRST_DAY + timedelta(days=random.randint(0, 3_000)),
             "Cost basis": round(shares * last[symbol] * random.uniform(0.5, 1.3), 2)}
        )  # fmt: skip
    targets: list[dict[str, RawCell]] = [
        {"Asset class or Symbol": key, "Target": weight}
        for key, weight in zip((*CLASSES, "CASH"), (*TARGETS, 0.02), strict=True)
    ]
    holdings: list[dict[str, RawCell]] = [
        {"Account": account, "Symbol": symbol, "Quantity": shares, "Price": last[symbol]}
        for (account, symbol), shares in sorted(bought.items())
    ]
    holdings += [
        {"Account": f"A-{i:02}", "Symbol": "CASH", "Quantity": round(random.uniform(0, 9_000), 2)}
        for i in range(accounts)
    ]
    return generate(
        Content(
            rows={
                "tblHoldings": tuple(holdings),
                "tblLots": tuple(lot_rows),
                "tblAccounts": tuple(
                    {"Account": f"A-{i:02}", "Tax type": "Taxable", "May trade": "Yes"}
                    for i in range(accounts)
                ),
                "tblSecurities": tuple(
                    {"Symbol": name, "Asset class": CLASSES[i % len(CLASSES)], "Spread bp": 2.0}
                    for i, name in enumerate(names)
                ),
                "tblTargets": tuple(targets),
            },
            prices=prices,
            settings={"CostBp": 2.0, "DefaultBand": 0.02, "MinTrade": 100.0},
        )
    )  # fmt: skip


def _prices(names: list[str], rows: int, seed: int) -> Prices:
    shocks = np.random.default_rng(seed).normal(0.0003, 0.012, (rows, len(names)))
    start = np.linspace(20.0, 400.0, len(names))
    days = [day for i in range(2 * rows) if (day := FIRST_DAY + timedelta(i)).weekday() < 5][:rows]
    return Prices(tuple(days), tuple(names), np.round(start * np.exp(shocks.cumsum(axis=0)), 2))
