"""The Functions sheet: every worksheet function with a live example beside what it should show.

A glance tells whether the add-in works: the head says which version answers and how many examples
agree, the index says it of each. As generated nothing has been asked, and the checks say so.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import NamedTuple

from openpyxl.styles import Alignment
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from xl_rebal.cells import RawCell
from xl_rebal.workbook import styles
from xl_rebal.workbook.agreement import agree
from xl_rebal.workbook.book import column_letters
from xl_rebal.workbook.content import FunctionHelp
from xl_rebal.workbook.layout import GREY, RED, TEAL
from xl_rebal.workbook.start import ADD_IN_NAME, NO_ADD_IN
from xl_rebal.workbook.writer import Writer

_WIDTHS = (18, 16, *([13] * 15))
"""One column more than the widest answer takes. Checks look whether the cells beside an answer are
blank, and LibreOffice 7.4 takes a column that a sheet does not have for the last one that it has.
"""
_FIRST = 2
"""Column of the example's cells; their labels stand before it."""
_ROOM = 3
"""Free rows below an answer: it may grow when somebody changes the example."""
_ADD_IN, _SUMMARY, _INDEX = 3, 4, 6
"""Rows of the add-in's version, of the count of checks, and of the index's header."""
_ROW_HEIGHT, _CHARACTERS = 15, 1.05
"""Height of a line in points; characters of Calibri that fit into one of a column's width."""
AGREES, DIFFERS, NOT_RUNNING = "agrees", "differs", "not running"
_ANSWERS = f'LEFT($B${_ADD_IN},8)="xl_rebal"'


class _Block(NamedTuple):
    """Rows of a function's block: its first, that of the check, its last."""

    first: int
    check: int
    last: int


def write_functions(writer: Writer, sheet: Worksheet, functions: Sequence[FunctionHelp]) -> None:
    """The head, an index, and one block a function, one below the other."""
    for place, width in enumerate(_WIDTHS, start=1):
        sheet.column_dimensions[column_letters(place)].width = width
    widest = max((len(function.answer[0]) for function in functions), default=0)
    if _FIRST + widest > len(_WIDTHS):
        raise ValueError(f"an answer of {widest} columns: the sheet Functions needs more columns")
    writer.put(sheet, "A1", "Worksheet functions", font=styles.TITLE)
    row = _INDEX + len(functions) + _ROOM
    blocks = []
    for function in functions:
        blocks.append(_block(writer, sheet, function, row))
        row = blocks[-1].last + 1 + _ROOM
    if functions:
        _head(writer, sheet, len(functions))
        _index(writer, sheet, functions, blocks)
    sheet.freeze_panes = f"A{_SUMMARY + 1}"
    styles.set_page(sheet)


def _head(writer: Writer, sheet: Worksheet, count: int) -> None:
    writer.put(
        sheet, "A2",
        "Each with an example to play with. Check compares what the add-in shows (Live) with what xl_rebal "
        "found when it made this book (Expected); it differs once you change an example.",
        font=styles.SMALL,
    )  # fmt: skip
    checks = f"$B${_INDEX + 1}:$B${_INDEX + count}"
    agreeing = f'COUNTIF({checks},"{AGREES}")'
    writer.put(sheet, f"A{_ADD_IN}", "Add-in", font=styles.BOLD)
    writer.formula(
        sheet,
        f"B{_ADD_IN}",
        f'=IFERROR({ADD_IN_NAME}&"","{NO_ADD_IN}")',
        NO_ADD_IN,
        font=styles.BOLD,
    )
    writer.put(sheet, f"A{_SUMMARY}", "Check", font=styles.BOLD)
    writer.formula(
        sheet, f"B{_SUMMARY}",
        f'=IF({_ANSWERS},IF({agreeing}={count},"all {count} functions agree",{agreeing}&" of {count} '
        f'functions agree"),"{_UNASKED}")',
        _UNASKED, font=styles.BOLD,
    )  # fmt: skip
    place = f"B{_ADD_IN}:B{_SUMMARY}"
    styles.colour_when(sheet, place, f"{agreeing}={count}", TEAL)
    styles.colour_when(sheet, place, f"AND({_ANSWERS},{agreeing}<{count})", RED)


