"""The charts of a backtest: value ahead, drawdown, drift in its band, turnover by year."""

from __future__ import annotations

from collections.abc import Sequence

from openpyxl.worksheet.worksheet import Worksheet

from xl_rebal.model.policy_names import NEVER_NAME
from xl_rebal.workbook.chart_style import (
    TableSource,
    bars,
    dated_lines,
    filled,
    line,
    marks,
    place,
)
from xl_rebal.workbook.layout import AMBER, BLUE, GREY, NAVY, RED, TEAL
from xl_rebal.workbook.layout_study import TRADING_NAMES

BACKTEST_TEXTS = (
    ("Value ahead of never rebalancing", "A line a policy over time: its value over that of never "
     "rebalancing, less 1."),
    ("Drawdown", "A line a policy over time: its loss from its highest value so far."),
    ("Drift and band", "Over time the drift of the line nearest to the edge of its band, as a share of "
     "that band, the edge dashed, and a triangle on each date on which the policy of this book "
     "trades."),
    ("Turnover by year", "A bar a policy and year: one-way turnover."),
)  # fmt: skip
"""Name and description of each chart, in their order."""

COLOURS = {
    **dict(zip(TRADING_NAMES, (BLUE, TEAL, AMBER, NAVY, RED), strict=True)),
    NEVER_NAME: GREY,
}
_OWN_POINTS, _POINTS = 1.75, 1.0
_GAP = 60000


def add_backtest_charts(
    sheet: Worksheet,
    path: TableSource,
    years: TableSource,
    span: float,
    names: Sequence[str],
    own: str,
    note: str,
    top: int,
) -> None:
    """Two rows of two charts below row ``top``; ``span`` are the years that they show, ``names`` the
    policies in their order, ``own`` the book's, ``note`` what stands behind each title."""
    trading = [name for name in TRADING_NAMES if name in names]
    made = (
        _ahead(path, span, trading, own, note),
        _drawdown(path, span, names, own, note),
        _drift(path, span, note),
        _turnover(years, trading, note),
    )
    for number, chart in enumerate(made):
        first = top + 18 * (number // 2)
        left, right = ((0, 0), (8, 0)) if number % 2 == 0 else ((8, _GAP), (18, 0))
        place(sheet, chart, left, right, (first, first + 17))


def _width(name: str, own: str) -> float:
    return _OWN_POINTS if name == own else _POINTS


def _ahead(path: TableSource, span: float, names: Sequence[str], own: str, note: str) -> object:
    chart = dated_lines("Value ahead of never rebalancing" + note, span)
    for name in names:
        series = path.series(f"{name}: ahead", name, "Date")
        chart.series.append(line(series, COLOURS[name], points=_width(name, own)))
    chart.y_axis.number_format = "+0.0%;-0.0%;0%"
    return chart


def _drawdown(path: TableSource, span: float, names: Sequence[str], own: str, note: str) -> object:
    chart = dated_lines("Drawdown" + note, span)
    for name in names:
        series = path.series(f"{name}: drawdown", name, "Date")
        chart.series.append(line(series, COLOURS[name], points=_width(name, own)))
    return chart


def _drift(path: TableSource, span: float, note: str) -> object:
    chart = dated_lines("This book: drift as a share of its band" + note, span)
    chart.series.append(line(path.series("Drift of band", "Drift", "Date"), NAVY, points=1))
    chart.series.append(line(path.series("Edge", "Edge of the band", "Date"), RED, dashed=True))
    chart.series.append(marks(path.series("Traded", "Traded", "Date"), "triangle", 6, AMBER))
    chart.y_axis.scaling.min = 0
    return chart


def _turnover(years: TableSource, names: Sequence[str], note: str) -> object:
    chart = bars("One-way turnover by year" + note)
    for name in names:
        chart.series.append(filled(years.series(name, name, "Year"), COLOURS[name]))
    return chart
