"""A book in the making: cells with their formats, and a stored value for every formula."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from copy import copy
from datetime import date
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.formula import ArrayFormula
from openpyxl.worksheet.table import Table, TableColumn, TableFormula, TableStyleInfo
from openpyxl.worksheet.worksheet import Worksheet

from xl_rebal.cells import RawCell, serial
from xl_rebal.workbook import styles
from xl_rebal.workbook.book import link_formula
from xl_rebal.workbook.layout import NUMBER_FORMATS, Column, Kind, TableLayout
from xl_rebal.workbook.limits import LONGEST_HEADER, refuse_area, refuse_title, refuse_value
from xl_rebal.workbook.package import CachedValue, read_package
from xl_rebal.workbook.package.finish import finish

MARK = "xlr_sheet"
_LONGEST_TIP, _LONGEST_TIP_TITLE = 255, 32


class Writer:
    """Collects sheets and the values of their formulas; ``save`` gives the finished bytes."""

    def __init__(self) -> None:
        self.book = Workbook()
        self.book.remove(self.book.worksheets[0])
        self.values: dict[str, dict[str, CachedValue]] = {}
        self.dynamic: dict[str, list[str]] = {}
        self._charts: dict[str, Sequence[tuple[str, str]]] = {}

    def sheet(self, title: str, tab: str, kind: str = "") -> Worksheet:
        """A new sheet; ``kind`` marks it as one of our results."""
        refuse_title(title, self.book.sheetnames)
        sheet: Worksheet = self.book.create_sheet(title)
        sheet.sheet_properties.tabColor = tab
        if kind:
            sheet.defined_names[MARK] = DefinedName(MARK, attr_text=f'"{kind}"', hidden=True)
        return sheet

    def put(
        self,
        sheet: Worksheet,
        address: str,
        value: RawCell,
        *,
        font: Font = styles.PLAIN,
        form: str = "",
        align: Alignment | None = None,
    ) -> None:
        """A value; text stays text, whatever it begins with."""
        cell = sheet[address]
        self._fill(cell, value)
        cell.font = font
        if form:
            cell.number_format = form
        if align is not None:
            cell.alignment = align

    def _fill(self, cell: Any, value: RawCell) -> None:
        refuse_value(value, cell.parent.title, cell.coordinate)
        cell.value = value
        if isinstance(value, str):
            cell.data_type = "s"
            if value[:1] in ("=", "+", "-", "@", "\t", "\r"):
                cell.quotePrefix = True

    def formula(
        self,
        sheet: Worksheet,
        address: str,
        formula: str,
        value: RawCell,
        *,
        font: Font = styles.PLAIN,
        form: str = "",
        align: Alignment | None = None,
    ) -> None:
        """A formula and the value that it has."""
        cell = sheet[address]
        cell.value = formula
        cell.font = font
        if form:
            cell.number_format = form
        if align is not None:
            cell.alignment = align
        self.remember(sheet.title, address, value)

    def remember(self, title: str, address: str, value: RawCell) -> None:
        """The stored value of a formula cell."""
        refuse_value(value, title, address)
        self.values.setdefault(title, {})[address] = stored(value)

    def spill(
        self, sheet: Worksheet, address: str, formula: str, rows: Sequence[Sequence[RawCell]]
    ) -> None:
        """A formula that fills a block from ``address`` down."""
        top = sheet[address]
        for down, row in enumerate(rows):
            for right, value in enumerate(row):
                cell = sheet.cell(top.row + down, top.column + right)
                self.put(sheet, cell.coordinate, value)
        last = sheet.cell(top.row + len(rows) - 1, top.column + len(rows[0]) - 1)
        top.value = ArrayFormula(f"{address}:{last.coordinate}", formula)
        top.data_type = "f"
        self.remember(sheet.title, address, rows[0][0])
        self.dynamic.setdefault(sheet.title, []).append(address)

    def name(self, name: str, sheet: Worksheet, address: str) -> None:
        """A workbook-wide name of one cell."""
        cell = sheet[address]
        reference = f"'{sheet.title}'!${cell.column_letter}${cell.row}"
        self.book.defined_names[name] = DefinedName(name, attr_text=reference)

    def table(
        self,
        sheet: Worksheet,
        layout: TableLayout,
        row: int,
        rows: Sequence[Sequence[RawCell]],
        *,
        blank: int = 0,
        columns: Sequence[Column] | None = None,
        widths: bool = True,
        left: int = 1,
    ) -> str:
        """A table with its header from column ``left``; gives its range. Calculated columns are formulas,
        whose values ``remember`` must be told afterwards."""
        shown = columns or layout.columns
        count = max(1, len(rows) + blank)
        refuse_area(row + count, left + len(shown) - 1, sheet.title)
        for place, column in enumerate(shown, start=left):
            head = sheet.cell(row, place)
            refuse_value(column.header, sheet.title, head.coordinate, LONGEST_HEADER)
            self.put(sheet, head.coordinate, column.header, font=styles.HEADER, align=styles.CENTRE)
            head.fill = styles.HEADER_FILL
            if widths:
                sheet.column_dimensions[get_column_letter(place)].width = column.width
            pattern: Any = sheet.cell(row + 1, place)
            _dress(pattern, column, layout)
            look = copy(pattern._style)  # a look is reckoned once: openpyxl takes long over each
            for down in range(count):
                given = rows[down] if down < len(rows) else ()
                value = given[place - left] if place - left < len(given) else None
                cell: Any = sheet.cell(row + 1 + down, place)
                cell._style = copy(look)
                self._cell(cell, column, value)
        sheet.row_dimensions[row].height = 30
        ref = f"{get_column_letter(left)}{row}:{get_column_letter(left + len(shown) - 1)}{row + count}"
        table = Table(displayName=layout.name, ref=ref)
        table.tableStyleInfo = TableStyleInfo("TableStyleLight1", showRowStripes=True)
        table._initialise_columns()  # type: ignore[attr-defined]
        for made, column in zip(table.tableColumns, shown, strict=True):
            made.name = column.header
            if column.formula:
                _calculated(made, column.formula)
        sheet.add_table(table)
        return ref

    def _cell(self, cell: Any, column: Column, value: RawCell) -> None:
        if column.formula:
            cell.value = column.formula
        elif column.kind is Kind.LINK and isinstance(value, str) and "!" in value:
            self.formula(cell.parent, cell.coordinate, link_formula(value), value, font=styles.LINK)
        elif value is not None:
            self._fill(cell, value)

    def choices(self, sheet: Worksheet, area: str, words: Sequence[str], what: str) -> None:
        """A list to choose from, with a worded stop."""
        error, prompt = f"Choose one of: {', '.join(words)}.", f"One of: {', '.join(words)}."
        if len(what) > _LONGEST_TIP_TITLE or len(error) > _LONGEST_TIP:
            raise ValueError(f"the choices of {what} are too long for a message of Excel")
        rule = DataValidation(
            type="list",
            formula1=f'"{",".join(words)}"',
            allow_blank=True,
            showErrorMessage=True,
            errorTitle=what,
            error=error,
            showInputMessage=True,
            promptTitle=what,
            prompt=prompt,
        )
        rule.add(area)
        sheet.add_data_validation(rule)

    def describe(self, sheet: Worksheet, texts: Sequence[tuple[str, str]]) -> None:
        """Name and description of each chart of a sheet, for readers of the screen, in their order."""
        self._charts[sheet.title] = texts

    def save(self) -> bytes:
        """The finished book: every formula has its value, and the same input the same bytes."""
        return finish(_described(self.draft(), self._charts), self.values, self.dynamic)

    def draft(self) -> bytes:
        """The book as it stands, formulas without values: to be read back."""
        buffer = io.BytesIO()
        self.book.save(buffer)
        return buffer.getvalue()


def _dress(cell: Any, column: Column, layout: TableLayout) -> None:
    """The look of a cell of a column."""
    cell.border = styles.UNDER
    cell.number_format = NUMBER_FORMATS[column.kind]
    words = column.kind in (Kind.TEXT, Kind.SYMBOL, Kind.FLAG, Kind.CHOICE)
    if column.is_wrapped:
        cell.alignment = styles.WRAPPED_TEXT
    elif words:
        cell.alignment = styles.TOP_TEXT if layout.result else styles.TEXT
    elif layout.result:
        cell.alignment = Alignment(vertical="top")
    elif column.formula:  # some show words where there is no number
        cell.alignment = styles.RIGHT
    if column.formula:
        cell.font = styles.CALCULATED
        return
    cell.font = styles.PLAIN if layout.result else styles.INPUT_FONT
    if not layout.result:
        cell.fill = styles.INPUT_FILL


def _described(book: bytes, charts: Mapping[str, Sequence[tuple[str, str]]]) -> bytes:
    """Charts with the names and alternative texts that openpyxl cannot write."""
    package = read_package(book)
    changes: dict[str, bytes | None] = {}
    for sheet in package.sheets():
        part = package.related(sheet.part_name, "drawing")
        if part is None:
            continue
        text = package.text(part)
        for number, (name, description) in enumerate(charts[sheet.title], start=1):
            plain = f'id="{number}" name="Chart {number}"'
            assert text.count(plain) == 1, plain
            said = f'id="{number}" name="{name}" descr="{description}"'
            text = text.replace(plain, said)
        changes[part] = text.encode()
    return package.replace(changes).to_bytes()


def _calculated(made: TableColumn, formula: str) -> None:
    made.calculatedColumnFormula = TableFormula(attr_text=formula.removeprefix("="))


def stored(value: RawCell) -> CachedValue:
    """A value as a cell stores it: serials for dates, blank text for nothing."""
    if value is None:
        return ""
    if isinstance(value, (bool, int, float, str)):
        return value
    assert isinstance(value, date)
    return serial(value)
