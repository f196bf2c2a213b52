"""Values as Calc passes and takes them, to the form that the rest of the program knows and back.

Calc passes numbers, dates (serials) and truth values (1.0, 0.0) as floats, texts, ranges as tuples
of rows, a blank within a range as ``""``, and what was left out as None. A reference to one blank
cell arrives as 0.0 and cannot be told from a zero.
"""

from __future__ import annotations

from udfs.answers import Shown
from xl_rebal.arguments import Grid
from xl_rebal.cells import RawCell


def raw_argument(value: object) -> RawCell | Grid:
    """A scalar, or rows of cells.

    >>> raw_argument((("AAA", 0.5), ("", 1.0))), raw_argument(2.0), raw_argument(None)
    ([['AAA', 0.5], ['', 1.0]], 2.0, None)
    """
    if isinstance(value, tuple):
        return [[_raw_cell(cell) for cell in row] for row in value]
    return _raw_cell(value)


def _raw_cell(value: object) -> RawCell:
    if value is None or isinstance(value, (str, float, bool)):
        return value
    raise TypeError(f"Calc passed {value!r}")


def uno_rows(rows: Shown) -> tuple[tuple[str | float, ...], ...]:
    """Rows as UNO's sequences are written in Python; Calc 7.4 takes FALSE for 1, so it gets numbers.

    >>> uno_rows([["Needed", False]])
    (('Needed', 0.0),)
    """
    return tuple(
        tuple(float(cell) if isinstance(cell, bool) else cell for cell in row) for row in rows
    )
