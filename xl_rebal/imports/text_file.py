"""A text file to rows: its encoding, and the character between its cells."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable

from xl_rebal.errors import Code, InputError, Problem
from xl_rebal.imports.rows import Rows
from xl_rebal.workbook.book import Row

DELIMITERS = (",", ";", "\t", "|")
EXPECTED = "a file of prices (.csv or .xlsx)"
_SAMPLE = 20_000
_SAID = re.compile(r"sep=(.)[^\S\r\n]*(?:\r\n|\r|\n)", re.IGNORECASE)
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def text_rows(content: bytes, name: str, fits: Callable[[Row], int]) -> Rows:
    """The rows of a text file. ``fits`` counts what in a row was isolated as it should be: of the
    characters that could stand between cells the one is taken that makes most of it.

    InputError where the file is empty, no text, or a quotation mark is never closed.
    """
    text, first = _decoded(content, name), 1
    if said := _SAID.match(text):  # a hint to Excel
        return _parsed(text[said.end() :], said[1], name, first + 1)
    sample = text[:_SAMPLE]
    if len(text) > _SAMPLE:
        sample = sample[: max(sample.rfind("\n"), sample.rfind("\r")) + 1] or sample
    delimiter = max(DELIMITERS, key=lambda each: _score(sample, each, fits))
    return _parsed(text, delimiter, name, first)


def _decoded(content: bytes, name: str) -> str:
    if not content.strip(b"\0 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise _refusal(name, "an empty file", "Download it again, or choose another.")
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            try:
                return content.decode(encoding)
            except UnicodeDecodeError:
                raise _refusal(name, "a damaged text file", "Download it again.") from None
    if b"\0" in content:
        raise _refusal(name, "a file that is no text", "Choose another file.")
    start = content[:512].lstrip().lower()
    if start.startswith((b"<!doctype", b"<html", b"<table", b"<?xml", b"<meta")):
        raise _refusal(
            name, "a web page or XML", "Save the table itself as .csv or .xlsx and import that."
        )
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        # What Windows programs of the West write; numbers and dates are the same in all of these.
        return content.decode("latin-1")


def _score(sample: str, delimiter: str, fits: Callable[[Row], int]) -> tuple[int, int]:
    """How much fits, then how many rows have more than one cell."""
    try:
        rows = list(csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter))
    except csv.Error:
        return 0, 0
    return sum(map(fits, rows)), sum(len(row) > 1 for row in rows)


def _parsed(text: str, delimiter: str, name: str, first: int) -> Rows:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    cells, lines, start = [], [], first
    try:
        for row in reader:
            cells.append(tuple(row))
            lines.append(start)
            start = reader.line_num + first
    except csv.Error:
        raise InputError(
            Problem(
                Code.NOT_A_BOOK,
                "a quotation mark that is not closed, or stands inside a cell",
                "quotation marks in pairs",
                "Correct the line, or export the file anew.",
                argument=f"{name} line {start}",
            )
        ) from None
    return Rows(name, tuple(cells), tuple(lines))


def _refusal(name: str, found: str, fix: str) -> InputError:
    return InputError(Problem(Code.NOT_A_BOOK, found, EXPECTED, fix, argument=name))
