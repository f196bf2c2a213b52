"""The compiled yardstick of bench/kernels.py: value, weights and trades, no statistics."""

from __future__ import annotations

from functools import partial
from importlib.metadata import version

import numpy as np

from bench.contestants.job import Job, Proof, Task, contend
from bench.kernels import path
from xl_rebal.typing import BoolArray, FloatArray, IntArray

Paths = tuple[FloatArray, FloatArray, IntArray]


def kernel(job: Job, looks: BoolArray, band: float) -> Paths:
    rows, assets = job.prices.shape
    value, weights = np.empty(rows), np.empty((rows, assets))
    trades = np.empty(rows, dtype=np.int64)
    count = path(job.prices, job.target, looks, band, job.rate, value, weights, trades)
    return value, weights, trades[:count]


def proof(job: Job, paths: Paths) -> Proof:
    value, _, trades = paths
    return Proof(float(value[-1]) / (1.0 + job.rate), len(trades), {})


def task(job: Job, looks: BoolArray, band: float) -> Task[Paths]:
    note = "it takes no cost of the first purchase; its final value here is divided by 1 + rate"
    return Task("numba kernel", partial(kernel, job, looks, band), partial(proof, job), note)


def quarterly(job: Job) -> Task[Paths]:
    looks = np.zeros(len(job.prices), dtype=bool)
    looks[job.quarter_ends] = True
    return task(job, looks, -1.0)


def banded(job: Job) -> Task[Paths]:
    return task(job, np.ones(len(job.prices), dtype=bool), job.band)


if __name__ == "__main__":
    contend(version("numba"), {"J1": (quarterly,), "J2": (banded,)})
