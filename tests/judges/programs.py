"""Finds the programs that the Calc judge needs, and says in one sentence when one is missing."""

from __future__ import annotations

import os
import shutil
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import pytest

HAS_UNO = "import sys, uno; sys.exit(sys.version_info < (3, 10))"


class NotInstalledError(Exception):
    """A program that the judge needs is not on this machine."""


@dataclass(frozen=True)
class Programs:
    """Where the three programs are; ``python`` is one that can ``import uno``."""

    soffice: Path
    python: Path
    pdftoppm: Path


def find_programs() -> Programs:
    """The programs of this machine, or a NotInstalledError whose sentence names what is missing."""

    def found(*names: str) -> Path | None:
        return next((Path(place) for name in names if (place := shutil.which(name))), None)

    soffice = found(
        "soffice", "libreoffice", "/Applications/LibreOffice.app/Contents/MacOS/soffice"
    )
    pdftoppm = found("pdftoppm")
    python = soffice and python_with_uno(soffice)
    parts = {"soffice": soffice, "a Python that imports uno": python, "pdftoppm": pdftoppm}
    if os.name == "posix" and soffice and python and pdftoppm:
        return Programs(soffice, python, pdftoppm)
    missing = ", ".join(name for name, place in parts.items() if not place)
    raise NotInstalledError(
        f"LibreOffice Calc is not installed: found no {missing or 'POSIX system'}; on Debian it "
        "takes the packages libreoffice-calc, python3-uno and poppler-utils."
    )


def python_with_uno(soffice: Path) -> Path | None:
    """LibreOffice's own Python if it ships one, else the system's; that of the tests has no uno."""
    folder = soffice.resolve().parent
    candidates = [
        folder / "python",
        folder.parent / "Resources" / "python",
        Path("/usr/bin/python3"),
        *(Path(place) for name in ("python3", "python") if (place := shutil.which(name))),
    ]
    for candidate in candidates:
        with suppress(OSError, subprocess.SubprocessError):
            subprocess.run(
                [candidate, "-c", HAS_UNO],
                env=plain_environment(),
                check=True,
                capture_output=True,
                timeout=30,
            )
            return candidate
    return None


def plain_environment(home: Path | None = None) -> dict[str, str]:
    """Our environment without what ties it to the tests' Python, a user's settings or language."""
    dropped = ("PYTHON", "VIRTUAL_ENV", "LC_", "LANG", "XDG_", "DISPLAY", "WAYLAND_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
    # A virtual environment on the path is taken for its own by the Python inside LibreOffice,
    # which then does not start; all that one sees is std::bad_alloc.
    folders = [
        folder
        for folder in os.environ.get("PATH", os.defpath).split(os.pathsep)
        if not is_environment(Path(folder).parent)
    ]
    return (
        kept
        | {"LC_ALL": "C.UTF-8", "SAL_USE_VCLPLUGIN": "svp", "PATH": os.pathsep.join(folders)}
        | ({"HOME": str(home)} if home else {})
    )


def is_environment(folder: Path) -> bool:
    """Whether a folder is a Python virtual environment; one that we may not read is none of ours."""
    try:
        return (folder / "pyvenv.cfg").exists()
    except PermissionError:
        return False


def programs_or_skip() -> Programs:
    """The programs; where one is missing the test is skipped, but fails when CI is set."""
    try:
        return find_programs()
    except NotInstalledError as missing:
        skip_or_fail(str(missing))


def skip_or_fail(sentence: str) -> NoReturn:
    """Skip the test that cannot run on this machine; where CI is set that is a failure."""
    if os.environ.get("CI"):
        pytest.fail(sentence, pytrace=False)
    pytest.skip(sentence)
