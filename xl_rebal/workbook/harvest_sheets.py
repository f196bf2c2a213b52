"""The sheets that a harvest writes anew beside its trades: Harvest and the hidden HarvestData."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil

from openpyxl.worksheet.worksheet import Worksheet

from xl_rebal.workbook import styles
from xl_rebal.workbook.book import Results, column_letters
from xl_rebal.workbook.chart_style import TableSource
from xl_rebal.workbook.charts import said_on_chart
from xl_rebal.workbook.dashboard import result_value, rows_of
from xl_rebal.workbook.harvest_charts import HARVEST_TEXTS, add_harvest_chart
from xl_rebal.workbook.layout import NUMBER_FORMATS, RESULT_CELLS, TEAL, Kind
from xl_rebal.workbook.layout_tax import HARVEST, HARVEST_CHART
from xl_rebal.workbook.study_sheets import nothing_yet, write_data_head, write_head
from xl_rebal.workbook.writer import Writer

TABLE_ROW = 29
_FIGURES_ROW = 9
_FIGURES_COLUMN = "E"
_CHART = ((5, 200000), (15, 0), (7, 26))
_DATA_ROW = 3
_LINE = 15
_ROOM = 2000
"""Rows below the header whose taken lots are coloured, for a live host."""


def write_harvest(
    writer: Writer, sheet: Worksheet, results: Results, titles: Mapping[str, str], banner: str
) -> None:
    """What is taken and what it is worth, the benefit lot by lot, and every lot at a loss."""
    write_head(writer, sheet, (HARVEST,), results, banner)
    sheet["A3"].font = styles.PLAIN  # what must not be bought is no small print
    _figures(writer, sheet, results)
    rows = rows_of(results, HARVEST_CHART.name)
    left, right, between = _CHART
    source = TableSource(HARVEST_CHART, titles["HarvestData"], _DATA_ROW, len(rows))
    labels = [str(row[0]) for row in rows]
    add_harvest_chart(sheet, source, labels, said_on_chart(banner), (left, right), between)
    writer.describe(sheet, HARVEST_TEXTS)
    writer.put(sheet, f"A{TABLE_ROW - 1}", HARVEST.help, font=styles.SMALL)
    lots = rows_of(results, HARVEST.name)
    writer.table(sheet, HARVEST, TABLE_ROW, lots)
    for place, column in enumerate(HARVEST.columns):
        if column.is_wrapped:
            for number, lot in enumerate(lots, start=TABLE_ROW + 1):
                lines = ceil(len(str(lot[place] or "")) / column.width)
                sheet.row_dimensions[number].height = max(
                    sheet.row_dimensions[number].height or _LINE, _LINE * lines
                )
        if column.kind is Kind.QUANTITY:
            letter = column_letters(place + 1)
            styles.whole_numbers(sheet, f"{letter}{TABLE_ROW + 1}:{letter}{TABLE_ROW + _ROOM}")
    last = column_letters(len(HARVEST.columns))
    area = f"{last}{TABLE_ROW + 1}:{last}{TABLE_ROW + _ROOM}"
    styles.colour_when(sheet, area, f'LEFT({last}{TABLE_ROW + 1},3)="Yes"', TEAL)
    sheet.print_title_rows = f"{TABLE_ROW}:{TABLE_ROW}"
    styles.set_page(sheet)


def _figures(writer: Writer, sheet: Worksheet, results: Results) -> None:
    """The sums, each a named cell with its label."""
    sums = [
        each for each in RESULT_CELLS if each.sheet == "Harvest" and each.kind is not Kind.SENTENCE
    ]
    for row, cell in enumerate(sums, start=_FIGURES_ROW):
        address = f"{_FIGURES_COLUMN}{row}"
        writer.put(sheet, f"A{row}", cell.label)
        writer.put(
            sheet, address, result_value(results, cell.name), font=styles.BOLD,
            form=NUMBER_FORMATS[cell.kind], align=styles.RIGHT,
        )  # fmt: skip
        for letter in "ABCDE":
            sheet[f"{letter}{row}"].border = styles.UNDER
        writer.name(cell.defined_name, sheet, address)


def write_harvest_data(writer: Writer, sheet: Worksheet, results: Results) -> None:
    """What the chart shows."""
    write_data_head(writer, sheet)
    rows = rows_of(results, HARVEST_CHART.name) or [nothing_yet(len(HARVEST_CHART.columns))]
    writer.table(sheet, HARVEST_CHART, _DATA_ROW, rows)
    sheet.sheet_state = "hidden"
    styles.set_page(sheet)
