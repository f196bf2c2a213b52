"""A tax year so far: what has been realised, what is carried into it, and what one more loss would save."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from xl_rebal.tax.netting import (
    Carried,
    FilingStatus,
    Netted,
    Realised,
    YearRates,
    netted,
    spared,
)

_PLENTY = 1e12


@dataclass(frozen=True)
class YearSoFar:
    """``realised`` gains by term, ``carried`` losses of earlier years, and the rates that hold."""

    realised: Realised = field(default_factory=Realised)
    carried: Carried = field(default_factory=Carried)
    rates: YearRates = field(default_factory=YearRates)
    status: FilingStatus = FilingStatus.SINGLE

    @classmethod
    def with_gains_to_offset(cls, rates: YearRates) -> YearSoFar:
        """A year in which every loss offsets a gain of its own term: where nothing is known of it.

        >>> YearSoFar.with_gains_to_offset(YearRates(0.4, 0.2, 0.4)).saved_by(1_000, is_long=True)
        (200.0, 0.0)
        """
        return cls(Realised(_PLENTY, _PLENTY), rates=rates)

    @cached_property
    def netted(self) -> Netted:
        """What is taxed as things stand."""
        return netted(self.realised, self.carried, self.status)

    @property
    def tax(self) -> float:
        """On the gains so far; below 0 what a net loss takes off the tax on other income."""
        return self.netted.tax(self.rates)

    def with_gain(self, gain: float, is_long: bool) -> YearSoFar:
        """The year after one more gain, or loss where it is below 0."""
        short, long = (0.0, gain) if is_long else (gain, 0.0)
        year = self.realised
        realised = Realised(year.short + short, year.long + long, year.unknown)
        return YearSoFar(realised, self.carried, self.rates, self.status)

    def saved_by(self, loss: float, is_long: bool) -> tuple[float, float]:
        """The tax of this year that a loss (> 0) saves, and how much more is carried on."""
        return self.saved_in(self.with_gain(-loss, is_long))

    def saved_in(self, other: YearSoFar) -> tuple[float, float]:
        """The same of the year that a loss makes this one into."""
        found = spared(self.netted, other.netted, self.rates)
        return round(found.tax, 9), found.carried.short + found.carried.long
