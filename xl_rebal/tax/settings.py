"""What a book says of taxes: rates, losses carried forward, thresholds, scope and methods."""

from __future__ import annotations

from dataclasses import dataclass

from xl_rebal.tax.methods import GainRates, LotMethod, Tacking, WashScope
from xl_rebal.tax.netting import FilingStatus


@dataclass(frozen=True)
class TaxSettings:
    """Rates are fractions, federal without ``state``; ``ordinary`` None is the short rate.

    year_short, year_long: gains of this year that no transaction tells of, currency, losses below 0.
    carry_short, carry_long: net losses of earlier years still to be used, currency >= 0. minimum_loss:
    currency, minimum_loss_fraction: of cost; a harvest needs both. horizon: years until the lower basis is
    taxed. discount: a year. least_correlation: of a substitute's returns with those of what it replaces.

    >>> TaxSettings(state=0.05).gain_rates
    GainRates(short=0.42, long=0.25)
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
    least_correlation: float = 0.95

    @property
    def gain_rates(self) -> GainRates:
        """Of gains, federal plus state."""
        return GainRates(self.short + self.state, self.long + self.state)

    @property
    def ordinary_rate(self) -> float:
        """Of ordinary income, federal plus state: what a net loss up to the limit saves."""
        return (self.short if self.ordinary is None else self.ordinary) + self.state
