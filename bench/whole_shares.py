"""What an optimal list in whole shares costs, and how near to its own bound it comes.

Books of 10 to 200 assets at prices from 20 to 400, 10 bp a side, weights some points from their targets, with
and without a ticket of 1, a minimum trade of 200 and at most a fifth of the assets traded. Beside each time:
the gap to the bound that no choice can be below, how far the objective is above the optimum without whole
shares, tickets and counts, and what the convex optimum costs to find. The search is given 2 s. Run:
python -m bench.whole_shares
"""

from __future__ import annotations

from statistics import median
from time import process_time

import numpy as np

from xl_rebal.engine.optimal import DenseRisk, OptimalProblem, solve
from xl_rebal.engine.optimal.whole import WholeShareProblem, whole_solve

SEEDS, SECONDS, GAP = 5, 2.0, 1e-3
KINDS = ("whole shares", "tickets of 1", "trades of 200", "at most a fifth")


def book(seed: int, assets: int, wealth: float, kind: str) -> WholeShareProblem:
    """Correlated assets of volatilities from 10 to 40 %, and cash."""
    chance = np.random.default_rng(seed)
    count = assets + 1
    volatility = chance.uniform(0.1, 0.4, assets)
    mix = chance.normal(size=(assets, 3 * assets))
    common = np.corrcoef(mix + chance.normal(size=(1, 3 * assets)))
    covariance = np.zeros((count, count))
    covariance[:assets, :assets] = common * np.outer(volatility, volatility)
    price = np.append(chance.uniform(20, 400, assets).round(2), 1.0)
    target = np.append(chance.dirichlet(np.full(assets, 5.0)) * 0.99, 0.01)
    held = target[:assets] * np.exp(chance.normal(0, 0.25, assets))
    quantity = np.floor(held / held.sum() * 0.985 * wealth / price[:assets])
    current = np.append(quantity * price[:assets] / wealth, 0.0)
    current[-1] = 1.0 - current.sum()
    rate = np.append(np.full(assets, 0.001), 0.0)
    problem = OptimalProblem(current, target / target.sum(), DenseRisk(covariance), 5.0, rate, rate)
    fee = np.append(np.full(assets, 1.0 if kind == "tickets of 1" else 0.0), 0.0)
    return WholeShareProblem(
        problem, wealth, price, np.ones(count), fee, assets,
        minimum=200.0 if kind == "trades of 200" else 0.0,
        most_trades=max(1, assets // 5) if kind == "at most a fifth" else None,
    )  # fmt: skip


def main() -> None:
    print("assets  wealth     kind              time, median and most   gap, median and most   above convex"
          "   trades   convex alone")  # fmt: skip
    for assets, wealth in ((10, 1e5), (30, 3e5), (100, 1e6), (200, 2e6)):
        for kind in KINDS:
            times, gaps, above, trades, alone = [], [], [], [], []
            for seed in range(SEEDS):
                asked = book(seed, assets, wealth, kind)
                start = process_time()
                solve(asked.problem)
                alone.append(process_time() - start)
                start = process_time()
                found = whole_solve(asked, gap=GAP, seconds=SECONDS)
                times.append(process_time() - start)
                gaps.append(found.gap)
                above.append(found.objective / found.convex - 1.0)
                trades.append(found.trade_count)
            print(
                f"{assets:6}  {wealth:9,.0f}  {kind:16}  {median(times):8.2f} s {max(times):8.2f} s  "
                f"{median(gaps):9.2%} {max(gaps):9.2%}  {median(above):12.2%}  {median(trades):7.0f}  "
                f"{median(alone) * 1e3:8.1f} ms"
            )


if __name__ == "__main__":
    main()
