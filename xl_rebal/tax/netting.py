"""What a year's gains and losses come to: netted by term, then across, then against ordinary income.

IRC 1211(b), 1212(b), 1222; Schedule D with its Capital Loss Carryover Worksheet, for a year whose ordinary
income is at least the limit. All amounts are currency; losses of a carry-forward are positive.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from xl_rebal.tax.methods import GainRates

if TYPE_CHECKING:
    from xl_rebal.tax.results import Sale


class FilingStatus(StrEnum):
    """How a household files."""

    SINGLE = "single"
    JOINT = "married filing jointly"
    SEPARATE = "married filing separately"
    HEAD = "head of household"
    SURVIVING_SPOUSE = "qualifying surviving spouse"

    @property
    def loss_limit(self) -> float:
        """The most of a net loss that a year takes off ordinary income (IRC 1211(b))."""
        return 1_500.0 if self is FilingStatus.SEPARATE else 3_000.0


@dataclass(frozen=True)
class YearRates(GainRates):
    """Fractions of income paid as tax: of gains by term, and of ordinary income."""

    ordinary: float = 0.37


@dataclass(frozen=True)
class Carried:
    """Losses that later years may use, each with its character; >= 0."""

    short: float = 0.0
    long: float = 0.0


@dataclass(frozen=True)
class Realised:
    """Net gains of a year by term; losses are negative. unknown: sales left out for want of their cost."""

    short: float = 0.0
    long: float = 0.0
    unknown: int = 0


@dataclass(frozen=True)
class Netted:
    """What is taxed: net gains by term (>= 0), what is taken off ordinary income (>= 0), what is carried on."""

    short_gain: float
    long_gain: float
    off_income: float
    carried: Carried

    def tax(self, rates: YearRates) -> float:
        """Tax of the year on this; negative where it lowers that on other income."""
        gains = self.short_gain * rates.short + self.long_gain * rates.long
        return gains - self.off_income * rates.ordinary


@dataclass(frozen=True)
class Saving:
    """What one more loss does: tax that the year is spared, and what of it is left for later years."""

    tax: float
    carried: Carried


def realised(sales: Iterable[Sale], year: int) -> Realised:
    """The recognised gains of a year in taxed accounts.

    Disallowed losses are no part of them, and wait in a replacement's basis.
    """
    short = long = 0.0
    unknown = 0
    for sale in sales:
        if sale.day.year != year or not sale.is_taxed:
            continue
        if sale.recognised is None:
            unknown += 1
        elif sale.is_long:
            long += sale.recognised
        else:
            short += sale.recognised
    return Realised(short, long, unknown)


def netted(
    year: Realised,
    carried: Carried = Carried(),
    status: FilingStatus = FilingStatus.SINGLE,
) -> Netted:
    """Short with short, long with long, then across; of a net loss the short part goes off income first.

    >>> netted(Realised(short=-5_000, long=1_000))
    Netted(short_gain=0.0, long_gain=0.0, off_income=3000.0, carried=Carried(short=1000.0, long=0.0))
    """
    return netted_within(status.loss_limit, year, carried)


def netted_within(limit: float, year: Realised, carried: Carried = Carried()) -> Netted:
    """The same where a net loss of up to ``limit`` counts against ordinary income."""
    short, long = year.short - carried.short, year.long - carried.long
    across = min(max(0.0, short), max(0.0, -long)) - min(max(0.0, -short), max(0.0, long))
    short, long = short - across, long + across
    short_loss, long_loss = max(0.0, -short), max(0.0, -long)
    short_off = min(short_loss, limit)
    long_off = min(long_loss, limit - short_off)
    left = Carried(short_loss - short_off, long_loss - long_off)
    return Netted(max(0.0, short), max(0.0, long), short_off + long_off, left)


def saved_by(
    loss: float,
    is_long: bool,
    year: Realised,
    rates: YearRates,
    carried: Carried = Carried(),
    status: FilingStatus = FilingStatus.SINGLE,
) -> Saving:
    """The difference that one more loss (> 0) of a character makes to a year: of two nettings, exactly.

    >>> saved_by(10_000, False, Realised(long=4_000), YearRates(short=0.4, long=0.2, ordinary=0.4))
    Saving(tax=2000.0, carried=Carried(short=3000.0, long=0.0))
    """
    with_loss = (
        Realised(year.short, year.long - loss)
        if is_long
        else Realised(year.short - loss, year.long)
    )
    return spared(netted(year, carried, status), netted(with_loss, carried, status), rates)


def spared(before: Netted, after: Netted, rates: YearRates) -> Saving:
    """The difference between a year without a loss and with it."""
    more = Carried(
        after.carried.short - before.carried.short, after.carried.long - before.carried.long
    )
    return Saving(before.tax(rates) - after.tax(rates), more)
