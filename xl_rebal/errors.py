"""What can go wrong, in one tree and one voice.

::

    XlRebalError              exit status
    ├── InputError            3    something the user can mend: one or many Problems
    ├── InfeasibleError       5    the request has no answer: which limits clash, the nearest value
    └── WriteError            6    the result could not be written; nothing was changed

Anything else that escapes is our own bug and keeps its traceback. Codes are stable: 1xx the
input's form, 2xx data missing, 3xx no answer exists, 4xx a file cannot be read or written, 5xx
notes: what is accepted but worth knowing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum


class Code(IntEnum):
    """The stable number of a problem; texts may change, these do not."""

    NOT_A_NUMBER = 101
    SHAPES_DIFFER = 102
    WEIGHTS_SUM = 103
    UNKNOWN_WORD = 104
    OUT_OF_RANGE = 105
    DUPLICATE = 106
    NOT_A_DATE = 107
    MISSING_CELL = 108
    ERROR_CELL = 109
    NEVER_CALCULATED = 110
    UNKNOWN_COLUMN = 111
    CONFLICT = 112
    MERGED_CELLS = 113
    BROKEN_NAME = 114
    SECOND_CURRENCY = 115
    AMBIGUOUS = 116
    TOO_FEW_PRICES = 201
    UNKNOWN_SYMBOL = 202
    UNKNOWN_COST = 203
    MISSING_TABLE = 204
    MISSING_COLUMN = 205
    MISSING_PRICE = 206
    MISSING_RISK = 207
    NOTHING_TO_READ = 208
    INFEASIBLE = 301
    NOT_PSD = 302
    NO_VALUE = 303
    NOT_A_BOOK = 401
    UNSUPPORTED_BOOK = 402
    CANNOT_WRITE = 403
    NOTHING_TO_UNDO = 404
    CHANGED_SINCE = 405
    HIDDEN = 501
    NOT_READ = 502
    OLD_PRICES = 503
    NO_TARGET = 504
    LARGE_MOVE = 511
    PRICE_GAP = 512
    NOT_PLANNED = 513
    PRICE_BASIS = 514
    NOT_REFRESHED = 515
    LOTS_DIFFER = 516


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: what was found and where, what is expected, what to do.

    ``sheet`` and ``cell`` name a place in a book ("Prices", "C7"); ``argument`` names an argument
    of a worksheet function or an option of a command. ``about`` says what the problem is about to
    whoever knows no cells, as ("account", "IRA"); the reader of a book puts in sheet and cell. The
    sentence is the same in a cell, on the Checks sheet, in an alert and on the command line:

    >>> print(Problem(101, "'#N/A'", "a price above 0", "Type the price.", "Prices", "C7"))
    #XR101 Prices!C7: found '#N/A', expected a price above 0. Type the price.
    >>> print(Problem(103, "weights that add to 97.0 %", "100 %", "3.0 pp are missing.",
    ...               argument="target"))
    #XR103 target: found weights that add to 97.0 %, expected 100 %. 3.0 pp are missing.
    """

    code: int
    found: str
    expected: str
    fix: str = ""
    sheet: str = ""
    cell: str = ""
    argument: str = ""
    severity: Severity = Severity.ERROR
    about: tuple[str, ...] = ()

    @property
    def where(self) -> str:
        """The place as a person reads it: ``Prices!C7``, ``Prices``, ``target`` or ``""``."""
        if self.sheet:
            return f"{self.sheet}!{self.cell}" if self.cell else self.sheet
        return self.argument

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        fix = f" {self.fix}" if self.fix else ""
        return f"#XR{int(self.code)} {place}found {self.found}, expected {self.expected}.{fix}"


@dataclass(frozen=True)
class Note:
    """Something that is no mistake but should be known: a sentence, and what to do if it matters.

    >>> print(Note(502, "Row 20 of Holdings was not read.", "Move it up.", "Holdings", "A20"))
    Row 20 of Holdings was not read. Move it up.
    """

    code: int
    text: str
    fix: str = ""
    sheet: str = ""
    cell: str = ""
    about: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.text} {self.fix}".strip()


class XlRebalError(Exception):
    """Base of every error that the user can do something about."""

    exit_status = 3

    def __init__(self, problems: Problem | Iterable[Problem]) -> None:
        self.problems = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class InputError(XlRebalError):
    """The input is not what it must be; every problem found is listed, nothing was written."""

    exit_status = 3


class InfeasibleError(XlRebalError):
    """The request is well-formed but has no answer."""

    exit_status = 5


class WriteError(XlRebalError):
    """A result could not be written; the files are as they were."""

    exit_status = 6


def together(errors: Sequence[XlRebalError]) -> XlRebalError:
    """The problems of several as one: what is wrong with the input comes before what has no answer."""
    is_input = any(isinstance(error, InputError) for error in errors)
    kind = InputError if is_input else InfeasibleError
    return kind(problem for error in errors for problem in error.problems)
