"""Four US stocks, 2000 to 2013: real prices from the public domain."""

from __future__ import annotations

import csv
import gzip
import io
from datetime import date
from importlib.resources import files

import numpy as np

from xl_rebal.model.prices import Prices
from xl_rebal.workbook.content import Content

LAST_CLOSES = {"AAPL": 430.47, "GOOG": 806.19, "IBM": 202.91, "MSFT": 27.95}
"""Raw closes of 2013-03-01, on which the example trades; the same source as the study prices."""

BANNER = (
    "Example with real prices up to 2013-03-01. Trades are at the closes of that day; the sheet Prices "
    "holds study prices, not tradable."
)


def stocks() -> Content:
    """A brokerage account with new cash and an IRA, drifted; Prices hold adjusted closes."""
    holdings = [
        ("Brokerage", "AAPL", 92.0), ("Brokerage", "GOOG", 17.0), ("Brokerage", "IBM", 85.0),
        ("Brokerage", "MSFT", 310.0), ("Brokerage", "CASH", 2200.5),
        ("IRA", "AAPL", 26.0), ("IRA", "GOOG", 12.0), ("IRA", "IBM", 40.0), ("IRA", "MSFT", 310.0),
        ("IRA", "CASH", 1840.25),
    ]  # fmt: skip
    return Content(
        rows={
            "tblHoldings": tuple(
                {"Account": account, "Symbol": symbol, "Quantity": quantity,
                 "Price": LAST_CLOSES.get(symbol)}
                for account, symbol, quantity in holdings
            ),
            "tblAccounts": (
                {"Account": "Brokerage", "Name": "Joint brokerage", "Tax type": "Taxable", "Owner": "Joint",
                 "New cash": 5000.0, "May trade": "Yes"},
                {"Account": "IRA", "Name": "Retirement", "Tax type": "Traditional",
                 "Owner": "Ann", "May trade": "Yes"},
            ),
            "tblSecurities": tuple(
                {"Symbol": symbol, "Name": name, "Asset class": "US equity", "Spread bp": spread}
                for symbol, name, spread in (
                    ("AAPL", "Apple", 2.0), ("GOOG", "Google", 4.0),
                    ("IBM", "International Business Machines", 2.0), ("MSFT", "Microsoft", 3.0),
                )
            ),
            "tblTargets": tuple(
                {"Asset class or Symbol": key, "Target": weight, "Band absolute": band}
                for key, weight, band in (
                    ("AAPL", 0.30, None), ("GOOG", 0.25, None), ("IBM", 0.20, None),
                    ("MSFT", 0.20, None), ("CASH", 0.05, 0.03),
                )
            ),
        },
        prices=_prices(),
        settings={"CostBp": 5.0, "MinTrade": 100.0, "PriceKind": "study", "Banner": BANNER},
        banner=BANNER,
    )  # fmt: skip


def _prices() -> Prices:
    packed = (files("xl_rebal.examples") / "data" / "stocks.csv.gz").read_bytes()
    lines = list(csv.reader(io.StringIO(gzip.decompress(packed).decode())))
    return Prices(
        tuple(date.fromisoformat(line[0]) for line in lines[1:]),
        tuple(lines[0][1:]),
        np.array([[float(cell) if cell else np.nan for cell in line[1:]] for line in lines[1:]]),
    )
