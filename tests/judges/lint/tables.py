"""Rules for tables: Excel repairs a book whose table and cells do not agree."""

from __future__ import annotations

from collections import Counter
from itertools import combinations

from openpyxl.utils import get_column_letter

from tests.judges.lint.names import is_a_name
from tests.judges.lint.package import MAIN, Package, area, decoded
from tests.judges.lint.parts import Faults


def table_header(package: Package) -> Faults:
    """The header cell of every column holds the column's name, as text."""
    for table in package.tables:
        if table.area is None or table.root.get("headerRowCount") == "0":
            continue
        cells = {cell.address: cell for cell in package.cells[table.sheet.part]}
        for place, column in enumerate(table.root.iter(f"{MAIN}tableColumn"), table.area.left):
            name = decoded(column.get("name", ""))
            address = f"{get_column_letter(place)}{table.area.top}"
            cell = cells.get(address)
            if cell is None or package.shown(cell) != name:
                shown = package.shown(cell) if cell else ""
                yield table.part, f"column {name!r}, but {address} shows {shown!r}"
            elif cell.kind not in ("s", "inlineStr", "str"):
                yield table.part, f"column {name!r}: {address} is no text"


def table_column(package: Package) -> Faults:
    """Names and ids are unique, and there are as many columns as the range is wide."""
    for table in package.tables:
        columns = list(table.root.iter(f"{MAIN}tableColumn"))
        for what in ("name", "id"):
            counted = Counter(decoded(column.get(what, "")).casefold() for column in columns)
            for value in (value for value, times in counted.items() if times > 1 or not value):
                yield table.part, f"the column {what} {value!r} stands twice or is empty"
        listed = table.root.find(f"{MAIN}tableColumns")
        said = -1 if listed is None else int(listed.get("count", len(columns)))
        wide = table.area.right - table.area.left + 1 if table.area else len(columns)
        if not len(columns) == wide == said:
            yield table.part, f"{len(columns)} columns, {said} said, {wide} in its range"


def table_name(package: Package) -> Faults:
    names = Counter(table.name.casefold() for table in package.tables)
    for table in package.tables:
        if not is_a_name(table.name):
            yield table.part, f"{table.name!r} is no name"
        if names.pop(table.name.casefold(), 1) > 1:
            yield table.part, f"{table.name!r} stands twice"


def table_id(package: Package) -> Faults:
    ids = Counter(table.root.get("id", "") for table in package.tables)
    for given, times in ids.items():
        if times > 1 or not given.isdecimal() or int(given) == 0:
            parts = [table.part for table in package.tables if table.root.get("id", "") == given]
            yield parts[0], f"the id {given!r} stands in {', '.join(parts)}"


def table_range(package: Package) -> Faults:
    """A header and one row at least; the filter lies on them; no other table or merge does."""
    for table in package.tables:
        if table.area is None or table.area.bottom == table.area.top:
            yield table.part, f"{table.root.get('ref')!r} is no range of a header and rows"
            continue
        for element in table.root.findall(f"{MAIN}autoFilter"):
            filtered = area(element.get("ref", ""))
            if filtered is None or filtered[:3] != table.area[:3]:
                yield table.part, f"its filter lies on {element.get('ref')!r}"
        for merged in package.root(table.sheet.part).iter(f"{MAIN}mergeCell"):
            found = area(merged.get("ref", ""))
            if found and found.meets(table.area):
                yield table.part, f"the merged cells {merged.get('ref')} lie on it"
    for one, other in combinations(package.tables, 2):
        if one.sheet == other.sheet and one.area and other.area and one.area.meets(other.area):
            yield one.part, f"{one.name} and {other.name} lie on each other"


RULES = (table_header, table_column, table_name, table_id, table_range)
