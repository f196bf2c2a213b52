"""Stand-in workbooks, defined names, VBA project and the application itself."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

from tests.hosts.com_grid import box_of
from tests.hosts.com_range import Range
from tests.hosts.com_sheet import Worksheet, Worksheets
from tests.hosts.com_types import ComCollection, ComObject, State, refuse, target_of

HELP_LIMIT = 255  # characters that MacroOptions takes for a function and for each argument
AUTOMATIC = -4105


def quoted(title: str) -> str:
    """A sheet's title as a reference has it.

    >>> quoted("Data"), quoted("Ann's data")
    ('Data', "'Ann''s data'")
    """
    return title if title.isidentifier() else "'" + title.replace("'", "''") + "'"


class Name(ComObject):
    """A defined name: ``=Settings!$B$3``, ``='My sheet'!$B$3`` or a constant."""

    Visible = State(True)
    RefersTo = State("")
    Name = State("")

    def __init__(self, book: Workbook, name: str, refers_to: str) -> None:
        super().__init__()
        self._book = book
        self.Name, self.RefersTo = name, refers_to

    @property
    def RefersToRange(self) -> Range:
        sheet_name, _, address = self.RefersTo.removeprefix("=").rpartition("!")
        box = box_of(address)
        sheet_name = sheet_name.strip("'").replace("''", "'")
        found = [sheet for sheet in self._book._sheets if sheet.Name == sheet_name]
        if box is None or not found:
            refuse("Application-defined or object-defined error")
        return Range(found[0], box)

    def Delete(self) -> None:
        self._book._names = [pair for pair in self._book._names if pair[1] is not self]


class Names(ComCollection):
    """The names of a sheet, or those of a book: "all the names in the specified workbook (including
    all worksheet-specific names)" (learn.microsoft.com/office/vba/api/excel.workbook.names). That
    of a sheet bears its title: Data!set_factor.
    """

    def __init__(self, book: Workbook, sheet: Worksheet | None) -> None:
        super().__init__()
        self._book, self._sheet = book, sheet

    def _items(self) -> list[Any]:
        return [
            name for sheet, name in self._book._names if self._sheet is None or sheet is self._sheet
        ]

    def Add(self, Name_: str, RefersTo: str) -> Name:
        title = "" if self._sheet is None else f"{quoted(self._sheet.Name)}!"
        name = Name(self._book, f"{title}{Name_}", RefersTo)
        self._book._names.append((self._sheet, name))
        return name


class VBComponent(ComObject):
    def __init__(self, name: str, code: str) -> None:
        super().__init__()
        self._name, self._code = name, code

    @property
    def Name(self) -> str:
        return self._name


class VBComponents(ComCollection):
    def __init__(self) -> None:
        super().__init__()
        self._components: list[VBComponent] = []

    def _items(self) -> list[Any]:
        return self._components

    def Import(self, path: str) -> None:
        """A text file of VBA; its first line names the module."""
        code = Path(path).read_text()
        self._components.append(VBComponent(code.splitlines()[0].split('"')[1], code))

    def Remove(self, component: Any) -> None:
        self._components.remove(target_of(component))


class VBProject(ComObject):
    def __init__(self) -> None:
        super().__init__()
        self._components = VBComponents()

    @property
    def VBComponents(self) -> VBComponents:
        return self._components


class Workbook(ComObject):
    """A book with sheets by name. Tests look into ``_grid`` of a sheet, or read it through COM.

    ``_trusted`` is the option "trust access to the VBA project"; ``_changes_left`` plans a
    failure: after so many changes Excel refuses, as it does when a user is editing a cell; with
    ``_refuses_once`` it takes the next change again. ``_structure`` protects the list of sheets.
    """

    Saved = State(True)
    Date1904 = State(False)

    def __init__(self, application: Application, name: str, sheets: list[str]) -> None:
        super().__init__()
        self._application, self._name = application, name
        self._sheets = [Worksheet(self, sheet) for sheet in sheets]
        self._active = self._sheets[0]
        self._names: list[tuple[Worksheet | None, Name]] = []
        self._trusted, self._project = True, VBProject()
        self._changes_left: int | None = None
        self._refuses_once = self._structure = False
        self._saves = 0

    @property
    def Name(self) -> str:
        return self._name

    @property
    def Path(self) -> str:
        return "C:\\Books"

    @property
    def FullName(self) -> str:
        return f"{self.Path}\\{self.Name}"

    @property
    def Application(self) -> Application:
        return self._application

    @property
    def Worksheets(self) -> Worksheets:
        return Worksheets(self)

    Sheets = Worksheets

    @property
    def ActiveSheet(self) -> Worksheet:
        return self._active

    @property
    def Names(self) -> Any:
        return self._names_of(None)

    def _names_of(self, sheet: Worksheet | None) -> Any:
        return Names(self, sheet)

    @property
    def VBProject(self) -> VBProject:
        if not self._trusted:
            refuse("Programmatic access to Visual Basic Project is not trusted")
        return self._project

    def Activate(self) -> None:
        self._application._active = self

    def Save(self) -> None:
        self._saves += 1
        self.Saved = True

    @property
    def FileFormat(self) -> int:
        return 52 if self.Name.endswith(".xlsm") else 51

    def _about_to_change(self) -> None:
        if self._changes_left is not None:
            if self._changes_left == 0:
                if self._refuses_once:
                    self._changes_left = None
                refuse("Excel cannot do this while a cell is being edited.")
            self._changes_left -= 1
        self.Saved = False


class Workbooks(ComCollection):
    def __init__(self, application: Application) -> None:
        super().__init__()
        self._application = application

    def _items(self) -> list[Any]:
        return self._application._books

    @property
    def Application(self) -> Application:
        return self._application


class WorksheetFunction(ComObject):
    """Functions of sheets as a program calls them."""

    def Subtotal(self, number: int, cells: Any) -> float:
        """COUNTA of what is shown: numbers from 101 leave out "manually-hidden rows", and
        "filtered-out cells are always excluded" (support.microsoft.com, SUBTOTAL function). Hidden
        columns count."""
        if number != 103:
            raise NotImplementedError(f"SUBTOTAL({number}, ...)")
        area = target_of(cells)
        return float(area._sheet._grid.count_shown(area._box))


class Application(ComObject):
    """One running Excel. ``_help`` holds what MacroOptions was given, by function; ``_currency`` is
    that of the machine."""

    _handles = itertools.count(0x2000, 0x10)

    StatusBar = State(False)  # False: Excel itself has control of it
    ScreenUpdating = State(True)
    DisplayAlerts = State(True)
    EnableEvents = State(True)
    Interactive = State(True)
    Calculation = State(AUTOMATIC)
    Visible = State(True)

    def __init__(self) -> None:
        super().__init__()
        self._hwnd = next(self._handles)
        self._books: list[Workbook] = []
        self._active: Workbook | None = None
        self._help: dict[str, dict[str, Any]] = {}
        self._calculations = 0
        self._currency = "$"

    def _open(self, name: str, sheets: list[str]) -> Workbook:
        """A new book with these sheets, in front."""
        self._active = Workbook(self, name, sheets)
        self._books.append(self._active)
        return self._active

    @property
    def Application(self) -> Application:
        return self

    @property
    def Hwnd(self) -> int:
        return self._hwnd

    @property
    def Version(self) -> str:
        return "16.0"

    @property
    def WorksheetFunction(self) -> WorksheetFunction:
        return WorksheetFunction()

    @property
    def Workbooks(self) -> Workbooks:
        return Workbooks(self)

    @property
    def ActiveWorkbook(self) -> Workbook | None:
        return self._active

    @property
    def ActiveSheet(self) -> Any:
        return self._active.ActiveSheet if self._active else None

    def Run(self, macro: str, *_arguments: Any) -> Any:
        """No book here holds VBA that could run."""
        refuse(f"Cannot run the macro '{macro}'. The macro may not be available.")

    def Calculate(self) -> None:
        self._calculations += 1

    def MacroOptions(self, macro: str, **options: Any) -> None:
        """The help of the function dialogue; Excel refuses texts that are too long."""
        texts = [options.get("Description") or "", *(options.get("ArgumentDescriptions") or [])]
        if any(len(text) > HELP_LIMIT for text in texts):
            refuse("Method 'MacroOptions' of object '_Application' failed")
        self._help[macro] = options
