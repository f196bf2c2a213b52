"""The sheets that a study of bands writes anew: Bands and the hidden BandsData."""

from __future__ import annotations

from collections.abc import Mapping

from openpyxl.worksheet.worksheet import Worksheet

from xl_rebal.workbook import styles
from xl_rebal.workbook.band_charts import BANDS_TEXTS, add_band_charts
from xl_rebal.workbook.book import Results, column_letters
from xl_rebal.workbook.chart_style import TableSource
from xl_rebal.workbook.charts import said_on_chart
from xl_rebal.workbook.dashboard import rows_of
from xl_rebal.workbook.layout import TEAL
from xl_rebal.workbook.layout_study import BANDS, FRONTIER, SUGGESTED, TIMING
from xl_rebal.workbook.study_sheets import nothing_yet, write_data_head, write_head
from xl_rebal.workbook.writer import Writer

_CHARTS = (8, 26)
TABLE_ROW = 29
_DATA_ROW = 3
_TIMING_COLUMN = len(FRONTIER.columns) + 2
_SUGGESTED_COLUMN = len(BANDS.columns) + 2
_ROOM = 500
"""Rows below the header whose marks are coloured, for a live host."""


def write_bands(
    writer: Writer, sheet: Worksheet, results: Results, titles: Mapping[str, str], banner: str
) -> None:
    """Cost against tracking error, timing luck, every policy, and what two models suggest."""
    write_head(writer, sheet, (BANDS, SUGGESTED), results, banner)
    data = titles["BandsData"]
    frontier = TableSource(FRONTIER, data, _DATA_ROW, len(rows_of(results, FRONTIER.name)))
    timing = TableSource(
        TIMING, data, _DATA_ROW, len(rows_of(results, TIMING.name)), _TIMING_COLUMN
    )
    last = _SUGGESTED_COLUMN + len(SUGGESTED.columns) - 1
    title = "Timing luck: growth a year above the mean, by rows later"
    add_band_charts(sheet, frontier, timing, title, said_on_chart(banner), _CHARTS, (8, last))
    writer.describe(sheet, BANDS_TEXTS)
    writer.put(sheet, f"A{TABLE_ROW - 1}", BANDS.help, font=styles.SMALL)
    side = column_letters(_SUGGESTED_COLUMN)
    writer.put(sheet, f"{side}{TABLE_ROW - 1}", SUGGESTED.help, font=styles.SMALL)
    writer.table(sheet, BANDS, TABLE_ROW, rows_of(results, BANDS.name))
    writer.table(
        sheet, SUGGESTED, TABLE_ROW, rows_of(results, SUGGESTED.name), left=_SUGGESTED_COLUMN
    )
    mark = column_letters(len(BANDS.columns))
    area = f"A{TABLE_ROW + 1}:{mark}{TABLE_ROW + _ROOM}"
    styles.colour_when(sheet, area, f'${mark}{TABLE_ROW + 1}<>""', TEAL)
    sheet.print_title_rows = f"{TABLE_ROW}:{TABLE_ROW}"
    styles.set_page(sheet)


def write_bands_data(writer: Writer, sheet: Worksheet, results: Results) -> None:
    """What the charts show."""
    write_data_head(writer, sheet)
    for layout, left in ((FRONTIER, 1), (TIMING, _TIMING_COLUMN)):
        rows = rows_of(results, layout.name) or [nothing_yet(len(layout.columns))]
        writer.table(sheet, layout, _DATA_ROW, rows, left=left)
    sheet.sheet_state = "hidden"
    styles.set_page(sheet)
