"""Numbers and names as a person reads them in a sentence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches


def percent(fraction: float, digits: int = 1) -> str:
    """A fraction as per cent.

    >>> percent(0.25), percent(0.9699), percent(-0.0001)
    ('25.0 %', '97.0 %', '0.0 %')
    """
    return f"{fraction * 100:.{digits}f} %".replace("-0.0 %", "0.0 %")


def points(fraction: float) -> str:
    """The size of a difference of weights in percentage points; more digits where it is tiny.

    >>> points(0.058), points(-0.0004)
    ('5.8 pp', '0.04 pp')
    """
    size = abs(fraction) * 100
    return f"{size:.1f} pp" if size >= 0.1 or size == 0 else f"{size:.2g} pp"


def money(amount: float) -> str:
    """An amount of the book's currency.

    >>> money(12345.678), money(-5.0)
    ('12,345.68', '-5.00')
    """
    return f"{amount:,.2f}"


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
