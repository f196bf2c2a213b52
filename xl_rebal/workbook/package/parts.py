"""A workbook as a package of parts: reading it, asking it, and writing it back unchanged."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import unquote

from xl_rebal.errors import InputError
from xl_rebal.workbook.package.archive import Stored, deflated, pack, unpack
from xl_rebal.workbook.package.cells import Formula, formulas
from xl_rebal.workbook.package.markup import Element, decode, decode_chars, parse
from xl_rebal.workbook.package.refusals import (
    damaged,
    other_kind,
    strict,
    unsupported,
    zip_without_workbook,
)

CONTENT_TYPES = "[Content_Types].xml"
RELATIONSHIPS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_STRICT = "http://purl.oclc.org/ooxml/"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_LISTS = "http://schemas.openxmlformats.org/package/2006/relationships"
_DIGITS = 10
_MAX_TAGS, _MAX_TAGS_IN_LISTS = 250_000, 100_000
"""In one part that is read as a tree (no sheet is): styles and the workbook's own part may be large,
tables and lists of relationships never are."""


@dataclass(frozen=True, slots=True)
class Relationship:
    """One relationship; ``target`` is the name of a part, or an address outside the package."""

    id: str
    type: str
    target: str
    external: bool

    @property
    def kind(self) -> str:
        """The last word of its type: "worksheet", "table", "drawing"."""
        return self.type.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class SheetPart:
    """A sheet: ``index`` counts tabs from 0; ``state`` is visible, hidden or veryHidden."""

    title: str
    part_name: str
    sheet_id: int
    rel_id: str
    state: str
    index: int


@dataclass(frozen=True, slots=True)
class TablePart:
    """A table: ``name`` as formulas write it, ``ref`` with its header and totals rows."""

    name: str
    sheet_title: str
    ref: str
    part_name: str
    columns: tuple[str, ...]
    totals_row: bool


@dataclass(frozen=True, slots=True)
class DefinedName:
    """A defined name; ``sheet_title`` is None where the whole workbook sees it."""

    name: str
    text: str
    sheet_title: str | None
    hidden: bool


@dataclass(frozen=True)
class Package:
    """The parts of a workbook in their order, by name ("xl/workbook.xml"); never changed in place.

    ``name`` is the file's name for messages. A part that is not well-formed, where it is asked
    for, is an InputError (NOT_A_BOOK).
    """

    parts: Mapping[str, bytes]
    name: str = ""
    _stored: Mapping[str, tuple[bytes, Stored]] = field(default_factory=dict, repr=False)
    _relations: dict[str, tuple[Relationship, ...]] = field(
        default_factory=dict, repr=False, compare=False
    )
    _roots: dict[str, Element] = field(default_factory=dict, repr=False, compare=False)

    def to_bytes(self) -> bytes:
        """The zip file: content types first, untouched parts as they were compressed."""
        first = self.find(CONTENT_TYPES)
        return pack((name, self._packed(name)) for name in sorted(self.parts, key=first.__ne__))

    def _packed(self, name: str) -> Stored:
        original, stored = self._stored.get(name, (None, None))
        content = self.parts[name]
        return stored if stored and content is original else deflated(content)

    def replace(self, changes: Mapping[str, bytes | None]) -> Package:
        """A package with these parts changed, added at the end, or dropped where None.

        A part whose content comes out as it was counts as untouched.
        """
        changed = {n: data for n, data in changes.items() if data != self.parts.get(n)}
        parts = {**self.parts, **changed}
        kept = {name: data for name, data in parts.items() if data is not None}
        return Package(kept, self.name, self._stored)

    @cached_property
    def _by_lower_name(self) -> dict[str, str]:
        return {name.lower(): name for name in self.parts}

    def find(self, name: str) -> str:
        """The part's own spelling of a name: names differ only by more than case. Else ``name``."""
        lower = name.lower()
        found = self._by_lower_name.get(lower) or self._by_lower_name.get(unquote(lower))
        return found or name

    def text(self, name: str) -> str:
        """A part as text."""
        try:
            return decode(self.parts[self.find(name)])
        except KeyError:
            raise damaged(self.name, f"the part {name} is missing") from None
        except ValueError as error:
            raise damaged(self.name, f"{name}: {error}") from error

    def mentions(self, name: str, word: str) -> bool:
        """Whether an ASCII word stands anywhere in a part: cheap, where a sheet has 300 MB."""
        content = self.parts.get(self.find(name), b"")
        if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
            return word in self.text(name)
        return word.encode("ascii") in content

    def xml(self, name: str) -> Element:
        """The root element of a part, read once."""
        if name not in self._roots:
            self._roots[name] = self._parsed(name)
        return self._roots[name]

    def _parsed(self, name: str) -> Element:
        text = self.text(name)
        large = name.endswith(("styles.xml", "workbook.xml"))
        if text.count("<") > (limit := _MAX_TAGS if large else _MAX_TAGS_IN_LISTS):
            raise damaged(self.name, f"{name}: more than {limit:,} tags")
        try:
            return parse(text)
        except ValueError as error:
            raise damaged(self.name, f"{name}: {error}") from error

    def relationships(self, source: str = "") -> tuple[Relationship, ...]:
        """The relationships of a part, or of the package itself; none where there is no list."""
        if source not in self._relations:
            self._relations[source] = self._listed(source)
        return self._relations[source]

    def _listed(self, source: str) -> tuple[Relationship, ...]:
        rels = self.find(rels_name(source))
        if rels not in self.parts:
            return ()
        listed = self.xml(rels)
        if listed.name != "Relationships" or not _is_in(listed, _LISTS):
            raise damaged(self.name, f"{rels} is no list of relationships")
        return tuple(self._relationship(source, each) for each in listed.all("Relationship"))

    def _relationship(self, source: str, element: Element) -> Relationship:
        attributes = element.attributes
        target, external = attributes.get("Target", ""), attributes.get("TargetMode") == "External"
        if not external:
            path = posixpath.join("/", posixpath.dirname(source), target.partition("#")[0])
            target = self.find(posixpath.normpath(path).lstrip("/"))
        return Relationship(attributes.get("Id", ""), attributes.get("Type", ""), target, external)

    def related(self, source: str, kind: str) -> str | None:
        """The first part of that kind that ``source`` points to."""
        matches = (r for r in self.relationships(source) if r.kind == kind and not r.external)
        return next((r.target for r in matches if r.target in self.parts), None)

    def content_type(self, name: str) -> str:
        """The content type of a part: its own, else that of its extension, else nothing."""
        types = self.xml(CONTENT_TYPES)
        wanted = f"/{name}".lower()
        for override in types.all("Override"):
            if override.get("PartName").lower() == wanted:
                return override.get("ContentType")
        extension = name.rpartition(".")[2].lower()
        for default in types.all("Default"):
            if default.get("Extension").lower() == extension:
                return default.get("ContentType")
        return ""

    @cached_property
    def workbook_part(self) -> str:
        """The name of the main part."""
        part = self.related("", "officeDocument")
        if part is None:
            raise zip_without_workbook(self.parts.get("mimetype", b""), self.name)
        return part

    @cached_property
    def workbook(self) -> Element:
        """The root element of the main part."""
        return self.xml(self.workbook_part)

    @cached_property
    def styles(self) -> Element | None:
        """The root of the styles part, None where there is none. InputError where it holds no
        styles: Excel would drop the part, and all styles of cells, ours too, would lead nowhere."""
        part = self.related(self.workbook_part, "styles")
        if part is None:
            return None
        root = self.xml(part)
        if root.name != "styleSheet":
            raise damaged(self.name, f"{part} is a {root.name[:60]} and no list of styles")
        if not _is_in(root, _MAIN):
            raise _other_language(self.name, part)
        return root

    def sheets(self) -> list[SheetPart]:
        """All sheets in tab order, those without cells (chart sheets) too."""
        return list(self._sheets)

    @cached_property
    def _sheets(self) -> tuple[SheetPart, ...]:
        targets = {r.id: r.target for r in self.relationships(self.workbook_part)}
        listed = self.workbook.child("sheets")
        found = []
        for index, element in enumerate(listed.all("sheet") if listed else ()):
            attributes, rel_id = element.attributes, element.relation()
            title = attributes.get("name", "")
            if targets.get(rel_id) not in self.parts:
                raise damaged(self.name, f"the sheet {title!r} is missing")
            sheet_id, state = as_count(attributes.get("sheetId")), attributes.get("state")
            found.append(
                SheetPart(title, targets[rel_id], sheet_id, rel_id, state or "visible", index)
            )
        return tuple(found)

    def sheet(self, title: str) -> SheetPart:
        """The sheet of that title; KeyError where there is none."""
        for sheet in self.sheets():
            if sheet.title == title:
                return sheet
        raise KeyError(title)

    def tables(self) -> list[TablePart]:
        """All tables, sheet by sheet."""
        return [
            self._table(sheet.title, relationship.target)
            for sheet in self.sheets()
            for relationship in self.relationships(sheet.part_name)
            if relationship.kind == "table"
        ]

    def _table(self, sheet_title: str, part: str) -> TablePart:
        table = self.xml(part)
        attributes, listed = table.attributes, table.child("tableColumns")
        columns = listed.all("tableColumn") if listed else ()
        return TablePart(
            attributes.get("displayName") or attributes.get("name", ""),
            sheet_title,
            attributes.get("ref", ""),
            part,
            tuple(decode_chars(column.get("name")) for column in columns),
            as_count(attributes.get("totalsRowCount")) > 0,
        )

    def defined_names(self) -> list[DefinedName]:
        """All defined names in their order, Excel's own and hidden ones too."""
        listed = self.workbook.child("definedNames")
        titles = {sheet.index: sheet.title for sheet in self.sheets()}
        return [
            DefinedName(
                element.get("name"),
                element.content,
                titles.get(as_count(element.get("localSheetId"), -1)),
                is_true(element.get("hidden")),
            )
            for element in (listed.all("definedName") if listed else ())
        ]

    def date_1904(self) -> bool:
        """Whether day 0 is 1904-01-01, the old Macintosh way."""
        # A damaged book may say it twice: another reader takes the second.
        return any(is_true(p.get("date1904")) for p in self.workbook.all("workbookPr"))

    def formula_cells(self, sheet_title: str) -> frozenset[str]:
        """The addresses of a sheet's formula cells; of an array or a spill, the anchor."""
        return frozenset(formula.address for formula in self._formulas(sheet_title))

    def uncalculated(self, sheet_title: str) -> frozenset[str]:
        """The addresses of a sheet's formula cells that no program has calculated yet."""
        return frozenset(f.address for f in self._formulas(sheet_title) if not f.calculated)

    def _formulas(self, sheet_title: str) -> Iterable[Formula]:
        part = self.sheet(sheet_title).part_name
        if not self.mentions(part, "<f") and not self.mentions(part, ":f"):
            return ()
        return formulas(self.text(part))


