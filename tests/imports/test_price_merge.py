"""Merging against a plain dictionary, and what a restated past looks like."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xl_rebal.imports.choices import Prefer
from xl_rebal.imports.price_merge import merged, on_another_basis, restated
from xl_rebal.model.prices import Prices

Quotes = dict[tuple[date, str], float]
START = date(2025, 1, 1)
quotes = st.dictionaries(
    st.tuples(st.integers(0, 12).map(lambda n: START + timedelta(n)), st.sampled_from("ABCD")),
    st.integers(1, 5).map(float),
    max_size=25,
)


def prices(found: Quotes) -> Prices:
    days, symbols = sorted({day for day, _ in found}), sorted({symbol for _, symbol in found})
    values = [[found.get((day, symbol), np.nan) for symbol in symbols] for day in days]
    return Prices(tuple(days), tuple(symbols), np.array(values).reshape(len(days), len(symbols)))


def as_dict(found: Prices) -> Quotes:
    return {
        (day, symbol): value
        for day, row in zip(found.dates, found.values.tolist(), strict=True)
        for symbol, value in zip(found.symbols, row, strict=True)
        if value == value
    }


@given(quotes, quotes)
def test_merging_is_that_of_dictionaries(book: Quotes, file: Quotes) -> None:
    merge = merged(prices(book), prices(file))

    assert as_dict(merge.prices()) == {**file, **book}
    assert as_dict(merge.prices(Prefer.BOOK)) == {**file, **book}
    assert as_dict(merge.prices(Prefer.FILE)) == {**book, **file}
    both = book.keys() & file.keys()
    assert merge.is_new.sum() == len(file.keys() - book.keys())
    assert merge.is_same.sum() == sum(book[key] == file[key] for key in both)
    assert merge.differs.sum() == sum(book[key] != file[key] for key in both)


@given(quotes, quotes, st.sampled_from([None, *Prefer]))
def test_merging_the_same_file_again_changes_nothing(
    book: Quotes, file: Quotes, prefer: Prefer | None
) -> None:
    once = merged(prices(book), prices(file)).prices(prefer)
    again = merged(once, prices(file))

    assert as_dict(again.prices(prefer)) == as_dict(once)
    assert not again.is_new.any()
    if prefer is Prefer.FILE:
        assert not again.differs.any()


@given(quotes, quotes, quotes)
def test_files_that_do_not_contradict_each_other_can_come_in_any_order(
    book: Quotes, one: Quotes, other: Quotes
) -> None:
    one = {key: book.get(key, price) for key, price in one.items()}
    other = {key: {**one, **book}.get(key, price) for key, price in other.items()}
    first = merged(merged(prices(book), prices(one)).prices(), prices(other))
    second = merged(merged(prices(book), prices(other)).prices(), prices(one))

    assert as_dict(first.prices()) == as_dict(second.prices())
    assert not first.differs.any()
    assert not second.differs.any()


def test_the_last_digits_of_a_file_are_no_conflict() -> None:
    merge = merged(prices({(START, "A"): 79.85}), prices({(START, "A"): 79.84999999999999}))

    assert not merge.differs.any()
    assert as_dict(merge.prices(Prefer.FILE)) == {(START, "A"): 79.85}


def series(count: int, first: int = 0, factor: float = 1.0, digits: int = 6) -> Quotes:
    rng = np.random.default_rng(7)
    levels = 100 * np.exp(np.cumsum(rng.normal(0, 0.02, 400)))
    return {
        (START + timedelta(n), "A"): round(float(levels[n]) * factor, digits)
        for n in range(first, first + count)
    }


@pytest.mark.parametrize("factor", [0.9952, 0.25, 4.0, 1.02])
@pytest.mark.parametrize("digits", [6, 2])
def test_a_past_that_was_restated_has_one_ratio(factor: float, digits: int) -> None:
    merge = merged(prices(series(200)), prices(series(220, factor=factor, digits=digits)))

    ratio = restated(merge, 0)
    assert ratio is not None
    assert ratio == pytest.approx(factor, rel=2e-4)


def test_other_numbers_or_a_few_corrections_have_no_ratio() -> None:
    book = series(200)
    rounded = {key: round(price, 1) for key, price in book.items()}
    corrected = {**book, (START + timedelta(7), "A"): 1.0}

    assert restated(merged(prices(book), prices(rounded)), 0) is None
    assert restated(merged(prices(book), prices(corrected)), 0) is None
    assert restated(merged(prices(book), prices(book)), 0) is None


def basis(book: Quotes, file: Quotes, prefer: Prefer) -> list[date]:
    merge = merged(prices(book), prices(file))
    return [merge.dates[row] for row in on_another_basis(merge, 0, prefer)]


def test_a_restated_past_must_replace_all_of_the_old_one() -> None:
    whole = series(220, factor=0.98)
    part = series(120, first=100, factor=0.98)
    old = [START + timedelta(n) for n in range(100)]

    assert basis(series(200), whole, Prefer.FILE) == []
    assert basis(series(200), part, Prefer.FILE) == old


def test_days_that_the_book_alone_has_within_a_restated_past_are_found() -> None:
    book = series(200)
    file = {key: price for key, price in series(220, factor=0.98).items() if key[0].day != 15}
    missing = [day for day, _ in book if day.day == 15]

    assert basis(book, file, Prefer.FILE) == missing


def test_new_prices_on_another_basis_do_not_join_the_book() -> None:
    new = [START + timedelta(n) for n in range(200, 220)]

    assert basis(series(200), series(120, first=100, factor=0.98), Prefer.BOOK) == new


def test_a_dividend_between_two_imports_leaves_the_older_part_behind() -> None:
    # The book has the old basis to day 100 and the new one after it; the file the newest 150 days.
    book = {**series(100), **series(100, first=100, factor=0.98)}
    file = series(170, first=50, factor=0.98)

    assert basis(book, file, Prefer.FILE) == [START + timedelta(n) for n in range(50)]


@pytest.mark.parametrize("prefer", Prefer)
def test_corrections_and_rounding_are_no_other_basis(prefer: Prefer) -> None:
    book = series(200)
    rounded = {k: round(v, 1) for k, v in series(150, first=60).items()}
    corrected = {**series(150, first=60), (START + timedelta(70), "A"): 1.0}

    assert basis(book, corrected, prefer) == []
    assert basis(book, rounded, prefer) == []