_UNASKED = "the add-in has not answered: Live shows stored values, or #NAME?"


def _index(
    writer: Writer, sheet: Worksheet, functions: Sequence[FunctionHelp], blocks: Sequence[_Block]
) -> None:
    """One row a function: its name, which leads to it, whether it agrees, what it gives."""
    _bar(sheet, _INDEX)
    for letter, header in zip(
        "ABCD", ("Function", "Check", "Category", "What it gives"), strict=True
    ):
        writer.put(sheet, f"{letter}{_INDEX}", header, font=styles.HEADER)
    for row, (function, block) in enumerate(zip(functions, blocks, strict=True), start=_INDEX + 1):
        writer.put(sheet, f"A{row}", function.name, font=styles.LINK)
        sheet[f"A{row}"].hyperlink = Hyperlink(
            ref=f"A{row}", location=f"'{sheet.title}'!A{block.first}", display=function.name
        )
        writer.formula(sheet, f"B{row}", f"=B{block.check}", NOT_RUNNING, font=styles.CALCULATED)
        writer.put(sheet, f"C{row}", function.category)
        writer.put(sheet, f"D{row}", function.help)
    _colours(sheet, f"B{_INDEX + 1}:B{_INDEX + len(functions)}")


def _bar(sheet: Worksheet, row: int) -> None:
    for place in range(1, len(_WIDTHS) + 1):
        sheet.cell(row, place).fill = styles.HEADER_FILL


def _colours(sheet: Worksheet, area: str) -> None:
    first = area.partition(":")[0]
    for word, colour in ((AGREES, TEAL), (DIFFERS, RED), (NOT_RUNNING, GREY)):
        styles.colour_when(sheet, area, f'{first}="{word}"', colour)


def _block(writer: Writer, sheet: Worksheet, function: FunctionHelp, row: int) -> _Block:
    """Signature, help, arguments, example, check, expected and live answer."""
    _bar(sheet, row)
    writer.put(sheet, f"A{row}", function.signature, font=styles.HEADER)
    writer.put(sheet, f"A{row + 1}", function.help)
    at = row + 2
    for name, text in (*function.arguments, ("Returns", function.returns)):
        writer.put(sheet, f"A{at}", name, font=styles.BOLD)
        writer.put(sheet, f"B{at}", text)
        at += 1
    words, tall = _example(writer, sheet, function.example, at)
    at += tall
    formula = f"{function.name}({','.join(words)})"
    _label(writer, sheet, at, "Formula")
    writer.put(sheet, f"B{at}", f"={formula}", font=styles.CALCULATED)
    check, expected, live = at + 1, at + 2, at + 2 + len(function.answer)
    same = agree(function.answer, (expected, _FIRST), (live, _FIRST))
    _label(writer, sheet, check, "Check")
    writer.formula(
        sheet, f"B{check}",
        f'=IF({_ANSWERS},IF(IFERROR({same},FALSE),"{AGREES}","{DIFFERS}"),"{NOT_RUNNING}")',
        NOT_RUNNING, font=styles.CALCULATED,
    )  # fmt: skip
    _colours(sheet, f"B{check}")
    _expected(writer, sheet, function.answer, expected)
    _live(writer, sheet, f"={formula}", function.answer, live)
    return _Block(row, check, live + len(function.answer) - 1)


def _label(writer: Writer, sheet: Worksheet, row: int, text: str) -> None:
    is_tall = text in ("Expected", "Live")
    writer.put(sheet, f"A{row}", text, font=styles.SMALL, align=_TOP if is_tall else None)


