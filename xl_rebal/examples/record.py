"""What the made-up family bought and sold, at the made-up closes of those days, and the lots it left."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from xl_rebal.cells import RawCell

_HEADERS = ("Date", "Account", "Action", "Symbol", "Quantity", "Price", "Amount", "Lot", "Note")
_ROWS: tuple[tuple[RawCell, ...], ...] = (
    (date(2015, 1, 2), "T-1", "Opening", "XUSA", 500.0, 100.0, 50000.0, "USA-1", "Held before this record"),
    (date(2016, 2, 26), "T-1", "Opening", "XUSB", 400.0, 64.72, 25888.0, "USB-1", None),
    (date(2018, 6, 15), "T-1", "Opening", "XBND", 700.0, 81.78, 57246.0, "BND-1", None),
    (date(2019, 8, 9), "T-1", "Opening", "XINT", 250.0, 63.5, 15875.0, "INT-1", None),
    (date(2020, 10, 2), "T-1", "Buy", "XUSA", 300.0, 116.05, 34815.0, "USA-2", None),
    (date(2020, 10, 2), "IRA-2", "Opening", "XUSA", 178.6, 116.05, 20726.53, "IRA-1", None),
    (date(2021, 4, 30), "T-1", "Buy", "XINT", 150.0, 58.66, 8799.0, "INT-2", None),
    (date(2022, 6, 24), "T-1", "Buy", "XEMG", 260.0, 30.89, 8031.4, "EMG-1", None),
    (date(2023, 11, 2), "T-1", "Buy", "XINT", 200.0, 47.69, 9538.0, "INT-3", None),
    (date(2024, 5, 6), "T-1", "Buy", "XUSA", 100.0, 112.22, 11222.0, "USA-3", None),
    (date(2024, 6, 7), "T-1", "Sell", "XINT", 150.0, 44.34, 6651.0, "INT-2",
     "A loss of 2,148.00, or 14.32 a share"),
    (date(2024, 6, 25), "T-1", "Dividend", "XBND", None, None, 210.0, None, None),
    (date(2024, 6, 25), "T-1", "Reinvest", "XINT", 6.5, 43.03, 279.7, "INT-4",
     "18 days later: washes 6.5 of the 150"),
    (date(2024, 7, 29), "T-1", "Buy", "XINT", 153.5, 45.26, 6947.41, "INT-5", "52 days later: washes nothing"),
    (date(2024, 8, 14), "IRA-2", "Reinvest", "XUSA", 1.4, 107.1, 149.94, "IRA-2",
     "Would wash a loss on XUSA in T-1"),
)  # fmt: skip

TRANSACTIONS: tuple[Mapping[str, RawCell], ...] = tuple(
    dict(zip(_HEADERS, row, strict=True)) for row in _ROWS
)
"""Those of the taxable account, and of XUSA in the IRA."""

_LOT_HEADERS = (
    "Account", "Symbol", "Lot", "Acquired", "Quantity", "Cost basis", "Wash adjustment", "Wash days",
)  # fmt: skip
_LOTS: tuple[tuple[RawCell, ...], ...] = (
    ("T-1", "XUSA", "USA-1", date(2015, 1, 2), 500.0, 50000.0, None, None),
    ("T-1", "XUSA", "USA-2", date(2020, 10, 2), 300.0, 34815.0, None, None),
    ("T-1", "XUSA", "USA-3", date(2024, 5, 6), 100.0, 11222.0, None, None),
    ("T-1", "XUSB", "USB-1", date(2016, 2, 26), 400.0, 25888.0, None, None),
    ("T-1", "XINT", "INT-1", date(2019, 8, 9), 250.0, 15875.0, None, None),
    ("T-1", "XINT", "INT-3", date(2023, 11, 2), 200.0, 9538.0, None, None),
    # 6.5 x 14.32, and the days from 30 April 2021 to 7 June 2024
    ("T-1", "XINT", "INT-4", date(2024, 6, 25), 6.5, 279.7, 93.08, 1134.0),
    ("T-1", "XINT", "INT-5", date(2024, 7, 29), 153.5, 6947.41, None, None),
    ("T-1", "XEMG", "EMG-1", date(2022, 6, 24), 260.0, 8031.4, None, None),
    ("T-1", "XBND", "BND-1", date(2018, 6, 15), 700.0, 57246.0, None, None),
    ("IRA-2", "XUSA", "IRA-1", date(2020, 10, 2), 178.6, 20726.53, None, None),
    ("IRA-2", "XUSA", "IRA-2", date(2024, 8, 14), 1.4, 149.94, None, None),
)  # fmt: skip

LOTS: tuple[Mapping[str, RawCell], ...] = tuple(
    dict(zip(_LOT_HEADERS, lot, strict=True)) for lot in _LOTS
)
