"""What gains come to, year by year: netted, taxed, carried on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from xl_rebal.engine.after_tax.rules import AfterTaxRules
from xl_rebal.tax.netting import Carried, Netted, Realised, netted_within


@dataclass(frozen=True)
class YearTax:
    """One calendar year; currency. realised: without what was disallowed. tax: below 0 what a loss saves."""

    year: int
    realised: Realised
    netted: Netted
    tax: float


def taxes(
    gains: Mapping[int, Realised], first: int, last: int, rules: AfterTaxRules
) -> tuple[YearTax, ...]:
    """All years from ``first`` to ``last``, whether anything was sold in them or not."""
    found: list[YearTax] = []
    carried = Carried(rules.carry_short, rules.carry_long)
    for year in range(first, last + 1):
        realised = gains.get(year, Realised())
        netted = netted_within(rules.loss_limit, realised, carried)
        found.append(YearTax(year, realised, netted, netted.tax(rules.rates)))
        carried = netted.carried
    return tuple(found)
