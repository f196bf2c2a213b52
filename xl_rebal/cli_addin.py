"""Files with macros on the command line: the .xlsm of `new`, the add-ins for Excel and LibreOffice.

What makes them stands above, in udfs, and is imported when it is asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from xl_rebal import cli_options as options
from xl_rebal.cli_words import refuse_ending, talk, usage

if TYPE_CHECKING:
    from udfs.excel.configuration import Interpreter

_UNBLOCK = "If Excel has blocked its macros: close it, right-click the file in Explorer > Properties > Unblock."
_ON_A_MAC = (
    "Excel for Mac gives Python blanks for error cells, so there commands refuse a book: use the command line "
    "on the saved file. Worksheet functions need Windows."
)


def addin(
    path: Annotated[
        Path | None,
        typer.Argument(help="Where to write it; otherwise here, as xl_rebal.xlam or xl_rebal.oxt."),
    ] = None,
    libreoffice: Annotated[
        bool, typer.Option("--libreoffice", help="The extension for LibreOffice Calc (.oxt).")
    ] = False,
    interpreter: options.InterpreterPath = None,
    force: options.Force = False,
) -> None:
    """Make the add-in for Excel (.xlam): functions and ribbon in every workbook."""
    from xl_rebal.workbook.files import write_file

    ending = ".oxt" if libreoffice else ".xlam"
    target = path or Path(f"xl_rebal{ending}")
    refuse_ending(target, ending, "path", "Only add-ins are written here")
    steps: Sequence[str] = _CALC_STEPS
    if libreoffice:
        if interpreter is not None:
            raise usage("--interpreter is for Excel; Calc has a Python of its own")
        from udfs.libreoffice.shipped import extension

        content = extension()
    else:
        from udfs.excel.shipped import add_in

        python = _interpreter(interpreter)
        content, steps = add_in(python), (*_ADD_IN_STEPS, *_afterwards(python))
    write_file(target, content, replace=force, option="")
    typer.echo(target)
    _say(steps)


def with_macros(book: bytes, interpreter: str | None) -> tuple[bytes, Sequence[str]]:
    """A book as .xlsm, and what its user does next."""
    from udfs.excel.shipped import workbook

    python = _interpreter(interpreter)
    return workbook(book, python), (*_BOOK_STEPS, *_afterwards(python))


_BOOK_STEPS = (
    "In Excel: open it and press Enable Content; the tab Rebalance appears while it is in front.",
)
_ADD_IN_STEPS = (
    "In Excel: Developer (or File > Options > Add-ins > Go) > Excel Add-ins > Browse, choose the file; "
    "the tab Rebalance appears.",
)
_CALC_STEPS = (
    "In LibreOffice: Tools > Extensions (Extension Manager) > Add, choose the file, and start it again.",
)


def _say(steps: Sequence[str]) -> None:
    for step in steps:
        talk(step)


def _interpreter(path: str | None) -> Interpreter:
    from udfs.excel.configuration import named_interpreter, this_interpreter

    return this_interpreter() if path is None else named_interpreter(path)


def _afterwards(python: Interpreter) -> tuple[str, str]:
    """What to do where the file does not run, and which Python it starts."""
    if python.mac:
        return _ON_A_MAC, f"It starts {python.mac}, where xl_rebal must be installed."
    if python.windows:
        return _UNBLOCK, f"It starts {python.windows}, where xl_rebal must be installed."
    return _UNBLOCK, (
        "It names no Python, since Excel is not on this system: make it where Excel is, or say which with "
        "--interpreter, for example C:\\Python\\python.exe."
    )
