"""The native charts, declared once. They read columns of tblDrift on ChartData."""

from __future__ import annotations

import re
from typing import Any

from openpyxl.chart import BarChart, LineChart, Reference, Series
from openpyxl.chart.data_source import NumDataSource, NumRef
from openpyxl.chart.error_bar import ErrorBars
from openpyxl.chart.label import DataLabelList
from openpyxl.chart.layout import Layout, ManualLayout
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.chart.text import RichText
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.spreadsheet_drawing import AnchorMarker, TwoCellAnchor
from openpyxl.drawing.text import CharacterProperties, Paragraph, ParagraphProperties
from openpyxl.worksheet.worksheet import Worksheet

from xl_rebal.workbook.layout import BLUE, DRIFT, GRID, INK, NAVY, PALE_BLUE, TEAL


def add_charts(sheet: Worksheet, data: str, header: int, rows: int, banner: str) -> None:
    """Allocation with bands, before and after, drift by asset; ``data`` is ChartData's title."""
    source = _Source(data, header, rows)
    # what a chart shows is said on the chart: the banner up to its first stop
    note = f" ({re.split('[:.]', banner)[0]})" if banner else ""
    _place(sheet, _allocation(source, note), 0, 8, 24, 29)
    _place(sheet, _before_after(source, note), 0, 30, 12, 51)
    _place(sheet, _drift(source, note), 12, 30, 24, 51)


class _Source:
    """Columns of tblDrift as chart references."""

    def __init__(self, title: str, header: int, rows: int) -> None:
        self._title = title.replace("'", "''")
        self._header, self._rows = header, rows

    def text(self, column: str) -> str:
        letter = "ABCDEFGHIJ"[DRIFT.headers.index(column)]
        return f"'{self._title}'!${letter}${self._header + 1}:${letter}${self._header + self._rows}"

    def series(self, column: str, title: str) -> Any:
        series = Series(Reference(range_string=self.text(column)), title=title)
        series.cat = _categories(self.text("Line"))
        return series


def _categories(reference: str) -> Any:
    from openpyxl.chart.data_source import AxDataSource, StrRef

    return AxDataSource(strRef=StrRef(f=reference))


def _allocation(source: _Source, note: str) -> BarChart:
    chart = _bars("Allocation: current, target with its band, after the trades" + note)
    current = source.series("Current", "Current")
    _fill(current, PALE_BLUE)
    chart.series.append(current)
    lines = LineChart()
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
    return chart


def _before_after(source: _Source, note: str) -> BarChart:
    chart = _bars("Drift before and after" + note)
    for column, title, colour in (("Drift", "Before", PALE_BLUE), ("Drift after", "After", TEAL)):
        series = source.series(column, title)
        _fill(series, colour)
        chart.series.append(series)
    chart.gapWidth = 60
    chart.y_axis.number_format = "+0%;-0%;0%"
    return chart


def _drift(source: _Source, note: str) -> Any:
    """Bars on top of their grey bands: what reaches beyond the grey is out."""
    chart: Any = _bars("Drift (blue) in its band (grey)" + note)
    chart.type = "bar"
    chart.overlap = 100
    for column, title in (("Band above", "Band"), ("Lower edge", "Band below")):
        band = source.series(column, title)
        _fill(band, GRID)
        chart.series.append(band)
    series = source.series("Drift", "Drift")
    _fill(series, BLUE)
    series.dLbls = DataLabelList(
        showVal=True, showSerName=False, showCatName=False, showLegendKey=False, showPercent=False
    )
    chart.series.append(series)
    chart.legend = None
    chart.layout.manualLayout.x, chart.layout.manualLayout.w = 0.24, 0.70
    chart.layout.manualLayout.h = 0.72
    chart.x_axis.scaling.orientation = "maxMin"
    chart.y_axis.number_format = "+0%;-0%;0%"
    return chart


def _bars(title: str) -> BarChart:
    chart: Any = BarChart()
    chart.type = "col"
    chart.gapWidth = 70
    chart.title = title
    chart.title.tx.rich.p[0].pPr = ParagraphProperties(defRPr=_text(1150, bold=True))
    for run in chart.title.tx.rich.p[0].r or []:
        run.rPr = _text(1150, bold=True)
    chart.title.overlay = False
    chart.title.layout = Layout(ManualLayout(xMode="edge", yMode="edge", x=0.02, y=0.025))
    chart.layout = Layout(
        ManualLayout(
            layoutTarget="inner", xMode="edge", yMode="edge", x=0.09, y=0.17, w=0.88, h=0.60
        )
    )
    chart.legend.position = "b"
    chart.x_axis.delete = chart.y_axis.delete = False
    chart.x_axis.tickLblPos = "low"
    chart.y_axis.number_format = "0%"
    chart.y_axis.majorGridlines.spPr = GraphicalProperties(
        ln=LineProperties(solidFill=GRID, w=6350)
    )
    chart.y_axis.spPr = GraphicalProperties(ln=LineProperties(noFill=True))
    for axis in (chart.x_axis, chart.y_axis):
        axis.txPr = RichText(p=[Paragraph(pPr=ParagraphProperties(defRPr=_text(900)),
                                          endParaRPr=_text(900))])  # fmt: skip
    chart.graphical_properties = GraphicalProperties(ln=LineProperties(solidFill=GRID, w=9525))
    bars: BarChart = chart
    return bars


def _text(size: int, *, bold: bool = False) -> CharacterProperties:
    return CharacterProperties(sz=size, b=bold, solidFill=INK, latin=None)


def _fill(series: Any, colour: str) -> None:
    series.graphicalProperties = GraphicalProperties(solidFill=colour)
    series.invertIfNegative = False


def _marks(series: Any, symbol: str, size: int, colour: str) -> Any:
    series.marker.symbol = symbol
    series.marker.size = size
    series.marker.graphicalProperties = GraphicalProperties(solidFill=colour)
    series.marker.graphicalProperties.line.solidFill = colour
    series.graphicalProperties = GraphicalProperties(ln=LineProperties(noFill=True))
    series.smooth = False
    return series


def _place(sheet: Worksheet, chart: Any, left: int, top: int, right: int, bottom: int) -> None:
    """Between columns and rows counted from 0: a chart moves and grows with its cells."""
    chart.anchor = TwoCellAnchor(
        editAs="twoCell",
        _from=AnchorMarker(col=left, row=top),
        to=AnchorMarker(col=right, row=bottom),
    )
    sheet.add_chart(chart)
