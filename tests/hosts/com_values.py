"""What becomes of a value on its way: Python to COM, COM to cell, cell back to Python.

The rules are Excel's and pywin32's as far as they are documented or reported; where a value would
be carried silently wrong (a naive date is shifted by the machine's time zone, an error number
arrives as a plain number) the stand-in refuses, so that a test fails.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from decimal import Decimal
from typing import Any

from tests.hosts.com_types import ERROR_CELLS, TimeType, serial_of, time_of

NUMBER_TEXT = re.compile(r"[+-]?(?=\.?\d)(\d{1,3}(,\d{3})+|\d*)(\.\d*)?([eE][+-]?\d+)?%?")
ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
DATE_FORMAT = re.compile(r"yy|mmm|dd|h:mm", re.IGNORECASE)
CURRENCY_FORMAT = re.compile(r"[$€£¥]")
DATE = "yyyy-mm-dd"
CURRENCY = "$#,##0.00"
GENERAL = "General"
AS_TEXT = "@"


class ErrorCell(int):
    """The number of an error value, told apart from a number that a cell holds."""


def variant(value: Any) -> Any:
    """A single Python value as COM carries it; TypeError or ValueError when it cannot.

    >>> variant(3), variant("a"), variant(None)
    (3, 'a', None)
    >>> import numpy as np
    >>> variant(np.int64(3))
    Traceback (most recent call last):
    TypeError: Objects of type 'int64' can not be converted to a COM VARIANT
    """
    if value is None or isinstance(value, str | bool | Decimal):
        return value
    if isinstance(value, int):
        if not -(2**31) <= value < 2**31:
            raise ValueError(f"{value} needs 64 bits; a cell takes it only as a float")
        return value
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError(f"{value} is no number in a cell")
        return float(value)
    if isinstance(value, dt.datetime):
        if value.tzinfo is None:
            raise ValueError("a date without a time zone is shifted to UTC on its way to Excel")
        return value
    if isinstance(value, dt.date):
        raise TypeError("must be a pywintypes time object (got datetime.date)")
    name = type(value).__name__
    raise TypeError(f"Objects of type '{name}' can not be converted to a COM VARIANT")


def block(value: Any) -> list[list[Any]] | None:
    """The rows of an array that COM carries, or None for a single value.

    >>> block(((1, 2), (3, 4))), block([1, 2]), block(7)
    ([[1, 2], [3, 4]], [[1, 2]], None)
    """
    if not isinstance(value, list | tuple):
        return None
    rows = value if value and isinstance(value[0], list | tuple) else [value]
    if len({len(row) for row in rows}) != 1 or not rows[0]:
        raise ValueError("an array must be rectangular and not empty")
    return [[variant(cell) for cell in row] for row in rows]


def typed(value: Any, number_format: str) -> tuple[Any, str]:
    """What a cell of this format holds after a value is put in, and its format then.

    A text is read as if a user had typed it, unless the cell's format is text: "0700" becomes a
    number, "TRUE" a truth value, "2024-01-31" a date. A decimal becomes an amount of currency,
    rounded to two places.

    >>> typed("0700", "General"), typed("0700", "@"), typed("'0700", "General")
    ((700.0, 'General'), ('0700', '@'), ('0700', 'General'))
    """
    if value is None or value == "":
        return None, number_format
    if isinstance(value, Decimal):
        kept = CURRENCY if number_format == GENERAL else number_format
        return float(round(value, 2)), kept
    if isinstance(value, dt.datetime):
        return serial_of(value), DATE if number_format == GENERAL else number_format
    if isinstance(value, bool):
        return value, number_format
    if isinstance(value, int | float):
        return float(value), number_format
    if number_format == AS_TEXT:
        return value, number_format
    return _typed_text(value, number_format)


def _typed_text(text: str, number_format: str) -> tuple[Any, str]:
    if text.startswith("'"):
        return text[1:], number_format
    if text.upper() in ("TRUE", "FALSE"):
        return text.upper() == "TRUE", number_format
    if text.upper() in ERROR_CELLS:
        return ErrorCell(ERROR_CELLS[text.upper()]), number_format
    if ISO_DATE.fullmatch(text):
        moment = dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)
        return serial_of(moment), DATE if number_format == GENERAL else number_format
    if NUMBER_TEXT.fullmatch(text.strip()):
        plain = text.strip().replace(",", "")
        if plain.endswith("%"):
            return float(plain[:-1]) / 100, "0.00%" if number_format == GENERAL else number_format
        return float(plain), number_format
    return text, number_format


def shown(value: Any, number_format: str) -> Any:
    """A cell's content as ``Range.Value`` gives it: dates as dates, currency as a Decimal of four
    places. ``Range.Value2`` gives numbers for both.

    >>> shown(1.23456789, "$#,##0.00")
    Decimal('1.2346')
    >>> shown(1.23456789, "0.00")
    1.23456789
    """
    if isinstance(value, ErrorCell):
        return int(value)
    if isinstance(value, float):
        if CURRENCY_FORMAT.search(number_format):
            return round(Decimal(value), 4).normalize()
        if DATE_FORMAT.search(number_format):
            return time_of(value)
    return value


def date_cell(year: int, month: int, day: int) -> TimeType:
    """A date as ``Range.Value`` gives it and takes it.

    >>> date_cell(2024, 2, 29).isoformat()
    '2024-02-29T00:00:00+00:00'
    """
    return TimeType(year, month, day, tzinfo=dt.UTC)
