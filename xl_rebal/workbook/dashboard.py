"""The Dashboard: one printed page of tiles, charts and the first trades.

Its cells are formulas on named results and result tables, so that a live host which writes only
those gets a fresh page too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from openpyxl.worksheet.worksheet import Worksheet

from xl_rebal.cells import RawCell
from xl_rebal.workbook import styles
from xl_rebal.workbook.book import Results, column_letters
from xl_rebal.workbook.charts import ALT_TEXTS, add_charts
from xl_rebal.workbook.layout import (
    DRIFT,
    NUMBER_FORMATS,
    OUTCOMES,
    RED,
    RESULT_CELLS,
    TEAL,
    TRADES,
    Kind,
)
from xl_rebal.workbook.writer import Writer

SHOWN_TRADES = 10
DRIFT_ROW = 23
"""Row of tblDrift's header on ChartData, below the named results."""
TRADES_ROW = 51
"""Row of the header of the first trades."""
COLUMNS = 24
"""Equal columns, so that tiles, charts and trades share one grid."""


def rows_of(results: Results, table: str) -> Sequence[Sequence[RawCell]]:
    """The rows of a result table; none where the results have none."""
    return next((block.rows for block in results.blocks if block.table == table), ())


def result_value(results: Results, name: str) -> RawCell:
    """A named result; blank or 0 before the first run."""
    found = results.values.get(name)
    if found is not None:
        return found
    cell = next(cell for cell in RESULT_CELLS if cell.name == name)
    return "" if cell.kind in (Kind.TEXT, Kind.SENTENCE, Kind.DATE) else 0


def write_dashboard(
    writer: Writer, sheet: Worksheet, results: Results, titles: Mapping[str, str], banner: str
) -> None:
    """The page; ``titles`` names the sheets that its charts read."""
    for column in range(1, COLUMNS + 1):
        sheet.column_dimensions[column_letters(column)].width = 5.6
    _band(writer, sheet, results)
    for number, tile in enumerate(_TILES):
        _tile(writer, sheet, results, tile, 1 + 4 * number)
    for row, height in ((4, 16), (5, 24), (6, 15)):
        sheet.row_dimensions[row].height = height
    writer.formula(
        sheet, "A8", '=res_Summary&""', result_value(results, "Summary"), font=styles.BOLD,
        align=styles.WRAP,
    )  # fmt: skip
    sheet.merge_cells(f"A8:{column_letters(COLUMNS)}8")
    sheet.row_dimensions[8].height = 30  # gains and tax make it two lines
    if banner:
        writer.put(sheet, "A9", banner, font=styles.WARN)
    lines = [str(row[0]) for row in rows_of(results, DRIFT.name)]
    add_charts(sheet, titles["ChartData"], DRIFT_ROW, lines, banner)
    writer.describe(sheet, ALT_TEXTS)
    _first_trades(writer, sheet, results)
    styles.colour_when(sheet, "I5:L5", "res_OutCount>0", RED)
    styles.set_page(sheet, landscape=False, tall=1)
    sheet.print_area = f"A1:{column_letters(COLUMNS)}{TRADES_ROW + SHOWN_TRADES}"


def _band(writer: Writer, sheet: Worksheet, results: Results) -> None:
    """The title on navy, what came of the run, and the day of the prices."""
    for row, height in ((1, 27), (2, 18)):
        sheet.row_dimensions[row].height = height
        for column in range(1, COLUMNS + 1):
            sheet.cell(row, column).fill = styles.HEADER_FILL
    writer.put(sheet, "A1", "Rebalancing dashboard", font=styles.DASH_TITLE, align=styles.TEXT)
    status = result_value(results, "Status")
    writer.formula(sheet, "A2", '=res_Status&""', status, font=styles.HEADER, align=styles.TEXT)
    writer.formula(
        sheet, "R2", '=IF(N(res_AsOf)=0,"",res_AsOf)', result_value(results, "AsOf"),
        font=styles.HEADER, form='"Prices as of "yyyy-mm-dd', align=styles.INNER_RIGHT,
    )  # fmt: skip
    sheet.merge_cells("R2:X2")


@dataclass(frozen=True)
class _Tile:
    """A label, a named result, and below it a formula with its format."""

    label: str
    name: str
    form: str
    note: str
    note_form: str = "General"


_TILES = (
    _Tile("Portfolio value", "Value", "#,##0.00",
          '=SUMPRODUCT(--(tblOutcomes[Account]<>""))', '[=1]0" account";0" accounts"'),
    _Tile("Largest drift", "MaxDrift", "0.00%", '=res_MaxDriftLine&""'),
    _Tile("Out of band", "OutCount", "0",
          "=res_OutCount", '[=1]"line, within its account";"lines, account by account"'),
    _Tile("One-way turnover", "Turnover", "0.00%",
          "=(res_Sells+res_Buys)/2", '"half of buys + sells: "#,##0'),
    _Tile("Cost of trading", "Costs", "#,##0.00",
          "=IF(res_Value>0,res_Costs/res_Value*10000,0)", '0.0" bp of the value"'),
    _Tile("Cash left", "Cash", "#,##0.00", "=res_ResidualDrift", '"largest drift left "0.00%'),
)  # fmt: skip


