"""Cell grids of a file: values through calamine, and what calamine does not tell put back."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

import python_calamine

from xl_rebal.cells import NEVER_CALCULATED, RawCell
from xl_rebal.workbook.book import column_number
from xl_rebal.workbook.extent import refuse_far_cells
from xl_rebal.workbook.package import Package, read_package
from xl_rebal.workbook.package.cells import error_cells
from xl_rebal.workbook.package.refusals import damaged, days_from_1904
from xl_rebal.workbook.unreadable import refuse_unreadable

_OLD_ERRORS = frozenset({"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A"})

Grid = list[list[RawCell]]


def open_sheets(content: bytes, name: str = "") -> tuple[Package, FileSheets]:
    """The package of a workbook and its grids; InputError if it is none or counts days from 1904."""
    package = read_package(content, name)
    if package.date_1904():
        raise days_from_1904(name)
    return package, FileSheets(package, content)


class FileSheets:
    """Cell grids by sheet title, each read once, with errors and unevaluated formulas marked."""

    def __init__(self, package: Package, content: bytes) -> None:
        self._package = package
        self._titles = {sheet.title: sheet.part_name for sheet in package.sheets()}
        self._grids: dict[str, Grid] = {}
        try:
            self._book = python_calamine.load_workbook(io.BytesIO(_readable(package, content)))
        except python_calamine.CalamineError as error:
            raise damaged(package.name, str(error)) from error

    def __contains__(self, title: str) -> bool:
        return title in self._titles

    def __getitem__(self, title: str) -> Grid:
        if title not in self._grids:
            self._grids[title] = self._read(title)
        return self._grids[title]

    def _read(self, title: str) -> Grid:
        part = self._titles[title]
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
