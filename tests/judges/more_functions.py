"""The catalogue with two functions more, as an add-in of tests offers it.

They stand in a catalogue of their own: registered, they would be in every book that a test makes.
"""

from __future__ import annotations

import importlib
from dataclasses import replace

from xl_rebal import functions
from xl_rebal.registry import Answer, Functions


def broken() -> Answer:
    raise ZeroDivisionError("a bug of ours")


def heavy() -> Answer:
    """Import what ``import uno`` is known to break."""
    return str(importlib.import_module("cvxpy").__name__)


_PLAIN = functions.FUNCTIONS["XR_VERSION"]
FUNCTIONS = Functions(
    functions.FUNCTIONS
    | {
        f"XR_{function.__name__.upper()}": replace(
            _PLAIN, name=f"XR_{function.__name__.upper()}", function=function
        )
        for function in (broken, heavy)
    }
)
