"""Prices written into somebody's book: only what must change does, and looks like its neighbours."""

from __future__ import annotations

import io
import re
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.chart import LineChart, Reference
from openpyxl.comments import Comment
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.table import Table

from tests.judges.libreoffice import Calc
from tests.judges.lint.linter import lint
from tests.judges.schema import schema_faults
from tests.workbook.package_books import edited, parts_of
from tests.workbook.price_books import (
    DAYS,
    SHEET,
    YELLOW,
    Change,
    changed_parts,
    held_in,
    imported,
    shown,
    users_book,
)
from xl_rebal.errors import WriteError
from xl_rebal.model.prices import Prices
from xl_rebal.workbook.package import finish

THURSDAY = date(2025, 1, 9)
BEFORE = date(2024, 12, 30)
SHEET_PART, TABLE_PART = "xl/worksheets/sheet1.xml", "xl/tables/table1.xml"


def file(*rows: tuple[date, float], symbol: str = "VTI") -> Prices:
    """Prices of one symbol."""
    return Prices(
        tuple(day for day, _ in rows), (symbol,), np.array([[price] for _, price in rows])
    )


def refusals(change: Change, prices: Prices) -> list[str]:
    with pytest.raises(WriteError) as refused:
        imported(users_book(change), prices)
    return [f"{p.where}: {p.found}" for p in refused.value.problems]


# -- below what is there ---------------------------------------------------------------------------


def test_a_new_row_changes_the_sheet_the_table_and_the_wish_to_calculate_alone() -> None:
    book = users_book()
    written, notes = imported(book, file((THURSDAY, 103.5)))

    assert changed_parts(book, written) == {SHEET_PART, TABLE_PART, "xl/workbook.xml"}
    assert notes == []
    assert shown(written, "B3:D7") == [
        ["Date", "VTI", "bnd"],
        [DAYS[0], 100.5, 50.25], [DAYS[1], 101.5, None], [DAYS[2], 102.5, 50.75],
        [THURSDAY, 103.5, None],
    ]  # fmt: skip
    before, after = (parts_of(b)[SHEET_PART].decode() for b in (book, written))
    rows_before, rows_after = (re.findall(r"<row.*?</row>", text) for text in (before, after))
    assert [row for row in rows_after if row not in rows_before] == [
        '<row r="7" ht="21" customHeight="1"><c r="B7" s="3"><v>45666</v></c><c r="C7" s="4">'
        '<v>103.5</v></c><c r="D7" s="4"/></row>'
    ]
    assert [row for row in rows_before if row not in rows_after] == []


def test_new_cells_look_like_those_above_and_rules_and_validations_reach_them() -> None:
    written, _ = imported(users_book(), file((THURSDAY, 103.5), symbol="QQQ"))
    sheet = load_workbook(io.BytesIO(written))[SHEET]

    assert sheet.tables["tblPrices"].ref == "B3:E7"
    assert sheet.tables["tblPrices"].tableStyleInfo.name == "TableStyleMedium4"
    assert (sheet["B7"].number_format, sheet["E7"].number_format) == ("dd/mm/yyyy", "0.000")
    assert (sheet["E3"].value, sheet["E3"].font.color.rgb) == ("QQQ", "FFAA0000")
    assert [sheet[f"E{row}"].number_format for row in (4, 5, 6)] == ["0.000"] * 3
    assert [sheet[f"E{row}"].value for row in (4, 5, 6, 7)] == [None, None, None, 103.5]
    assert sheet.column_dimensions["E"].width == 17
    assert str(next(iter(sheet.conditional_formatting)).sqref) == "C4:E7"
    assert str(sheet.data_validations.dataValidation[0].sqref) == "C4:C7"
    assert sheet.dimensions == "A1:H30"
    assert (sheet["A1"].value, sheet["B30"].value) == ("from my bank", "a note far below")
    assert sheet["A1"].font.italic


def test_the_result_is_a_sound_book_to_the_linter_and_the_schemas(tmp_path: Path) -> None:
    for symbol, day in (("VTI", THURSDAY), ("QQQ", THURSDAY), ("QQQ", BEFORE)):
        written, _ = imported(finish(users_book(), {}), file((day, 103.5), symbol=symbol))
        path = tmp_path / "written.xlsx"
        path.write_bytes(written)

        assert lint(written) == []
        assert [*schema_faults(path)] == []


