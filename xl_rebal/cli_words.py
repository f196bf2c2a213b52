"""What the command line says beside its results, and what it refuses before any work."""

from __future__ import annotations

import sys
from pathlib import Path

import typer

from xl_rebal.columns import paragraph, width_of
from xl_rebal.errors import Code, Problem, WriteError


def talk(message: str) -> None:
    """Say something beside the result: on a terminal broken between words, else in one line."""
    width = width_of(sys.stderr) if sys.stderr.isatty() else None
    for line in paragraph(message, width, then="  "):
        typer.echo(line, err=True)


def usage(message: str) -> Exception:
    """The refusal of options that do not go together."""
    return typer.BadParameter(message)


def refuse_ending(
    path: Path, ending: str, argument: str, why: str = "Only workbooks are written"
) -> None:
    """Excel opens no workbook under another ending."""
    if path.suffix.lower() != ending.lower():
        expected = f"a name that ends in {ending.lower()}"
        fix = f"{why}; name it {path.stem or path.name}{ending.lower()}."
        raise WriteError(
            Problem(Code.CANNOT_WRITE, repr(str(path)), expected, fix, argument=argument)
        )
