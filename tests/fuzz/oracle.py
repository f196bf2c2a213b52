"""An independent small reader: what every account is worth, by openpyxl and a few plain rules.

It shares no code with the product and knows less. What is beyond it ends in ``BeyondError``: then it has
no opinion. It reads tblHoldings with exactly our headers, prices typed beside the holdings, targets
by exact header, and nothing else.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

from openpyxl import load_workbook
from openpyxl.utils.cell import range_boundaries
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet


class BeyondError(Exception):
    """The book is beyond this reader; the text says why."""


@dataclass(frozen=True)
class Worth:
    """By account: the value of each symbol in the book's currency, cash included.

    ``targets`` are the weights by key, None where more than one model or something odd is there.
    """

    values: dict[str, dict[str, float]]
    quantities: dict[tuple[str, str], float]
    targets: dict[str, float] | None


def worth(data: bytes) -> Worth:
    book = _load(data)
    values: dict[str, dict[str, float]] = {}
    quantities: dict[tuple[str, str], float] = {}
    for row in _rows(book, "tblHoldings", ("Account", "Symbol", "Quantity", "Price")):
        account, symbol = _name(row["Account"]), _name(row["Symbol"]).upper()
        quantity = _number(row["Quantity"])
        price = 1.0 if symbol == "CASH" else _number(row["Price"])
        if (account, symbol) in quantities:
            raise BeyondError("a symbol twice in an account")
        quantities[account, symbol] = quantity
        values.setdefault(account, {})[symbol] = quantity * price
    try:
        targets = _targets(book)
    except BeyondError:
        targets = None
    return Worth(values, quantities, targets)


def _targets(book: Workbook) -> dict[str, float]:
    found: dict[str, float] = {}
    for row in _rows(book, "tblTargets", ("Asset class or Symbol", "Target")):
        key = _name(row["Asset class or Symbol"])
        if row.get("Model") not in (None, "") or key in found:
            raise BeyondError("models")
        found[key] = _number(row["Target"])
    return found


def _load(data: bytes) -> Workbook:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return load_workbook(io.BytesIO(data), data_only=True)
    except Exception as error:  # whatever openpyxl cannot read it has no opinion about
        raise BeyondError(f"openpyxl: {type(error).__name__}") from error


def _rows(book: Workbook, name: str, needed: tuple[str, ...]) -> Iterator[dict[str, object]]:
    """Filled rows of a table by header, those directly below it too."""
    found = [
        (sheet, table)
        for sheet in book.worksheets
        for table in sheet.tables.values()
        if name.casefold() in (str(table.displayName).casefold(), str(table.name).casefold())
    ]
    if len(found) != 1:
        raise BeyondError(f"{len(found)} tables {name}")
    sheet, table = found[0]
    if table.totalsRowCount or table.headerRowCount == 0 or table.displayName != table.name:
        raise BeyondError("a totals row or no header")
    try:
        left, top, right, bottom = range_boundaries(table.ref)
    except (ValueError, TypeError) as error:
        raise BeyondError("a range that is none") from error
    if left is None or top is None or right is None or bottom is None:
        raise BeyondError("whole rows or columns")
    if right < left or bottom < top:
        raise BeyondError("a range that is none")
    header: list[object] = [sheet.cell(top, column).value for column in range(left, right + 1)]
    if any(header.count(word) != 1 for word in needed):
        raise BeyondError("other headers")
    yield from _filled(sheet, header, (left, top, right, bottom), _limit(sheet, top))


def _limit(sheet: Worksheet, top: int) -> int:
    """The row before the next table below on this sheet, else the last one."""
    tops = [range_boundaries(t.ref)[1] or 0 for t in sheet.tables.values()]
    return min((row - 1 for row in tops if row > top), default=sheet.max_row)


def _filled(
    sheet: Worksheet, header: list[object], area: tuple[int, int, int, int], limit: int
) -> Iterator[dict[str, object]]:
    left, top, right, bottom = area
    for number in range(top + 1, limit + 1):
        cells = [sheet.cell(number, column).value for column in range(left, right + 1)]
        if any(cell is not None for cell in cells):
            yield {str(h): cell for h, cell in zip(header, cells, strict=True)}
        elif number > bottom:
            return


def _number(cell: object) -> float:
    if isinstance(cell, (int, float)) and not isinstance(cell, bool) and abs(cell) < 1e13:
        return float(cell)
    raise BeyondError(f"{cell!r:.40} for a number")


def _name(cell: object) -> str:
    if isinstance(cell, str) and cell.isascii() and cell.isprintable() and cell.strip("' ") == cell:
        return " ".join(cell.split())
    raise BeyondError(f"{cell!r:.40} for a name")
