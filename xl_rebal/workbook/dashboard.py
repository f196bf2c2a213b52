"""The result sheets: Dashboard, Trades and the hidden ChartData that feeds them.

Dashboard cells are formulas on named results and result tables, so that a live host which writes
only those gets a fresh dashboard too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from openpyxl.styles import PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from xl_rebal.cells import RawCell
from xl_rebal.workbook import styles
from xl_rebal.workbook.book import Results, column_letters
from xl_rebal.workbook.charts import add_charts
from xl_rebal.workbook.layout import (
    DRIFT,
    NAVY,
    NUMBER_FORMATS,
    OUTCOMES,
    RESULT_CELLS,
    SHEETS,
    TRADES,
    Kind,
)
from xl_rebal.workbook.start import write_start
from xl_rebal.workbook.writer import Writer

SHOWN_TRADES = 10
DRIFT_ROW = 20
"""Row of tblDrift's header on ChartData, below the named results."""


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
        write_start(writer, sheet, ticks, banner)
    elif kind == "Dashboard":
        _dashboard(writer, sheet, results, titles, banner)
    elif kind == "Trades":
        _trades(writer, sheet, results, banner)
    else:
        _chart_data(writer, sheet, results)


def rows_of(results: Results, table: str) -> Sequence[Sequence[RawCell]]:
    """The rows of a result table; none where the results have none."""
    return next((block.rows for block in results.blocks if block.table == table), ())


def _value(results: Results, name: str) -> RawCell:
    found = results.values.get(name)
    if found is not None:
        return found
    cell = next(cell for cell in RESULT_CELLS if cell.name == name)
    return "" if cell.kind in (Kind.TEXT, Kind.DATE) else 0


def _chart_data(writer: Writer, sheet: Worksheet, results: Results) -> None:
    writer.put(sheet, "A1", "Results of the last run; written anew each time.", font=styles.SMALL)
    for row, cell in enumerate(RESULT_CELLS, start=3):
        writer.put(sheet, f"A{row}", cell.label)
        writer.put(sheet, f"B{row}", _value(results, cell.name), form=NUMBER_FORMATS[cell.kind])
        writer.name(cell.defined_name, sheet, f"B{row}")
    writer.table(sheet, DRIFT, DRIFT_ROW, rows_of(results, DRIFT.name))
    sheet.sheet_state = "hidden"
    styles.set_page(sheet)


def _trades(writer: Writer, sheet: Worksheet, results: Results, banner: str) -> None:
    writer.put(sheet, "A1", "Trades", font=styles.TITLE)
    writer.formula(sheet, "A2", "=res_Summary", _value(results, "Summary"), font=styles.BOLD)
    if banner:
        writer.put(sheet, "A3", banner, font=styles.WARN)
    rows = rows_of(results, TRADES.name)
    writer.table(sheet, TRADES, 5, rows)
    for row in range(6, 6 + max(1, len(rows))):
        sheet.row_dimensions[row].height = 30
    below = 5 + max(1, len(rows)) + 3
    writer.put(sheet, f"A{below}", "Accounts: cash before + new cash + sells - buys - costs = "
               "cash after", font=styles.BOLD)  # fmt: skip
    # Column A is narrow for the trade number, so this table starts at B.
    _outcomes(writer, sheet, results, below + 1)
    sheet.freeze_panes = "A6"
    sheet.print_title_rows = "5:5"
    styles.set_page(sheet)


def _outcomes(writer: Writer, sheet: Worksheet, results: Results, row: int) -> None:
    rows = rows_of(results, OUTCOMES.name)
    writer.table(sheet, OUTCOMES, row, rows, widths=False, left=2)
    last = row + max(1, len(rows)) + 2
    policy = _value(results, "Policy")
    writer.formula(sheet, f"A{last}", '=res_Policy&""', policy, font=styles.SMALL)


_TILES = (
    ("Portfolio value", "Value", NUMBER_FORMATS[Kind.MONEY]),
    ("Largest drift", "MaxDrift", "0.00%"),
    ("Lines out of band", "OutCount", "0"),
    ("One-way turnover", "Turnover", "0.00%"),
    ("Cost of trading", "Costs", NUMBER_FORMATS[Kind.MONEY]),
    ("Drift left", "ResidualDrift", "0.00%"),
)


