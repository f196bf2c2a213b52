"""Rules for styles: every index leads somewhere, and fonts are in the schema's order."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from tests.judges.lint.package import MAIN, Package
from tests.judges.lint.parts import Faults

LISTS = ("numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs")
FIRST_OWN_FORMAT = 164
FONT = (
    *("b", "i", "strike", "condense", "extend", "outline", "shadow", "u", "vertAlign"),
    *("sz", "color", "name", "family", "charset", "scheme"),
)
"""The order in which Excel writes a font, which the schema of Microsoft's tools demands."""


def _list(package: Package, name: str) -> list[Element]:
    found = package.root(package.part_of_book("styles")).find(f"{MAIN}{name}")
    return [] if found is None else list(found)


def style_unknown(package: Package) -> Faults:
    """The style of a cell, a row or a column is one of the book's."""
    count = len(_list(package, "cellXfs"))
    for sheet in package.sheets:
        for cell in package.cells[sheet.part]:
            if not 0 <= cell.style < count:
                yield sheet.part, f"{cell.address} has style {cell.style}, of {count}"
        root = package.root(sheet.part)
        rows = (("row", "s", row) for row in root.iter(f"{MAIN}row"))
        columns = (("col", "style", column) for column in root.iter(f"{MAIN}col"))
        for what, attribute, element in (*rows, *columns):
            if not 0 <= int(element.get(attribute, "0")) < count:
                where = element.get("r") or element.get("min")
                yield sheet.part, f"{what} {where} has style {element.get(attribute)}, of {count}"


def format_unknown(package: Package) -> Faults:
    """The formats of rules, tables and filters (``dxfId``, ``dataDxfId`` ...) are the book's."""
    count = len(_list(package, "dxfs"))
    for part in [
        *(sheet.part for sheet in package.sheets),
        *(each.part for each in package.tables),
    ]:
        for element in package.root(part).iter():
            for name, value in element.attrib.items():
                if name.lower().endswith("dxfid") and not 0 <= int(value) < count:
                    yield part, f"{element.tag.removeprefix(MAIN)}: {name} {value}, of {count}"


def style_part_unknown(package: Package) -> Faults:
    """Fonts, fills, borders, formats and parents of a style are there."""
    styles = package.part_of_book("styles")
    counts = {name: len(_list(package, name)) for name in LISTS}
    own = {each.get("numFmtId", "") for each in _list(package, "numFmts")}
    lists = (("fontId", "fonts"), ("fillId", "fills"), ("borderId", "borders"))
    for holder in ("cellXfs", "cellStyleXfs"):
        parent = (("xfId", "cellStyleXfs"),) if holder == "cellXfs" else ()
        for number, style in enumerate(_list(package, holder)):
            for attribute, name in (*lists, *parent):
                if not 0 <= int(style.get(attribute, "0")) < counts[name]:
                    yield styles, f"{holder} {number}: {attribute} {style.get(attribute)}"
            form = style.get("numFmtId", "0")
            if int(form) >= FIRST_OWN_FORMAT and form not in own:
                yield styles, f"{holder} {number}: numFmtId {form}"
    for named in _list(package, "cellStyles"):
        if int(named.get("xfId", "0")) >= counts["cellStyleXfs"]:
            yield styles, f"the cell style {named.get('name')!r}: xfId {named.get('xfId')}"


def style_list(package: Package) -> Faults:
    """Lists are as long as they say; formats have ids of their own; two fills are given."""
    styles = package.part_of_book("styles")
    root = package.root(styles)
    for name in LISTS:
        for found in root.iter(f"{MAIN}{name}"):
            if found.get("count", str(len(found))) != str(len(found)):
                yield styles, f"{name} holds {len(found)} and says {found.get('count')}"
    ids = [each.get("numFmtId", "") for each in _list(package, "numFmts")]
    for repeated in sorted({each for each in ids if ids.count(each) > 1}):
        yield styles, f"the number format {repeated} stands twice"
    patterns = [
        pattern.get("patternType", "none")
        for fill in _list(package, "fills")[:2]
        for pattern in fill.findall(f"{MAIN}patternFill")
    ]
    if styles and patterns != ["none", "gray125"]:
        yield styles, f"the first fills are {patterns}; Excel overrides them by none and gray125"


def font_order(package: Package) -> Faults:
    styles = package.part_of_book("styles")
    for number, font in enumerate(package.root(styles).iter(f"{MAIN}font")):
        names = [child.tag.removeprefix(MAIN) for child in font]
        places = [FONT.index(name) if name in FONT else -1 for name in names]
        if places != sorted(set(places)) or -1 in places:
            yield styles, f"font {number} has {', '.join(names)}"


RULES = (style_unknown, format_unknown, style_part_unknown, style_list, font_order)
