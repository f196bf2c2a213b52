"""The catalogue: every worksheet function by its name, from which every host is fed."""

from xl_rebal.functions import FUNCTIONS
from xl_rebal.worksheet import (
    VBA_WORDS,
    Answer,
    Arg,
    Functions,
    FunctionSpec,
    Parameter,
    worksheet_function,
)

__all__ = [
    "FUNCTIONS",
    "VBA_WORDS",
    "Answer",
    "Arg",
    "FunctionSpec",
    "Functions",
    "Parameter",
    "worksheet_function",
]
