"""A second copy of xlwings, imported as on Windows, and what Excel's VBA does with it.

The copy lives beside the ordinary ``import xlwings`` of the same process: its modules are in
``sys.modules`` only inside ``active()``. What runs is xlwings' own code (engine, converters, COM
server); only Excel and pywin32 are stand-ins. It is a net under signatures, conversions and the
order of calls, not a proof of how COM behaves.
"""

from __future__ import annotations

import asyncio
import atexit
import concurrent.futures.thread
import contextlib
import ctypes
import importlib
import os
import shlex
import sys
import traceback
from collections.abc import Iterator, Sequence
from types import ModuleType
from typing import Any
from unittest import mock

import numpy as np
import pandas as pd
import xlwings as ordinary_xlwings

from tests.hosts.com_types import MISSING, ComObject, com_error
from tests.hosts.com_values import block, variant
from tests.hosts.pywin32_standins import Screen, build, windows_libraries

# Imported while the platform is still the real one: none of these may be loaded as on Windows.
LOADED_BEFORE = (asyncio, concurrent.futures.thread, np, ordinary_xlwings, pd, shlex)
with contextlib.suppress(ImportError):
    importlib.import_module("PIL.ImageGrab")  # xlwings takes it where Pillow is installed
LICENCE = "XLWINGS_LICENSE_KEY"
SERVER = "XLWINGS_ON_SERVER"


class WindowsSys:
    """``sys`` as the copy sees it: everything real but the platform."""

    platform = "win32"

    def __getattr__(self, name: str) -> Any:
        return getattr(sys, name)


class DesktopXlwings:
    """The copy and its Excel. ``private`` are packages that are imported afresh for it, because
    they hold on to ``xlwings`` when they are imported (a decorated module does)."""

    def __init__(self, private: Sequence[str]) -> None:
        self.screen = Screen()
        standins = build(self.screen)
        self._owned = ("xlwings", *private, *standins)
        self._modules: dict[str, ModuleType] = dict(standins)
        self._depth = 0
        libraries = windows_libraries(self.screen)
        before = set(sys.modules)
        with (
            self.active(),
            mock.patch.object(sys, "platform", "win32"),
            mock.patch.multiple(ctypes, create=True, **libraries),
            mock.patch.dict(os.environ),
        ):
            os.environ.pop(SERVER, None)
            os.environ.pop(LICENCE, None)
            self.xw: Any = importlib.import_module("xlwings")
            # bound in the copy's own modules only: the process goes on as what it is
            for name, module in list(sys.modules.items()):
                if name.partition(".")[0] == "xlwings" and vars(module).get("sys") is sys:
                    vars(module)["sys"] = WindowsSys()
        self.strangers = {name for name in set(sys.modules) - before if not self._owns(name)}
        parts: dict[str, Any] = dict(self._modules)
        self.windows = parts["xlwings._xlwindows"]
        self.udfs = parts["xlwings.udfs"]
        self.server = parts["xlwings.com_server"]
        self.windows.N_COM_ATTEMPTS = 1  # real life: for ever, while Excel says that it is busy
        self.windows.WindowsError = OSError  # a name that Python has on Windows only
        atexit.unregister(self.windows.cleanup)  # it would look for left-over Excels to end
        self.server.loop.close()  # only asynchronous functions use it; there are none

    def _owns(self, name: str) -> bool:
        return any(name == own or name.startswith(own + ".") for own in self._owned)

    @contextlib.contextmanager
    def active(self) -> Iterator[None]:
        """``import xlwings`` (and pywin32, and the private packages) means the copy in here."""
        self._depth += 1
        if self._depth == 1:
            self._aside = self._take()
            sys.modules.update(self._modules)
        try:
            yield
        finally:
            self._depth -= 1
            if self._depth == 0:
                self._modules = self._take()
                sys.modules.update(self._aside)

    def _take(self) -> dict[str, ModuleType]:
        return {name: sys.modules.pop(name) for name in list(sys.modules) if self._owns(name)}

    # what VBA does ----------------------------------------------------------------------------

    def formula(self, module: str, name: str, *arguments: Any, book: Any, caller: Any) -> Any:
        """What a cell shows for ``=NAME(arguments)`` in the cell ``caller`` of a book.

        Trailing optional arguments may be left out. Ranges are given as COM ranges. A result is
        a scalar or a list of rows; an exception is its description, as text.
        """
        with self.active():
            declared = self._declared(module, name, book)
            passed = [_pointer(argument) for argument in arguments]
            for argument in declared[len(passed) :]:
                if "optional" not in argument:
                    raise TypeError(f"Excel refuses the formula: {argument['name']} is missing")
                passed.append(MISSING)
            if len(passed) > len(declared):
                raise TypeError("Excel refuses the formula: too many arguments")
            server = self.server.XLPython()
            try:
                result = server.CallUDF(
                    module, name, tuple(passed), _pointer(book), _pointer(caller)
                )
                rows = block(result)
                return variant(result) if rows is None else rows
            except Exception as error:
                return description(error)
            finally:
                self.windows.BOOK_CALLER = None

    def _declared(self, module: str, name: str, book: Any) -> list[dict[str, Any]]:
        found = getattr(self.udfs.get_udf_module(module, _pointer(book)), name)
        arguments: list[dict[str, Any]] = found.__xlfunc__["args"]
        return arguments

    def import_functions(self, modules: str, book: Any) -> str:
        """The "Import Functions" button: the VBA text that it puts into the book."""
        with self.active():
            self.udfs.import_udfs(modules, book)
        code: str = book.VBProject.VBComponents("xlwings_udfs")._code
        return code

    def run_python(self, command: str, book: Any) -> None:
        """VBA's RunPython over the COM server (setting USE UDF SERVER)."""
        with self.active():
            server = self.server.XLPython()
            server.SetAttr(server.Module("xlwings._xlwindows"), "BOOK_CALLER", book)
            try:
                server.Exec(command)
            finally:
                self.windows.BOOK_CALLER = None

    def run_python_apart(self, command: str, book: Any) -> None:
        """VBA's RunPython as it is by default: a process that is told the book's name and the
        handle of Excel's window on its command line."""
        window = book.Application.Hwnd
        arguments = ["-c", f"--wb={book.Name}", "--from_xl=1", f"--hwnd={window}"]
        with self.active(), mock.patch.object(sys, "argv", arguments):
            exec(command, {})


def _pointer(argument: Any) -> Any:
    """An argument as VBA passes it: objects as bare pointers, values as COM carries them."""
    if isinstance(argument, ComObject):
        return argument._oleobj_
    rows = block(argument)
    return variant(argument) if rows is None else tuple(tuple(row) for row in rows)


def description(error: Exception) -> str:
    """``Err.Description`` of an exception in a Python COM server: its traceback as text."""
    if isinstance(error, com_error) and error.excepinfo:
        return str(error.excepinfo[2])
    return "Unexpected Python Error: " + "".join(traceback.format_exception(error))


def load_desktop_xlwings(private: Sequence[str] = ("udfs",)) -> DesktopXlwings:
    """A fresh copy of xlwings as on Windows, with an empty screen."""
    return DesktopXlwings(private)
