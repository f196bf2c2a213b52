"""The result tables and named results as they stood before the last run."""

from __future__ import annotations

from collections.abc import Mapping

from xl_rebal.errors import Code, InputError, Problem
from xl_rebal.wording import listed
from xl_rebal.workbook.areas import Area
from xl_rebal.workbook.found_tables import TablePlace
from xl_rebal.workbook.layout import CHECKS
from xl_rebal.workbook.live.changes import Change, made, told
from xl_rebal.workbook.live.held import Held, mark_of
from xl_rebal.workbook.live.record import Undone, UnreadableRecordError, read_record
from xl_rebal.workbook.live.sheets import CellPlace, LiveSheets
from xl_rebal.workbook.live.writing import grown, refuse_taken, result_place
from xl_rebal.workbook.live_results import misfits


def undo_last(sheets: LiveSheets) -> str:
    """Put back what the last run wrote over, all or nothing; a sentence that says so.

    InputError where there is nothing to undo, or where somebody has changed a result since: what was
    typed there would be lost. The list of checks is nobody's to type in, and may have been made anew.
    """
    with told(sheets):
        record = _record(sheets)
        with sheets.quietly():
            changes = _planned(sheets, record)
            with made(sheets, changes):
                _forget(sheets)
    titles = list(dict.fromkeys(change.sheet for change in changes))
    return f"Undone: {listed(titles, 'and')} as before the last run."


def _forget(sheets: LiveSheets) -> None:
    """A record that stays is no harm: it tells of results that are not there any more."""
    try:
        sheets.keep(())
    except Exception as error:
        if sheets.refusal(error) is None:
            raise


def _record(sheets: LiveSheets) -> list[Undone]:
    texts = sheets.kept()
    if not texts:
        raise _nothing("no run whose results could be put back")
    try:
        return read_record(texts)
    except UnreadableRecordError:
        raise _nothing("a damaged record of what stood before the last run") from None


def _nothing(found: str) -> InputError:
    fix = "Only the last run can be undone, once, in the book in which it ran."
    return InputError(Problem(Code.NOTHING_TO_UNDO, found, "a run that has not been undone", fix))


def _planned(sheets: LiveSheets, record: list[Undone]) -> list[Change]:
    """The changes that put everything back; InputError with all that was changed since."""
    tables, cells = sheets.tables(), sheets.result_cells()
    changes: list[Change] = []
    problems: list[Problem] = []
    for undone in record:
        if undone.table:
            found = _table_back(sheets, tables, undone)
        else:
            found = _cell_back(sheets, cells, undone)
        if isinstance(found, Problem):
            problems.append(found)
        else:
            changes.append(found)
    if problems:
        raise InputError(problems)
    return changes


def _table_back(
    sheets: LiveSheets, tables: Mapping[str, TablePlace], undone: Undone
) -> Change | Problem:
    place = tables.get(undone.table)
    width = len(undone.before.cells[0])
    if place is None or place.totals or place.area.width != width:
        what = "is not there" if place is None else "has other columns or a totals row"
        return _changed(f"the table {undone.table} {what}", place.sheet if place else "")
    if moved := misfits(place.name, result_place(sheets, place)):
        return _changed(moved[0].found, place.sheet, moved[0].cell)
    rows = place.area.height - 1
    area, resized = grown(place, undone.rows)
    area = Area(
        area.top, area.left, area.top + max(area.height, len(undone.before.cells)) - 1, area.right
    )
    now = sheets.held(place.sheet, area)
    if undone.table != CHECKS.name:
        if rows != len(undone.marks):
            return _changed(f"{rows} rows in {undone.table} where it had {len(undone.marks)}",
                            place.sheet, place.area.corner)  # fmt: skip
        marks = [mark_of(row) for row in now.cells[:rows]]
        changed = (at for at, pair in enumerate(zip(marks, undone.marks, strict=True), start=1)
                   if pair[0] != pair[1])  # fmt: skip
        if (first := next(changed, None)) is not None:
            row = Area(place.area.top + first, area.left, place.area.top + first, area.right)
            return _changed(f"row {first} of {undone.table} changed", place.sheet, row.ref)
    refuse_taken(tables, place, area, now)
    return Change(place.sheet, area, now, _padded(undone.before, now), place, resized)


def _padded(before: Held, now: Held) -> Held:
    """What stood before, and blank rows as far as there are rows now."""
    missing = len(now.cells) - len(before.cells)
    if missing <= 0:
        return before
    blank = (None,) * len(now.cells[0])
    return Held(before.cells + (blank,) * missing, before.formats)


def _cell_back(
    sheets: LiveSheets, cells: Mapping[str, CellPlace | None], undone: Undone
) -> Change | Problem:
    place = cells.get(undone.name)
    if place is None:
        return _changed(f"the name {undone.name} leads to no cell")
    now = sheets.held(place.sheet, place.area)
    if tuple(map(mark_of, now.cells)) != undone.marks:
        return _changed(f"{undone.name} changed", place.sheet, place.area.corner)
    return Change(place.sheet, place.area, now, undone.before)


def _changed(what: str, sheet: str = "", cell: str = "") -> Problem:
    return Problem(
        Code.CHANGED_SINCE, what, "results as the last run left them",
        "Undoing would lose what was typed there since: take that back first, or run the command again.",
        sheet, cell,
    )  # fmt: skip
