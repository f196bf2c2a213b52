"""The native charts, declared once. They read columns of tblDrift on ChartData."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from openpyxl.chart import LineChart
from openpyxl.chart.data_source import NumDataSource, NumRef
from openpyxl.chart.error_bar import ErrorBars
from openpyxl.chart.label import DataLabelList
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.drawing.line import LineProperties
from openpyxl.worksheet.worksheet import Worksheet

from xl_rebal.workbook.chart_style import TableSource, bars, filled, marks, place, plot, rich
from xl_rebal.workbook.layout import BLUE, DRIFT, GRID, NAVY, PALE_BLUE, RED, TEAL

ALT_TEXTS = (
    ("Allocation", "Columns: weight of each target line now. Dash with a bar: its target and "
     "band. Dot: its weight after the trades."),
    ("Drift before and after", "Two bars a target line: its weight less its target, before and "
     "after the trades."),
    ("Drift and band", "A bar a target line: its drift now, on the grey bar of its band. Red where "
     "it is out of the band."),
)  # fmt: skip
"""Name and description of each chart, for readers of the screen, in the order of the charts."""

_LABELLED = 16
"""More bars than this leave no room for their numbers."""
_EDGE = 15000
"""Keeps a chart's frame inside the printed area, in EMU (914,400 an inch)."""
_GAP = 70000
"""Half the room between two charts side by side, in EMU."""
COLUMN_EMU = 400000
"""A little less than the width of a Dashboard column of 5.6 characters."""


def add_charts(sheet: Worksheet, data: str, header: int, lines: Sequence[str], banner: str) -> None:
    """Allocation with bands, drift before and after, drift in its band.

    ``data`` is ChartData's title, ``header`` the row of tblDrift's header, ``lines`` its labels.
    """
    source = TableSource(DRIFT, data, header, len(lines))
    note = said_on_chart(banner)
    right = (23, COLUMN_EMU - _EDGE)
    place(sheet, _allocation(source, note), (0, 0), right, (10, 28))
    place(sheet, _before_after(source, note), (0, 0), (11, COLUMN_EMU - _GAP), (29, 48))
    place(sheet, _drift(source, note, lines), (12, _GAP), right, (29, 48))


def said_on_chart(banner: str) -> str:
    """What a chart shows is said on the chart: the banner up to its first stop."""
    return f" ({re.split('[:.]', banner)[0]})" if banner else ""


def _allocation(source: TableSource, note: str) -> Any:
    chart = bars("Allocation: current, target with its band, after the trades" + note, left=0.06)
    chart.series.append(filled(source.series("Current", "Current", "Line"), PALE_BLUE))
    lines: Any = LineChart()
    target = marks(source.series("Target", "Target ± band", "Line"), "dash", 11, NAVY)
    target.errBars = ErrorBars(
        errDir="y", errBarType="both", errValType="cust", noEndCap=False,
        plus=NumDataSource(numRef=NumRef(f=source.text("Band above"))),
        minus=NumDataSource(numRef=NumRef(f=source.text("Band below"))),
        spPr=GraphicalProperties(ln=LineProperties(solidFill=NAVY, w=12700)),
    )  # fmt: skip
    lines.series.append(target)
    lines.series.append(marks(source.series("After", "After", "Line"), "circle", 8, TEAL))
    chart += lines
    # A band may be wider than its target: a weight below zero is nothing to show room for.
    chart.y_axis.scaling.min = 0
    return chart


def _before_after(source: TableSource, note: str) -> Any:
    chart = bars("Drift before and after" + note, left=0.11)
    chart.series.append(filled(source.series("Drift", "Before", "Line"), PALE_BLUE))
    chart.series.append(filled(source.series("Drift after", "After", "Line"), TEAL))
    chart.gapWidth = 60
    chart.y_axis.number_format = "+0%;-0%;0%"
    return chart


def _drift(source: TableSource, note: str, lines: Sequence[str]) -> Any:
    """Bars on top of their grey bands; what is out of its band is red and reaches beyond it."""
    chart = bars("Drift in its band (grey); out of it red" + note)
    longest = max((len(line) for line in lines), default=10)
    left = min(0.36, 0.06 + 0.0115 * longest)  # room for the longest label
    chart.layout = plot(left, 0.94 - left, 0.76)
    chart.type = "bar"
    chart.overlap = 100
    chart.gapWidth = 55
    chart.series.append(filled(source.series("Band above", "Band", "Line"), GRID))
    chart.series.append(filled(source.series("Lower edge", "Band below", "Line"), GRID))
    drift = filled(source.series("Drift", "Drift", "Line"), BLUE)
    if len(lines) <= _LABELLED:
        drift.dLbls = DataLabelList(
            showVal=True, showSerName=False, showCatName=False, showLegendKey=False,
            showPercent=False, txPr=rich(850),
        )  # fmt: skip
    chart.series.append(drift)
    chart.series.append(filled(source.series("Outside", "Out of its band", "Line"), RED))
    chart.legend = None
    chart.x_axis.scaling.orientation = "maxMin"
    chart.y_axis.number_format = "+0%;-0%;0%"
    return chart
