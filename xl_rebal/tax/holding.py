"""How long shares have been held: calendar years for the term, days where time is added."""

from __future__ import annotations

from datetime import date, timedelta

from xl_rebal.tax.methods import Tacking

ONE_DAY = timedelta(days=1)


def first_long_day(acquired: date) -> date:
    """The first day on which a sale is long-term: more than a year after the (adjusted) acquisition.

    The year is counted by calendar months from the day after the acquisition, the sale's day included; what is
    bought on the last day of a month has been held for a year at the end of that month (Rev. Rul. 66-7).

    >>> print(first_long_day(date(2023, 1, 30)), first_long_day(date(2015, 2, 28)))
    2024-01-31 2016-03-01
    >>> print(first_long_day(date(2016, 2, 29)), first_long_day(date(2016, 2, 28)))
    2017-03-01 2017-03-01
    """
    begins = acquired + ONE_DAY
    if (begins.month, begins.day) == (2, 29):
        return date(begins.year + 1, 3, 1)
    return begins.replace(year=begins.year + 1)


def is_long(acquired: date, sold: date) -> bool:
    """Whether shares with this (adjusted) acquisition are long-term on the day of their sale."""
    return sold >= first_long_day(acquired)


def tacked(own: date, sold_adjusted: date, sold: date, tacking: Tacking) -> date:
    """The date from which a replacement counts: the time of what it replaces is included (IRC 1223(3)).

    own: the date from which it counts without. sold_adjusted, sold: the same of what was sold, and its sale.
    It never counts from later than its own date, since time is only added.

    >>> print(tacked(date(2024, 3, 1), date(2024, 1, 10), date(2024, 2, 20), Tacking.DAYS))  # 41 days
    2024-01-20
    >>> print(tacked(date(2024, 3, 1), date(2024, 1, 10), date(2024, 2, 20), Tacking.DATE))
    2024-01-10
    """
    if tacking is Tacking.DATE:
        return min(own, sold_adjusted)
    return own - (sold - sold_adjusted)
