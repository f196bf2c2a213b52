"""vectorbt: orders as arrays, or written by compiled functions of our own."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from importlib.metadata import version
from typing import Any

import numpy as np
import pandas as pd
import vectorbt as vbt
from vectorbt.portfolio import nb
from vectorbt.portfolio.enums import Direction, SizeType

from bench.contestants.job import Job, Proof, Task, contend
from bench.kernels import compiled
from xl_rebal.typing import FloatArray

TARGET_PERCENT, LONG_ONLY = int(SizeType.TargetPercent), int(Direction.LongOnly)


@compiled
def workspace(c: Any) -> Any:
    """A place for the values of the orders of one day, which are sorted: sales first."""
    return (np.empty(c.group_len, dtype=np.float64),)


@compiled
def look(c: Any, order_values: FloatArray, target: FloatArray, band: float) -> Any:
    """Whether an asset is out of its band; the first day is, since nothing is held."""
    is_out = False
    for col in range(c.from_col, c.to_col):
        c.last_val_price[col] = c.close[c.i, col]
    value = nb.get_group_value_ctx_nb(c)
    for col in range(c.from_col, c.to_col):
        weight = c.last_position[col] * c.last_val_price[col] / value
        if abs(weight - target[0, col]) > band + 1e-12:
            is_out = True
    if is_out:
        nb.sort_call_seq_nb(c, target, TARGET_PERCENT, LONG_ONLY, order_values)
    return (is_out,)


@compiled
def order(c: Any, is_out: bool, target: FloatArray, rate: float) -> Any:
    if not is_out:
        return nb.order_nothing_nb()
    return nb.order_nb(
        size=target[0, c.col], price=c.close[c.i, c.col], size_type=TARGET_PERCENT,
        direction=LONG_ONLY, fees=rate,
    )  # fmt: skip


def from_orders(job: Job, prices: pd.DataFrame, sizes: pd.DataFrame) -> Any:
    found = vbt.Portfolio.from_orders(
        prices, sizes, size_type="targetpercent", fees=job.rate, init_cash=job.capital,
        group_by=True, cash_sharing=True, call_seq="auto", freq="1D",
    )  # fmt: skip
    found.stats()
    return found


def from_order_func(job: Job, prices: pd.DataFrame) -> Any:
    target = job.target[None]
    found = vbt.Portfolio.from_order_func(
        prices, order, target, job.rate, pre_group_func_nb=workspace, pre_segment_func_nb=look,
        pre_segment_args=(target, job.band), init_cash=job.capital, group_by=True,
        cash_sharing=True, freq="1D",
    )  # fmt: skip
    found.stats()
    return found


def proof(job: Job, found: Any) -> Proof:
    """vectorbt has no turnover; this is the sum of its orders over the value on their day."""
    orders, value = found.orders.records, found.value().to_numpy()
    traded = (orders["size"] * orders["price"] / value[orders["idx"]]).groupby(orders["idx"]).sum()
    words = "none of its own; the sum of its orders over value: two-way, with the first purchase (100 %)"
    return Proof(
        final=float(value[-1]) / job.capital,
        rebalances=len(traded) - 1,
        turnover={words: float(traded.sum()) / job.years},
    )


def table(job: Job) -> pd.DataFrame:
    return pd.DataFrame(job.prices, pd.DatetimeIndex(job.days), job.symbols)


def task(job: Job, call: Callable[[], Any], note: str) -> Task[Any]:
    return Task("vectorbt, with statistics", call, partial(proof, job), note)


def quarterly(job: Job) -> Task[Any]:
    prices = table(job)
    sizes = pd.DataFrame(np.nan, prices.index, prices.columns)
    sizes.iloc[[0, *job.quarter_ends.tolist()]] = job.target
    note = "weights aim at the value before costs, so the last purchase of a day is cut to the cash left"
    return task(job, partial(from_orders, job, prices, sizes), note)


def banded(job: Job) -> Task[Any]:
    note = "it has no drift bands; three functions of our own, compiled, say when to order"
    return task(job, partial(from_order_func, job, table(job)), note)


if __name__ == "__main__":
    contend(version("vectorbt"), {"J1": (quarterly,), "J2": (banded,)})
