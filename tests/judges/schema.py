"""openxml-audit as a judge: Microsoft's schemas, as Open XML tools check them for Microsoft 365."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from openxml_audit import FileFormat, OpenXmlValidator


@cache
def _validator() -> OpenXmlValidator:
    return OpenXmlValidator(file_format=FileFormat.MICROSOFT_365, max_errors=0)


def schema_faults(path: Path) -> Iterator[str]:
    """Every finding, warnings too, as ``part: schema: what``."""
    for each in _validator().validate(path).errors:
        where = f" at {each.path}" if each.path else ""
        yield f"{each.part_uri.lstrip('/')}: {each.error_type.value}: {each.description}{where}"
