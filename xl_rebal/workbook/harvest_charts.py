"""The chart of a harvest: net benefit lot by lot."""

from __future__ import annotations

from collections.abc import Sequence

from openpyxl.chart.label import DataLabelList
from openpyxl.worksheet.worksheet import Worksheet

from xl_rebal.workbook.chart_style import TableSource, bars, filled, place, plot, rich
from xl_rebal.workbook.layout import GREY, TEAL

HARVEST_TEXTS = (
    ("Tax saved by lot", "A bar a lot at a loss: what selling it would save, after later tax and costs. "
     "Green where it is taken, grey where it is not."),
)  # fmt: skip
"""Name and description of the chart."""


def add_harvest_chart(
    sheet: Worksheet,
    source: TableSource,
    lots: Sequence[str],
    note: str,
    columns: tuple[tuple[int, int], tuple[int, int]],
    rows: tuple[int, int],
) -> None:
    """Bars of net benefit, the lots that are taken in a colour of their own."""
    chart = bars("Tax saved by lot: net benefit" + note)
    longest = max((len(lot) for lot in lots), default=10)
    left = min(0.36, 0.03 + 0.0075 * longest)  # room for the longest label
    chart.layout = plot(left, 0.94 - left, 0.66)
    chart.type = "bar"
    chart.overlap = 100
    chart.gapWidth = 55
    for name, colour in (("Taken", TEAL), ("Not taken", GREY)):
        series = filled(source.series(name, name, "Lot"), colour)
        series.dLbls = DataLabelList(
            showVal=True, showSerName=False, showCatName=False, showLegendKey=False,
            showPercent=False, txPr=rich(850),
        )  # fmt: skip
        chart.series.append(series)
    chart.x_axis.scaling.orientation = "maxMin"
    chart.y_axis.number_format = "#,##0"
    place(sheet, chart, *columns, rows)
