"""How our native charts look and where they find their numbers: axes, titles, legends, places."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from openpyxl.chart import BarChart, LineChart, Reference, ScatterChart, Series
from openpyxl.chart.axis import DateAxis
from openpyxl.chart.data_source import AxDataSource, NumRef, StrRef
from openpyxl.chart.layout import Layout, ManualLayout
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.chart.text import RichText
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.spreadsheet_drawing import AnchorMarker, TwoCellAnchor
from openpyxl.drawing.text import CharacterProperties, Paragraph, ParagraphProperties
from openpyxl.worksheet.worksheet import Worksheet

from xl_rebal.workbook.book import column_letters
from xl_rebal.workbook.layout import GREY, GRID, INK, Kind, TableLayout

_WORDS = (Kind.TEXT, Kind.SYMBOL, Kind.FLAG, Kind.CHOICE)


class TableSource:
    """Columns of a table as chart references; it begins at column ``left`` with its header in row
    ``header`` of the sheet ``title``."""

    def __init__(
        self, layout: TableLayout, title: str, header: int, rows: int, left: int = 1
    ) -> None:
        self._layout, self._left = layout, left
        self._title = title.replace("'", "''")
        self._header, self._rows = header, max(1, rows)

    def text(self, column: str) -> str:
        letter = column_letters(self._layout.headers.index(column) + self._left)
        return f"'{self._title}'!${letter}${self._header + 1}:${letter}${self._header + self._rows}"

    def series(self, column: str, title: str, along: str) -> Any:
        """A column over the categories of the column ``along``."""
        series: Any = Series(Reference(range_string=self.text(column)), title=title)
        kind = self._layout.column(along).kind
        reference = self.text(along)
        series.cat = (
            AxDataSource(strRef=StrRef(f=reference))
            if kind in _WORDS
            else AxDataSource(numRef=NumRef(f=reference))
        )
        return series

    def points(self, across: str, up: str, title: str) -> Any:
        """A series of a scatter chart."""
        x, y = (Reference(range_string=self.text(column)) for column in (across, up))
        return Series(y, x, title=title)


def bars(title: str, left: float = 0.09) -> Any:
    """Upright bars side by side."""
    chart: Any = BarChart()
    chart.type = "col"
    chart.gapWidth = 70
    return _styled(chart, title, left)


def dated_lines(title: str, years: float, left: float = 0.09) -> Any:
    """Lines over dates; ``years`` is their span, which decides how they are labelled."""
    chart: Any = LineChart()
    chart.x_axis = DateAxis(crossAx=100)
    chart.x_axis.crosses, chart.y_axis.crossAx = "min", chart.x_axis.axId
    _styled(chart, title, left)
    chart.x_axis.baseTimeUnit = "days"
    unit, step, form = (
        ("years", 1 + int(years // 14), "yyyy") if years > 3 else ("months", 1 + int(4 * years), "mmm yy")
    )  # fmt: skip
    chart.x_axis.majorTimeUnit, chart.x_axis.majorUnit = unit, step
    chart.x_axis.number_format = form
    chart.display_blanks = "gap"
    return chart


def scatter(title: str, left: float = 0.09) -> Any:
    """Points by two numbers."""
    chart: Any = ScatterChart()
    chart.style = 13
    _styled(chart, title, left)
    chart.x_axis.majorGridlines = None
    chart.display_blanks = "gap"
    return chart


def _styled(chart: Any, title: str, left: float) -> Any:
    chart.title = title
    chart.title.tx.rich.p[0].pPr = ParagraphProperties(defRPr=text(1150, bold=True))
    for run in chart.title.tx.rich.p[0].r or []:
        run.rPr = text(1150, bold=True)
    chart.title.overlay = False
    chart.title.layout = Layout(ManualLayout(xMode="edge", yMode="edge", x=0.02, y=0.025))
    chart.layout = plot(left, 0.97 - left, 0.64)
    chart.legend.position = "b"
    chart.legend.txPr = rich(900)
    chart.x_axis.delete = chart.y_axis.delete = False
    chart.x_axis.tickLblPos = "low"
    chart.x_axis.graphicalProperties = GraphicalProperties(ln=LineProperties(solidFill=GREY))
    chart.y_axis.number_format = "0%"
    chart.y_axis.majorGridlines.spPr = GraphicalProperties(
        ln=LineProperties(solidFill=GRID, w=6350)
    )
    chart.y_axis.spPr = GraphicalProperties(ln=LineProperties(noFill=True))
    for axis in (chart.x_axis, chart.y_axis):
        axis.txPr = rich(900)
    chart.graphical_properties = GraphicalProperties(ln=LineProperties(solidFill=GRID, w=9525))
    chart.roundedCorners = False
    return chart


def plot(left: float, width: float, height: float) -> Layout:
    """Where the plot itself stands, as parts of the chart."""
    return Layout(
        ManualLayout(
            layoutTarget="inner", xMode="edge", yMode="edge", x=left, y=0.16, w=width, h=height
        )
    )


def text(size: int, *, bold: bool = False) -> CharacterProperties:
    """Ink of a size in hundredths of a point."""
    return CharacterProperties(sz=size, b=bold, solidFill=INK, latin=None)


def rich(size: int) -> RichText:
    """The same for labels."""
    paragraph = Paragraph(pPr=ParagraphProperties(defRPr=text(size)), endParaRPr=text(size))
    return RichText(p=[paragraph])


def filled(series: Any, colour: str) -> Any:
    """Bars of one colour, below zero too."""
    series.invertIfNegative = False
    series.graphicalProperties = GraphicalProperties(solidFill=colour)
    return series


def line(series: Any, colour: str, *, dashed: bool = False, points: float = 1.5) -> Any:
    """A plain line without markers."""
    look = LineProperties(
        solidFill=colour, w=int(points * 12700), prstDash="sysDash" if dashed else None
    )
    series.graphicalProperties = GraphicalProperties(ln=look)
    series.marker.symbol = "none"
    series.smooth = False
    return series


def marks(series: Any, symbol: str, size: int, colour: str) -> Any:
    """Markers without a line."""
    series.marker.symbol = symbol
    series.marker.size = size
    series.marker.graphicalProperties = GraphicalProperties(solidFill=colour)
    series.marker.graphicalProperties.line.solidFill = colour
    series.graphicalProperties = GraphicalProperties(ln=LineProperties(noFill=True))
    series.smooth = False
    return series


def place(
    sheet: Worksheet, chart: Any, left: tuple[int, int], right: tuple[int, int], rows: Sequence[int]
) -> None:
    """Between columns (each with an offset in EMU, 914,400 an inch) and rows, counted from 0.

    A chart moves and grows with its cells.
    """
    top, bottom = rows
    chart.anchor = TwoCellAnchor(
        editAs="twoCell",
        _from=AnchorMarker(col=left[0], colOff=left[1], row=top),
        to=AnchorMarker(col=right[0], colOff=right[1], row=bottom),
    )
    sheet.add_chart(chart)
