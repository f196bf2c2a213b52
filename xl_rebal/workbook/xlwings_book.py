"""A Book over a workbook that is open in Excel, through the caller's xlwings objects."""

from __future__ import annotations

from typing import Any

from xl_rebal.cells import RawCell, is_blank, serial
from xl_rebal.errors import Code, Problem, WriteError
from xl_rebal.workbook.book import (
    Block,
    RawSetting,
    RawTable,
    Results,
    Source,
    column_letters,
    link_formula,
)
from xl_rebal.workbook.cell_names import cell_named, leads_nowhere
from xl_rebal.workbook.layout import CHECKS, NUMBER_FORMATS, RESULT_CELLS, SETTINGS, TABLES, Kind
from xl_rebal.workbook.limits import refuse_value

_ERROR_TEXTS = {
    -2146826288: "#NULL!",
    -2146826281: "#DIV/0!",
    -2146826273: "#VALUE!",
    -2146826265: "#REF!",
    -2146826259: "#NAME?",
    -2146826252: "#NUM!",
    -2146826246: "#N/A",
}


def _cell(value: object) -> RawCell:
    if type(value) is int:
        return _ERROR_TEXTS.get(value, "#UNKNOWN!")
    return value  # type: ignore[return-value]


class XlwingsBook:
    """``book`` is an ``xlwings.Book``. Cells are read as Value2: unrounded, dates as serials."""

    def __init__(self, book: Any) -> None:
        self._book = book

    def read(self) -> Source:
        """Tables by name on whatever sheet, settings by their names."""
        tables = {
            table.name: self._raw_table(sheet, table)
            for sheet in self._book.sheets
            for table in sheet.tables
            if table.name in TABLES
        }
        strangers = tuple(
            RawTable(
                table.name, sheet.name, tuple(_grid(table.header_row_range.api.Value2)[0]), (),
                table.header_row_range.row, table.header_row_range.column,
            )
            for sheet in self._book.sheets
            for table in sheet.tables
            if table.name not in TABLES and table.show_headers
        )  # fmt: skip
        settings, problems = {}, []
        for setting in SETTINGS:
            if setting.defined_name in self._book.names:
                defined = self._book.names[setting.defined_name]
                if cell_named(defined.refers_to) is None:
                    problems.append(leads_nowhere(setting.defined_name, defined.refers_to))
                    continue
                place = defined.refers_to_range
                address = f"{column_letters(place.column)}{place.row}"
                settings[setting.name] = RawSetting(
                    _cell(place.api.Value2), place.sheet.name, address
                )
        return Source(tables, settings, strangers, tuple(problems))

    def _raw_table(self, sheet: Any, table: Any) -> RawTable:
        header = table.header_row_range
        rows = _grid(header.api.Value2)
        body = table.data_body_range
        cells = _grid(body.api.Value2) if body is not None else []
        cells += self._rows_below(header, len(cells))
        return RawTable(
            table.name, sheet.name, tuple(rows[0]), tuple(tuple(row) for row in cells),
            header.row, header.column,
        )  # fmt: skip

    def _rows_below(self, header: Any, count: int) -> list[list[RawCell]]:
        """Filled rows directly below a table belong to it."""
        found: list[list[RawCell]] = []
        while True:
            row = _grid(header.offset(count + 1 + len(found), 0).api.Value2)[0]
            if all(is_blank(cell) for cell in row):
                return found
            found.append(row)

    def write(self, results: Results) -> None:
        """Write every block at once; a missing result table or name is refused before that."""
        places = {t.name: t for sheet in self._book.sheets for t in sheet.tables}
        # The list of checks stands beside the results: a book may do without its table.
        blocks = [b for b in results.blocks if b.table in places or b.table != CHECKS.name]
        missing = [block.table for block in blocks if block.table not in places]
        if missing:
            raise WriteError(
                [
                    Problem(Code.CANNOT_WRITE, f"no table {name}", f"a result table {name}",
                            "Start from a book made by `xl-rebal new`.")
                    for name in missing
                ]
            )  # fmt: skip
        for block in results.blocks:
            for row in block.rows:
                for value in row:
                    refuse_value(value, TABLES[block.table].sheet, "")
        for block in blocks:
            _write_table(places[block.table], block)
        for cell in RESULT_CELLS:
            if cell.name in results.values and cell.defined_name in self._book.names:
                place = self._book.names[cell.defined_name].refers_to_range
                if cell.kind in (Kind.TEXT, Kind.SYMBOL):
                    place.number_format = "@"
                place.value = _writable(results.values[cell.name])

    def report(self, message: str) -> None:
        """The status bar; blank text gives it back to Excel."""
        self._book.app.status_bar = message or False

    def progress(self, what: str, done: int, total: int) -> None:
        """How far it is, in the status bar."""
        self.report(f"{what}: {done / total:.0%}" if total else what)

    def alert(self, message: str, title: str) -> None:
        """A box with one button."""
        self._book.app.alert(message, title)


def _grid(value: object) -> list[list[RawCell]]:
    if isinstance(value, (tuple, list)):
        return [[_cell(cell) for cell in row] for row in value]
    return [[_cell(value)]]


def _writable(value: RawCell) -> object:
    if value is None or isinstance(value, (str, float, int, bool)):
        return value
    return float(serial(value))  # type: ignore[arg-type]  # a date


def _write_table(table: Any, block: Block) -> None:
    """Rows into a table: text stays text, and a table that shrinks leaves nothing behind."""
    columns = TABLES[block.table].columns
    header = table.header_row_range
    if table.data_body_range is not None:
        table.data_body_range.clear_contents()
    count = max(1, len(block.rows))
    body = header.offset(1, 0).resize(count)
    for place, column in enumerate(columns):
        body[:, place].number_format = NUMBER_FORMATS[column.kind]
    if block.rows:
        body.value = [
            [
                link_formula(cell)
                if column.kind is Kind.LINK and isinstance(cell, str) and "!" in cell
                else _writable(cell)
                for column, cell in zip(columns, row, strict=True)
            ]
            for row in block.rows
        ]
    table.resize(header.resize(count + 1))
