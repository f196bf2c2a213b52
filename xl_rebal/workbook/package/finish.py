"""What openpyxl saved, made right: cached values, dynamic arrays, the known faults mended."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from xl_rebal.workbook.package.cells import CachedValue, value_edits
from xl_rebal.workbook.package.charts import mended_chart
from xl_rebal.workbook.package.fonts import mended_fonts
from xl_rebal.workbook.package.markup import splice
from xl_rebal.workbook.package.metadata import ensure_dynamic
from xl_rebal.workbook.package.parts import Package, read_package
from xl_rebal.workbook.package.strings import SharedStrings
from xl_rebal.workbook.package.wiring import add_workbook_part

_SAVED = "2000-01-01T00:00:00Z"
_DATE = re.compile(r"(<dcterms:(?:created|modified)\b[^>]*>)[^<]*(?=<)")
_EMPTY_NUMBER = re.compile(r'<c [^>]*?r="([A-Z]+[0-9]+)"[^>]*?t="n"[^>]*><v\s*(?:/>|></v>)')


def finish(
    data: bytes,
    values: Mapping[str, Mapping[str, CachedValue]],
    dynamic: Mapping[str, Sequence[str]] | None = None,
) -> bytes:
    """A book as openpyxl saved it, with a value in every formula cell and its faults mended.

    ``values`` is {sheet title: {"B2": value}} for every formula cell, and only for those: the
    cells that a dynamic array spills into are plain cells, which openpyxl writes. ``dynamic`` is
    {sheet title: anchors} of the array formulas that shall spill. The same input gives the same
    bytes. ValueError, naming the cell, where a value is missing, out of place or not finite.
    """
    package = read_package(data)
    anchors = {title: cells for title, cells in (dynamic or {}).items() if cells}
    metadata = 0
    if anchors:
        package, metadata = ensure_dynamic(package)
    package = _with_texts_and_values(package, values, anchors, metadata)
    changes: dict[str, bytes | None] = {}
    for part in package.parts:
        kind = package.content_type(part)
        if kind.endswith("drawingml.chart+xml"):
            changes[part] = mended_chart(package.text(part)).encode()
        elif kind.endswith("spreadsheetml.styles+xml"):
            changes[part] = mended_fonts(package.text(part)).encode()
        elif kind.endswith("core-properties+xml"):
            changes[part] = _DATE.sub(rf"\g<1>{_SAVED}", package.text(part)).encode()
    return package.replace(changes).to_bytes()


def _with_texts_and_values(
    package: Package,
    values: Mapping[str, Mapping[str, CachedValue]],
    anchors: Mapping[str, Sequence[str]],
    metadata: int,
) -> Package:
    sheets = package.sheets()
    if strangers := (values.keys() | anchors.keys()) - {sheet.title for sheet in sheets}:
        raise ValueError(f"values were given for {sorted(strangers)}, which is no sheet")
    strings_part = package.related(package.workbook_part, "sharedStrings")
    strings = SharedStrings(package.text(strings_part)) if strings_part else SharedStrings()
    changes: dict[str, bytes | None] = {}
    for sheet in sheets:
        text = package.text(sheet.part_name)
        if empty := _EMPTY_NUMBER.search(text):
            raise ValueError(f"{sheet.title}!{empty[1]} was written as NaN or infinity")
        edits = value_edits(
            text,
            values.get(sheet.title, {}),
            sheet=sheet.title,
            dynamic=dict.fromkeys(anchors.get(sheet.title, ()), metadata),
            every=True,
        )
        changes[sheet.part_name] = strings.adopt(splice(text, edits)).encode()
    return add_workbook_part(
        package.replace(changes),
        strings_part or package.find("xl/sharedStrings.xml"),
        strings.to_text().encode(),
        kind="sharedStrings",
        subtype="sharedStrings",
    )
