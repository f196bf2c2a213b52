"""Values as Excel hands them out through COM, to the form that the rest of the program knows."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from xl_rebal.cells import RawCell

_FIRST_ERROR = -2146828288
"""CVErr(0): an error cell arrives as this plus Excel's number of the error (XlCVError)."""
_NUMBERS = {
    2000: "#NULL!",
    2007: "#DIV/0!",
    2015: "#VALUE!",
    2023: "#REF!",
    2029: "#NAME?",
    2036: "#NUM!",
    2042: "#N/A",
    2043: "#GETTING_DATA",
    2045: "#SPILL!",
    2046: "#CONNECT!",
    2047: "#BLOCKED!",
    2048: "#UNKNOWN!",
    2049: "#FIELD!",
    2050: "#CALC!",
}
ERROR_TEXTS = {_FIRST_ERROR + number: text for number, text in _NUMBERS.items()}
_ERRORS = range(_FIRST_ERROR + 2000, _FIRST_ERROR + 2200)
_OTHER_ERROR = "#UNKNOWN!"
MISSING = -2147352572
"""An argument that was left out (DISP_E_PARAMNOTFOUND)."""


def raw_cell(value: object) -> RawCell:
    """A value that COM hands out: numbers of cells are floats, those of type int are errors.

    VBA code that calls a function may pass whole numbers and amounts of currency: these are numbers.

    >>> raw_cell(-2146826246), raw_cell(-2146826243), raw_cell(3), raw_cell(MISSING)
    ('#N/A', '#SPILL!', 3.0, None)
    """
    if type(value) is int:
        if value == MISSING:
            return None
        if value in _ERRORS:
            return ERROR_TEXTS.get(value, _OTHER_ERROR)
        return float(value)
    if isinstance(value, Decimal):
        return float(value)
    if value is None or isinstance(value, (str, float, bool, date)):
        return value
    raise TypeError(f"Excel passed {value!r}")
