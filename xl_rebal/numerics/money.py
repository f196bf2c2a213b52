"""Money to the cent: amounts of trades and their costs, rounded half up.

Binary floats cannot hold 1.005 or 0.1, so a product of two of them can fall on the wrong side of
half a cent. Every number is therefore taken as the decimal a person sees (the shortest text that
reads back as the same float), the arithmetic is done exactly in whole numbers, and one rounding ends
it. Half a cent goes away from zero. Money is an ``int`` of cents wherever it must balance.
"""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache

Ratio = tuple[int, int]
"""An exact number: numerator and denominator (> 0)."""

_ALL_WHOLE = 2.0**53  # below it a float without a fraction is the whole number that it shows


@lru_cache(maxsize=50_000)
def ratio_of(value: float) -> Ratio:
    """The decimal number that the float shows.

    >>> ratio_of(0.1), ratio_of(12.0)
    ((1, 10), (12, 1))
    """
    value = float(value)  # the repr of a NumPy scalar is not a number
    if value.is_integer() and abs(value) < _ALL_WHOLE:
        return int(value), 1
    return Decimal(repr(value)).as_integer_ratio()


def amount_cents(quantity: float, price: float) -> int:
    """Quantity x price in cents, half up; price in currency a share, quantity >= 0.

    >>> amount_cents(3, 0.335)                 # 1.005, which as a binary float is below 1.005
    101
    >>> round(100 * 3 * 0.335)
    100
    """
    return exact_amount(ratio_of(quantity), ratio_of(price))


def exact_amount(quantity: Ratio, price: Ratio) -> int:
    """The same of exact numbers, for a price that is needed again and again."""
    return _half_up(100 * quantity[0] * price[0], quantity[1] * price[1])


def rate_cents(amount: int, rate: float) -> int:
    """The cost in cents of a trade of ``amount`` cents at a rate per side, half up.

    ``rate`` is a fraction of the amount (0.0010 for 10 bp).

    >>> rate_cents(1_000_050, 0.001)           # 10.0005 of 10,000.50
    1000
    >>> rate_cents(50, 0.01)                   # half a cent
    1
    """
    return exact_cost(int(amount), ratio_of(rate))


def exact_cost(amount: int, rate: Ratio) -> int:
    """The same at an exact rate."""
    return _half_up(amount * rate[0], rate[1])


def cents(value: float) -> int:
    """An amount of currency in cents, half away from zero.

    >>> cents(1.005), cents(-1.005), cents(2.675)
    (101, -101, 268)
    """
    numerator, denominator = ratio_of(value)
    return _half_up(100 * numerator, denominator)


def currency(amount: int) -> float:
    """Cents as currency: the float nearest to the two-decimal number.

    >>> currency(123456)
    1234.56
    """
    return int(amount) / 100


def _half_up(numerator: int, denominator: int) -> int:
    """The ratio to the nearest whole number, half away from zero."""
    nearest = (2 * abs(numerator) + denominator) // (2 * denominator)
    return nearest if numerator >= 0 else -nearest
