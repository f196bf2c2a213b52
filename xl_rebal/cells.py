"""One raw cell to one meaning, for every host: sheets and function arguments pass through here.

A raw cell is None or "" (blank), a number, text, a boolean, a date, an error text such as "#N/A",
or ``NEVER_CALCULATED`` (a formula without a stored value). The readers below return the meaning
or raise Refusal, which says what was found and expected; the caller adds the place.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum

from xl_rebal.errors import Code, Problem, Severity
from xl_rebal.wording import did_you_mean, listed, shown


class Uncalculated(Enum):
    """The type of the one marker for a formula that no program has calculated yet."""

    FORMULA = "formula without a value"

    def __str__(self) -> str:
        return f"a {self.value}"


NEVER_CALCULATED = Uncalculated.FORMULA

RawCell = None | str | int | float | bool | date | Uncalculated

ERROR_TEXTS = frozenset(
    {"#N/A", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!"}
    | {"#GETTING_DATA", "#FIELD!", "#BLOCKED!", "#CONNECT!", "#UNKNOWN!"}
)

_TIME = re.compile(r"(?:-?\d+ days?, )?\d+:\d\d:\d\d(?:\.\d+)?")
EPOCH = date(1899, 12, 30)
"""Day 0 of the 1900 system, as it counts from FIRST_SERIAL on."""
_LAST_SERIAL = 2958465  # 9999-12-31
_FIRST_DAY = date(1900, 3, 1)
FIRST_SERIAL = 61
"""That of 1900-03-01: Excel's own count of days is one off before it."""
_YEARS = range(1900, 2101)
"""Numbers that are years rather than serials: the days they would mean lie in 1905."""
LONGEST_TEXT = 32_767
"""Characters that a cell holds, counted as Excel counts them, in UTF-16."""
LONGEST_SYMBOL = 255
"""Longer text cannot be looked up by Excel's own functions."""
_EXACT_DIGITS = 10**15


@dataclass(eq=False)
class Refusal(Exception):  # noqa: N818  it never leaves the readers
    """Why a cell cannot be read; becomes a Problem where the place is known."""

    code: Code
    found: str
    expected: str
    fix: str = ""

    def at(self, sheet: str = "", cell: str = "", argument: str = "") -> Problem:
        """The problem at its place."""
        return Problem(
            self.code, self.found, self.expected, self.fix, sheet, cell, argument, Severity.ERROR
        )


def visible(text: str) -> str:
    """Text without characters that nobody can see; any kind of blank becomes a plain one.

    >>> visible("V\\u200bTI \\xa0 x"), visible("\\ufeff")
    ('VTI x', '')
    """
    if not text.isprintable():
        hidden = ("Cf", "Cc")
        text = "".join(c for c in text if c.isspace() or unicodedata.category(c) not in hidden)
    return " ".join(text.split())


def utf16_length(text: str) -> int:
    """The length of a text as Excel counts it."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2


def is_blank(raw: object) -> bool:
    """Nothing typed; blank text and text that nobody can see count as nothing."""
    return raw is None or (isinstance(raw, str) and not visible(raw))


def is_error(raw: object) -> bool:
    """An error value such as #N/A."""
    return isinstance(raw, str) and raw.strip().upper() in ERROR_TEXTS


def _refuse_unusable(raw: object, expected: str) -> None:
    if is_blank(raw):
        raise Refusal(Code.MISSING_CELL, "an empty cell", expected, "Fill it in.")
    if raw is NEVER_CALCULATED:
        raise Refusal(
            Code.NEVER_CALCULATED,
            "a formula that has never been calculated",
            expected,
            "Open the book in Excel or LibreOffice, recalculate and save it.",
        )
    if is_error(raw):
        raise Refusal(Code.ERROR_CELL, shown(raw), expected, "Mend the formula behind it.")


def number(
    raw: object,
    expected: str = "a number",
    *,
    least: float = -math.inf,
    above: float = -math.inf,
    greatest: float = math.inf,
) -> float:
    """A finite number within [least, greatest] and above ``above``.

    Text is refused even if it looks like a number: nobody can know whether 1.234 is a thousand.

    >>> number(0.25)
    0.25
    >>> number("35 pct", "a weight")
    Traceback (most recent call last):
    ...
    xl_rebal.cells.Refusal: (<Code.NOT_A_NUMBER: 101>, "'35 pct'", 'a weight', ...
    """
    if type(raw) is float and math.isfinite(raw) and above < raw <= greatest and raw >= least:
        return raw  # as nearly all are
    _refuse_unusable(raw, expected)
    if isinstance(raw, bool) or not isinstance(raw, (int, float)):
        fix = "It is text: type it as a number." if isinstance(raw, str) else "Type a number."
        if isinstance(raw, str) and _TIME.fullmatch(raw):
            fix = "It is shown as a time: format the cell as a number."
        raise Refusal(Code.NOT_A_NUMBER, shown(raw), expected, fix)
    value = float(raw)
    if not math.isfinite(value):
        raise Refusal(Code.NOT_A_NUMBER, shown(value), expected, "Type a number.")
    if value < least or value <= above or value > greatest:
        raise Refusal(Code.OUT_OF_RANGE, shown(value), expected, "Correct it.")
    return value


