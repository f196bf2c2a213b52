"""Dates as text, against Python's own formatting in every order."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xl_rebal.cells import Refusal
from xl_rebal.imports.choices import Order
from xl_rebal.imports.dates import DateReader, Undecided, readings, settled_order

FORMS = {
    Order.DMY: ("%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y", "%d. %m. %Y", "%d-%b-%Y", "%d %B %Y"),
    Order.MDY: ("%m/%d/%Y", "%m-%d-%Y", "%b %d, %Y", "%B-%d-%Y"),
    Order.YMD: ("%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%Y.%m.%d", "%Y-%b-%d"),
}
days = st.dates(date(1970, 1, 1), date(2069, 12, 31))


@given(day=days, order=st.sampled_from(Order), form=st.integers(0, 3), data=st.data())
def test_a_date_in_any_order_is_among_its_readings(
    day: date, order: Order, form: int, data: st.DataObject
) -> None:
    text = day.strftime(FORMS[order][form])
    tail = data.draw(st.sampled_from(["", " 00:00:00", "T16:00:00-05:00", " 4:00 PM"]))

    assert readings(text + tail)[order] == day


@given(first=days, order=st.sampled_from([Order.DMY, Order.MDY]), count=st.integers(1, 40))
def test_the_order_is_settled_if_and_only_if_the_rows_can_be_read_in_one_way(
    first: date, order: Order, count: int
) -> None:
    rows = [first + timedelta(n) for n in range(count)]
    texts = [day.strftime(FORMS[order][0]) for day in rows]
    # By the definition: a day beyond 12 can be no month, and equal day and month are no question.
    settled = any(day.day > 12 for day in rows) or all(day.day == day.month for day in rows)
    if settled:
        reader = DateReader(settled_order(texts))
        assert [reader(text) for text in texts] == rows
    else:
        with pytest.raises(Undecided) as doubt:
            settled_order(texts)
        assert len(set(doubt.value.days.values())) > 1


@given(st.lists(days, min_size=1, max_size=20), st.permutations([0, 1, 2]))
def test_dates_with_the_year_in_front_need_nobody_to_settle_them(
    rows: list[date], kinds: list[int]
) -> None:
    texts = [day.strftime(FORMS[Order.YMD][kinds[n % 3]]) for n, day in enumerate(rows)]
    for said in (None, *Order):
        reader = DateReader(settled_order(texts, said))
        assert [reader(text) for text in texts] == rows


@pytest.mark.parametrize(
    "text",
    ["", "2025", "2025-01", "13/13/2025", "31/02/2025", "2025-02-30", "1/1/1/2025", "Jan", "12.5",
     "Foo 3, 2025", "32 Jan 2025", "2025-Jan", "20251301", "0/1/2025", "12:30", "1234567"],
)  # fmt: skip
def test_what_is_no_date_has_no_reading(text: str) -> None:
    assert readings(text) == {}


def test_a_date_in_another_order_than_the_rest_is_refused_not_turned_round() -> None:
    reader = DateReader(Order.DMY)

    assert reader("01/02/2025") == date(2025, 2, 1)
    with pytest.raises(Refusal, match="day, month, year"):
        reader("01/27/2025")


@given(st.text(max_size=30))
def test_no_text_whatever_breaks_the_reading(text: str) -> None:
    assert all(isinstance(day, date) for day in readings(text).values())
