"""The Functions sheet: every worksheet function with a live example beside what it should show."""

from __future__ import annotations

from collections.abc import Sequence

from openpyxl.worksheet.worksheet import Worksheet

from xl_rebal.cells import RawCell
from xl_rebal.workbook import styles
from xl_rebal.workbook.book import column_letters
from xl_rebal.workbook.content import FunctionHelp
from xl_rebal.workbook.writer import Writer

_WIDTHS = (16, 26, *([12] * 8), 60, *([12] * 5))
_FIRST = 2
"""Column of the example's cells; their labels stand before it."""
_ROOM = 3
"""Free rows below an answer: it may grow when somebody changes the example."""


def write_functions(writer: Writer, sheet: Worksheet, functions: Sequence[FunctionHelp]) -> None:
    """One block a function, one below the other."""
    for place, width in enumerate(_WIDTHS, start=1):
        sheet.column_dimensions[column_letters(place)].width = width
    writer.put(sheet, "A1", "Worksheet functions", font=styles.TITLE)
    writer.put(
        sheet, "A2",
        "Each with an example to play with. With the add-in the line Live recalculates; without it "
        "Live may show #NAME?, and Expected tells what it would be.",
        font=styles.SMALL,
    )  # fmt: skip
    row = 4
    for function in functions:
        row = _block(writer, sheet, function, row) + _ROOM
    sheet.freeze_panes = "A4"
    styles.set_page(sheet)


def _block(writer: Writer, sheet: Worksheet, function: FunctionHelp, row: int) -> int:
    """Signature, help, arguments, example, expected and live answer; gives its last row."""
    for place in range(1, len(_WIDTHS) + 1):
        sheet.cell(row, place).fill = styles.HEADER_FILL
    writer.put(sheet, f"A{row}", function.signature, font=styles.HEADER)
    writer.put(sheet, f"A{row + 1}", f"{function.help} Returns {function.returns}.")
    at = row + 2
    for name, text in function.arguments:
        writer.put(sheet, f"A{at}", name, font=styles.BOLD)
        writer.put(sheet, f"B{at}", text)
        at += 1
    words, tall = _example(writer, sheet, function.example, at)
    at += tall
    formula = f"{function.name}({','.join(words)})"
    writer.put(sheet, f"A{at}", "Formula", font=styles.SMALL)
    writer.put(sheet, f"B{at}", f"={formula}", font=styles.CALCULATED)
    _expected(writer, sheet, function.answer, at + 1)
    at += 1 + len(function.answer)
    writer.put(sheet, f"A{at}", "Live", font=styles.SMALL)
    if len(function.answer) == 1 and len(function.answer[0]) == 1:
        writer.formula(
            sheet, f"B{at}", f"={formula}", function.answer[0][0],
            font=styles.BOLD, form=_form(function.answer[0][0]), align=styles.LEFT,
        )  # fmt: skip
        return at
    writer.spill(sheet, f"B{at}", f"={formula}", function.answer)
    for down, cells in enumerate(function.answer):
        for right, value in enumerate(cells):
            if form := _form(value):
                sheet[f"{column_letters(_FIRST + right)}{at + down}"].number_format = form
    return at + len(function.answer) - 1


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
        writer.put(sheet, f"A{row}", "Example", font=styles.SMALL)
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
    writer.put(sheet, f"A{row}", "Expected", font=styles.SMALL)
    for down, cells in enumerate(rows):
        for right, value in enumerate(cells):
            address = f"{column_letters(_FIRST + right)}{row + down}"
            shown = str(value).upper() if isinstance(value, bool) else value
            form = _form(value)
            writer.put(sheet, address, shown, font=styles.CALCULATED, form=form, align=styles.LEFT)


def _form(value: RawCell) -> str:
    """Four decimals for a number that would show more; its own form for any other.

    >>> _form(4 / 7), _form(0.05), _form("text")
    ('0.0000', '', '')
    """
    return "0.0000" if isinstance(value, float) and round(value, 4) != value else ""
