"""What the calculated columns of Lots show: value, gain and how long until it is long-term."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from math import floor

from xl_rebal.cells import EPOCH, FIRST_SERIAL, RawCell, is_blank, serial
from xl_rebal.tax.holding import first_long_day
from xl_rebal.workbook.sheet_values import is_number, number_in

Row = Mapping[str, RawCell]
HEADERS = ("Value", "Gain", "Gain in %", "Term", "Days to long")
_LAST_BOUGHT = 2958100
"""Late in 9998: a year later there are dates still."""


def lot_columns(
    lots: Sequence[Row], holdings: Sequence[Row], values: Sequence[RawCell], as_of: float
) -> dict[str, list[RawCell]]:
    """The columns by header. ``values`` are those of the holdings, ``as_of`` is a serial number or 0."""
    found: dict[str, list[RawCell]] = {header: [] for header in HEADERS}
    held = _shares_and_worth(holdings, values)
    for lot in lots:
        value = _value(lot, held)
        days = _days_to_long(lot, floor(as_of))
        term: RawCell = "" if days == "" else "long" if days == 0 else "short"
        answer = (value, *_gains(lot, value), term, days)
        for header, cell in zip(HEADERS, answer, strict=True):
            found[header].append(cell)
    return found


def _shares_and_worth(
    holdings: Sequence[Row], values: Sequence[RawCell]
) -> dict[RawCell, tuple[float, float]]:
    """Quantity and value by symbol, over all accounts."""
    found: dict[RawCell, tuple[float, float]] = {}
    for row, value in zip(holdings, values, strict=True):
        key, held = _key(row.get("Symbol")), row.get("Quantity")
        shares, worth = found.get(key, (0.0, 0.0))
        found[key] = (
            shares + (number_in(held) if is_number(held) else 0.0),
            worth + number_in(value),
        )
    return found


def _key(symbol: RawCell) -> RawCell:
    return symbol.casefold() if isinstance(symbol, str) else symbol


def _value(lot: Row, held: Mapping[RawCell, tuple[float, float]]) -> RawCell:
    symbol = lot.get("Symbol")
    shares, worth = held.get(_key(symbol), (0.0, 0.0))
    if is_blank(symbol) or shares == 0:
        return ""
    return number_in(lot.get("Quantity")) * worth / shares


def _gains(lot: Row, value: RawCell) -> tuple[RawCell, RawCell]:
    cost = lot.get("Cost basis")
    if not is_number(cost) or number_in(value) == 0:
        return "", ""
    basis = number_in(cost) + number_in(lot.get("Wash adjustment"))
    gain = number_in(value) - basis
    return gain, gain / basis if basis else ""


def _days_to_long(lot: Row, as_of: int) -> RawCell:
    acquired = lot.get("Acquired")
    if not is_number(acquired) or as_of == 0:
        return ""
    bought = floor(number_in(acquired) - number_in(lot.get("Wash days")))
    if not FIRST_SERIAL <= bought <= _LAST_BOUGHT:
        return ""
    first = serial(first_long_day(EPOCH + timedelta(days=bought)))
    return float(max(0, first - as_of))
