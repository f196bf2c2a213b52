"""Dynamic arrays: the cell metadata that tells Excel "this formula spills".

A cell ``<c cm="k">`` points to the k-th record of ``cellMetadata`` in xl/metadata.xml, which
points to the XLDAPR type and to a record of it that says fDynamic. Without that Excel shows the
formula in braces, as an array formula of the old kind.
"""

from __future__ import annotations

from xl_rebal.workbook.package.markup import (
    Element,
    appended,
    inserted,
    parse,
    splice,
    with_attribute,
)
from xl_rebal.workbook.package.parts import Package, is_true
from xl_rebal.workbook.package.wiring import add_workbook_part

_ARRAYS = "http://schemas.microsoft.com/office/spreadsheetml/2017/dynamicarray"
_EMPTY = '<metadata xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"></metadata>'
_ORDER = (
    "metadataTypes",
    "metadataStrings",
    "mdxMetadata",
    "futureMetadata",
    "cellMetadata",
    "valueMetadata",
    "extLst",
)
_FLAGS = (
    "copy",
    "pasteAll",
    "pasteValues",
    "merge",
    "splitFirst",
    "rowColShift",
    "clearFormats",
    "clearComments",
    "assign",
    "coerce",
    "cellMeta",
)


def ensure_dynamic(package: Package) -> tuple[Package, int]:
    """The package with metadata for dynamic arrays, and the number that ``cm`` must have.

    An existing list (of rich values, of the book's own dynamic arrays) is kept and added to.
    """
    part = package.related(package.workbook_part, "sheetMetadata") or package.find(
        "xl/metadata.xml"
    )
    text = package.text(part) if part in package.parts else _EMPTY
    text, type_number = _with_type(text)
    text, record = _with_dynamic_record(text)
    text, number = _with_cell_record(text, type_number, record)
    content = text.encode()
    if package.parts.get(part) == content:
        return package, number
    return (
        add_workbook_part(package, part, content, kind="sheetMetadata", subtype="sheetMetadata"),
        number,
    )


def _with_type(text: str) -> tuple[str, int]:
    """Text in which the XLDAPR type is declared, and its number, from 1."""
    root = parse(text)
    types = root.child("metadataTypes")
    rows = types.all("metadataType") if types else ()
    for number, row in enumerate(rows, start=1):
        if row.get("name") == "XLDAPR":
            return text, number
    flags = " ".join(f'{flag}="1"' for flag in _FLAGS)
    row_xml = f'<{root.prefix}metadataType name="XLDAPR" minSupportedVersion="120000" {flags}/>'
    return _with_row(root, types, "metadataTypes", row_xml, len(rows)), len(rows) + 1


def _with_dynamic_record(text: str) -> tuple[str, int]:
    """Text with an XLDAPR record that says fDynamic, and the record's number, from 0."""
    root = parse(text)
    future = next((f for f in root.all("futureMetadata") if f.get("name") == "XLDAPR"), None)
    rows = future.all("bk") if future else ()
    for number, row in enumerate(rows):
        properties = [e for e in row.walk() if e.name == "dynamicArrayProperties"]
        if any(is_true(e.get("fDynamic")) for e in properties):
            return text, number
    p = root.prefix
    row_xml = (
        f'<{p}bk><{p}extLst><{p}ext uri="{{bdbb8cdc-fa1e-496e-a857-3c3f30c029c3}}">'
        f'<xda:dynamicArrayProperties xmlns:xda="{_ARRAYS}" fDynamic="1" fCollapsed="0"/>'
        f"</{p}ext></{p}extLst></{p}bk>"
    )
    name = 'futureMetadata name="XLDAPR"'
    return _with_row(root, future, name, row_xml, len(rows)), len(rows)


def _with_cell_record(text: str, type_number: int, record: int) -> tuple[str, int]:
    """Text with a cell record of just that one pair, and the record's number, from 1."""
    root = parse(text)
    cells = root.child("cellMetadata")
    rows = cells.all("bk") if cells else ()
    wanted = [(str(type_number), str(record))]
    for number, row in enumerate(rows, start=1):
        if [(rc.get("t"), rc.get("v")) for rc in row.all("rc")] == wanted:
            return text, number
    p = root.prefix
    row_xml = f'<{p}bk><{p}rc t="{type_number}" v="{record}"/></{p}bk>'
    return _with_row(root, cells, "cellMetadata", row_xml, len(rows)), len(rows) + 1


def _with_row(root: Element, parent: Element | None, opening: str, row: str, count: int) -> str:
    """The text with one more row in a counted list, which is made where it is missing."""
    name = opening.partition(" ")[0]
    if parent is None:
        tag = root.prefix + name
        xml = f'<{root.prefix}{opening} count="1">{row}</{tag}>'
        return splice(root.source, [inserted(root, xml, name, _ORDER)])
    edits = [with_attribute(parent, "count", str(count + 1)), appended(parent, row)]
    return splice(root.source, edits)
