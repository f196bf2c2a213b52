"""skfolio: one portfolio a quarter, whose weights drift, strung together."""

from __future__ import annotations

from functools import partial
from importlib.metadata import version
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from skfolio import MultiPeriodPortfolio, Portfolio

from bench.contestants.job import Job, Proof, Task, contend


def run(job: Job, returns: pd.DataFrame) -> Any:
    """A portfolio takes its cost off every day's return, so a day gets its share of the rate."""
    ends = [0, *job.quarter_ends.tolist(), len(returns)]
    held, parts = None, []
    for first, end in pairwise(ends):
        part = Portfolio(
            returns.iloc[first:end], job.target, previous_weights=held, weight_drift=True,
            transaction_costs=job.rate / (end - first), compounded=True,
        )  # fmt: skip
        held = part.ending_weights
        parts.append(part)
    found = MultiPeriodPortfolio(portfolios=parts, compounded=True)
    found.summary()
    return found


def proof(job: Job, found: Any) -> Proof:
    words = "MultiPeriodPortfolio.turnover: two-way, with the first purchase (100 %)"
    return Proof(
        final=float(np.prod(1.0 + found.returns)),
        rebalances=len(found.portfolios) - 1,
        turnover={words: float(found.turnover.sum()) / job.years},
    )


def quarterly(job: Job) -> Task[Any]:
    prices = pd.DataFrame(job.prices, pd.DatetimeIndex(job.days), job.symbols)
    returns = prices.pct_change().iloc[1:]
    note = "costs come off the returns of the quarter that follows, a day's share each, not out of wealth"
    return Task("skfolio, with statistics", partial(run, job, returns), partial(proof, job), note)


def banded(job: Job) -> str:
    return "windows must be known beforehand, so a breach cannot end one"


if __name__ == "__main__":
    contend(version("skfolio"), {"J1": (quarterly,), "J2": (banded,)})
