"""Styles of one book brought into another: appended where new, re-used where the same is there.

A cell's ``s`` counts in ``cellXfs``, whose entries count in fonts, fills, borders, number formats
and named styles; conditional formats and tables count in ``dxfs``. Nothing of the receiving book
moves, so its own cells keep their looks.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from xl_rebal.workbook.package.markup import (
    Edit,
    Element,
    appended,
    escape,
    inserted,
    parse,
    splice,
    with_attribute,
)
from xl_rebal.workbook.package.parts import as_count

_ORDER = (
    "numFmts",
    "fonts",
    "fills",
    "borders",
    "cellStyleXfs",
    "cellXfs",
    "cellStyles",
    "dxfs",
    "tableStyles",
    "colors",
    "extLst",
)
_SWITCHES = {"b", "i", "strike", "condense", "extend", "outline", "shadow"}
_TRUE = {"1", "true"}
_SIDES = ("left", "right", "top", "bottom", "diagonal", "vertical", "horizontal")
_NOTHING = {
    *(f"{side}[]()" for side in _SIDES),
    "bgColor[('indexed', '64')]()",
    "patternFill[]()",
    "patternFill[('patternType', 'none')]()",
}
"""Parts of borders and fills, in the form of _canonical, that draw nothing."""
_FIRST_OWN_FORMAT = 164  # lower numbers are Excel's built-in number formats
_SEEDS = {
    "fonts": '<font><sz val="11"/><name val="Calibri"/></font>',
    "fills": '<fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill>',
    "borders": "<border><left/><right/><top/><bottom/><diagonal/></border>",
    "cellStyleXfs": '<xf numFmtId="0" fontId="0" fillId="0" borderId="0"/>',
    "cellXfs": '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>',
    "cellStyles": '<cellStyle name="Normal" xfId="0" builtinId="0"/>',
}
"""What a list starts with where a book has left it out; every index 0 is the default."""


class _Pool:
    """One list of the receiving book, and what is to be appended to it."""

    def __init__(self, root: Element, name: str) -> None:
        self.name = name
        self.list = root.child(name)
        entries = self.list.children if self.list else ()
        self.new: list[str] = []
        if not entries and name in _SEEDS:
            entries = parse(f"<seeds>{_SEEDS[name]}</seeds>").children
            self.new += [_rendered(entry, root.prefix, {}, {}) for entry in entries]
        self.count = len(entries)
        self._known: dict[str, int] = {}
        for number, entry in enumerate(entries):
            self._known.setdefault(_canonical(entry), number)

    def add(self, canonical: str, xml: str) -> int:
        """The number of an entry like this one, appended if there was none."""
        number = self._known.setdefault(canonical, self.count)
        if number == self.count:
            self.new.append(xml)
            self.count += 1
        return number

    def edits(self, root: Element) -> list[Edit]:
        xml = "".join(self.new)
        if not xml:
            return []
        if self.list is None:
            tag = root.prefix + self.name
            return [inserted(root, f'<{tag} count="{self.count}">{xml}</{tag}>', self.name, _ORDER)]
        return [with_attribute(self.list, "count", str(self.count)), appended(self.list, xml)]


class StyleImport:
    """Brings styles of ``source`` (a styles part) into ``target``, one by one on demand."""

    def __init__(self, target: Element, source: Element) -> None:
        self._target, self._source = target, source
        self._pools = {name: _Pool(self._target, name) for name in _ORDER[:8]}
        self._format_ids = _format_ids(self._target)
        self._source_formats = {number: code for code, number in _format_ids(self._source).items()}
        self._named = self._named_styles()
        self._cells: dict[int, int] = {0: 0}  # the default look is the receiving book's own
        self._differentials: dict[int, int] = {}

    def cell(self, number: int) -> int:
        """The receiving book's cell style for a cell style of the source."""
        if number not in self._cells:
            entry = self._source_entry("cellXfs", number)
            xf_id = self._named_style(int(entry.get("xfId", "0")))
            self._cells[number] = self._add("cellXfs", entry, self._parts_of(entry, xfId=xf_id))
        return self._cells[number]

    def differential(self, number: int) -> int:
        """The receiving book's differential format (``dxfId``) for one of the source."""
        if number not in self._differentials:
            entry = self._source_entry("dxfs", number)
            self._differentials[number] = self._add("dxfs", entry, {})
        return self._differentials[number]

    def to_text(self) -> str:
        """The receiving styles part with everything that was asked for."""
        edits = [e for pool in self._pools.values() for e in pool.edits(self._target)]
        return splice(self._target.source, edits)

    def _source_entry(self, name: str, number: int) -> Element:
        entries = self._source.child(name)
        if entries is None or number >= len(entries.children):
            raise ValueError(f"the added sheets use {name} {number}, which their book lacks")
        return entries.children[number]

    def _add(self, name: str, entry: Element, replaced: Mapping[str, str]) -> int:
        formats = {
            child.get("numFmtId"): self._format(child.get("formatCode"))
            for child in entry.children
            if child.name == "numFmt"
        }
        xml = _rendered(entry, self._target.prefix, replaced, formats)
        return self._pools[name].add(_canonical(entry, replaced), xml)

    def _parts_of(self, xf: Element, **others: int) -> dict[str, str]:
        """The attributes of a cell format that count in lists, counted in the target's lists."""
        format_id = int(xf.get("numFmtId", "0"))
        code = self._source_formats.get(format_id)
        numbers = {"numFmtId": self._format(code) if code is not None else str(format_id)}
        for attribute, name in (("fontId", "fonts"), ("fillId", "fills"), ("borderId", "borders")):
            entry = self._source_entry(name, int(xf.get(attribute, "0")))
            numbers[attribute] = str(self._add(name, entry, {}))
        return numbers | {attribute: str(number) for attribute, number in others.items()}

    def _format(self, code: str) -> str:
        if code not in self._format_ids:
            number = max([_FIRST_OWN_FORMAT - 1, *self._format_ids.values()]) + 1
            self._format_ids[code] = number
            xml = f'<{self._target.prefix}numFmt numFmtId="{number}" formatCode="{escape(code)}"/>'
            self._pools["numFmts"].add(f"format {number}", xml)
        return str(self._format_ids[code])

    def _named_styles(self) -> dict[str, int]:
        """The target's named styles; built-in ones by number, since their names are translated.
        One that leads nowhere stands for the default: cells of ours must lead somewhere."""
        pool, count = self._pools["cellStyles"].list, self._pools["cellStyleXfs"].count
        named: dict[str, int] = {"builtin 0": 0}
        for style in pool.children if pool else ():
            number = as_count(style.get("xfId"))
            named |= dict.fromkeys(_style_keys(style), number if number < count else 0)
        return named

    def _named_style(self, source_xf: int) -> int:
        """The target's ``xfId`` of the named style that has ``source_xf`` in the source."""
        styles = self._source.child("cellStyles")
        for style in styles.children if styles else ():
            if int(style.get("xfId", "0")) != source_xf:
                continue
            keys = _style_keys(style)
            for key in keys:
                if key in self._named:
                    return self._named[key]
            number = self._append_named(style, source_xf)
            self._named |= dict.fromkeys(keys, number)
            return number
        return 0

    def _append_named(self, style: Element, source_xf: int) -> int:
        entry = self._source_entry("cellStyleXfs", source_xf)
        prefix, pool = self._target.prefix, self._pools["cellStyleXfs"]
        # Each named style has a format of its own, so an equal one of another style is no match.
        xml = _rendered(entry, prefix, self._parts_of(entry), {})
        number = pool.add(f"style {style.get('name')}", xml)
        xml = _rendered(style, prefix, {"xfId": str(number)}, {})
        self._pools["cellStyles"].add(f"style {style.get('name')}", xml)
        return number


