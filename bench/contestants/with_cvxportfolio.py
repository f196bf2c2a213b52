"""cvxportfolio: a market simulator that asks a policy on every day."""

from __future__ import annotations

from functools import partial
from importlib.metadata import version
from typing import Any

import cvxportfolio as cvx
import numpy as np
import pandas as pd

from bench.contestants.job import Job, Proof, Task, contend

CASH = "cash"


class Banded(cvx.policies.Policy):  # type: ignore[misc]  # the library has no types
    """To the target where an asset is out of its band; the library's own looks at the 2-norm."""

    def __init__(self, target: pd.Series[float], band: float) -> None:
        self.wanted, self.band = target, band

    def values_in_time(self, current_weights: pd.Series[float], **_: Any) -> pd.Series[float]:
        drift = np.abs((current_weights - self.wanted).iloc[:-1])
        return self.wanted if drift.max() > self.band + 1e-12 else current_weights


def run(job: Job, market: Any, policy: Any, start: Any, end: Any) -> Any:
    simulator = cvx.MarketSimulator(
        market_data=market, costs=[cvx.TransactionCost(a=job.rate)], round_trades=False
    )
    result = simulator.backtest(policy, start_time=start, end_time=end, initial_value=job.capital)
    str(result)  # its statistics are made when they are read
    return result


def proof(job: Job, result: Any) -> Proof:
    turnover = result.turnover
    words = "BacktestResult.turnover: one-way, with the first purchase (half of 100 %)"
    return Proof(
        final=float(result.v.iloc[-1]) / job.capital,
        rebalances=int((turnover > 1e-12).sum()) - 1,
        turnover={words: float(turnover.sum()) / job.years},
    )


def task(job: Job, policy: Any, note: str) -> Task[Any]:
    days = pd.DatetimeIndex(job.days)
    returns = pd.DataFrame(job.prices, days, job.symbols).pct_change().shift(-1)
    returns[CASH] = 0.0
    market = cvx.UserProvidedMarketData(returns=returns, cash_key=CASH, min_history=pd.Timedelta(0))
    call = partial(run, job, market, policy, days[0], days[-1])
    return Task("cvxportfolio, with statistics", call, partial(proof, job), note, is_long=True)


def target_of(job: Job) -> pd.Series[float]:
    return pd.Series([*job.target, 0.0], [*job.symbols, CASH])


def quarterly(job: Job) -> Task[Any]:
    rows = [0, *job.quarter_ends.tolist()]
    policy = cvx.PeriodicRebalance(target_of(job), pd.DatetimeIndex(job.days[rows]))
    return task(job, policy, "costs are owed in cash until the next rebalance, at no interest")


def banded(job: Job) -> Task[Any]:
    note = (
        "a policy of our own: AdaptiveRebalance tests the 2-norm of all drifts, not a band an asset"
    )
    return task(job, Banded(target_of(job), job.band), note)


def worthwhile(job: Job) -> Task[Any]:
    """Its single-period policy with the same covariances, costs and targets, from the first full window on."""
    days, first = pd.DatetimeIndex(job.days), job.window
    returns = job.prices[1:] / job.prices[:-1] - 1.0
    covariances = {}
    for row in range(first, len(days)):
        years = (job.days[row] - job.days[row - first]).astype(float) / 365.25
        annual = np.cov(returns[row - first : row].T) * first / years
        covariances[days[row]] = pd.DataFrame(annual, job.symbols, job.symbols)
    risk = cvx.FullCovariance(Sigma=pd.concat(covariances))
    objective = -job.risk_aversion * risk - cvx.TransactionCost(a=job.rate)
    policy = cvx.SinglePeriodOptimization(
        objective,
        [cvx.LongOnly(), cvx.NoCash()],
        benchmark=target_of(job),
        include_cash_return=False,
    )
    moves = pd.DataFrame(job.prices, days, job.symbols).pct_change().shift(-1)
    moves[CASH] = 0.0
    market = cvx.UserProvidedMarketData(returns=moves, cash_key=CASH, min_history=pd.Timedelta(0))
    held = job.target * job.prices[first] / job.prices[0] * job.capital
    holdings = pd.Series([*held, 0.0], [*job.symbols, CASH])
    simulator = cvx.MarketSimulator(
        market_data=market, costs=[cvx.TransactionCost(a=job.rate)], round_trades=False
    )

    def call() -> Any:
        result = simulator.backtest(
            policy, start_time=days[first], end_time=days[-1], h=holdings.copy()
        )
        str(result)
        return result

    def found(result: Any) -> Proof:
        turnover = result.turnover
        return Proof(
            final=float(result.v.iloc[-1] / result.v.iloc[0]),
            rebalances=int((turnover > 1e-7).sum()),
            turnover={"BacktestResult.turnover: one-way": float(turnover.sum()) / job.years},
        )

    note = "SinglePeriodOptimization with our covariances, made beforehand; dust counts as no trade"
    return Task("cvxportfolio, with statistics", call, found, note, is_long=True)


if __name__ == "__main__":
    parts = {"J1": (quarterly,), "J2": (banded,), "J6": (worthwhile,)}
    contend(version("cvxportfolio"), parts)
