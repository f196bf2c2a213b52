"""A module of worksheet functions made from a list, the way the product's own is made.

Two of them are wanted to fail: by the user's fault (worded) and by ours (a traceback).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from inspect import Parameter, Signature
from typing import Any

import xlwings as xw
from xlwings.conversion import Accessor, Pipeline


@dataclass(frozen=True)
class ToySpec:
    name: str
    arguments: tuple[tuple[str, str, bool], ...]  # name, help, optional
    doc: str
    category: str
    answer: Callable[..., object]


class Unrounded(Accessor):
    """Ranges through ``Value2``: ``Value`` rounds what is formatted as currency to 4 places."""

    @classmethod
    def reader(cls, _options: Any) -> Any:
        return Pipeline([read_unrounded])


def read_unrounded(context: Any) -> None:
    if context.range is not None:
        context.value = context.range.api.Value2


def mean(values: Any, default: Any = None) -> object:
    numbers = [float(cell) for row in rows_of(values) for cell in row if isinstance(cell, float)]
    return sum(numbers) / len(numbers) if numbers else default


def what(cell: Any) -> object:
    """The Python form of what arrives, for the tests to look at."""
    return repr(cell)


def refuse(_cell: Any) -> object:
    raise ValueError("#XR101 found 'x', expected a number.")


def fail() -> object:
    raise ZeroDivisionError("our own bug")


def rows_of(cells: Any) -> Sequence[Sequence[object]]:
    return cells if isinstance(cells, tuple) else ((cells,),)


SPECS = (
    ToySpec(
        "MEAN",
        (("values", "The numbers.", False), ("default", "Given for none.", True)),
        "The mean of the numbers in a range.",
        "Toy",
        mean,
    ),
    ToySpec("WHAT", (("cell", "Anything.", True),), "What arrives.", "Toy", what),
    ToySpec("ECHO", (("cells", "Anything.", False),), "The same again.", "Toy", rows_of),
    ToySpec("REFUSE", (("cell", "Anything.", False),), "Always refuses.", "Toy", refuse),
    ToySpec("FAIL", (), "Always fails.", "Toy", fail),
)


def call(spec: ToySpec, cells: tuple[object, ...]) -> Sequence[Sequence[object]]:
    """Rows, always: xlwings asks a result for its length. A user's fault is text in the cell."""
    try:
        return rows_of(spec.answer(*cells))
    except ValueError as error:
        return ((str(error),),)


def exported(spec: ToySpec, convert: object) -> Callable[..., object]:
    """A function whose signature is the specification's, as xlwings reads it."""

    def formula(*cells: object) -> Sequence[Sequence[object]]:
        return call(spec, cells)

    made: Any = formula
    made.__name__ = made.__qualname__ = f"XR_{spec.name}"
    made.__doc__ = spec.doc
    made.__annotations__ = {}
    made.__signature__ = Signature(
        [
            Parameter(
                name,
                Parameter.POSITIONAL_OR_KEYWORD,
                default=None if optional else Parameter.empty,
            )
            for name, _, optional in spec.arguments
        ]
    )
    for name, doc, _ in spec.arguments:
        made = xw.arg(name, convert, doc=doc)(made)
    made = xw.ret("raw")(made)
    # last: every decorator sets the category anew, and the other two set it to "xlwings"
    return xw.func(made, category=spec.category)


globals().update({f"XR_{spec.name}": exported(spec, Unrounded) for spec in SPECS})
XR_RAW = exported(ToySpec("RAW", SPECS[1].arguments, "As Value gives it.", "Toy", what), "raw")
