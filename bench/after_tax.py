"""What an after-tax backtest costs, beside the same policy before taxes.

10 assets x 2,520 days, a loss to harvest looked for each month; also 50 assets, and a policy that trades every
day, whose lots are many. The bar: 10 assets with monthly harvests within 2 s. Medians of the processor's time.
Run: python -m bench.after_tax [runs]
"""

from __future__ import annotations

import statistics
import sys
from collections.abc import Callable
from time import process_time

import numpy as np

from bench.market import market
from xl_rebal.engine.after_tax import AfterTaxRules, HarvestRules, after_tax
from xl_rebal.engine.backtest import Conventions, backtest
from xl_rebal.engine.policies import DatedTargets, Policy, calendar, threshold
from xl_rebal.model.plan import BandKind, BandRule
from xl_rebal.model.schedule import Frequency, Schedule
from xl_rebal.tax.methods import LotMethod

RUNS = 5
DAYS = 2_520
BAR = 2.0
MADE = Conventions(rate=0.001, capital=1_000_000.0)


def median(action: Callable[[], object], runs: int) -> float:
    """Seconds."""
    found = []
    for _ in range(runs):
        start = process_time()
        action()
        found.append(process_time() - start)
    return statistics.median(found)


def policies(assets: int) -> dict[str, Policy]:
    targets = DatedTargets.fixed(np.full(assets, 1.0 / assets))
    return {
        "monthly": calendar(targets, Schedule(Frequency.MONTHLY)),
        "out of 2 pp": threshold(targets, BandRule(BandKind.ABSOLUTE, 0.02)),
        "daily": calendar(targets, Schedule(Frequency.DAILY)),
    }


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else RUNS
    print(
        f"{DAYS} days; median of {runs} runs, s of the processor; the bar for 10 assets: {BAR:g} s"
    )
    print(
        f"{'assets':>6} {'policy':<12} {'lots':<8} {'harvests':>8} {'rows':>7} {'before':>8} {'after':>8}"
    )
    methods = (LotMethod.FIFO, LotMethod.HIFO, LotMethod.LEAST_TAX, LotMethod.AVERAGE)
    cases = [(10, name, method) for name in ("monthly", "out of 2 pp") for method in methods]
    cases += [(50, "monthly", LotMethod.HIFO), (10, "daily", LotMethod.FIFO)]
    for assets, name, method in cases:
        prices, policy = market(DAYS, assets), policies(assets)[name]
        before = median(lambda p=prices, q=policy: backtest(p, q, MADE), runs)  # type: ignore[misc]
        for harvest in (None, HarvestRules()):
            rules = AfterTaxRules(method=method, harvest=harvest)
            found = after_tax(prices, policy, MADE, rules)
            seconds = median(
                lambda p=prices, q=policy, r=rules: after_tax(p, q, MADE, r),  # type: ignore[misc]
                1 if name == "daily" else runs,
            )
            words = len(found.harvests) if harvest else "none"
            print(
                f"{assets:>6} {name:<12} {method.value:<8} {words:>8} {len(found.transactions):>7} "
                f"{before:>8.4f} {seconds:>8.3f}"
            )


if __name__ == "__main__":
    main()
