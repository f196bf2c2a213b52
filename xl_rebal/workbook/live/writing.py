"""Results into the tables and named cells of an open book: all of them, or none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from xl_rebal.cells import RawCell
from xl_rebal.errors import Code, Problem, WriteError
from xl_rebal.wording import counted
from xl_rebal.workbook.areas import Area
from xl_rebal.workbook.book import Block, Results, column_letters, link_formula
from xl_rebal.workbook.declared import Column, ResultCell
from xl_rebal.workbook.found_tables import TablePlace
from xl_rebal.workbook.layout import CHECKS, NUMBER_FORMATS, RESULT_CELLS, TABLES, Kind
from xl_rebal.workbook.limits import refuse_area, refuse_value
from xl_rebal.workbook.live.changes import Change, made, told
from xl_rebal.workbook.live.held import AS_TEXT, Content, Formula, Held, address
from xl_rebal.workbook.live.record import record_of, texts_of
from xl_rebal.workbook.live.sheets import LiveSheets
from xl_rebal.workbook.live_results import ResultPlace, fitting_blocks, is_link, writable


def write_results(sheets: LiveSheets, results: Results) -> bool:
    """Write every block and named result, or nothing; whether the run can be undone.

    Whatever can be known is refused before the first write: a table that is missing or has other
    columns, a value that no cell holds, something else where a table grows to. What the program
    refuses on the way is taken back. A list of checks alone is no run: what undoes the last one stays.
    """
    with told(sheets), sheets.quietly():
        blocks = _blocks(sheets, results)
        changes = [*_table_changes(sheets, blocks), *_cell_changes(sheets, results)]
        is_run = bool(results.values) or any(block.table != CHECKS.name for block in blocks)
        with made(sheets, changes):
            return is_run and _keep(sheets, changes)


def _keep(sheets: LiveSheets, changes: Sequence[Change]) -> bool:
    """Keep what stood there before; a book whose structure is protected takes no sheet for it."""
    try:
        sheets.keep(texts_of(record_of(sheets, changes)))
    except Exception as error:
        if sheets.refusal(error) is None:
            raise
        return False
    return True


def _blocks(sheets: LiveSheets, results: Results) -> list[Block]:
    """The blocks that have a table as today's layout has it; WriteError with all that is wrong."""
    tables = sheets.tables()
    places = {
        block.table: result_place(sheets, place)
        for block in results.blocks
        if (place := tables.get(block.table)) is not None
    }
    blocks = fitting_blocks(results, places)
    wrong = [_with_totals(tables[block.table]) for block in blocks if tables[block.table].totals]
    if wrong:
        raise WriteError(wrong)
    return blocks


def result_place(sheets: LiveSheets, place: TablePlace) -> ResultPlace:
    """A table with the headers that it has now."""
    area = place.area
    (row,) = sheets.held(place.sheet, Area(area.top, area.left, area.top, area.right)).cells
    return ResultPlace(place.sheet, area, tuple(str(cell or "") for cell in row))


def _with_totals(place: TablePlace) -> Problem:
    cell = f"{column_letters(place.area.left)}{place.area.bottom}"
    return Problem(Code.CANNOT_WRITE, f"a totals row in {place.name}", "rows of results alone",
                   "Switch the totals row off, and run it again.", place.sheet, cell)  # fmt: skip


def _table_changes(sheets: LiveSheets, blocks: Sequence[Block]) -> list[Change]:
    places = sheets.tables()
    changes: list[Change] = []
    wrong: list[Problem] = []
    for block in blocks:
        try:
            changes.append(_table_change(sheets, places, block))
        except WriteError as error:
            wrong.extend(error.problems)
    if wrong:
        raise WriteError(wrong)
    return changes


