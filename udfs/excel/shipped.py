"""The files that `xl-rebal new --xlsm` and `xl-rebal addin` write."""

from __future__ import annotations

import io
from dataclasses import dataclass

from openpyxl import Workbook

from udfs.excel.configuration import Interpreter
from udfs.excel.help_module import ENTRY, help_module
from udfs.excel.macro_book import BookType, SettingsSheet, with_macros, with_settings_sheet
from udfs.excel.project import Module
from udfs.excel.ribbon import SHEET_BUTTONS, ribbon_xml
from udfs.excel.ribbon_module import ribbon_module
from udfs.excel.wrappers import wrappers
from udfs.excel.xlwings_modules import add_in_xlwings, book_xlwings, dictionary
from xl_rebal.commands.live import MACROS
from xl_rebal.registry import FUNCTIONS
from xl_rebal.workbook.package import finish, read_package

ADD_IN = "xl_rebal"
"""The add-in's name to xlwings: its settings stand on the sheet ``xl_rebal.conf`` or in
``%USERPROFILE%\\.xl_rebal\\xl_rebal.conf``, so that those of other workbooks are not taken for its own."""
_NOTES = (
    "Settings of xlwings: which Python Excel starts.",
    "They must begin in A1 without an empty row. Change the path when Python moves.",
)
_UNKNOWN = (
    "No Python is named here: add a row INTERPRETER_WIN with the whole path of python.exe,",
    "or it is the one in your own settings of xlwings, or the one on the PATH.",
)


@dataclass(frozen=True)
class _Flavour:
    """What differs between the two: ``settings`` is their name to xlwings, ``target`` the book that
    functions tell Python; module and macro of the ribbon are called by their names."""

    type: BookType
    project: str
    settings: str
    target: str
    ribbon: str
    macro: str


_BOOK = _Flavour(
    BookType.WORKBOOK,
    "xl_rebal_book",
    "xlwings",
    "ThisWorkbook",
    "xl_rebal_book_ribbon",
    "PressInBook",
)
_ADD_IN = _Flavour(
    BookType.ADD_IN,
    "xl_rebal_addin",
    ADD_IN,
    "ActiveWorkbook",
    "xl_rebal_addin_ribbon",
    "PressInAddIn",
)


def workbook(book: bytes, interpreter: Interpreter) -> bytes:
    """A book of ours (.xlsx) as a workbook with macros (.xlsm): all that was in it, and the rest."""
    return _made(book, _BOOK, book_xlwings(), interpreter)


def add_in(interpreter: Interpreter) -> bytes:
    """The Excel add-in (.xlam): functions and ribbon for every open workbook."""
    return _made(_bare(), _ADD_IN, add_in_xlwings(ADD_IN), interpreter)


def _made(book: bytes, flavour: _Flavour, xlwings: Module, interpreter: Interpreter) -> bytes:
    notes = _NOTES if interpreter.is_known else (*_NOTES, *_UNKNOWN)
    settings = SettingsSheet(
        f"{flavour.settings}.conf", interpreter.rows(), notes, hidden=interpreter.is_known
    )
    is_add_in = flavour.type is BookType.ADD_IN
    modules = [
        xlwings,
        dictionary(),
        wrappers(FUNCTIONS, flavour.target),
        help_module(FUNCTIONS),
        ribbon_module(flavour.ribbon, flavour.macro, MACROS, SHEET_BUTTONS, add_in=is_add_in),
    ]
    return with_macros(
        with_settings_sheet(read_package(book), settings),
        flavour.type,
        flavour.project,
        ("", "Private Sub Workbook_Open()", f"    {ENTRY}", "End Sub"),
        modules,
        ribbon_xml(MACROS, f"{flavour.ribbon}.{flavour.macro}"),
    ).to_bytes()


def _bare() -> bytes:
    """An empty book whose window is hidden, as an add-in's is; it needs a sheet that can be shown."""
    book = Workbook()
    book.worksheets[0].title = "About"
    book.worksheets[0]["A1"] = "The add-in of xl_rebal for Excel. It has nothing to be filled in."
    book.views[0].visibility = "hidden"
    buffer = io.BytesIO()
    book.save(buffer)
    return finish(buffer.getvalue(), {})
