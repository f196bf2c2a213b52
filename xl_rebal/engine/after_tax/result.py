"""What is left after taxes, and how it came to that."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from xl_rebal.engine.after_tax.account import Harvest
from xl_rebal.engine.after_tax.rules import AfterTaxRules
from xl_rebal.engine.after_tax.years import YearTax
from xl_rebal.engine.backtest import Backtest
from xl_rebal.model.prices import DAYS_PER_YEAR
from xl_rebal.model.transactions import Transaction
from xl_rebal.numerics.performance import growth_rate
from xl_rebal.tax.results import Sale
from xl_rebal.typing import FloatArray


@dataclass(frozen=True)
class AfterTax:
    """A backtest that pays taxes; currency unless said otherwise.

    run: its value path is after the taxes paid so far, its trades include what is sold for them; harvests,
    which change no weight but by their costs, are in ``harvests`` alone. years: what was recognised and taxed,
    with all that is known in the end. payments (T,): taxes by row, below 0 what a loss has saved. owed: taxes
    on what was realised that are not paid by the end. liquidated: the last year if all is sold on the last
    row. liquidation: what is left then, after all taxes. sales: every lot that was sold; transactions: the
    whole record, for a ledger.
    """

    rules: AfterTaxRules
    run: Backtest
    years: tuple[YearTax, ...]
    payments: FloatArray
    owed: float
    liquidated: YearTax
    liquidation: float
    harvests: tuple[Harvest, ...]
    sales: tuple[Sale, ...]
    transactions: tuple[Transaction, ...]
    conventions: tuple[str, ...]

    @property
    def value(self) -> FloatArray:
        """After the taxes paid so far, on each row; (T,)."""
        return self.run.value

    @property
    def span(self) -> float:
        """Years from the first row to the last."""
        return (self.run.dates[-1] - self.run.dates[0]).days / DAYS_PER_YEAR

    @cached_property
    def growth_rate(self) -> float:
        """Compound annual growth to the liquidation value: time-weighted where there are flows, and with what
        the first purchase cost."""
        grown = np.append(self.run.returns[:-1] + 1.0, self.liquidation / self.run.value[-2])
        factor = float(grown.prod()) * float(self.run.value[0]) / self.run.capital
        return float(growth_rate(np.array(factor), self.span))

    @property
    def tax_paid(self) -> float:
        """On the way, less what losses have saved."""
        return float(self.payments.sum())

    @property
    def paid_by_year(self) -> dict[int, float]:
        """Taxes by the calendar year in which they left the portfolio, all years of the prices."""
        years = np.array([day.year for day in self.run.dates])
        return {
            year: float(self.payments[years == year].sum()) for year in np.unique(years).tolist()
        }

    @property
    def tax_bp(self) -> float:
        """Taxes paid on the way, of the wealth before them, in basis points a year."""
        wealth = self.run.value + self.payments
        return float((self.payments / wealth).sum()) / self.span * 1e4

    @property
    def liquidation_tax(self) -> float:
        """What is owed when all is sold on the last row: on what was realised before too."""
        return float(self.run.value[-1]) - self.liquidation

    @property
    def harvested(self) -> float:
        """Losses that were harvested: basis less market value."""
        return sum(each.loss for each in self.harvests)

    @property
    def harvest_cost(self) -> float:
        return sum(each.cost for each in self.harvests)

    @property
    def disallowed(self) -> float:
        """Losses that purchases have washed; they wait in the basis of those."""
        return sum(each.disallowed or 0.0 for each in self.sales)
