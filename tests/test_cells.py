"""Raw cells to meanings, and the sentences for those that have none."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from xl_rebal import cells
from xl_rebal.cells import RawCell, Refusal
from xl_rebal.errors import Code


def refusal(read: object, raw: RawCell) -> Refusal:
    assert callable(read)
    with pytest.raises(Refusal) as caught:
        read(raw)
    return caught.value


@pytest.mark.parametrize("raw", [None, "", "  ", "\u200b", "\ufeff \u2060", "\u00a0", "\u200e"])
def test_what_nobody_can_see_is_blank(raw: RawCell) -> None:
    assert cells.is_blank(raw)


@pytest.mark.parametrize(
    "raw", ["VTI", " vti ", "V\u200bTI", "VTI\u00a0", "\ufeffVTI", "VT\u00adI", "'VTI", "VTI\u200f"]
)
def test_a_symbol_is_read_through_what_nobody_can_see(raw: str) -> None:
    assert cells.symbol(raw) == "VTI"


@pytest.mark.parametrize("raw", [True, 1e5, 700.0, date(2013, 3, 1), datetime(2013, 3, 1, 12)])
def test_a_symbol_that_the_sheet_took_for_something_else_is_refused(raw: RawCell) -> None:
    found = refusal(cells.symbol, raw)

    assert found.code is Code.UNKNOWN_WORD
    assert found.fix == "Type it as text, with an apostrophe before it."


def test_an_account_number_of_more_than_15_digits_has_lost_some() -> None:
    assert cells.text(999_999_999_999_999.0) == "999999999999999"
    assert "15 digits" in refusal(cells.text, 1e15).fix


@pytest.mark.parametrize("raw", [2013, 1999.0, date(1905, 7, 5)])
def test_a_year_alone_is_no_date(raw: RawCell) -> None:
    assert refusal(cells.day, raw).fix == "Type the whole date, not the year alone."


@pytest.mark.parametrize("raw", [60, 0.5, -1, date(1900, 2, 28), date(1900, 1, 13), 20130301, True])
def test_a_day_before_march_1900_or_beyond_9999_is_no_date(raw: RawCell) -> None:
    assert refusal(cells.day, raw).code is Code.NOT_A_DATE


@pytest.mark.parametrize("raw", [61, date(1900, 3, 1), "1900-03-01"])
def test_march_1900_is_the_first_date(raw: RawCell) -> None:
    assert cells.day(raw) == date(1900, 3, 1)


@pytest.mark.parametrize("raw", ["03/04/2013", "1 Mar 2013", "2013", "1.3.2013", "today"])
def test_a_date_in_words_that_could_mean_two_days_is_refused(raw: str) -> None:
    found = refusal(cells.day, raw)

    assert (found.code, found.found) == (Code.NOT_A_DATE, repr(raw))


def test_a_word_that_is_near_none_is_told_to_choose() -> None:
    found = refusal(lambda raw: cells.choice(raw, ["target", "edge"]), "middle")

    assert (found.expected, found.fix) == ("target or edge", "Choose one of them.")
