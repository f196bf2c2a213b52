"""Prices into a user's file: the sheet of tblPrices is edited cell by cell, the rest left alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from xl_rebal.cells import NEVER_CALCULATED, RawCell
from xl_rebal.errors import Code, Note, Problem, WriteError
from xl_rebal.model.prices import Prices
from xl_rebal.wording import counted
from xl_rebal.workbook.areas import Area
from xl_rebal.workbook.book import Source
from xl_rebal.workbook.calculated import calculated_cells
from xl_rebal.workbook.file_book import read_source
from xl_rebal.workbook.layout import NO_SYMBOL_YET, PRICES
from xl_rebal.workbook.limits import refuse_area
from xl_rebal.workbook.package import CachedValue, Package, TablePart, read_package
from xl_rebal.workbook.package.dependents import FormulaCell, Place, formula_cells, out_of_date
from xl_rebal.workbook.package.grid import SheetGrid
from xl_rebal.workbook.package.markup import splice
from xl_rebal.workbook.package.refresh import calculation_asked, set_cached, without_cached
from xl_rebal.workbook.package.refusals import damaged
from xl_rebal.workbook.package.sheet_frame import frame_edits
from xl_rebal.workbook.package.table_part import grown
from xl_rebal.workbook.package.writable import refuse_signed
from xl_rebal.workbook.parse_prices import parse_prices
from xl_rebal.workbook.price_cells import PriceCells
from xl_rebal.workbook.price_layout import PriceLayout, price_layout
from xl_rebal.workbook.price_looks import PriceLooks
from xl_rebal.workbook.price_obstacles import (
    beside_moved,
    in_the_way,
    refused_formulas,
    refused_table,
)
from xl_rebal.workbook.price_pointers import Pointer, led_astray, left_behind, pointers
from xl_rebal.workbook.problems import Problems
from xl_rebal.workbook.writer import stored


def with_prices(
    content: bytes, source: Source, prices: Prices, name: str
) -> tuple[bytes, tuple[Note, ...]]:
    """The book ``content`` with these prices in tblPrices, which holds none that are not among them.

    Our calculated columns have their new values; a formula of the user's that depends on prices has
    none until it is calculated, so that nobody reads an old one. WriteError with every cell that is
    in the way, or that would point to another day's price.
    """
    package = read_package(content, name)
    refuse_signed(package)
    table = _table(package, source, prices)
    cells = PriceCells(table.layout, table.grid, table.looks)
    changes = cells.changes()
    if not changes:
        return content, ()
    formulas = tuple(formula_cells(package))
    found = tuple(pointers(package, table.part.sheet_title, formulas))
    if problems := [*_refused(package, table, cells, found)]:
        raise WriteError(problems)
    package = table.looks.package
    edits = table.grid.edits(changes, table.layout.row(table.looks.model))
    edits += frame_edits(table.grid.text, table.old, table.new)
    text = splice(table.grid.text, edits)
    package = package.replace({package.sheet(table.part.sheet_title).part_name: text.encode()})
    package = grown(package, table.part, table.new, table.layout.headers)
    main = splice(package.workbook.source, [calculation_asked(package.workbook)])
    written = package.replace({package.workbook_part: main.encode()}).to_bytes()
    again = read_source(written, name)
    _refuse_other_prices(again, prices, name)
    written, stale = _refreshed(written, source, again, formulas, table)
    notes: list[Note] = []
    if table.new.bottom > table.old.bottom:
        notes += left_behind(found, table.bottom, table.part.sheet_title)
    return written, (*notes, *_to_calculate(stale))


@dataclass(frozen=True)
class _Table:
    """The table in its sheet, its range before (``old``) and afterwards (``new``)."""

    part: TablePart
    layout: PriceLayout
    grid: SheetGrid
    looks: PriceLooks
    old: Area
    new: Area

    @property
    def bottom(self) -> int:
        """The last row that is the table's now: filled rows directly below count as its."""
        return max(self.old.bottom, self.layout.raw.row + len(self.layout.raw.rows))


