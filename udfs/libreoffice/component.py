"""The add-in as LibreOffice's own Python runs it: formulas in, the catalogue's answers out.

Loaded by the launcher that ``oxt.py`` writes into the extension; it needs the module ``uno``, which
only LibreOffice's Python has.
"""

from __future__ import annotations

import builtins
import importlib
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import uno
import unohelper

from udfs.answers import answered
from udfs.libreoffice.names import IMPLEMENTATION, INTERFACE, SERVICES, by_method
from udfs.libreoffice.values import raw_argument, uno_rows
from udfs.libreoffice.wizard import Wizard
from xl_rebal.worksheet import FunctionSpec

_INTERFACES = (
    INTERFACE,
    "com.sun.star.sheet.XAddIn",
    "com.sun.star.sheet.XCompatibilityNames",
    "com.sun.star.lang.XServiceName",
    "com.sun.star.lang.XServiceInfo",
)


def implementation(catalogue: str) -> Any:
    """What LibreOffice looks for: the add-in of the module whose FUNCTIONS it shall offer."""
    with _plain_imports():
        functions: Mapping[str, FunctionSpec] = importlib.import_module(catalogue).FUNCTIONS
    bases = (_Component, unohelper.Base, *(uno.getClass(name) for name in _INTERFACES))
    methods = {name: _formula(spec) for name, spec in by_method(functions).items()}
    made = unohelper.ImplementationHelper()
    made.addImplementation(
        type("AddIn", bases, {"functions": functions, **methods}), IMPLEMENTATION, SERVICES
    )
    return made


def _formula(spec: FunctionSpec) -> Callable[..., Any]:
    """The method behind one function. Our own bug is #VALUE! in Calc, so stderr has its story."""

    def formula(_self: object, *cells: object) -> Any:
        try:
            with _plain_imports():
                return uno_rows(answered(spec, [raw_argument(cell) for cell in cells]))
        except Exception:
            traceback.print_exc()
            raise

    return formula


@contextmanager
def _plain_imports() -> Iterator[None]:
    """Python's own import statement: the one that ``import uno`` puts in its place breaks cvxpy."""
    hooked = builtins.__import__
    builtins.__import__ = uno._builtin_import
    try:
        yield
    finally:
        builtins.__import__ = hooked


class _Component(Wizard):
    """The rest of what UNO asks; the class of the add-in gets ``functions`` and their methods."""

    functions: Mapping[str, FunctionSpec]

    def __init__(self, _context: object, *_arguments: object) -> None:
        super().__init__(self.functions)
        self._locale = uno.createUnoStruct("com.sun.star.lang.Locale")

    def setLocale(self, locale: Any) -> None:  # noqa: N802
        self._locale = locale

    def getLocale(self) -> Any:  # noqa: N802
        return self._locale

    def getCompatibilityNames(self, method: str) -> Any:  # noqa: N802
        """The names under which Excel's files call a function."""
        made = uno.createUnoStruct("com.sun.star.sheet.LocalizedName")
        made.Locale.Language, made.Locale.Country = "en", "US"
        made.Name = self.getDisplayFunctionName(method)
        return (made,)

    def getImplementationName(self) -> str:  # noqa: N802
        return IMPLEMENTATION

    def supportsService(self, name: str) -> bool:  # noqa: N802
        return name in SERVICES

    def getSupportedServiceNames(self) -> tuple[str, ...]:  # noqa: N802
        return SERVICES
