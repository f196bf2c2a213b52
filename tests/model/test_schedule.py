"""Calendar dates as rows, against a walk over the days."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xl_rebal.model.schedule import Frequency, Schedule


def weekdays(start: date, count: int) -> list[date]:
    days = (start + timedelta(days=ahead) for ahead in range(2 * count))
    return [day for day in days if day.weekday() < 5][:count]


def walked(days: list[date], day: int, offset: int) -> list[int]:
    """The rows of monthly dates, by walking: all of a month are there only between its neighbours."""
    months = [(each.year, each.month) for each in days]
    found = []
    for row, month in enumerate(months):
        rows = [other for other, known in enumerate(months) if known == month]
        is_last = month != months[-1] and row == rows[-1]
        is_nth = month != months[0] and row - rows[0] == day
        if row > 0 and (is_last if day < 0 else is_nth) and row + offset < len(days):
            found.append(row + offset)
    return found


@given(
    st.dates(date(2020, 1, 1), date(2024, 12, 31)), st.integers(2, 90), st.integers(-1, 22),
    st.integers(0, 30),
)  # fmt: skip
def test_monthly_dates_are_those_of_a_walk_over_the_days(
    start: date, count: int, day: int, offset: int
) -> None:
    days = weekdays(start, count)
    schedule = Schedule(Frequency.MONTHLY, day=day, offset=offset)
    assert schedule.rows(days).tolist() == walked(days, day, offset)


def test_a_table_that_begins_within_a_month_has_no_fifth_row_of_it() -> None:
    days = weekdays(date(2024, 1, 17), 30)
    found = [days[row] for row in Schedule(Frequency.MONTHLY, day=4).rows(days).tolist()]
    assert found == [date(2024, 2, 7)]


@pytest.mark.parametrize("start", [date(2024, 1, 17), date(2024, 1, 31)])
def test_the_purchase_is_no_date_that_an_offset_could_move(start: date) -> None:
    days = weekdays(start, 15)
    for day in (0, -1):
        found = Schedule(Frequency.MONTHLY, day=day, offset=1).rows(days).tolist()
        assert 1 not in found
