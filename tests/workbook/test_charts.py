"""The Dashboard's charts, in the XML that a spreadsheet program reads, and drawn by Calc."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from xml.etree.ElementTree import Element, fromstring

import openpyxl
import pytest

from tests.judges.libreoffice import Calc
from tests.judges.verdict import excel_faults, findings
from xl_rebal.workbook.book import Block, Results
from xl_rebal.workbook.charts import ALT_TEXTS
from xl_rebal.workbook.content import Content
from xl_rebal.workbook.file_book import read_source
from xl_rebal.workbook.layout import DRIFT, sheets_written_by
from xl_rebal.workbook.package import read_package
from xl_rebal.workbook.results import with_results
from xl_rebal.workbook.study_charts import BACKTEST_TEXTS
from xl_rebal.workbook.template import new_book

C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
BANNER = "Made-up data: no market at all"


def results(lines: int, worth: float = 1000.0) -> Results:
    drift = tuple(
        (f"SYM{i}", 0.1, 0.1, 0.02, 0.02, 0.1, 0.05, 0.0, -0.02, 0.05, "out") for i in range(lines)
    )
    trades = tuple(
        (
            i,
            "Main",
            "Sell",
            f"SYM{i}",
            1.5,
            10.0,
            worth,
            0.0,
            f"SYM{i}",
            0.1,
            0.1,
            0.1,
            "Why.",
            "",
            None,
            None,
            None,
            "",
        )
        for i in range(1, lines + 1)
    )
    outcomes = (("Main", worth, worth, -worth, worth, 0.0, 0.0, worth, 0.0, ""),)
    return Results(
        (Block("tblTrades", trades), Block("tblOutcomes", outcomes), Block("tblDrift", drift)),
        {"Status": "Made", "Value": worth, "Sells": worth, "Buys": worth, "Costs": 2.0,
         "TradeCount": lines, "MaxDriftLine": "SYM0", "Cash": worth, "ResidualDrift": 0.01},
        sheets_written_by("rebalance"),
    )  # fmt: skip


def book(lines: int, worth: float = 1000.0) -> bytes:
    empty = new_book(Content(settings={"Banner": BANNER}, banner=BANNER))
    return with_results(empty, read_source(empty), results(lines, worth), "made.xlsx")


def chart_roots(content: bytes, title: str = "Dashboard") -> list[Element]:
    """The charts of a sheet in their order."""
    package = read_package(content)
    part = next(sheet.part_name for sheet in package.sheets() if sheet.title == title)
    drawing = package.related(part, "drawing")
    assert drawing is not None
    charts = [each.target for each in package.relationships(drawing) if each.kind == "chart"]
    return [
        fromstring(package.text(name))
        for name in sorted(charts, key=lambda name: (len(name), name))
    ]


@pytest.fixture(scope="module")
def charts() -> list[Element]:
    return chart_roots(book(3))


def test_the_dashboard_has_three_charts_and_each_shows_its_axes(charts: list[Element]) -> None:
    assert len(charts) == 3
    for root in charts:
        axes = [*root.iter(f"{C}catAx"), *root.iter(f"{C}valAx")]
        assert len(axes) >= 2
        for axis in axes:
            hidden = axis.find(f"{C}delete")
            assert hidden is not None
            assert hidden.get("val") == "0"


def test_no_line_is_smoothed_and_no_negative_bar_is_inverted(charts: list[Element]) -> None:
    for root in charts:
        for series in (s for line in root.iter(f"{C}lineChart") for s in line.iter(f"{C}ser")):
            smooth = series.find(f"{C}smooth")
            assert smooth is not None
            assert smooth.get("val") == "0"
        for series in (s for bar in root.iter(f"{C}barChart") for s in bar.iter(f"{C}ser")):
            inverted = series.find(f"{C}invertIfNegative")
            assert inverted is not None
            assert inverted.get("val") == "0"


def test_every_series_reads_a_column_of_the_drift_table_and_all_its_rows() -> None:
    content = book(7)
    sheet = openpyxl.load_workbook(BytesIO(content))["ChartData"]
    first, last = sheet.tables[DRIFT.name].ref.split(":")
    top, bottom = int(first[1:]) + 1, int(last[1:])
    references = [f.text or "" for root in chart_roots(content) for f in root.iter(f"{C}f")]

    assert bottom - top + 1 == 7
    assert len(references) > 12
    for reference in references:
        title, _, area = reference.partition("!")
        assert title == "'ChartData'"
        begin, end = area.replace("$", "").split(":")
        assert (int(begin[1:]), int(end[1:])) == (top, bottom)
        assert begin[0] == end[0] <= last[0]


def test_the_bands_reach_as_far_up_and_down_as_the_table_says(charts: list[Element]) -> None:
    (bars,) = charts[0].iter(f"{C}errBars")
    letters = {}
    for side in ("plus", "minus"):
        reference = bars.findtext(f"{C}{side}/{C}numRef/{C}f") or ""
        letters[side] = reference.partition("!$")[2][0]
    assert letters == {
        "plus": "ABCDEFGHIJK"[DRIFT.headers.index("Band above")],
        "minus": "ABCDEFGHIJK"[DRIFT.headers.index("Band below")],
    }


def test_every_chart_has_an_alternative_text_and_says_what_its_data_are() -> None:
    content = book(3)
    package = read_package(content)
    for sheet, texts in (("Dashboard", ALT_TEXTS), ("Backtest", BACKTEST_TEXTS)):
        part = next(each.part_name for each in package.sheets() if each.title == sheet)
        drawing = fromstring(package.text(package.related(part, "drawing") or ""))
        told = [(e.get("name"), e.get("descr")) for e in drawing.iter() if e.tag.endswith("cNvPr")]

        assert told == list(texts)
        for root in chart_roots(content, sheet):
            title = "".join(t.text or "" for t in root.iter() if t.tag.endswith("}t"))
            assert "(Made-up data)" in title


@pytest.mark.parametrize("lines", [0, 1, 12, 40])
def test_the_result_sheets_hold_for_any_number_of_lines(calc: Calc, lines: int) -> None:
    made = book(lines)

    assert len(chart_roots(made)) == 3
    assert findings(made, calc) == []


def test_hundreds_of_millions_have_room_in_every_cell(tmp_path: Path) -> None:
    path = tmp_path / "large.xlsx"
    path.write_bytes(book(3, worth=987_654_321.12))

    assert excel_faults(path) == []


def test_many_bars_carry_no_numbers() -> None:
    few, many = chart_roots(book(12))[2], chart_roots(book(40))[2]

    assert list(few.iter(f"{C}dLbls"))
    assert not list(many.iter(f"{C}dLbls"))


def test_the_line_of_the_frontier_goes_on_beside_policies_that_are_beaten() -> None:
    drawn = chart_roots(new_book(Content(settings={}, banner="")), "Bands")[0]
    blanks = drawn.find(f".//{C}dispBlanksAs")

    assert drawn.find(f".//{C}scatterChart") is not None
    assert blanks is not None
    assert blanks.get("val") == "span"