def test_calc_sees_the_table_with_its_new_rows(tmp_path: Path, calc: Calc) -> None:
    def change(book: Workbook) -> None:
        book["Targets"]["D1"] = "=ROWS(tblPrices[VTI])"
        book["Targets"]["D2"] = "=SUM(tblPrices[VTI])"
        book["Targets"]["D3"] = "=MAX(tblPrices[Date])"

    path = tmp_path / "written.xlsx"
    path.write_bytes(imported(users_book(change), file((BEFORE, 99.5), (THURSDAY, 103.5)))[0])
    values = calc.recalculate(path).values

    assert values["Targets", "D1"] == 5
    assert values["Targets", "D2"] == 99.5 + 100.5 + 101.5 + 102.5 + 103.5
    assert values["Targets", "D3"] == 45666


def test_a_price_for_a_blank_cell_changes_that_cell_alone() -> None:
    book = users_book()
    written, _ = imported(book, file((DAYS[1], 50.5), symbol="BND"))
    before, after = (parts_of(b)[SHEET_PART].decode() for b in (book, written))

    assert changed_parts(book, written) == {SHEET_PART, "xl/workbook.xml"}
    assert after == before.replace('<c r="D5" s="4" t="n" />', '<c r="D5" s="4"><v>50.5</v></c>')


def test_the_same_prices_again_change_nothing() -> None:
    once, _ = imported(users_book(), file((THURSDAY, 103.5), symbol="QQQ"))

    assert imported(once, file((THURSDAY, 103.5), symbol="QQQ"))[0] == once
    assert imported(once, held_in(once))[0] == once


def test_rows_that_were_typed_below_the_table_become_part_of_it() -> None:
    def change(book: Workbook) -> None:
        book[SHEET]["B7"], book[SHEET]["C7"] = date(2025, 1, 9), 103.5

    written, _ = imported(users_book(change), file((date(2025, 1, 10), 104.5)))

    assert load_workbook(io.BytesIO(written))[SHEET].tables["tblPrices"].ref == "B3:D8"
    assert shown(written, "B7:C8") == [[THURSDAY, 103.5], [date(2025, 1, 10), 104.5]]


def test_spare_rows_of_the_table_are_filled_first() -> None:
    def change(book: Workbook) -> None:
        book[SHEET].tables["tblPrices"].ref = "B3:D9"
        book[SHEET]["C7"].fill = YELLOW

    written, _ = imported(users_book(change), file((THURSDAY, 103.5)))
    sheet = load_workbook(io.BytesIO(written))[SHEET]

    assert sheet.tables["tblPrices"].ref == "B3:D9"
    assert (sheet["C7"].value, sheet["C7"].fill.fgColor.rgb) == (103.5, "FFFFFF00")


def test_dates_in_cells_that_show_numbers_get_a_style_that_shows_dates() -> None:
    def change(book: Workbook) -> None:
        for row in (4, 5, 6):
            for column in "BCD":
                book[SHEET][f"{column}{row}"] = None
                book[SHEET][f"{column}{row}"].number_format = "General"

    book = users_book(change)
    written, _ = imported(book, file((THURSDAY, 103.5)))
    sheet = load_workbook(io.BytesIO(written))[SHEET]

    assert changed_parts(book, written) == {SHEET_PART, "xl/workbook.xml", "xl/styles.xml"}
    assert sheet["B4"].is_date
    assert sheet["C4"].number_format == "General"


# -- between and above ------------------------------------------------------------------------------


def test_older_dates_go_above_and_what_was_there_moves_with_its_look() -> None:
    written, _ = imported(users_book(), file((BEFORE, 99.5), (date(2025, 1, 3), 99.75)))
    sheet = load_workbook(io.BytesIO(written))[SHEET]

    assert shown(written, "B4:D8") == [
        [BEFORE, 99.5, None], [date(2025, 1, 3), 99.75, None],
        [DAYS[0], 100.5, 50.25], [DAYS[1], 101.5, None], [DAYS[2], 102.5, 50.75],
    ]  # fmt: skip
    yellow = [row for row in range(4, 9) if sheet[f"C{row}"].fill.fgColor.rgb == "FFFFFF00"]
    assert 7 in yellow
    assert sheet["B8"].number_format == "dd/mm/yyyy"


