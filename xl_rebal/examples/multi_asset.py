"""Five asset classes in three accounts: made up, from a seeded generator, and labelled so."""

from __future__ import annotations

from datetime import date, timedelta
from math import exp, sqrt
from random import Random
from statistics import NormalDist

import numpy as np

from xl_rebal.examples.record import LOTS, TRANSACTIONS
from xl_rebal.model.prices import Prices
from xl_rebal.workbook.content import Content

BANNER = "Synthetic data: from a seeded generator; no real market, no real fund."
ROWS = 2520
FIRST_DAY = date(2015, 1, 2)

# Symbol, name, class, index, first price, drift and volatility a year, loading on a common factor.
_FUNDS = (
    ("XUSA", "Synthetic US equity fund", "US equity", "Synthetic US large-cap", 100.0, 0.07, 0.17, 0.9),
    ("XUSB", "Synthetic US equity fund, second", "US equity", "Synthetic US total market", 60.0, 0.07,
     0.18, 0.9),
    ("XINT", "Synthetic international equity fund", "International equity", "Synthetic developed world",
     50.0, 0.05, 0.18, 0.8),
    ("XEMG", "Synthetic emerging equity fund", "Emerging equity", "Synthetic emerging markets", 40.0, 0.06,
     0.23, 0.7),
    ("XBND", "Synthetic US bond fund", "US bonds", "Synthetic US aggregate", 80.0, 0.03, 0.05, -0.1),
    ("XREI", "Synthetic real-estate fund", "Real estate", "Synthetic US real estate", 90.0, 0.05, 0.20, 0.6),
)  # fmt: skip
# A second fund of developed markets, by another index: held nowhere, and close enough to stand for XINT.
_TWIN = ("XINU", "Synthetic international equity fund, second", "International equity",
         "Synthetic world ex US")  # fmt: skip
_TWIN_OF, _TWIN_FIRST, _TWIN_NOISE = "XINT", 30.0, 0.03
_SUBSTITUTES = {"XUSA": "XUSB", "XUSB": "XUSA", "XINT": "XINU"}
# Starting bands by asset class: a table to edit, not a rule.
_TARGETS = (
    ("US equity", 0.40, 0.03), ("International equity", 0.15, 0.04), ("Emerging equity", 0.05, 0.05),
    ("US bonds", 0.30, 0.02), ("Real estate", 0.08, 0.07), ("CASH", 0.02, 0.02),
)  # fmt: skip
_HOLDINGS = (
    ("T-1", "XUSA", 900), ("T-1", "XUSB", 400), ("T-1", "XINT", 610), ("T-1", "XEMG", 260),
    ("T-1", "XBND", 700), ("T-1", "CASH", 4200.75),
    ("IRA-2", "XUSA", 180), ("IRA-2", "XBND", 520), ("IRA-2", "XREI", 140), ("IRA-2", "XINT", 300),
    ("IRA-2", "XEMG", 110), ("IRA-2", "CASH", 950.10),
    ("ROTH-3", "XUSB", 520), ("ROTH-3", "XREI", 210), ("ROTH-3", "XINT", 150),
    ("ROTH-3", "XBND", 160), ("ROTH-3", "XEMG", 70), ("ROTH-3", "CASH", 310.0),
)  # fmt: skip


def multi_asset() -> Content:
    """A family with targets by asset class; the last made-up prices are what it trades on."""
    prices = with_twin(synthetic_prices(2026), 8949)
    last = dict(zip(prices.symbols, prices.values[-1].tolist(), strict=True))
    return Content(
        rows={
            "tblHoldings": tuple(
                {"Account": account, "Symbol": symbol, "Quantity": float(quantity),
                 "Price": last.get(symbol)}
                for account, symbol, quantity in _HOLDINGS
            ),
            "tblAccounts": (
                {"Account": "T-1", "Name": "Joint taxable", "Tax type": "Taxable", "Owner": "Joint",
                 "Minimum cash": 1000.0, "May trade": "Yes"},
                {"Account": "IRA-2", "Name": "Her IRA", "Tax type": "Traditional", "Owner": "Ann",
                 "New cash": 6500.0, "May trade": "Yes"},
                {"Account": "ROTH-3", "Name": "His Roth", "Tax type": "Roth", "Owner": "Ben",
                 "May trade": "Yes"},
            ),
            "tblSecurities": tuple(
                {"Symbol": symbol, "Name": name, "Asset class": asset_class, "Index": index,
                 "Substitutes": _SUBSTITUTES.get(symbol), "Spread bp": 3.0, "Round lot": 1.0}
                for symbol, name, asset_class, index, *_ in (*_FUNDS, _TWIN)
            ),
            "tblTargets": tuple(
                {"Asset class or Symbol": key, "Target": weight, "Band absolute": band}
                for key, weight, band in _TARGETS
            ),
            "tblLots": LOTS,
            "tblTransactions": TRANSACTIONS,
        },
        prices=prices,
        settings={"CostBp": 2.0, "MinTrade": 250.0, "RebalanceTo": "half", "YearLong": 8000.0,
                  "Banner": BANNER},
        banner=BANNER,
    )  # fmt: skip


def with_twin(prices: Prices, seed: int) -> Prices:
    """The same with the second international fund: the returns of the first and a little noise of its own."""
    random, normal = Random(seed), NormalDist()
    first = prices.column(_TWIN_OF).tolist()
    noise, twin = 0.0, []
    for price in first:
        twin.append(round(_TWIN_FIRST * price / first[0] * exp(noise), 2))
        noise += (
            _TWIN_NOISE / sqrt(252) * normal.inv_cdf(min(max(random.random(), 1e-12), 1 - 1e-12))
        )
    values = np.column_stack([prices.values, np.array(twin)])
    return Prices(prices.dates, (*prices.symbols, _TWIN[0]), values)


def synthetic_prices(seed: int) -> Prices:
    """Lognormal prices with one common factor on 2,520 weekdays; the same for ever.

    Only the standard library: its uniform numbers and inverse normal do not change by version.
    """
    random, normal = Random(seed), NormalDist()

    def draw() -> float:
        return normal.inv_cdf(min(max(random.random(), 1e-12), 1 - 1e-12))

    days = [day for i in range(2 * ROWS) if (day := FIRST_DAY + timedelta(days=i)).weekday() < 5]
    logs = [0.0] * len(_FUNDS)
    rows = []
    for _ in range(ROWS):
        rows.append([round(fund[4] * exp(log), 2) for fund, log in zip(_FUNDS, logs, strict=True)])
        common = draw()
        for i, (*_, growth, volatility, loading) in enumerate(_FUNDS):
            shock = loading * common + sqrt(1 - loading**2) * draw()
            logs[i] += (growth - volatility**2 / 2) / 252 + volatility / sqrt(252) * shock
    return Prices(tuple(days[:ROWS]), tuple(fund[0] for fund in _FUNDS), np.array(rows))
