"""Rows and cells of a sheet's text: found where they stand, written where they belong."""

from __future__ import annotations

import re

from xl_rebal.workbook.areas import Area
from xl_rebal.workbook.package.grid import SheetGrid
from xl_rebal.workbook.package.markup import splice

SHEET = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    '<row r="2" spans="1:3" ht="20" customHeight="1"><c r="A2" s="3"><v>1</v></c>'
    '<c r="C2" s="4" t="s"><v>0</v></c></row>'
    '<row r="5"><c r="B5"><f>A2</f><v>1</v></c><c r="C5" s="1"/><c r="D5"><v></v></c></row>'
    "</sheetData></worksheet>"
)


def test_a_grid_knows_what_its_cells_hold() -> None:
    grid = SheetGrid(SHEET)
    everything = Area(1, 1, 9, 9)

    assert list(grid.filled(everything)) == [(2, 1), (2, 3), (5, 2)]
    assert grid.cells(2)[3].style == "4"
    assert grid.cells(5)[2].has_formula
    assert grid.cells(3) == {}
    assert grid.is_in_order


def test_rows_are_put_in_and_changed_where_they_belong_and_others_are_left() -> None:
    grid = SheetGrid(SHEET)
    changed = {
        1: {1: grid.words(1, 1, "a<b", None)},
        2: {2: grid.number(2, 2, 7.5, "9"), 3: grid.blank(2, 3, "4")},
        3: {1: grid.moved(grid.cells(2)[1], 3, 1)},
        9: {2: grid.number(9, 2, 3.0, None)},
    }
    text = splice(SHEET, grid.edits(changed, like=2))
    rows = re.findall(r"<row.*?</row>", text)

    assert rows == [
        '<row r="1" ht="20" customHeight="1">'
        '<c r="A1" t="inlineStr"><is><t>a&lt;b</t></is></c></row>',
        '<row r="2" ht="20" customHeight="1"><c r="A2" s="3"><v>1</v></c>'
        '<c r="B2" s="9"><v>7.5</v></c><c r="C2" s="4"/></row>',
        '<row r="3" ht="20" customHeight="1"><c r="A3" s="3"><v>1</v></c></row>',
        SHEET[SHEET.index('<row r="5"') : SHEET.index("</sheetData>")],
        '<row r="9" ht="20" customHeight="1"><c r="B9"><v>3</v></c></row>',
    ]


def test_a_grid_of_cells_without_addresses_counts_them_and_writes_them_out() -> None:
    text = "<x:worksheet><x:sheetData><x:row><x:c><x:v>1</x:v></x:c><x:c/></x:row></x:sheetData></x:worksheet>"
    grid = SheetGrid(text)

    assert list(grid.filled(Area(1, 1, 9, 9))) == [(1, 1)]
    changed = splice(text, grid.edits({1: {3: grid.number(1, 3, 2.0, None)}}, like=1))
    assert changed == (
        '<x:worksheet><x:sheetData><x:row r="1"><x:c r="A1"><x:v>1</x:v></x:c><x:c r="B1"/>'
        '<x:c r="C1"><x:v>2</x:v></x:c></x:row></x:sheetData></x:worksheet>'
    )


def test_an_empty_sheet_gets_its_first_rows() -> None:
    text = "<worksheet><sheetData/></worksheet>"
    grid = SheetGrid(text)

    assert splice(text, grid.edits({4: {1: grid.number(4, 1, 2.0, None)}}, like=4)) == (
        '<worksheet><sheetData><row r="4"><c r="A4"><v>2</v></c></row></sheetData></worksheet>'
    )
