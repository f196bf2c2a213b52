"""The modules that stand behind a workbook and its sheets."""

from __future__ import annotations

from udfs.excel.project import Module, ModuleKind
from udfs.excel.vba_text import lines_of

BOOK = "ThisWorkbook"
_WORKBOOK_CLASS = "0{00020819-0000-0000-C000-000000000046}"
_SHEET_CLASS = "0{00020820-0000-0000-C000-000000000046}"


def class_attributes(name: str, base: str, *, document: bool, exposed: bool) -> list[str]:
    """The attributes that Excel writes at the top of a class or of a document's module."""
    return [
        f'Attribute VB_Name = "{name}"',
        f'Attribute VB_Base = "{base}"',
        "Attribute VB_GlobalNameSpace = False",
        "Attribute VB_Creatable = False",
        f"Attribute VB_PredeclaredId = {document}",
        f"Attribute VB_Exposed = {exposed}",
        "Attribute VB_TemplateDerived = False",
        f"Attribute VB_Customizable = {document}",
    ]


def book_module(code: tuple[str, ...] = ()) -> Module:
    """The workbook's own module, with the code of its events."""
    return _document(BOOK, _WORKBOOK_CLASS, code)


def sheet_module(code_name: str) -> Module:
    """The empty module of a sheet."""
    return _document(code_name, _SHEET_CLASS, ())


def _document(name: str, base: str, code: tuple[str, ...]) -> Module:
    attributes = class_attributes(name, base, document=True, exposed=True)
    return Module(name, ModuleKind.DOCUMENT, lines_of([*attributes, *code]))
