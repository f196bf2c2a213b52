"""The commands in this process: exit status, what was printed, and a traceback if any."""

from __future__ import annotations

import contextlib
import io
import json
import sys
import traceback
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import typer.main

from tests.read_once import read_once
from xl_rebal import cli


@dataclass(frozen=True)
class Ended:
    """``answer`` is the JSON that was printed, {} where it was none; ``fault`` a traceback."""

    status: int
    answer: dict[str, Any]
    said: str
    fault: str


@cache
def _built() -> Any:
    """Typer builds its commands anew for every call; once is enough."""
    return typer.main.get_command(cli.app)


def warm_up() -> None:
    """Everything imported and built, so that children need not."""
    vars(cli)["app"] = _built()
    import xl_rebal.importing
    import xl_rebal.terminal
    import xl_rebal.workbook.results
    import xl_rebal.workbook.with_prices  # noqa: F401


def run(*words: str) -> Ended:
    out, err, status, fault = io.StringIO(), io.StringIO(), -1, ""
    sys.argv = ["xl-rebal", *words, "--json"]
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            cli.main()
    except SystemExit as ended:
        status = ended.code if isinstance(ended.code, int) else -1
    except BaseException:  # whatever else escapes is what we look for
        fault = traceback.format_exc()
    try:
        answer = json.loads(out.getvalue())
    except ValueError:
        answer = {}
    return Ended(status, answer if isinstance(answer, dict) else {}, err.getvalue(), fault)


PRICES = Path(__file__).with_name("prices.csv")
"""Dates before, among and after those of the books, and a symbol that they lack."""


def every(book: Path, out: Path, *, write: bool = True) -> dict[str, Ended]:
    """All four commands. Without ``write`` they share one reading of the book, else each reads anew."""
    with contextlib.nullcontext() if write else read_once():
        return _each(book, out, write=write)


def _each(book: Path, out: Path, *, write: bool) -> dict[str, Ended]:
    return {
        "check": run("check", str(book)),
        "drift": run("drift", str(book), "--exit-code"),
        "import": run(
            "import", str(book), "--prices", str(PRICES), "--dry-run", "--prefer", "book"
        ),
        "rebalance": run("rebalance", str(book), *(("-o", str(out)) if write else ("--dry-run",))),
    }
