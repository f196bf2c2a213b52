"""Finds the programs that the Calc judge needs, and says in one sentence when one is missing."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import pytest

from udfs.libreoffice.office import Office, office_of, without_python
from xl_rebal.soffice import find_soffice


class NotInstalledError(Exception):
    """A program that the judge needs is not on this machine."""


@dataclass(frozen=True)
class Programs:
    """Where the programs are; the Python of the office is one that can ``import uno``."""

    office: Office
    pdftoppm: Path

    @property
    def soffice(self) -> Path:
        return self.office.soffice

    @property
    def python(self) -> Path:
        return self.office.python


def find_programs() -> Programs:
    """The programs of this machine, or a NotInstalledError whose sentence names what is missing."""

    soffice = find_soffice()
    office = soffice and office_of(soffice)
    pdftoppm = Path(place) if (place := shutil.which("pdftoppm")) else None
    if os.name == "posix" and office and pdftoppm:
        return Programs(office, pdftoppm)
    parts = {"soffice": soffice, "a Python that imports uno": office, "pdftoppm": pdftoppm}
    missing = ", ".join(name for name, place in parts.items() if not place)
    raise NotInstalledError(
        f"LibreOffice Calc is not installed: found no {missing or 'POSIX system'}; on Debian it "
        "takes the packages libreoffice-calc, python3-uno and poppler-utils."
    )


def plain_environment(home: Path | None = None) -> dict[str, str]:
    """Our environment without what ties it to the tests' Python, a user's settings or language."""
    dropped = ("LC_", "LANG", "XDG_", "DISPLAY", "WAYLAND_")
    kept = {name: value for name, value in without_python().items() if not name.startswith(dropped)}
    return (
        kept
        | {"LC_ALL": "C.UTF-8", "SAL_USE_VCLPLUGIN": "svp"}
        | ({"HOME": str(home)} if home else {})
    )


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
