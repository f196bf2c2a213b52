"""Cells of an open Calc document as they stand or shall stand, so that a run can be taken back.

Everything that a run writes is first read as it stands. Both can be put into the document: what is
new by the run, what was there by Undo. Calc 7.4 by itself does not make a cell blank again that
was so before a block of values was written; looks and the extents of tables it does restore.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from xl_rebal.workbook.areas import Area
from xl_rebal.workbook.uno_cells import FORMULAS, area_of, block
from xl_rebal.workbook.uno_charts import Moved

_LOOK = (
    "BottomBorder", "CellBackColor", "CharColor", "CharFontName", "CharHeight", "CharWeight",
    "HoriJustify", "IsTextWrapped", "ParaIndent", "VertJustify",
)  # fmt: skip
"""Properties of cells, in the order of the alphabet, as UNO wants them."""

Constant = str | float
"""What a cell holds; blank is blank text."""


@dataclass(frozen=True)
class Filling:
    """One area of a sheet: constants, and formulas by row and column from 0.

    ``formats`` are keys of number formats for parts of it, to be set with what is new. ``table`` is
    the table that stands in it, if one does, and ``extent`` how far, with its header.
    """

    sheet: str
    area: Area
    rows: Sequence[Sequence[Constant]]
    formulas: Mapping[tuple[int, int], str] = field(default_factory=dict)
    formats: Sequence[tuple[Area, int]] = ()
    table: str = ""
    extent: Area | None = None


def standing(document: Any, sheet: str, area: Area, table: str = "") -> Filling:
    """An area as it stands."""
    cells = block(document.Sheets.getByName(sheet), area)
    places = cells.queryContentCells(FORMULAS).getRangeAddresses()
    written = cells.getFormulaArray() if places else ()
    formulas = {
        (row, column): written[row][column]
        for address in places
        for row in range(address.StartRow + 1 - area.top, address.EndRow + 2 - area.top)
        for column in range(address.StartColumn + 1 - area.left, address.EndColumn + 2 - area.left)
    }
    return Filling(
        sheet,
        area,
        [["" if cell is None else cell for cell in row] for row in cells.getDataArray()],
        formulas,
        table=table,
        extent=_extent(document, table) if table else None,
    )


def fill(document: Any, fillings: Sequence[Filling]) -> None:
    """Put cells into the document; what was in their areas is gone. No table gets another extent."""
    for filling in fillings:
        sheet = document.Sheets.getByName(filling.sheet)
        cells = block(sheet, filling.area)
        cells.setDataArray(
            tuple(
                tuple("" if (row, column) in filling.formulas else cell for column, cell in enumerate(line))
                for row, line in enumerate(filling.rows)
            )
        )  # fmt: skip
        for (row, column), formula in filling.formulas.items():
            cells.getCellByPosition(column, row).setFormula(formula)


def put_back(document: Any, fillings: Sequence[Filling]) -> None:
    """``fill`` where cells stand otherwise: what Calc itself has taken back may look like more."""
    for filling in fillings:
        now = standing(document, filling.sheet, filling.area)
        if (now.rows, now.formulas) != (filling.rows, filling.formulas):
            fill(document, [filling])


def show(document: Any, fillings: Sequence[Filling]) -> None:
    """Show the rows of tables that a filter hides: they were chosen by the results of before.

    Calc 7.4 crashes where a filter that is lifted within a step is taken back; rows it only shows.
    """
    for filling in fillings:
        if filling.table:
            cells = block(document.Sheets.getByName(filling.sheet), filling.area)
            shown = {
                (address.StartRow, address.EndRow)
                for address in cells.queryVisibleCells().getRangeAddresses()
            }
            if shown != {(filling.area.top - 1, filling.area.bottom - 1)}:
                cells.Rows.IsVisible = True


def dress(document: Any, fillings: Sequence[Filling]) -> None:
    """Set number formats; a row that a table gains looks like the table's first."""
    for filling in fillings:
        sheet = document.Sheets.getByName(filling.sheet)
        for area, key in filling.formats:
            block(sheet, area).NumberFormat = key
        if filling.extent is None:
            continue
        before, after = _extent(document, filling.table), filling.extent
        if before.height > 1 and after.bottom > before.bottom:
            for column in range(after.left, after.right + 1):
                first = block(sheet, Area(after.top + 1, column, after.top + 1, column))
                gained = block(sheet, Area(before.bottom + 1, column, after.bottom, column))
                gained.setPropertyValues(_LOOK, first.getPropertyValues(_LOOK))


def moves(new: Sequence[Filling], old: Sequence[Filling]) -> list[Moved]:
    """The tables that get another extent."""
    return [
        Moved(after.sheet, before.extent, after.extent)
        for after, before in zip(new, old, strict=True)
        if after.extent and before.extent and after.extent != before.extent
    ]


def extend(document: Any, fillings: Sequence[Filling]) -> None:
    """Give the tables their extents.

    Not to be called while Calc takes a step back: 7.4 would note another step and break its list.
    """
    for filling in fillings:
        if filling.extent is None or _extent(document, filling.table) == filling.extent:
            continue
        named, extent = document.DatabaseRanges.getByName(filling.table), filling.extent
        address = named.getDataArea()
        address.StartRow, address.EndRow = extent.top - 1, extent.bottom - 1
        address.StartColumn, address.EndColumn = extent.left - 1, extent.right - 1
        named.setDataArea(address)


def _extent(document: Any, table: str) -> Area:
    return area_of(document.DatabaseRanges.getByName(table).getDataArea())
