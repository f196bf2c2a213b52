"""A Book over a file: values through calamine, tables and names from the package itself."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path

import python_calamine

from xl_rebal.cells import NEVER_CALCULATED, RawCell, is_blank
from xl_rebal.workbook.book import RawSetting, RawTable, Results, Source, column_number
from xl_rebal.workbook.files import read_file, write_file
from xl_rebal.workbook.layout import TABLES
from xl_rebal.workbook.package import Package, TablePart, read_package

_ERROR_CELL = re.compile(
    r'<(?:\w+:)?c\b(?=[^>]*\bt="e")[^>]*?\br="([A-Z]+)([0-9]+)"[^>]*>'
    r"(?:(?!</(?:\w+:)?c>).)*?<(?:\w+:)?v>([^<]*)<",
    re.DOTALL,
)
_ADDRESS = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})")

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
    ) -> None:
        self.path = path
        self.out = out
        self.replace = replace
        self._say = say
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

    def report(self, message: str) -> None:
        """Tell the terminal, if anybody listens."""
        if self._say is not None:
            self._say(message)


def read_source(content: bytes, name: str = "") -> Source:
    """All tables of our layout and all ``set_`` cells of a book; InputError if it is no book."""
    package = read_package(content, name)
    sheets = _Sheets(package, content)
    tables = {}
    canonical = {table.casefold(): table for table in TABLES}
    for part in package.tables():
        known = canonical.get(part.name.casefold())
        if known is not None:
            tables[known] = _raw_table(known, part, sheets)
    settings = {}
    for defined in package.defined_names():
        if defined.sheet_title is None and defined.name.casefold().startswith("set_"):
            place = _single_cell(defined.text)
            if place is not None and place[0] in sheets:
                title, row, column = place
                grid = sheets[title]
                settings[defined.name[4:]] = RawSetting(
                    _at(grid, row, column), title, f"{_letters(defined.text)}{row + 1}"
                )
    return Source(tables, settings)


class _Sheets:
    """Cell grids by sheet title, each read once, with errors and unevaluated formulas marked."""

    def __init__(self, package: Package, content: bytes) -> None:
        self._package = package
        self._book = python_calamine.load_workbook(io.BytesIO(content))
        self._titles = {sheet.title: sheet.part_name for sheet in package.sheets()}
        self._grids: dict[str, Grid] = {}

    def __contains__(self, title: str) -> bool:
        return title in self._titles

    def __getitem__(self, title: str) -> Grid:
        if title not in self._grids:
            self._grids[title] = self._read(title)
        return self._grids[title]

    def _read(self, title: str) -> Grid:
        raw = self._book.get_sheet_by_name(title).to_python(skip_empty_area=False)
        grid: Grid = [[_cell(value) for value in row] for row in raw]
        text = self._package.text(self._titles[title])
        if 't="e"' in text:  # calamine reads an error as a blank
            for found in _ERROR_CELL.finditer(text):
                _put(grid, int(found[2]) - 1, column_number(found[1]) - 1, found[3])
        for address in self._package.uncalculated(title):
            row, column = _corner(address)
            _put(grid, row, column, NEVER_CALCULATED)
        return grid


def _cell(value: object) -> RawCell:
    if value == "":
        return None
    if isinstance(value, (bool, float, str, datetime)):
        return value
    if isinstance(value, int):
        return float(value)
    if isinstance(value, date):
        return value
    if isinstance(value, (time, timedelta)):  # a number shown as a time of day
        seconds = (
            value.total_seconds()
            if isinstance(value, timedelta)
            else timedelta(
                hours=value.hour, minutes=value.minute, seconds=value.second
            ).total_seconds()
        )
        return seconds / 86400
    raise TypeError(f"unexpected cell value {value!r}")


def _put(grid: Grid, row: int, column: int, value: RawCell) -> None:
    while len(grid) <= row:
        grid.append([])
    line = grid[row]
    line.extend([None] * (column + 1 - len(line)))
    line[column] = value


def _at(grid: Grid, row: int, column: int) -> RawCell:
    return grid[row][column] if row < len(grid) and column < len(grid[row]) else None


def _corner(address: str) -> tuple[int, int]:
    found = _ADDRESS.fullmatch(address)
    if found is None:
        raise ValueError(f"no cell address: {address!r}")
    return int(found[2]) - 1, column_number(found[1]) - 1


def _raw_table(name: str, part: TablePart, sheets: _Sheets) -> RawTable:
    """The table's cells; filled rows directly below it belong to it."""
    first, _, last = part.ref.partition(":")
    (top, left), (bottom, right) = _corner(first), _corner(last or first)
    grid = sheets[part.sheet_title]

    def row_at(row: int) -> tuple[RawCell, ...]:
        return tuple(_at(grid, row, column) for column in range(left, right + 1))

    rows = [row_at(row) for row in range(top + 1, bottom + (0 if part.totals_row else 1))]
    below = bottom + 1
    while not part.totals_row and below < len(grid):
        row = row_at(below)
        if all(is_blank(cell) for cell in row):
            break
        rows.append(row)
        below += 1
    return RawTable(name, part.sheet_title, row_at(top), tuple(rows), top + 1, left + 1)


_REFERENCE = re.compile(r"(?:'((?:[^']|'')+)'|([^'!]+))!\$?([A-Z]{1,3})\$?([0-9]{1,7})")


def _single_cell(text: str) -> tuple[str, int, int] | None:
    found = _REFERENCE.fullmatch(text.strip().lstrip("="))
    if found is None:
        return None
    title = (found[1] or found[2]).replace("''", "'")
    return title, int(found[4]) - 1, column_number(found[3]) - 1


def _letters(text: str) -> str:
    found = _REFERENCE.fullmatch(text.strip().lstrip("="))
    assert found is not None
    return found[3]
