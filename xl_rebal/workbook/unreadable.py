"""What calamine would read silently, otherwise than another program, or not survive."""

from __future__ import annotations

import re

from xl_rebal.workbook.package import Package
from xl_rebal.workbook.package.refusals import damaged

LEAST = -1e11
"""As a date calamine takes such a number for milliseconds beyond its clock and stops the program."""

_UNKNOWN_ENTITY = re.compile(rb"&(?!amp;|lt;|gt;|quot;|apos;|#)[^\x00<]{0,12}")
_TWO_VALUES = re.compile(rb"</(?:\w+:)?v\s*>\s*<(?:\w+:)?v[\s>]")
_IN_PIECES = re.compile(rb"<(?:\w+:)?[vt](?:\s[^>]*)?>[^<]*<[!?]")
_REFERENCE = re.compile(rb"<(?:\w+:)?v(?:\s[^>]*)?>[^<&]*&")
_CELL = re.compile(rb"<(?:\w+:)?c(?:\s[^>]*)?>")
_TEXT = re.compile(rb"""\st\s*=\s*["']str["']""")
_LONGEST_FORMULA = 40_000
_SHEET_DATA = re.compile(rb"<(?:\w+:)?sheetData[\s>/]")
_NEGATIVE = re.compile(rb"<(?:\w+:)?v(?:\s[^>]*)?>\s*(-(?:[0-9.]{12,}|[0-9.]+[eE][0-9+]+|[iI]\w+))")


def refuse_unreadable(package: Package, title: str, part: str) -> None:
    """InputError where the cells of a sheet cannot be read for certain."""
    content = package.parts[part]
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        content = package.text(part).encode()
    for what in _faults(content):
        raise damaged(package.name, f"the sheet {title!r}: {what}")


def _faults(content: bytes) -> list[str]:
    faults = []
    if bad := _UNKNOWN_ENTITY.search(content):  # calamine: a blank
        faults.append(bad[0].decode(errors="replace"))
    if _TWO_VALUES.search(content):  # one reader takes the first, another the last
        faults.append("a cell with two values")
    if len(_SHEET_DATA.findall(content)) > 1:  # the same
        faults.append("its cells stand in it twice")
    if _IN_PIECES.search(content):  # calamine reads 7<!-- -->0 as 7
        faults.append("a value with a comment or something like it inside")
    if any(not _is_text(content, found.start()) for found in _REFERENCE.finditer(content)):
        faults.append("a number written with character references")  # 7&#48; would be 7
    low = (number[1].decode() for number in _NEGATIVE.finditer(content))
    faults += [f"the number {number[:30]}" for number in low if not _is_bearable(number)]
    return faults


def _is_text(content: bytes, place: int) -> bool:
    """Whether the cell that a value at this place belongs to holds text: then & is as usual."""
    tags = _CELL.findall(content, max(0, place - _LONGEST_FORMULA), place)
    return bool(tags) and _TEXT.search(tags[-1]) is not None


def _is_bearable(number: str) -> bool:
    try:
        return float(number) >= LEAST
    except ValueError:  # calamine refuses it in words
        return True
