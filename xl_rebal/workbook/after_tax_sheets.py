"""The sheets that a study after tax writes anew: After tax and the hidden AfterTaxData."""

from __future__ import annotations

from collections.abc import Mapping

from openpyxl.worksheet.worksheet import Worksheet

from xl_rebal.workbook import styles
from xl_rebal.workbook.after_tax_charts import AFTER_TAX_TEXTS, add_after_tax_charts
from xl_rebal.workbook.book import Results, column_letters
from xl_rebal.workbook.chart_style import TableSource
from xl_rebal.workbook.charts import said_on_chart
from xl_rebal.workbook.dashboard import result_value, rows_of
from xl_rebal.workbook.layout import TEAL
from xl_rebal.workbook.layout_after_tax import (
    AFTER_TAX,
    AFTER_TAX_CELLS,
    AFTER_TAX_CHART,
    DATA_SHEET,
    TAX_YEARS,
)
from xl_rebal.workbook.study_sheets import nothing_yet, write_data_head, write_head, write_sentence
from xl_rebal.workbook.writer import Writer

_CHARTS = (6, 32)
_BELOW = {34: ("AfterTaxRules", 15), 35: ("AfterTaxConvention", 3)}
"""Rows of what stands below the charts, and the lines it takes."""
TABLE_ROW = 38
_DATA_ROW = 3
_YEARS_COLUMN = len(AFTER_TAX_CHART.columns) + 2
_ROOM = 500
"""Rows below the header whose marks are coloured, for a live host."""


def write_after_tax(
    writer: Writer, sheet: Worksheet, results: Results, titles: Mapping[str, str], banner: str
) -> None:
    """Growth by policy, taxes by year, and every policy without and with harvests."""
    below = tuple(name for name, _ in _BELOW.values())
    write_head(writer, sheet, (AFTER_TAX,), results, banner, below)
    data = titles[DATA_SHEET]
    growth = TableSource(
        AFTER_TAX_CHART, data, _DATA_ROW, len(rows_of(results, AFTER_TAX_CHART.name))
    )
    years = TableSource(
        TAX_YEARS, data, _DATA_ROW, len(rows_of(results, TAX_YEARS.name)), _YEARS_COLUMN
    )
    columns = (6, len(AFTER_TAX.columns))
    add_after_tax_charts(sheet, growth, years, said_on_chart(banner), _CHARTS, columns)
    writer.describe(sheet, AFTER_TAX_TEXTS)
    cells = {each.name: each for each in AFTER_TAX_CELLS}
    for row, (name, lines) in _BELOW.items():
        value = str(result_value(results, name) or "")
        write_sentence(writer, sheet, (AFTER_TAX,), row, cells[name], value, least=lines)
    writer.put(sheet, f"A{TABLE_ROW - 1}", AFTER_TAX.help, font=styles.SMALL)
    writer.table(sheet, AFTER_TAX, TABLE_ROW, rows_of(results, AFTER_TAX.name))
    sheet.row_dimensions[TABLE_ROW].height = 30
    last = column_letters(len(AFTER_TAX.columns))
    area = f"A{TABLE_ROW + 1}:{last}{TABLE_ROW + _ROOM}"
    styles.colour_when(sheet, area, f'$B{TABLE_ROW + 1}<>""', TEAL)
    sheet.print_title_rows = f"{TABLE_ROW}:{TABLE_ROW}"
    styles.set_page(sheet, landscape=False)


def write_after_tax_data(writer: Writer, sheet: Worksheet, results: Results) -> None:
    """What the charts show."""
    write_data_head(writer, sheet)
    for layout, left in ((AFTER_TAX_CHART, 1), (TAX_YEARS, _YEARS_COLUMN)):
        rows = rows_of(results, layout.name) or [nothing_yet(len(layout.columns))]
        writer.table(sheet, layout, _DATA_ROW, rows, left=left)
    sheet.sheet_state = "hidden"
    styles.set_page(sheet)
