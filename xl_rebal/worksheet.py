"""One definition of each worksheet function, from which every host is fed.

The signature is the source: names, order, defaults and ``Annotated[..., Arg(...)]`` give arguments,
help, units and readers. A bad signature is refused when it is registered. All that are registered
stand in ``xl_rebal.registry``, which the hosts read.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, get_args, get_origin

from xl_rebal.arguments import error_in, is_given
from xl_rebal.cells import RawCell
from xl_rebal.errors import Code, InputError, Problem, XlRebalError
from xl_rebal.wording import did_you_mean

Answer = RawCell | list[list[RawCell]]

HELP_LIMIT = 255
"""Excel cuts help texts of functions and arguments at this length."""

_VBA = """
addressof alias and any as base binary boolean byref byte byval call case cbool cbyte ccur cdate
cdbl cdec cint class clng close compare const csng cstr currency cvar cverr date debug decimal
declare defbool defdate default dim do double each else elseif empty end enum eqv erase error
event exit explicit false for friend function get global gosub goto if imp implements in input
integer is kill left len let lib like line lock long loop lset me mid mod module name new next
not nothing null object on open option optional or output paramarray preserve print private
property ptrsafe public put raiseevent random redim rem resume return rset seek select set
single static step stop string sub tab text then time to true type typeof unlock until variant
wend while width with withevents write xor
"""
VBA_WORDS = frozenset(_VBA.split())
"""Words that cannot name an argument in a VBA wrapper, whatever their capitals."""


@dataclass(frozen=True)
class Arg:
    """What a host needs to know of one argument; ``read`` makes the raw cells into its value."""

    doc: str
    read: Callable[[object, str], Any]
    unit: str = ""
    shape: str = "one cell"


@dataclass(frozen=True)
class Parameter:
    """One argument of a function as the hosts see it."""

    name: str
    arg: Arg
    optional: bool
    default: object = None

    @property
    def help(self) -> str:
        """Help with unit and shape; within Excel's 255 characters."""
        extra = ", ".join(part for part in (self.arg.shape, self.arg.unit) if part)
        return f"{self.arg.doc} ({extra})" if extra else self.arg.doc


@dataclass(frozen=True)
class FunctionSpec:
    """One worksheet function. Calling it takes raw cells and gives what a sheet would show.

    ``spills`` says that it answers with rows. ``example`` holds arguments that run.
    """

    name: str
    help: str
    returns: str
    category: str
    parameters: tuple[Parameter, ...]
    example: tuple[object, ...]
    spills: bool
    function: Callable[..., Answer]

    @property
    def signature(self) -> str:
        """As in a formula bar: ``XR_DRIFT(current, target, [metric], [risk])``."""
        names = (f"[{p.name}]" if p.optional else p.name for p in self.parameters)
        return f"{self.name}({', '.join(names)})"

    def __call__(self, *raw: object) -> Answer:
        """Read the cells, run the function; an error value among them is the answer itself."""
        if len(raw) > len(self.parameters):
            raise InputError(
                Problem(
                    Code.SHAPES_DIFFER, f"{len(raw)} arguments",
                    f"at most {len(self.parameters)}: {self.signature}", argument=self.name,
                )
            )  # fmt: skip
        for cell in raw:
            if (error := error_in(cell)) is not None:
                return error
        padded = [*raw, *[None] * (len(self.parameters) - len(raw))]
        values: dict[str, object] = {}
        problems: list[Problem] = []
        for parameter, cell in zip(self.parameters, padded, strict=True):
            if is_given(cell):
                try:
                    values[parameter.name] = parameter.arg.read(cell, parameter.name)
                except XlRebalError as error_found:
                    problems.extend(error_found.problems)
            elif not parameter.optional:
                problems.append(
                    Problem(Code.MISSING_CELL, "nothing", "it to be given",
                            f"{parameter.arg.doc} {self.signature}", argument=parameter.name)
                )  # fmt: skip
        if problems:
            raise InputError(problems)
        return self.function(**values)


class Functions(dict[str, FunctionSpec]):
    """The catalogue by name; an unknown name is refused with the nearest one."""

    def __missing__(self, name: str) -> FunctionSpec:
        upper = name.upper()
        if upper in self:
            return self[upper]
        raise InputError(
            Problem(Code.UNKNOWN_WORD, repr(name), "a function of `xl-rebal functions`",
                    did_you_mean(name, list(self)))
        )  # fmt: skip


REGISTERED = Functions()
"""What has been registered so far; ``xl_rebal.registry.FUNCTIONS`` is all of it."""


def worksheet_function(
    *, returns: str, example: tuple[object, ...], category: str = "Rebalance", spills: bool = False
) -> Callable[[Callable[..., Answer]], Callable[..., Answer]]:
    """Register a function under ``XR_`` + its name in capitals."""

    def register(function: Callable[..., Answer]) -> Callable[..., Answer]:
        name = "XR_" + function.__name__.rstrip("_").upper()
        spec = FunctionSpec(
            name=name,
            help=_first_sentence(function),
            returns=returns,
            category=category,
            parameters=_parameters(function),
            example=example,
            spills=spills,
            function=function,
        )
        faults = _faults(spec)
        if faults:
            raise TypeError(f"{name} cannot be registered: {'; '.join(faults)}")
        REGISTERED[name] = spec
        return function

    return register


def _first_sentence(function: Callable[..., Answer]) -> str:
    text = " ".join((function.__doc__ or "").split("\n\n")[0].split())
    return text.strip()


def _parameters(function: Callable[..., Answer]) -> tuple[Parameter, ...]:
    hints = inspect.get_annotations(function, eval_str=True)
    found = []
    for name, parameter in inspect.signature(function).parameters.items():
        hint = hints.get(name)
        arg = None
        if get_origin(hint) is Annotated:
            arg = next((extra for extra in get_args(hint)[1:] if isinstance(extra, Arg)), None)
        if arg is None:
            raise TypeError(f"argument {name} of {function.__name__} has no Arg")
        optional = parameter.default is not inspect.Parameter.empty
        found.append(Parameter(name, arg, optional, parameter.default if optional else None))
    return tuple(found)


def _faults(spec: FunctionSpec) -> list[str]:
    """Everything that would break in one host or another."""
    faults = []
    if spec.name in REGISTERED:
        faults.append("the name is taken")
    if not spec.help:
        faults.append("no docstring")
    if len(spec.help) > HELP_LIMIT:
        faults.append(f"help of {len(spec.help)} characters")
    seen_optional = False
    for parameter in spec.parameters:
        if parameter.name.casefold() in VBA_WORDS:
            faults.append(f"{parameter.name} is a VBA word")
        if not re.fullmatch(r"[a-z][a-z_]*", parameter.name):
            faults.append(f"{parameter.name} is no plain name")
        if len(parameter.help) > HELP_LIMIT:
            faults.append(f"help of {parameter.name} has {len(parameter.help)} characters")
        if seen_optional and not parameter.optional:
            faults.append(f"{parameter.name} follows an optional argument")
        seen_optional = parameter.optional
    if len(spec.example) > len(spec.parameters):
        faults.append("the example has too many arguments")
    return faults