def _dashboard(
    writer: Writer, sheet: Worksheet, results: Results, titles: Mapping[str, str], banner: str
) -> None:
    for column in range(1, 25):
        sheet.column_dimensions[column_letters(column)].width = 5.6
    fill = PatternFill("solid", fgColor=NAVY)
    for row in (1, 2):
        sheet.row_dimensions[row].height = 24 if row == 1 else 17
        for column in range(1, 25):
            sheet.cell(row, column).fill = fill
    writer.put(sheet, "A1", "Rebalancing dashboard", font=styles.DASH_TITLE)
    writer.formula(sheet, "A2", "=res_Status", _value(results, "Status"), font=styles.HEADER)
    writer.put(sheet, "R2", "Prices as of", font=styles.HEADER)
    as_of = _value(results, "AsOf")
    writer.formula(sheet, "U2", '=IF(res_AsOf="","",res_AsOf)', as_of, font=styles.HEADER,
                   form="yyyy-mm-dd")  # fmt: skip
    sheet.merge_cells("U2:X2")
    for number, (label, name, form) in enumerate(_TILES):
        left = 1 + number * 4
        area = f"{column_letters(left)}4:{column_letters(left + 3)}4"
        for row in (4, 5):
            for column in range(left, left + 4):
                sheet.cell(row, column).border = styles.BOX
        writer.put(sheet, f"{column_letters(left)}4", label, font=styles.SMALL)
        sheet.merge_cells(area)
        writer.formula(
            sheet, f"{column_letters(left)}5", f"=res_{name}", _value(results, name),
            font=styles.TILE, form=form, align=styles.CENTRE,
        )  # fmt: skip
        sheet.merge_cells(area.replace("4", "5"))
    sheet.row_dimensions[5].height = 28
    if banner:
        writer.put(sheet, "A6", banner, font=styles.WARN)
    writer.formula(sheet, "A7", "=res_Summary", _value(results, "Summary"), font=styles.BOLD)
    drift_rows = max(1, len(rows_of(results, DRIFT.name)))
    add_charts(sheet, titles["ChartData"], DRIFT_ROW, drift_rows, banner)
    _first_trades(writer, sheet, rows_of(results, TRADES.name))
    styles.set_page(sheet, landscape=False, tall=1)
    sheet.print_area = f"A1:X{TRADES_ROW + SHOWN_TRADES + 1}"


TRADES_ROW = 54
_COLUMNS = (
    (1, 3, "Account", "Account"), (4, 5, "Action", "Action"), (6, 7, "Symbol", "Symbol"),
    (8, 9, "Quantity", "Shares"), (10, 12, "Amount", "Amount"), (13, 24, "Reason", "Why"),
)  # fmt: skip
"""First and last column, header in tblTrades, what it says here."""


def _first_trades(writer: Writer, sheet: Worksheet, rows: Sequence[Sequence[RawCell]]) -> None:
    headers = [column.header for column in TRADES.columns]
    writer.put(sheet, f"A{TRADES_ROW - 1}", "First trades (all of them on the sheet Trades)",
               font=styles.BOLD)  # fmt: skip
    for column in range(1, 25):
        sheet.cell(TRADES_ROW, column).fill = styles.HEADER_FILL
    for first, last, _, label in _COLUMNS:
        writer.put(sheet, f"{column_letters(first)}{TRADES_ROW}", label, font=styles.HEADER,
                   align=styles.RIGHT if label in ("Shares", "Amount") else styles.TEXT)  # fmt: skip
        sheet.merge_cells(start_row=TRADES_ROW, end_row=TRADES_ROW, start_column=first,
                          end_column=last)  # fmt: skip
    for number in range(1, SHOWN_TRADES + 1):
        row = TRADES_ROW + number
        for column in range(1, 25):
            sheet.cell(row, column).border = styles.UNDER
        for first, last, header, _ in _COLUMNS:
            kind = next(c.kind for c in TRADES.columns if c.header == header)
            value = rows[number - 1][headers.index(header)] if number <= len(rows) else ""
            cell = f"INDEX(tblTrades[{header}],{number})"
            writer.formula(
                sheet, f"{column_letters(first)}{row}",
                f'=IFERROR(IF({cell}="","",{cell}),"")', value,
                font=styles.COMPACT, form=NUMBER_FORMATS[kind],
                align=styles.TEXT if kind in (Kind.TEXT, Kind.SYMBOL) else styles.RIGHT,
            )  # fmt: skip
            sheet.merge_cells(start_row=row, end_row=row, start_column=first, end_column=last)
