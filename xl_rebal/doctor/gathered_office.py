"""LibreOffice of this machine: where, which version, the Python inside it, and our extension."""

from __future__ import annotations

import ast
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

from xl_rebal.doctor.machine import CalcAddIn, Office, System
from xl_rebal.soffice import find_soffice

SECONDS = 30
_BRIDGES = ("libpyuno.so", "pyuno.pyd", "pyuno.dll", "libpyuno.dylib")
"""The library by which LibreOffice runs Python; it names the Python that it was linked with."""
_LINKED = re.compile(rb"(?:libpython3\.(\d+)\.|python3(\d+)\.dll|Versions/3\.(\d+)/)")
_IDENTIFIER = re.compile(r"<identifier\s+value=\"[^\"]*xl[-_.]?rebal", re.IGNORECASE)


def office(system: System) -> Office | None:
    """LibreOffice, None where there is none. Nothing but ``soffice --version`` is run."""
    found = find_soffice()
    if found is None:
        return None
    program, folder = str(found), found.resolve().parent
    return Office(program, _version(program), linked_python(folder), add_in(_profile(system)))


def _version(program: str) -> str:
    """What it says of itself: 7.4.7; nothing where it does not answer."""
    try:
        done = subprocess.run(
            [program, "--version"], capture_output=True, text=True, errors="replace",
            timeout=SECONDS, stdin=subprocess.DEVNULL,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return ""
    found = re.search(r"\b\d+\.\d+(?:\.\d+)?", done.stdout)
    return found[0] if found else ""


def linked_python(folder: Path) -> str:
    """The version of Python inside LibreOffice: 3.11; nothing where it cannot be told."""
    places = (folder, folder.parent / "Frameworks")
    for file in (place / name for place in places for name in _BRIDGES):
        try:
            found = _LINKED.search(file.read_bytes())
        except OSError:
            continue
        if found:
            return f"3.{next(each for each in found.groups() if each).decode()}"
    return ""


def _profile(system: System) -> Path:
    """Where LibreOffice keeps what a user has installed."""
    home = Path.home()
    if system is System.WINDOWS:
        return Path(os.environ.get("APPDATA", home)) / "LibreOffice/4/user"
    if system is System.MAC:
        return home / "Library/Application Support/LibreOffice/4/user"
    return Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config") / "libreoffice/4/user"


def add_in(profile: Path) -> CalcAddIn | None:
    """Our extension in a profile: ``unopkg`` is slow and refuses root, so its folders are read."""
    for description in profile.glob("uno_packages/cache/uno_packages/*/*/description.xml"):
        text = description.read_text(encoding="utf-8", errors="replace")
        if _IDENTIFIER.search(text) is None:
            continue
        version = re.search(r"<version\s+value=\"([^\"]*)\"", text)
        folders = [
            folder
            for file in sorted(description.parent.rglob("*.py"))
            for folder in named_folders(file.read_text(encoding="utf-8", errors="replace"))
        ]
        missing = tuple(each for each in folders if not Path(each).exists())
        return CalcAddIn(version[1] if version else "", missing)
    return None


def named_folders(launcher: str) -> Iterator[str]:
    """The absolute folders that a launcher imports from.

    >>> list(named_folders("for folder in ['/opt/venv/lib', 'C:\\\\\\\\py']:\\n    site.addsitedir(folder)"))
    ['/opt/venv/lib', 'C:\\\\py']
    """
    try:
        nodes = list(ast.walk(ast.parse(launcher)))
    except SyntaxError:
        return
    for node in nodes:
        if isinstance(node, ast.For) and isinstance(node.iter, ast.List):
            for item in node.iter.elts:
                if isinstance(item, ast.Constant) and isinstance(item.value, str):
                    yield item.value
