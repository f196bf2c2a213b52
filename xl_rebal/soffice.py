"""Where LibreOffice is on this machine."""

from __future__ import annotations

import shutil
from pathlib import Path

_NAMES = (
    "soffice",
    "libreoffice",
    r"C:\Program Files\LibreOffice\program\soffice.com",
    r"C:\Program Files (x86)\LibreOffice\program\soffice.com",
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
    "/opt/libreoffice/program/soffice",
)


def find_soffice() -> Path | None:
    """Its program, the one that answers a terminal: on the path, or where it is usually installed."""
    found = (shutil.which(name) for name in _NAMES)
    return next((Path(place) for place in found if place), None)
