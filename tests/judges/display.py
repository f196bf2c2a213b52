"""What cells show: numbers that fit their columns and stand in the form that the layout declares.

Numbers of one style in one column are shown alike: of each such group the smallest and the largest
number and the last one are looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from formulon import CellXf, DisplayStatus, Value, ValueKind
from openpyxl.utils import get_column_letter
from openpyxl.utils.cell import coordinate_to_tuple

from tests.judges.excel365 import Desk
from tests.judges.lint.package import MAIN, Package, Sheet, area
from tests.judges.recalculated import Cell
from xl_rebal.workbook.layout import NUMBER_FORMATS, RESULT_CELLS, SETTINGS, TABLES, Kind

MOST_DECIMALS = 6
DATE = re.compile(r"[12][0-9]{3}-[01][0-9]-[0-3][0-9]")
DIGIT = 1038
WIDTHS = {",": 511, ".": 517, "-": 627, "+": 1020, "%": 1464, " ": 463, "/": 791, ":": 548}
"""How wide characters of Calibri are, in 2048ths of its size; a letter is about a digit."""
STANDARD_SIZE = 11.0
MARGIN = 0.4
"""Of a column's width, in digits, what a number cannot use."""


class Number(NamedTuple):
    """A number cell of the file and what a book's program shows in it."""

    cell: Cell
    number: float
    style: CellXf
    code: str
    text: str
    status: DisplayStatus


def display_faults(desk: Desk, package: Package, *, restyled: bool = False) -> Iterator[str]:
    """Numbers that show ``####``, a long fraction or another form than the declared one.

    Where the inputs are ``restyled`` only our results need the declared forms.
    """
    declared = declared_kinds(package, results_only=restyled)
    for sheet in package.sheets:
        wide = Widths(package, sheet)
        for shown in numbers(desk, package, sheet):
            kind = declared.get(shown.cell)
            for fault in faults_of(desk, shown, wide, kind):
                yield f"{sheet.title}!{shown.cell[1]}: display: {fault}"


def faults_of(desk: Desk, shown: Number, wide: Widths, kind: Kind | None) -> Iterator[str]:
    text = shown.text
    if shown.status is not DisplayStatus.OK or text.startswith("##"):
        yield f"{shown.number!r} shows {text!r}"
        return
    room = wide.room(shown.cell[1], shown.style.indent or 0)
    need = length(text) * desk.workbook.get_font(shown.style.font_index).size / STANDARD_SIZE
    if shown.code and room is not None and need > room:
        yield f"{text!r} needs {need:.1f} digits, its column has {room:.1f}: it would show ####"
    if re.search(rf"\.[0-9]{{{MOST_DECIMALS + 1},}}", text):
        yield f"{text!r} is a long fraction"
    if text.endswith(".") and not takes_another_form(desk, shown.cell):
        yield f"{text!r} ends with its decimal point"
    if kind is not None:
        value = Value(ValueKind.NUMBER, number=shown.number)
        form = "" if NUMBER_FORMATS[kind] == "General" else NUMBER_FORMATS[kind]
        wanted = desk.workbook.format_value(value, form)[0]
        if text != wanted or (kind is Kind.DATE and not DATE.fullmatch(text)):
            yield f"{text!r} is shown for a {kind}, expected {wanted!r}"


def takes_another_form(desk: Desk, cell: Cell) -> bool:
    """Whether a conditional format that holds there has a number format of its own."""
    sheet, row, column = desk.place(cell)
    found = desk.workbook.evaluate_cf_range(sheet, row, column, row, column)
    formats = [match.dxf_id for each in found for match in each.matches if match.dxf_id_engaged]
    return any(desk.workbook.get_dxf(each).num_fmt_code for each in formats)


def numbers(desk: Desk, package: Package, sheet: Sheet) -> Iterator[Number]:
    """The numbers of a sheet that stand for all: extremes and last of every column and style."""
    groups: dict[tuple[str, int], list[tuple[float, str]]] = {}
    for cell in package.cells[sheet.part]:
        if cell.kind == "n" and cell.value:
            column = cell.address.rstrip("0123456789")
            groups.setdefault((column, cell.style), []).append((float(cell.value), cell.address))
    style = cache(desk.workbook.get_cell_xf)
    for (_, index), group in groups.items():
        xf = style(index)
        code = desk.workbook.get_num_fmt(xf.num_fmt_id) if xf.num_fmt_id else ""
        for stored, address in sorted({min(group), max(group), group[-1]}):
            place = sheet.title, address
            text, status = desk.workbook.get_display_text(*desk.place(place))
            found = desk.value(place)  # calculated anew: it may not be what is stored
            number = found if isinstance(found, float) else stored
            yield Number(place, number, xf, code, text, status)


def length(text: str) -> float:
    """The length of a text in digits.

    >>> round(length("-1,234.50%"), 2)
    9.0
    """
    return sum(WIDTHS.get(character, DIGIT) for character in text) / DIGIT


class Widths:
    """How wide the columns of a sheet are; a merged cell is as wide as all its columns."""

    def __init__(self, package: Package, sheet: Sheet) -> None:
        root = package.root(sheet.part)
        form = root.find(f"{MAIN}sheetFormatPr")
        base = "8" if form is None else form.get("baseColWidth", "8")
        given = None if form is None else form.get("defaultColWidth")
        self.standard = float(given or float(base) + 5 / 7)
        self.own: dict[int, float] = {}
        self.hidden: set[int] = set()
        for column in root.iter(f"{MAIN}col"):
            for place in range(int(column.get("min", "1")), int(column.get("max", "1")) + 1):
                self.own[place] = float(column.get("width", self.standard))
                if column.get("hidden") in ("1", "true"):
                    self.hidden.add(place)
        merges = (area(each.get("ref", "")) for each in root.iter(f"{MAIN}mergeCell"))
        self.merged = {(each.top, each.left): each for each in merges if each}

    def room(self, address: str, indent: int) -> float | None:
        """Digits of the standard size that a cell has room for; None in a hidden column."""
        row, column = coordinate_to_tuple(address)
        if column in self.hidden:
            return None
        merge = self.merged.get((row, column))
        columns = range(column, (merge.right if merge else column) + 1)
        return sum(self.own.get(each, self.standard) for each in columns) - indent - MARGIN


def declared_kinds(package: Package, *, results_only: bool) -> dict[Cell, Kind]:
    """What the layout says of the cells of its tables, and of its named settings and results."""
    kinds: dict[Cell, Kind] = {}
    for table in package.tables:
        layout = TABLES.get(table.name)
        if layout is None or table.area is None or (results_only and not layout.result):
            continue
        by_header = {column.header: column.kind for column in layout.columns}
        for place, column in enumerate(table.root.iter(f"{MAIN}tableColumn"), table.area.left):
            kind = by_header.get(column.get("name", ""), Kind.PRICE if layout.open_ended else None)
            for row in range(table.area.top + 1, table.area.bottom + 1):
                if kind is not None:
                    kinds[table.sheet.title, f"{get_column_letter(place)}{row}"] = kind
    named: dict[str, Kind] = {each.defined_name: each.kind for each in RESULT_CELLS}
    if not results_only:
        named |= {each.defined_name: each.kind for each in SETTINGS}
    for name in package.root(package.book).iter(f"{MAIN}definedName"):
        title, _, address = (name.text or "").rpartition("!")
        if name.get("name") in named:
            kinds[title.strip("'").replace("''", "'"), address.replace("$", "")] = named[
                name.get("name", "")
            ]
    return kinds
