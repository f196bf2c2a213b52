"""A small book without a fault that has one of everything the linter looks at; and edits of it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from functools import cache

from openpyxl import Workbook
from openpyxl.chart import BarChart, LineChart, Reference, ScatterChart, Series
from openpyxl.chart.data_source import NumDataSource, NumRef
from openpyxl.chart.error_bar import ErrorBars
from openpyxl.formatting.rule import Rule
from openpyxl.styles import Font
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.formula import ArrayFormula
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.table import Table
from openpyxl.worksheet.worksheet import Worksheet

from xl_rebal.workbook.package import CachedValue, finish

Edit = Callable[[str], str] | bytes | None
"""A part's new text from its old one, its new bytes, or None: the part is dropped."""

VALUES: dict[str, dict[str, CachedValue]] = {
    "Desk": {"C2": 40, "C3": 60, "E2": 0.8, "G2": "Bonds"},
    "The page": {"A4": 100},
}
DESK = "xl/worksheets/sheet1.xml"
"""The part of the first sheet, which has one of everything."""
IGNORED = '<ignoredErrors><ignoredError sqref="A2:A3" numberStoredAsText="1"/></ignoredErrors>'


@cache
def good_book() -> bytes:
    """Two sheets: tables, formulas, a spill, formats, validations, merged cells, links, charts.

    Its XML is spelled alike with and without lxml, so that edits may look for text.
    """
    book = Workbook()
    desk = book.worksheets[0]
    desk.title = "Desk"
    _fill(desk)
    _watch(desk)
    _draw(desk)
    page = book.create_sheet("The page")
    for row in (["Year", "Return"], [2024, 0.1], [2025, -0.05]):
        page.append([str(cell) if row[0] == "Year" else cell for cell in row])
    page.add_table(Table(id=2, displayName="tblPage", ref="A1:B3"))
    page["A4"] = "=SUM(Desk!C2:C3)"
    page.defined_names["here"] = DefinedName("here", attr_text="'The page'!$A$4")
    book.defined_names["set_AsOf"] = DefinedName("set_AsOf", attr_text="'The page'!$A$2")
    buffer = io.BytesIO()
    book.save(buffer)
    done = finish(buffer.getvalue(), VALUES, {"Desk": ["E2"]})
    with zipfile.ZipFile(io.BytesIO(done)) as archive:
        parts: dict[str, Edit] = {
            name: archive.read(name).replace(b" />", b"/>") for name in archive.namelist()
        }
    with_ignored = {DESK: lambda text: text.replace("<drawing", f"{IGNORED}<drawing")}
    return edited(edited(done, parts), with_ignored)


def _fill(desk: Worksheet) -> None:
    for row in (
        ["Asset", "Weight", "Amount"],
        ["Bonds", 0.4, "=B2*100"],
        ["Shares", 0.6, "=B3*100"],
    ):
        desk.append(row)
    for cell in desk[1]:
        cell.font = Font(name="Calibri", bold=True, color="FF1F3A5F", size=11)
    desk["B2"].number_format = desk["B3"].number_format = "0.000%"
    desk["C2"].number_format = "#,##0.00"
    desk.add_table(Table(id=1, displayName="tblDesk", ref="A1:C3"))
    desk["E2"] = ArrayFormula("E2:E3", "=B2:B3*2")
    desk["E3"] = 1.2
    desk["G2"] = "=A2"
    desk["G3"] = True
    desk["G5"], desk["G7"] = "merged", "merged too"
    desk.merge_cells("G5:H5")
    desk.merge_cells("G7:H7")
    desk.column_dimensions["A"].width, desk.column_dimensions["B"].width = 14, 12
    desk.row_dimensions[1].height = 20


def _watch(desk: Worksheet) -> None:
    for area, font in (("C2:C3", Font(bold=True)), ("B2:B3", Font(italic=True))):
        look = DifferentialStyle(font=font)
        low = Rule(type="cellIs", operator="lessThan", formula=["0"], dxf=look)
        desk.conditional_formatting.add(area, low)
    rule = DataValidation(
        type="list", formula1='"Bonds,Shares"', allow_blank=True, promptTitle="Asset",
        prompt="One of two.", errorTitle="Asset", error="Choose one of two.",
    )  # fmt: skip
    rule.add("A2:A3")
    desk.add_data_validation(rule)
    desk["G2"].hyperlink = Hyperlink(ref="G2", location="'The page'!A1")


def _draw(desk: Worksheet) -> None:
    weights = Reference(desk, min_col=2, min_row=1, max_row=3)
    bars, lines, dots = BarChart(), LineChart(), ScatterChart()
    bars.add_data(weights, titles_from_data=True)
    lines.add_data(weights, titles_from_data=True)
    ends = NumDataSource(numRef=NumRef(f="Desk!$B$2:$B$3"))
    lines.series[0].errBars = ErrorBars(
        errDir="y", errBarType="both", errValType="cust", plus=ends, minus=ends
    )
    amounts = Reference(desk, min_col=3, min_row=2, max_row=3)
    dots.series.append(Series(amounts, Reference(desk, min_col=2, min_row=2, max_row=3)))
    desk.add_chart(bars, "J2")
    desk.add_chart(lines, "J20")
    desk.add_chart(dots, "J38")


def edited(book: bytes, edits: Mapping[str, Edit]) -> bytes:
    """The book with these parts changed, added or dropped; an edit must change something."""
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        parts: dict[str, bytes] = {name: archive.read(name) for name in archive.namelist()}
    for part, edit in edits.items():
        if callable(edit):
            before = parts[part].decode()
            after = edit(before)
            assert after != before, f"the edit of {part} changes nothing"
            parts[part] = after.encode()
        elif edit is None:
            del parts[part]
        else:
            parts[part] = edit
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()
