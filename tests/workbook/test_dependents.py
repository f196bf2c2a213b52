"""Formulas that are out of date after a change, against a search cell by cell."""

from __future__ import annotations

import io

from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from xl_rebal.workbook.areas import Area
from xl_rebal.workbook.package import read_package
from xl_rebal.workbook.package.dependents import formula_cells, out_of_date

ADDRESSES = [f"{letter}{row}" for letter in "ABCD" for row in range(1, 6)]
addresses = st.sampled_from(ADDRESSES)
sheets = st.sampled_from(["One", "Two"])
places = st.tuples(sheets, addresses)
formulas = st.dictionaries(
    places, st.lists(st.tuples(sheets, addresses, addresses), min_size=1, max_size=2), max_size=12
)


def area(one: str, other: str) -> Area:
    columns, rows = sorted((one[0], other[0])), sorted((int(one[1]), int(other[1])))
    found = Area.of(f"{columns[0]}{rows[0]}:{columns[1]}{rows[1]}")
    assert found is not None
    return found


def cells(block: Area) -> set[str]:
    return {
        f"{'ABCD'[column - 1]}{row}"
        for row in range(block.top, block.bottom + 1)
        for column in range(block.left, block.right + 1)
    }


@given(formulas, places, st.sets(places, max_size=4))
def test_what_depends_on_a_cell_is_what_a_search_finds(
    written: dict[tuple[str, str], list[tuple[str, str, str]]],
    changed: tuple[str, str],
    refreshed: set[tuple[str, str]],
) -> None:
    book = Workbook()
    book.worksheets[0].title = "One"
    book.create_sheet("Two")
    for (sheet, address), reads in written.items():
        terms = [f"SUM({title}!{area(a, b).ref})" for title, a, b in reads]
        book[sheet][address] = "=" + "+".join(terms)
    buffer = io.BytesIO()
    book.save(buffer)
    package = read_package(buffer.getvalue())
    block = Area.of(changed[1])
    assert block is not None
    found = out_of_date(tuple(formula_cells(package)), [(changed[0], block)], refreshed)

    reads_of = {
        place: {(title, cell) for title, a, b in reads for cell in cells(area(a, b))}
        for place, reads in written.items()
    }
    stale = {p for p, reads in reads_of.items() if changed in reads and p not in refreshed}
    while more := {p for p, reads in reads_of.items() if reads & stale} - stale:
        stale |= more
    assert {cell.place for cell in found} == stale
