"""What a harvest looks at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from xl_rebal.engine.taxes.question import TaxQuestion
from xl_rebal.engine.taxes.swap import Trading
from xl_rebal.model.plan import Plan
from xl_rebal.model.portfolio import Account, Household
from xl_rebal.model.prices import Prices
from xl_rebal.model.securities import Securities
from xl_rebal.model.windows import VOLATILITY_WINDOW
from xl_rebal.tax.methods import LEAST_CORRELATION


@dataclass(frozen=True)
class HarvestBook:
    """What a harvest looks at. ``prices`` (total returns up to the day) score the substitutes.

    ``window``: so many of the last returns.
    """

    household: Household
    securities: Securities
    plan: Plan
    quotes: Mapping[str, float]
    prices: Prices
    question: TaxQuestion
    window: int = VOLATILITY_WINDOW
    least_correlation: float = LEAST_CORRELATION

    @cached_property
    def all_quotes(self) -> dict[str, float]:
        """Prices on which trades are made, by symbol."""
        return {**self.quotes, **{p.symbol: p.price for p in self.household.positions}}

    @cached_property
    def trading(self) -> Trading:
        """What trading costs."""
        return Trading(self.plan, self.securities, self.all_quotes)

    @cached_property
    def recent(self) -> Prices:
        """The rows behind the last ``window`` returns."""
        known = self.prices.between(None, self.question.as_of)
        rows = slice(-self.window - 1, None)
        return replace(known, dates=known.dates[rows], values=known.values[rows])

    @cached_property
    def accounts(self) -> dict[str, Account]:
        return {account.name: account for account in self.household.accounts}
