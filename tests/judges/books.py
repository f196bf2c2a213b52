"""Small books for the judges' own tests: made by openpyxl, cached values injected by hand."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from pathlib import Path

from tests.judges.libreoffice import ErrorText

Stored = float | str | bool | ErrorText | None
BookMaker = Callable[[dict[str, object], dict[str, Stored]], Path]
INPUTS: dict[str, object] = {"A1": 0.1, "A2": 0.2}


def stored_xml(value: Stored) -> tuple[str, str]:
    """The type attribute and the ``<v>`` element of a cell, spelled as a spreadsheet does."""
    if value is None:
        return "", ""
    if isinstance(value, bool):
        return ' t="b"', f"<v>{int(value)}</v>"
    if isinstance(value, str):
        return f' t="{"e" if isinstance(value, ErrorText) else "str"}"', f"<v>{value}</v>"
    return "", f"<v>{value!r}</v>"


def with_values(path: Path, stored: dict[str, Stored]) -> None:
    """Write values into the first sheet's XML by hand, since openpyxl stores none."""
    part = "xl/worksheets/sheet1.xml"
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    text = parts[part].decode()
    for address, value in stored.items():
        kind, element = stored_xml(value)
        text, changed = re.subn(
            rf'<c r="{address}"([^>]*)>(<f.*?</f>)<v ?/?>(?:</v>)?</c>',
            rf'<c r="{address}"\1{kind}>\2{element}</c>',
            text,
        )
        assert changed == 1, f"{address} is not a formula without a value"
    with zipfile.ZipFile(path, "w") as package:
        for name, content in parts.items():
            package.writestr(name, text if name == part else content)


def with_array_tail(path: Path, address: str, value: float) -> None:
    """Add the second cell of an array formula, which has a value and no formula of its own."""
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    row = address[1:]
    text = parts["xl/worksheets/sheet1.xml"].decode()
    tail = f'<row r="{row}"><c r="{address}"><v>{value!r}</v></c></row>'
    text, changed = re.subn(rf'(?=<row r="{int(row) + 1}")', tail, text)
    assert changed == 1
    with zipfile.ZipFile(path, "w") as package:
        for name, content in parts.items():
            package.writestr(name, text if name.endswith("sheet1.xml") else content)
