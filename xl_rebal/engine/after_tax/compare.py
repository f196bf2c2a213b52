"""Policies beside each other after tax: what bands and harvests have cost or saved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from xl_rebal.engine.after_tax.result import AfterTax
from xl_rebal.engine.after_tax.rules import AfterTaxRules, HarvestRules
from xl_rebal.engine.after_tax.run import after_tax
from xl_rebal.engine.backtest import Conventions, backtest
from xl_rebal.engine.policies import Policy
from xl_rebal.engine.progress import Progress, Work
from xl_rebal.engine.statistics import statistics
from xl_rebal.model.prices import Prices


@dataclass(frozen=True)
class Compared:
    """One policy with harvests or without; growth is a fraction a year, after tax to the liquidation value.

    drag_bp: growth before taxes less after them, a year. harvest_bp: growth that harvests have added, None on
    the rows without. behind_bp: growth that the best row has more.
    """

    name: str
    harvests: bool
    pre_tax: float
    result: AfterTax
    harvest_bp: float | None
    behind_bp: float

    @property
    def after_tax(self) -> float:
        return self.result.growth_rate

    @property
    def drag_bp(self) -> float:
        return (self.pre_tax - self.after_tax) * 1e4

    @property
    def tax_bp(self) -> float:
        """Taxes paid on the way, basis points of wealth a year."""
        return self.result.tax_bp

    @property
    def liquidation(self) -> float:
        """Currency, after all taxes."""
        return self.result.liquidation


def compare(
    prices: Prices,
    policies: Mapping[str, Policy],
    conventions: Conventions | None = None,
    rules: AfterTaxRules | None = None,
    *,
    progress: Progress | None = None,
) -> tuple[Compared, ...]:
    """Each policy without harvests and with those of ``rules`` (None: monthly), in the order given."""
    rules = rules or AfterTaxRules()
    harvest = rules.harvest or HarvestRules()
    work = Work(3 * len(policies), progress)
    found: list[tuple[str, float, AfterTax, AfterTax]] = []
    for name, policy in policies.items():
        pre_tax = statistics(backtest(prices, policy, conventions)).growth_rate
        work.done(1)
        without = after_tax(prices, policy, conventions, replace(rules, harvest=None))
        work.done(1)
        with_harvests = after_tax(prices, policy, conventions, replace(rules, harvest=harvest))
        work.done(1)
        found.append((name, pre_tax, without, with_harvests))
    best = max((max(a.growth_rate, b.growth_rate) for _, _, a, b in found), default=0.0)
    rows = []
    for name, pre_tax, without, with_harvests in found:
        added = (with_harvests.growth_rate - without.growth_rate) * 1e4
        for result, harvest_bp in ((without, None), (with_harvests, added)):
            behind = (best - result.growth_rate) * 1e4
            rows.append(Compared(name, harvest_bp is not None, pre_tax, result, harvest_bp, behind))
    return tuple(rows)
