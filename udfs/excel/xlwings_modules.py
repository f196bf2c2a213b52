"""xlwings' own VBA modules, read from the installed package when a book is made.

xlwings is under the BSD licence, whose text stands at the top of its module; the class Dictionary is
under the MIT licence. Neither is kept in this repository.
"""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path

from udfs.excel.documents import class_attributes
from udfs.excel.project import Module, ModuleKind
from xl_rebal.errors import Code, InputError, Problem

_CLASS = "0{FCFB3D2A-A0FA-1068-A738-08002B3371B5}"
_PROJECT = re.compile(r'(Public Const PROJECT_NAME As String = ")myaddin(?=")')
_FIX = "Install xlwings again: pip install --force-reinstall xlwings."


def book_xlwings() -> Module:
    """The module of a workbook that needs no xlwings add-in; it reads the sheet xlwings.conf."""
    return Module("xlwings", ModuleKind.STANDARD, _text("xlwings.bas"))


def add_in_xlwings(project: str) -> Module:
    """The module of an add-in, which works on the active workbook; it reads ``<project>.conf``."""
    text, count = _PROJECT.subn(rf"\g<1>{project}", _text("xlwings_custom_addin.bas"))
    if count != 1:
        raise _not_as_expected("the VBA module of xlwings without a name of the project")
    return Module("xlwings", ModuleKind.STANDARD, text)


def dictionary() -> Module:
    """The class that both use on a Mac, as Excel stores a class that was imported from a file."""
    header, found, rest = _text("addin/Dictionary.cls").partition("Attribute VB_Exposed = True\r\n")
    if not found or "Attribute VB_PredeclaredId = False" not in header:
        raise _not_as_expected("xlwings' class Dictionary with another head")
    attributes = class_attributes("Dictionary", _CLASS, document=False, exposed=True)
    text = "".join(f"{line}\r\n" for line in attributes) + rest
    return Module("Dictionary", ModuleKind.CLASS, text)


def _text(name: str) -> str:
    spec = find_spec("xlwings")
    if spec is None or spec.origin is None:
        raise _not_as_expected("no package xlwings")
    try:
        content = (Path(spec.origin).parent / name).read_bytes()
    except OSError:
        raise _not_as_expected(f"the package xlwings without {name}") from None
    if not content.isascii():
        raise _not_as_expected(f"{name} of xlwings with letters that are not ASCII")
    return "\r\n".join(content.decode("ascii").splitlines()) + "\r\n"


def _not_as_expected(found: str) -> InputError:
    expected = "the VBA modules that xlwings comes with"
    return InputError(Problem(Code.NOTHING_TO_READ, found, expected, _FIX, argument="xlwings"))
