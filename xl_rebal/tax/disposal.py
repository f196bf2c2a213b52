"""Which lots a sale takes, what is gained on each, and the tax on that: for sales that are planned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from xl_rebal.model.portfolio import Lot
from xl_rebal.tax.choice import average_basis, in_order, spread
from xl_rebal.tax.holding import first_long_day, is_long
from xl_rebal.tax.methods import GainRates, LotMethod


@dataclass(frozen=True)
class SoldLot:
    """Shares of a lot in a sale; totals in currency. gain: None where the basis is unknown."""

    lot: Lot
    quantity: float
    proceeds: float
    gain: float | None
    is_long: bool

    def tax(self, rates: GainRates) -> float | None:
        """Rate by term x gain: below 0 what a loss saves where it offsets a gain of its own term."""
        if self.gain is None:
            return None
        return (rates.long if self.is_long else rates.short) * self.gain


@dataclass(frozen=True)
class Disposal:
    """The lots of one sale, in the order in which they are sold; ``missing`` shares are in none of them."""

    sold: tuple[SoldLot, ...]
    missing: float = 0.0

    @property
    def is_known(self) -> bool:
        """Whether every share has a lot and every lot a basis."""
        return not self.missing and all(each.gain is not None for each in self.sold)

    def gain(self, long: bool) -> float:
        """Gain of one term, of lots whose basis is known."""
        return sum(
            each.gain for each in self.sold if each.is_long is long and each.gain is not None
        )

    def tax(self, rates: GainRates) -> float:
        """Tax on what is known."""
        return sum(each.tax(rates) or 0.0 for each in self.sold)


def in_order_of_acquisition(lots: Sequence[Lot]) -> list[Lot]:
    """The oldest first; of one day by name."""
    return sorted(lots, key=lambda lot: (lot.acquired, lot.lot_id))


def disposed(
    lots: Sequence[Lot],
    quantity: float,
    proceeds: float,
    day: date,
    method: LotMethod,
    rates: GainRates,
    named: Sequence[Lot] = (),
) -> Disposal:
    """``quantity`` shares of one account and symbol, sold on ``day`` for ``proceeds`` (currency, after costs).

    ``named`` lots are sold first, whole in their order; the rest by ``method``, of those that may be sold. With
    average cost every share has the average of all lots, and terms go by date; SPECIFIC takes the named ones
    alone.
    """
    own = in_order_of_acquisition(lots)
    average = average_basis(own) if method is LotMethod.AVERAGE else None
    rest = [lot for lot in own if lot not in named and not lot.do_not_sell]
    order = [*named, *in_order(rest, method, day, proceeds / quantity, rates)]
    parts, missing = spread(order, quantity)
    sold = []
    for lot, shares in parts:
        basis = lot.basis_per_unit if method is not LotMethod.AVERAGE else average
        part = proceeds * shares / quantity
        gain = None if basis is None else part - basis * shares
        sold.append(SoldLot(lot, shares, part, gain, is_long(lot.adjusted, day)))
    return Disposal(tuple(sold), missing)


def soon_long(found: Disposal, day: date, within: int) -> tuple[SoldLot, ...]:
    """Sold at a short-term gain, though they are long-term in ``within`` days or fewer after ``day``."""
    return tuple(
        each
        for each in found.sold
        if each.gain is not None
        and each.gain > 0
        and not each.is_long
        and (first_long_day(each.lot.adjusted) - day).days <= within
    )
