"""All judges in one call: what is wrong with a book, nothing for a good one.

    assert findings(generate(content), calc) == []

LibreOffice calculates it (``calc``), formulon calculates it by Excel 365's rules and shows its
cells, openxml-audit reads it by Microsoft's schemas, and our own linter looks for what Excel
repairs all the same.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from formulon import FormulonError

from tests.judges.display import display_faults
from tests.judges.excel365 import desk, invalid_cells, unread, value_faults
from tests.judges.libreoffice import Calc, compare_cached, errors
from tests.judges.lint.linter import lint
from tests.judges.lint.package import Package
from tests.judges.schema import schema_faults


def findings(book: bytes | Path, calc: Calc, *, restyled: bool = False) -> list[str]:
    """Every fault that a judge finds, as ``place: rule: what``; the package's own faults first.

    ``restyled`` says that the inputs are somebody's own, in number formats of their own: then only
    our results must stand in the forms that the layout declares.
    """
    if isinstance(book, bytes):
        with tempfile.TemporaryDirectory(prefix="judged-") as folder:
            path = Path(folder) / "book.xlsx"
            path.write_bytes(book)
            return findings(path, calc, restyled=restyled)
    return [
        *lint(book.read_bytes()),
        *schema_faults(book),
        *excel_faults(book, restyled=restyled),
        *calc_faults(book, calc),
    ]


def excel_faults(path: Path, *, restyled: bool = False) -> list[str]:
    """What formulon finds."""
    try:
        with desk(path) as opened:
            return [
                *unread(opened),
                *value_faults(opened, path),
                *invalid_cells(opened),
                *display_faults(opened, Package.read(path.read_bytes()), restyled=restyled),
            ]
    except FormulonError as refused:
        return [f"book: formulon: refuses it: {refused}"]


def calc_faults(path: Path, calc: Calc) -> Iterator[str]:
    """What LibreOffice finds: errors, other values, and charts that it does not draw."""
    again = calc.recalculate(path)
    for (sheet, address), error in errors(again).items():
        yield f"{sheet}!{address}: Calc: {error}: {again.formulas[sheet, address][:120]}"
    for each in compare_cached(path, again):
        said = f"{each.cached!r} is cached, {each.calculated!r} calculated"
        yield f"{each.sheet}!{each.cell}: Calc: {each.reason}; {said}: ={each.formula[:120]}"
    package = Package.read(path.read_bytes())
    for tab in package.sheets:
        drawings = package.related(tab.part, "drawing")
        charts = sum(len(package.related(drawing, "chart")) for drawing in drawings)
        drawn = again.charts.get(tab.title, 0)
        if drawn != charts:
            yield f"{tab.title}: Calc: draws {drawn} of {charts} charts"
