"""The Backtest macro over xlwings' own code: the same rows as the command line writes."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest

from tests.hosts.desktop import DesktopXlwings
from tests.hosts.test_macros import OpenBook
from xl_rebal.cells import RawCell, serial
from xl_rebal.workbook.layout_study import STUDY_TABLES

FIRST = date(2023, 11, 1)
# B stands still; A doubles on the third day, so that halves become 2/3 and 1/3
CLOSES = [(100.0, 50.0), (100.0, 50.0), (200.0, 50.0), (200.0, 50.0), (200.0, 50.0)]


@pytest.fixture
def desk(desktop: DesktopXlwings) -> OpenBook:
    made = OpenBook(desktop)
    with desktop.active():
        prices = made.book.sheets["Holdings"].range("T4")
        prices.value = ["Date", "AAA", "BBB"]
        for number, closes in enumerate(CLOSES, start=1):
            prices.offset(number, 0).value = [
                float(serial(FIRST + timedelta(days=number - 1))), *closes
            ]  # fmt: skip
        area = prices.resize(len(CLOSES) + 1, 3)
        made.book.sheets["Holdings"].tables.add(source=area, name="tblPrices")
        for place, layout in enumerate(STUDY_TABLES):
            made._table(layout, "ChartData", 80 + 80 * place)
    return made


def test_backtest_fills_its_tables_and_says_what_came_of_it(desk: OpenBook) -> None:
    desk.run("backtest")
    policies = desk.cells("tblBacktest")
    trades = desk.cells("tblStudyTrades")

    assert [row[0] for row in policies] == [
        "Never", "Calendar, quarterly", "Threshold", "Calendar+threshold, quarterly"
    ]  # fmt: skip
    assert [row[1] for row in policies] == [None, None, "this book", None]
    third = datetime.combine(FIRST + timedelta(days=2), time())
    # the accounts hold 10,007.16: half of it doubled, and a quarter of that half is sold again
    value = 58 * 100.12345678 + 22 * 100 + 2000
    assert [(row[0], row[1], row[5]) for row in trades] == [
        (third, "AAA", "out of its band"), (third, "BBB", "out of its band")
    ]  # fmt: skip
    assert [row[2] for row in trades] == pytest.approx([-1 / 6, 1 / 6])
    assert [row[3] for row in trades] == pytest.approx([-value / 4, value / 4])
    assert len(desk.cells("tblStudyPath")) == len(CLOSES)
    assert "Threshold ended level with never rebalancing" in str(desk.desktop.screen.messages[-1])


def test_bands_fills_its_tables_and_says_which_are_chosen(desk: OpenBook) -> None:
    desk.run("bands")
    policies = desk.cells("tblBands")

    assert len(policies) == 9 * 6 + 6 + 1  # widths and none by dates, and this book
    (own,) = (row for row in policies if row[0] == "This book")
    # four days: the only breach there is is mended on the third, to the target
    assert (own[2], own[6]) == ("every row", 1)
    assert [row[0] for row in desk.cells("tblSuggestedBands")] == ["AAA", "BBB"]
    assert "Least of cost a year + 1 x tracking error squared" in str(
        desk.desktop.screen.messages[-1]
    )


def test_a_target_without_prices_is_an_alert_and_writes_nothing(desk: OpenBook) -> None:
    desk.run("backtest")
    before = desk.cells("tblBacktest")
    with desk.desktop.active():
        desk.book.sheets["Holdings"].range("V4").value = "CCC"
    desk.run("backtest")

    assert "no column of prices for 'BBB'" in str(desk.desktop.screen.messages[-1])
    assert desk.cells("tblBacktest") == before


@pytest.fixture
def tactical(desk: OpenBook) -> OpenBook:
    """All of B from the second day on, and thirds on the fourth."""
    rows: list[list[RawCell]] = [
        ["AAA", 0.0, 1],
        ["BBB", 1.0, 1],
        ["AAA", 0.75, 3],
        ["BBB", 0.25, 3],
    ]
    with desk.desktop.active():
        corner = desk.book.sheets["Targets"].range("T4")
        corner.value = ["Date", "Symbol", "Weight"]
        for number, (symbol, weight, day) in enumerate(rows, start=1):
            assert isinstance(day, int)
            corner.offset(number, 0).value = [
                float(serial(FIRST + timedelta(days=day))),
                symbol,
                weight,
            ]
        area = corner.resize(len(rows) + 1, 3)
        desk.book.sheets["Targets"].tables.add(source=area, name="tblDatedTargets")
        desk.book.names["set_Method"].refers_to_range.value = "Tactical"
    return desk


def test_a_tactical_book_trades_and_is_studied_in_excel_as_in_a_file(tactical: OpenBook) -> None:
    tactical.run("rebalance")
    assert {row[11] for row in tactical.cells("tblTrades")} == {0.75, 0.25}

    tactical.run("backtest")
    (*others, own) = tactical.cells("tblBacktest")
    assert [row[1] for row in others] == [None] * 4
    assert own[:2] == ["Tactical, dated targets", "this book"]
    second, fourth = (datetime.combine(FIRST + timedelta(days=day), time()) for day in (1, 3))
    trades = tactical.cells("tblStudyTrades")
    assert [row[0] for row in trades] == [second, second, fourth, fourth]
    # B stands still, so nothing has come of A, which has doubled meanwhile
    assert [row[2] for row in trades] == pytest.approx([-0.5, 0.5, 0.75, -0.75])
    assert own[15] == pytest.approx(1 / 1.5 - 1)


def test_a_result_table_with_other_columns_is_refused_before_anything_is_written(
    desk: OpenBook,
) -> None:
    desk.run("backtest")
    before = desk.cells("tblBacktest")
    with desk.desktop.active():
        path = next(t for s in desk.book.sheets for t in s.tables if t.name == "tblStudyPath")
        path.resize(path.range.resize(len(CLOSES) + 1, 15))
    desk.run("backtest")

    assert "a table tblStudyPath with" in str(desk.desktop.screen.messages[-1])
    assert desk.cells("tblBacktest") == before
