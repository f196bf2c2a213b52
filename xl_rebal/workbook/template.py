"""Layout to a new book: every sheet, its tables, settings, help and first values."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from xl_rebal.cells import RawCell
from xl_rebal.workbook import styles
from xl_rebal.workbook.book import Results, column_letters
from xl_rebal.workbook.calculated import calculated_cells
from xl_rebal.workbook.content import Content, FunctionHelp
from xl_rebal.workbook.file_book import read_source
from xl_rebal.workbook.functions_sheet import write_functions
from xl_rebal.workbook.layout import (
    AMBER,
    INK,
    NO_SYMBOL_YET,
    NUMBER_FORMATS,
    QUANTITIES,
    RED,
    SETTINGS,
    SHEETS,
    TABLES,
    Column,
    Kind,
    TableLayout,
)
from xl_rebal.workbook.result_sheets import write_results
from xl_rebal.workbook.start import steps_done
from xl_rebal.workbook.writer import Writer

TABLE_ROW = 4
"""Row of a table's header on its sheet; title, help and banner stand above."""

_BLANK_ROWS = {
    "tblHoldings": 25, "tblTargets": 12, "tblAccounts": 6, "tblSecurities": 12, "tblTransactions": 12
}  # fmt: skip
_SOON = 30
"""Days to long-term that are marked."""
_NO_RESULTS = Results(
    values={
        "Status": "No run yet",
        "Summary": "Fill in Holdings and Targets, then press Rebalance or run `xl-rebal rebalance`.",
    }
)


def new_book(content: Content, functions: Sequence[FunctionHelp] = ()) -> bytes:
    """A whole book with ``content`` typed in and no results yet."""
    writer = Writer()
    for sheet in SHEETS:
        if sheet.kind == "Settings":
            _settings(writer, sheet.tab, content)
        elif sheet.kind == "Functions":
            write_functions(writer, writer.sheet("Functions", sheet.tab), functions)
        elif not sheet.result:
            _input(writer, sheet.kind, sheet.tab, content)
        else:
            write_results(
                writer, sheet.kind, sheet.kind, _NO_RESULTS, _titles(), content.banner,
                steps_done(*_filled(content)),
            )  # fmt: skip
    _remember_calculated(writer)
    return writer.save()


def _filled(content: Content) -> tuple[bool, float]:
    """Whether anything is held, and what the targets add to."""
    targets = [row.get("Target") for row in content.rows.get("tblTargets", ())]
    total = sum(value for value in targets if isinstance(value, float))
    return bool(content.rows.get("tblHoldings")), total


def _titles() -> dict[str, str]:
    return {sheet.kind: sheet.kind for sheet in SHEETS}


def _heading(writer: Writer, sheet: Worksheet, title: str, text: str, banner: str = "") -> None:
    writer.put(sheet, "A1", title, font=styles.TITLE)
    writer.put(sheet, "A2", text, font=styles.SMALL)
    if banner:
        writer.put(sheet, "A3", banner, font=styles.WARN)


def _input(writer: Writer, kind: str, tab: str, content: Content) -> None:
    layout = next(table for table in TABLES.values() if table.sheet == kind and not table.result)
    sheet = writer.sheet(kind, tab)
    _heading(writer, sheet, kind, layout.help, content.banner)
    rows, columns = _rows(layout, content)
    blank = _BLANK_ROWS.get(layout.name, 4) - len(rows)
    ref = writer.table(sheet, layout, TABLE_ROW, rows, blank=max(0, blank), columns=columns)
    last = ref.partition(":")[2]
    end = int("".join(c for c in last if c.isdigit()))
    for place, column in enumerate(columns, start=1):
        if column.choices:
            letter = get_column_letter(place)
            area = f"{letter}{TABLE_ROW + 1}:{letter}{end + 200}"
            writer.choices(sheet, area, column.choices, column.header)
        if column.kind in QUANTITIES:
            letter = get_column_letter(place)
            styles.whole_numbers(sheet, f"{letter}{TABLE_ROW + 1}:{letter}{end + 200}")
    if kind == "Targets":
        _status_colours(sheet, columns, end)
    if kind == "Lots":
        _soon_long_colours(sheet, columns, end)
    sheet.freeze_panes = f"{'B' if layout.open_ended else 'C'}{TABLE_ROW + 1}"
    sheet.print_title_rows = f"{TABLE_ROW}:{TABLE_ROW}"
    styles.set_page(sheet, tall=2 if layout.open_ended else 0)
    if layout.open_ended and end > 70:
        sheet.print_area = f"A1:{column_letters(max(8, len(columns)))}70"


