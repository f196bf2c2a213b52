"""The sheets that a run writes anew, by kind: Start, Dashboard, Trades, those of studies ...

Every result table stands alone on its sheet or last on it: a live host writes rows downwards.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import ceil

from openpyxl.worksheet.worksheet import Worksheet

from xl_rebal.cells import RawCell
from xl_rebal.workbook import styles
from xl_rebal.workbook.after_tax_sheets import write_after_tax, write_after_tax_data
from xl_rebal.workbook.band_sheets import write_bands, write_bands_data
from xl_rebal.workbook.book import Results, column_letters
from xl_rebal.workbook.dashboard import DRIFT_ROW, result_value, rows_of, write_dashboard
from xl_rebal.workbook.harvest_sheets import write_harvest, write_harvest_data
from xl_rebal.workbook.layout import (
    CHECKS,
    DRIFT,
    HARVEST_TRADES,
    NUMBER_FORMATS,
    OUTCOMES,
    RESULT_CELLS,
    SHEETS,
    TRADES,
    Kind,
    TableLayout,
)
from xl_rebal.workbook.start import write_start
from xl_rebal.workbook.study_sheets import (
    no_run_yet,
    write_backtest,
    write_backtest_data,
    write_study_trades,
)
from xl_rebal.workbook.writer import Writer

TABLE_ROW = 6
"""Row of the header of tblTrades and tblOutcomes."""
_SUMMARY_WIDTH = 18
"""Room for hundreds of millions in the summary, which stands above narrow columns of weights."""
_ROOM = 2000
"""Rows below a result table whose conditional formats are ready for a live host."""


def write_results(
    writer: Writer,
    kind: str,
    title: str,
    results: Results,
    titles: Mapping[str, str],
    banner: str = "",
    ticks: Sequence[str] = (),
) -> None:
    """One result sheet of ``kind`` under ``title``; ``titles`` names the others by kind.

    ``ticks`` are the values of the live cells of Start.
    """
    tab = next(sheet.tab for sheet in SHEETS if sheet.kind == kind)
    sheet = writer.sheet(title, tab, kind)
    if kind == "Start":
        write_start(writer, sheet, results, ticks, banner)
    elif kind == "Dashboard":
        write_dashboard(writer, sheet, results, titles, banner)
    elif kind == "Trades":
        _table_sheet(writer, sheet, results, banner, "Trades", TRADES)
    elif kind == "Checks":
        _checks(writer, sheet, results, banner)
    elif kind == "Outcome":
        _table_sheet(writer, sheet, results, banner, "Outcome by account", OUTCOMES)
    elif kind == "Harvest":
        write_harvest(writer, sheet, results, titles, banner)
    elif kind == "Harvest trades":
        names = ("HarvestSummary", "HarvestDoNotBuy")
        _table_sheet(writer, sheet, results, banner, kind, HARVEST_TRADES, names)
    elif kind == "HarvestData":
        write_harvest_data(writer, sheet, results)
    elif kind == "Backtest":
        write_backtest(writer, sheet, results, titles, banner)
    elif kind == "Study trades":
        write_study_trades(writer, sheet, results, banner)
    elif kind == "BacktestData":
        write_backtest_data(writer, sheet, results)
    elif kind == "Bands":
        write_bands(writer, sheet, results, titles, banner)
    elif kind == "BandsData":
        write_bands_data(writer, sheet, results)
    elif kind == "After tax":
        write_after_tax(writer, sheet, results, titles, banner)
    elif kind == "AfterTaxData":
        write_after_tax_data(writer, sheet, results)
    else:
        _chart_data(writer, sheet, results)


def _table_sheet(
    writer: Writer,
    sheet: Worksheet,
    results: Results,
    banner: str,
    title: str,
    layout: TableLayout,
    sentences: tuple[str, str] = ("Summary", "Policy"),
) -> None:
    """A result table below its title, the run in one line, what goes with it, and what it shows.

    ``sentences`` names the two named results.
    """
    writer.put(sheet, "A1", title, font=styles.TITLE)
    second = styles.SMALL if "Policy" in sentences else styles.PLAIN
    for row, (name, font) in enumerate(zip(sentences, (styles.BOLD, second), strict=True), 2):
        value = result_value(results, name)
        if name == "HarvestSummary":
            value = value or no_run_yet("Harvest")
        writer.formula(sheet, f"A{row}", f'=res_{name}&""', value, font=font)
    writer.put(sheet, "A4", layout.help, font=styles.SMALL)
    if banner:
        writer.put(sheet, "A5", banner, font=styles.WARN)
    _table(writer, sheet, layout, rows_of(results, layout.name))


def _checks(writer: Writer, sheet: Worksheet, results: Results, banner: str) -> None:
    """What a run or a check had to say; a live host writes into the same table."""
    writer.put(sheet, "A1", "Checks", font=styles.TITLE)
    writer.put(sheet, "A2", CHECKS.help, font=styles.SMALL)
    if banner:
        writer.put(sheet, "A3", banner, font=styles.WARN)
    _table(writer, sheet, CHECKS, rows_of(results, CHECKS.name))


def _table(
    writer: Writer, sheet: Worksheet, layout: TableLayout, rows: Sequence[Sequence[RawCell]]
) -> None:
    """A result table, its frozen header and the height of its rows."""
    writer.table(sheet, layout, TABLE_ROW, rows)
    for place, column in enumerate(layout.columns, start=1):
        if column.is_wrapped:
            _heights(sheet, [str(row[place - 1] or "") for row in rows], column.width)
        if column.kind is Kind.QUANTITY:
            letter = column_letters(place)
            styles.whole_numbers(sheet, f"{letter}{TABLE_ROW + 1}:{letter}{TABLE_ROW + _ROOM}")
    sheet.freeze_panes = f"A{TABLE_ROW + 1}"
    sheet.print_title_rows = f"{TABLE_ROW}:{TABLE_ROW}"
    styles.set_page(sheet)


def _heights(sheet: Worksheet, texts: Sequence[str], width: float) -> None:
    """Room for wrapped text: not every program finds the height of a row by itself."""
    for row, text in enumerate(texts, start=TABLE_ROW + 1):
        lines = ceil(
            len(text) / (1.15 * width)
        )  # most letters are narrower than the digits of a width
        if lines > 1:
            sheet.row_dimensions[row].height = max(
                sheet.row_dimensions[row].height or 0, 15 * lines
            )


_NOTHING: tuple[RawCell, ...] = ("no run yet", *([0] * 8), None, "")


def _chart_data(writer: Writer, sheet: Worksheet, results: Results) -> None:
    writer.put(sheet, "A1", "Results of the last run; written anew each time.", font=styles.SMALL)
    mine = [cell for cell in RESULT_CELLS if cell.sheet == "ChartData"]
    for row, cell in enumerate(mine, start=3):
        value: RawCell = result_value(results, cell.name)
        if cell.name in results.values and results.values[cell.name] is None:
            value = None
        writer.put(sheet, f"A{row}", cell.label)
        writer.put(sheet, f"B{row}", value, form=NUMBER_FORMATS[cell.kind])
        writer.name(cell.defined_name, sheet, f"B{row}")
    # Before the first run one row of zeros keeps the charts' axes calm.
    rows = rows_of(results, DRIFT.name) or [_NOTHING]
    writer.table(sheet, DRIFT, DRIFT_ROW, rows)
    sheet.column_dimensions["B"].width = _SUMMARY_WIDTH
    sheet.sheet_state = "hidden"
    styles.set_page(sheet)
