"""Undo puts back exactly what the last run wrote over, from the book alone, or says why it does not."""

from __future__ import annotations

from typing import Any

import pytest

from tests.hosts.com_book import Workbook
from tests.hosts.com_grid import Cell
from tests.hosts.com_types import ERROR_CELLS
from tests.hosts.com_values import ErrorCell
from tests.hosts.desktop import DesktopXlwings
from tests.hosts.test_all_or_nothing import said, with_more
from tests.hosts.test_macros import OpenBook
from tests.hosts.whole_book import VERY_HIDDEN, everything, settings

UNDO = "import udfs.macros; udfs.macros.run('undo')"


@pytest.fixture
def desk(desktop: DesktopXlwings) -> OpenBook:
    return with_more(desktop)


def undo(desk: OpenBook) -> None:
    """In a process of its own: nothing of the run is left in memory."""
    desk.desktop.run_python_apart(UNDO, desk.com)


def test_the_results_stand_as_before_the_run_to_the_cell(desk: OpenBook) -> None:
    before = everything(desk.com)
    desk.run("rebalance")
    assert everything(desk.com) != before
    undo(desk)

    assert everything(desk.com) == before
    assert said(desk) == "Undone: Trades, ChartData and Checks as before the last run."
    assert settings(desk.com)[:2] == (True, True)


def test_the_first_run_of_all_is_undone_to_blank_tables(desktop: DesktopXlwings) -> None:
    desk = OpenBook(desktop)
    before = everything(desk.com)
    desk.run("rebalance")
    undo(desk)

    assert everything(desk.com) == before


def test_whatever_stood_in_the_tables_comes_back_as_it_was(desk: OpenBook) -> None:
    grid = desk.com.Worksheets("Trades")._grid
    odd = {
        (6, 1): Cell("0700", None, "General"),
        (6, 2): Cell("=no formula", None, "@"),
        (6, 3): Cell(1.23456789, None, "$#,##0.00"),
        (6, 4): Cell(45000.0, None, "yyyy-mm-dd"),
        (6, 5): Cell(ErrorCell(ERROR_CELLS["#N/A"]), None, "General"),
        (6, 6): Cell(True, None, "0"),
        (6, 7): Cell(7.0, "=3+4", "@"),
        (6, 8): Cell("TRUE", None, "0.00"),
        (6, 9): Cell(0.1 + 0.2, None, "0.00"),
        (7, 13): Cell("-5 % is what is left", None, "General"),
        (7, 14): Cell("x" * 9000, None, "@"),
    }
    grid.cells.update({key: Cell(c.value, c.formula, c.number_format) for key, c in odd.items()})
    before = everything(desk.com)
    desk.run("rebalance")
    undo(desk)
    formula = grid.cells.pop((6, 7))

    assert (formula.formula, formula.number_format) == ("=3+4", "@")
    del before["Trades"][0][6, 7]
    assert everything(desk.com) == before


@pytest.mark.parametrize("rows", [0, 1, 9])
def test_a_table_that_shrank_or_grew_has_its_size_again(desk: OpenBook, rows: int) -> None:
    trades = desk.com.Worksheets("Trades")
    trades.ListObjects("tblTrades").Resize(trades.Range(f"A5:R{6 + max(1, rows) - 1}"))
    if rows == 0:
        trades.ListObjects("tblTrades").ListRows(1).Delete()
    before = everything(desk.com)
    desk.run("rebalance")
    undo(desk)
    after = everything(desk.com)

    if rows == 0:  # a table without rows and one with a blank row are the same to a user
        name, box, _ = before["Trades"][1][0]
        before["Trades"][1][0] = (name, box, after["Trades"][1][0][2])
    assert after == before


def test_a_table_that_was_moved_meanwhile_is_put_back_where_it_is(desk: OpenBook) -> None:
    before = desk.cells("tblTrades")
    desk.run("rebalance")
    trades = desk.com.Worksheets("Trades")
    trades._grid.move_down(5, 1, 18, 3)  # three rows are put in above both tables
    for table in trades._tables:
        box = table._box
        table._box = type(box)(box.row + 3, box.column, box.height, box.width)
    undo(desk)

    assert desk.cells("tblTrades") == before
    assert trades.ListObjects("tblTrades").Range.GetAddress() == "$A$8:$R$10"


def test_there_is_nothing_to_undo_before_a_run_and_after_an_undo(desktop: DesktopXlwings) -> None:
    desk = OpenBook(desktop)
    undo(desk)
    nothing = (
        "#XR404 found no run whose results could be put back, expected a run that has not been undone. "
        "Only the last run can be undone, once, in the book in which it ran."
    )
    assert said(desk) == nothing

    desk.run("rebalance")
    undo(desk)
    before = everything(desk.com)
    undo(desk)
    assert said(desk) == nothing
    assert everything(desk.com) == before


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("D7", "#XR405 Trades!A7:R7: found row 2 of tblTrades changed, expected results as the last run "
               "left them. Undoing would lose what was typed there since"),
        ("R6", "#XR405 Trades!A6:R6: found row 1 of tblTrades changed"),
    ],
)  # fmt: skip
def test_what_was_typed_into_results_since_is_not_lost(
    desk: OpenBook, address: str, sentence: str
) -> None:
    desk.run("rebalance")
    desk.com.Worksheets("Trades").Range(address).Value = "no"
    before = everything(desk.com)
    undo(desk)

    assert said(desk).startswith(sentence)
    assert everything(desk.com) == before


