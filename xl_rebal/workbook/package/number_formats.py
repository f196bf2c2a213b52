"""Whether a cell's number format shows a date, and a cell style that does."""

from __future__ import annotations

import re

from xl_rebal.workbook.package.markup import Element, appended, splice, with_attribute
from xl_rebal.workbook.package.parts import Package, as_count

SHORT_DATE = 14
"""Excel's built-in short date, in the order that the reader's country writes."""
_BUILT_IN_DATES = {*range(14, 18), 22, *range(27, 37), *range(50, 59)}
_NO_CODE = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')
_DATE = re.compile(r"[yd]", re.IGNORECASE)


def shows_dates(package: Package, style: str | None) -> bool:
    """Whether numbers in cells of this style are shown as dates."""
    styles = package.styles
    xf = _xf(styles, style)
    if styles is None or xf is None:
        return False
    number = xf.get("numFmtId", "0")
    formats = styles.child("numFmts")
    for each in formats.all("numFmt") if formats else ():
        if each.get("numFmtId") == number:
            return _DATE.search(_NO_CODE.sub("", each.get("formatCode"))) is not None
    return as_count(number) in _BUILT_IN_DATES


def with_date_style(package: Package, style: str | None) -> tuple[Package, str | None]:
    """The book with a style like this one that shows short dates, and its index."""
    styles = package.styles
    listed = styles.child("cellXfs") if styles is not None else None
    part = package.related(package.workbook_part, "styles")
    xf = _xf(styles, style or "0")
    if styles is None or listed is None or part is None or xf is None:
        return package, style
    tag = splice(xf.source, [with_attribute(xf, "numFmtId", str(SHORT_DATE))])
    grown = len(tag) - len(xf.source)
    new = tag[xf.start : xf.end + grown]
    if "applyNumberFormat" in xf.attributes:
        new = re.sub(r"""applyNumberFormat\s*=\s*["'][^"']*["']""", 'applyNumberFormat="1"', new)
    else:
        new = new.replace(f"<{xf.tag}", f'<{xf.tag} applyNumberFormat="1"', 1)
    count = len(listed.all("xf"))
    edits = [with_attribute(listed, "count", str(count + 1)), appended(listed, new)]
    return package.replace({part: splice(styles.source, edits).encode()}), str(count)


def _xf(styles: Element | None, style: str | None) -> Element | None:
    listed = styles.child("cellXfs") if styles is not None else None
    if listed is None or not (style or "0").isdecimal():
        return None
    entries, number = listed.all("xf"), int(style or "0")
    return entries[number] if number < len(entries) else None
