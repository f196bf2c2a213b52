"""Splits: facts of a symbol, in all accounts."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from datetime import date

from xl_rebal.model.transactions import Activity, Transaction

SAME = 1e-9
"""Ratios that differ by no more (relative) are one split, told by several accounts."""


class Splits:
    """The splits of a record; a trade of a split's own day is in new shares.

    >>> rows = [Transaction(0, "A", date(2024, 6, 10), Activity.SPLIT, "NVDA", 10.0)]
    >>> Splits(rows).ratio("NVDA", date(2024, 6, 9), date(2024, 6, 10))
    10.0
    """

    def __init__(self, transactions: Iterable[Transaction]) -> None:
        found: dict[str, dict[date, float]] = {}
        for row in transactions:
            if row.activity is Activity.SPLIT:
                found.setdefault(row.symbol, {}).setdefault(row.day, row.quantity)
        self._days = {symbol: sorted(ratios) for symbol, ratios in found.items()}
        self._factors = {
            symbol: _running([found[symbol][day] for day in days])
            for symbol, days in self._days.items()
        }

    def ratio(self, symbol: str, day: date, later: date) -> float:
        """How many shares of ``later`` one share of ``day`` has become (below 1 if it is the earlier one)."""
        days = self._days.get(symbol)
        if days is None:
            return 1.0
        factors = self._factors[symbol]
        return factors[bisect_right(days, later)] / factors[bisect_right(days, day)]


def differ(one: float, other: float) -> bool:
    """Whether two rows tell of different splits."""
    return abs(one - other) > SAME * max(one, other)


def _running(ratios: list[float]) -> list[float]:
    factors = [1.0]
    for ratio in ratios:
        factors.append(factors[-1] * ratio)
    return factors
