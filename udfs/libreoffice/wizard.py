"""What Calc's Function Wizard asks of an add-in (UNO's XAddIn), told from the catalogue."""

from __future__ import annotations

from collections.abc import Mapping

from udfs.libreoffice.names import SERVICE, by_method
from xl_rebal.worksheet import FunctionSpec


class Wizard:
    """Names, help and categories; the method names are UNO's, spelling and all."""

    def __init__(self, functions: Mapping[str, FunctionSpec]) -> None:
        self._methods = by_method(functions)

    def getServiceName(self) -> str:  # noqa: N802
        return SERVICE

    def getProgrammaticFuntionName(self, shown: str) -> str:  # noqa: N802
        return next((name for name, spec in self._methods.items() if spec.name == shown), "")

    def getDisplayFunctionName(self, method: str) -> str:  # noqa: N802
        return self._methods[method].name

    def getFunctionDescription(self, method: str) -> str:  # noqa: N802
        spec = self._methods[method]
        return f"{spec.help} Returns {spec.returns}."

    def getDisplayArgumentName(self, method: str, place: int) -> str:  # noqa: N802
        return self._methods[method].parameters[place].name

    def getArgumentDescription(self, method: str, place: int) -> str:  # noqa: N802
        return self._methods[method].parameters[place].help

    def getProgrammaticCategoryName(self, method: str) -> str:  # noqa: N802
        return self._methods[method].category

    def getDisplayCategoryName(self, method: str) -> str:  # noqa: N802
        return self._methods[method].category
