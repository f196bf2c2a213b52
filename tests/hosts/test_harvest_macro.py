"""The Harvest macro over xlwings' own code: the same rows and named cells as the command line writes."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from tests.hosts.desktop import DesktopXlwings
from tests.hosts.test_macros import OpenBook
from xl_rebal.cells import serial
from xl_rebal.workbook.layout import HARVEST_TRADES, RESULT_CELLS
from xl_rebal.workbook.layout_tax import HARVEST, HARVEST_CHART

AS_OF = date(2024, 8, 29)


@pytest.fixture
def desk(desktop: DesktopXlwings) -> OpenBook:
    """58 AAA at 100.12345678, bought for 120 each; nothing can stand for it."""
    made = OpenBook(desktop)
    with desktop.active():
        corner = made.book.sheets["Holdings"].range("T4")
        corner.value = ["Account", "Symbol", "Lot", "Acquired", "Quantity", "Cost basis"]
        corner.offset(1, 0).value = [
            "Main",
            "AAA",
            "L",
            float(serial(date(2022, 1, 3))),
            58,
            58 * 120,
        ]
        made.book.sheets["Holdings"].tables.add(source=corner.resize(2, 6), name="tblLots")
        made.book.names["set_AsOf"].refers_to_range.value = float(serial(AS_OF))
        for place, layout in enumerate((HARVEST, HARVEST_TRADES, HARVEST_CHART)):
            made._table(layout, "ChartData", 100 + 40 * place)
    return made


def test_harvest_fills_its_tables_and_names_and_leaves_those_of_a_rebalance(desk: OpenBook) -> None:
    desk.run("rebalance")
    before = desk.cells("tblTrades")
    desk.run("harvest")
    (lot,) = desk.cells("tblHarvest")
    (sale, buy) = desk.cells("tblHarvestTrades")

    loss = 58 * (120 - 100.12345678)
    assert lot[:5] == ["Main", "AAA", "L", datetime(2022, 1, 3), 58.0]
    assert lot[5] == pytest.approx(loss)
    assert lot[14] == "No: no substitute"
    assert [sale[2:4], buy[2:4]] == [["Sell", "AAA"], ["Buy", "BBB"]]
    with desk.desktop.active():
        number = next(i for i, c in enumerate(RESULT_CELLS, 1) if c.name == "HarvestSummary")
        said = desk.book.sheets["ChartData"].range(f"B{number}").value
    assert said == "Nothing to harvest: none of 1 lot at a loss is taken. 2 trades towards target."
    assert said in str(desk.desktop.screen.messages[-1])
    assert desk.cells("tblTrades") == before


def test_without_a_day_it_is_an_alert_with_the_cell(desk: OpenBook) -> None:
    with desk.desktop.active():
        desk.book.names["set_AsOf"].refers_to_range.value = None
    desk.run("harvest")

    assert "#XR108 Settings!B1: found no day" in str(desk.desktop.screen.messages[-1])
