"""New values for formula cells of a book that is not ours, or none until it is calculated."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from xl_rebal.workbook.package.cells import CachedValue, formulas, retagged, value_edits
from xl_rebal.workbook.package.markup import Edit, Element, inserted, splice, with_attribute
from xl_rebal.workbook.package.names import WORKBOOK_ORDER
from xl_rebal.workbook.package.parts import read_package
from xl_rebal.workbook.package.writable import refuse_signed


def set_cached(
    base: bytes, values: Mapping[str, Mapping[str, CachedValue]], *, name: str = ""
) -> bytes:
    """The book with new values stored in existing formula cells, not another byte changed.

    ``values`` is {sheet title: {"B2": value}}. ValueError where there is no such sheet, no such
    cell or no formula in it; InputError where the book is signed.
    """
    package = read_package(base, name)
    refuse_signed(package)
    parts = {sheet.title: sheet.part_name for sheet in package.sheets()}
    if strangers := values.keys() - parts.keys():
        raise ValueError(f"values were given for {sorted(strangers)}, which is no sheet")
    changes: dict[str, bytes | None] = {}
    for title, cells in values.items():
        text = package.text(parts[title])
        if edits := value_edits(text, cells, sheet=title):
            changes[parts[title]] = splice(text, edits).encode()
    return package.replace(changes).to_bytes()


def without_cached(base: bytes, cells: Mapping[str, Collection[str]]) -> bytes:
    """The book without stored values in these formula cells ({sheet title: {"B2"}}): whatever reads
    it next calculates them, or sees that nobody has."""
    package = read_package(base)
    changes: dict[str, bytes | None] = {}
    for title, addresses in cells.items():
        part = package.sheet(title).part_name
        text = package.text(part)
        edits: list[Edit] = []
        for formula in formulas(text):
            if formula.address in addresses:
                tag = text[formula.start : formula.inner]
                edits.append((formula.start, formula.inner, retagged(tag, "n", None)))
                edits.append((formula.value, formula.end, ""))
        changes[part] = splice(text, edits).encode()
    return package.replace(changes).to_bytes()


def calculation_asked(workbook: Element) -> Edit:
    """The edit of the main part that has everything calculated when the book is opened next."""
    calculation = workbook.child("calcPr")
    if calculation is not None:
        return with_attribute(calculation, "fullCalcOnLoad", "1")
    xml = f'<{workbook.prefix}calcPr fullCalcOnLoad="1"/>'
    return inserted(workbook, xml, "calcPr", WORKBOOK_ORDER)
