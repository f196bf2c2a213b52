"""What stands in a sheet's text round its cells, changed where a table on it grows."""

from __future__ import annotations

import re
from collections.abc import Iterator

from xl_rebal.workbook.areas import Area
from xl_rebal.workbook.package.cells import sheet_prefix
from xl_rebal.workbook.package.markup import Edit, mask, read_attributes

_ATTRIBUTE = r"""(\s{}\s*=\s*["'])([^"']*)(?=["'])"""


def frame_edits(text: str, old: Area, new: Area) -> list[Edit]:
    """The edits that follow a table from ``old`` to ``new`` (its rows of data and its header): the
    sheet's dimension, widths of new columns, conditional formats and validations that end where
    the table ended."""
    masked, prefix = mask(text), re.escape(sheet_prefix(text))
    return [
        *_dimension(masked, prefix, new),
        *_widths(masked, prefix, old, new),
        *_rules(masked, prefix, old, new),
    ]


def _dimension(text: str, prefix: str, new: Area) -> Iterator[Edit]:
    found = re.search(rf"<{prefix}dimension{_ATTRIBUTE.format('ref')}", text)
    area = Area.of(found[2]) if found else None
    if found and area:
        both = Area(
            min(area.top, new.top), min(area.left, new.left),
            max(area.bottom, new.bottom), max(area.right, new.right),
        )  # fmt: skip
        yield found.start(2), found.end(2), both.ref


def _widths(text: str, prefix: str, old: Area, new: Area) -> Iterator[Edit]:
    """New columns as wide as the table's last, where they have no width of their own."""
    columns = [
        (int(attributes["min"]), int(attributes["max"]), found)
        for found in re.finditer(rf"<{prefix}col(?=\s)([^>]*?)/?>", text)
        if {"min", "max"} <= (attributes := read_attributes(found[1])).keys()
    ]
    model = next((found for first, last, found in columns if first <= old.right <= last), None)
    taken = {c for first, last, _ in columns for c in range(first, min(last, new.right) + 1)}
    bare = [c for c in range(old.right + 1, new.right + 1) if c not in taken]
    if model is None:
        return
    for column in bare:
        tag = re.sub(r"""\s(min|max)\s*=\s*["'][0-9]+["']""", rf' \1="{column}"', model[0])
        place = [found for first, _, found in columns if first < column][-1]
        yield place.end(), place.end(), tag


def _rules(text: str, prefix: str, old: Area, new: Area) -> Iterator[Edit]:
    tags = rf"<{prefix}(?:conditionalFormatting|dataValidation)(?=\s)[^>]*?"
    for found in re.finditer(tags + _ATTRIBUTE.format("sqref"), text):
        areas = [_followed(ref, old, new) for ref in found[2].split()]
        if areas != found[2].split():
            yield found.start(2), found.end(2), " ".join(areas)


def _followed(ref: str, old: Area, new: Area) -> str:
    """The reference of a rule, longer or wider where it covered the table's end."""
    area = Area.of(ref)
    if area is None or not area.meets(Area(old.top + 1, old.left, old.bottom, old.right)):
        return ref
    inside = old.left <= area.left and area.right <= old.right
    bottom = new.bottom if area.bottom == old.bottom and inside else area.bottom
    right = new.right if area.right == old.right and area.left > old.left else area.right
    return (
        ref
        if (bottom, right) == (area.bottom, area.right)
        else Area(area.top, area.left, bottom, right).ref
    )
