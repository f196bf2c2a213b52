"""The facts about a machine and a book from which the doctor concludes; tests invent them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PureWindowsPath

from xl_rebal.doctor.conf import Layer
from xl_rebal.doctor.vba_text import Wrappers

_OURS = re.compile(r"xl[-_ ]?rebal", re.IGNORECASE)


class System(StrEnum):
    """Where we run; Excel knows two of them."""

    WINDOWS = "Windows"
    MAC = "macOS"
    LINUX = "Linux"


@dataclass(frozen=True)
class Python:
    """An interpreter; ``bits`` is 32 or 64."""

    version: str
    bits: int
    executable: str
    environment: bool = False

    @property
    def minor(self) -> str:
        """The version that compiled packages such as numpy are made for: 3.11."""
        return ".".join(self.version.split(".")[:2])


@dataclass(frozen=True)
class Requirement:
    """A package that ours, or one of ours, asks for: ``limits`` as pip reads them, ``>=1.26,<3``."""

    package: str
    limits: str
    installed: str | None


@dataclass(frozen=True)
class Installation:
    """xl_rebal as it runs now, what pip knows of it, and the command that a shell would start."""

    version: str
    folder: str
    by_pip: str | None
    """The version that pip knows; None where pip does not know it."""
    pip_folder: str | None
    command: str | None
    """The first xl-rebal on PATH."""
    own_command: str | None
    """The xl-rebal that came with our interpreter."""
    python_path: str = ""


@dataclass(frozen=True)
class Probe:
    """What an interpreter answered when it was asked to import what Excel needs of it.

    ``interpreter`` is as the settings spell it, ``resolved`` the file that it leads to, nothing
    where there is none. ``refused`` says why it was not run; ``failure`` why it did not succeed.
    """

    interpreter: str
    resolved: str | None
    is_ours: bool
    refused: str = ""
    failure: str = ""
    version: str = ""
    xl_rebal: str = ""
    folder: str = ""
    xlwings: str = ""
    dlls: tuple[str, ...] = ()
    """xlwings' libraries in the interpreter's folder and the one above, where Excel looks."""


@dataclass(frozen=True)
class Excel:
    """Excel for Windows or macOS. ``macro_setting`` is VBAWarnings: 1 all run, 2 ask, 3 signed only,
    4 none; None where nobody has set it, which is 2."""

    path: str
    version: str = ""
    bits: int | None = None
    macro_setting: int | None = None
    by_policy: bool = False
    add_ins: tuple[str, ...] = ()
    """Files that Excel opens at its start: registered add-ins and the folder XLSTART."""
    missing_add_ins: tuple[str, ...] = ()
    """Registered, but the file is gone."""
    run_python_script: bool | None = None
    """macOS: whether xlwings' AppleScript of the installed version is where Excel looks."""

    @property
    def our_add_ins(self) -> tuple[str, ...]:
        """Those of ``add_ins`` that are ours by their names."""
        return tuple(each for each in self.add_ins if is_ours(each))


def is_ours(path: str) -> bool:
    """Whether an add-in's file has our name."""
    return _OURS.search(PureWindowsPath(path).name) is not None


@dataclass(frozen=True)
class CalcAddIn:
    """Our extension in LibreOffice's profile: its version and the folders that it imports from."""

    version: str
    missing_folders: tuple[str, ...] = ()


@dataclass(frozen=True)
class Office:
    """LibreOffice: ``python`` is the version ("3.11") that runs inside it, nothing where unknown."""

    program: str
    version: str
    python: str = ""
    add_in: CalcAddIn | None = None


@dataclass(frozen=True)
class Solver:
    """A commercial solver; ``licence`` is the file that was found, None where there is none."""

    name: str
    version: str
    licence: str | None


@dataclass(frozen=True)
class Machine:
    """Everything that is known of the machine. ``user_conf`` is the file of settings in the
    home folder."""

    system: System
    python: Python
    installation: Installation
    requirements: tuple[Requirement, ...]
    probe: Probe
    excel: Excel | None = None
    office: Office | None = None
    solvers: tuple[Solver, ...] = ()
    user_conf: Layer | None = None
    add_in: BookFacts | None = None
    """Our add-in, where Excel opens one."""

    def installed(self, package: str) -> str | None:
        """The version of a package that is asked for, None where it is missing."""
        found = (each.installed for each in self.requirements if each.package == package)
        return next(found, None)


@dataclass(frozen=True)
class Calls:
    """Formulas of a book that call our functions: how many are stored in each spelling."""

    by_spelling: tuple[tuple[str, int], ...] = ()
    names: frozenset[str] = frozenset()
    unnamed: int = 0
    """How many showed #NAME? when the book was saved."""


@dataclass(frozen=True)
class BookFacts:
    """What a book's file says. ``wrappers`` is None where the VBA project could not be read."""

    path: str
    macro_enabled: bool
    conf: Layer | None = None
    folder_conf: Layer | None = None
    has_vba: bool = False
    wrappers: Wrappers | None = None
    has_ribbon: bool = False
    from_internet: bool = False
    calls: Calls = Calls()

    is_add_in: bool = False

    @property
    def answers(self) -> bool:
        """Whether our functions are in its own macros."""
        return self.wrappers is not None and bool(self.wrappers.functions)

    @property
    def project(self) -> str:
        """Whose settings its macros read; blank where it has none of ours."""
        return self.wrappers.project if self.wrappers is not None and self.answers else ""

    @property
    def layers(self) -> tuple[Layer, ...]:
        """What is asked before the user's own file: the sheet, then the file beside the book."""
        return tuple(layer for layer in (self.conf, self.folder_conf) if layer)


def answering(book: BookFacts | None, add_in: BookFacts | None) -> BookFacts | None:
    """Whose macros answer the functions of a book: its own, those of the add-in, or nobody's we know."""
    return book if book is not None and book.answers else add_in


def layers_of(
    book: BookFacts | None, add_in: BookFacts | None, user: Layer | None
) -> tuple[Layer, ...]:
    """Places with settings, the first first: the book's sheet, the add-in's, the folder's file, the user's."""
    own = answering(book, add_in)
    layers = (
        book.conf if book else None,
        own.conf if own is not None and own is not book else None,
        book.folder_conf if book else None,
        user,
    )
    return tuple(layer for layer in layers if layer)