def _rows(layout: TableLayout, content: Content) -> tuple[list[list[RawCell]], list[Column]]:
    columns = list(layout.columns)
    if layout.open_ended:
        prices = content.prices
        if prices is None:
            return [], [*columns, Column(NO_SYMBOL_YET, Kind.PRICE, "")]
        columns += [Column(symbol, Kind.PRICE, "", width=11) for symbol in prices.symbols]
        return [
            [day, *(None if value != value else float(value) for value in row)]  # NaN is missing
            for day, row in zip(prices.dates, prices.values.tolist(), strict=True)
        ], columns
    return [
        [row.get(column.header) for column in columns] for row in content.rows.get(layout.name, ())
    ], columns


def _status_colours(sheet: Worksheet, columns: Sequence[Column], end: int) -> None:
    place = [column.header for column in columns].index("Status") + 1
    letter = get_column_letter(place)
    area = f"{letter}{TABLE_ROW + 1}:{letter}{end}"
    for word, ink, fill in (("out", "FFFFFF", RED), ("near", INK, AMBER)):
        styles.colour_when(sheet, area, f'{letter}{TABLE_ROW + 1}="{word}"', ink, fill)


def _soon_long_colours(sheet: Worksheet, columns: Sequence[Column], end: int) -> None:
    """A lot whose gain is long-term within a month: a sale can wait."""
    letter = get_column_letter([column.header for column in columns].index("Days to long") + 1)
    first = f"{letter}{TABLE_ROW + 1}"
    condition = f"AND(ISNUMBER({first}),{first}>0,{first}<={_SOON})"
    styles.colour_when(sheet, f"{first}:{letter}{end}", condition, INK, AMBER)


def _settings(writer: Writer, tab: str, content: Content) -> None:
    sheet = writer.sheet("Settings", tab)
    _heading(writer, sheet, "Settings", "One value each; a blank cell takes the default.",
             content.banner)  # fmt: skip
    for place, (header, width) in enumerate(
        (("Setting", 20), ("Value", 26), ("Unit", 20), ("Default", 14), ("What it means", 92)),
        start=1,
    ):
        cell = sheet.cell(TABLE_ROW, place, header)
        cell.font, cell.fill = styles.HEADER, styles.HEADER_FILL
        cell.alignment = styles.RIGHT if header in ("Value", "Default") else styles.TEXT
        sheet.column_dimensions[get_column_letter(place)].width = width
    for row, setting in enumerate(SETTINGS, start=TABLE_ROW + 1):
        value = content.settings.get(setting.name, setting.default)
        form = NUMBER_FORMATS[setting.kind] if setting.kind is not Kind.TEXT else "General"
        writer.put(sheet, f"A{row}", setting.name, font=styles.BOLD, align=styles.MIDDLE_TEXT)
        long = isinstance(value, str) and len(value) > 24
        if long:
            sheet.row_dimensions[row].height = 15 * ceil(len(str(value)) / 24)
        writer.put(sheet, f"B{row}", value, font=styles.INPUT_FONT, form=form,
                   align=styles.WRAPPED_MIDDLE if long else styles.RIGHT)  # fmt: skip
        sheet[f"B{row}"].fill, sheet[f"B{row}"].border = styles.INPUT_FILL, styles.BOX
        writer.put(sheet, f"C{row}", setting.unit, font=styles.SMALL, align=styles.MIDDLE_TEXT)
        writer.put(sheet, f"D{row}", setting.default, font=styles.SMALL, form=form,
                   align=styles.WRAPPED_MIDDLE if long else styles.RIGHT)  # fmt: skip
        writer.put(sheet, f"E{row}", setting.help, align=styles.MIDDLE_TEXT)
        writer.name(setting.defined_name, sheet, f"B{row}")
        if setting.choices:
            writer.choices(sheet, f"B{row}", setting.choices, setting.name)
    sheet.freeze_panes = f"A{TABLE_ROW + 1}"
    sheet.print_title_rows = f"{TABLE_ROW}:{TABLE_ROW}"
    styles.set_page(sheet)


def _remember_calculated(writer: Writer) -> None:
    """Store what the calculated columns show, by reading the book back."""
    source = read_source(writer.draft())
    for (title, address), value in calculated_cells(source).items():
        writer.remember(title, address, value)
