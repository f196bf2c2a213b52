"""Numbers and names as a person reads them in a sentence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches


def percent(fraction: float, digits: int = 1) -> str:
    """A fraction as per cent.

    >>> percent(0.25), percent(0.9699), percent(-0.0001), percent(-0.00001, 2)
    ('25.0 %', '97.0 %', '0.0 %', '0.00 %')
    """
    return f"{_unsigned_nothing(f'{fraction * 100:.{digits}f}')} %"


def points(fraction: float) -> str:
    """The size of a difference of weights in percentage points; more digits where it is tiny.

    >>> points(0.058), points(-0.0004)
    ('5.8 pp', '0.04 pp')
    """
    size = abs(fraction) * 100
    return f"{size:.1f} pp" if size >= 0.1 or size == 0 else f"{size:.2g} pp"


def signed_points(fraction: float) -> str:
    """A difference of weights in percentage points with its sign; nothing has none.

    >>> signed_points(0.0493), signed_points(-0.0116), signed_points(0.0), signed_points(-1e-6)
    ('+4.93 pp', '-1.16 pp', '0.00 pp', '0.00 pp')
    """
    return f"{_unsigned_nothing(f'{fraction * 100:+.2f}')} pp"


def drift_left(fraction: float) -> str:
    """A drift that remains, in percentage points to two decimals.

    >>> drift_left(0.0194), drift_left(0.0)
    ('1.94 pp', '0.00 pp')
    """
    return f"{abs(fraction) * 100:.2f} pp"


def money(amount: float) -> str:
    """An amount of the book's currency.

    >>> money(12345.678), money(-5.0), money(-0.001)
    ('12,345.68', '-5.00', '0.00')
    """
    return _unsigned_nothing(f"{amount:,.2f}")


def _unsigned_nothing(number: str) -> str:
    """A number as it is shown; what rounds to zero is shown without a sign."""
    return number if number.strip("+-0.") else number.lstrip("+-")


def counted(count: int, thing: str) -> str:
    """A number of things, one of them in the singular.

    >>> counted(1, "holding"), counted(0, "price row"), counted(2520, "price row")
    ('1 holding', '0 price rows', '2520 price rows')
    """
    return f"{count} {thing}" if count == 1 else f"{count} {thing}s"


def ordinal(number: int) -> str:
    """A place in a row.

    >>> [ordinal(each) for each in (2, 3, 5, 11, 21, 112)]
    ['2nd', '3rd', '5th', '11th', '21st', '112th']
    """
    is_teen = number % 100 in (11, 12, 13)
    return f"{number}{'th' if is_teen else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"


def shown(value: object) -> str:
    """A cell's value as it is quoted in a problem.

    >>> shown("35 pct"), shown(None), shown(-3.0)
    ("'35 pct'", 'an empty cell', '-3')
    """
    if value is None or value == "":
        return "an empty cell"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return f"{value:.12g}"
    if isinstance(value, str):
        return repr(value if len(value) <= 60 else value[:57] + "...")
    return str(value)


def listed(names: Iterable[str], last: str = "or") -> str:
    """Words in a row.

    >>> listed(["a", "b", "c"]), listed(["a"])
    ('a, b or c', 'a')
    """
    words = list(names)
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def did_you_mean(word: str, known: Sequence[str]) -> str:
    """The sentence that offers the nearest known word; empty when none is near.

    >>> did_you_mean("quartely", ["monthly", "quarterly"])
    "Did you mean 'quarterly'?"
    """
    near = get_close_matches(word.casefold(), [name.casefold() for name in known], n=1)
    if not near:
        return ""
    return next(f"Did you mean {name!r}?" for name in known if name.casefold() == near[0])
