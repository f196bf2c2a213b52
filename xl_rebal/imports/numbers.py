"""Numbers as text: whether a comma or a point marks the decimals, and only if the file settles it.

1,234 is one and a quarter in Berlin and a thousand in Boston. The sign is settled by any number that
can be read in one way only (1,5 or 1,234.50), or by the person; it is never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from xl_rebal.cells import Refusal, visible
from xl_rebal.errors import Code
from xl_rebal.imports.choices import Decimal
from xl_rebal.wording import shown

MISSING = frozenset({"-", "--", "n/a", "na", "nan", "null", "none", "nil", "."})
"""Words for "no price": R's NA, pandas' NaN, Yahoo's null, FRED's point."""
CURRENCIES = {"$": "$", "€": "€", "£": "£", "¥": "¥"}

_NUMBER = re.compile(r"[+-]?\d[\d.,' ]*(?:[eE][+-]?\d+)?", re.ASCII)
_GROUPS = {
    Decimal.POINT: re.compile(
        r"[+-]?(?:\d+|\d{1,3}(?:([,' ])\d{3})(?:\1\d{3})*)(\.\d*)?(?:[eE][+-]?\d+)?", re.ASCII
    ),
    Decimal.COMMA: re.compile(
        r"[+-]?(?:\d+|\d{1,3}(?:([.' ])\d{3})(?:\1\d{3})*)(,\d*)?(?:[eE][+-]?\d+)?", re.ASCII
    ),
}
_PLAIN = re.compile(r"\d+\.(?:\d{1,2}|\d{4,})", re.ASCII)
_LEADING = re.compile(r"[+-]?\.\d+", re.ASCII)


def bare(text: str) -> tuple[str, str]:
    """A number's text without currency sign and stray blanks, and that sign.

    >>> bare(" $1,234.50 "), bare("12,5 €"), bare("7")
    (('1,234.50', '$'), ('12,5', '€'), ('7', ''))
    """
    found = visible(text)
    for sign in CURRENCIES:
        if found.startswith(sign) or found.endswith(sign):
            return found.strip(sign + " "), sign
    return found, ""


def is_missing(text: str) -> bool:
    """Whether a text says that there is no price."""
    return visible(text).casefold() in MISSING


def evidence(text: str) -> Decimal | None:
    """The decimal sign that a number can only have been written with; None where either would do.

    >>> [evidence(t) for t in ("56.7", "1,5", "1.234,5", "1,234,567", "0.125", "1234.567")]
    [<Decimal.POINT: 'point'>, <Decimal.COMMA: 'comma'>, <Decimal.COMMA: 'comma'>,
    <Decimal.POINT: 'point'>, <Decimal.POINT: 'point'>, <Decimal.POINT: 'point'>]
    >>> [evidence(t) for t in ("1,234", "1.234", "250", "AAPL")]
    [None, None, None, None]
    """
    if _PLAIN.fullmatch(text):  # nearly all of them: the short way first
        return Decimal.POINT
    number = bare(text)[0]
    if not _NUMBER.fullmatch(number) or not ("." in number or "," in number):
        return None
    fits = [decimal for decimal in Decimal if _GROUPS[decimal].fullmatch(number)]
    if len(fits) == 1:
        return fits[0]
    sign = next((d for d in fits if d.sign in number), None)
    if sign is not None and re.match(r"[+-]?0\D", number):  # no thousand begins with 0
        return sign
    return None


def is_doubtful(text: str) -> bool:
    """Whether a number is another one with the other decimal sign."""
    number = bare(text)[0]
    if not ("." in number or "," in number) or evidence(text) is not None:
        return False
    return all(pattern.fullmatch(number) for pattern in _GROUPS.values())


class Undecided(Exception):  # noqa: N818  it never leaves the readers
    """No number settles the decimal sign: ``index`` is the place of the first that is in doubt."""

    def __init__(self, index: int) -> None:
        self.index = index
        super().__init__(index)


def settled_decimal(texts: Iterable[str], said: Decimal | None = None) -> Decimal:
    """The decimal sign of a file: that of most numbers which show it.

    Raises Undecided where none does, or as many show the one as the other, and it matters.
    """
    if said is not None:
        return said
    counts = dict.fromkeys(Decimal, 0)
    doubtful = first = None
    for index, text in enumerate(texts):
        if (sign := evidence(text)) is not None:
            counts[sign] += 1
            first = index if first is None else first
        elif doubtful is None and is_doubtful(text):
            doubtful = index
    point, comma = counts[Decimal.POINT], counts[Decimal.COMMA]
    if point != comma:
        return Decimal.POINT if point > comma else Decimal.COMMA
    if point:  # as many for the one as for the other
        assert first is not None
        raise Undecided(first)
    if doubtful is not None:
        raise Undecided(doubtful)
    return Decimal.POINT


def to_number(text: str, decimal: Decimal, expected: str = "a number") -> float:
    """The number that a text means; raises Refusal.

    >>> to_number("1.234,50", Decimal.COMMA), to_number("$1,234", Decimal.POINT)
    (1234.5, 1234.0)
    """
    number = bare(text)[0]
    if not (
        _GROUPS[decimal].fullmatch(number)
        or (decimal is Decimal.POINT and _LEADING.fullmatch(number))
    ):
        fix = "Correct it, or leave the cell empty where there is none."
        if _GROUPS[decimal.other].fullmatch(number):
            fix = f"The other numbers have a decimal {decimal}; write this one so too."
        raise Refusal(Code.NOT_A_NUMBER, shown(text), expected, fix)
    plain = re.sub(r"[' ]", "", number)
    plain = plain.replace(decimal.other.sign, "").replace(decimal.sign, ".")
    return float(plain)
