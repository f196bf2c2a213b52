"""The After tax macro over xlwings' own code; a few days by hand."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.hosts.desktop import DesktopXlwings
from tests.hosts.test_macros import OpenBook
from tests.hosts.test_study_macros import CLOSES, FIRST
from xl_rebal.cells import serial
from xl_rebal.workbook.layout import RESULT_CELLS
from xl_rebal.workbook.layout_after_tax import AFTER_TAX_TABLES

VALUE = 58 * 100.12345678 + 22 * 100 + 2000


@pytest.fixture
def desk(desktop: DesktopXlwings) -> OpenBook:
    made = OpenBook(desktop)
    with desktop.active():
        prices = made.book.sheets["Holdings"].range("T4")
        prices.value = ["Date", "AAA", "BBB"]
        for number, closes in enumerate(CLOSES):
            day = float(serial(FIRST + timedelta(days=number)))
            prices.offset(number + 1, 0).value = [day, *closes]
        area = prices.resize(len(CLOSES) + 1, 3)
        made.book.sheets["Holdings"].tables.add(source=area, name="tblPrices")
        for place, layout in enumerate(AFTER_TAX_TABLES):
            made._table(layout, "ChartData", 100 + 80 * place)
    return made


def test_after_tax_fills_its_tables_and_names(desk: OpenBook) -> None:
    desk.run("aftertax")
    rows = desk.cells("tblAfterTax")

    assert len(rows) == 2 * (4 + 9)  # the policies and the widths of StudyBands
    assert [row[2] for row in rows[:4]] == ["No", "Yes", "No", "Yes"]
    assert [row[0] for row in rows if row[1]] == ["Threshold", "Threshold"]
    # half of it doubles, nothing falls afterwards: a gain of half the value, all of it short-term
    assert {row[0] for row in rows if row[9] != pytest.approx(VALUE * (1 + 0.5 * 0.63))} == set()
    assert [row[10] for row in rows[:2]] == [None, 0]
    assert desk.cells("tblTaxYears") == [[2023, 0, 0]]
    assert [row[0] for row in desk.cells("tblAfterTaxChart")][:3] == [
        "Never", "Calendar, quarterly", "Threshold"
    ]  # fmt: skip
    with desk.desktop.active():
        number = next(i for i, c in enumerate(RESULT_CELLS, 1) if c.name == "AfterTaxRules")
        said = desk.book.sheets["ChartData"].range(f"B{number}").value
    assert str(said).startswith("Gains are taxed at 37 % short-term and 20 % long-term")
    assert "harvests add up to 0 bp a year" in str(desk.desktop.screen.messages[-1])


def test_a_method_that_names_lots_is_an_alert_with_its_cell(desk: OpenBook) -> None:
    with desk.desktop.active():
        desk.book.names["set_LotMethod"].refers_to_range.value = "specific"
        cell = desk.book.names["set_LotMethod"].refers_to_range.get_address(False, False)
    desk.run("aftertax")

    assert f"#XR112 Settings!{cell}: found the lot method specific" in str(
        desk.desktop.screen.messages[-1]
    )
