"""A new book as another program finds it: sheets, tables, names, formats, and no formula by text."""

from __future__ import annotations

from io import BytesIO

import openpyxl
import pytest
from openpyxl.workbook import Workbook

from tests.generated import new
from xl_rebal.examples import CONTENTS
from xl_rebal.generate import generate
from xl_rebal.registry import FUNCTIONS
from xl_rebal.workbook.content import Content, FunctionHelp
from xl_rebal.workbook.file_book import read_source
from xl_rebal.workbook.layout import (
    INPUT_TABLES,
    RESULT_CELLS,
    RESULT_TABLES,
    SETTINGS,
    SHEETS,
    TABLES,
    Kind,
)
from xl_rebal.workbook.package import read_package
from xl_rebal.workbook.template import new_book


@pytest.fixture(scope="module")
def empty() -> Workbook:
    return openpyxl.load_workbook(BytesIO(generate(Content())))


def table_of(book: Workbook, name: str) -> tuple[str, str]:
    return next((s.title, s.tables[name].ref) for s in book.worksheets if name in s.tables)


def test_the_sheets_stand_in_the_declared_order_with_their_colours(empty: Workbook) -> None:
    assert empty.sheetnames == [sheet.kind for sheet in SHEETS]
    for sheet in SHEETS:
        colour = empty[sheet.kind].sheet_properties.tabColor
        assert colour is not None
        assert colour.rgb == f"00{sheet.tab}"
        assert empty[sheet.kind].sheet_state == ("hidden" if sheet.hidden else "visible")


def test_every_declared_table_stands_on_its_sheet_with_its_headers(empty: Workbook) -> None:
    for layout in TABLES.values():
        title, ref = table_of(empty, layout.name)
        assert title == layout.sheet
        cells = [cell.value for cell in empty[title][ref][0]]
        columns = [column.name for column in empty[title].tables[layout.name].tableColumns]
        assert cells == columns
        assert tuple(cells[: len(layout.headers)]) == layout.headers


def test_every_table_that_a_run_writes_has_nothing_below_it(empty: Workbook) -> None:
    # A live host writes rows downwards: anything there would be overwritten.
    for layout in RESULT_TABLES:
        title, ref = table_of(empty, layout.name)
        last = empty[title][ref][-1][0].row
        assert empty[title].max_row == last


def test_an_empty_template_has_room_to_type(empty: Workbook) -> None:
    rows = {name: len(empty[table_of(empty, name)[0]][table_of(empty, name)[1]]) - 1
            for name in ("tblHoldings", "tblTargets")}  # fmt: skip
    assert rows == {"tblHoldings": 25, "tblTargets": 12}


def test_every_setting_and_result_has_its_name_and_default(empty: Workbook) -> None:
    names = empty.defined_names
    for setting in SETTINGS:
        ((title, place),) = names[setting.defined_name].destinations
        assert title == "Settings"
        assert empty[title][place].value == setting.default
    for cell in RESULT_CELLS:
        ((title, _),) = names[cell.defined_name].destinations
        assert title == cell.sheet


def test_result_sheets_carry_their_mark_and_no_other_does(empty: Workbook) -> None:
    marks = {
        sheet.title: sheet.defined_names["xlr_sheet"].attr_text
        for sheet in empty.worksheets
        if "xlr_sheet" in sheet.defined_names
    }
    assert marks == {sheet.kind: f'"{sheet.kind}"' for sheet in SHEETS if sheet.result}


@pytest.mark.parametrize("name", list(CONTENTS))
def test_every_formula_carries_a_value_that_is_no_error(name: str) -> None:
    package = read_package(new(name))
    for sheet in package.sheets():
        assert package.uncalculated(sheet.title) == frozenset()
        assert 't="e"' not in package.text(sheet.part_name)


def test_every_sheet_prints_one_page_wide_on_a4_with_a_footer(empty: Workbook) -> None:
    for sheet in empty.worksheets:
        assert sheet.page_setup.paperSize == 9
        assert sheet.page_setup.fitToWidth == 1
        fit = sheet.sheet_properties.pageSetUpPr
        assert fit is not None
        assert fit.fitToPage
        upright = (
            "portrait" if sheet.title in ("Dashboard", "Study trades", "After tax") else "landscape"
        )
        assert sheet.page_setup.orientation == upright
        footer = sheet.oddFooter.right if sheet.oddFooter else None
        assert footer is not None
        assert footer.text == "Page &P of &N"


def test_input_sheets_freeze_and_repeat_their_header_and_filter(empty: Workbook) -> None:
    for layout in INPUT_TABLES:
        sheet = empty[layout.sheet]
        row = sheet[sheet.tables[layout.name].ref][0][0].row
        assert sheet.freeze_panes is not None
        assert sheet.freeze_panes[1:] == str(row + 1)
        assert sheet.print_title_rows == f"${row}:${row}"
        assert sheet.tables[layout.name].autoFilter is not None


def test_choices_are_offered_and_refused_in_words(empty: Workbook) -> None:
    for layout in INPUT_TABLES:
        rules = empty[layout.sheet].data_validations.dataValidation
        wanted = [column for column in layout.columns if column.choices]
        assert [rule.formula1 for rule in rules] == [f'"{",".join(c.choices)}"' for c in wanted]
        for rule, column in zip(rules, wanted, strict=True):
            assert rule.showErrorMessage
            assert rule.showInputMessage
            assert all(word in rule.error and word in rule.prompt for word in column.choices)


