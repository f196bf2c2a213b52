"""Rules for the book: sheet titles, defined names, references to sheets."""

from __future__ import annotations

import re
from collections import Counter

from tests.judges.lint.package import MAIN, Package, area
from tests.judges.lint.parts import Faults

LONGEST_TITLE = 31
LONGEST_NAME = 255
_SHEET = re.compile(r"(?:'((?:[^']|'')+)'|(?<![#\w.\]])([A-Za-z_\\][\w.\\]*))!")
"""A sheet in a formula: quoted, or a plain word; #REF! and the sheets of other books are none."""
_NAME = re.compile(r"[^\W\d\\.][\w.\\?]*|\\")
_ROW_AND_COLUMN = re.compile(r"[Rr]([0-9]*)([Cc]([0-9]*))?|[Cc][0-9]*")


def sheets_named(formula: str) -> set[str]:
    """The sheets that a formula refers to; those of other books left out.

    >>> sorted(sheets_named("SUM('My ''old'' sheet'!A1,Two!B2)&\\"No!\\"&'[1]Other'!C3"))
    ["My 'old' sheet", 'Two']
    """
    without_texts = re.sub(r'"[^"]*"', '""', formula)
    found = (match[1] or match[2] for match in _SHEET.finditer(without_texts))
    return {name.replace("''", "'") for name in found if "[" not in name and ":" not in name}


def is_a_name(text: str) -> bool:
    """Whether Excel takes this for the name of a table or a range: no cell, no blanks.

    >>> [is_a_name(text) for text in ("tblHoldings", "tbl Holdings", "TBL1", "R1C1", "1st", "c")]
    [True, False, False, False, False, False]
    """
    cell = area(text) is not None or _ROW_AND_COLUMN.fullmatch(text) is not None
    return _NAME.fullmatch(text) is not None and not cell and len(text) <= LONGEST_NAME


def sheet_title(package: Package) -> Faults:
    titles = Counter(sheet.title.casefold() for sheet in package.sheets)
    for title in (sheet.title for sheet in package.sheets):
        if not 0 < len(title) <= LONGEST_TITLE:
            yield package.book, f"{title!r} has {len(title)} characters"
        if re.search(r"[\[\]:*?/\\\x00-\x1f]", title):
            yield package.book, f"{title!r} has a character that no title may have"
        if title.startswith("'") or title.endswith("'"):
            yield package.book, f"{title!r} starts or ends with an apostrophe"
        if title.casefold() == "history":
            yield package.book, f"{title!r} is reserved"
        if titles.pop(title.casefold(), 1) > 1:
            yield package.book, f"{title!r} stands twice"


def sheet_id(package: Package) -> Faults:
    ids = Counter(sheet.element.get("sheetId", "") for sheet in package.sheets)
    for given, times in ids.items():
        if times > 1 or not given.isdecimal() or not 0 < int(given) < 65_535:
            yield package.book, f"the sheet id {given!r} stands {times} times or is out of range"


def sheet_missing(package: Package) -> Faults:
    """Every listed sheet has a part, one can be seen, and the chosen tab is one of those."""
    states = [sheet.element.get("state", "visible") for sheet in package.sheets]
    for sheet in package.sheets:
        if sheet.part not in package.parts:
            yield package.book, f"{sheet.title!r} has no part"
    if "visible" not in states:
        yield package.book, "no sheet is visible"
    for view in package.root(package.book).iter(f"{MAIN}workbookView"):
        tab = int(view.get("activeTab", "0"))
        if not 0 <= tab < len(states) or states[tab] != "visible":
            yield package.book, f"tab {tab} is chosen, which is none that can be seen"


def defined_name(package: Package) -> Faults:
    """Names are names, unique in their scope, and no table has them."""
    tables = {table.name.casefold() for table in package.tables}
    seen: set[tuple[str, str]] = set()
    for each in package.root(package.book).iter(f"{MAIN}definedName"):
        name, scope = each.get("name", ""), each.get("localSheetId", "")
        if not is_a_name(name.removeprefix("_xlnm.")):
            yield package.book, f"{name!r} is no name"
        if (name.casefold(), scope) in seen:
            yield package.book, f"{name!r} stands twice"
        if name.casefold() in tables:
            yield package.book, f"{name!r} is the name of a table too"
        if scope and int(scope) >= len(package.sheets):
            yield package.book, f"{name!r} is of sheet {scope}, which is none"
        seen.add((name.casefold(), scope))


def sheet_unknown(package: Package) -> Faults:
    """A formula, a name, a chart, a rule that speaks of a sheet which is not in the book."""
    elements = ("definedName", "f", "formula", "formula1", "formula2", "calculatedColumnFormula")
    for part, root in package.roots.items():
        if not part.startswith("xl/") or part.endswith(".rels"):
            continue
        for element in root.iter():
            text = element.text or ""
            if element.tag.rpartition("}")[2] not in elements:
                continue
            for title in sorted(sheets_named(text)):
                if title.casefold() not in package.titles:
                    yield part, f"{text[:80]!r} speaks of {title!r}, which is no sheet"
            if "#REF!" in text:
                yield part, f"{text[:80]!r} has lost what it refers to"


RULES = (sheet_title, sheet_id, sheet_missing, defined_name, sheet_unknown)
