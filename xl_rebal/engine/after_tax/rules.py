"""What an after-tax backtest assumes about taxes, in one value."""

from __future__ import annotations

from dataclasses import dataclass, field

from xl_rebal.model.schedule import Frequency, Schedule
from xl_rebal.model.study_settings import TaxDue
from xl_rebal.tax.methods import LotMethod, Tacking
from xl_rebal.tax.netting import YearRates


@dataclass(frozen=True)
class HarvestRules:
    """Lots at a loss are exchanged for the asset's twin on the dates of ``schedule``.

    minimum_loss_fraction: of the lot's basis, minimum_loss: currency a lot; both must be reached (at the
    threshold counts), and any loss must be above 0.
    """

    schedule: Schedule = field(default_factory=lambda: Schedule(Frequency.MONTHLY))
    minimum_loss_fraction: float = 0.05
    minimum_loss: float = 0.0


@dataclass(frozen=True)
class AfterTaxRules:
    """Rates are fractions, federal plus state; amounts are currency, as the capital of the conventions is.

    ``ordinary``: the rate that a net loss saves against other income, up to ``loss_limit`` a year;
    ``credits``: that saving is put into the portfolio (else it is spent elsewhere: the loss is used up all the
    same). ``carry_short``, ``carry_long``: losses of earlier years, >= 0. ``harvest`` None: no twins, no
    harvests.
    """

    short: float = 0.37
    long: float = 0.20
    ordinary: float = 0.37
    loss_limit: float = 3000.0
    carry_short: float = 0.0
    carry_long: float = 0.0
    method: LotMethod = LotMethod.FIFO
    tacking: Tacking = Tacking.DAYS
    harvest: HarvestRules | None = None
    due: TaxDue = TaxDue.YEAR_END
    credits: bool = True

    def __post_init__(self) -> None:
        if self.method is LotMethod.SPECIFIC:
            raise ValueError("a backtest names no lots: another method than specific")
        if not all(0 <= rate < 1 for rate in (self.short, self.long, self.ordinary)):
            raise ValueError("tax rates are fractions, 0 or more and below 1")
        if min(self.loss_limit, self.carry_short, self.carry_long) < 0:
            raise ValueError("the loss limit and losses of earlier years are amounts of 0 or more")

    @property
    def rates(self) -> YearRates:
        """Without what a net loss saves where that is spent elsewhere."""
        return YearRates(self.short, self.long, self.ordinary if self.credits else 0.0)
