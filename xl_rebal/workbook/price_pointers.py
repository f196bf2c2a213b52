"""What in a book names cells of tblPrices by their address, and would see other days if they moved."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from xl_rebal.errors import Code, Note, Problem
from xl_rebal.workbook.areas import Area
from xl_rebal.workbook.layout import PRICES
from xl_rebal.workbook.package import Package
from xl_rebal.workbook.package.dependents import FormulaCell
from xl_rebal.workbook.package.markup import read_attributes, unescape
from xl_rebal.workbook.package.references import Reference, References, Unknown

_HUNG = re.compile(r"<(?:\w+:)?(?:hyperlink|comment|threadedComment)\b([^>]*)>")
_CHART = re.compile(r"<(?:\w+:)?f>([^<]*)</")
_BUILT_IN = "_xlnm."


@dataclass(frozen=True)
class Pointer:
    """Something that names a block of cells of the sheet: ``what`` it is, and where if in a cell."""

    what: str
    area: Area
    sheet: str = ""
    cell: str = ""


def pointers(package: Package, title: str, cells: Iterable[FormulaCell]) -> Iterator[Pointer]:
    """Formulas, names, charts, links and comments that name cells of a sheet by their address."""
    for cell in cells:
        for area in _of_sheet(cell.reads or (), title):
            yield Pointer("a formula", area, cell.sheet, cell.address)
    references = References(package)
    for name in package.defined_names():
        if not name.name.startswith(_BUILT_IN):
            for area in _named(references, name.text, title):
                yield Pointer(f"the name {name.name}", area)
    for part in package.parts:
        if package.content_type(part).endswith("drawingml.chart+xml"):
            for found in _CHART.finditer(package.text(part)):
                for area in _named(references, unescape(found[1]), title):
                    yield Pointer("a chart", area)
    part = package.sheet(title).part_name
    hung = [r.target for r in package.relationships(part) if "omment" in r.kind]
    for each in (part, *(target for target in hung if target in package.parts)):
        for found in _HUNG.finditer(package.text(each)):
            area_of = Area.of(read_attributes(found[1]).get("ref", ""))
            if area_of is not None:
                yield Pointer("a comment or link", area_of, title, area_of.ref.partition(":")[0])


def _of_sheet(references: Iterable[Reference], title: str) -> Iterator[Area]:
    return (each.area for each in references if each.sheet == title and each.by_address)


def _named(references: References, formula: str, title: str) -> Iterator[Area]:
    try:
        found = tuple(references.of(formula, ""))
    except Unknown:
        return iter(())
    return _of_sheet(found, title)


def led_astray(found: Iterable[Pointer], moved: Area, sheet: str) -> Iterator[Problem]:
    """Pointers to cells that would hold another day's prices afterwards."""
    for pointer in found:
        if pointer.area.meets(moved):
            yield Problem(
                Code.CANNOT_WRITE,
                f"{pointer.what} for {pointer.area.ref} of {sheet}, where other days will stand",
                f"none that names cells of {PRICES.name} by their address",
                f"Refer to {PRICES.name}[...] instead, or import only dates later than the book's.",
                pointer.sheet or sheet,
                pointer.cell,
            )


def left_behind(found: Iterable[Pointer], last: int, sheet: str) -> Iterator[Note]:
    """Pointers that end at the last row there was: new rows are not among theirs."""
    ending = [p for p in found if p.area.bottom == last and p.area.top < last]
    if ending:
        first = ending[0]
        more = f" and {len(ending) - 1} more like it" if len(ending) > 1 else ""
        where = f" in {first.sheet}!{first.cell}" if first.cell else ""
        yield Note(
            Code.NOT_REFRESHED,
            f"{first.what.capitalize()}{where}{more} for {first.area.ref} of {sheet} ends above "
            "the new rows.",
            f"Refer to {PRICES.name}[...] instead: it grows.",
            first.sheet or sheet,
            first.cell,
        )
