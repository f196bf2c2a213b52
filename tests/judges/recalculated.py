"""What a second spreadsheet engine says about a book, as plain values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

Cell = tuple[str, str]
"""A sheet's name and an address: ``("Holdings", "B2")``."""


class ErrorText(str):
    """An error as the cell shows it: ``#NAME?``, ``#DIV/0!``, or Calc's own ``Err:504``."""

    __slots__ = ()


Value = float | str
"""A calculated value: numbers, dates (serials) and truth values (1.0, 0.0) are all floats."""


@dataclass(frozen=True)
class Recalculated:
    """A book after a second engine has calculated every formula anew.

    ``values`` and ``formulas`` hold every formula cell; formulas are spelled as the engine does
    (Calc: semicolons between arguments). ``uncalculated_xr`` are the cells whose own formula calls
    an ``XR_`` function that the engine does not know: their value there is an error or a fallback.
    They stood at the book's cached values while everything that depends on them was calculated.
    With the add-in in Calc there are none.
    """

    sheets: tuple[str, ...]
    values: Mapping[Cell, Value]
    formulas: Mapping[Cell, str]
    charts: Mapping[str, int]
    tables: tuple[str, ...]
    names: tuple[str, ...]
    uncalculated_xr: tuple[Cell, ...]
    engine: str = "Calc"


def calls_xr(formula: str) -> bool:
    """Whether a formula calls one of our functions, under any host's spelling.

    >>> calls_xr("=IFERROR(xr_drift(A1:A2;B1:B2);0)"), calls_xr("_xldudf_XR_DRIFT(A1)")
    (True, True)
    >>> calls_xr('="XR_DRIFT(" & A1'), calls_xr("=FXR_RATE(A1)"), calls_xr("=XR_1+1")
    (False, False, False)
    """
    without_texts = re.sub(r'"[^"]*"', '""', formula)
    return bool(re.search(r"(?:\b|_)XR[_.]\w+\s*\(", without_texts, re.IGNORECASE))


def errors(recalculated: Recalculated) -> dict[Cell, ErrorText]:
    """Every error cell, except where the formula itself calls an ``XR_`` function."""
    excused = frozenset(recalculated.uncalculated_xr)
    return {
        cell: value
        for cell, value in recalculated.values.items()
        if isinstance(value, ErrorText) and cell not in excused
    }
