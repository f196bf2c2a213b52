"""A table's own part, changed where the table grows: its range, its filter, its columns."""

from __future__ import annotations

from collections.abc import Mapping

from xl_rebal.workbook.areas import Area
from xl_rebal.workbook.package.markup import (
    appended,
    encode_chars,
    escape,
    splice,
    with_attribute,
)
from xl_rebal.workbook.package.parts import Package, TablePart, as_count


def is_filled_by_query(package: Package, table: TablePart) -> bool:
    """Whether a query of Excel fills the table: it would overwrite what anybody else puts there."""
    root = package.xml(table.part_name)
    return root.get("tableType", "worksheet") != "worksheet" or any(
        relationship.kind == "queryTable" for relationship in package.relationships(table.part_name)
    )


def calculated_columns(package: Package, table: TablePart) -> list[str]:
    """The names of the columns that have a formula for every row."""
    listed = package.xml(table.part_name).child("tableColumns")
    return [
        column.get("name")
        for column in (listed.all("tableColumn") if listed else ())
        if column.child("calculatedColumnFormula") is not None
    ]


def grown(package: Package, table: TablePart, area: Area, headers: Mapping[int, str]) -> Package:
    """The book with the table on this area; ``headers`` are new names of columns by place, those
    behind the last column of columns that are added."""
    root = package.xml(table.part_name)
    edits = [with_attribute(root, "ref", area.ref)]
    edits += [with_attribute(f, "ref", area.ref) for f in root.all("autoFilter")]
    listed = root.child("tableColumns")
    assert listed is not None  # a table without columns is none
    columns = listed.all("tableColumn")
    for place, column in enumerate(columns):
        if place in headers:
            edits.append(with_attribute(column, "name", encode_chars(headers[place])))
    new = [header for place, header in sorted(headers.items()) if place >= len(columns)]
    if new:
        first = max((as_count(column.get("id")) for column in columns), default=0) + 1
        xml = "".join(
            f'<{listed.prefix}tableColumn id="{number}" name="{escape(encode_chars(header))}"/>'
            for number, header in enumerate(new, start=first)
        )
        edits.append(with_attribute(listed, "count", str(len(columns) + len(new))))
        edits.append(appended(listed, xml))
    return package.replace({table.part_name: splice(root.source, edits).encode()})