def _table(package: Package, source: Source, prices: Prices) -> _Table:
    raw = source.tables[PRICES.name]
    part = next(t for t in package.tables() if t.name.casefold() == PRICES.name.casefold())
    old = Area.of(part.ref)
    assert old is not None  # a table that stands nowhere was refused
    if len(part.columns) != old.right - old.left + 1:
        raise damaged(package.name, f"the table {part.name} has other columns than its range")
    named = f"[{NO_SYMBOL_YET}]"
    keep_waiting = any(package.mentions(sheet.part_name, named) for sheet in package.sheets())
    layout = price_layout(raw, prices, keep_waiting=keep_waiting)
    new = layout.area(max(layout.rows, old.bottom - old.top))
    refuse_area(new.bottom, new.right, part.sheet_title)
    kept = [name for place, name in enumerate(part.columns) if place not in layout.headers]
    if {name.casefold() for name in kept} & {h.casefold() for h in layout.headers.values()}:
        raise damaged(package.name, f"the columns of {part.name} have other names than its headers")
    grid = SheetGrid(package.text(package.sheet(part.sheet_title).part_name))
    if not grid.is_in_order:
        raise damaged(package.name, f"the rows of the sheet {part.sheet_title!r} are not in order")
    return _Table(part, layout, grid, PriceLooks(layout, grid, package, old), old, new)


def _refused(
    package: Package, table: _Table, cells: PriceCells, found: Sequence[Pointer]
) -> Iterator[Problem]:
    layout, sheet = table.layout, table.part.sheet_title
    more_rows = len(layout.index) > len(layout.before)
    yield from refused_table(package, table.part, more_rows=more_rows)
    yield from refused_formulas(table.grid, cells.touched(), sheet)
    old = Area(table.old.top, table.old.left, table.bottom, table.old.right)
    yield from in_the_way(package, table.grid, table.part, old, table.new)
    if layout.moved:
        rows = [layout.row(index) for index in layout.moved]
        moved = Area(min(rows), old.left, max(rows), old.right)
        yield from beside_moved(table.grid, rows, table.new.left, table.new.right, sheet)
        yield from led_astray(found, moved, sheet)


def _refuse_other_prices(again: Source, prices: Prices, name: str) -> None:
    """A sheet that reads otherwise than it was written is damaged: rows out of order, cells in rows
    of another number."""
    problems = Problems()
    held = parse_prices(again.tables.get(PRICES.name), problems)
    wanted = {symbol: n for n, symbol in enumerate(prices.symbols)}
    if held is not None and held.dates == prices.dates and wanted.keys() <= {*held.symbols}:
        places = [held.symbols.index(symbol) for symbol in wanted]
        if np.array_equal(held.values[:, places], prices.values, equal_nan=True):
            return
    raise damaged(name, f"the cells of {PRICES.name} do not stand where they say")


def _refreshed(
    written: bytes,
    source: Source,
    again: Source,
    formulas: Sequence[FormulaCell],
    table: _Table,
) -> tuple[bytes, list[FormulaCell]]:
    """The book with new values in our calculated columns, none in what else is out of date; and
    that. A column of ours which depends on it has none either."""
    before, after = calculated_cells(source), calculated_cells(again)
    there = {formula.place for formula in formulas}
    changed: dict[Place, RawCell] = {
        place: value
        for place, value in after.items()
        if place in there and value != before.get(place)
    }
    blocks = [(table.part.sheet_title, table.new)]
    blocks += [(sheet, area) for sheet, cell in changed if (area := Area.of(cell)) is not None]
    stale = out_of_date(formulas, blocks, after.keys() & there)
    values: dict[str, dict[str, CachedValue]] = {}
    for (sheet, cell), value in changed.items():
        if value is not NEVER_CALCULATED:
            values.setdefault(sheet, {})[cell] = stored(value)
    gone: dict[str, set[str]] = {}
    for formula in stale:
        gone.setdefault(formula.sheet, set()).add(formula.address)
    return without_cached(set_cached(written, values), gone), stale


def _to_calculate(stale: Sequence[FormulaCell]) -> Iterator[Note]:
    if stale:
        first = stale[0]
        more = f" and {counted(len(stale) - 1, 'more formula')}" if len(stale) > 1 else ""
        yield Note(
            Code.NOT_REFRESHED,
            f"{first.sheet}!{first.address}{more} that depend on prices are to be calculated.",
            "Open the book in Excel or LibreOffice and save it before anything else reads it.",
            first.sheet,
            first.address,
        )
