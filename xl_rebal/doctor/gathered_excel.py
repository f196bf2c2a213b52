"""Excel on Windows and macOS: where, which, what it opens at its start, what it says of macros.

No test has seen a real Excel: places and names are those that Microsoft documents, and that xlwings
uses.
"""

from __future__ import annotations

import os
import re
import struct
import sys
from importlib import metadata
from pathlib import Path

from xl_rebal.doctor.machine import Excel, System

_APP_PATHS = r"SOFTWARE\Microsoft\Windows\CurrentVersion\App Paths\excel.exe"
_CLICK_TO_RUN = r"SOFTWARE\Microsoft\Office\ClickToRun\Configuration"
_MAC_APP = Path("/Applications/Microsoft Excel.app")
_BITS = {0x014C: 32, 0x8664: 64, 0xAA64: 64}
"""The field Machine of a program: i386, x64, ARM64 (where VBA has Win64 too)."""


def excel(system: System) -> Excel | None:
    """Excel of this machine, None where there is none."""
    if system is System.WINDOWS:
        return _on_windows()
    return _on_mac() if system is System.MAC else None


def _on_windows() -> Excel | None:
    if sys.platform != "win32":
        return None
    import winreg

    def value(root: int, key: str, name: str) -> object:
        try:
            with winreg.OpenKey(root, key) as opened:
                return winreg.QueryValueEx(opened, name)[0]
        except OSError:
            return None

    def values(key: str) -> dict[str, object]:
        found: dict[str, object] = {}
        try:
            with winreg.OpenKey(winreg.HKEY_CURRENT_USER, key) as opened:
                for place in range(winreg.QueryInfoKey(opened)[1]):
                    name, content, _ = winreg.EnumValue(opened, place)
                    found[name] = content
        except OSError:
            return found
        return found

    path = value(winreg.HKEY_LOCAL_MACHINE, _APP_PATHS, "")
    path = path or value(winreg.HKEY_CURRENT_USER, _APP_PATHS, "")
    if not isinstance(path, str):
        return None
    version = str(value(winreg.HKEY_LOCAL_MACHINE, _CLICK_TO_RUN, "VersionToReport") or "")
    office = f"{version.split('.')[0] or '16'}.0"
    security = rf"Software\Microsoft\Office\{office}\Excel\Security"
    policy = rf"Software\Policies\Microsoft\Office\{office}\Excel\Security"
    by_policy = value(winreg.HKEY_CURRENT_USER, policy, "VBAWarnings")
    setting = value(winreg.HKEY_CURRENT_USER, security, "VBAWarnings")
    macro_setting = setting if by_policy is None else by_policy
    options = values(rf"Software\Microsoft\Office\{office}\Excel\Options")
    roaming = Path(os.environ.get("APPDATA", ""))
    registered = registered_add_ins(options, roaming / "Microsoft/AddIns")
    start = (roaming / "Microsoft/Excel/XLSTART", Path(path.strip('"')).parent / "XLSTART")
    opened = [str(file) for folder in start for file in sorted(folder.glob("*.xl*"))]
    return Excel(
        path=path.strip('"'),
        version=version,
        bits=bits_of(Path(path.strip('"'))),
        macro_setting=macro_setting if isinstance(macro_setting, int) else None,
        by_policy=by_policy is not None,
        add_ins=(*(each for each in registered if Path(each).is_file()), *opened),
        missing_add_ins=tuple(each for each in registered if not Path(each).is_file()),
    )


def registered_add_ins(options: dict[str, object], folder: Path) -> list[str]:
    """The files that the values OPEN, OPEN1 ... name; a bare name stands in the folder of add-ins.

    >>> registered_add_ins({"OPEN": '/R "C:\\\\desk\\\\xl_rebal.xlam"', "Font": "Calibri"}, Path("x"))
    ['C:\\\\desk\\\\xl_rebal.xlam']
    """
    found = []
    for name, content in sorted(options.items()):
        if re.fullmatch(r"OPEN\d*", name) and isinstance(content, str):
            file = re.sub(r"^/\w+\s+", "", content.strip()).strip('"')
            found.append(file if re.search(r"[\\/]", file) else str(folder / file))
    return found


def bits_of(program: Path) -> int | None:
    """The bits that a Windows program was made for, of its own header (PE: offset at byte 60)."""
    try:
        with program.open("rb") as file:
            file.seek(60)
            (at,) = struct.unpack("<I", file.read(4))
            file.seek(at)
            signature, kind = struct.unpack("<4sH", file.read(6))
    except (OSError, struct.error, OverflowError):
        return None
    return _BITS.get(kind) if signature == b"PE\0\0" else None


def _on_mac() -> Excel | None:
    if not _MAC_APP.is_dir():
        return None
    library = Path.home() / "Library"
    try:
        script = f"xlwings-{metadata.version('xlwings')}.applescript"
    except metadata.PackageNotFoundError:
        script = ""
    startup = library / "Group Containers/UBF8T346G9.Office/User Content.localized"
    opened = startup.glob("Startup.localized/Excel/*.xl*")
    return Excel(
        path=str(_MAC_APP),
        add_ins=tuple(str(file) for file in sorted(opened)),
        run_python_script=bool(script)
        and (library / "Application Scripts/com.microsoft.Excel" / script).is_file(),
    )
