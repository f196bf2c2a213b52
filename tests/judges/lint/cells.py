"""Rules for rows and cells: order, values, formulas, texts, arrays, merges, columns."""

from __future__ import annotations

import math
from itertools import combinations, pairwise

from openpyxl.utils.cell import coordinate_to_tuple

from tests.judges.lint.package import LAST_COLUMN, MAIN, Cell, Package, area
from tests.judges.lint.parts import Faults

LONGEST_TEXT = 32_767
LONGEST_FORMULA = 8_192
ERRORS = ("#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A")
KINDS = ("n", "s", "b", "e", "str", "inlineStr", "d")


def row_order(package: Package) -> Faults:
    for sheet in package.sheets:
        rows = [int(row.get("r", "0")) for row in package.root(sheet.part).iter(f"{MAIN}row")]
        for before, after in pairwise([0, *rows]):
            if after <= before:
                yield sheet.part, f"row {after} stands behind row {before}"


def cell_order(package: Package) -> Faults:
    """Within a row, addresses rise and none stands twice; a cell stands in its own row."""
    for sheet in package.sheets:
        last = (0, 0)
        for cell in package.cells[sheet.part]:
            place = coordinate_to_tuple(cell.address) if area(cell.address) else (0, 0)
            if place[0] != cell.row:
                yield sheet.part, f"{cell.address!r} stands in row {cell.row}"
            elif place[0] == last[0] and place[1] <= last[1]:
                yield sheet.part, f"{cell.address} stands twice or behind its place"
            last = place


def cell_value(package: Package) -> Faults:
    """The type and the value of a cell agree: finite numbers, 0 or 1, errors, shared texts."""
    texts = len(package.texts)
    for sheet in package.sheets:
        for cell in package.cells[sheet.part]:
            if problem := _problem(cell, texts):
                yield sheet.part, f"{cell.address}: {problem}"


def _problem(cell: Cell, texts: int) -> str:
    value = cell.value
    if cell.kind not in KINDS:
        return f"{cell.kind!r} is no type of a cell"
    if not value:
        empty_text = cell.formula is not None and cell.kind == "str"
        return "" if value is None or empty_text else f"an empty value of type {cell.kind!r}"
    if cell.kind == "n" and not _is_number(value):
        return f"{value!r} is no number"
    if cell.kind == "b" and value not in ("0", "1"):
        return f"{value!r} is no truth value"
    if cell.kind == "e" and value not in ERRORS:
        return f"{value!r} is no error"
    if cell.kind == "s" and not (value.isdecimal() and int(value) < texts):
        return f"shared text {value}, of {texts}"
    return ""


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def formula_without_value(package: Package) -> Faults:
    for sheet in package.sheets:
        for cell in package.cells[sheet.part]:
            empty = not cell.value and cell.kind != "str"
            if cell.formula is not None and (cell.value is None or empty):
                yield sheet.part, f"{cell.address} has a formula and no value"


def too_long(package: Package) -> Faults:
    for sheet in package.sheets:
        for cell in package.cells[sheet.part]:
            if len(package.shown(cell)) > LONGEST_TEXT:
                yield sheet.part, f"{cell.address} has {len(package.shown(cell))} characters"
            formula = (cell.formula.text or "") if cell.formula is not None else ""
            if len(formula) > LONGEST_FORMULA:
                yield sheet.part, f"the formula of {cell.address} has {len(formula)} characters"


def array_formula(package: Package) -> Faults:
    """An array's range begins at its cell; ``cm`` and ``vm`` point into the metadata."""
    metadata = package.root(package.part_of_book("sheetMetadata"))
    marks = {
        mark: len(metadata.findall(f"{MAIN}{name}/{MAIN}bk"))
        for mark, name in (("cm", "cellMetadata"), ("vm", "valueMetadata"))
    }
    for sheet in package.sheets:
        for cell in package.cells[sheet.part]:
            if cell.formula is not None and cell.formula.get("t") == "array":
                reference = cell.formula.get("ref", "")
                if area(reference) is None or reference.partition(":")[0] != cell.address:
                    yield sheet.part, f"the array of {cell.address} lies on {reference!r}"
            for mark, records in marks.items():
                if not 0 <= int(cell.element.get(mark, "0")) <= records:
                    yield (
                        sheet.part,
                        f"{cell.address}: {mark} {cell.element.get(mark)}, of {records}",
                    )


def merged_cells(package: Package) -> Faults:
    """Merged cells are ranges of more than a cell and do not lie on each other."""
    for sheet in package.sheets:
        merges = [each.get("ref", "") for each in package.root(sheet.part).iter(f"{MAIN}mergeCell")]
        found = {reference: area(reference) for reference in merges}
        for reference, each in found.items():
            if each is None or each[:2] == each[2:]:
                yield sheet.part, f"{reference!r} is no range to merge"
        if len(found) < len(merges):
            yield sheet.part, "cells are merged twice"
        for (one, first), (other, second) in combinations(found.items(), 2):
            if first and second and first.meets(second):
                yield sheet.part, f"the merged cells {one} and {other} lie on each other"


def column_order(package: Package) -> Faults:
    """The columns of ``<cols>`` rise, and no two entries speak of one column."""
    for sheet in package.sheets:
        last = 0
        for each in package.root(sheet.part).iter(f"{MAIN}col"):
            first, end = int(each.get("min", "0")), int(each.get("max", "0"))
            if not last < first <= end <= LAST_COLUMN:
                yield sheet.part, f"the columns {first} to {end} stand behind column {last}"
            last = max(last, end)


RULES = (
    row_order,
    cell_order,
    cell_value,
    formula_without_value,
    too_long,
    array_formula,
    merged_cells,
    column_order,
)
