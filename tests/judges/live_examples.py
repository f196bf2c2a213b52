"""The live examples of a book's Functions sheet, read back: formula, input cells, expected answer."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import openpyxl
from openpyxl.formula import Tokenizer
from openpyxl.formula.tokenizer import Token
from openpyxl.utils.cell import range_boundaries

from tests.judges.cached import addresses, file_cells, same, xr_blocks
from tests.judges.recalculated import Cell, ErrorText, Recalculated, Value
from udfs.answers import answered
from xl_rebal.arguments import Grid
from xl_rebal.cells import RawCell
from xl_rebal.functions import FUNCTIONS

SHEET = "Functions"
RELATIVE = 1e-12
NOT_THERE = ErrorText("#N/A")


@dataclass
class Example:
    """Where the answer of one function stands and what it is given; ``ranges`` by their address."""

    name: str
    block: str
    arguments: list[RawCell | Grid]
    ranges: dict[str, Grid]

    def answer(self) -> list[list[Value]]:
        """What the whole block must show: Calc repeats a single value, and fills up with #N/A."""
        rows = answered(FUNCTIONS[self.name], self.arguments)
        places = addresses(self.block)
        if len(rows) == len(rows[0]) == 1:
            return [[as_shown(rows[0][0]) for _ in row] for row in places]
        return [
            [
                as_shown(rows[down][right])
                if down < len(rows) and right < len(rows[0])
                else NOT_THERE
                for right in range(len(row))
            ]
            for down, row in enumerate(places)
        ]

    def change(self) -> tuple[Cell, float] | None:
        """Change the first number in a range so that the answer changes: its cell and new value."""
        before = self.answer()
        for where, rows in self.ranges.items():
            for row, places in zip(rows, addresses(where), strict=True):
                for right, cell in enumerate(row):
                    if isinstance(cell, bool) or not isinstance(cell, (int, float)):
                        continue
                    for factor in (1.07, 0.85, 0.5):
                        row[right] = changed = cell * factor
                        if self.answer() != before:
                            return (SHEET, places[right]), changed
                    row[right] = cell
        return None


def as_shown(value: str | float | bool) -> Value:
    """Calc knows no truth values of an add-in, only 1 and 0."""
    return value if isinstance(value, str) else float(value)


def read_examples(path: Path) -> list[Example]:
    """Every formula of the sheet that calls one of our functions, in the order of the sheet."""
    cells = file_cells(path)
    sheet = openpyxl.load_workbook(path)[SHEET]

    def rows(where: str) -> Grid:
        left, top, right, bottom = range_boundaries(where)
        return [
            [cell.value for cell in row]  # type: ignore[misc]  # no formula is an input
            for row in sheet.iter_rows(top, bottom, left, right)
        ]

    found = []
    for title, block in xr_blocks(cells):
        if title != SHEET:
            continue
        call, *tokens = Tokenizer(f"={cells.formulas[title, block.split(':')[0]]}").items
        example = Example(call.value.removesuffix("("), block, [], {})
        for token in tokens:
            if token.subtype == Token.RANGE:
                example.ranges[token.value] = rows(token.value)
                example.arguments.append(example.ranges[token.value])
            elif token.type == Token.OPERAND:
                example.arguments.append(literal(token))
        found.append(example)
    return found


def literal(token: Token) -> RawCell:
    text: str = token.value
    if token.subtype == Token.NUMBER:
        return float(text)
    return text == "TRUE" if token.subtype == Token.LOGICAL else text.strip('"')


def shown(found: Recalculated, sheet: str, block: str) -> list[list[Value]]:
    return [[found.values[sheet, each] for each in row] for row in addresses(block)]


def agree(one: list[list[Value]], other: list[list[Value]]) -> bool:
    """Cell by cell, numbers to 1e-12."""
    return all(
        same(left, right, RELATIVE)
        for row, others in zip(one, other, strict=True)
        for left, right in zip(row, others, strict=True)
    )
