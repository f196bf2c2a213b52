"""Every function of the catalogue, registered with xlwings. Nothing is listed here by hand."""

from __future__ import annotations

from collections.abc import Callable
from inspect import Parameter, Signature
from typing import Any

import xlwings as xw
from xlwings.conversion import Accessor, Pipeline

from udfs import desktop
from udfs.answers import Shown
from xl_rebal.registry import FUNCTIONS
from xl_rebal.worksheet import FunctionSpec


class Unrounded(Accessor):
    """Cells as ``desktop`` reads them; what is typed into the formula comes as it is."""

    @classmethod
    def reader(cls, _options: Any) -> Any:
        return Pipeline([_read_unrounded])


def _read_unrounded(context: Any) -> None:
    if context.range is not None:  # an argument typed into the formula has no range
        context.value = desktop.value_of(context.range.api)


def exported(spec: FunctionSpec) -> Callable[..., Any]:
    """A function whose signature is the specification's, as xlwings reads it.

    No type hints: xlwings would convert by them. ``xw.func`` comes last, since every decorator
    sets the category anew.
    """

    def formula(*cells: object) -> Shown:
        return desktop.call(spec, cells)

    made: Any = formula
    made.__name__ = made.__qualname__ = spec.name
    made.__doc__ = spec.help
    made.__annotations__ = {}
    made.__signature__ = Signature(
        [
            Parameter(
                parameter.name,
                Parameter.POSITIONAL_OR_KEYWORD,
                default=None if parameter.optional else Parameter.empty,
            )
            for parameter in spec.parameters
        ]
    )
    for parameter in spec.parameters:
        made = xw.arg(parameter.name, Unrounded, doc=parameter.help)(made)
    function: Callable[..., Any] = xw.func(xw.ret("raw")(made), category=spec.category)
    return function


globals().update({name: exported(spec) for name, spec in FUNCTIONS.items()})