@pytest.mark.parametrize(
    ("formula", "place"),
    [
        ("='My prices'!C6", "Targets!D1"),
        ("=SUM('My prices'!$C$4:$C$6)", "Targets!D1"),
        ("=last_price*2", "Targets!D1"),
    ],
)
def test_a_formula_that_names_cells_that_would_move_is_in_the_way(formula: str, place: str) -> None:
    def change(book: Workbook) -> None:
        book.defined_names["last_price"] = DefinedName("last_price", attr_text="'My prices'!$C$6")
        book["Targets"]["D1"] = formula

    found = refusals(change, file((BEFORE, 99.5)))

    assert any(each.startswith(f"{place}: a formula for ") for each in found), found
    assert any("the name last_price for C6" in each for each in found), found


def test_charts_comments_and_notes_beside_rows_that_would_move_are_in_the_way() -> None:
    def chart(book: Workbook) -> None:
        made = LineChart()
        made.add_data(
            Reference(book[SHEET], min_col=3, min_row=3, max_row=6), titles_from_data=True
        )
        made.anchor = "D5"
        book.worksheets[2].add_chart(made)

    def comment(book: Workbook) -> None:
        book[SHEET]["C5"].comment = Comment("why?", "me")

    def beside(book: Workbook) -> None:
        book[SHEET]["F5"] = "crash"

    old = file((BEFORE, 99.5))
    assert "a chart for" in refusals(chart, old)[0]
    assert "a comment or link for C5" in refusals(comment, old)[0]
    assert refusals(beside, old)[0].startswith("My prices!F5: a cell beside tblPrices")


def test_what_names_whole_columns_or_the_table_is_in_nobodys_way() -> None:
    def change(book: Workbook) -> None:
        book["Targets"]["D1"] = "=MAX('My prices'!B:B)"
        book["Targets"]["D2"] = "=SUM(tblPrices[VTI])"

    written, _ = imported(users_book(change), file((BEFORE, 99.5)))

    assert shown(written, "B4:B5") == [[BEFORE], [DAYS[0]]]


def test_what_ends_above_the_new_rows_is_said() -> None:
    def change(book: Workbook) -> None:
        book["Targets"]["D1"] = "=MAX('My prices'!C4:C6)"

    _, notes = imported(users_book(change), file((THURSDAY, 103.5)))

    assert any(
        note.startswith("A formula in Targets!D1 for C4:C6 of My prices ends above the new rows.")
        for note in notes
    ), notes


# -- in the way ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("cell", "rows"), [("C8", 1), ("C8", 2), ("D9", 3), ("B12", 9)])
def test_contents_below_are_neither_grown_over_nor_come_up_to(cell: str, rows: int) -> None:
    def change(book: Workbook) -> None:
        book[SHEET][cell] = "Source: my bank"

    days = [(THURSDAY + timedelta(n), 103.5) for n in range(rows)]
    assert refusals(change, file(*days)) == [f"My prices!{cell}: a cell with contents here"]


def test_contents_to_the_right_are_not_grown_over() -> None:
    def change(book: Workbook) -> None:
        book[SHEET]["E5"] = "my note"

    assert refusals(change, file((THURSDAY, 103.5), symbol="QQQ")) == [
        "My prices!E5: a cell with contents here"
    ]
    written, _ = imported(users_book(change), file((THURSDAY, 103.5)))
    assert shown(written, "E5:E5") == [["my note"]]


def test_merged_cells_and_other_tables_are_not_grown_over() -> None:
    def merge(book: Workbook) -> None:
        book[SHEET].merge_cells("B7:D7")

    def table(book: Workbook) -> None:
        for row, cells in enumerate((("x", "y"), (None, None)), start=8):
            book[SHEET][f"C{row}"], book[SHEET][f"D{row}"] = cells
        book[SHEET].add_table(Table(displayName="mine", ref="C8:D9"))

    three = file(*((THURSDAY + timedelta(n), 103.5) for n in range(3)))
    assert refusals(merge, three) == ["My prices!B7: merged cells B7:D7 here"]
    assert "My prices!C8: the table mine here" in refusals(table, three)


def test_a_totals_row_a_query_and_a_calculated_column_are_left_to_their_owner() -> None:
    book = users_book()

    def refused(edit: tuple[str, str], prices: Prices) -> str:
        damaged = edited(book, {TABLE_PART: lambda text: text.replace(*edit)})
        with pytest.raises(WriteError) as error:
            imported(damaged, prices)
        return error.value.problems[0].found

    query = (' ref="B3:D6"', ' tableType="queryTable" ref="B3:D6"')
    totals = (' ref="B3:D6"', ' totalsRowCount="1" ref="B3:D6"')
    assert "filled by a query" in refused(query, file((DAYS[1], 50.5), symbol="BND"))
    assert "a totals row" in refused(totals, file((THURSDAY, 103.5)))
    column = re.search(r"<tableColumn [^>]*bnd[^>]*>", parts_of(book)[TABLE_PART].decode())
    assert column
    calculated = (
        column[0],
        '<tableColumn id="3" name="bnd"><calculatedColumnFormula>1+1</calculatedColumnFormula>'
        "</tableColumn>",
    )
    assert "calculated column 'bnd'" in refused(calculated, file((THURSDAY, 103.5)))


