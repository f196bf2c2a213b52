"""Our Calc add-in for tests: the catalogue and two functions that only tests need."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
from pathlib import Path

from tests.judges import more_functions
from tests.judges.programs import Programs, plain_environment, skip_or_fail
from udfs.libreoffice.oxt import add_in

ROOT = Path(__file__).parents[2]
VERSION = "import sys; print('.'.join(map(str, sys.version_info[:2])))"


def add_in_or_skip(programs: Programs, folder: Path) -> Path:
    """The .oxt in ``folder``; skipped where LibreOffice's Python cannot import our packages."""
    asked = subprocess.run(
        [programs.python, "-c", VERSION],
        env=plain_environment(),
        check=True,
        capture_output=True,
        text=True,
        timeout=30,
    )
    theirs, ours = asked.stdout.strip(), ".".join(map(str, sys.version_info[:2]))
    if theirs != ours:
        skip_or_fail(
            f"LibreOffice's Python is {theirs} and that of the tests {ours}: it cannot import "
            f"their numpy; run the tests with Python {theirs}."
        )
    path = folder / "xl_rebal.oxt"
    python_path = [ROOT, Path(sysconfig.get_path("purelib"))]
    path.write_bytes(
        add_in(more_functions.FUNCTIONS, python_path, catalogue=more_functions.__name__)
    )
    return path
