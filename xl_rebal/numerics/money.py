"""Money to the cent: amounts of trades and their costs, rounded half up.

Binary floats cannot hold 1.005 or 0.1, so a product of two of them can fall on the wrong side of
half a cent. Every number is therefore taken as the decimal a person sees (the shortest text that
reads back as the same float), the arithmetic is done exactly in decimal, and one rounding ends it.
Half a cent goes away from zero. Money is an ``int`` of cents wherever it must balance.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal

# A float shows at most 17 digits and a 64-bit amount 19, so products of two stay exact.
_EXACT = Context(prec=48, rounding=ROUND_HALF_UP)


def decimal_of(value: float) -> Decimal:
    """The decimal number that the float shows.

    >>> decimal_of(0.1)
    Decimal('0.1')
    """
    # float(): the repr of a NumPy scalar is not a number.
    return Decimal(repr(float(value)))


def amount_cents(quantity: float, price: float) -> int:
    """Quantity x price in cents, half up; price in currency a share, quantity >= 0.

    >>> amount_cents(3, 0.335)                 # 1.005, which as a binary float is below 1.005
    101
    >>> round(100 * 3 * 0.335)
    100
    """
    exact = _EXACT.multiply(decimal_of(quantity), decimal_of(price))
    return _whole(_EXACT.scaleb(exact, 2))


def rate_cents(amount: int, rate: float) -> int:
    """The cost in cents of a trade of ``amount`` cents at a rate per side, half up.

    ``rate`` is a fraction of the amount (0.0010 for 10 bp).

    >>> rate_cents(1_000_050, 0.001)           # 10.0005 of 10,000.50
    1000
    >>> rate_cents(50, 0.01)                   # half a cent
    1
    """
    return _whole(_EXACT.multiply(Decimal(int(amount)), decimal_of(rate)))


def cents(value: float) -> int:
    """An amount of currency in cents, half away from zero.

    >>> cents(1.005), cents(-1.005), cents(2.675)
    (101, -101, 268)
    """
    return _whole(_EXACT.scaleb(decimal_of(value), 2))


def currency(amount: int) -> float:
    """Cents as currency: the float nearest to the two-decimal number.

    >>> currency(123456)
    1234.56
    """
    return int(amount) / 100


def _whole(number: Decimal) -> int:
    return int(number.to_integral_value(rounding=ROUND_HALF_UP))