def _is_in(root: Element, namespace: str) -> bool:
    """Whether a root is in this namespace: without it a part is nothing to Excel."""
    return root.get(f"xmlns:{root.prefix}".rstrip(":")) == namespace


def _other_language(name: str, part: str) -> InputError:
    return damaged(name, f"{part} is in a language that is not a workbook's")


def rels_name(source: str) -> str:
    """The name of the part with the relationships of ``source`` ("" is the package).

    >>> rels_name("xl/workbook.xml"), rels_name("")
    ('xl/_rels/workbook.xml.rels', '_rels/.rels')
    """
    folder, _, file = source.rpartition("/")
    return posixpath.join(folder, "_rels", f"{file}.rels")


def is_true(value: str) -> bool:
    """An XML boolean; an absent one is false."""
    return value in {"1", "true"}


def as_count(value: str | None, default: int = 0) -> int:
    """A whole number of an attribute; ``default`` where it is absent or malformed."""
    return int(value) if value and value.isdecimal() and len(value) <= _DIGITS else default


def read_package(data: bytes, name: str = "") -> Package:
    """The workbook in these bytes; ``name`` (its file name) is only for messages.

    InputError NOT_A_BOOK where the bytes are no workbook or a damaged one, UNSUPPORTED_BOOK for
    kinds that we do not read: .xls, .xlsb, .ods, encrypted, strict Open XML. Signed books and
    those with a protected structure can be read; only writing refuses them.
    """
    stored = unpack(data, name)
    package = Package({part: content for part, (content, _) in stored.items()}, name, stored)
    if any(r.type.startswith(_STRICT) for r in package.relationships()):
        raise strict(name)
    main = package.workbook_part
    if refusal := other_kind(package.content_type(main), name):
        raise refusal
    if f'"{_STRICT}spreadsheetml/main"' in package.text(main):
        raise strict(name)
    if package.workbook.name != "workbook":
        found = f"a file whose main part is a {package.workbook.name[:60]}"
        raise unsupported(name, found, "Choose another file.")
    if not _is_in(package.workbook, _MAIN):
        raise _other_language(name, main)
    types = package.xml(CONTENT_TYPES)
    if types.name != "Types" or not _is_in(types, _TYPES):
        raise damaged(name, f"{CONTENT_TYPES} does not say the types of the parts")
    titles = [sheet.title.casefold() for sheet in package.sheets()]
    if not titles:
        raise damaged(name, "it has no sheets")
    if twice := next((s for s in package.sheets() if titles.count(s.title.casefold()) > 1), None):
        raise damaged(name, f"two sheets have the title {twice.title!r}")
    parts = [sheet.part_name for sheet in package.sheets()]
    if again := [s.title for s in package.sheets() if parts.count(s.part_name) > 1]:
        raise damaged(name, f"the sheets {again[0]!r} and {again[1]!r} are one and the same")
    return package
