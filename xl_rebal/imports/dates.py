"""Dates as text: in which order day, month and year stand, and only if the file itself settles it.

03/04/2025 is the third of April in London and the fourth of March in New York. The order is settled
by any row that can be read in one way only (25/04/2025), or by the person; it is never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from xl_rebal import cells
from xl_rebal.cells import Refusal, visible
from xl_rebal.errors import Code
from xl_rebal.imports.choices import Order
from xl_rebal.wording import shown

WORDS = {
    Order.DMY: "day, month, year",
    Order.MDY: "month, day, year",
    Order.YMD: "year, month, day",
}
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_LONG = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
    "november", "december",
)  # fmt: skip
_WEEKDAY = re.compile(r"^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?\s+", re.IGNORECASE)
_TIME = re.compile(
    r"(?:T|,?\s+)\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:\s*[AP]M)?\s*(?:Z|[+-]\d{2}:?\d{2})?$",
    re.ASCII,
)
_NUMBERS = re.compile(r"(\d{1,4})([-/. ]|\. )(\d{1,2})\2(\d{1,4})", re.ASCII)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
_NAMED = re.compile(
    r"(\d{1,4}|[a-z]+)\.?[-/ ,]+(\d{1,4}|[a-z]+)\.?[-/ ,]+(\d{1,4})", re.IGNORECASE | re.ASCII
)
_CENTURY_TURNS = 70
"""Of years with two digits: 69 is 2069, 70 is 1970, as in POSIX."""


def looks_like_date(text: str) -> bool:
    """Whether a text is a date in any order.

    >>> [looks_like_date(t) for t in ("2025-03-04", "4.3.25", "Mar 4, 2025", "2025", "12.5")]
    [True, True, True, False, False]
    """
    return bool(readings(text))


@lru_cache(maxsize=100_000)
def readings(text: str) -> Mapping[Order, date]:
    """Every date that a text can be, by the order that makes it that date.

    >>> for order, day in readings("03/04/2025 00:00").items(): print(order, day)
    dmy 2025-04-03
    mdy 2025-03-04
    """
    bare = _TIME.sub("", _WEEKDAY.sub("", visible(text)))
    if found := _COMPACT.fullmatch(bare):
        parts = (found[1], found[2], found[3])
    elif found := _NUMBERS.fullmatch(bare):
        parts = (found[1], found[3], found[4])
    elif found := _NAMED.fullmatch(bare):
        return _with_a_month(found[1].lower(), found[2].lower(), found[3])
    else:
        return {}
    first, middle, last = parts
    found_days = {
        Order.YMD: _day(first, middle, last),
        Order.DMY: _day(last, middle, first),
        Order.MDY: _day(last, first, middle),
    }
    return {order: day for order, day in found_days.items() if day is not None}


def _with_a_month(first: str, second: str, third: str) -> dict[Order, date]:
    """A date with its month as a word: only the year's place can be in doubt."""
    if (month := _month(first)) and second.isdigit():
        day = _day(third, month, second)
        return {} if day is None else dict.fromkeys(Order, day)
    if (month := _month(second)) and first.isdigit():
        days = {
            Order.YMD: _day(first, month, third),
            Order.DMY: _day(third, month, first),
            Order.MDY: _day(third, month, first),
        }
        return {order: day for order, day in days.items() if day is not None}
    return {}


def _month(word: str) -> str:
    if word in _LONG:
        return str(_LONG.index(word) + 1)
    word = "sep" if word == "sept" else word
    return str(_MONTHS.index(word) + 1) if word in _MONTHS else ""


def _day(year: str, month: str, day: str) -> date | None:
    if len(year) not in (2, 4) or len(month) > 2 or len(day) > 2:
        return None
    number = int(year)
    if len(year) == 2:
        number += 2000 if number < _CENTURY_TURNS else 1900
    try:
        return date(number, int(month), int(day))
    except ValueError:
        return None


@dataclass(frozen=True)
class DateReader:
    """Reads the dates of one file in one order."""

    order: Order

    def __call__(self, text: str) -> date:
        """The date; raises Refusal. A date with four digits of year in front needs no order."""
        found = readings(text)
        day = found.get(self.order)
        if day is None and set(found) == {Order.YMD} and _starts_with_year(text):
            day = found[Order.YMD]
        expected = "a date"
        if day is None:
            if found:
                fix = f"The others have {WORDS[self.order]}; write this one so too."
            else:
                fix = "Write it as 2013-03-01, or delete the row."
            raise Refusal(Code.NOT_A_DATE, shown(text), expected, fix)
        return cells.day(day, expected)


def _starts_with_year(text: str) -> bool:
    return re.match(r"\s*\d{4}", text) is not None


class Undecided(Exception):  # noqa: N818  it never leaves the readers
    """No row settles the order: ``text`` is one that can be read as either of ``days``."""

    def __init__(self, text: str, days: dict[Order, date]) -> None:
        self.text, self.days = text, days
        super().__init__(text)


def settled_order(texts: Collection[str], said: Order | None = None) -> Order:
    """The order in which all texts are dates, or most where none fits all.

    Raises Undecided where two orders fit equally and make different dates of a text.
    """
    if said is not None:
        return said
    read = {text: readings(text) for text in set(texts)}
    fitting = {order: sum(order in found for found in read.values()) for order in Order}
    most = max(fitting.values(), default=0)
    best = [order for order in Order if fitting[order] == most]
    for text in texts:
        days = {order: read[text][order] for order in best if order in read[text]}
        if len(set(days.values())) > 1:
            raise Undecided(text, days)
    return best[0]
