"""Rows of cells laid out for a width, the widest form that fits. No number is ever cut.

With room enough every remark stands in a last column. With less it stands below its row, then the
headers take two lines, then the first column becomes a heading or is folded. Where even that is too
wide, each row is a paragraph of its own.
"""

from __future__ import annotations

import os
import re
import sys
import textwrap
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, zip_longest
from typing import TextIO

Span = tuple[str, str]
"""A text and its style."""
Line = list[Span]

GAP = "  "
LEAST_REMARK = 40
"""A remark is read at this width; in a narrower column it is a tower of words."""
LEAST_NAME = 12
HEADING, REMARK = "bold", "dim"


@dataclass(frozen=True)
class Column:
    """Numbers stand on the right, words on the left."""

    header: str
    right: bool = False


@dataclass(frozen=True)
class Row:
    """One cell a column, and what is said of the row as a whole."""

    cells: tuple[Span, ...]
    remark: str = ""


@dataclass(frozen=True)
class Table:
    """``remark`` heads the column of remarks. ``grouped`` rows may share a heading, their first cell."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    remark: str = ""
    grouped: bool = False


def width_of(stream: TextIO) -> int | None:
    """The columns of a terminal, or what COLUMNS says; None for a file or pipe, which have no end."""
    said = os.environ.get("COLUMNS", "")
    if said.isdecimal() and int(said) > 0:
        return int(said)
    if not stream.isatty():
        return None
    try:
        return os.get_terminal_size(stream.fileno()).columns or 80
    except (OSError, ValueError):
        return 80


def paragraph(text: str, width: int | None, *, first: str = "", then: str = "") -> list[str]:
    """Text in lines of at most ``width``, each behind its indent; no unit is parted from its number.

    >>> paragraph("AAPL: 15.8 pp over its target of 30.0 %", 13, then="  ")
    ['AAPL: 15.8 pp', '  over its', '  target of', '  30.0 %']
    """
    held = re.sub(r"(?<=\d) (?=%|pp\b)", "\N{NO-BREAK SPACE}", text)
    if width is None or _size(first + text) <= width:
        return [first + text]
    lines = textwrap.wrap(
        held, max(width, len(then) + 1), initial_indent=first, subsequent_indent=then,
        break_on_hyphens=False,
    )  # fmt: skip
    return [line.replace("\N{NO-BREAK SPACE}", " ") for line in lines]


def lay_out(table: Table, width: int | None) -> list[Line]:
    """The lines of a table. ``width`` None is no limit."""
    room = sys.maxsize if width is None else width
    wide = _widths(table, [_size(column.header) for column in table.columns])
    remark = max((_size(row.remark) for row in table.rows), default=0)
    if remark and _total(wide) + len(GAP) + min(remark, LEAST_REMARK) <= room:
        return _with_remarks(table, [*wide, min(remark, room - _total(wide) - len(GAP))])
    if _total(wide) <= room:
        return _columns(table, wide, room)
    folded = _widths(table, [max(map(_size, c.header.split())) for c in table.columns])
    if _total(folded) <= room:
        return _columns(table, folded, room)
    if table.grouped and len(GAP) + _total(folded[1:]) <= room:
        return _groups(table, folded[1:], room)
    name = room - _total(folded[1:]) - (len(GAP) if folded[1:] else 0)
    if name >= LEAST_NAME and not table.grouped:
        return _columns(table, [name, *folded[1:]], room)
    return _paragraphs(table, room)


def _widths(table: Table, headers: Sequence[int]) -> list[int]:
    return [
        max([header, *(_size(row.cells[place][0]) for row in table.rows)])
        for place, header in enumerate(headers)
    ]


def _total(widths: Sequence[int]) -> int:
    return sum(widths) + len(GAP) * max(len(widths) - 1, 0)


def _with_remarks(table: Table, widths: Sequence[int]) -> list[Line]:
    rows = tuple(Row((*row.cells, (row.remark, ""))) for row in table.rows)
    columns = (*table.columns, Column(table.remark))
    return _columns(Table(columns, rows), widths, sys.maxsize)


def _columns(table: Table, widths: Sequence[int], room: int) -> list[Line]:
    """Header and rows in columns of these widths, each remark below its row."""
    lines = _header(table.columns, widths)
    for row in table.rows:
        lines += _cells(row.cells, table.columns, widths)
        lines += _below(row, room)
    return lines


def _groups(table: Table, widths: Sequence[int], room: int) -> list[Line]:
    """As ``_columns``, with the first cell of neighbouring rows as a heading above them."""
    columns = table.columns[1:]
    lines = [_indented(line) for line in _header(columns, widths)]
    for name, rows in groupby(table.rows, key=lambda row: row.cells[0][0]):
        lines += [[(line, HEADING)] for line in paragraph(name, room)]
        for row in rows:
            lines += [_indented(line) for line in _cells(row.cells[1:], columns, widths)]
            lines += _below(row, room)
    return lines


def _paragraphs(table: Table, room: int) -> list[Line]:
    """Each row as its first words and, below them, header and cell of every other column."""
    words = next((i for i, c in enumerate(table.columns) if c.right), 1)
    lines: list[Line] = []
    for row in table.rows:
        name = GAP.join(text for text, _ in row.cells[:words])
        lines += [[(line, HEADING)] for line in paragraph(name, room)]
        line: Line = []
        for column, cell in zip(table.columns[words:], row.cells[words:], strict=True):
            pair = [(f"{GAP}{column.header} ", ""), cell]
            if line and _length(line) + _length(pair) > room:
                lines.append(line)
                line = []
            line += pair
        lines += [line, *_below(row, room)]
    return lines


def _below(row: Row, room: int) -> list[Line]:
    if not row.remark:
        return []
    lines = paragraph(row.remark, room, first=2 * GAP, then=2 * GAP)
    return [[(line, REMARK)] for line in lines]


def _header(columns: Sequence[Column], widths: Sequence[int]) -> list[Line]:
    """The headers, the last words of all on one line."""
    texts = [paragraph(column.header, width) for column, width in zip(columns, widths, strict=True)]
    height = max(map(len, texts))
    return [
        _line([(line, HEADING) for line in across], columns, widths)
        for across in zip(*([""] * (height - len(text)) + text for text in texts), strict=True)
    ]


def _cells(
    cells: Sequence[Span], columns: Sequence[Column], widths: Sequence[int]
) -> Iterator[Line]:
    """One row; a cell wider than its column goes on below."""
    texts = [
        [(line, style) for line in paragraph(text, width)]
        for (text, style), width in zip(cells, widths, strict=True)
    ]
    for across in zip_longest(*texts, fillvalue=("", "")):
        yield _line(across, columns, widths)


def _line(cells: Sequence[Span], columns: Sequence[Column], widths: Sequence[int]) -> Line:
    """One line of a table, without blanks at its end."""
    line: Line = []
    pending = ""
    for (text, style), column, width in zip(cells, columns, widths, strict=True):
        blank = " " * (width - _size(text))
        before, after = (blank, "") if column.right else ("", blank)
        if text:
            line += [(pending + before, ""), (text, style)]
            pending = after + GAP
        else:
            pending += blank + GAP
    return line


def _indented(line: Line) -> Line:
    return [(GAP, ""), *line]


def _length(line: Line) -> int:
    return sum(_size(text) for text, _ in line)


def _size(text: str) -> int:
    """The columns of a text on a terminal: Chinese characters take two, accents none."""
    if text.isascii():
        return len(text)
    wide = sum(unicodedata.east_asian_width(c) in "WF" for c in text)
    return len(text) + wide - sum(unicodedata.combining(c) > 0 for c in text)
