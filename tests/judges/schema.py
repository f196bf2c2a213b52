"""openxml-audit as a judge: Microsoft's schemas, as Open XML tools check them for Microsoft 365."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path

from lxml.etree import _Element
from openxml_audit import FileFormat, OpenXmlValidator, context


def place_among_siblings(element: _Element) -> int:
    """The place of an element among the children of its parent with the same tag, from 1 on."""
    parent = element.getparent()
    return 1 if parent is None or len(parent) == 1 else _places(parent)[element]


@lru_cache(maxsize=64)
def _places(parent: _Element) -> dict[_Element, int]:
    """All children at once: whoever walks through a part asks for one after the other."""
    seen: Counter[object] = Counter()
    places = {}
    for child in parent:
        seen[child.tag] += 1
        places[child] = seen[child.tag]
    return places


# The same numbers as its own, which counts the rows before each row of a sheet anew.
context._sibling_position = place_among_siblings


@cache
def _validator() -> OpenXmlValidator:
    return OpenXmlValidator(file_format=FileFormat.MICROSOFT_365, max_errors=0)


def schema_faults(path: Path) -> Iterator[str]:
    """Every finding, warnings too, as ``part: schema: what``."""
    for each in _validator().validate(path).errors:
        where = f" at {each.path}" if each.path else ""
        yield f"{each.part_uri.lstrip('/')}: {each.error_type.value}: {each.description}{where}"
    _places.cache_clear()
