"""Terms against a calendar walked through day by day, and the boundaries that rulings settle."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

import pytest

from xl_rebal.tax.holding import first_long_day, is_long, tacked
from xl_rebal.tax.methods import Tacking


@pytest.mark.parametrize(
    ("acquired", "first"),
    [
        (date(2015, 2, 28), date(2016, 3, 1)),  # bought and a year later on the last day of a month
        (date(2016, 2, 29), date(2017, 3, 1)),
        (date(2016, 2, 28), date(2017, 3, 1)),
        (date(2019, 2, 27), date(2020, 2, 28)),
        (date(2023, 1, 30), date(2024, 1, 31)),
        (date(2023, 1, 31), date(2024, 2, 1)),
        (date(2023, 12, 31), date(2025, 1, 1)),
        (date(2024, 2, 29), date(2025, 3, 1)),
    ],
)
def test_a_sale_is_long_from_the_day_after_a_year_by_calendar_months(
    acquired: date, first: date
) -> None:
    assert first_long_day(acquired) == first
    assert is_long(acquired, first)
    assert not is_long(acquired, first - timedelta(days=1))


def end_of_twelve_months(acquired: date) -> date:
    """Month by month: to the same day, or the last where there is none or the first was a last one."""
    was_last = acquired.day == monthrange(acquired.year, acquired.month)[1]
    year, month = acquired.year, acquired.month
    for _ in range(12):
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    last = monthrange(year, month)[1]
    return date(year, month, last if was_last else min(acquired.day, last))


def test_every_day_of_eight_years_is_long_once_its_twelve_months_have_ended() -> None:
    for number in range(8 * 366):
        acquired = date(2012, 1, 1) + timedelta(days=number)
        assert first_long_day(acquired) == end_of_twelve_months(acquired) + timedelta(days=1)


def test_days_that_were_held_are_added_or_the_date_is_kept() -> None:
    own, bought, sold = date(2024, 3, 1), date(2023, 12, 1), date(2024, 2, 10)

    assert own - tacked(own, bought, sold, Tacking.DAYS) == sold - bought
    assert tacked(own, bought, sold, Tacking.DATE) == bought


def test_a_replacement_that_was_bought_first_keeps_its_own_time_under_either_reading() -> None:
    own, bought, sold = date(2024, 2, 1), date(2024, 2, 10), date(2024, 2, 20)

    assert tacked(own, bought, sold, Tacking.DAYS) == date(2024, 1, 22)
    assert tacked(own, bought, sold, Tacking.DATE) == own
