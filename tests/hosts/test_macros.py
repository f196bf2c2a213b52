"""The Rebalance macro over xlwings' own code: the same cells as the command line writes."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from tests.hosts.com_grid import Box
from tests.hosts.desktop import DesktopXlwings
from xl_rebal.cells import RawCell
from xl_rebal.workbook.layout import (
    ACCOUNTS,
    CHECKS,
    DRIFT,
    HOLDINGS,
    OUTCOMES,
    RESULT_CELLS,
    SETTINGS,
    TARGETS,
    TRADES,
    TableLayout,
)

ROWS: dict[str, list[dict[str, RawCell]]] = {
    "tblHoldings": [
        {"Account": "Main", "Symbol": "AAA", "Quantity": 58.0, "Price": 100.12345678},
        {"Account": "Main", "Symbol": "BBB", "Quantity": 22.0, "Price": 100.0},
        {"Account": "Main", "Symbol": "CASH", "Quantity": 2000.0},
    ],
    "tblTargets": [
        {"Asset class or Symbol": "AAA", "Target": 0.5},
        {"Asset class or Symbol": "BBB", "Target": 0.5},
    ],
}


class OpenBook:
    """A book in the stand-in Excel with our tables and names."""

    def __init__(self, desktop: DesktopXlwings) -> None:
        self.desktop = desktop
        names = ["Holdings", "Targets", "Accounts", "Trades", "Settings", "ChartData", "Checks"]
        self.com = desktop.screen.open_excel()._open("Desk.xlsm", names)
        with desktop.active():
            self.book = desktop.xw.books["Desk.xlsm"]
            for layout in (HOLDINGS, TARGETS, ACCOUNTS):
                self._table(layout, layout.sheet, 4)
            self._table(TRADES, "Trades", 5)
            self._table(OUTCOMES, "Trades", 60)
            self._table(DRIFT, "ChartData", 60)
            self._table(CHECKS, "Checks", 6)
            for number, setting in enumerate(SETTINGS, start=1):
                self.book.names.add(setting.defined_name, f"=Settings!$B${number}")
                self.book.sheets["Settings"].range(f"B{number}").value = setting.default
            for number, cell in enumerate(RESULT_CELLS, start=1):
                self.book.names.add(cell.defined_name, f"=ChartData!$B${number}")

    def _table(self, layout: TableLayout, sheet: str, row: int) -> None:
        target = self.book.sheets[sheet]
        rows = ROWS.get(layout.name, [])
        target.range((row, 1)).value = list(layout.headers)
        for number, cells in enumerate(rows, start=1):
            target.range((row + number, 1)).value = [cells.get(h) for h in layout.headers]
        area = target.range((row, 1), (row + max(1, len(rows)), len(layout.headers)))
        target.tables.add(source=area, name=layout.name)

    def cells(self, table: str) -> Any:
        with self.desktop.active():
            found = next(t for s in self.book.sheets for t in s.tables if t.name == table)
            return found.data_body_range.options(ndim=2).value

    def run(self, name: str) -> None:
        self.desktop.run_python(f"import udfs.macros; udfs.macros.run({name!r})", self.com)


@pytest.fixture
def desk(desktop: DesktopXlwings) -> OpenBook:
    return OpenBook(desktop)


def test_check_lists_its_problems_with_a_link_to_each_cell(desk: OpenBook) -> None:
    with desk.desktop.active():
        desk.book.sheets["Holdings"].range("C5").value = "58 pcs"
    desk.run("check")

    with desk.desktop.active():
        table = next(t for s in desk.book.sheets for t in s.tables if t.name == "tblChecks")
        typed = [table.data_body_range[0, place].formula for place in range(3)]
    assert typed == ["problem", "#XR101", '=HYPERLINK("#Holdings!C5","Holdings!C5")']
    assert desk.cells("tblTrades") == [[None] * len(TRADES.columns)]


def test_a_book_without_the_table_of_checks_is_rebalanced_all_the_same(desk: OpenBook) -> None:
    with desk.desktop.active():
        desk.book.sheets["Checks"].tables["tblChecks"].name = "tblOther"
    desk.run("rebalance")

    assert desk.cells("tblTrades")[0][2] == "Sell"


def test_rebalance_fills_the_trades_table_and_says_so(desk: OpenBook) -> None:
    desk.run("rebalance")
    rows = desk.cells("tblTrades")

    # 10,007.16 in all, half is 5,003.58: 50 x 100.12345678 = 5,006.17 and 50 x 100
    assert [(row[2], row[3], row[4], row[6]) for row in rows] == [
        ("Sell", "AAA", 8.0, 800.99), ("Buy", "BBB", 28.0, 2800.0),
    ]  # fmt: skip
    assert desk.desktop.screen.messages
    assert desk.com.Application.StatusBar is False


def test_a_problem_is_an_alert_and_leaves_every_result_as_it_was(desk: OpenBook) -> None:
    desk.run("rebalance")
    before = desk.cells("tblTrades")
    with desk.desktop.active():
        desk.book.sheets["Holdings"].range("C5").value = -1
    desk.run("rebalance")

    assert "#XR105 Holdings!C5" in str(desk.desktop.screen.messages[-1])
    assert desk.cells("tblTrades") == before


def test_check_and_drift_run_as_macros_too(desk: OpenBook) -> None:
    for name in ("check", "drift"):
        desk.run(name)
    assert len(desk.desktop.screen.messages) == 2
    assert "xlwings" in sys.modules


def test_a_renamed_table_is_an_alert_and_not_dropped_silently(desk: OpenBook) -> None:
    with desk.desktop.active():
        desk.book.sheets["Accounts"].tables["tblAccounts"].name = "Konten"
    desk.run("rebalance")

    assert "#XR204 Accounts!A4: found no table named tblAccounts" in str(
        desk.desktop.screen.messages[-1]
    )


def test_a_hidden_row_is_traded_and_noted(desk: OpenBook) -> None:
    desk.com.Worksheets("Holdings")._grid.hidden_rows = {6}
    desk.run("rebalance")

    assert [row[2:4] for row in desk.cells("tblTrades")] == [["Sell", "AAA"], ["Buy", "BBB"]]
    checks = desk.com.Worksheets("Checks")
    assert checks.Range("A7:B7").Value == (("note", "#XR501"),)
    assert "Row 6 of Holdings is hidden" in checks.Range("D7").Value


def test_merged_cells_are_an_alert_and_nothing_is_traded(desk: OpenBook) -> None:
    desk.com.Worksheets("Holdings")._grid.merged = [Box(5, 1, 2, 1)]
    desk.run("rebalance")

    assert desk.cells("tblTrades") == [[None] * len(TRADES.columns)]
    assert "#XR113 Holdings!A5: found merged cells A5:A6 in tblHoldings" in str(
        desk.desktop.screen.messages[-1]
    )


def test_a_setting_whose_cell_was_deleted_is_an_alert_and_no_default(desk: OpenBook) -> None:
    desk.com.Names("set_CostBp").RefersTo = "=Settings!#REF!"
    desk.run("check")

    assert "#XR114 set_CostBp: found the name set_CostBp of a cell that was deleted" in str(
        desk.desktop.screen.messages[-1]
    )
