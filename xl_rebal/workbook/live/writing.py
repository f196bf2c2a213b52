"""Results into the tables and named cells of an open book: all of them, or none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from xl_rebal.cells import RawCell, serial
from xl_rebal.errors import Code, Problem, WriteError
from xl_rebal.wording import counted
from xl_rebal.workbook.areas import Area
from xl_rebal.workbook.book import Block, Results, column_letters, link_formula
from xl_rebal.workbook.found_tables import TablePlace
from xl_rebal.workbook.layout import CHECKS, NUMBER_FORMATS, RESULT_CELLS, TABLES, Kind
from xl_rebal.workbook.limits import refuse_area, refuse_value
from xl_rebal.workbook.live.changes import Change, made, told
from xl_rebal.workbook.live.held import AS_TEXT, Content, Formula, Held, address
from xl_rebal.workbook.live.record import record_of, texts_of
from xl_rebal.workbook.live.sheets import LiveSheets


def write_results(sheets: LiveSheets, results: Results) -> bool:
    """Write every block and named result, or nothing; whether the run can be undone.

    Whatever can be known is refused before the first write: a table that is missing or has other
    columns, a value that no cell holds, something else where a table grows to. What the program
    refuses on the way is taken back. A list of checks alone is no run: what undoes the last one stays.
    """
    with told(sheets), sheets.quietly():
        blocks = _with_a_place(sheets, results)
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


def _with_a_place(sheets: LiveSheets, results: Results) -> list[Block]:
    """The blocks whose tables are there, as today's layout has them; WriteError with all that is wrong.

    The list of checks stands beside the results: a book may do without its table.
    """
    places = sheets.tables()
    blocks = [b for b in results.blocks if b.table in places or b.table != CHECKS.name]
    found = (_misfit(block.table, places.get(block.table)) for block in blocks)
    wrong = [problem for problem in found if problem is not None]
    if wrong:
        raise WriteError(wrong)
    return blocks


def _misfit(name: str, table: TablePlace | None) -> Problem | None:
    """A result table that is not there, or was made when it had other columns."""
    if table is None:
        return Problem(Code.CANNOT_WRITE, f"no table {name}", f"a result table {name}",
                       "Start from a book made by `xl-rebal new`.")  # fmt: skip
    if table.totals:
        return Problem(Code.CANNOT_WRITE, f"a totals row in {name}", "rows of results alone",
                       "Switch the totals row off, and run it again.",
                       table.sheet, f"{column_letters(table.area.left)}{table.area.bottom}")  # fmt: skip
    if table.area.width == len(TABLES[name].columns):
        return None
    header = Area(table.area.top, table.area.left, table.area.top, table.area.right)
    return Problem(
        Code.CANNOT_WRITE, f"a table {name} with other columns",
        f"the {len(TABLES[name].columns)} columns of today",
        "Save and close the book, and run the command on the file: it makes its sheets anew.",
        table.sheet, header.ref,
    )  # fmt: skip


def _table_changes(sheets: LiveSheets, blocks: Sequence[Block]) -> list[Change]:
    places = sheets.tables()
    return [_table_change(sheets, places, block) for block in blocks]


def _table_change(sheets: LiveSheets, places: Mapping[str, TablePlace], block: Block) -> Change:
    place = places[block.table]
    rows = tuple(_contents(block, place))
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


def _contents(block: Block, place: TablePlace) -> list[tuple[Content, ...]]:
    columns = TABLES[block.table].columns
    first = place.area.top + 1
    return [
        tuple(
            _content(
                value, column.kind, place.sheet, f"{column_letters(place.area.left + at)}{row}"
            )
            for at, (column, value) in enumerate(zip(columns, cells, strict=True))
        )
        for row, cells in enumerate(block.rows, start=first)
    ]


def _content(value: RawCell, kind: Kind, sheet: str, cell: str) -> Content:
    """A value as a cell of this kind holds it: dates as serials, links as formulas."""
    refuse_value(value, sheet, cell)
    if value is None or value == "":
        return None
    if isinstance(value, str):
        return Formula(link_formula(value)) if kind is Kind.LINK and "!" in value else value
    if isinstance(value, bool):
        return value
    if isinstance(value, date):
        return float(serial(value))
    if isinstance(value, (int, float)):
        return float(value)
    raise TypeError(f"a result {value!r}")


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
        value = _content(results.values[cell.name], cell.kind, place.sheet, place.area.corner)
        code = AS_TEXT if cell.kind in (Kind.TEXT, Kind.SYMBOL) else before.format_at(0, 0)
        after = Held(((value,),), ((Area(1, 1, 1, 1), code),))
        changes.append(Change(place.sheet, place.area, before, after, name=cell.defined_name))
    if broken:
        raise WriteError(broken)
    return changes
