"""Our Calc add-in for tests: as it is shipped, with a few functions more that only tests need."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from tests.judges import more_functions
from tests.judges.libreoffice import START_SECONDS, Calc, Worker
from tests.judges.programs import Programs, plain_environment, skip_or_fail
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


class InstalledCalc(Calc):
    """A Calc into whose profile ``unopkg`` has put the extension, as a user does in a terminal."""

    def started(self) -> Worker:
        assert self.add_in
        folder = self.own_folder("office")
        add_by_unopkg(self.programs, self.add_in, folder / "profile")
        worker = Worker(self.programs, folder)
        worker.answer(START_SECONDS)
        return worker


def add_by_unopkg(programs: Programs, extension: Path, profile: Path) -> None:
    """Install an extension for one profile. unopkg refuses root, so root asks somebody else to.

    That is done where somebody else may go: root's own temporary folder may be closed to others.
    """
    public = "/tmp" if os.geteuid() == 0 else None
    with tempfile.TemporaryDirectory(prefix="unopkg-", dir=public) as name:
        folder = Path(name)
        folder.chmod(0o777)
        copy = Path(shutil.copy(extension, folder))
        copy.chmod(0o644)
        somebody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
        subprocess.run(
            [
                *(somebody if os.geteuid() == 0 else ()),
                *(programs.soffice.resolve().parent / "unopkg", "add", "--suppress-license"),
                *(f"-env:UserInstallation={(folder / 'profile').as_uri()}", copy),
            ],
            env=plain_environment(home=folder) | {"TMPDIR": name},
            cwd=folder,
            check=True,
            capture_output=True,
            timeout=START_SECONDS,
        )
        shutil.copytree(folder / "profile", profile)
