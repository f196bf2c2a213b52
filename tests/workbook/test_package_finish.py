"""Finishing what openpyxl saved: values, spills and the mended faults, judged by other readers."""

from __future__ import annotations

import io
import math
from xml.etree import ElementTree

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.chart import BarChart, LineChart, Reference
from openpyxl.styles import Font
from openpyxl.worksheet.formula import ArrayFormula
from python_calamine import CalamineWorkbook

from tests.workbook.package_books import (
    MAIN,
    RESULT_VALUES,
    edited,
    parts_of,
    result_book,
    result_sheet,
    saved,
    xml,
)
from xl_rebal.workbook.package import ErrorCell, finish, read_package

CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
ARRAYS = "{http://schemas.microsoft.com/office/spreadsheetml/2017/dynamicarray}"


def raw_book() -> bytes:
    book = Workbook()
    book.remove(book.worksheets[0])
    result_sheet(book, "Trades")
    return saved(book)


def test_every_formula_shows_its_value_to_readers_that_do_not_calculate() -> None:
    data = finish(raw_book(), {"Trades": RESULT_VALUES})

    assert read_package(data).uncalculated("Trades") == frozenset()
    sheet = load_workbook(io.BytesIO(data), data_only=True)["Trades"]
    assert [sheet[a].value for a in ("C2", "C3", "C4")] == [1200.5, "#N/A", "<sold> & gone"]
    assert sheet["C3"].data_type == "e"
    rows = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
    assert [row[2] for row in rows] == ["Amount", 1200.5, "", "<sold> & gone"]
    assert load_workbook(io.BytesIO(data))["Trades"]["C2"].value == "=B2*100"


def test_the_same_input_gives_the_same_bytes_whenever_it_was_saved() -> None:
    first = raw_book()
    later = edited(
        first, {"docProps/core.xml": lambda text: text.replace("Z</dcterms", "1Z</dcterms")}
    )

    assert finish(later, {"Trades": RESULT_VALUES}) == finish(first, {"Trades": RESULT_VALUES})
    core = parts_of(finish(first, {"Trades": RESULT_VALUES}))["docProps/core.xml"].decode()
    assert core.count(">2000-01-01T00:00:00Z<") == 2


def test_a_formula_without_a_value_is_a_bug_with_its_address() -> None:
    values = {address: value for address, value in RESULT_VALUES.items() if address != "C4"}

    with pytest.raises(ValueError, match="Trades!C4 holds a formula and was given no value"):
        finish(raw_book(), {"Trades": values})
    with pytest.raises(ValueError, match="Trades!C2 holds a formula and was given no value"):
        finish(raw_book(), {})


def test_values_out_of_place_are_a_bug() -> None:
    with pytest.raises(ValueError, match="Trades!A1, where there is no formula"):
        finish(raw_book(), {"Trades": {**RESULT_VALUES, "A1": 1}})
    with pytest.raises(ValueError, match="which is no sheet"):
        finish(raw_book(), {"Trades": RESULT_VALUES, "Other": {}})
    with pytest.raises(ValueError, match="Trades!C2 shall spill but holds no array formula"):
        finish(raw_book(), {"Trades": RESULT_VALUES}, {"Trades": ["C2"]})


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_a_number_that_openpyxl_writes_as_nothing_is_a_bug(value: float) -> None:
    book = Workbook()
    book.worksheets[0].append([1.5, value])

    with pytest.raises(ValueError, match="Sheet!B1 was written as NaN or infinity"):
        finish(saved(book), {})


def test_anchors_become_dynamic_arrays_and_the_other_array_formulas_do_not() -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet["A1"] = ArrayFormula("A1:A2", "=D1:D2")
    sheet["B1"] = ArrayFormula("B1:B2", "=D1:D2")

    data = finish(saved(book), {"Sheet": {"A1": 1, "B1": ErrorCell("#REF!")}}, {"Sheet": ["A1"]})

    cells = {c.get("r"): c for c in xml(data, "xl/worksheets/sheet1.xml").iter(f"{{{MAIN}}}c")}
    assert (cells["A1"].get("cm"), cells["B1"].get("cm")) == ("1", None)
    root = xml(data, "xl/metadata.xml")
    kind = root.find(f"{{{MAIN}}}metadataTypes/{{{MAIN}}}metadataType")
    assert kind is not None
    assert (kind.get("name"), kind.get("cellMeta")) == ("XLDAPR", "1")
    assert [p.get("fDynamic") for p in root.iter(f"{ARRAYS}dynamicArrayProperties")] == ["1"]
    record = root.find(f"{{{MAIN}}}cellMetadata/{{{MAIN}}}bk/{{{MAIN}}}rc")
    assert record is not None
    assert (record.get("t"), record.get("v")) == ("1", "0")
    package = read_package(data)
    assert package.related("xl/workbook.xml", "sheetMetadata") == "xl/metadata.xml"
    assert package.content_type("xl/metadata.xml").endswith("spreadsheetml.sheetMetadata+xml")


def test_a_book_without_spills_has_no_metadata() -> None:
    assert "xl/metadata.xml" not in parts_of(finish(raw_book(), {"Trades": RESULT_VALUES}))


