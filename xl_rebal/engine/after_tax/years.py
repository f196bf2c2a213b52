"""What gains come to, year by year: netted, taxed, carried on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from xl_rebal.engine.after_tax.lots import Gains
from xl_rebal.engine.after_tax.rules import AfterTaxRules


@dataclass(frozen=True)
class YearTax:
    """One calendar year; currency.

    short, long: recognised, net of losses and without what was disallowed. taxed_short, taxed_long: what is left
    to tax after the losses of the year and of earlier ones. against_ordinary: net loss set against other
    income. carry_short, carry_long: losses for later years. tax: of the year; below 0 what the loss saves.
    """

    year: int
    short: float
    long: float
    taxed_short: float
    taxed_long: float
    against_ordinary: float
    carry_short: float
    carry_long: float
    tax: float


def taxes(
    gains: Mapping[int, Gains], first: int, last: int, rules: AfterTaxRules
) -> tuple[YearTax, ...]:
    """All years from ``first`` to ``last``, whether anything was sold in them or not."""
    found: list[YearTax] = []
    carry_short, carry_long = rules.carry_short, rules.carry_long
    for year in range(first, last + 1):
        of_year = gains.get(year) or Gains()
        found.append(_year(year, of_year, carry_short, carry_long, rules))
        carry_short, carry_long = found[-1].carry_short, found[-1].carry_long
    return tuple(found)


def _year(
    year: int, gains: Gains, carry_short: float, carry_long: float, rules: AfterTaxRules
) -> YearTax:
    short, long = gains.short - carry_short, gains.long - carry_long
    if short < 0 < long or long < 0 < short:
        offset = min(abs(short), abs(long))
        short += offset if short < 0 else -offset
        long += offset if long < 0 else -offset
    loss_short, loss_long = max(-short, 0.0), max(-long, 0.0)
    from_short = min(loss_short, rules.loss_limit)
    from_long = min(loss_long, rules.loss_limit - from_short)
    against = from_short + from_long
    taxed_short, taxed_long = max(short, 0.0), max(long, 0.0)
    tax = rules.short * taxed_short + rules.long * taxed_long
    if rules.credits:
        tax -= rules.ordinary * against
    return YearTax(
        year, gains.short, gains.long, taxed_short, taxed_long, against, loss_short - from_short,
        loss_long - from_long, tax,
    )  # fmt: skip
