"""The charts of a study of bands: cost against tracking error, and timing luck."""

from __future__ import annotations

from openpyxl.worksheet.worksheet import Worksheet

from xl_rebal.workbook.chart_style import (
    TableSource,
    line,
    marks,
    place,
    scatter,
)
from xl_rebal.workbook.layout import AMBER, BLUE, NAVY, PALE_BLUE, TEAL

BANDS_TEXTS = (
    ("Cost against tracking error", "A dot a policy: tracking error across, cost a year up. A line "
     "through those that no other policy beats in both; a triangle is the policy of this book, a "
     "diamond the chosen one."),
    ("Timing luck", "Growth a year above the mean of all, over how many rows later the calendar dates "
     "fall."),
)  # fmt: skip
"""Name and description of each chart, in their order."""


def add_band_charts(
    sheet: Worksheet,
    frontier: TableSource,
    timing: TableSource,
    title: str,
    note: str,
    rows: tuple[int, int],
    columns: tuple[int, int],
) -> None:
    """Two charts side by side; ``title`` says what the second one moves, ``note`` stands behind both."""
    middle, right = columns
    place(sheet, _frontier(frontier, note), (0, 0), (middle, 0), rows)
    place(sheet, _timing(timing, title + note), (middle, 60000), (right, 0), rows)


def _frontier(source: TableSource, note: str) -> object:
    chart = scatter("Cost a year (bp) against tracking error" + note)
    chart.display_blanks = "span"  # other policies stand between two that no other beats
    across = "Tracking error"
    chart.series.append(
        marks(source.points(across, "Policies", "Policies"), "circle", 5, PALE_BLUE)
    )
    frontier = line(source.points(across, "Frontier", "Beaten by no other"), BLUE)
    frontier.marker.symbol, frontier.marker.size = "circle", 5
    chart.series.append(frontier)
    chart.series.append(
        marks(source.points(across, "This book", "This book"), "triangle", 10, AMBER)
    )
    chart.series.append(marks(source.points(across, "Chosen", "Chosen"), "diamond", 10, TEAL))
    chart.x_axis.number_format, chart.y_axis.number_format = "0.0%", "0.0"
    chart.x_axis.scaling.min = chart.y_axis.scaling.min = 0
    return chart


def _timing(source: TableSource, title: str) -> object:
    chart = scatter(title)
    chart.series.append(line(source.points("Offset", "Above the mean", "Above the mean"), NAVY))
    chart.legend = None
    chart.y_axis.number_format, chart.x_axis.number_format = "+0.00%;-0.00%;0%", "0"
    chart.x_axis.scaling.min = 0
    return chart
