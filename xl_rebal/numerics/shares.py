"""Shares added up as they are typed."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal


def total_shares(quantities: Iterable[float]) -> float:
    """The sum as decimals: no order of the quantities leaves a trace.

    >>> 12.37 - 5.0, total_shares([12.37, -5.0])
    (7.369999999999999, 7.37)
    """
    return float(sum((Decimal(repr(float(each))) for each in quantities), Decimal(0)))
