"""Fonts in the order of children that the schema wants; openpyxl puts the name first."""

from __future__ import annotations

from xl_rebal.workbook.package.markup import Edit, Element, parse, splice

_ORDER = (
    "b",
    "i",
    "strike",
    "condense",
    "extend",
    "outline",
    "shadow",
    "u",
    "vertAlign",
    "sz",
    "color",
    "name",
    "family",
    "charset",
    "scheme",
)


def mended_fonts(text: str) -> str:
    """A styles part whose fonts, those of conditional formats too, are in order."""
    fonts = [element for element in parse(text).walk() if element.name == "font"]
    return splice(text, [edit for font in fonts if (edit := _ordered(font))])


def _ordered(font: Element) -> Edit | None:
    places = [_ORDER.index(child.name) for child in font.children]
    if places == sorted(places):
        return None
    children = sorted(font.children, key=lambda child: _ORDER.index(child.name))
    return font.inner, font.close, "".join(child.outer for child in children)