def test_a_formula_is_not_written_over() -> None:
    def change(book: Workbook) -> None:
        book[SHEET]["C5"] = "=C4+1"

    book = with_value(users_book(change), "C5", "101.5")
    with pytest.raises(WriteError) as refused:
        imported(book, file((DAYS[1], 7.5)))

    assert [f"{p.where}: {p.found}" for p in refused.value.problems] == [
        "My prices!C5: a formula where a price would be written"
    ]


def with_value(book: bytes, cell: str, value: str, part: str = SHEET_PART) -> bytes:
    """The book with a stored value in one formula cell."""
    return edited(
        book,
        {
            part: lambda text: re.sub(
                rf'(<c r="{cell}"[^>]*><f>[^<]*</f>)<v ?/?>(?:</v>)?', rf"\1<v>{value}</v>", text
            )
        },
    )


# -- what hangs on prices --------------------------------------------------------------------------


def stored_value(book: bytes, title: str, cell: str) -> object:
    return shown(book, f"{cell}:{cell}", title)[0][0]


def test_a_formula_that_depends_on_prices_has_no_value_until_it_is_calculated() -> None:
    def change(book: Workbook) -> None:
        book["Holdings"]["D2"] = "=INDEX(tblPrices[VTI],ROWS(tblPrices[VTI]))"
        book["Holdings"]["F1"] = "=Holdings!D2*2"
        book["Holdings"]["F2"] = "=1+1"

    book = users_book(change)
    for cell, value in (("D2", "102.5"), ("F1", "205"), ("F2", "2")):
        book = with_value(book, cell, value, "xl/worksheets/sheet2.xml")
    written, notes = imported(book, file((THURSDAY, 103.5)))

    assert stored_value(book, "Holdings", "D2") == 102.5
    assert stored_value(written, "Holdings", "D2") is None
    assert stored_value(written, "Holdings", "F1") is None
    assert stored_value(written, "Holdings", "F2") == 2
    assert any("Holdings!D2 and 1 more formula" in note for note in notes), notes
    assert 'fullCalcOnLoad="1"' in parts_of(written)["xl/workbook.xml"].decode()


# -- anything --------------------------------------------------------------------------------------

quotes = st.dictionaries(
    st.tuples(
        st.integers(-4, 6).map(lambda n: DAYS[0] + timedelta(n)),
        st.sampled_from(["VTI", "BND", "QQQ"]),
    ),
    st.integers(1, 10**6).map(lambda n: n / 1000),
    min_size=1,
    max_size=12,
)


@settings(max_examples=40)
@given(quotes)
def test_whatever_comes_the_table_is_the_merged_one_and_the_rest_is_as_it_was(
    found: dict[tuple[date, str], float],
) -> None:
    days, symbols = sorted({d for d, _ in found}), sorted({s for _, s in found})
    table = np.array([[found.get((d, s), np.nan) for s in symbols] for d in days])
    book = users_book()
    written, _ = imported(book, Prices(tuple(days), tuple(symbols), table))

    wanted = {(day, "VTI"): 100.5 + n for n, day in enumerate(DAYS)}
    wanted |= {(DAYS[0], "BND"): 50.25, (DAYS[2], "BND"): 50.75}
    wanted |= found
    ref = load_workbook(io.BytesIO(written))[SHEET].tables["tblPrices"].ref
    header, *rows = shown(written, ref)
    read = {
        (row[0], str(symbol).upper()): price
        for row in rows
        for symbol, price in zip(header[1:], row[1:], strict=True)
        if price is not None
    }
    assert read == wanted
    assert [row[0] for row in rows] == sorted({day for day, _ in wanted})
    assert shown(written, "A1:A30") == shown(book, "A1:A30")
    assert shown(written, "B30:H30") == shown(book, "B30:H30")
    assert [fault for fault in lint(written) if fault not in {*lint(book)}] == []
