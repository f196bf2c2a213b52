"""formulon as a judge: the rules of Excel 365 without Excel, in a few tenths of a second a book.

It loads a book from bytes, calculates every formula anew and says what a cell would show. What it
cannot do is in exemptions.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from formulon import Value, ValueKind, Workbook, error_display_name
from openpyxl.utils import get_column_letter
from openpyxl.utils.cell import coordinate_to_tuple

from tests.judges.cached import FileCells, addresses, differences, file_cells, xr_blocks
from tests.judges.exemptions import TableArea, with_addresses
from tests.judges.lint.package import area
from tests.judges.recalculated import Cell, ErrorText, Recalculated
from tests.judges.recalculated import Value as CellValue


class Desk:
    """A book open in formulon, by sheet titles and addresses instead of numbers from 0."""

    def __init__(self, workbook: Workbook) -> None:
        self.workbook = workbook
        titles = [workbook.sheet_name(index) for index in range(workbook.sheet_count())]
        self.sheets = {title: index for index, title in enumerate(titles)}

    def place(self, cell: Cell) -> tuple[int, int, int]:
        row, column = coordinate_to_tuple(cell[1])
        return self.sheets[cell[0]], row - 1, column - 1

    def value(self, cell: Cell) -> CellValue | None:
        """What a cell holds, as recalculated.Value says it; None where it is blank."""
        return plain(self.workbook.get_value(*self.place(cell)))

    def freeze(self, cell: Cell, value: CellValue | None) -> None:
        """A constant in place of whatever the cell calculates."""
        if value is None or isinstance(value, ErrorText):
            self.workbook.set_blank(*self.place(cell))
        elif isinstance(value, str):
            self.workbook.set_text(*self.place(cell), value)
        else:
            self.workbook.set_number(*self.place(cell), value)

    def tables(self) -> dict[str, TableArea]:
        """Where the data of every table stand."""
        titles, found = list(self.sheets), {}
        for table in self.workbook.iter_tables():
            corners = area(table.ref)
            assert corners, table.ref
            title = titles[table.sheet_index].replace("'", "''")
            found[table.display_name] = TableArea(
                f"'{title}'",
                {column.name: place for place, column in enumerate(table.columns, corners.left)},
                corners.top + table.header_row_count,
                corners.bottom - table.totals_row_count,
            )
        return found


def plain(value: Value) -> CellValue | None:
    if value.kind is ValueKind.ERROR:
        return ErrorText(error_display_name(value.error_code or 0))
    simple = value.to_python()
    if simple is None or isinstance(simple, str):
        return simple
    assert isinstance(simple, float | bool), simple
    return float(simple)


@contextmanager
def desk(path: Path) -> Iterator[Desk]:
    """The book, calculated anew; cells that call ``XR_`` functions at their cached values."""
    with Workbook.load(path.read_bytes()) as workbook:
        opened = Desk(workbook)
        _calculate(opened, file_cells(path))
        yield opened


def _calculate(opened: Desk, cells: FileCells) -> None:
    frozen = _xr_cells(cells)
    for cell in frozen:
        opened.freeze(cell, cells.values.get(cell))
    tables = opened.tables()
    for cell in cells.formulas.keys() - frozen.keys():
        sheet, row, column = opened.place(cell)
        formula = opened.workbook.get_formula(sheet, row, column) or ""
        changed = with_addresses(formula, row + 1, tables)
        if changed != formula:
            opened.workbook.set_formula(sheet, row, column, changed)
    opened.workbook.recalc()


def _xr_cells(cells: FileCells) -> dict[Cell, None]:
    """The cells of ``XR_`` formulas and of what they spill, in their order."""
    return {
        (sheet, each): None
        for sheet, block in xr_blocks(cells)
        for row in addresses(block)
        for each in row
    }


def recalculated(opened: Desk, cells: FileCells) -> Recalculated:
    """What formulon says about every formula cell."""
    values = {cell: value for cell in cells.formulas if (value := opened.value(cell)) is not None}
    values |= dict.fromkeys(_xr_cells(cells).keys() - values.keys(), ErrorText("#NAME?"))
    return Recalculated(
        sheets=tuple(opened.sheets),
        values=values,
        formulas=dict(cells.formulas),
        charts={},
        tables=tuple(table.display_name for table in opened.workbook.iter_tables()),
        names=tuple(name.name for name in opened.workbook.iter_defined_names()),
        uncalculated_xr=tuple(_xr_cells(cells)),
        engine="formulon",
    )


def value_faults(opened: Desk, path: Path) -> Iterator[str]:
    """Formulas whose cached value is not what formulon calculates."""
    cells = file_cells(path)
    for each in differences(cells, recalculated(opened, cells)):
        said = f"{each.cached!r} is cached, {each.calculated!r} calculated"
        yield f"{each.sheet}!{each.cell}: formulon: {each.reason}; {said}: ={each.formula[:120]}"


def invalid_cells(opened: Desk) -> Iterator[str]:
    """Cells that break the validation they stand under."""
    for title, index in opened.sheets.items():
        cursor: int | None = 0
        while cursor is not None:
            cells, cursor = opened.workbook.list_invalid_cells(index, cursor)
            for cell in cells:
                address = f"{get_column_letter(cell.col + 1)}{cell.row + 1}"
                yield f"{title}!{address}: invalid cell: {plain(cell.value)!r} breaks its validation"


def unread(opened: Desk) -> Iterator[str]:
    """What formulon dropped while reading; a good book loses nothing."""
    found = opened.workbook.read_diagnostics()
    counts = {name: value for name, value in vars(found).items() if name.endswith("_count")}
    for name, count in counts.items():
        if count:
            yield f"book: unread by formulon: {name.removesuffix('_count').replace('_', ' ')} {count}"
