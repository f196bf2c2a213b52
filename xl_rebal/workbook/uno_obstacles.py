"""What in an open Calc document is in the way of results: found before anything is written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from xl_rebal.errors import Code, Problem, WriteError
from xl_rebal.wording import counted
from xl_rebal.workbook.areas import Area
from xl_rebal.workbook.book import column_letters
from xl_rebal.workbook.uno_cells import CONTENTS, area_of, block
from xl_rebal.workbook.uno_facts import merged_areas
from xl_rebal.workbook.uno_filling import Filling


def refuse_read_only(document: Any) -> None:
    """WriteError for a document that Calc lets nobody write into."""
    if document.isReadonly():
        raise WriteError(
            Problem(Code.CANNOT_WRITE, "a document that is open for reading only",
                    "one that can be written into",
                    "Choose Edit, Edit Mode, or save it under another name.", argument=document.Title)
        )  # fmt: skip


def refuse_obstacles(document: Any, fillings: Sequence[Filling], old: Sequence[Filling]) -> None:
    """WriteError for protected sheets, else for all that stands where ``fillings`` shall stand.

    ``old`` is what is in those places now.
    """
    wrong = list(_protected(document, fillings)) or [
        problem
        for new, standing in zip(fillings, old, strict=True)
        for problem in _in_the_way(document, new, standing)
    ]
    if wrong:
        raise WriteError(wrong)


def _protected(document: Any, fillings: Sequence[Filling]) -> Iterator[Problem]:
    for title in dict.fromkeys(filling.sheet for filling in fillings):
        if document.Sheets.getByName(title).isProtected():
            yield Problem(
                Code.CANNOT_WRITE, "a protected sheet", "a sheet that can be written into",
                "Lift its protection under Tools, Protect Sheet.", title,
            )  # fmt: skip


def _in_the_way(document: Any, new: Filling, old: Filling) -> Iterator[Problem]:
    """Contents below a table that grows would be overwritten, a merged cell hides what it covers, and
    Calc lets nobody write into a part of an array formula."""
    sheet = document.Sheets.getByName(new.sheet)
    arrays = [place for place, formula in old.formulas.items() if formula.startswith("{")]
    if new.table and old.extent is not None and new.area.bottom > old.extent.bottom:
        room = Area(old.extent.bottom + 1, new.area.left, new.area.bottom, new.area.right)
        cells = block(sheet, room).queryContentCells(CONTENTS)
        if found := [area_of(address) for address in cells.getRangeAddresses()]:
            yield Problem(
                Code.CANNOT_WRITE, f"something in {min(found).corner} below {new.table}",
                f"room for {counted(new.area.height, 'row')}", "Move it away.",
                new.sheet, min(found).corner,
            )  # fmt: skip
            return
    if arrays:
        row, column = min(arrays)
        place = f"{column_letters(new.area.left + column)}{new.area.top + row}"
        yield Problem(
            Code.CANNOT_WRITE, f"an array formula in {place}", "a cell for a result",
            "Delete the formula, or move it away.", new.sheet, place,
        )  # fmt: skip
    if new.table and (merged := merged_areas(sheet, new.area)):
        corner = min(merged).corner
        yield Problem(
            Code.CANNOT_WRITE, f"merged cells in {corner}, where {new.table} is written",
            "cells that are not merged", "Split them under Format, Merge and Unmerge Cells.",
            new.sheet, corner,
        )  # fmt: skip
