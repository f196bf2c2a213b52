"""A Book over a document that is open in LibreOffice Calc, through UNO objects handed in."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, Protocol

from xl_rebal.cells import EPOCH, RawCell
from xl_rebal.errors import WriteError
from xl_rebal.workbook.areas import Area
from xl_rebal.workbook.book import Block, Results, Source, link_formula
from xl_rebal.workbook.cell_names import leads_nowhere
from xl_rebal.workbook.contents import source_of
from xl_rebal.workbook.declared import ResultCell
from xl_rebal.workbook.found_tables import TablePlace
from xl_rebal.workbook.layout import NUMBER_FORMATS, RESULT_CELLS, TABLES, Kind
from xl_rebal.workbook.limits import refuse_area, refuse_value
from xl_rebal.workbook.live_results import ResultPlace, fitting_blocks, is_link, writable
from xl_rebal.workbook.package.refusals import unsupported
from xl_rebal.workbook.uno_cells import area_of, block
from xl_rebal.workbook.uno_charts import follow, following
from xl_rebal.workbook.uno_contents import CalcContents
from xl_rebal.workbook.uno_filling import (
    Constant,
    Filling,
    dress,
    extend,
    fill,
    moves,
    put_back,
    show,
    standing,
)
from xl_rebal.workbook.uno_obstacles import refuse_obstacles, refuse_read_only

_CANONICAL = {name.casefold(): name for name in TABLES}


class Window(Protocol):
    """What surrounds the document: the status bar and the list of what can be undone."""

    def status(self, text: str, share: float) -> None:
        """Show a text and how much of the work is done; blank text clears it."""

    def step(
        self, undo: Callable[[], None], redo: Callable[[], None]
    ) -> AbstractContextManager[None]:
        """What is done within becomes one step that can be undone."""


class UnoBook:
    """``document`` is a SpreadsheetDocument. Numbers are read unrounded, dates as serials."""

    def __init__(self, document: Any, window: Window) -> None:
        self._document, self._window = document, window

    def read(self) -> Source:
        """Tables by name on whatever sheet, settings by their names, and what is doubtful of them."""
        day = self._document.NullDate
        if (day.Year, day.Month, day.Day) != (EPOCH.year, EPOCH.month, EPOCH.day):
            raise unsupported(
                self._document.Title,
                f"a book that counts its days from {day.Year}-{day.Month:02}-{day.Day:02}",
                "Choose 12/30/1899 under Tools, Options, LibreOffice Calc, Calculate, Date; every "
                "date then shows another day and must be typed anew.",
                "a book that counts its days as Excel does",
            )
        return source_of(CalcContents(self._document))

    def write(self, results: Results) -> None:
        """Write all of it, as one step that can be undone; whatever is in the way is refused first."""
        refuse_read_only(self._document)
        tables = self._tables()
        places = {
            each.table: self._place(tables[each.table])
            for each in results.blocks
            if each.table in tables
        }
        blocks = fitting_blocks(results, places)
        named = self._named(results)
        new = [self._filling(tables[each.table], each) for each in blocks]
        new += [self._cell(*each, results.values[each[0].name]) for each in named]
        if not new:
            return
        old = [standing(self._document, each.sheet, each.area, each.table) for each in new]
        refuse_obstacles(self._document, new, old)
        moved = moves(new, old)
        following(self._document, moved)  # a chart that cannot be read fails before all writing

        def undo() -> None:
            put_back(self._document, old)
            follow(self._document, [each.back() for each in moved])

        def redo() -> None:
            fill(self._document, new)
            show(self._document, new)
            follow(self._document, moved)

        with self._window.step(self._unnoted(undo), self._unnoted(redo)):
            dress(self._document, new)
            fill(self._document, new)
            extend(self._document, new)
            show(self._document, new)
            follow(self._document, moved)

    def _unnoted(self, work: Callable[[], None]) -> Callable[[], None]:
        """``work`` as no step of its own in the list of what can be undone."""

        def run() -> None:
            manager = self._document.getUndoManager()
            manager.lock()
            try:
                work()
            finally:
                manager.unlock()

        return run

    def has_table(self, name: str) -> bool:
        """Whether a table of this name stands in the book."""
        return name in self._tables()

    def report(self, message: str) -> None:
        """The status bar; blank text clears it."""
        self._window.status(message, 0.0)

    def progress(self, what: str, done: int, total: int) -> None:
        """How far it is, in the status bar."""
        self._window.status(what, done / total if total else 0.0)

    def _place(self, place: TablePlace) -> ResultPlace:
        """A table with the headers that it has now."""
        area = place.area
        top = Area(area.top, area.left, area.top, area.right)
        (row,) = block(self._document.Sheets.getByName(place.sheet), top).getDataArray()
        return ResultPlace(place.sheet, area, tuple(str(cell) for cell in row))

    def _tables(self) -> dict[str, TablePlace]:
        """Our tables, by the names of the layout; the first where two differ in capitals only."""
        found: dict[str, TablePlace] = {}
        for place in CalcContents(self._document).tables():
            name = _CANONICAL.get(place.name.casefold())
            if name is not None:
                found.setdefault(name, place)
        return found

    def _named(self, results: Results) -> list[tuple[ResultCell, str, Area]]:
        """The named result cells of the book that have a new value: sheet and place."""
        names, titles = self._document.NamedRanges, self._document.Sheets.ElementNames
        found, wrong = [], []
        for cell in RESULT_CELLS:
            if cell.name not in results.values or not names.hasByName(cell.defined_name):
                continue
            refuse_value(results.values[cell.name], cell.sheet, "")
            name = names.getByName(cell.defined_name)
            target = name.getReferredCells()
            area = area_of(target.RangeAddress) if target is not None else None
            if area is None or area.width * area.height > 1:
                wrong.append(leads_nowhere(cell.defined_name, name.Content))
            else:
                found.append((cell, titles[target.RangeAddress.Sheet], area))
        if wrong:
            raise WriteError(wrong)
        return found

    def _filling(self, place: TablePlace, results: Block) -> Filling:
        """A table with its new rows: what it no longer needs is blank, one row at least remains."""
        columns, area = TABLES[results.table].columns, place.area
        last = area.top + max(1, len(results.rows))
        refuse_area(last, area.right, place.sheet)
        whole = Area(area.top + 1, area.left, max(last, area.bottom), area.right)
        rows: list[list[Constant]] = [
            [self._constant(cell) for cell in row] for row in results.rows
        ]
        rows += [[""] * area.width for _ in range(whole.height - len(rows))]
        formulas = {
            (row, column): link_formula(str(cells[column])).replace('","', '";"')
            for row, cells in enumerate(results.rows)
            for column, declared in enumerate(columns)
            if is_link(declared, cells[column])
        }
        formats = [
            (Area(area.top + 1, area.left + place, last, area.left + place), self._format(column.kind))
            for place, column in enumerate(columns)
        ]  # fmt: skip
        extent = Area(area.top, area.left, last, area.right)
        return Filling(place.sheet, whole, rows, formulas, formats, place.name, extent)

    def _cell(self, cell: ResultCell, sheet: str, area: Area, value: RawCell) -> Filling:
        as_text = cell.kind in (Kind.TEXT, Kind.SYMBOL)
        formats = [(area, self._format(cell.kind))] if as_text else []
        return Filling(sheet, area, [[self._constant(value)]], formats=formats)

    def _constant(self, value: RawCell) -> Constant:
        given = writable(value)
        return "" if given is None else given if isinstance(given, str) else float(given)

    def _format(self, kind: Kind) -> int:
        formats, locale = self._document.NumberFormats, self._document.CharLocale
        locale.Language, locale.Country, locale.Variant = "en", "US", ""
        code = NUMBER_FORMATS[kind]
        key: int = formats.queryKey(code, locale, False)
        return key if key >= 0 else int(formats.addNew(code, locale))
