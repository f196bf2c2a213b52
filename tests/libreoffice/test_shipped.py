"""What the shipped extension knows of this installation, and what it refuses."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import xl_rebal
from udfs.libreoffice.office import Office
from udfs.libreoffice.shipped import python_path, refuse_other_python
from xl_rebal.errors import WriteError

OURS = sys.version_info[:2]


def test_a_python_that_sees_those_folders_alone_imports_us_and_what_we_need(tmp_path: Path) -> None:
    folders = python_path()
    code = (
        f"import sys; sys.path += {[str(folder) for folder in folders]!r}\n"
        "import numpy, udfs.answers, xl_rebal.registry, highspy\nprint(xl_rebal.__file__)"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code],
        capture_output=True, text=True, check=True, cwd=tmp_path,
    )  # fmt: skip

    assert Path(done.stdout.strip()) == Path(xl_rebal.__file__).resolve()
    assert folders[0] == Path(xl_rebal.__file__).resolve().parents[1]
    assert len(set(folders)) == len(folders)


def test_the_same_python_or_none_that_is_known_will_do() -> None:
    refuse_other_python(None)
    refuse_other_python(Office(Path("soffice"), Path("python"), OURS))


def test_another_python_is_refused_in_one_sentence() -> None:
    office = Office(Path("/office/soffice"), Path("/office/python"), (3, 8))

    with pytest.raises(WriteError) as refused:
        refuse_other_python(office)

    assert str(refused.value.problems[0]) == (
        "#XR403 --libreoffice: found Python 3.8 in LibreOffice (/office/python), expected Python "
        f"{OURS[0]}.{OURS[1]}, which runs xl_rebal here. Install xl-rebal into an environment of "
        "Python 3.8 and make the extension from there."
    )
