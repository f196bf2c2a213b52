"""The LibreOffice of this machine and the Python that it runs."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from xl_rebal.soffice import find_soffice

_VERSION = "import sys, uno; print(*sys.version_info[:2])"
_PATIENCE = 30
"""Seconds."""


@dataclass(frozen=True)
class Office:
    """``python`` is the one that LibreOffice loads its extensions into, ``version`` its first two
    numbers: what is compiled, as numpy is, fits one such version alone."""

    soffice: Path
    python: Path
    version: tuple[int, int]


def find_office() -> Office | None:
    """The LibreOffice that starts here; None where there is none, or none with Python."""
    soffice = find_soffice()
    return None if soffice is None else office_of(soffice)


def office_of(soffice: Path) -> Office | None:
    """The office that ``soffice`` starts; None where no Python can talk to it."""
    for python in _pythons(soffice):
        with suppress(OSError, subprocess.SubprocessError, ValueError):
            asked = subprocess.run(
                [python, "-c", _VERSION],
                env=without_python(),
                check=True,
                capture_output=True,
                text=True,
                timeout=_PATIENCE,
            )
            major, minor = asked.stdout.split()
            return Office(soffice, python, (int(major), int(minor)))
    return None


def _pythons(soffice: Path) -> Iterator[Path]:
    """LibreOffice's own Python if it ships one, else the system's."""
    folder = soffice.resolve().parent
    yield from (folder / "python", folder / "python.exe", folder.parent / "Resources" / "python")
    if os.name == "posix":
        yield Path("/usr/bin/python3")
    path = without_python().get("PATH", os.defpath)
    yield from (
        Path(place)
        for name in ("python3", "python")
        if (place := shutil.which(name, path=path)) is not None
    )


def without_python() -> dict[str, str]:
    """Our environment without what ties it to the Python that runs us.

    A virtual environment on the path is taken for its own by the Python inside LibreOffice, which
    then does not start; all that one sees is std::bad_alloc.
    """
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTHON", "VIRTUAL_ENV"))
    }
    folders = [
        folder
        for folder in os.environ.get("PATH", os.defpath).split(os.pathsep)
        if not is_environment(Path(folder).parent)
    ]
    return kept | {"PATH": os.pathsep.join(folders)}


def is_environment(folder: Path) -> bool:
    """Whether a folder is a Python virtual environment; one that we may not read is none of ours."""
    try:
        return (folder / "pyvenv.cfg").exists()
    except PermissionError:
        return False
