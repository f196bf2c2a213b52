"""Excel as the registry of Windows and the folders of macOS tell of it; both are invented."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import xlwings

from xl_rebal.doctor import gathered_excel
from xl_rebal.doctor.machine import System

OFFICE = "Microsoft\\Office\\16.0\\Excel"


class Registry:
    """A stand-in for winreg: values by root and key, then by name."""

    HKEY_LOCAL_MACHINE, HKEY_CURRENT_USER = 1, 2

    def __init__(self, values: dict[tuple[int, str], dict[str, object]]) -> None:
        self.values = values

    @contextmanager
    def OpenKey(self, root: int, key: str) -> Iterator[dict[str, object]]:  # noqa: N802
        if (root, key) not in self.values:
            raise FileNotFoundError(key)
        yield self.values[root, key]

    def QueryValueEx(self, opened: dict[str, object], name: str) -> tuple[object, int]:  # noqa: N802
        if name not in opened:
            raise FileNotFoundError(name)
        return opened[name], 1

    def QueryInfoKey(self, opened: dict[str, object]) -> tuple[int, int, int]:  # noqa: N802
        return 0, len(opened), 0

    def EnumValue(self, opened: dict[str, object], place: int) -> tuple[str, object, int]:  # noqa: N802
        return *list(opened.items())[place], 1


def on_windows(monkeypatch: pytest.MonkeyPatch, registry: Registry) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setitem(sys.modules, "winreg", registry)


def test_excel_on_windows_is_read_from_the_registry(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program, add_in = tmp_path / "EXCEL.EXE", tmp_path / "xl_rebal.xlam"
    add_in.touch()
    start = tmp_path / "Microsoft/Excel/XLSTART"
    start.mkdir(parents=True)
    (start / "other.xlam").touch()
    registry = Registry({
        (1, "SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\App Paths\\excel.exe"): {"": f'"{program}"'},
        (1, "SOFTWARE\\Microsoft\\Office\\ClickToRun\\Configuration"): {"VersionToReport": "16.0.17328"},
        (2, f"Software\\{OFFICE}\\Security"): {"VBAWarnings": 1},
        (2, f"Software\\Policies\\{OFFICE}\\Security"): {"VBAWarnings": 4},
        (2, f"Software\\{OFFICE}\\Options"): {"Font": "x", "OPEN": f'/R "{add_in}"', "OPEN1": "gone.xlam"},
    })  # fmt: skip
    on_windows(monkeypatch, registry)
    monkeypatch.setenv("APPDATA", str(tmp_path))

    found = gathered_excel.excel(System.WINDOWS)

    assert found is not None
    assert (found.path, found.version, found.bits) == (str(program), "16.0.17328", None)
    assert (found.macro_setting, found.by_policy) == (4, True), "a policy goes before the user"
    assert found.add_ins == (str(add_in), str(start / "other.xlam"))
    assert found.missing_add_ins == (str(tmp_path / "Microsoft/AddIns/gone.xlam"),)


def test_a_windows_without_excel_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    on_windows(monkeypatch, Registry({}))
    assert gathered_excel.excel(System.WINDOWS) is None


@pytest.mark.parametrize("installed", [True, False])
def test_on_macos_the_script_must_be_of_the_installed_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, installed: bool
) -> None:
    version = xlwings.__version__ if installed else "0.1.0"
    scripts = tmp_path / "Library/Application Scripts/com.microsoft.Excel"
    scripts.mkdir(parents=True)
    (scripts / f"xlwings-{version}.applescript").touch()
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    monkeypatch.setattr(gathered_excel, "_MAC_APP", tmp_path)

    found = gathered_excel.excel(System.MAC)

    assert found is not None
    assert found.run_python_script is installed