def _live(
    writer: Writer, sheet: Worksheet, formula: str, rows: Sequence[Sequence[RawCell]], row: int
) -> None:
    """The formula itself, in the look of what is expected above it."""
    _label(writer, sheet, row, "Live")
    if len(rows) == 1 and len(rows[0]) == 1:
        writer.formula(sheet, f"B{row}", formula, rows[0][0])
    else:
        writer.spill(sheet, f"B{row}", formula, rows)
    for down, cells in enumerate(rows):
        for right, value in enumerate(cells):
            cell = sheet.cell(row + down, _FIRST + right)
            cell.font = styles.BOLD
            cell.alignment = _alignment(cells, right)
            if form := _form(value):
                cell.number_format = form
        _heighten(sheet, row + down, cells)


def _example(
    writer: Writer, sheet: Worksheet, arguments: Sequence[object], row: int
) -> tuple[list[str], int]:
    """The argument cells side by side; gives the words of the formula and the rows taken."""
    column, tall, words = _FIRST, 0, []
    for argument in arguments:
        if not isinstance(argument, list):
            words.append(_literal(argument))
            continue
        for down, cells in enumerate(argument):
            for right, value in enumerate(cells):
                address = f"{column_letters(column + right)}{row + down}"
                writer.put(sheet, address, value, font=styles.INPUT_FONT)
                sheet[address].fill = styles.INPUT_FILL
        last = f"{column_letters(column + len(argument[0]) - 1)}{row + len(argument) - 1}"
        words.append(f"{column_letters(column)}{row}:{last}")
        column += len(argument[0]) + 1
        tall = max(tall, len(argument))
    if tall:
        _label(writer, sheet, row, "Example")
    return words, tall


def _literal(value: object) -> str:
    """An argument as a formula spells it.

    >>> _literal('say "half"'), _literal(True), _literal(None), _literal(0.05)
    ('"say ""half\"""', 'TRUE', '', '0.05')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    return '"' + value.replace('"', '""') + '"' if isinstance(value, str) else str(value)


def _expected(
    writer: Writer, sheet: Worksheet, rows: Sequence[Sequence[RawCell]], row: int
) -> None:
    _label(writer, sheet, row, "Expected")
    for down, cells in enumerate(rows):
        for right, value in enumerate(cells):
            address = f"{column_letters(_FIRST + right)}{row + down}"
            shown = str(value).upper() if isinstance(value, bool) else value
            writer.put(
                sheet, address, shown, font=styles.CALCULATED, form=_form(value),
                align=_alignment(cells, right),
            )  # fmt: skip
        _heighten(sheet, row + down, cells)


_TOP = Alignment(horizontal="left", vertical="top")
_TOP_WRAPPED = Alignment(horizontal="left", vertical="top", wrap_text=True)


def _alignment(cells: Sequence[RawCell], place: int) -> Alignment:
    """A text that its neighbour would cut goes on below; one with room beside it runs on."""
    is_cut = place + 1 < len(cells) and _lines(cells, place) > 1
    return _TOP_WRAPPED if is_cut else _TOP


def _heighten(sheet: Worksheet, row: int, cells: Sequence[RawCell]) -> None:
    lines = max([_lines(cells, place) for place in range(len(cells) - 1)], default=1)
    if lines > 1:
        sheet.row_dimensions[row].height = lines * _ROW_HEIGHT


def _lines(cells: Sequence[RawCell], place: int) -> int:
    """Lines that a text takes in its column."""
    value, width = cells[place], _WIDTHS[min(_FIRST - 1 + place, len(_WIDTHS) - 1)]
    if not isinstance(value, str) or not value:
        return 1
    return len(textwrap.wrap(value, int(width * _CHARACTERS), break_on_hyphens=False))


def _form(value: RawCell) -> str:
    """Four decimals for a number that would show more; its own form for any other.

    >>> _form(4 / 7), _form(0.05), _form("text")
    ('0.0000', '', '')
    """
    return "0.0000" if isinstance(value, float) and round(value, 4) != value else ""
