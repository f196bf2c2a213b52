"""The sheets of a book that is open in Excel, as the live writer asks for them, through xlwings."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from xl_rebal.workbook.areas import Area
from xl_rebal.workbook.excel_values import raw_cell
from xl_rebal.workbook.found_tables import TablePlace
from xl_rebal.workbook.layout import RESULT_CELLS, TABLES
from xl_rebal.workbook.live.held import AS_TEXT, Content, Fault, Formula, Held, would_be_read
from xl_rebal.workbook.live.sheets import CellPlace
from xl_rebal.workbook.xlwings_facts import area_of

_CANONICAL = {name.casefold(): name for name in TABLES}
_GENERAL = "General"
_VERY_HIDDEN = 2
"""xlSheetVeryHidden: a sheet that no menu of Excel shows."""
_UNDO_SHEET = "xl_rebal undo"
_MARK = "Written by xl_rebal: what stood in the result tables before the last run."
"""In A1 of the sheet that keeps it: a sheet is ours by this mark, never by its name alone."""
_BLANK = ""
"""Empties a cell in every engine of xlwings; None, as a null, leaves it to the engine what it means."""
_QUIET = {"screen_updating": False, "enable_events": False, "calculation": "manual"}


class ExcelSheets:
    """``book`` is an ``xlwings.Book``. Contents are read as Value2 and Formula: unrounded, dates as serials."""

    program = "Excel"

    def __init__(self, book: Any) -> None:
        self._book = book

    def tables(self) -> Mapping[str, TablePlace]:
        """As Excel itself, without regard to capitals: ours by the names of the layout."""
        found = (
            TablePlace(
                _CANONICAL.get(table.name.casefold(), table.name),
                sheet.name,
                _two_rows(area_of(table.range)),
                bool(table.show_totals),
            )
            for sheet in self._book.sheets
            for table in sheet.tables
        )
        return {place.name: place for place in found}

    def result_cells(self) -> Mapping[str, CellPlace | None]:
        known = {cell.defined_name for cell in RESULT_CELLS}
        return {name.name: self._place_of(name) for name in self._book.names if name.name in known}

    def _place_of(self, name: Any) -> CellPlace | None:
        try:
            cells = name.refers_to_range
        except Exception as error:
            if self.refusal(error) is None:
                raise
            return None
        area = area_of(cells)
        return CellPlace(cells.sheet.name, Area(area.top, area.left, area.top, area.left))

    def held(self, title: str, area: Area) -> Held:
        cells = self._book.sheets[title].range(area.ref)
        values = _rows(cells.api.Value2)
        if cells.api.HasFormula is False:
            contents = tuple(tuple(map(_constant, row)) for row in values)
        else:
            contents = tuple(
                tuple(_content(value, written) for value, written in zip(row, line, strict=True))
                for row, line in zip(values, _rows(cells.formula), strict=True)
            )
        return Held(contents, tuple(self._formats(title, area, area)))

    def _formats(self, title: str, area: Area, part: Area) -> Iterator[tuple[Area, str]]:
        """The parts of one number format each, counted from the area's first cell."""
        code = self._book.sheets[title].range(part.ref).number_format
        if code is not None:
            top, left = area.top - 1, area.left - 1
            moved = Area(part.top - top, part.left - left, part.bottom - top, part.right - left)
            yield moved, code
            return
        for half in part.by_columns() if part.width > 1 else part.by_rows():
            yield from self._formats(title, area, half)

    def put(self, title: str, area: Area, held: Held) -> None:
        """A formula in a text cell is put there before the cell becomes one: it would stay text."""
        sheet = self._book.sheets[title]
        top, left = area.top - 1, area.left - 1
        for part, code in held.formats:
            place = Area(part.top + top, part.left + left, part.bottom + top, part.right + left)
            sheet.range(place.ref).number_format = code
        late = []
        for row, cells in enumerate(held.cells):
            for column, cell in enumerate(cells):
                if isinstance(cell, Formula) and held.format_at(row, column) == AS_TEXT:
                    late.append(sheet.range((area.top + row, area.left + column)))
        for cell in late:
            cell.number_format = _GENERAL
        rows = [
            [_typed(cell, held, row, column) for column, cell in enumerate(cells)]
            for row, cells in enumerate(held.cells)
        ]
        sheet.range(area.ref).raw_value = rows
        for cell in late:
            cell.number_format = AS_TEXT

    def resize(self, table: TablePlace, area: Area) -> None:
        sheet = self._book.sheets[table.sheet]
        found = sheet.tables[table.name]
        if _two_rows(area_of(found.range)) != area or found.data_body_range is None:
            found.resize(sheet.range(area.ref))

    def show_all(self, table: TablePlace) -> None:
        filtered = self._book.sheets[table.sheet].tables[table.name].api.AutoFilter
        if filtered is not None and filtered.FilterMode:
            filtered.ShowAllData()

    def kept(self) -> tuple[str, ...]:
        sheet = self._undo_sheet()
        if sheet is None:
            return ()
        last = area_of(sheet.used_range).bottom
        values = _rows(sheet.range(Area(1, 1, max(2, last), 1).ref).api.Value2)
        return tuple(value for (value,) in values[1:] if isinstance(value, str))

    def keep(self, texts: Sequence[str]) -> None:
        """On a very hidden sheet: it is saved and copied with the book, unlike this process's memory."""
        sheet = self._undo_sheet()
        if sheet is None:
            if not texts:
                return
            sheet = self._new_undo_sheet()
        last = area_of(sheet.used_range).bottom
        rows = [[text] for text in texts] + [[_BLANK]] * (last - 1 - len(texts))
        if rows:
            sheet.range(Area(2, 1, len(rows) + 1, 1).ref).raw_value = rows

    def _undo_sheet(self) -> Any:
        return next(
            (
                sheet
                for sheet in self._book.sheets
                if sheet.visible == _VERY_HIDDEN and sheet.range("A1").api.Value2 == _MARK
            ),
            None,
        )

    def _new_undo_sheet(self) -> Any:
        """Excel shows a new sheet: the one that was shown is shown again."""
        shown = self._book.sheets.active
        taken = {sheet.name.casefold() for sheet in self._book.sheets}
        number, name = 1, _UNDO_SHEET
        while name.casefold() in taken:
            number += 1
            name = f"{_UNDO_SHEET} {number}"
        sheet = self._book.sheets.add(name)
        sheet.range("A1").raw_value = _MARK
        shown.api.Activate()
        sheet.visible = _VERY_HIDDEN
        return sheet

    @contextmanager
    def quietly(self) -> Iterator[None]:
        """No event of the user's own code runs between two of our blocks."""
        app = self._book.app
        before = {name: getattr(app, name) for name in _QUIET}
        try:
            for name, quiet in _QUIET.items():
                self._try_to_set(app, name, quiet)
            yield
        finally:
            for name, value in before.items():
                self._try_to_set(app, name, value)

    def _try_to_set(self, app: Any, name: str, value: object) -> None:
        """What Excel will not set now is no reason to leave results unwritten, or the rest unset."""
        try:
            setattr(app, name, value)
        except Exception as error:
            if self.refusal(error) is None:
                raise

    def refusal(self, error: BaseException) -> str | None:
        """pywin32 has its errors where it is installed: on Windows."""
        kind = getattr(sys.modules.get("pywintypes"), "com_error", None)
        if kind is None or not isinstance(error, kind):
            return None
        details = getattr(error, "excepinfo", None)
        words = details[2] if details else None
        return str(words or getattr(error, "strerror", "") or "it gave no reason")


