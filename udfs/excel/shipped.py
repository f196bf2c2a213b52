"""The files that `xl-rebal new --xlsm` and `xl-rebal addin` write."""

from __future__ import annotations

import io

from openpyxl import Workbook

from udfs.excel.configuration import Interpreter
from udfs.excel.help_module import ENTRY, help_module
from udfs.excel.macro_book import BookType, SettingsSheet, with_macros, with_settings_sheet
from udfs.excel.project import Module
from udfs.excel.ribbon import SHEET_BUTTONS, ribbon_xml
from udfs.excel.ribbon_module import ribbon_module
from udfs.excel.wrappers import wrappers
from udfs.excel.xlwings_modules import add_in_xlwings, book_xlwings, dictionary
from xl_rebal.commands import COMMANDS
from xl_rebal.registry import FUNCTIONS
from xl_rebal.workbook.package import finish, read_package

ADD_IN = "xl_rebal"
"""The add-in's name to xlwings: its settings stand on the sheet ``xl_rebal.conf`` or in
``%USERPROFILE%\\.xl_rebal\\xl_rebal.conf``, so that those of other workbooks are not taken for its own."""
_BOOK = "xlwings"
_OPEN = ("", "Private Sub Workbook_Open()", f"    {ENTRY}", "End Sub")
_NOTES = (
    "Settings of xlwings: which Python Excel starts.",
    "They must begin in A1 without an empty row. Change the path when Python moves.",
)
_UNKNOWN = (
    "No Python is named here: add a row INTERPRETER_WIN with the whole path of python.exe,",
    "or it is the one in your own settings of xlwings, or the one on the PATH.",
)


def workbook(book: bytes, interpreter: Interpreter) -> bytes:
    """A book of ours (.xlsx) as a workbook with macros (.xlsm): all that was in it, and the rest."""
    package = with_settings_sheet(read_package(book), _settings(_BOOK, interpreter))
    return with_macros(
        package,
        BookType.WORKBOOK,
        "xl_rebal_book",
        _OPEN,
        _modules(book_xlwings(), add_in=False),
        ribbon_xml(COMMANDS, f"{_MODULES[False]}.{_PRESS[False]}"),
    ).to_bytes()


def add_in(interpreter: Interpreter) -> bytes:
    """The Excel add-in (.xlam): functions and ribbon for every open workbook."""
    package = with_settings_sheet(read_package(_bare()), _settings(ADD_IN, interpreter))
    return with_macros(
        package,
        BookType.ADD_IN,
        "xl_rebal_addin",
        _OPEN,
        _modules(add_in_xlwings(ADD_IN), add_in=True),
        ribbon_xml(COMMANDS, f"{_MODULES[True]}.{_PRESS[True]}"),
    ).to_bytes()


_MODULES = {False: "xl_rebal_book_ribbon", True: "xl_rebal_addin_ribbon"}
_PRESS = {False: "PressInBook", True: "PressInAddIn"}


def _modules(xlwings: Module, *, add_in: bool) -> list[Module]:
    return [
        xlwings,
        dictionary(),
        wrappers(FUNCTIONS, "ActiveWorkbook" if add_in else "ThisWorkbook"),
        help_module(FUNCTIONS),
        ribbon_module(_MODULES[add_in], _PRESS[add_in], COMMANDS, SHEET_BUTTONS, add_in=add_in),
    ]


def _settings(project: str, interpreter: Interpreter) -> SettingsSheet:
    notes = _NOTES if interpreter.is_known else (*_NOTES, *_UNKNOWN)
    return SettingsSheet(f"{project}.conf", interpreter.rows(), notes, hidden=interpreter.is_known)


def _bare() -> bytes:
    """An empty book whose window is hidden, as an add-in's is; it needs a sheet that can be shown."""
    book = Workbook()
    book.worksheets[0].title = "About"
    book.worksheets[0]["A1"] = "The add-in of xl_rebal for Excel. It has nothing to be filled in."
    book.views[0].visibility = "hidden"
    buffer = io.BytesIO()
    book.save(buffer)
    return finish(buffer.getvalue(), {})
