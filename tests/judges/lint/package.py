"""A workbook's parts as the linter reads them: the standard library alone, nothing of the product."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple
from xml.etree.ElementTree import Element, ParseError, fromstring

from openpyxl.utils.cell import column_index_from_string

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
RELATIONSHIPS = "{http://schemas.openxmlformats.org/package/2006/relationships}"
TYPES = "{http://schemas.openxmlformats.org/package/2006/content-types}"
CONTENT_TYPES = "[Content_Types].xml"

LAST_COLUMN, LAST_ROW = 16_384, 1_048_576
_CORNER = re.compile(r"\$?([A-Za-z]{1,3})\$?([1-9][0-9]{0,6})")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


class Area(NamedTuple):
    """A range by its corners, counted from 1."""

    left: int
    top: int
    right: int
    bottom: int

    def meets(self, other: Area) -> bool:
        return (
            self.left <= other.right
            and other.left <= self.right
            and self.top <= other.bottom
            and other.top <= self.bottom
        )


class Relationship(NamedTuple):
    """``target`` is a part's name, or an address outside the package where ``external``."""

    id: str
    kind: str
    target: str
    external: bool


class Sheet(NamedTuple):
    """A tab: its title, its part, and the ``<sheet>`` element that says so."""

    title: str
    part: str
    element: Element


class Table(NamedTuple):
    """A table of a sheet; ``area`` is None where its range is none."""

    part: str
    sheet: Sheet
    root: Element
    name: str
    area: Area | None


class Cell(NamedTuple):
    """A cell as its XML has it; ``value`` is None without a ``<v>``."""

    address: str
    row: int
    kind: str
    style: int
    value: str | None
    formula: Element | None
    element: Element


@dataclass(frozen=True)
class Package:
    """The parts by name; XML is parsed once. A part that is not well-formed has no root."""

    parts: dict[str, bytes]

    @classmethod
    def read(cls, data: bytes) -> Package:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return cls({name: archive.read(name) for name in archive.namelist()})

    @cached_property
    def roots(self) -> dict[str, Element]:
        """The root element of every XML part that is well-formed."""
        roots = {}
        for name, content in self.parts.items():
            if name.endswith((".xml", ".rels", ".vml")):
                try:
                    roots[name] = fromstring(content)
                except ParseError:
                    continue
        return roots

    def root(self, part: str) -> Element:
        """The root of a part, an empty element where there is none: other rules report that."""
        return self.roots.get(part, Element("nothing"))

    @cached_property
    def _spellings(self) -> dict[str, str]:
        return {name.lower(): name for name in self.parts}

    def spelled(self, name: str) -> str:
        """A part's own spelling of a name: to Excel STYLES.XML is styles.xml."""
        return name if name in self.parts else self._spellings.get(name.lower(), name)

    def relationships(self, source: str) -> list[Relationship]:
        """The relationships of a part; those of the package itself are of ``""``."""
        folder, _, file = source.rpartition("/")
        listed = self.root(self.spelled(posixpath.join(folder, "_rels", f"{file}.rels")))
        found = []
        for each in listed:
            target, external = each.get("Target", ""), each.get("TargetMode") == "External"
            if not external:
                path = posixpath.join("/", folder, target.partition("#")[0])
                target = self.spelled(posixpath.normpath(path).lstrip("/"))
            kind = each.get("Type", "").rpartition("/")[2]
            found.append(Relationship(each.get("Id", ""), kind, target, external))
        return found

    def related(self, source: str, kind: str) -> list[str]:
        """The names of the parts of a kind that a part refers to and that are there."""
        return [
            each.target
            for each in self.relationships(source)
            if each.kind == kind and not each.external and each.target in self.parts
        ]

    @cached_property
    def book(self) -> str:
        """The name of the main part."""
        return next(iter(self.related("", "officeDocument")), "xl/workbook.xml")

    def part_of_book(self, kind: str) -> str:
        """The book's own part of a kind (styles, sharedStrings); an empty name without one."""
        return next(iter(self.related(self.book, kind)), "")

    @cached_property
    def sheets(self) -> list[Sheet]:
        targets = {each.id: each.target for each in self.relationships(self.book)}
        return [
            Sheet(
                element.get("name", ""), targets.get(element.get(f"{RELATION}id", ""), ""), element
            )
            for element in self.root(self.book).iter(f"{MAIN}sheet")
        ]

    @cached_property
    def titles(self) -> set[str]:
        """The titles of all sheets in lower case: Excel tells them apart by more than case."""
        return {sheet.title.casefold() for sheet in self.sheets}

    @cached_property
    def tables(self) -> list[Table]:
        found = []
        for sheet in self.sheets:
            for part in self.related(sheet.part, "table"):
                root = self.root(part)
                name = root.get("displayName", "") or root.get("name", "")
                found.append(Table(part, sheet, root, name, area(root.get("ref", ""))))
        return found

    @cached_property
    def cells(self) -> dict[str, list[Cell]]:
        """The cells of every sheet, by the sheet's part, in their order in the file."""
        return {sheet.part: list(_cells(self.root(sheet.part))) for sheet in self.sheets}

    @cached_property
    def texts(self) -> list[str]:
        """The shared texts, escapes resolved."""
        table = self.root(self.part_of_book("sharedStrings"))
        return [whole_text(item) for item in table.findall(f"{MAIN}si")]

    def shown(self, cell: Cell) -> str:
        """A cell's text, be it shared, inline or a formula's; a number as the file spells it."""
        if cell.kind == "s" and (cell.value or "").isdecimal():
            index = int(cell.value or 0)
            return self.texts[index] if index < len(self.texts) else ""
        inline = cell.element.find(f"{MAIN}is")
        return whole_text(inline) if inline is not None else decoded(cell.value or "")


def _cells(root: Element) -> Iterator[Cell]:
    for row in root.iter(f"{MAIN}row"):
        for cell in row.iterfind(f"{MAIN}c"):
            value = cell.find(f"{MAIN}v")
            yield Cell(
                cell.get("r", ""),
                int(row.get("r", "0")),
                cell.get("t", "n"),
                int(cell.get("s", "0")),
                None if value is None else value.text or "",
                cell.find(f"{MAIN}f"),
                cell,
            )


def whole_text(item: Element) -> str:
    """The text of a string item: its own or its runs', without phonetic hints."""
    runs = [item, *item.findall(f"{MAIN}r")]
    return decoded("".join(run.findtext(f"{MAIN}t", "") for run in runs))


def decoded(text: str) -> str:
    """Excel's own ``_x000A_`` escapes as characters.

    >>> decoded("Price_x000a_USD")
    'Price\\nUSD'
    """
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)


def area(reference: str) -> Area | None:
    """The corners of "B2" or "A1:C3", dollars allowed; None where it is no range of a sheet.

    >>> area("$B$2:C5"), area("XFE1"), area("C5:B2")
    (Area(left=2, top=2, right=3, bottom=5), None, None)
    """
    corners = [_CORNER.fullmatch(corner) for corner in reference.split(":")]
    if len(corners) > 2:
        return None
    places = [
        (column_index_from_string(match[1].upper()), int(match[2])) for match in corners if match
    ]
    if len(places) < len(corners):
        return None
    (left, top), (right, bottom) = places[0], places[-1]
    inside = left <= right <= LAST_COLUMN and top <= bottom <= LAST_ROW
    return Area(left, top, right, bottom) if inside else None


def areas(references: str) -> list[Area | None]:
    """The areas of a blank-separated list, as in ``sqref``."""
    return [area(each) for each in references.split()]
