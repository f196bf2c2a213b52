"""The charts of a study after tax: growth by policy, taxes by year."""

from __future__ import annotations

from openpyxl.chart.label import DataLabelList
from openpyxl.worksheet.worksheet import Worksheet

from xl_rebal.workbook.chart_style import TableSource, bars, filled, place, plot, rich
from xl_rebal.workbook.layout import GREY, TEAL
from xl_rebal.workbook.layout_after_tax import WITH, WITHOUT

AFTER_TAX_TEXTS = (
    ("Growth after tax", "Two bars a policy: growth a year after tax, grey without harvesting and green "
     "with it."),
    ("Taxes by year", "Two bars a year: taxes that the policy of this book pays, grey without harvesting and "
     "green with it; below zero where losses have saved more."),
)  # fmt: skip
"""Name and description of each chart, in their order."""

_COLOURS = {WITHOUT: GREY, WITH: TEAL}


def add_after_tax_charts(
    sheet: Worksheet,
    growth: TableSource,
    years: TableSource,
    note: str,
    rows: tuple[int, int],
    columns: tuple[int, int],
) -> None:
    """Two charts side by side from row to row; the columns are the end of the first and of the second."""
    middle, right = columns
    place(sheet, _growth(growth, note), (0, 0), (middle, 0), rows)
    place(sheet, _years(years, note), (middle, 60000), (right, 0), rows)


def _growth(source: TableSource, note: str) -> object:
    chart = bars("Growth a year after tax" + note)
    chart.layout = plot(0.3, 0.64, 0.68)
    chart.type = "bar"
    chart.gapWidth = 45
    for name, colour in _COLOURS.items():
        series = filled(source.series(name, name, "Policy"), colour)
        series.dLbls = DataLabelList(
            showVal=True, showSerName=False, showCatName=False, showLegendKey=False,
            showPercent=False, txPr=rich(700),
        )  # fmt: skip
        series.dLbls.numFmt = "0.00%"
        chart.series.append(series)
    chart.x_axis.scaling.orientation = "maxMin"
    chart.y_axis.crosses = "max"  # at the bottom, since policies run downwards
    chart.y_axis.number_format = "0%"
    return chart


def _years(source: TableSource, note: str) -> object:
    chart = bars("This book: taxes by year" + note, left=0.12)
    for name, colour in _COLOURS.items():
        chart.series.append(filled(source.series(name, name, "Year"), colour))
    chart.y_axis.number_format = "#,##0"
    return chart