def _two_rows(area: Area) -> Area:
    """A table whose last row was deleted shows its header alone; the row below belongs to it."""
    return area if area.height > 1 else Area(area.top, area.left, area.top + 1, area.right)


def _rows(value: object) -> Sequence[Sequence[Any]]:
    """COM gives a scalar for one cell."""
    return value if isinstance(value, (tuple, list)) else ((value,),)


def _content(value: object, written: object) -> Content:
    """A formula, or the constant: text that begins with = is its own Formula."""
    if isinstance(written, str) and written.startswith("=") and value != written:
        return Formula(written)
    return _constant(value)


def _constant(value: object) -> Content:
    found = raw_cell(value)
    if type(value) is int and isinstance(found, str):
        return Fault(found)
    if found == "":
        return None
    if found is None or isinstance(found, (str, float, bool)):
        return found
    raise TypeError(f"Value2 gave {value!r}")


def _typed(cell: Content, held: Held, row: int, column: int) -> str | float | bool:
    """A content as it is put in: an apostrophe keeps text that Excel would read as something else."""
    if cell is None:
        return _BLANK
    if isinstance(cell, (Formula, Fault)):
        return cell.text
    if isinstance(cell, str) and would_be_read(cell) and held.format_at(row, column) != AS_TEXT:
        return f"'{cell}"
    return cell
