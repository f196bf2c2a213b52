"""The Backtest macro over xlwings' own code: the same rows as the command line writes."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest

from tests.hosts.desktop import DesktopXlwings
from tests.hosts.test_macros import OpenBook
from xl_rebal.cells import serial
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
            made._table(layout, "ChartData", 40 + 80 * place)
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
