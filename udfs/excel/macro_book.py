"""A workbook becomes one with macros: its VBA project, its ribbon, its sheet of settings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from udfs.excel.documents import BOOK, book_module, sheet_module
from udfs.excel.project import Module, vba_project
from udfs.excel.ribbon import PART, RELATIONSHIP
from xl_rebal.workbook.package.markup import Edit, Element, appended, escape, splice, with_attribute
from xl_rebal.workbook.package.parts import RELATIONSHIPS, Package
from xl_rebal.workbook.package.wiring import fresh_id, relate_as, relate_by, retype

PROJECT_PART = "xl/vbaProject.bin"
_PROJECT_TYPE = "application/vnd.ms-office.vbaProject"
_PROJECT_RELATIONSHIP = "http://schemas.microsoft.com/office/2006/relationships/vbaProject"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_XML_TYPE = "application/xml"
_NOTE_COLUMN = "D"
"""Notes stand where xlwings does not read: it takes A and B down to the first empty cell of A."""


class BookType(StrEnum):
    """What the main part is, by its content type."""

    WORKBOOK = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"
    ADD_IN = "application/vnd.ms-excel.addin.macroEnabled.main+xml"


@dataclass(frozen=True)
class SettingsSheet:
    """The sheet that xlwings reads its settings from, with notes for a person beside them."""

    title: str
    rows: Sequence[tuple[str, str]]
    notes: Sequence[str]
    hidden: bool


def with_settings_sheet(package: Package, sheet: SettingsSheet) -> Package:
    """The book with this sheet behind the others."""
    main, workbook, sheets = package.workbook_part, package.workbook, package.sheets()
    part = next(
        name
        for number in range(len(sheets) + 1, len(package.parts) + 2)
        if (name := package.find(f"xl/worksheets/sheet{number}.xml")) not in package.parts
    )
    listed = workbook.child("sheets")
    assert listed is not None  # read_package refuses a book without sheets
    rel_id = fresh_id(package, main)
    sheet_id = max((each.sheet_id for each in sheets), default=0) + 1
    state = ' state="hidden"' if sheet.hidden else ""
    row = (
        f'<{workbook.prefix}sheet xmlns:r="{RELATIONSHIPS}" name="{escape(sheet.title)}" '
        f'sheetId="{sheet_id}"{state} r:id="{rel_id}"/>'
    )
    changed = package.replace(
        {
            main: splice(workbook.source, [appended(listed, row)]).encode(),
            part: _sheet_xml(sheet).encode(),
        }
    )
    return relate_as(retype(changed, {part: _SHEET_TYPE}), main, {rel_id: ("worksheet", part)})


def _sheet_xml(sheet: SettingsSheet) -> str:
    count = max(len(sheet.rows), len(sheet.notes))
    lines = []
    for number in range(count):
        cells = dict(zip("AB", sheet.rows[number], strict=True)) if number < len(sheet.rows) else {}
        if number < len(sheet.notes):
            cells[_NOTE_COLUMN] = sheet.notes[number]
        texts = "".join(
            f'<c r="{column}{number + 1}" t="inlineStr"><is><t>{escape(text)}</t></is></c>'
            for column, text in cells.items()
        )
        lines.append(f'<row r="{number + 1}">{texts}</row>')
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        f'<worksheet xmlns="{_MAIN}"><sheetPr/><sheetViews><sheetView workbookViewId="0"/></sheetViews>'
        '<sheetFormatPr defaultRowHeight="15"/>'
        '<cols><col min="1" max="1" width="30" customWidth="1"/>'
        '<col min="2" max="2" width="60" customWidth="1"/></cols>'
        f"<sheetData>{''.join(lines)}</sheetData></worksheet>"
    )


def with_macros(
    package: Package,
    book_type: BookType,
    project: str,
    open_code: tuple[str, ...],
    modules: Sequence[Module],
    ribbon: str,
) -> Package:
    """The book with a VBA project and a ribbon; every sheet gets its code name and its module.

    ``open_code`` stands in the module of the workbook, ``modules`` are all others.
    """
    package, code_names = _with_code_names(package)
    documents = [book_module(open_code), *map(sheet_module, code_names)]
    main = package.workbook_part
    package = package.replace(
        {PROJECT_PART: vba_project(project, [*documents, *modules]), PART: ribbon.encode()}
    )
    package = retype(package, {main: book_type.value, PROJECT_PART: _PROJECT_TYPE, PART: _XML_TYPE})
    package = relate_by(package, main, _PROJECT_RELATIONSHIP, PROJECT_PART)
    return relate_by(package, "", RELATIONSHIP, PART)


def _with_code_names(package: Package) -> tuple[Package, list[str]]:
    """The book with a name for itself and for each sheet in its VBA project, and the sheets' names."""
    properties = package.workbook.child("workbookPr")
    assert properties is not None  # openpyxl writes one
    changes: dict[str, bytes | None] = {
        package.workbook_part: _edited(properties, [with_attribute(properties, "codeName", BOOK)])
    }
    names = []
    for number, sheet in enumerate(package.sheets(), start=1):
        names.append(f"Sheet{number}")
        frame = package.xml(sheet.part_name).child("sheetPr")
        assert frame is not None  # openpyxl writes one, and so do we
        changes[sheet.part_name] = _edited(frame, [with_attribute(frame, "codeName", names[-1])])
    return package.replace(changes), names


def _edited(element: Element, edits: list[Edit]) -> bytes:
    return splice(element.source, edits).encode()
