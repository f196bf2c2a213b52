"""The native charts, declared once. They read columns of tblDrift on ChartData."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from openpyxl.chart import BarChart, LineChart, Reference, Series
from openpyxl.chart.data_source import AxDataSource, NumDataSource, NumRef, StrRef
from openpyxl.chart.error_bar import ErrorBars
from openpyxl.chart.label import DataLabelList
from openpyxl.chart.layout import Layout, ManualLayout
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.chart.text import RichText
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.spreadsheet_drawing import AnchorMarker, TwoCellAnchor
from openpyxl.drawing.text import CharacterProperties, Paragraph, ParagraphProperties
from openpyxl.worksheet.worksheet import Worksheet

from xl_rebal.workbook.book import column_letters
from xl_rebal.workbook.layout import BLUE, DRIFT, GREY, GRID, INK, NAVY, PALE_BLUE, RED, TEAL

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


def add_charts(sheet: Worksheet, data: str, header: int, lines: Sequence[str], banner: str) -> None:
    """Allocation with bands, drift before and after, drift in its band.

    ``data`` is ChartData's title, ``header`` the row of tblDrift's header, ``lines`` its labels.
    """
    source = _Source(data, header, max(1, len(lines)))
    # what a chart shows is said on the chart: the banner up to its first stop
    note = f" ({re.split('[:.]', banner)[0]})" if banner else ""
    _place(sheet, _allocation(source, note), (0, 0), (24, -_EDGE), 10, 28)
    _place(sheet, _before_after(source, note), (0, 0), (12, -_GAP), 29, 48)
    _place(sheet, _drift(source, note, lines), (12, _GAP), (24, -_EDGE), 29, 48)


class _Source:
    """Columns of tblDrift as chart references."""

    def __init__(self, title: str, header: int, rows: int) -> None:
        self._title = title.replace("'", "''")
        self._header, self._rows = header, rows

    def text(self, column: str) -> str:
        letter = column_letters(DRIFT.headers.index(column) + 1)
        return f"'{self._title}'!${letter}${self._header + 1}:${letter}${self._header + self._rows}"

    def series(self, column: str, title: str, colour: str = "") -> Any:
        series: Any = Series(Reference(range_string=self.text(column)), title=title)
        series.cat = AxDataSource(strRef=StrRef(f=self.text("Line")))
        series.invertIfNegative = False
        if colour:
            series.graphicalProperties = GraphicalProperties(solidFill=colour)
        return series


def _allocation(source: _Source, note: str) -> Any:
    chart = _bars("Allocation: current, target with its band, after the trades" + note, left=0.06)
    chart.series.append(source.series("Current", "Current", PALE_BLUE))
    lines: Any = LineChart()
    target = _marks(source.series("Target", "Target ± band"), "dash", 11, NAVY)
    target.errBars = ErrorBars(
        errDir="y", errBarType="both", errValType="cust", noEndCap=False,
        plus=NumDataSource(numRef=NumRef(f=source.text("Band above"))),
        minus=NumDataSource(numRef=NumRef(f=source.text("Band below"))),
        spPr=GraphicalProperties(ln=LineProperties(solidFill=NAVY, w=12700)),
    )  # fmt: skip
    lines.series.append(target)
    lines.series.append(_marks(source.series("After", "After"), "circle", 8, TEAL))
    chart += lines
    # A band may be wider than its target: a weight below zero is nothing to show room for.
    chart.y_axis.scaling.min = 0
    return chart


def _before_after(source: _Source, note: str) -> Any:
    chart = _bars("Drift before and after" + note, left=0.11)
    chart.series.append(source.series("Drift", "Before", PALE_BLUE))
    chart.series.append(source.series("Drift after", "After", TEAL))
    chart.gapWidth = 60
    chart.y_axis.number_format = "+0%;-0%;0%"
    return chart


def _drift(source: _Source, note: str, lines: Sequence[str]) -> Any:
    """Bars on top of their grey bands; what is out of its band is red and reaches beyond it."""
    chart = _bars("Drift in its band (grey); out of it red" + note)
    longest = max((len(line) for line in lines), default=10)
    left = min(0.36, 0.06 + 0.0115 * longest)  # room for the longest label
    chart.layout = _plot(left, 0.94 - left, 0.76)
    chart.type = "bar"
    chart.overlap = 100
    chart.gapWidth = 55
    chart.series.append(source.series("Band above", "Band", GRID))
    chart.series.append(source.series("Lower edge", "Band below", GRID))
    drift = source.series("Drift", "Drift", BLUE)
    if len(lines) <= _LABELLED:
        drift.dLbls = DataLabelList(
            showVal=True, showSerName=False, showCatName=False, showLegendKey=False,
            showPercent=False, txPr=_rich(850),
        )  # fmt: skip
    chart.series.append(drift)
    chart.series.append(source.series("Outside", "Out of its band", RED))
    chart.legend = None
    chart.x_axis.scaling.orientation = "maxMin"
    chart.y_axis.number_format = "+0%;-0%;0%"
    return chart


def _bars(title: str, left: float = 0.09) -> Any:
    chart: Any = BarChart()
    chart.type = "col"
    chart.gapWidth = 70
    chart.title = title
    chart.title.tx.rich.p[0].pPr = ParagraphProperties(defRPr=_text(1150, bold=True))
    for run in chart.title.tx.rich.p[0].r or []:
        run.rPr = _text(1150, bold=True)
    chart.title.overlay = False
    chart.title.layout = Layout(ManualLayout(xMode="edge", yMode="edge", x=0.02, y=0.025))
    chart.layout = _plot(left, 0.97 - left, 0.64)
    chart.legend.position = "b"
    chart.legend.txPr = _rich(900)
    chart.x_axis.delete = chart.y_axis.delete = False
    chart.x_axis.tickLblPos = "low"
    chart.x_axis.graphicalProperties = GraphicalProperties(ln=LineProperties(solidFill=GREY))
    chart.y_axis.number_format = "0%"
    chart.y_axis.majorGridlines.spPr = GraphicalProperties(
        ln=LineProperties(solidFill=GRID, w=6350)
    )
    chart.y_axis.spPr = GraphicalProperties(ln=LineProperties(noFill=True))
    for axis in (chart.x_axis, chart.y_axis):
        axis.txPr = _rich(900)
    chart.graphical_properties = GraphicalProperties(ln=LineProperties(solidFill=GRID, w=9525))
    chart.roundedCorners = False
    return chart


def _plot(left: float, width: float, height: float) -> Layout:
    return Layout(
        ManualLayout(
            layoutTarget="inner", xMode="edge", yMode="edge", x=left, y=0.16, w=width, h=height
        )
    )


def _text(size: int, *, bold: bool = False) -> CharacterProperties:
    return CharacterProperties(sz=size, b=bold, solidFill=INK, latin=None)


def _rich(size: int) -> RichText:
    text = Paragraph(pPr=ParagraphProperties(defRPr=_text(size)), endParaRPr=_text(size))
    return RichText(p=[text])


def _marks(series: Any, symbol: str, size: int, colour: str) -> Any:
    series.marker.symbol = symbol
    series.marker.size = size
    series.marker.graphicalProperties = GraphicalProperties(solidFill=colour)
    series.marker.graphicalProperties.line.solidFill = colour
    series.graphicalProperties = GraphicalProperties(ln=LineProperties(noFill=True))
    series.smooth = False
    return series


def _place(
    sheet: Worksheet,
    chart: Any,
    left: tuple[int, int],
    right: tuple[int, int],
    top: int,
    bottom: int,
) -> None:
    """Between columns (with an offset in EMU) and rows counted from 0.

    A chart moves and grows with its cells.
    """
    column, offset = right
    if offset < 0:  # an offset counts from the left edge of its column
        column, offset = column - 1, COLUMN_EMU + offset
    chart.anchor = TwoCellAnchor(
        editAs="twoCell",
        _from=AnchorMarker(col=left[0], colOff=left[1], row=top),
        to=AnchorMarker(col=column, colOff=offset, row=bottom),
    )
    sheet.add_chart(chart)


COLUMN_EMU = 400000
"""A little less than the width of a Dashboard column of 5.6 characters."""