def _note(results: Results, tile: _Tile) -> RawCell:
    """What the tile's own formula gives."""

    def number(name: str) -> float:
        value = result_value(results, name)
        assert isinstance(value, (int, float)), name
        return float(value)

    if tile.name == "Value":
        return sum(row[0] not in (None, "") for row in rows_of(results, OUTCOMES.name))
    if tile.name == "MaxDrift":
        return result_value(results, "MaxDriftLine")
    if tile.name == "Turnover":
        return (number("Sells") + number("Buys")) / 2
    if tile.name == "Costs":
        return number("Costs") / number("Value") * 10000 if number("Value") > 0 else 0
    return number({"OutCount": "OutCount", "Cash": "ResidualDrift"}[tile.name])


def _tile(writer: Writer, sheet: Worksheet, results: Results, tile: _Tile, left: int) -> None:
    first, last = column_letters(left), column_letters(left + 3)
    styles.frame(sheet, f"{first}4:{last}6")
    writer.put(sheet, f"{first}4", tile.label, font=styles.SMALL, align=styles.TEXT)
    writer.formula(
        sheet, f"{first}5", f"=res_{tile.name}", result_value(results, tile.name),
        font=styles.TILE, form=tile.form, align=styles.TEXT,
    )  # fmt: skip
    writer.formula(
        sheet, f"{first}6", tile.note, _note(results, tile),
        font=styles.TINY, form=tile.note_form, align=styles.TEXT,
    )  # fmt: skip
    for row in (4, 5, 6):
        sheet.merge_cells(f"{first}{row}:{last}{row}")


_COLUMNS = (
    (1, 3, "Account", "Account"), (4, 5, "Action", "Action"), (6, 7, "Symbol", "Symbol"),
    (8, 9, "Quantity", "Shares"), (10, 12, "Amount", "Amount"), (13, 24, "Reason", "Why"),
)  # fmt: skip
"""First and last column, header in tblTrades, what it says here."""


def _first_trades(writer: Writer, sheet: Worksheet, results: Results) -> None:
    rows = rows_of(results, TRADES.name)
    writer.put(sheet, f"A{TRADES_ROW - 1}", "Proposed trades", font=styles.BOLD)
    count = result_value(results, "TradeCount")
    assert isinstance(count, (int, float))
    more = f"The first {SHOWN_TRADES} of {count:g}; all of them are on the sheet Trades. "
    writer.formula(
        sheet, f"M{TRADES_ROW - 1}",
        f'=IF(res_TradeCount>{SHOWN_TRADES},"The first {SHOWN_TRADES} of "&res_TradeCount&"; all '
        'of them are on the sheet Trades. ","")&"Nothing is sent to a broker."',
        (more if count > SHOWN_TRADES else "") + "Nothing is sent to a broker.",
        font=styles.SMALL, align=styles.TEXT,
    )  # fmt: skip
    for column in range(1, COLUMNS + 1):
        sheet.cell(TRADES_ROW, column).fill = styles.HEADER_FILL
    for first, last, _, label in _COLUMNS:
        writer.put(sheet, f"{column_letters(first)}{TRADES_ROW}", label, font=styles.HEADER,
                   align=styles.RIGHT if label in ("Shares", "Amount") else styles.TEXT)  # fmt: skip
        sheet.merge_cells(start_row=TRADES_ROW, end_row=TRADES_ROW, start_column=first,
                          end_column=last)  # fmt: skip
    for number in range(1, SHOWN_TRADES + 1):
        _trade(writer, sheet, rows[number - 1] if number <= len(rows) else (), number)
    first_row, last_row = TRADES_ROW + 1, TRADES_ROW + SHOWN_TRADES
    # Calc shows one conditional format a cell, so these do not overlap.
    for columns in ("A:C", "F:G", "J:X"):
        left, _, right = columns.partition(":")
        styles.underline_when(sheet, f"{left}{first_row}:{right}{last_row}",
                              f'$F{first_row}<>""')  # fmt: skip
    for word, colour in (("Sell", RED), ("Buy", TEAL)):
        styles.colour_when(
            sheet, f"D{first_row}:E{last_row}", f'$D{first_row}="{word}"', colour,
            under=styles.UNDER,
        )  # fmt: skip
    styles.whole_numbers(sheet, f"H{first_row}:I{last_row}", under=styles.UNDER)
    styles.underline_when(sheet, f"H{first_row}:I{last_row}", f'$F{first_row}<>""')


def _trade(writer: Writer, sheet: Worksheet, given: Sequence[RawCell], number: int) -> None:
    headers = [column.header for column in TRADES.columns]
    row = TRADES_ROW + number
    sheet.row_dimensions[row].height = 25  # two lines of the reason
    for first, last, header, _ in _COLUMNS:
        kind = TRADES.column(header).kind
        cell = f"INDEX(tblTrades[{header}],{number})"
        if header == "Reason":
            align = styles.WRAPPED_MIDDLE
        elif kind in (Kind.TEXT, Kind.SYMBOL):
            align = styles.MIDDLE_TEXT
        else:
            align = styles.MIDDLE_RIGHT
        writer.formula(
            sheet, f"{column_letters(first)}{row}", f'=IFERROR(IF({cell}="","",{cell}),"")',
            given[headers.index(header)] if given else "",
            font=styles.COMPACT, form=NUMBER_FORMATS[kind], align=align,
        )  # fmt: skip
        sheet.merge_cells(start_row=row, end_row=row, start_column=first, end_column=last)
