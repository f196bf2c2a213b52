"""The extension as a user installs it: ``xl-rebal addin --libreoffice`` hands out what is made here."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

from udfs.libreoffice.office import Office, find_office
from udfs.libreoffice.oxt import add_in
from xl_rebal.errors import Code, Problem, WriteError
from xl_rebal.registry import FUNCTIONS
from xl_rebal.worksheet import FunctionSpec

FILE_NAME = "xl_rebal.oxt"
_OURS = ("xl_rebal", "udfs")
_NEEDED = ("numpy", "pandas", "cvxpy", "clarabel", "scipy", "highspy", "openpyxl")


def extension(
    functions: Mapping[str, FunctionSpec] = FUNCTIONS, *, catalogue: str = "xl_rebal.registry"
) -> bytes:
    """The .oxt for this machine: it imports us from where we are installed now.

    WriteError where LibreOffice runs a Python of another version, which could not import our numpy.
    Where no LibreOffice is found here that cannot be known; the extension then says so itself, on
    LibreOffice's standard error output.
    """
    refuse_other_python(find_office())
    return add_in(functions, python_path(), catalogue=catalogue)


def refuse_other_python(office: Office | None) -> None:
    """WriteError where the Python of LibreOffice is not of the version of ours."""
    ours = sys.version_info[:2]
    if office is None or office.version == ours:
        return
    theirs = ".".join(map(str, office.version))
    raise WriteError(
        Problem(
            Code.CANNOT_WRITE, f"Python {theirs} in LibreOffice ({office.python})",
            f"Python {ours[0]}.{ours[1]}, which runs xl_rebal here",
            f"Install xl-rebal into an environment of Python {theirs} and make the extension "
            "from there.",
            argument="--libreoffice",
        )
    )  # fmt: skip


def python_path() -> list[Path]:
    """The folders from which LibreOffice's Python imports us and what we need, the first first.

    Usually one, the site-packages of an environment; the source tree comes before it where we are
    installed as editable or found through PYTHONPATH.
    """
    folders = [_folder_of(package) for package in (*_OURS, *_NEEDED)]
    return list(dict.fromkeys(folder for folder in folders if folder is not None))


def _folder_of(package: str) -> Path | None:
    """Where a package is imported from, without importing it; None where it is not installed."""
    found = find_spec(package)
    if found is None or not found.submodule_search_locations:
        return None
    return Path(next(iter(found.submodule_search_locations))).resolve().parent
