"""How far the cells of a sheet reach. Calamine makes room for every cell between the first and the
last: one cell in the last corner would take 300 GB, and ends the process without a word."""

from __future__ import annotations

import re

from xl_rebal.errors import Code, InputError, Problem
from xl_rebal.workbook.book import column_letters, column_number
from xl_rebal.workbook.limits import LAST_COLUMN, LAST_ROW
from xl_rebal.workbook.package import Package
from xl_rebal.workbook.package.refusals import damaged

MOST_CELLS = 12_000_000
"""From A1 to the last cell with content, blanks between them too: a million rows of eleven columns."""

_FILLED = re.compile(
    rb"""<(?:\w+:)?c\b(?:[^>]*?\sr\s*=\s*["']([A-Za-z]+)([0-9]+)["'])?[^>]*(?<!/)>"""
)
_ROW = re.compile(rb"""<(?:\w+:)?row\b[^>]*?\sr\s*=\s*["']([0-9]+)["'][^>]*(?<!/)>""")


def refuse_far_cells(package: Package, title: str) -> None:
    """InputError where a cell stands outside a sheet, or so far away that reading would not end."""
    content = package.parts[package.sheet(title).part_name]
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        content = package.text(package.sheet(title).part_name).encode()
    last_row = last_column = 0
    counted = False
    for cell in _FILLED.finditer(content):
        if cell[1] is None:
            counted = True
            continue
        row, column = _number(cell[2]), _column(cell[1])
        if row > LAST_ROW or column > LAST_COLUMN:
            where = (cell[1] + cell[2])[:20].decode()
            raise damaged(package.name, f"the sheet {title!r}: a cell at {where}, beyond its end")
        last_row, last_column = max(last_row, row), max(last_column, column)
    if counted:  # cells without an address stand in the row of their <row>, one after the other
        rows = [_number(row[1]) for row in _ROW.finditer(content)]
        last_row = max(last_row, len(rows), *rows, 0)
    if last_row * last_column > MOST_CELLS:
        raise _far(title, last_row, last_column)


def _number(digits: bytes) -> int:
    return int(digits) if len(digits) < 9 else LAST_ROW + 1


def _column(letters: bytes) -> int:
    return column_number(letters.decode().upper()) if len(letters) < 4 else LAST_COLUMN + 1


def _far(title: str, row: int, column: int) -> InputError:
    return InputError(
        Problem(
            Code.OUT_OF_RANGE,
            f"content down to row {row:,} and across to column {column_letters(column)}",
            f"at most {MOST_CELLS:,} cells from A1 to the last one",
            "Go to the last cell with Ctrl+End and delete what stands far away from the rest.",
            sheet=title,
        )
    )