# The sequence of CT_Font in the schema.
FONT = "b i strike condense extend outline shadow u vertAlign sz color name family charset scheme"


def test_fonts_have_their_children_in_the_order_of_the_schema() -> None:
    book = Workbook()
    book.worksheets[0]["A1"].font = Font(
        name="Arial", b=True, i=True, strike=True, u="double", sz=9, color="FF112233", charset=2
    )
    raw = saved(book)

    for data, in_order in ((raw, False), (finish(raw, {}), True)):
        fonts = list(xml(data, "xl/styles.xml").iter(f"{{{MAIN}}}font"))
        orders = [[FONT.split().index(e.tag.partition("}")[2]) for e in font] for font in fonts]
        assert all(order == sorted(order) for order in orders) is in_order
    font = load_workbook(io.BytesIO(finish(raw, {})))["Sheet"]["A1"].font
    assert (font.name, font.b, font.i, font.u, font.sz) == ("Arial", True, True, "double", 9)


def charts_of(data: bytes) -> list[ElementTree.Element]:
    return [
        ElementTree.fromstring(content)
        for name, content in sorted(parts_of(data).items())
        if name.startswith("xl/charts/")
    ]


def test_charts_show_their_axes_draw_straight_lines_and_keep_error_bars_in_order() -> None:
    raw, done = charts_of(raw_book()), charts_of(result_book({"Trades": "Trades"}))

    for chart in done:
        axes = [e for e in chart.iter() if e.tag in (f"{CHART}catAx", f"{CHART}valAx")]
        assert len(axes) == 2
        for axis in axes:
            tags = [child.tag for child in axis]
            assert tags.index(f"{CHART}delete") == tags.index(f"{CHART}scaling") + 1
            assert tags.count(f"{CHART}delete") == 1
            assert axis.find(f"{CHART}delete").get("val") == "0"  # type: ignore[union-attr]
        for series in chart.iter(f"{CHART}ser"):
            assert [series[-1].tag, series[-1].get("val")] == [f"{CHART}smooth", "0"]
    assert [e.get("val") for e in done[1].iter(f"{CHART}scatterStyle")] == ["lineMarker"]
    bars = [next(chart.iter(f"{CHART}errBars")) for chart in (raw[0], done[0])]
    orders = [[e.tag[-5:] for e in bar if e.tag[-5:].endswith(("plus", "minus"))] for bar in bars]
    assert orders == [["minus", "}plus"], ["}plus", "minus"]]


def test_what_a_chart_says_already_is_left_as_it_is() -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append([1, 2])
    line, bar = LineChart(), BarChart()
    for chart in (line, bar):
        chart.add_data(Reference(sheet, min_col=1, min_row=1, max_col=2))
    line.x_axis.delete = True
    line.series[0].smooth = True
    sheet.add_chart(line, "A5")
    sheet.add_chart(bar, "A25")

    first, second = charts_of(finish(saved(book), {}))

    assert [e.get("val") for e in first.iter(f"{CHART}delete")] == ["1", "0"]
    assert [e.get("val") for e in first.iter(f"{CHART}smooth")] == ["1", "0"]
    assert not list(second.iter(f"{CHART}smooth"))


def test_negative_bars_keep_their_colour() -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append([1, -2])
    bar, inverted = BarChart(), BarChart()
    for place, chart in (("A5", bar), ("A25", inverted)):
        chart.add_data(Reference(sheet, min_col=1, min_row=1, max_col=2))
        sheet.add_chart(chart, place)
    inverted.series[0].invertIfNegative = True

    first, second = charts_of(finish(saved(book), {}))

    for series in first.iter(f"{CHART}ser"):
        tags = [child.tag for child in series]
        assert tags.index(f"{CHART}invertIfNegative") == tags.index(f"{CHART}spPr") + 1
    assert [e.get("val") for e in first.iter(f"{CHART}invertIfNegative")] == ["0", "0"]
    assert [e.get("val") for e in second.iter(f"{CHART}invertIfNegative")] == ["1", "0"]


def test_texts_are_shared_and_come_back_unchanged() -> None:
    book = Workbook()
    texts = ["one", "two & <three>", "one", "  spaces ", "line\nbreak", 'say t="inlineStr"', ""]
    for text in texts:
        book.worksheets[0].append([text])
    blank = book.worksheets[0]["A7"]
    blank.value, blank.data_type = "", "s"

    data = finish(saved(book), {})

    shared = xml(data, "xl/sharedStrings.xml")
    assert (shared.get("uniqueCount"), shared.get("count")) == ("6", "7")
    assert b"inlineStr" not in parts_of(data)["xl/worksheets/sheet1.xml"]
    sheet = load_workbook(io.BytesIO(data))["Sheet"]
    assert [cell.value for cell in sheet["A"]] == texts
    rows = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
    assert [row[0] for row in rows] == texts


def test_finishing_twice_is_finishing_once() -> None:
    once = finish(raw_book(), {"Trades": RESULT_VALUES}, {"Trades": ["E2"]})

    assert parts_of(finish(once, {"Trades": RESULT_VALUES}, {"Trades": ["E2"]})) == parts_of(once)
