"""A native formula that says whether one block of cells shows what another does.

It works in every Excel and in LibreOffice 7.4: no array entry, no function newer than IFERROR.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from xl_rebal.cells import RawCell
from xl_rebal.workbook.book import column_letters

RELATIVE = "1E-9"
"""How far two numbers may be apart, of 1 + the size of the expected one."""

Rectangle = tuple[int, int, int, int]
"""First row, first column, last row, last column, counted from 0, within the block."""


def agree(
    rows: Sequence[Sequence[RawCell]], expected: tuple[int, int], shown: tuple[int, int]
) -> str:
    """A formula, TRUE where the block at ``shown`` (row, column) has what stands at ``expected``.

    ``rows`` are the values at ``expected``, which tell numbers from words. Numbers agree to 1e-9,
    words exactly, TRUE as 1 too (LibreOffice's add-ins know no truth values). The row below and the
    column beside the block must be blank: an answer that is larger does not agree. An error in a
    cell makes the formula that error.

    >>> agree([["a", 0.5]], (4, 2), (6, 2))
    'AND(SUMPRODUCT(--EXACT(B6&"",B4))+SUMPRODUCT(ISNUMBER(C6)*(ABS(C6-C4)<=1E-9*(1+ABS(C4))))=2,COUNTA(B7:D7,D6)=0)'
    """
    terms = [
        _term(kind, _area(part, shown), _area(part, expected)) for kind, part in _rectangles(rows)
    ]
    height, width = len(rows), len(rows[0])
    below = _area((height, 0, height, width), shown)
    beside = _area((0, width, height - 1, width), shown)
    return f"AND({'+'.join(terms)}={height * width},COUNTA({below},{beside})=0)"


def _term(kind: str, shown: str, expected: str) -> str:
    """How many cells of a rectangle agree.

    ``&""`` and ``LEN``: to LibreOffice 7.4 a text that an add-in has put into a block equals no
    other text, only a copy of it does; and one text of no length need not equal another.
    """
    if kind == "nothing":
        return f"SUMPRODUCT(--(LEN({shown})=0))"
    if kind == "words":
        return f'SUMPRODUCT(--EXACT({shown}&"",{expected}))'
    if kind == "numbers":
        near = f"(ABS({shown}-{expected})<={RELATIVE}*(1+ABS({expected})))"
        return f"SUMPRODUCT(ISNUMBER({shown})*{near})"
    return f'SUMPRODUCT(({shown}<>"")*({shown}*1={1 if kind == "true" else 0}))'


def _kind(value: RawCell) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None or value == "":
        return "nothing"
    return "words" if isinstance(value, str) else "numbers"


def _rectangles(rows: Sequence[Sequence[RawCell]]) -> Iterator[tuple[str, Rectangle]]:
    """The block cut into rectangles of one kind: as wide as can be, then as tall."""
    kinds = [[_kind(value) for value in row] for row in rows]
    done: set[tuple[int, int]] = set()
    for top, row in enumerate(kinds):
        for left, kind in enumerate(row):
            if (top, left) in done:
                continue
            right = left
            while right + 1 < len(row) and row[right + 1] == kind and (top, right + 1) not in done:
                right += 1
            bottom = top
            while bottom + 1 < len(kinds) and all(
                each == kind for each in kinds[bottom + 1][left : right + 1]
            ):
                bottom += 1
            done |= {(r, c) for r in range(top, bottom + 1) for c in range(left, right + 1)}
            yield kind, (top, left, bottom, right)


def _area(part: Rectangle, at: tuple[int, int]) -> str:
    top, left, bottom, right = part
    row, column = at
    first = f"{column_letters(column + left)}{row + top}"
    last = f"{column_letters(column + right)}{row + bottom}"
    return first if first == last else f"{first}:{last}"
