"""The sheets that a backtest writes anew: Backtest, Study trades and the hidden BacktestData."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from math import ceil

from openpyxl.worksheet.worksheet import Worksheet

from xl_rebal.cells import RawCell
from xl_rebal.model.policy_names import NAMES
from xl_rebal.model.prices import DAYS_PER_YEAR
from xl_rebal.workbook import styles
from xl_rebal.workbook.book import Results
from xl_rebal.workbook.chart_style import TableSource
from xl_rebal.workbook.charts import said_on_chart
from xl_rebal.workbook.dashboard import result_value, rows_of
from xl_rebal.workbook.layout import RESULT_CELLS, SHEETS, TEAL, Kind, ResultCell, TableLayout
from xl_rebal.workbook.layout_study import (
    BACKTEST,
    STUDY_PATH,
    STUDY_TRADES,
    STUDY_YEARS,
)
from xl_rebal.workbook.study_charts import BACKTEST_TEXTS, add_backtest_charts
from xl_rebal.workbook.writer import Writer

TABLE_ROW = 9
_TRADES_ROW = 5
_DATA_ROW = 3
"""Row of the headers on BacktestData."""
_YEARS_COLUMN = len(STUDY_PATH.columns) + 2
_BOLD_LINE, _SMALL_LINE = 15.0, 12.5
"""Heights of a line of text."""
_BOLD_LETTERS, _SMALL_LETTERS = 1.15, 1.35
"""How many letters stand in a unit of width."""


def write_backtest(
    writer: Writer, sheet: Worksheet, results: Results, titles: Mapping[str, str], banner: str
) -> None:
    """The comparison of policies with its charts, one page."""
    write_head(writer, sheet, (BACKTEST,), results, banner)
    rows = rows_of(results, BACKTEST.name)
    writer.table(sheet, BACKTEST, TABLE_ROW, rows, blank=0 if rows else len(NAMES))
    sheet.row_dimensions[TABLE_ROW].height = 30
    last = TABLE_ROW + (len(rows) or len(NAMES))
    own = f"A{TABLE_ROW + 1}:R{last}"
    styles.colour_when(sheet, own, f'$B{TABLE_ROW + 1}<>""', TEAL)
    path_rows = rows_of(results, STUDY_PATH.name)
    data = titles["BacktestData"]
    path = TableSource(STUDY_PATH, data, _DATA_ROW, len(path_rows))
    years = TableSource(
        STUDY_YEARS, data, _DATA_ROW, len(rows_of(results, STUDY_YEARS.name)), _YEARS_COLUMN
    )
    note = said_on_chart(banner)
    add_backtest_charts(
        sheet, path, years, _years(path_rows), _names(rows), _own(rows), note, last + 2
    )
    writer.describe(sheet, BACKTEST_TEXTS)
    styles.set_page(sheet, tall=1)


def write_study_trades(writer: Writer, sheet: Worksheet, results: Results, banner: str) -> None:
    """Every trade of the book's own policy."""
    writer.put(sheet, "A1", "Trades of the backtest", font=styles.TITLE)
    writer.put(sheet, "A2", STUDY_TRADES.help, font=styles.SMALL)
    if banner:
        writer.put(sheet, "A3", banner, font=styles.WARN)
    writer.table(sheet, STUDY_TRADES, _TRADES_ROW, rows_of(results, STUDY_TRADES.name))
    sheet.freeze_panes = f"A{_TRADES_ROW + 1}"
    sheet.print_title_rows = f"{_TRADES_ROW}:{_TRADES_ROW}"
    styles.set_page(sheet, landscape=False)


def write_backtest_data(writer: Writer, sheet: Worksheet, results: Results) -> None:
    """What the charts show, row by row."""
    write_data_head(writer, sheet)
    path = rows_of(results, STUDY_PATH.name) or [nothing_yet(len(STUDY_PATH.columns))]
    years = rows_of(results, STUDY_YEARS.name) or [nothing_yet(len(STUDY_YEARS.columns))]
    writer.table(sheet, STUDY_PATH, _DATA_ROW, path)
    writer.table(sheet, STUDY_YEARS, _DATA_ROW, years, left=_YEARS_COLUMN)
    sheet.sheet_state = "hidden"
    styles.set_page(sheet)


def write_head(
    writer: Writer,
    sheet: Worksheet,
    tables: Sequence[TableLayout],
    results: Results,
    banner: str,
    elsewhere: Sequence[str] = (),
) -> None:
    """Title, the named sentences of the sheet (the first is the run in one line) over the width of ``tables``,
    which stand side by side, and the banner. Sentences ``elsewhere`` are written by ``write_sentence``."""
    kind = tables[0].sheet
    writer.put(sheet, "A1", kind, font=styles.TITLE)
    mine = [
        each
        for each in RESULT_CELLS
        if each.sheet == kind and each.kind is Kind.SENTENCE and each.name not in elsewhere
    ]
    for row, cell in enumerate(mine, start=2):
        value = str(result_value(results, cell.name) or "")
        if row == 2:
            value = value or no_run_yet(kind)
        write_sentence(writer, sheet, tables, row, cell, value, bold=row == 2)
    if banner:
        writer.put(sheet, f"A{2 + len(mine)}", banner, font=styles.WARN)


def write_sentence(
    writer: Writer,
    sheet: Worksheet,
    tables: Sequence[TableLayout],
    row: int,
    cell: ResultCell,
    value: str,
    *,
    bold: bool = False,
    least: int = 1,
) -> None:
    """A named sentence over the width of ``tables``, as high as its lines, at least so many."""
    columns = sum(len(table.columns) for table in tables) + len(tables) - 1
    width = sum(column.width for table in tables for column in table.columns)
    letters = width * (_BOLD_LETTERS if bold else _SMALL_LETTERS)
    font = styles.BOLD if bold else styles.SMALL
    writer.put(sheet, f"A{row}", value or None, font=font, align=styles.WRAP)
    writer.name(cell.defined_name, sheet, f"A{row}")
    sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=columns)
    lines = sum(max(1, ceil(len(part) / letters)) for part in value.split("\n"))
    height = _BOLD_LINE if bold else _SMALL_LINE
    sheet.row_dimensions[row].height = height * max(least, lines)


def no_run_yet(kind: str) -> str:
    """What a sheet of results says before its first run."""
    command = next(each.written_by for each in SHEETS if each.kind == kind)
    return f"No {command} yet: run `xl-rebal {command}` on this file, or the macro in Excel."


def write_data_head(writer: Writer, sheet: Worksheet) -> None:
    """What a hidden sheet is."""
    writer.put(sheet, "A1", "Results of the last run; written anew each time.", font=styles.SMALL)


def _names(rows: Sequence[Sequence[RawCell]]) -> tuple[str, ...]:
    """The policies that are compared; before the first run all that there can be."""
    return tuple(str(row[0]).partition(",")[0] for row in rows) or NAMES


def _own(rows: Sequence[Sequence[RawCell]]) -> str:
    """The name of the book's own policy, without its dates."""
    return next((str(row[0]).partition(",")[0] for row in rows if row[1]), "")


def _years(rows: Sequence[Sequence[RawCell]]) -> float:
    """How long the path is."""
    if not rows:
        return 0.0
    first, last = rows[0][0], rows[-1][0]
    assert isinstance(first, date)
    assert isinstance(last, date)
    return (last - first).days / DAYS_PER_YEAR


def nothing_yet(columns: int) -> tuple[RawCell, ...]:
    """Before the first run one row of zeros keeps the charts' axes calm."""
    return tuple(0 for _ in range(columns))
