"""What a book's file says of its settings, macros and formulas. The book is only read."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from xl_rebal.doctor.conf import Layer, file_name, read_file, read_rows
from xl_rebal.doctor.machine import BookFacts, Calls
from xl_rebal.doctor.vba_text import Wrappers, read_wrappers
from xl_rebal.workbook.file_sheets import open_sheets
from xl_rebal.workbook.files import read_file as content_of
from xl_rebal.workbook.package import Package
from xl_rebal.workbook.package.cells import formulas
from xl_rebal.workbook.package.markup import unescape

PLAIN, OFFICE_JS, XLL, LINKED, CALC = "plain", "_xldudf_", "_xll.", "of another file", "XR."
"""How a call may be stored: VBA of the book or an add-in, Office.js, an XLL, a file, Calc."""
_QUOTED = re.compile(r'"(?:[^"]|"")*"')
_CALL = re.compile(
    r"(?:(?P<spelling>_xldudf_|_xll\.|(?:'[^']+'|\[\d+\]\w*)!)|(?<![\w.!]))"
    r"XR(?P<dot>[._])(?P<name>[A-Z]+)\s*\("
)


def read_book(path: Path, project: str = "") -> BookFacts:
    """The facts of a book; InputError where the file is none.

    ``project`` is whose settings count where the book has no macros of ours: those of an add-in.
    """
    package, sheets = open_sheets(content_of(path), path.name)
    vba = package.related(package.workbook_part, "vbaProject")
    wrappers = _wrappers(package.parts[vba]) if vba else None
    name = file_name(wrappers.project if wrappers and wrappers.functions else project)
    content_type = package.content_type(package.workbook_part)
    is_add_in = "addin" in content_type.lower()
    conf = None
    title = next((s.title for s in package.sheets() if s.title.lower() == name.lower()), None)
    if title is not None:
        conf = Layer(f"the sheet {title}", read_rows(sheets[title]))
    return BookFacts(
        path=str(path),
        macro_enabled="macroEnabled" in content_type,
        conf=conf,
        folder_conf=None if is_add_in else read_layer(path.resolve().parent / name),
        has_vba=vba is not None,
        wrappers=wrappers,
        has_ribbon=any(r.kind == "extensibility" for r in package.relationships()),
        from_internet=_from_internet(path),
        calls=_calls(package),
        is_add_in=is_add_in,
    )


def read_layer(path: Path) -> Layer | None:
    """A file of settings, None where there is none."""
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    return Layer(str(path), read_file(text))


def _wrappers(project: bytes) -> Wrappers | None:
    try:
        return read_wrappers(project)
    except ValueError:
        return None


def _from_internet(path: Path) -> bool:
    """Whether Windows has marked the file: a second stream of it names zone 3 or 4 (NTFS only)."""
    try:
        mark = Path(f"{path}:Zone.Identifier").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return re.search(r"ZoneId\s*=\s*[34]", mark) is not None


def _calls(package: Package) -> Calls:
    spellings: Counter[str] = Counter()
    names: set[str] = set()
    unnamed = 0
    for sheet in package.sheets():
        part = sheet.part_name
        if not (package.mentions(part, "XR_") or package.mentions(part, "XR.")):
            continue
        text = package.text(part)
        for cell in formulas(text):
            found = list(calls(unescape(text[cell.inner : cell.value])))
            spellings.update(spelling for spelling, _ in found[:1])
            names.update(name for _, name in found)
            unnamed += bool(found) and "#NAME?" in text[cell.value : cell.end]
    return Calls(tuple(sorted(spellings.items())), frozenset(names), unnamed)


def calls(formula: str) -> Iterator[tuple[str, str]]:
    """Spelling and name of each call of ours in a formula; what stands in quotes is text.

    >>> list(calls('XR_DRIFT(A1,_xldudf_XR_BAND("XR_COST(",[1]!XR_TAX(B1)))'))
    [('plain', 'XR_DRIFT'), ('_xldudf_', 'XR_BAND'), ('of another file', 'XR_TAX')]
    """
    for match in _CALL.finditer(_QUOTED.sub('""', formula)):
        spelling = match["spelling"] or (CALC if match["dot"] == "." else PLAIN)
        yield LINKED if spelling.endswith("!") else spelling, f"XR_{match['name']}"
