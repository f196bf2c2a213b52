"""bt: a tree of strategies, called on every day."""

from __future__ import annotations

from functools import partial
from importlib.metadata import version
from typing import Any

import bt
import pandas as pd

from bench.contestants.job import Job, Proof, Task, contend


def commission(rate: float, quantity: float, price: float) -> float:
    return abs(quantity) * price * rate


def run(job: Job, prices: pd.DataFrame, when: Any) -> Any:
    weights = dict(zip(job.symbols, job.target.tolist(), strict=True))
    steps = [bt.algos.WeighSpecified(**weights), when, bt.algos.Rebalance()]
    test = bt.Backtest(
        bt.Strategy("job", steps), prices, initial_capital=job.capital,
        commissions=partial(commission, job.rate), integer_positions=False, progress_bar=False,
    )  # fmt: skip
    return bt.run(test)  # with the statistics of ffn


def proof(job: Job, result: Any) -> Proof:
    test = result.backtests["job"]
    traded = (test.strategy.outlays.fillna(0.0) != 0).any(axis=1)
    words = (
        "Backtest.turnover, the smaller of purchases and sales: one-way, without the first purchase"
    )
    return Proof(
        final=float(test.strategy.values.iloc[-1]) / job.capital,
        rebalances=int(traded.sum()) - 1,
        turnover={words: float(test.turnover.sum()) / job.years},
    )


def task(job: Job, when: Any, note: str) -> Task[Any]:
    prices = pd.DataFrame(job.prices, pd.DatetimeIndex(job.days), job.symbols)
    return Task("bt, with statistics", partial(run, job, prices, when), partial(proof, job), note)


def quarterly(job: Job) -> Task[Any]:
    return task(
        job,
        bt.algos.RunQuarterly(run_on_end_of_period=True),
        "costs are paid by each traded asset, so weights end near the target",
    )


def banded(job: Job) -> Task[Any]:
    """Its bands are shares of the target; with equal targets that is one width in points, too."""
    share = float(job.band / job.target[0])
    note = f"RunIfOutOfBounds({share:g}): bands are shares of the target, so only equal targets can have 5 pp"
    return task(job, bt.algos.RunIfOutOfBounds(share), note)


if __name__ == "__main__":
    contend(version("bt"), {"J1": (quarterly,), "J2": (banded,)})
