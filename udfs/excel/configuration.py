"""Which Python Excel starts, as rows of the sheet that xlwings reads."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from pathlib import Path

import udfs
from udfs.excel.wrappers import PYTHON_MODULE
from xl_rebal.errors import Code, InputError, Problem

_ON_WINDOWS = re.compile(r"(?:[A-Za-z]:[\\/]|\\\\[^\\]+\\).*\.exe", re.IGNORECASE)


@dataclass(frozen=True)
class Interpreter:
    """An executable by its absolute path, for Windows or for a Mac, and the folder of our packages.

    What is empty is not known here: Excel then asks the user's own settings of xlwings, and at last
    for a ``python`` on the PATH.
    """

    windows: str = ""
    mac: str = ""
    packages: str = ""

    @property
    def is_known(self) -> bool:
        return bool(self.windows or self.mac)

    def rows(self) -> list[tuple[str, str]]:
        """The settings, the key first. The folder of the workbook is no place to import from."""
        settings = {
            "INTERPRETER_WIN": self.windows,
            "INTERPRETER_MAC": self.mac,
            "PYTHONPATH": self.packages,
            "UDF MODULES": PYTHON_MODULE,
            "ADD_WORKBOOK_TO_PYTHONPATH": "false",
        }
        return [(key, value) for key, value in settings.items() if value]


def this_interpreter(platform: str = sys.platform, executable: str = sys.executable) -> Interpreter:
    """The Python that runs this, where Excel can be on the same machine; else nothing is known."""
    packages = str(Path(udfs.__file__).parents[1])
    if platform == "win32":
        return Interpreter(windows=_with_backslashes(executable), packages=packages)
    if platform == "darwin":
        return Interpreter(mac=executable, packages=packages)
    return Interpreter()


def _with_backslashes(path: str) -> str:
    """xlwings' VBA takes the folder of the path to be all before its last backslash."""
    return path.replace("/", "\\")


def named_interpreter(path: str) -> Interpreter:
    """A Python of another machine; InputError where its path is not absolute."""
    if _ON_WINDOWS.fullmatch(path):
        return Interpreter(windows=_with_backslashes(path))
    if path.startswith("/") and not path.endswith("/"):
        return Interpreter(mac=path)
    raise InputError(
        Problem(
            Code.UNKNOWN_WORD,
            repr(path),
            "the whole path of a Python, such as C:\\Python\\python.exe",
            'Ask it: python -c "import sys; print(sys.executable)".',
            argument="--interpreter",
        )
    )
