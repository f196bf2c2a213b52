"""Which Python runs the add-in: LibreOffice's own, of the same version as that of the tests."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.judges.add_in import add_in_or_skip
from tests.judges.programs import Programs, plain_environment
from udfs.libreoffice.office import Office

OLD = Programs(Office(Path("soffice"), Path("/old/python"), (3, 4)), Path("pdftoppm"))


def test_another_python_version_skips_with_a_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("CI", raising=False)

    with pytest.raises(pytest.skip.Exception, match=r"found Python 3.4 in LibreOffice \(/old"):
        add_in_or_skip(OLD, tmp_path)


def test_another_python_version_fails_in_ci(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CI", "true")

    with pytest.raises(pytest.fail.Exception, match=r"Run the tests with LibreOffice's Python"):
        add_in_or_skip(OLD, tmp_path)


def test_the_office_sees_no_virtual_environment_on_its_path(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    environment, plain = tmp_path / "venv" / "bin", tmp_path / "bin"
    for folder in (environment, plain):
        folder.mkdir(parents=True)
    (tmp_path / "venv" / "pyvenv.cfg").touch()
    monkeypatch.setenv("PATH", os.pathsep.join([str(environment), str(plain)]))

    assert plain_environment()["PATH"] == str(plain)