def _table_change(sheets: LiveSheets, places: Mapping[str, TablePlace], block: Block) -> Change:
    place = places[block.table]
    rows = tuple(_contents(block))
    count = max(1, len(rows))
    area, resized = grown(place, count)
    before = sheets.held(place.sheet, area)
    refuse_taken(places, place, area, before)
    blank: tuple[Content, ...] = (None,) * area.width
    formats = tuple(
        (Area(1, number, count, number), NUMBER_FORMATS[column.kind])
        for number, column in enumerate(TABLES[block.table].columns, start=1)
    )
    after = Held(rows + (blank,) * (area.height - len(rows)), formats)
    return Change(place.sheet, area, before, after, place, resized)


def grown(place: TablePlace, count: int) -> tuple[Area, Area]:
    """The rows below the header that a table has or gets, whichever are more, and its area of ``count`` rows.

    >>> grown(TablePlace("tblTrades", "Trades", Area(6, 1, 9, 2)), 1)
    (Area(top=7, left=1, bottom=9, right=2), Area(top=6, left=1, bottom=7, right=2))
    """
    old = place.area
    refuse_area(old.top + count, old.right, place.sheet)
    last = max(old.bottom, old.top + count)
    return (
        Area(old.top + 1, old.left, last, old.right),
        Area(old.top, old.left, old.top + count, old.right),
    )


def refuse_taken(
    places: Mapping[str, TablePlace], place: TablePlace, area: Area, before: Held
) -> None:
    """WriteError where a table would grow over something that is none of it."""
    other = next(
        (each for each in places.values() if each.name != place.name
         and each.sheet == place.sheet and each.area.meets(area)),
        None,
    )  # fmt: skip
    rows = place.area.height - 1
    filled = before.first_filled(rows)
    if other is None and filled is None:
        return
    found = f"the table {other.name}" if other is not None else "a cell that is filled"
    if other is not None:
        where = other.area.corner
    else:
        assert filled is not None
        where = address(area, *filled)
    raise WriteError(
        Problem(Code.CANNOT_WRITE, f"{found} below {place.name}",
                f"room for {counted(area.height - rows, 'more row')} of it",
                "Move it elsewhere, and run it again.", place.sheet, where)
    )  # fmt: skip


def _contents(block: Block) -> list[tuple[Content, ...]]:
    columns = TABLES[block.table].columns
    return [
        tuple(_content(value, column) for column, value in zip(columns, cells, strict=True))
        for cells in block.rows
    ]


def _content(value: RawCell, column: Column | ResultCell) -> Content:
    """A value as a cell holds it: dates as serials, links as formulas."""
    given = writable(value)
    if given is None or given == "":
        return None
    if isinstance(given, (str, bool)):
        is_a_link = isinstance(column, Column) and is_link(column, given)
        return Formula(link_formula(str(given))) if is_a_link else given
    return float(given)


def _cell_changes(sheets: LiveSheets, results: Results) -> list[Change]:
    """The named results; a book may do without a name, but not have one that leads nowhere."""
    found = sheets.result_cells() if results.values else {}
    changes, broken = [], []
    for cell in RESULT_CELLS:
        if cell.name not in results.values or cell.defined_name not in found:
            continue
        place = found[cell.defined_name]
        if place is None:
            broken.append(
                Problem(Code.BROKEN_NAME, f"the name {cell.defined_name} of no cell",
                        "the name of a cell", "Delete the name, or give it a cell.",
                        argument=cell.defined_name)
            )  # fmt: skip
            continue
        before = sheets.held(place.sheet, place.area)
        refuse_value(results.values[cell.name], place.sheet, place.area.corner)
        value = _content(results.values[cell.name], cell)
        code = AS_TEXT if cell.kind in (Kind.TEXT, Kind.SYMBOL) else before.format_at(0, 0)
        after = Held(((value,),), ((Area(1, 1, 1, 1), code),))
        changes.append(Change(place.sheet, place.area, before, after, name=cell.defined_name))
    if broken:
        raise WriteError(broken)
    return changes
