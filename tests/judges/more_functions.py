"""The catalogue with a few functions more, as an add-in of tests offers it.

They stand in a catalogue of their own: registered, they would be in every book that a test makes.
"""

from __future__ import annotations

import importlib
from dataclasses import replace
from typing import Any

from xl_rebal import functions
from xl_rebal.registry import Answer, Functions


def broken() -> Answer:
    raise ZeroDivisionError("a bug of ours")


def heavy() -> Answer:
    """Import what ``import uno`` is known to break."""
    return str(importlib.import_module("cvxpy").__name__)


def faulty() -> Answer:
    """Let the next writing into an open document break when its cells and tables are written."""
    book: Any = importlib.import_module("xl_rebal.workbook.uno_book")
    real = book.show

    def show(document: Any, _fillings: object) -> None:
        book.show = real
        document.Sheets.getByIndex(-1)

    book.show = show
    return "ready"


_PLAIN = functions.FUNCTIONS["XR_VERSION"]
FUNCTIONS = Functions(
    functions.FUNCTIONS
    | {
        f"XR_{function.__name__.upper()}": replace(
            _PLAIN, name=f"XR_{function.__name__.upper()}", function=function
        )
        for function in (broken, heavy, faulty)
    }
)