def test_all_that_was_changed_since_is_named_at_once(desk: OpenBook) -> None:
    desk.run("rebalance")
    trades, data = desk.com.Worksheets("Trades"), desk.com.Worksheets("ChartData")
    trades.ListObjects("tblTrades").Resize(trades.Range("A5:R8"))
    trades.ListObjects("tblOutcomes").Name = "Accounts"
    data.Range("B4").Value = 7
    before = everything(desk.com)
    undo(desk)

    assert [line.split(", expected")[0] for line in said(desk).splitlines()] == [
        "#XR405 Trades!A5: found 3 rows in tblTrades where it had 2",
        "#XR405 found the table tblOutcomes is not there",
        "#XR405 ChartData!B4: found res_Value changed",
    ]
    assert everything(desk.com) == before


def test_notes_where_a_table_would_grow_again_are_refused(desk: OpenBook) -> None:
    trades = desk.com.Worksheets("Trades")
    trades.ListObjects("tblTrades").Resize(trades.Range("A5:R9"))
    desk.run("rebalance")
    trades.Range("B9").Value = "ask the broker"
    before = everything(desk.com)
    undo(desk)

    assert said(desk).startswith("#XR403 Trades!B9: found a cell that is filled below tblTrades")
    assert everything(desk.com) == before


def test_a_refused_run_and_a_check_leave_the_last_run_to_be_undone(desk: OpenBook) -> None:
    before = everything(desk.com, {"Checks", "Holdings"})
    desk.run("rebalance")
    with desk.desktop.active():
        desk.book.sheets["Holdings"].range("C5").value = -1
    desk.run("rebalance")
    desk.run("check")
    undo(desk)

    assert everything(desk.com, {"Checks", "Holdings"}) == before
    assert desk.com.Worksheets("Checks").ListObjects("tblChecks").Range.GetAddress() == "$A$6:$F$7"


def test_where_excel_stops_an_undo_the_run_still_stands_and_can_be_undone(desk: OpenBook) -> None:
    before = everything(desk.com)
    desk.run("rebalance")
    after = everything(desk.com)
    for changes in range(0, 2000, 25):
        desk.com._changes_left, desk.com._refuses_once = changes, True
        undo(desk)
        if "Undone" in said(desk):
            break
        assert everything(desk.com) == after, changes
    desk.com._changes_left = None

    assert changes > 100
    assert everything(desk.com) == before


def test_two_open_books_have_each_their_own(desktop: DesktopXlwings) -> None:
    one = OpenBook(desktop)
    one.run("rebalance")
    desktop.screen.applications.clear()
    two = OpenBook(desktop)
    two.run("rebalance")
    two.run("undo")

    assert two.cells("tblTrades")[0][2] is None
    assert _kept(one.com) != []
    assert _kept(two.com) == []


def test_the_record_is_on_a_sheet_that_no_menu_shows_and_the_shown_sheet_stays(
    desk: OpenBook,
) -> None:
    (hidden,) = (sheet for sheet in desk.com._sheets if sheet.Visible == VERY_HIDDEN)

    assert hidden.Name == "xl_rebal undo"
    assert desk.com.ActiveSheet.Name == "Holdings"


def test_a_users_own_sheet_of_that_name_is_left_alone(desktop: DesktopXlwings) -> None:
    desk = OpenBook(desktop)
    own = desk.com.Worksheets.Add()
    own.Name = "xl_rebal undo"
    own.Range("A1").Value = "mine"
    before = everything(desk.com)
    desk.run("rebalance")
    undo(desk)

    assert everything(desk.com) == before


def test_a_protected_structure_is_written_all_the_same_and_said(desktop: DesktopXlwings) -> None:
    desk = OpenBook(desktop)
    desk.com._structure = True
    desk.run("rebalance")

    assert desk.cells("tblTrades")[0][2] == "Sell"
    assert said(desk).splitlines()[-1] == (
        "This run cannot be undone: the book takes no sheet for what stood there before."
    )


def test_a_damaged_record_is_refused(desk: OpenBook) -> None:
    (hidden,) = (sheet for sheet in desk.com._sheets if sheet.Visible == VERY_HIDDEN)
    hidden.Range("A2").Value = str(hidden.Range("A2").Value)[:-8]
    before = everything(desk.com)
    undo(desk)

    assert said(desk).startswith("#XR404 found a damaged record of what stood before the last run")
    assert everything(desk.com) == before


def _kept(book: Workbook) -> list[Any]:
    (hidden,) = (sheet for sheet in book._sheets if sheet.Visible == VERY_HIDDEN)
    return [cell.value for (row, _), cell in hidden._grid.cells.items() if row > 1 and cell.value]


def test_columns_that_were_moved_since_are_not_filled_with_what_stood_under_other_headers(
    desk: OpenBook,
) -> None:
    """Rows of a run without trades are blank: only the headers tell that their columns were moved."""
    with desk.desktop.active():
        desk.book.sheets["Holdings"].range("C5").value = 50
        desk.book.sheets["Holdings"].range("C6").value = 50
        desk.book.sheets["Holdings"].range("C7").value = 0
    desk.run("rebalance")
    assert desk.cells("tblTrades")[0][4] is None
    header = desk.com.Worksheets("Trades").Range("E5:F5")
    (names,) = header.Value
    header.Value = ((names[1], names[0]),)
    before = everything(desk.com)
    undo(desk)

    assert said(desk).startswith(
        f"#XR405 Trades!E5: found the header '{names[1]}' in tblTrades, expected results as the last run"
    )
    assert everything(desk.com) == before
