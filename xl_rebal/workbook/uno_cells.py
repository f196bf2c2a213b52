"""Cells of a document that is open in LibreOffice Calc, through UNO objects that the host hands in.

UNO counts sheets, rows and columns from 0; an Area counts from 1.
"""

from __future__ import annotations

from typing import Any

from xl_rebal.cells import RawCell
from xl_rebal.workbook.areas import Area
from xl_rebal.workbook.book import column_letters

CONTENTS = 1 | 2 | 4 | 16
"""CellFlags VALUE, DATETIME, STRING and FORMULA: everything that is typed into a cell."""
FORMULAS = 16
"""CellFlags.FORMULA."""
_ERRORS = 4
"""FormulaResult.ERROR."""
_LOGICAL = 1024
"""NumberFormat.LOGICAL: Calc's truth values are numbers of this format."""
_ERROR_TEXTS = {
    503: "#NUM!",
    519: "#VALUE!",
    521: "#NULL!",
    524: "#REF!",
    525: "#NAME?",
    532: "#DIV/0!",
    32767: "#N/A",
}
_OTHER_ERROR = "#UNKNOWN!"


def block(sheet: Any, area: Area) -> Any:
    """The cells of an area of a sheet."""
    return sheet.getCellRangeByPosition(
        area.left - 1, area.top - 1, area.right - 1, area.bottom - 1
    )


def area_of(address: Any) -> Area:
    """The area of UNO's CellRangeAddress."""
    return Area(
        address.StartRow + 1, address.StartColumn + 1, address.EndRow + 1, address.EndColumn + 1
    )


def reference(title: str, area: Area) -> str:
    """An absolute reference as Excel spells it.

    >>> reference("Ann's book", Area(4, 2, 4, 2)), reference("A", Area(1, 1, 3, 2))
    ("'Ann''s book'!$B$4", 'A!$A$1:$B$3')
    """
    ends = [f"${column_letters(area.left)}${area.top}"]
    if area.height * area.width > 1:
        ends.append(f"${column_letters(area.right)}${area.bottom}")
    quoted = title.replace("'", "''")
    shown = title if title.isidentifier() else f"'{quoted}'"
    return f"{shown}!{':'.join(ends)}"


def raw_rows(document: Any, sheet: Any, area: Area) -> list[list[RawCell]]:
    """The cells of an area: blank as None, dates as serials, error cells as their words."""
    cells = block(sheet, area)
    rows: list[list[RawCell]] = [
        [None if cell == "" else cell for cell in row] for row in cells.getDataArray()
    ]
    for part in _truths(document, cells):
        for row in range(part.top - area.top, part.bottom - area.top + 1):
            for column in range(part.left - area.left, part.right - area.left + 1):
                if isinstance(rows[row][column], float):
                    rows[row][column] = rows[row][column] != 0
    for address in cells.queryFormulaCells(_ERRORS).getRangeAddresses():
        part = area_of(address)
        for row in range(part.top, part.bottom + 1):
            for column in range(part.left, part.right + 1):
                error = sheet.getCellByPosition(column - 1, row - 1).getError()
                rows[row - area.top][column - area.left] = _ERROR_TEXTS.get(error, _OTHER_ERROR)
    return rows


def _truths(document: Any, cells: Any) -> list[Area]:
    """Where TRUE or FALSE stands, as far as a number can be told from it: by its format."""
    return [
        area_of(address)
        for alike in cells.getUniqueCellFormatRanges()
        if document.NumberFormats.getByKey(alike.NumberFormat).Type & _LOGICAL
        for address in alike.getRangeAddresses()
    ]
