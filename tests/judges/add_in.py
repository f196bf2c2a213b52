"""Our Calc add-in for tests: as it is shipped, with two functions more that only tests need."""

from __future__ import annotations

from pathlib import Path

from tests.judges import more_functions
from tests.judges.programs import Programs, skip_or_fail
from udfs.libreoffice.shipped import FILE_NAME, extension, refuse_other_python
from xl_rebal.errors import WriteError


def add_in_or_skip(programs: Programs, folder: Path) -> Path:
    """The .oxt in ``folder``; skipped where LibreOffice's Python cannot import our packages."""
    try:
        refuse_other_python(programs.office)
    except WriteError as error:
        skip_or_fail(f"Run the tests with LibreOffice's Python. {error}")
    path = folder / FILE_NAME
    path.write_bytes(extension(more_functions.FUNCTIONS, catalogue=more_functions.__name__))
    return path
