"""Finding LibreOffice's Python, with stand-ins for both."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from udfs.libreoffice.office import Office, office_of, without_python


def program(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o700)
    return path


def test_the_python_that_stands_beside_soffice_is_its_own(tmp_path: Path) -> None:
    soffice = program(tmp_path / "program" / "soffice", "")
    python = program(tmp_path / "program" / "python", "echo 3 9")
    link = tmp_path / "soffice"
    link.symlink_to(soffice)

    assert office_of(link) == Office(link, python, (3, 9))


def test_a_python_that_cannot_talk_to_the_office_is_passed_over(tmp_path: Path) -> None:
    soffice = program(tmp_path / "program" / "soffice", "")
    program(tmp_path / "program" / "python", "exit 1")
    python = program(tmp_path / "Resources" / "python", "echo 3 10")

    assert office_of(soffice) == Office(soffice, python, (3, 10))


def test_the_python_of_the_office_is_asked_without_our_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    ours, other = tmp_path / "venv" / "bin", tmp_path / "bin"
    program(ours.parent / "pyvenv.cfg", "")
    monkeypatch.setenv("PATH", os.pathsep.join([str(ours), str(other)]))
    monkeypatch.setenv("PYTHONPATH", "x")
    monkeypatch.setenv("VIRTUAL_ENV", "y")

    found = without_python()

    assert found["PATH"] == str(other)
    assert not {"PYTHONPATH", "VIRTUAL_ENV"} & found.keys()
