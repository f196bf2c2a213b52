"""What a file shows of a table beside its cells: from the parts themselves, and only if asked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from xl_rebal.workbook.areas import Area
from xl_rebal.workbook.currency import currency_of
from xl_rebal.workbook.doubts import Facts, typed_value_columns
from xl_rebal.workbook.found_tables import FoundTable
from xl_rebal.workbook.package import Package
from xl_rebal.workbook.package.markup import read_attributes
from xl_rebal.workbook.package.parts import is_true

_MERGED = re.compile(r"<(?:\w+:)?mergeCell\b([^>]*)>")
_HIDDEN_ROW = re.compile(r"<(?:\w+:)?row\b([^>]*\bhidden=[^>]*)>")
_HIDDEN_COLUMN = re.compile(r"<(?:\w+:)?col\b([^>]*\bhidden=[^>]*)>")


def facts_in_file(package: Package, table: FoundTable, currencies: Mapping[str, str]) -> Facts:
    """The facts of a table's whole sheet; a sheet of 300 MB is searched for what it mentions only.

    ``currencies`` are those of the book's styles, :func:`currency_by_style`.
    """
    title = table.raw.sheet
    sheet = package.sheet(title)
    hides = package.mentions(sheet.part_name, "hidden=")
    merges = package.mentions(sheet.part_name, "mergeCell")
    text = package.text(sheet.part_name) if hides or merges else ""
    typed = typed_value_columns(table.raw) is not None
    return Facts(
        hidden_sheet=sheet.state != "visible",
        hidden_rows=list(_hidden_rows(text)) if hides else (),
        hidden_columns=list(_hidden_columns(text)) if hides else (),
        merged=list(_merged(text)) if merges else (),
        currencies=_currencies(package, title, currencies),
        formulas=package.formula_cells(title) if typed else frozenset(),
    )


def _merged(text: str) -> Iterator[Area]:
    for found in _MERGED.finditer(text):
        area = Area.of(read_attributes(found[1]).get("ref", ""))
        if area is not None:
            yield area


def _hidden_rows(text: str) -> Iterator[int]:
    for found in _HIDDEN_ROW.finditer(text):
        attributes = read_attributes(found[1])
        if is_true(attributes.get("hidden", "")) and attributes.get("r", "").isdecimal():
            yield int(attributes["r"])


def _hidden_columns(text: str) -> Iterator[int]:
    for found in _HIDDEN_COLUMN.finditer(text):
        attributes = read_attributes(found[1])
        if is_true(attributes.get("hidden", "")):
            yield from range(int(attributes.get("min", "1")), int(attributes.get("max", "0")) + 1)


def _currencies(package: Package, title: str, by_style: Mapping[str, str]) -> dict[str, str]:
    """Currency by address; nothing where the book's formats show fewer than two."""
    if len(set(by_style.values())) < 2:
        return {}
    found = {}
    styled = re.compile(rf'<(?:\w+:)?c\b([^>]*\bs="(?:{"|".join(by_style)})"[^>]*)>')
    for cell in styled.finditer(package.text(package.sheet(title).part_name)):
        attributes = read_attributes(cell[1])
        found[attributes.get("r", "")] = by_style[attributes["s"]]
    return found


def currency_by_style(package: Package) -> dict[str, str]:
    """Currency by style index, as a cell names it."""
    styles = package.styles
    if styles is None:
        return {}
    formats, cells = styles.child("numFmts"), styles.child("cellXfs")
    by_format = {
        each.get("numFmtId"): currency
        for each in (formats.all("numFmt") if formats else ())
        if (currency := currency_of(each.get("formatCode"))) is not None
    }
    return {
        str(index): by_format[each.get("numFmtId")]
        for index, each in enumerate(cells.all("xf") if cells else ())
        if each.get("numFmtId") in by_format
    }
