"""What could stand for a security while it must not be bought: scored from past prices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from xl_rebal.model.portfolio import CASH
from xl_rebal.model.prices import DAYS_PER_YEAR, Prices
from xl_rebal.model.securities import Securities, Security
from xl_rebal.tax.methods import LEAST_CORRELATION
from xl_rebal.typing import FloatArray

LEAST_RETURNS = 20
"""Fewer returns in common say nothing."""


@dataclass(frozen=True)
class Substitute:
    """A candidate beside the security that is sold, of the ``returns`` that both have.

    correlation of simple returns; beta: covariance over the variance of what is sold, about how far it moves
    when that moves by 1; tracking_error: standard deviation (n - 1) of the differences of returns, a year.
    same_group: substantially identical by its identity group: bought, it would be a replacement.
    is_named: the user lists it as a substitute.
    """

    symbol: str
    correlation: float
    beta: float
    tracking_error: float
    same_group: bool
    is_named: bool
    returns: int

    @property
    def reason(self) -> str:
        """Why it stands where it stands, for a person."""
        named = "named as a substitute; " if self.is_named else ""
        return (
            f"{named}correlation {self.correlation:.3f}, beta {self.beta:.2f}, tracking error "
            f"{self.tracking_error * 100:.1f} % a year, {self.returns} returns"
        )


def candidates(symbol: str, securities: Securities) -> tuple[Security, ...]:
    """The securities that could stand for ``symbol``: named ones first, then those of its asset class.

    Neither cash nor what is excluded, nor the symbol itself; those of its own identity group come last.
    """
    sold = securities.get(symbol)
    named = [securities.get(each) for each in sold.substitutes]
    alike = [each for each in securities.of_class(sold.asset_class) if sold.asset_class]
    found = {
        each.symbol: each
        for each in (*named, *alike)
        if each.symbol not in (symbol, CASH) and not each.exclude
    }
    return tuple(sorted(found.values(), key=lambda each: securities.is_same(each.symbol, symbol)))


def substitutes(
    symbol: str,
    prices: Prices,
    securities: Securities,
    least_correlation: float = LEAST_CORRELATION,
    least_returns: int = LEAST_RETURNS,
) -> tuple[Substitute, ...]:
    """The candidates by the returns that they have in common with ``symbol``, best first.

    Other identity groups come before the same one, named ones before the rest, then the least tracking
    error: correlation alone does not tell how far they part. Left out is what has fewer than ``least_returns``
    returns in common, a correlation below ``least_correlation`` or no variance.
    """
    if symbol not in prices.symbols:
        return ()
    sold = securities.get(symbol)
    scored = []
    for each in candidates(symbol, securities):
        if each.symbol not in prices.symbols:
            continue
        scored.append(
            _score(each, prices, symbol, securities.is_same(each.symbol, symbol), sold.substitutes)
        )
    usable = [
        each for each in scored
        if each.returns >= least_returns and each.correlation >= least_correlation
    ]  # fmt: skip
    return tuple(
        sorted(usable, key=lambda s: (s.same_group, not s.is_named, s.tracking_error, s.symbol))
    )


def _score(
    candidate: Security, prices: Prices, symbol: str, same_group: bool, named: Sequence[str]
) -> Substitute:
    own, other, years = _common(prices, symbol, candidate.symbol)
    count, nothing = len(own), float("nan")
    correlation = beta = error = nothing
    if count > 1:
        away, beside = own - own.sum() / count, other - other.sum() / count
        squares, products, others = (
            float(x) for x in (away @ away, away @ beside, beside @ beside)
        )
        if squares > 0 and others > 0:
            correlation = products / (squares * others) ** 0.5
            beta = products / squares
            apart = beside - away
            error = (float(apart @ apart) / (count - 1) * count / years) ** 0.5
    return Substitute(
        candidate.symbol,
        min(correlation, 1.0),
        beta,
        error,
        same_group,
        candidate.symbol in named,
        count,
    )


def _common(prices: Prices, one: str, two: str) -> tuple[FloatArray, FloatArray, float]:
    """Returns between the rows on which both have a price, one after the other, and the years they take."""
    first, second = prices.column(one), prices.column(two)
    rows = np.flatnonzero(~(np.isnan(first) | np.isnan(second)))
    if len(rows) < 2:
        return np.zeros(0), np.zeros(0), 1.0
    first, second = first[rows], second[rows]
    days = (prices.dates[int(rows[-1])] - prices.dates[int(rows[0])]).days
    return first[1:] / first[:-1] - 1.0, second[1:] / second[:-1] - 1.0, days / DAYS_PER_YEAR
