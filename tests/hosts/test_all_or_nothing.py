"""A macro writes everything or nothing, whatever Excel refuses on the way, and says so in one sentence."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any
from unittest import mock

import pytest

from tests.hosts.com_book import AUTOMATIC
from tests.hosts.com_grid import Box
from tests.hosts.com_types import refuse
from tests.hosts.desktop import DesktopXlwings
from tests.hosts.test_macros import OpenBook
from tests.hosts.whole_book import everything, settings
from xl_rebal.workbook.xlwings_book import XlwingsBook

MANUAL = -4135


def with_more(desktop: DesktopXlwings) -> OpenBook:
    """A book that was rebalanced once, then more was bought: the next run writes other rows."""
    made = OpenBook(desktop)
    made.run("rebalance")
    more(made)
    return made


@pytest.fixture
def desk(desktop: DesktopXlwings) -> OpenBook:
    return with_more(desktop)


def more(desk: OpenBook) -> None:
    with desk.desktop.active():
        desk.book.sheets["Holdings"].range("C5").value = 90


def said(desk: OpenBook) -> str:
    return desk.desktop.screen.messages[-1][1]


def test_wherever_excel_stops_the_book_is_as_it_was(desk: OpenBook) -> None:
    before = everything(desk.com)
    stops = 0
    for changes in range(0, 2000, 5):
        desk.com._changes_left, desk.com._refuses_once = changes, True
        desk.run("rebalance")
        if desk.com._changes_left is not None:
            break
        stops += 1
        assert everything(desk.com) == before, changes
        assert settings(desk.com) == (True, True, AUTOMATIC, False, True)
        assert "a refusal by Excel: Excel cannot do this while a cell is being edited" in said(desk)

    assert stops > 20
    assert "2 trades: sell" in said(desk)
    assert everything(desk.com) != before


def test_a_protected_sheet_behind_the_third_table_leaves_all_of_them(desk: OpenBook) -> None:
    before = everything(desk.com)
    desk.com.Worksheets("Checks").ProtectContents = True
    desk.run("rebalance")

    assert everything(desk.com) == before
    assert said(desk) == (
        "#XR403 Checks: found a refusal by Excel: The cell or chart you're trying to change is on a "
        "protected sheet, expected a sheet that can be written. Nothing was changed: do what Excel "
        "says, and run it again."
    )


def test_what_cannot_be_put_back_is_said(desk: OpenBook) -> None:
    desk.com._changes_left = 60  # and never again
    desk.run("rebalance")

    assert said(desk).endswith(
        "What stood on Trades could not be put back: close the book without saving it."
    )


def test_our_own_bug_is_raised_and_leaves_the_book_as_it_was(desk: OpenBook) -> None:
    before = everything(desk.com)
    with desk.desktop.active():
        from xl_rebal.workbook.xlwings_sheets import ExcelSheets
    resize, calls = ExcelSheets.resize, []

    def fails_the_second_time(sheets: Any, *arguments: Any) -> None:
        calls.append(arguments)
        if len(calls) == 2:
            raise ZeroDivisionError("our own bug")
        resize(sheets, *arguments)

    with (
        mock.patch.object(ExcelSheets, "resize", fails_the_second_time),
        pytest.raises(ZeroDivisionError),
    ):
        desk.run("rebalance")

    assert everything(desk.com) == before
    assert settings(desk.com) == (True, True, AUTOMATIC, False, True)
    assert len(desk.desktop.screen.messages) == 1  # of the first run


def test_excel_neither_draws_nor_calculates_nor_raises_events_while_it_is_written(
    desk: OpenBook,
) -> None:
    desk.com.Application.Calculation = MANUAL  # the user's own choice
    seen = []
    change = type(desk.com)._about_to_change

    def look(book: Any) -> None:
        seen.append(settings(book)[:3])
        change(book)

    with mock.patch.object(type(desk.com), "_about_to_change", look):
        desk.run("rebalance")

    assert set(seen) == {(False, False, MANUAL)}
    assert settings(desk.com) == (True, True, MANUAL, False, True)


def test_each_table_is_one_write(desk: OpenBook) -> None:
    writes = []
    write = type(desk.com.Worksheets("Trades").Range("A1"))._write

    def count(cells: Any, value: Any) -> None:
        writes.append((cells._sheet.Name, cells._box.row, cells._box.height))
        write(cells, value)

    with mock.patch.object(type(desk.com.Worksheets("Trades").Range("A1")), "_write", count):
        desk.run("rebalance")
    tables = [each for each in writes if each[:2] in (("Trades", 6), ("Trades", 61), ("Checks", 7))]

    assert sorted(tables) == [("Checks", 7, 1), ("Trades", 6, 2), ("Trades", 61, 1)]


def test_notes_below_a_table_that_grows_are_refused_and_stay(desk: OpenBook) -> None:
    with desk.desktop.active():
        desk.book.sheets["Trades"].range("D8").value = "ask the broker"
        holdings = desk.book.sheets["Holdings"]
        holdings.range("A8").value = ["Main", "CCC", 10, 5.0]
        holdings.tables["tblHoldings"].resize(holdings.range("A4:I8"))
    before = everything(desk.com)
    desk.run("rebalance")

    assert said(desk) == (
        "#XR403 Trades!D8: found a cell that is filled below tblTrades, expected room for 1 more row "
        "of it. Move it elsewhere, and run it again."
    )
    assert everything(desk.com) == before


def test_tables_with_a_totals_row_are_all_named(desk: OpenBook) -> None:
    trades = desk.com.Worksheets("Trades")
    for name in ("tblTrades", "tblOutcomes"):
        table = trades.ListObjects(name)
        table._box = Box(table._box.row, 1, table._box.height + 1, table._box.width)
        table._totals = True
    before = everything(desk.com)
    desk.run("rebalance")

    assert [line.split(", expected")[0] for line in said(desk).splitlines()] == [
        "#XR403 Trades!A8: found a totals row in tblTrades",
        "#XR403 Trades!A62: found a totals row in tblOutcomes",
    ]
    assert everything(desk.com) == before


def test_a_table_is_found_whatever_its_capitals(desk: OpenBook) -> None:
    desk.com.Worksheets("Trades").ListObjects("tblTrades").Name = "TBLTRADES"
    desk.run("rebalance")

    assert desk.cells("TBLTRADES")[0][4] != 8.0
    assert "2 trades" in said(desk)


def test_a_filter_that_would_hide_new_trades_is_taken_off(desk: OpenBook) -> None:
    desk.com.Worksheets("Trades")._grid.hidden_rows = {6}
    desk.run("rebalance")

    assert desk.com.Worksheets("Trades")._grid.hidden_rows == set()


def test_a_name_that_leads_nowhere_is_refused_before_anything_is_written(desk: OpenBook) -> None:
    desk.com.Names("res_Cash").RefersTo = "=ChartData!#REF!"
    before = everything(desk.com)
    desk.run("rebalance")

    assert "#XR114 res_Cash: found the name res_Cash of no cell" in said(desk)
    assert everything(desk.com) == before


@pytest.mark.parametrize(
    "command", ["check", "drift", "rebalance", "harvest", "backtest", "bands", "aftertax"]
)
def test_a_refused_book_changes_nothing_but_checks(desk: OpenBook, command: str) -> None:
    with desk.desktop.active():
        desk.book.sheets["Holdings"].range("C5").value = -1
        desk.book.sheets["Targets"].range("C5").value = "half"
    before = everything(desk.com, {"Checks"})
    desk.run(command)

    assert everything(desk.com, {"Checks"}) == before
    checks = desk.com.Worksheets("Checks")
    assert [row[:2] for row in checks.Range("A7:B8").Value] == [
        ("problem", "#XR105"), ("problem", "#XR101"),
    ]  # fmt: skip
    assert checks.Range("C7:C8").Formula == (
        ('=HYPERLINK("#Holdings!C5","Holdings!C5")',),
        ('=HYPERLINK("#Targets!C5","Targets!C5")',),
    )
    assert said(desk).splitlines()[-1] == "The sheet Checks has the list, with a link to each cell."


def test_a_box_shows_ten_problems_and_checks_has_them_all(desk: OpenBook) -> None:
    with desk.desktop.active():
        holdings = desk.book.sheets["Holdings"]
        for row in range(5, 17):
            holdings.range((row, 1)).value = ["Main", f"S{row}", -row, 1.0]
        holdings.tables["tblHoldings"].resize(holdings.range("A4:I16"))
        desk.book.sheets["Targets"].range("B5").value = ["S5", 0.5]
        desk.book.sheets["Targets"].range("B6").value = ["S6", 0.5]
    desk.run("rebalance")

    lines = said(desk).splitlines()
    assert [line[:8] for line in lines[:10]] == ["#XR105 H"] * 10
    assert lines[10:] == [
        "... and 2 more.", "The sheet Checks has the list, with a link to each cell.",
    ]  # fmt: skip
    assert [row[1] for row in desk.cells("tblChecks")] == ["#XR105"] * 12


def test_a_refused_book_without_a_table_of_checks_is_an_alert_alone(desk: OpenBook) -> None:
    with desk.desktop.active():
        desk.book.sheets["Holdings"].range("C5").value = -1
        desk.book.sheets["Checks"].tables["tblChecks"].name = "tblOther"
    before = everything(desk.com)
    desk.run("rebalance")

    assert everything(desk.com) == before
    assert len(said(desk).splitlines()) == 1
    assert said(desk).startswith("#XR105 Holdings!C5")


@pytest.mark.parametrize("command", ["check", "rebalance"])
def test_a_book_that_cannot_be_read_as_it_stands_is_not_written_to_either(
    desk: OpenBook, command: str
) -> None:
    before = everything(desk.com)
    with desk.desktop.active():
        from xl_rebal.workbook import xlwings_book
    with mock.patch.object(xlwings_book, "sys", SimpleNamespace(platform="darwin")):
        desk.run(command)

    assert everything(desk.com) == before
    assert said(desk) == (
        "#XR402 Desk.xlsm: found a book that is open in Excel for Mac, expected a book that is open in "
        "Excel for Windows, or a file. Save it and run `xl-rebal` on the file."
    )


def test_long_work_changes_the_status_bar_once_a_per_cent(desk: OpenBook) -> None:
    shown: list[object] = []

    class App:
        def __setattr__(self, name: str, value: object) -> None:
            shown.append((name, value))

    book = XlwingsBook(SimpleNamespace(app=App()))
    for done in range(10_001):
        book.progress("Backtest", done, 10_000)
    book.report("")

    texts = [f"Backtest: {each} %".replace(" %", "%") for each in range(101)]
    assert shown == [*(("status_bar", text) for text in texts), ("status_bar", False)]


def test_a_status_bar_that_excel_is_too_busy_to_show_ends_no_study(desk: OpenBook) -> None:
    class App:
        def __setattr__(self, _name: str, _value: object) -> None:
            refuse("Call was rejected by callee.")

    with desk.desktop.active():
        XlwingsBook(SimpleNamespace(app=App())).progress("Backtest", 1, 2)


def test_columns_that_the_user_moved_are_refused_by_their_headers(desk: OpenBook) -> None:
    """Results go by their place: under another header they would be plausible and wrong."""
    header = desk.com.Worksheets("Trades").Range("E5:F5")
    (names,) = header.Value
    header.Value = ((names[1], names[0]),)
    before = everything(desk.com)
    desk.run("rebalance")

    assert said(desk).splitlines() == [
        f"#XR403 Trades!{cell}5: found the header '{found}' in tblTrades, expected the header '{right}'. "
        "Put the columns of tblTrades back into their order, under their own headers."
        for cell, found, right in (("E", names[1], names[0]), ("F", names[0], names[1]))
    ]
    assert everything(desk.com) == before


def test_a_column_that_the_user_added_is_refused_with_what_to_do(desk: OpenBook) -> None:
    trades = desk.com.Worksheets("Trades")
    trades.Range("S5").Value = "Done?"
    trades.ListObjects("tblTrades").Resize(trades.Range("A5:S7"))
    before = everything(desk.com)
    desk.run("rebalance")

    assert said(desk).startswith(
        "#XR403 Trades!A5: found a table tblTrades with 19 columns, expected the 18 columns of today. "
        "Take out the columns that you added to it"
    )
    assert everything(desk.com) == before
