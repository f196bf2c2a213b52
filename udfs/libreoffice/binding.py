"""Formulas that Calc has read from an .xlsx without asking its add-ins, typed anew.

Calc before 25.2 takes XR_DRIFT in a file for an unknown name, keeps it in small letters and shows
#NAME? as soon as it calculates; typed, the same formula is bound to the add-in. What is bound
already is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from typing import Any, NamedTuple

from xl_rebal.wording import counted
from xl_rebal.workbook.uno_cells import FORMULAS

TITLE = "Bind formulas"
_CALLED = re.compile(r"""("[^"]*"|'[^']*')|\b(?:_xldudf_)?(xr_[a-z0-9_]+)(?=\()""")
"""A text or a sheet's name, which stays as it is, or a function that is called."""


class Bound(NamedTuple):
    """How many formulas were typed anew, and how many arrays a protected sheet keeps as they were."""

    typed: int
    kept: int

    @property
    def sentence(self) -> str:
        kept = (
            f" {counted(self.kept, 'array formula')} on protected sheets could not be: lift the "
            "protection under Tools, Protect Sheet, and press this again."
        )
        return f"Formulas typed anew: {self.typed}.{kept if self.kept else ''}"


def bind(document: Any, names: Collection[str]) -> Bound:
    """Bind the formulas of a SpreadsheetDocument that call a function in ``names``.

    A document that was not modified still is not. It is one step to undo, or none where there was
    nothing to undo before, as in a book that has just been opened.
    """
    manager, modified = document.getUndoManager(), document.isModified()
    fresh = not manager.isUndoPossible()
    manager.enterUndoContext(TITLE)
    try:
        typed = [each for sheet in document.Sheets for each in _bind_sheet(sheet, names)]
    finally:
        manager.leaveUndoContext()
        if fresh:
            manager.clear()
        if not modified:
            document.setModified(False)
    return Bound(sum(typed), len(typed) - sum(typed))


def _bind_sheet(sheet: Any, names: Collection[str]) -> list[bool]:
    """Of each formula to bind, an array once, whether it was typed."""
    found = [
        (top + row, left + column, bound)
        for top, left, lines in _formulas(sheet)
        for row, line in enumerate(lines)
        for column, formula in enumerate(line)
        if "xr_" in formula and (bound := bound_formula(formula, names)) != formula
    ]
    tried = [_type(sheet, *each) for each in found]
    return [each for each in tried if each is not None]


def _formulas(sheet: Any) -> Iterator[tuple[int, int, Sequence[Sequence[str]]]]:
    """Blocks of formulas, with their first row and column from 0."""
    for address in sheet.queryContentCells(FORMULAS).getRangeAddresses():
        cells = sheet.getCellRangeByPosition(
            address.StartColumn, address.StartRow, address.EndColumn, address.EndRow
        )
        yield address.StartRow, address.StartColumn, cells.getFormulaArray()


def bound_formula(formula: str, names: Collection[str]) -> str:
    """A formula with the names of our functions as they are called; texts in it stay.

    >>> bound_formula("=xr_drift(A1;B1)+xr_other(1)", {"XR_DRIFT"})
    '=XR_DRIFT(A1;B1)+xr_other(1)'
    >>> bound_formula('=IF(xr_drift(A1)=0;"see xr_drift(A1)";1)', {"XR_DRIFT"})
    '=IF(XR_DRIFT(A1)=0;"see xr_drift(A1)";1)'
    """

    def name(found: re.Match[str]) -> str:
        called = (found[2] or "").upper()
        return called if called in names else found[0]

    return _CALLED.sub(name, formula)


def _type(sheet: Any, row: int, column: int, formula: str) -> bool | None:
    """Whether it was typed; None of an array formula in all its cells but the first."""
    cell = sheet.getCellByPosition(column, row)
    if not formula.startswith("{"):
        cell.setFormula(formula)
        return True
    whole = sheet.createCursorByRange(cell)
    whole.collapseToCurrentArray()
    first = whole.RangeAddress
    if (first.StartRow, first.StartColumn) != (row, column):
        return None
    before = cell.getFormula()
    whole.setArrayFormula(formula[1:-1])
    return bool(cell.getFormula() != before)
