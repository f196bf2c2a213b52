"""What this installation can do here: one line a part, with the mend."""

from __future__ import annotations

import platform
import shutil
import sys
from dataclasses import dataclass
from importlib import metadata, util

from xl_rebal import __version__


@dataclass(frozen=True)
class Finding:
    """``state`` is ok, missing or info."""

    part: str
    state: str
    detail: str


def findings() -> list[Finding]:
    """Python, the packages, the spreadsheet programs; nothing heavy is imported."""
    bits = 64 if sys.maxsize > 2**32 else 32
    found = [
        Finding("xl_rebal", "ok", __version__),
        Finding("Python", "ok", f"{platform.python_version()}, {bits} bit, {sys.executable}"),
    ]
    for package in ("numpy", "pandas", "cvxpy", "openpyxl", "python-calamine", "xlwings"):
        try:
            found.append(Finding(package, "ok", metadata.version(package)))
        except metadata.PackageNotFoundError:
            found.append(Finding(package, "missing", f"Run: pip install {package}"))
    if sys.platform in ("win32", "darwin"):
        found.append(
            Finding("Excel", "info", "Worksheet functions need Windows; macros run on macOS too.")
        )
    else:
        found.append(
            Finding("Excel", "info", "Not on this system; the command line works without it.")
        )
    office = shutil.which("soffice") or shutil.which("libreoffice")
    found.append(
        Finding("LibreOffice", "ok", office)
        if office
        else Finding("LibreOffice", "missing", "Optional: opens the books where Excel is missing.")
    )
    registered = util.find_spec("udfs") is not None
    found.append(
        Finding("udfs", "ok", "udfs.functions and udfs.macros can be imported by xlwings")
        if registered
        else Finding("udfs", "missing", "Reinstall xl-rebal: its udfs package is not importable.")
    )
    return found
