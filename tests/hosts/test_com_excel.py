"""The stand-in Excel through xlwings' own engine: ranges, tables, names, and whole macros."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from tests.hosts.com_book import Workbook
from tests.hosts.com_grid import Box
from tests.hosts.com_types import com_error
from tests.hosts.desktop import DesktopXlwings

SCALE = "import tests.hosts.toy_macros; tests.hosts.toy_macros.scale()"
HOLDINGS = [["Symbol", "Quantity"], ["AAA", 1], ["'TRUE", 2.5], ["'0700", 3]]
RESULTS = [["Symbol", "Scaled"], *([f"old{n}", n] for n in range(5))]


@pytest.fixture
def com(desktop: DesktopXlwings) -> Workbook:
    return desktop.screen.open_excel()._open("Desk.xlsm", ["Settings", "Data"])


@pytest.fixture
def book(desktop: DesktopXlwings, com: Workbook) -> Any:
    """The book as an ``xw.Book`` with two tables and a named cell."""
    with desktop.active():
        found = desktop.xw.books["Desk.xlsm"]
        found.sheets["Settings"]["A1"].value = [["Factor", 2]]
        found.names.add("set_factor", "=Settings!$B$1")
        data = found.sheets["Data"]
        for corner, rows, name in (("B3", HOLDINGS, "tblHoldings"), ("E3", RESULTS, "tblResults")):
            data[corner].value = rows
            cells = data[corner].resize(len(rows), 2)
            data.tables.add(source=cells, name=name)
    return found


def cells(com: Workbook, address: str) -> Any:
    return com.Worksheets("Data").Range(address).Value


def test_sheets_are_found_by_number_and_by_name_in_any_case(book: Any) -> None:
    assert [sheet.name for sheet in book.sheets] == ["Settings", "Data"]
    assert book.sheets[0].name == book.sheets["settings"].name == "Settings"
    with pytest.raises(com_error):
        book.sheets["Nowhere"]


def test_a_block_is_written_and_read_back(book: Any) -> None:
    data = book.sheets["Data"]
    data["J1"].value = [[1, "a", None], [True, 2.5, "b"]]
    assert data["J1:L2"].value == [[1.0, "a", None], [True, 2.5, "b"]]
    assert data["J1:L2"].api.Value == ((1.0, "a", None), (True, 2.5, "b"))
    assert data["J1"].expand().address == "$J$1:$K$2"
    assert data["L1"].value is None


def test_dates_go_out_and_come_back_without_a_time_zone(book: Any) -> None:
    cell = book.sheets["Data"]["J1"]
    cell.value = dt.date(2024, 2, 29)
    assert cell.value == dt.datetime(2024, 2, 29)
    assert cell.api.Value2 == 45351.0
    assert cell.number_format == "yyyy-mm-dd"


def test_text_is_read_as_if_it_was_typed_unless_the_format_is_text(book: Any) -> None:
    typed, kept = book.sheets["Data"]["J1:N1"], book.sheets["Data"]["J2:N2"]
    words = ["TRUE", "0700", "2024-01-31", "#N/A", "5%"]
    typed.value = words
    assert typed.value == [True, 700.0, dt.datetime(2024, 1, 31), None, 0.05]
    kept.number_format = "@"
    kept.value = words
    assert kept.value == words
    kept.api.Cells(1, 1).Value = "=A1"
    assert kept[0, 0].formula == "=A1"


def test_decimals_are_rounded_to_two_places_of_currency(book: Any) -> None:
    cell = book.sheets["Data"]["J1"]
    cell.value = Decimal("0.038")
    assert cell.api.Value2 == 0.04


def test_a_currency_cell_is_read_rounded_by_value_and_whole_by_value2(book: Any) -> None:
    cell = book.sheets["Data"]["J1"]
    cell.value, cell.number_format = 1.23456789, "$#,##0.00"
    assert cell.value == Decimal("1.2346")
    assert cell.api.Value2 == 1.23456789


def test_a_short_block_leaves_not_available_and_one_row_is_repeated(com: Workbook) -> None:
    target = com.Worksheets("Data").Range("J1:K2")
    target.Value = ((1,), (2,))
    assert target.Value == ((1.0, -2146826246), (2.0, -2146826246))
    target.Value = (1, 2)
    assert target.Value == ((1.0, 2.0), (1.0, 2.0))


def test_numbers_that_are_none_are_not_written(book: Any) -> None:
    cell = book.sheets["Data"]["J1"]
    cell.value = [[float("nan"), 1]]
    assert cell.value is None  # xlwings itself makes a blank of it
    with pytest.raises(ValueError, match="no number"):
        cell.value = float("inf")


def test_a_formula_has_the_result_that_a_test_gave_it_and_no_other(
    book: Any, com: Workbook
) -> None:
    grid = com.Worksheets("Data")._grid
    grid.put_calculated(1, 10, "=1+1", 2)
    assert book.sheets["Data"]["J1"].value == 2.0
    assert book.sheets["Data"]["J1"].formula == "=1+1"
    book.sheets["Data"]["J1"].value = "=1+2"
    with pytest.raises(NotImplementedError, match="=1\\+2"):
        print(book.sheets["Data"]["J1"].value)


def test_names_are_found_and_lead_to_their_cell(book: Any) -> None:
    assert "SET_FACTOR" in book.names
    assert "set_other" not in book.names
    assert book.names["set_factor"].refers_to_range.value == 2.0
    assert book.sheets["Settings"]["set_factor"].address == "$B$1"
    assert [name.name for name in book.names] == ["set_factor"]


def test_the_name_of_a_sheet_bears_its_title_and_is_listed_among_all(book: Any) -> None:
    book.sheets["Data"].names.add("set_local", "=Data!$A$1")
    assert [name.name for name in book.names] == ["set_factor", "Data!set_local"]
    assert [name.name for name in book.sheets["Data"].names] == ["Data!set_local"]
    assert "set_local" not in book.names
    assert book.sheets["Data"]["set_local"].address == "$A$1"
    book.sheets["Data"].names["Data!set_local"].delete()
    assert [name.name for name in book.names] == ["set_factor"]


def test_a_format_that_cells_do_not_share_is_none(book: Any, com: Workbook) -> None:
    cells = book.sheets["Data"]["C4:C6"]
    assert cells.number_format == "General"
    cells[1].number_format = "0.00"
    assert cells.number_format is None
    with pytest.raises(NotImplementedError):
        cells.api.NumberFormatLocal  # noqa: B018


def test_the_currency_of_the_machine_is_a_dollar_in_english_codes(book: Any, com: Workbook) -> None:
    com.Application._currency = "€"
    cell = book.sheets["Data"]["C4"]
    for stored, english, local in (
        ('#,##0.00 "€"', "#,##0.00 $", "#,##0.00 €"),
        ("[$$-409]#,##0", "[$$-409]#,##0", "[$$-409]#,##0"),
        ('"$"#,##0', '"$"#,##0', '"$"#,##0'),
    ):
        cell.number_format = stored
        assert (cell.number_format, cell.api.NumberFormatLocal) == (english, local)


def test_merged_cells_are_known_all_in_part_and_not(book: Any, com: Workbook) -> None:
    com.Worksheets("Data")._grid.merged = [Box(4, 2, 2, 2)]  # B4:C5
    data = book.sheets["Data"]
    assert [data[ref].merge_cells for ref in ("B4:C5", "B5", "B3:C5", "D4:E5")] == [
        True, True, None, False
    ]  # fmt: skip
    assert [data[ref].merge_area.address for ref in ("C5", "D5")] == ["$B$4:$C$5", "$D$5"]
    with pytest.raises(com_error):
        data["B4:C5"].merge_area  # noqa: B018


def test_hidden_is_asked_of_one_whole_row_or_column(book: Any, com: Workbook) -> None:
    grid = com.Worksheets("Data")._grid
    grid.hidden_rows, grid.hidden_columns = {4}, {3}
    cells = book.sheets["Data"]
    assert [cells[ref].api.EntireRow.Hidden for ref in ("B4:C4", "B5")] == [True, False]
    assert [cells[ref].api.EntireColumn.Hidden for ref in ("C4:C9", "B5")] == [True, False]
    with pytest.raises(com_error):
        cells["B4"].api.Hidden  # noqa: B018
    with pytest.raises(NotImplementedError):
        cells["B4:B5"].api.EntireRow.Hidden  # noqa: B018


def test_a_subtotal_counts_what_stands_in_rows_that_are_shown(book: Any, com: Workbook) -> None:
    grid = com.Worksheets("Data")._grid
    count = com.Application.WorksheetFunction.Subtotal
    cells = com.Worksheets("Data").Range("B3:D7")  # two headers and three rows
    assert count(103, cells) == 8
    grid.hidden_rows, grid.hidden_columns = {4, 7}, {3}
    assert count(103, cells) == 6
    grid.put_calculated(5, 4, "=SUBTOTAL(9,C4:C6)", 5.5)
    grid.put_calculated(6, 4, '=""', "")
    assert count(103, cells) == 7


def test_a_table_is_known_by_its_parts(book: Any) -> None:
    table = book.sheets["Data"].tables["tblholdings"]
    assert table.range.address == "$B$3:$C$6"
    assert table.header_row_range.value == ["Symbol", "Quantity"]
    assert table.data_body_range.value == [["AAA", 1.0], ["TRUE", 2.5], ["0700", 3.0]]
    assert table.columns["Quantity"].data_body_range.value == [1.0, 2.5, 3.0]
    assert book.sheets["Data"]["C4"].table.name == "tblHoldings"
    assert "tblNone" not in book.sheets["Data"].tables


def test_rows_of_a_table_come_and_go_and_what_is_below_moves(book: Any, com: Workbook) -> None:
    table = book.sheets["Data"].tables["tblHoldings"]
    book.sheets["Data"]["B8"].value = "below"
    table.rows.add(["ZZZ", 9])
    assert table.data_body_range.value[-1] == ["ZZZ", 9.0]
    assert cells(com, "B9") == "below"
    table.rows[0].delete()
    assert table.data_body_range.value[0] == ["TRUE", 2.5]
    assert cells(com, "B8") == "below"
    assert cells(com, "E4") == "old0"  # the table beside it did not move


def test_a_body_without_rows_is_none_until_a_row_comes(book: Any) -> None:
    table = book.sheets["Data"].tables["tblHoldings"]
    for _ in range(3):
        table.rows[0].delete()
    assert not table.data_body_range
    assert len(table.rows) == 0
    assert table.range.address == "$B$3:$C$4"
    table.rows.add(["AAA", 1])
    assert table.data_body_range.value == ["AAA", 1.0]


def test_a_table_that_shrinks_leaves_its_last_rows_behind(book: Any, com: Workbook) -> None:
    table = book.sheets["Data"].tables["tblHoldings"]
    table.resize(book.sheets["Data"]["B3:C4"])
    assert table.data_body_range.shape == (1, 2)
    assert cells(com, "B5") == "TRUE"


@pytest.mark.parametrize("wanted", ["B4:C6", "B3:C3", "H3:I5", "B3:E6"])
def test_a_table_refuses_other_headers_no_rows_and_other_tables(book: Any, wanted: str) -> None:
    with pytest.raises(com_error):
        book.sheets["Data"].tables["tblHoldings"].resize(book.sheets["Data"][wanted])


def test_the_status_bar_and_the_alert_reach_the_user(book: Any, desktop: DesktopXlwings) -> None:
    assert book.app.status_bar is False
    book.app.status_bar = "busy"
    assert book.app.status_bar == "busy"
    assert book.app.alert("Text", "Title") == "ok"
    desktop.screen.pressed = 7
    assert book.app.alert("Sure?", "Title", buttons="yes_no", mode="info") == "no"
    desktop.screen.pressed = 1
    assert desktop.screen.messages == [("Title", "Text"), ("Title", "Sure?")]


@pytest.mark.parametrize("way", ["run_python", "run_python_apart"])
def test_a_macro_reads_a_table_and_writes_another_in_its_calling_book(
    desktop: DesktopXlwings, book: Any, com: Workbook, way: str
) -> None:
    com.Application._open("Other.xlsx", ["Data"])  # the front book must not be taken
    getattr(desktop, way)(SCALE, com)
    table = book.sheets["Data"].tables["tblResults"]
    assert table.range.address == "$E$3:$F$6"
    assert cells(com, "E4:F8") == (
        ("AAA", 2.0),
        ("TRUE", 5.0),
        ("0700", 6.0),
        (None, None),
        (None, None),
    )
    assert com.Application.StatusBar == "3 rows"
    assert desktop.screen.messages == [("Toy", "Done.")]


def test_a_macro_without_a_caller_is_refused(desktop: DesktopXlwings, book: Any) -> None:
    with desktop.active(), pytest.raises(Exception, match="must not be called directly"):
        desktop.xw.Book.caller()


def test_a_protected_sheet_and_a_planned_failure_stop_a_write(book: Any, com: Workbook) -> None:
    com.Worksheets("Data").ProtectContents = True
    with pytest.raises(com_error, match="protected"):
        book.sheets["Data"]["J1"].value = 1
    com.Worksheets("Data").ProtectContents = False
    com._changes_left = 1
    with pytest.raises(com_error, match="edited"):
        book.sheets["Data"]["J1"].value = [[1, 2]]
    assert cells(com, "J1:K1") == ((1.0, None),)


def test_what_the_stand_in_does_not_know_is_an_error(com: Workbook) -> None:
    with pytest.raises(AttributeError):
        com.Worksheets("Data").Range("A1").Interior  # noqa: B018
    with pytest.raises(AttributeError, match="can not be set"):
        com.Worksheets("Data").Range("A1").Valeu = 1
