"""A Book over a file: values through calamine, tables and names from the package itself."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from itertools import islice
from pathlib import Path

import python_calamine

from xl_rebal.cells import NEVER_CALCULATED, RawCell
from xl_rebal.workbook.areas import Area
from xl_rebal.workbook.book import Results, Source, column_number
from xl_rebal.workbook.contents import source_of
from xl_rebal.workbook.doubts import Facts
from xl_rebal.workbook.extent import refuse_far_cells
from xl_rebal.workbook.file_facts import facts_in_file
from xl_rebal.workbook.files import read_file, write_file
from xl_rebal.workbook.found_tables import FoundTable, TablePlace
from xl_rebal.workbook.package import Package, TablePart, read_package
from xl_rebal.workbook.package.cells import error_cells
from xl_rebal.workbook.package.refusals import damaged, days_from_1904
from xl_rebal.workbook.set_names import NameOf
from xl_rebal.workbook.unreadable import refuse_unreadable

_OLD_ERRORS = frozenset({"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A"})

Grid = list[list[RawCell]]


class FileBook:
    """A workbook file. ``out`` is where results go (the file itself with ``replace``)."""

    def __init__(
        self,
        path: Path,
        out: Path | None = None,
        *,
        replace: bool = False,
        say: Callable[[str], None] | None = None,
        show_progress: Callable[[str, int, int], None] | None = None,
    ) -> None:
        self.path = path
        self.out = out
        self.replace = replace
        self.is_written = False
        self._say = say
        self._show_progress = show_progress
        self.content = read_file(path)
        self._source: Source | None = None

    def read(self) -> Source:
        """Tables by their Excel names and settings by their defined names."""
        if self._source is None:
            self._source = read_source(self.content, self.path.name)
        return self._source

    def write(self, results: Results) -> None:
        """A copy of the book at ``out`` with our result sheets made anew, all else untouched."""
        from xl_rebal.workbook.results import with_results

        if self.out is None:
            return
        finished = with_results(self.content, self.read(), results, self.path.name)
        write_file(self.out, finished, replace=self.replace)
        self.is_written = True

    def report(self, message: str) -> None:
        """Tell the terminal, if anybody listens."""
        if self._say is not None:
            self._say(message)

    def progress(self, what: str, done: int, total: int) -> None:
        """Show the terminal how far it is, if anybody looks."""
        if self._show_progress is not None:
            self._show_progress(what, done, total)


def read_source(content: bytes, name: str = "") -> Source:
    """All tables of our layout and all ``set_`` cells of a book; InputError if it is no book."""
    package = read_package(content, name)
    if package.date_1904():
        raise days_from_1904(name)
    return source_of(_FileContents(package, content))


class _FileContents:
    """A book in a file. Each sheet is read once, with errors and unevaluated formulas marked."""

    def __init__(self, package: Package, content: bytes) -> None:
        self._package = package
        self._parts = {sheet.title: sheet.part_name for sheet in package.sheets()}
        self._grids: dict[str, Grid] = {}
        self._extents: dict[str, tuple[int, int]] = {}
        try:
            self._book = python_calamine.load_workbook(io.BytesIO(_readable(package, content)))
        except python_calamine.CalamineError as error:
            raise damaged(package.name, str(error)) from error

    @property
    def titles(self) -> list[str]:
        return list(self._parts)

    def extent(self, title: str) -> tuple[int, int]:
        if title not in self._extents:
            grid = self._grid(title)
            self._extents[title] = len(grid), max(map(len, grid), default=0)
        return self._extents[title]

    def rows(self, title: str, area: Area) -> Iterator[tuple[RawCell, ...]]:
        for line in islice(self._grid(title), area.top - 1, max(area.top - 1, area.bottom)):
            cells = tuple(line[area.left - 1 : area.right])
            yield cells + (None,) * (area.width - len(cells))

    def tables(self) -> list[TablePlace]:
        return [
            TablePlace(part.name, part.sheet_title, self._area(part), part.totals_row)
            for part in self._package.tables()
        ]

    def _area(self, part: TablePart) -> Area:
        area = Area.of(part.ref)
        if area is None:
            what = f"the table {part.name} stands nowhere: {part.ref!r}"
            raise damaged(self._package.name, what)
        return area

    def names(self) -> list[NameOf]:
        return [
            NameOf(name.name, name.text, name.sheet_title) for name in self._package.defined_names()
        ]

    def facts(self, table: FoundTable) -> Facts:
        return facts_in_file(self._package, table)

    def _grid(self, title: str) -> Grid:
        if title not in self._grids:
            self._grids[title] = self._read(title)
        return self._grids[title]

    def _read(self, title: str) -> Grid:
        part = self._parts[title]
        refuse_far_cells(self._package, title)
        refuse_unreadable(self._package, title, part)
        try:
            sheet = self._book.get_sheet_by_name(title)
        except python_calamine.CalamineError as error:
            raise damaged(self._package.name, f"the sheet {title!r}: {error}") from error
        grid: Grid = [
            [None] * len(row) if row.count("") == len(row) else [_cell(value) for value in row]
            for row in sheet.to_python(skip_empty_area=False)
        ]
        for address, shown in _errors(self._package, part):  # calamine reads them as blanks
            _put(grid, address, shown)
        for address in self._package.uncalculated(title):
            _put(grid, address, NEVER_CALCULATED)
        return grid


def _errors(package: Package, part: str) -> Iterator[tuple[str, str]]:
    if package.mentions(part, 't="e"') or package.mentions(part, "t='e'"):
        yield from error_cells(package.text(part))


def _readable(package: Package, content: bytes) -> bytes:
    """The book for calamine, which refuses whole sheets for the errors of newer Excels."""
    changes: dict[str, bytes | None] = {}
    for sheet in package.sheets():
        part = sheet.part_name
        newer = {error for _, error in _errors(package, part)} - _OLD_ERRORS
        if newer:
            text = package.text(part)
            for error in newer:
                text = re.sub(rf"(<(?:\w+:)?v>){re.escape(error)}<", r"\g<1>#VALUE!<", text)
            changes[part] = text.encode()
    return package.replace(changes).to_bytes() if changes else content


def _cell(value: object) -> RawCell:
    if value == "":
        return None
    if isinstance(value, (bool, float, str, datetime)):
        return value
    if isinstance(value, int):
        return float(value)
    if isinstance(value, date):
        return value
    if isinstance(value, (time, timedelta)):  # rounded: no number to reckon with
        return str(value)
    raise TypeError(f"unexpected cell value {value!r}")


def _put(grid: Grid, address: str, value: RawCell) -> None:
    letters = address.rstrip("0123456789")
    row, column = int(address.removeprefix(letters)) - 1, column_number(letters) - 1
    while len(grid) <= row:
        grid.append([])
    line = grid[row]
    line.extend([None] * (column + 1 - len(line)))
    line[column] = value
