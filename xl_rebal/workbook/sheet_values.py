"""Cell values as a sheet's own formulas take them."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from xl_rebal.cells import RawCell, serial


def number_in(value: RawCell) -> float:
    """Excel's N(): text and blanks are 0."""
    if isinstance(value, bool):
        return float(value)
    if isinstance(value, (int, float)):
        return float(value)
    if isinstance(value, datetime):
        since_midnight = value - datetime.combine(value.date(), time(), value.tzinfo)
        return serial(value.date()) + since_midnight / timedelta(days=1)
    return float(serial(value)) if isinstance(value, date) else 0.0


def is_number(value: RawCell) -> bool:
    """What a sheet reckons with: numbers and dates, no text."""
    return isinstance(value, (int, float, date)) and not isinstance(value, bool)


def same(one: RawCell, other: RawCell) -> bool:
    """Excel's =: blank equals blank text, capitals do not matter."""
    left = "" if one is None else one
    right = "" if other is None else other
    if isinstance(left, str) and isinstance(right, str):
        return left.casefold() == right.casefold()
    return type(left) is type(right) and left == right
