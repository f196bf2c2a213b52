"""Cells that say on which dates something is done."""

from __future__ import annotations

from xl_rebal import cells
from xl_rebal.cells import RawCell, Refusal
from xl_rebal.errors import Code
from xl_rebal.model.schedule import Frequency, Schedule
from xl_rebal.wording import shown

_MOST_ROWS = 1_048_576


def parse_frequency(raw: RawCell) -> Schedule:
    """A word, or every so many rows; raises Refusal.

    >>> parse_frequency("Monthly").words, parse_frequency(21).words
    ('monthly', 'every 21 rows')
    """
    if isinstance(raw, str):
        return Schedule(Frequency(cells.choice(raw, [each.value for each in Frequency])))
    return Schedule(every=parse_rows(raw, least=1))


def parse_rows(raw: RawCell, *, least: int = 0) -> int:
    """A whole number of rows; raises Refusal."""
    expected = f"a whole number of rows from {least}"
    number = cells.number(raw, expected, least=least, greatest=_MOST_ROWS)
    if not number.is_integer():
        raise Refusal(Code.OUT_OF_RANGE, shown(number), expected, "Type a whole number.")
    return int(number)


def parse_trading_day(raw: RawCell) -> int:
    """The row within a period: -1 for ``last``, 0 for ``first`` and for 1, 4 for 5; raises Refusal."""
    if isinstance(raw, str):
        return {"last": -1, "first": 0}[cells.choice(raw, ("last", "first"))]
    return parse_rows(raw, least=1) - 1