def _format_ids(root: Element) -> dict[str, int]:
    """Number formats of a styles part by their code, those without a number left out."""
    formats = root.child("numFmts")
    rows = formats.children if formats else ()
    numbered = ((row.get("formatCode"), as_count(row.get("numFmtId"), -1)) for row in rows)
    return {code: number for code, number in numbered if number >= 0}


def _style_keys(style: Element) -> tuple[str, ...]:
    builtin = style.get("builtinId")
    name = f"name {style.get('name').lower()}"
    return (f"builtin {builtin}", name) if builtin else (name,)


def _rendered(
    element: Element, prefix: str, replaced: Mapping[str, str], formats: Mapping[str, str]
) -> str:
    """The element written with another prefix and some attributes replaced."""
    attributes = {**element.attributes, **replaced}
    if element.name == "numFmt":
        attributes["numFmtId"] = formats.get(attributes["numFmtId"], attributes["numFmtId"])
    inside = "".join(
        f' {name}="{escape(value)}"' for name, value in attributes.items() if ":" not in name
    )
    content = "".join(_rendered(child, prefix, {}, formats) for child in element.children)
    tag = prefix + element.name
    return f"<{tag}{inside}>{content}</{tag}>" if content else f"<{tag}{inside}/>"


def _canonical(
    element: Element, replaced: Mapping[str, str] | None = None, *, within_dxf: bool = False
) -> str:
    """A text that is equal for entries that look equal, whichever program wrote them.

    Excel drops defaults, adds ``apply...="1"``, empty sides of borders and a background to solid
    fills, and writes opaque colours as FF where openpyxl writes 00 (Excel ignores that byte). In a
    differential format what is empty is not the same as what is absent.
    """
    within_dxf = within_dxf or element.name == "dxf"
    attributes = {**element.attributes, **(replaced or {})}
    kept = sorted(
        (name, _opaque(value))
        for name, value in attributes.items()
        if ":" not in name and not _is_default(element.name, name, value)
    )
    children = [_canonical(child, within_dxf=within_dxf) for child in element.children]
    if element.name == "font":
        children.sort()
    elif not within_dxf:
        children = [child for child in children if child not in _NOTHING]
    return f"{element.name}{kept}({''.join(children)})"


def _is_default(element: str, name: str, value: str) -> bool:
    if element == "xf":
        return value in (_TRUE if name.startswith("apply") else {"0", "false"})
    if element == "numFmt":
        return name == "numFmtId"
    if element == "u":
        return value == "single"
    return element in _SWITCHES and name == "val" and value in _TRUE


def _opaque(value: str) -> str:
    return f"FF{value[2:].upper()}" if re.fullmatch(r"00[0-9A-Fa-f]{6}", value) else value
