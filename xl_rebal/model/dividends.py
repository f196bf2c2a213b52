"""Dividends: what a share paid to those who held it at the close before its ex-date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Dividend:
    """``amount`` is currency per share, before tax; a distribution of a fund is one too."""

    ex_date: date
    symbol: str
    amount: float

    def __post_init__(self) -> None:
        if not 0 < self.amount < float("inf"):
            raise ValueError("a dividend must be above 0 and finite")


@dataclass(frozen=True)
class Dividends:
    """Dividends of any symbols in any order; two of a symbol on one day were both paid."""

    entries: tuple[Dividend, ...] = ()

    def __len__(self) -> int:
        return len(self.entries)
