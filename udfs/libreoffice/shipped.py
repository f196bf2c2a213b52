"""The extension that `xl-rebal addin --libreoffice` writes."""

from __future__ import annotations

import sysconfig
from pathlib import Path

import udfs
from udfs.libreoffice.oxt import add_in
from xl_rebal.registry import FUNCTIONS


def extension() -> bytes:
    """The .oxt for the Calc of this machine, whose Python imports from where this one does."""
    packages = Path(udfs.__file__).parents[1]
    return add_in(FUNCTIONS, [packages, Path(sysconfig.get_path("purelib"))])