def test_account_and_symbol_columns_are_text(empty: Workbook) -> None:
    for layout in INPUT_TABLES:
        title, ref = table_of(empty, layout.name)
        for column, cell in zip(layout.columns, empty[title][ref][1], strict=False):
            if column.kind in (Kind.TEXT, Kind.SYMBOL) and not column.formula:
                assert cell.number_format == "@", (layout.name, column.header)


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("a","b")', "\t=1", "'=1"]
)
def test_text_never_becomes_a_formula(text: str) -> None:
    content = Content(
        rows={"tblHoldings": ({"Account": text, "Symbol": "AAA", "Quantity": 1.0, "Note": text},)},
        settings={"Banner": text},
        banner=text,
    )
    book = new_book(content)
    package = read_package(book)
    sheet = openpyxl.load_workbook(BytesIO(book))["Holdings"]

    assert sheet["A5"].value == text
    assert sheet["A5"].data_type == "s"
    assert sheet["A5"].quotePrefix == (text[0] in "=+-@\t")
    assert "A5" not in package.formula_cells("Holdings")
    assert "K5" not in package.formula_cells("Holdings")
    assert read_source(book).tables["tblHoldings"].rows[0][0] == text


def test_no_table_holds_merged_cells() -> None:
    book = openpyxl.load_workbook(BytesIO(new("stocks")))
    for sheet in book.worksheets:
        areas = [sheet[table.ref] for table in sheet.tables.values()]
        inside = {cell.coordinate for area in areas for row in area for cell in row}
        for merged in sheet.merged_cells.ranges:
            assert not inside & {cell for row in merged.rows for cell in map(str, row)}


def test_the_banner_stands_on_every_sheet_with_data() -> None:
    book = openpyxl.load_workbook(BytesIO(new("multi-asset")))
    for sheet in book.worksheets:
        if sheet.title == "Functions" or sheet.sheet_state == "hidden":
            continue
        values = [cell.value for row in sheet["A1:A10"] for cell in row]
        assert any("Synthetic data" in str(value) for value in values), sheet.title


@pytest.fixture(scope="module")
def twice() -> bytes:
    """A book with one function of our own making."""
    help_ = FunctionHelp(
        signature="XR_TWICE(range, [word], [flag])",
        help="Doubles.",
        returns="numbers",
        name="XR_TWICE",
        arguments=(("range", "Numbers."),),
        example=([[1.0, 2.0]], 'a "b"', None, True),
        answer=((2.0, True), ("a text that is too long for its column", 4.0)),
        category="Study",
    )
    return new_book(Content(), [help_])


def test_a_function_example_spills_and_says_what_to_expect(twice: bytes) -> None:
    sheet = openpyxl.load_workbook(BytesIO(twice))["Functions"]
    values = openpyxl.load_workbook(BytesIO(twice), data_only=True)["Functions"]
    text = "a text that is too long for its column"

    assert [sheet[f"A{row}"].value for row in range(10, 20)] == [
        "XR_TWICE(range, [word], [flag])", "Doubles.", "range", "Returns", "Example", "Formula", "Check",
        "Expected", None, "Live",
    ]  # fmt: skip
    assert sheet["B15"].value == '=XR_TWICE(B14:C14,"a ""b""",,TRUE)'
    assert sheet["B15"].data_type == "s"
    assert [[cell.value for cell in row] for row in values["B17:C18"]] == [[2, "TRUE"], [text, 4]]
    assert sheet["B19"].value.ref == "B19:C20"
    assert [[cell.value for cell in row] for row in values["B19:C20"]] == [[2, True], [text, 4]]


def test_a_text_that_its_neighbour_would_cut_is_wrapped_in_a_row_that_is_tall_enough(
    twice: bytes,
) -> None:
    sheet = openpyxl.load_workbook(BytesIO(twice))["Functions"]

    for row in (18, 20):
        assert sheet[f"B{row}"].alignment.wrap_text
        assert sheet.row_dimensions[row].height == 3 * 15, "38 characters in a column of 16"
    assert not sheet["C18"].alignment.wrap_text


def test_the_index_of_functions_leads_to_each_and_repeats_its_check(twice: bytes) -> None:
    sheet = openpyxl.load_workbook(BytesIO(twice))["Functions"]

    row = [sheet[f"{letter}7"] for letter in "ABCD"]
    assert [cell.value for cell in row] == ["XR_TWICE", "=B16", "Study", "Doubles."]
    assert row[0].hyperlink is not None
    assert row[0].hyperlink.location == "'Functions'!A10"
    assert sheet["A10"].value == "XR_TWICE(range, [word], [flag])"


def test_a_new_book_does_not_claim_that_the_add_in_has_answered() -> None:
    made = generate(Content())
    empty = openpyxl.load_workbook(BytesIO(made))
    values = openpyxl.load_workbook(BytesIO(made), data_only=True)["Functions"]
    checks = {
        values[f"A{row}"].value: values[f"B{row}"].value for row in range(7, 7 + len(FUNCTIONS))
    }

    assert checks == dict.fromkeys(FUNCTIONS, "not running")
    assert values["B3"].value == "not running; the book works without it"
    assert values["B4"].value == "the add-in has not answered: Live shows stored values, or #NAME?"
    ((title, place),) = empty.defined_names["res_AddIn"].destinations
    assert "XR_VERSION()" in empty[title][place].value
