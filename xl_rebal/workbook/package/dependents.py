"""Which formula cells of a book show a value that is out of date once some cells have changed."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from xl_rebal.workbook.areas import Area
from xl_rebal.workbook.package.cells import formulas, sheet_prefix
from xl_rebal.workbook.package.markup import read_attributes, unescape
from xl_rebal.workbook.package.parts import Package
from xl_rebal.workbook.package.references import Reference, References, Unknown

Place = tuple[str, str]
"""A sheet's title and an address."""


@dataclass(frozen=True)
class FormulaCell:
    """A formula, the cells that show its result (more than one for an array), and what it reads;
    ``reads`` is None where that depends on values."""

    sheet: str
    address: str
    area: Area
    reads: tuple[Reference, ...] | None

    @property
    def place(self) -> Place:
        return self.sheet, self.address


def formula_cells(package: Package) -> Iterator[FormulaCell]:
    """Every formula cell of the book."""
    references = References(package)
    for sheet in package.sheets():
        if package.mentions(sheet.part_name, "<f") or package.mentions(sheet.part_name, ":f"):
            yield from _of_sheet(package.text(sheet.part_name), sheet.title, references)


def _of_sheet(text: str, title: str, references: References) -> Iterator[FormulaCell]:
    prefix = re.escape(sheet_prefix(text))
    content = re.compile(rf"<{prefix}f(?:\s[^>]*)?>([^<]*)<")
    known: dict[str, tuple[Reference, ...] | None] = {}
    shared: dict[str, tuple[Reference, ...] | None] = {}
    for found in formulas(text):
        attributes = read_attributes(found.formula_attributes)
        written = content.search(text, found.inner, found.value)
        formula = unescape(written[1]) if written else ""
        if formula not in known:
            known[formula] = _reads(formula, title, references)
        reads, ref = known[formula], Area.of(attributes.get("ref", ""))
        if attributes.get("t") == "shared":
            if formula:
                shared[attributes.get("si", "")] = _for_all_of(reads, ref)
            reads = shared.get(attributes.get("si", ""))
        elif attributes.get("t") == "dataTable":
            reads = None
        own = Area.of(found.address)
        assert own is not None  # as the sheet's cells are addressed
        area = ref if ref is not None and attributes.get("t") == "array" else own
        yield FormulaCell(title, found.address, area, reads)


def _reads(formula: str, title: str, references: References) -> tuple[Reference, ...] | None:
    try:
        return tuple(references.of(formula, title))
    except Unknown:
        return None


def _for_all_of(
    reads: tuple[Reference, ...] | None, ref: Area | None
) -> tuple[Reference, ...] | None:
    """What a formula that is shared by the cells of ``ref`` reads in all of them together."""
    if reads is None or ref is None:
        return None
    down, right = ref.bottom - ref.top, ref.right - ref.left
    return tuple(
        Reference(
            each.sheet,
            Area(each.area.top, each.area.left, each.area.bottom + down, each.area.right + right),
            each.by_address,
        )
        for each in reads
    )


def out_of_date(
    cells: Collection[FormulaCell],
    changed: Iterable[tuple[str, Area]],
    refreshed: Collection[Place],
) -> list[FormulaCell]:
    """The formula cells that depend on ``changed`` blocks, directly or through others.

    Those ``refreshed`` have their new values already; they are out of date only where they read
    another cell that is. A formula that may read anything is taken to depend on them.
    """
    stale = [c for c in cells if c.reads is None and c.place not in refreshed]
    waiting = [c for c in cells if c.reads is not None]
    blocks = list(changed)
    direct = [c for c in waiting if c.place not in refreshed and _reads_any(c, blocks)]
    new = [*stale, *direct]
    stale += direct
    while new:
        done = {c.place for c in stale}
        blocks = _joined(new)
        new = [c for c in waiting if c.place not in done and _reads_any(c, blocks)]
        stale += new
    return stale


def _reads_any(cell: FormulaCell, blocks: Iterable[tuple[str, Area]]) -> bool:
    return any(
        reference.sheet == sheet and reference.area.meets(area)
        for reference in cell.reads or ()
        for sheet, area in blocks
    )


def _joined(cells: Iterable[FormulaCell]) -> list[tuple[str, Area]]:
    """Their blocks, those that follow each other in a column as one."""
    blocks: list[tuple[str, Area]] = []
    order = sorted(cells, key=lambda c: (c.sheet, c.area.left, c.area.right, c.area.top))
    for cell in order:
        area = cell.area
        if blocks:
            sheet, last = blocks[-1]
            together = (sheet, last.left, last.right) == (cell.sheet, area.left, area.right)
            if together and area.top <= last.bottom + 1:
                bottom = max(last.bottom, area.bottom)
                blocks[-1] = sheet, Area(last.top, last.left, bottom, last.right)
                continue
        blocks.append((cell.sheet, area))
    return blocks
