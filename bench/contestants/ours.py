"""xl_rebal at its public API, with and without statistics."""

from __future__ import annotations

from functools import partial
from typing import Any

import xl_rebal
from bench.contestants.job import Job, Proof, Task, contend
from xl_rebal.engine.backtest import Backtest, Conventions, backtest
from xl_rebal.engine.policies import DatedTargets, Policy, Worth, calendar, optimal, threshold
from xl_rebal.engine.statistics import statistics
from xl_rebal.model.plan import BandKind, BandRule
from xl_rebal.model.prices import Prices
from xl_rebal.model.schedule import Schedule


def quarterly(job: Job) -> Policy:
    return calendar(DatedTargets.fixed(job.target), Schedule())


def banded(job: Job) -> Policy:
    return threshold(DatedTargets.fixed(job.target), BandRule(BandKind.ABSOLUTE, job.band))


def worthwhile(job: Job) -> Policy:
    return optimal(DatedTargets.fixed(job.target), Worth(job.risk_aversion))


def prices_of(job: Job) -> Prices:
    return Prices(tuple(job.days.tolist()), tuple(job.symbols), job.prices)


def run(prices: Prices, policy: Policy, conventions: Conventions) -> Backtest:
    """A backtest with the arrays of value, weights and trades made; what the kernel gives."""
    found = backtest(prices, policy, conventions)
    _ = found.value, found.weights
    return found


def run_with_statistics(prices: Prices, policy: Policy, conventions: Conventions) -> Backtest:
    found = run(prices, policy, conventions)
    statistics(found)
    return found


def proof(job: Job, found: Backtest) -> Proof:
    once = float(found.turnover.sum())
    return Proof(
        final=float(found.value[-1]) / job.capital,
        rebalances=len(found.rows),
        turnover={
            "one-way, without the first purchase": once / job.years,
            "one-way, with it (half of 100 %)": (once + 0.5) / job.years,
            "two-way, without the first purchase": 2 * once / job.years,
            "two-way, with it (100 %)": (2 * once + 1) / job.years,
        },
    )


def task(policy: Any, label: str, call: Any, job: Job) -> Task[Backtest]:
    conventions = Conventions(rate=job.rate, capital=job.capital, charge_first_purchase=True)
    return Task(label, partial(call, prices_of(job), policy(job), conventions), partial(proof, job))


def since_the_window(job: Job, found: Backtest) -> Proof:
    """Of the days on which a covariance is known."""
    return Proof(
        final=float(found.value[-1] / found.value[job.window]),
        rebalances=len(found.rows),
        turnover={"one-way": float(found.turnover.sum()) / job.years},
    )


def daily(label: str, call: Any, job: Job) -> Task[Backtest]:
    conventions = Conventions(rate=job.rate, capital=job.capital, window=job.window)
    done = partial(call, prices_of(job), worthwhile(job), conventions)
    return Task(label, done, partial(since_the_window, job), is_long=True)


def with_statistics(policy: Any) -> Any:
    return partial(task, policy, "ours, with statistics", run_with_statistics)


def paths_only(policy: Any) -> Any:
    return partial(task, policy, "ours, value, weights and trades", run)


if __name__ == "__main__":
    contend(
        xl_rebal.__version__,
        {
            "J1": (with_statistics(quarterly), paths_only(quarterly)),
            "J2": (with_statistics(banded), paths_only(banded)),
            "J6": (
                partial(daily, "ours, with statistics", run_with_statistics),
                partial(daily, "ours, value, weights and trades", run),
            ),
        },
    )