def weight(raw: object, expected: str = "a weight from 0 to 1 (25 % is 0.25)") -> float:
    """A fraction from 0 to 1."""
    value = number(raw, expected)
    if 1 < value <= 100:
        raise Refusal(
            Code.OUT_OF_RANGE, shown(value), expected, f"Type {value:g} % or {value / 100:g}."
        )
    return number(value, expected, least=0, greatest=1)


def text(raw: object, expected: str = "text", longest: int = LONGEST_TEXT) -> str:
    """Text without blanks around it; whole numbers (an account number) become their digits.

    >>> text(" IRA "), text(1234.0)
    ('IRA', '1234')
    """
    _refuse_unusable(raw, expected)
    if isinstance(raw, str):
        found = visible(raw)
        if utf16_length(found) > longest:
            what = f"text of {utf16_length(found):,} characters"
            raise Refusal(
                Code.OUT_OF_RANGE, what, f"{expected} of at most {longest:,}", "Shorten it."
            )
        return found
    if isinstance(raw, (int, float)) and not isinstance(raw, bool) and float(raw).is_integer():
        if abs(raw) < _EXACT_DIGITS:
            return str(int(raw))
        fix = "A number keeps 15 digits: type it as text, with an apostrophe before it."
        raise Refusal(Code.UNKNOWN_WORD, shown(raw), expected, fix)
    raise Refusal(Code.UNKNOWN_WORD, shown(raw), expected, "Type it as text.")


def symbol(raw: object, expected: str = "a symbol") -> str:
    """A symbol in capitals: ``cash`` and ``CASH`` are the same.

    Numbers, dates and TRUE are refused: typed plainly, 0700 becomes 700, 1E5 becomes 100000 and
    MAR1 the first of March. An apostrophe before it is what some programs export for "text".
    """
    if isinstance(raw, (int, float, date)):  # TRUE is an int as well
        fix = "Type it as text, with an apostrophe before it."
        raise Refusal(Code.UNKNOWN_WORD, shown(raw), f"{expected} as text", fix)
    found = text(raw, expected, LONGEST_SYMBOL).removeprefix("'").strip()
    if not found:
        raise Refusal(Code.MISSING_CELL, shown(raw), expected, "Fill it in.")
    return found.upper()


def flag(raw: object, expected: str = "Yes or No") -> bool:
    """Yes/No, TRUE/FALSE or Excel's 1/0.

    >>> flag("yes"), flag(0.0), flag(True)
    (True, False, True)
    """
    _refuse_unusable(raw, expected)
    if isinstance(raw, bool):
        return raw
    if isinstance(raw, (int, float)) and raw in (0, 1):
        return raw == 1
    if isinstance(raw, str) and (word := raw.strip().casefold()) in _FLAGS:
        return _FLAGS[word]
    raise Refusal(Code.UNKNOWN_WORD, shown(raw), expected, "Choose one of them.")


_FLAGS = {"yes": True, "y": True, "true": True, "x": True, "no": False, "n": False, "false": False}


def choice(raw: object, known: Sequence[str]) -> str:
    """One of the known words, whatever its capitals; a near miss is asked about, never guessed.

    >>> choice("EDGE", ["target", "edge"])
    'edge'
    """
    expected = listed(known)
    _refuse_unusable(raw, expected)
    typed = text(raw, expected) if isinstance(raw, str) else shown(raw)
    for word in known:
        if word.casefold() == typed.casefold():
            return word
    fix = did_you_mean(typed, known) or "Choose one of them."
    raise Refusal(Code.UNKNOWN_WORD, shown(raw), expected, fix)


def day(raw: object, expected: str = "a date") -> date:
    """A date, from a date cell, a serial number of the 1900 system or ISO text.

    Serials up to 60 are refused: Excel's 1900 had a 29 February that never was. So is a year by
    itself, which a date cell shows as a day in 1905.

    >>> day("2013-03-01"), day(41334)
    (datetime.date(2013, 3, 1), datetime.date(2013, 3, 1))
    """
    _refuse_unusable(raw, expected)
    if isinstance(raw, date):
        found = raw.date() if isinstance(raw, datetime) else raw
        if found < _FIRST_DAY:
            raise Refusal(Code.NOT_A_DATE, shown(found), expected, "Type a date after 1900-03-01.")
        _refuse_year(serial(found), f"{found}, which is the number {serial(found)}", expected)
        return found
    if isinstance(raw, str):
        try:
            return date.fromisoformat(raw.strip())
        except ValueError:
            raise Refusal(
                Code.NOT_A_DATE,
                shown(raw),
                expected,
                "Type it as a date, or as text like 2013-03-01.",
            ) from None
    if isinstance(raw, bool) or not isinstance(raw, (int, float)):
        raise Refusal(Code.NOT_A_DATE, shown(raw), expected, "Type a date.")
    _refuse_year(raw, shown(raw), expected)
    if not FIRST_SERIAL <= raw <= _LAST_SERIAL:
        raise Refusal(Code.NOT_A_DATE, shown(raw), expected, "Type a date after 1900-03-01.")
    return EPOCH + timedelta(days=int(raw))


def _refuse_year(number: float, found: str, expected: str) -> None:
    if number in _YEARS:
        raise Refusal(Code.NOT_A_DATE, found, expected, "Type the whole date, not the year alone.")


def serial(moment: date) -> int:
    """The serial number of a date in the 1900 system.

    >>> serial(date(2013, 3, 1))
    41334
    """
    return (moment - EPOCH).days
