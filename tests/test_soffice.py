"""Finding the program of LibreOffice."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from xl_rebal.soffice import find_soffice


def test_soffice_is_found_on_the_path(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    soffice = tmp_path / "soffice"
    soffice.write_text("#!/bin/sh\n")
    soffice.chmod(0o700)
    monkeypatch.setenv("PATH", str(tmp_path))

    assert find_soffice() == soffice


def test_it_is_found_where_it_is_installed_when_the_path_does_not_have_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    usual = r"C:\Program Files\LibreOffice\program\soffice.com"
    monkeypatch.setattr(shutil, "which", lambda name: name if name == usual else None)

    assert find_soffice() == Path(usual)


def test_none_is_found_where_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)

    assert find_soffice() is None
