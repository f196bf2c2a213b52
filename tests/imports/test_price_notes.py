"""What is said of merged prices: moves, gaps, holes, symbols that nobody planned."""

from __future__ import annotations

from datetime import date, timedelta

from tests.imports.test_price_merge import prices
from xl_rebal.errors import Code, Note
from xl_rebal.imports.price_file import BookFacts, Hints, read_prices
from xl_rebal.imports.price_merge import merged
from xl_rebal.imports.price_notes import price_notes
from xl_rebal.model.prices import Prices

MONDAY = date(2025, 1, 6)
NONE = prices({})


def notes(
    rows: dict[int, dict[str, float]],
    book: Prices = NONE,
    planned: tuple[str, ...] = ("A", "B"),
    *,
    study: bool = False,
) -> list[Note]:
    """Notes on prices by day, counted from a Monday, merged into those of a book."""
    symbols = sorted({symbol for row in rows.values() for symbol in row})
    lines = [",".join(["Date", *symbols])]
    for day, row in rows.items():
        cells = [str(row.get(symbol, "")) for symbol in symbols]
        lines.append(",".join([(MONDAY + timedelta(day)).isoformat(), *cells]))
    file = read_prices("\n".join(lines).encode(), "p.csv", Hints(), BookFacts(study))
    merge = merged(book, file.prices)
    return list(price_notes(merge, merge.prices(), file, planned, study=study))


def texts(found: list[Note], code: Code) -> list[str]:
    return [note.text for note in found if note.code == code]


def test_a_move_of_more_than_40_per_cent_is_asked_about() -> None:
    found = notes({0: {"A": 100.5}, 1: {"A": 140.6}, 2: {"A": 200.5}, 3: {"A": 100.2}})

    assert texts(found, Code.LARGE_MOVE) == [
        "A goes from 140.6 on 2025-01-07 to 200.5 on 2025-01-08 (42.6 %): a split or a mistake?",
        "A goes from 200.5 on 2025-01-08 to 100.2 on 2025-01-09 (-50.0 %): a split or a mistake?",
    ]


def test_a_move_between_the_book_and_the_file_counts_and_one_within_the_book_does_not() -> None:
    book = prices({(MONDAY, "A"): 1.0, (MONDAY + timedelta(1), "A"): 2.0})
    found = notes({2: {"A": 4.5}}, book)

    assert [text[:33] for text in texts(found, Code.LARGE_MOVE)] == [
        "A goes from 2 on 2025-01-07 to 4."
    ]


def test_many_moves_are_counted_after_the_first_few() -> None:
    found = notes({day: {"A": 10.5 if day % 2 else 1.5} for day in range(9)})

    assert len(texts(found, Code.LARGE_MOVE)) == 6
    assert texts(found, Code.LARGE_MOVE)[-1] == "3 more moves of more than 40 %."


def test_a_long_time_without_a_row_is_said_and_a_weekend_is_not() -> None:
    week = {day: {"A": 1.5} for day in (0, 1, 2, 3, 4, 7, 8)}

    assert texts(notes(week), Code.PRICE_GAP) == []
    assert texts(notes({**week, 30: {"A": 1.5}}), Code.PRICE_GAP) == [
        "No row between 2025-01-14 and 2025-02-05."
    ]


def test_monthly_rows_are_not_a_month_apart_by_mistake() -> None:
    assert texts(notes({30 * n: {"A": 1.5} for n in range(12)}), Code.PRICE_GAP) == []


def test_holes_of_the_file_are_counted_by_symbol() -> None:
    rows = {0: {"A": 1.5, "B": 1.5}, 1: {"B": 1.5}, 2: {"B": 1.5}, 3: {"A": 1.5}}

    assert texts(notes(rows), Code.PRICE_GAP) == [
        "The file has no price of A on 2 rows (first 2025-01-07)."
    ]


def test_symbols_without_a_price_on_the_newest_row_are_named() -> None:
    book = prices({(MONDAY, "A"): 1.0, (MONDAY, "B"): 2.0})

    assert texts(notes({1: {"A": 1.5}}, book), Code.PRICE_GAP) == [
        "On the newest row, 2025-01-07, there is no price of B."
    ]
    assert texts(notes({-1: {"A": 1.5}}, book), Code.PRICE_GAP) == []


def test_symbols_that_nobody_planned_are_named_where_there_is_a_plan() -> None:
    rows = {0: {"A": 1.5, "X": 1.5, "CASH": 1.5}}

    assert texts(notes(rows), Code.NOT_PLANNED) == [
        "X is in neither Holdings, Targets nor Securities."
    ]
    assert texts(notes(rows, planned=()), Code.NOT_PLANNED) == []


def test_study_prices_without_a_date_in_common_may_be_on_another_basis() -> None:
    book = prices({(MONDAY, "A"): 1.5})
    joined, common = {1: {"A": 1.5}}, {0: {"A": 1.5}, 1: {"A": 1.5}}

    assert "without a date in common" in texts(notes(joined, book, study=True), Code.PRICE_BASIS)[0]
    assert texts(notes(common, book, study=True), Code.PRICE_BASIS) == []


def test_a_file_that_does_not_say_whether_it_is_adjusted_is_asked_about_where_it_prices_trades() -> (
    None
):
    assert "whether its prices are adjusted" in texts(notes({0: {"A": 1.5}}), Code.PRICE_BASIS)[0]
