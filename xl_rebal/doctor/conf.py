"""xlwings' settings: a sheet of the book, a file beside it, a file of the user, in this order.

Read from ``GetConfig`` in xlwings 0.37.8: the first of them that *has* the key wins, though its
value be blank, and a key is the same in capitals or not.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass

XLWINGS = "xlwings"
"""Whose settings a book's macros read; an add-in has a name of its own in its VBA."""
CONDA = ("CONDA PATH", "CONDA ENV")


def file_name(project: str) -> str:
    """Of the files and of the sheet."""
    return f"{project or XLWINGS}.conf"


@dataclass(frozen=True)
class Layer:
    """One place with settings: ``where`` as a person finds it, ``pairs`` in their order."""

    where: str
    pairs: tuple[tuple[str, str], ...]

    def get(self, key: str) -> str | None:
        """The value, blank text where the key stands without one, None where it does not stand."""
        found = (value for name, value in self.pairs if name.upper() == key)
        return next(found, None)

    def twice(self) -> list[str]:
        """Keys that stand more than once: in a sheet, an error of every function and macro."""
        names = [name.upper() for name, _ in self.pairs]
        return sorted({name for name in names if names.count(name) > 1})


@dataclass(frozen=True)
class Setting:
    value: str
    where: str


def setting(key: str, layers: Sequence[Layer]) -> Setting | None:
    """The setting that xlwings would take, and whence.

    >>> sheet = Layer("Sheet xlwings.conf", (("PYTHONPATH", ""),))
    >>> user = Layer("~/.xlwings/xlwings.conf", (("PYTHONPATH", "C:\\\\lib"), ("Udf Modules", "mine")))
    >>> setting("PYTHONPATH", [sheet, user]), setting("UDF MODULES", [sheet, user]).value
    (Setting(value='', where='Sheet xlwings.conf'), 'mine')
    """
    for layer in layers:
        value = layer.get(key)
        if value is not None:
            return Setting(value, layer.where)
    return None


def interpreter(windows: bool, layers: Sequence[Layer]) -> Setting:
    """The interpreter that Excel would start: the key of the system, the old one, then its default."""
    for key in ("INTERPRETER_WIN" if windows else "INTERPRETER_MAC", "INTERPRETER"):
        found = setting(key, layers)
        if found is not None and found.value:
            return found
    return Setting("pythonw" if windows else "python", "")


def read_file(text: str) -> tuple[tuple[str, str], ...]:
    """The pairs of a file: ``"KEY","VALUE"`` a line.

    >>> read_file('"INTERPRETER_WIN","C:\\\\py\\\\python.exe"\\n\\n"SHOW CONSOLE","False"\\n')
    (('INTERPRETER_WIN', 'C:\\\\py\\\\python.exe'), ('SHOW CONSOLE', 'False'))
    """
    rows = csv.reader(text.splitlines(), skipinitialspace=True)
    return tuple((row[0].strip(), row[1].strip()) for row in rows if len(row) > 1 and row[0])


def read_rows(rows: Sequence[Sequence[object]]) -> tuple[tuple[str, str], ...]:
    """The pairs of a sheet: columns A and B from the first row to the first blank cell in A.

    >>> read_rows([["UDF MODULES", "udfs.functions"], ["PYTHONPATH", None], [], ["LOST", "x"]])
    (('UDF MODULES', 'udfs.functions'), ('PYTHONPATH', ''))
    """
    pairs = []
    for row in rows:
        if not row or row[0] is None:
            break
        value = row[1] if len(row) > 1 and row[1] is not None else ""
        pairs.append((str(row[0]).strip(), str(value).strip()))
    return tuple(pairs)
