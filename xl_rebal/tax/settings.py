"""What a book says of taxes: rates, losses carried forward, thresholds, scope and methods."""

from __future__ import annotations

from dataclasses import dataclass

from xl_rebal.tax.methods import LEAST_CORRELATION, LotMethod, Tacking, WashScope
from xl_rebal.tax.netting import Carried, FilingStatus, YearRates


@dataclass(frozen=True)
class TaxSettings:
    """Rates are fractions, federal without ``state``; ``ordinary`` None is the short rate.

    year_short, year_long: gains of this year that no transaction tells of, currency, losses below 0.
    carry_short, carry_long: net losses of earlier years still to be used, currency >= 0. minimum_loss:
    currency, minimum_loss_fraction: of cost; a harvest needs both. horizon: years until the lower basis is
    taxed. discount: a year. least_correlation: of a substitute's returns with those of what it replaces.

    >>> TaxSettings(state=0.05, ordinary=0.3).rates
    YearRates(short=0.42, long=0.25, ordinary=0.35)
    """

    short: float = 0.37
    long: float = 0.20
    state: float = 0.0
    ordinary: float | None = None
    filing: FilingStatus = FilingStatus.SINGLE
    year_short: float = 0.0
    year_long: float = 0.0
    carry_short: float = 0.0
    carry_long: float = 0.0
    minimum_loss: float = 0.0
    minimum_loss_fraction: float = 0.05
    horizon: float = 10.0
    discount: float = 0.05
    method: LotMethod = LotMethod.FIFO
    scope: WashScope = WashScope.HOUSEHOLD_IRA
    tacking: Tacking = Tacking.DAYS
    avoids_wash_sales: bool = True
    least_correlation: float = LEAST_CORRELATION

    @property
    def rates(self) -> YearRates:
        """Federal plus state: of gains by term, and of the ordinary income that a net loss lowers."""
        ordinary = self.short if self.ordinary is None else self.ordinary
        return YearRates(self.short + self.state, self.long + self.state, ordinary + self.state)

    @property
    def carried(self) -> Carried:
        """Net losses of earlier years still to be used."""
        return Carried(self.carry_short, self.carry_long)
