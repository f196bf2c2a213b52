"""How the add-in, its functions and its menu are called: builder and component must agree."""

from __future__ import annotations

from collections.abc import Mapping

from xl_rebal.worksheet import FunctionSpec

SERVICE = "XR"
SERVICES = ("com.sun.star.sheet.AddIn", SERVICE)
INTERFACE = "xlrebal.XFunctions"
IMPLEMENTATION = "xlrebal.AddIn"
EXTENSION = "xlrebal.addin"

MENU = "xlrebal.Menu"
MENU_SERVICES = ("com.sun.star.frame.ProtocolHandler",)
PROTOCOL = "vnd.xlrebal:"
"""Before a command's name: the address that a menu entry calls."""
BIND = "bind"
"""The entry that is no command: formulas are typed anew."""

OPENED = "xlrebal.Opened"
OPENED_SERVICES = (OPENED, "com.sun.star.task.Job")


def by_method(functions: Mapping[str, FunctionSpec]) -> dict[str, FunctionSpec]:
    """XR_DRIFT is the method DRIFT of the service XR, so that Calc files it as XR.DRIFT.

    A dot is what Calc puts between the two, and no UNO name may hold one; XR_DRIFT is the name
    that Calc shows and takes.
    """
    return {name.removeprefix(f"{SERVICE}_"): spec for name, spec in functions.items()}
