"""What the machine would allow: the memory traffic and the arithmetic of a job, and nothing else."""

from __future__ import annotations

from functools import partial

import numpy as np

from bench.contestants.job import Job, Task, contend


def traffic(job: Job) -> Task[None]:
    """A copy that touches as many bytes as the job: prices read, weights and value written, once each."""
    touched = 2 * job.prices.nbytes + job.prices[:, 0].size * 8
    here = np.ones(touched // 16)  # doubles; a copy reads and writes each
    return Task(
        "floor: memory traffic",
        partial(np.copyto, np.empty_like(here), here),
        note=f"{touched / 1e6:.2f} MB touched at the speed of a copy of that size",
    )


def arithmetic(job: Job, looks: bool) -> Task[None]:
    """One multiplication, addition and division an asset and day (value, sum, weight); with ``looks`` one
    subtraction, absolute value and comparison more (is the weight in its band)."""
    prices, shares, out = job.prices, job.prices[0].copy(), np.empty_like(job.prices)
    is_out = np.empty(prices.shape, dtype=bool)

    def steps() -> None:
        np.multiply(prices, shares, out=out)
        np.add(prices, shares, out=out)
        np.divide(prices, shares, out=out)
        if looks:
            np.subtract(prices, shares, out=out)
            np.abs(out, out=out)
            np.greater(out, job.band, out=is_out)

    count = 6 if looks else 3
    return Task("floor: arithmetic", steps, note=f"{count} operations an asset and day, in numpy")


if __name__ == "__main__":
    contend(
        np.__version__,
        {
            "J1": (traffic, partial(arithmetic, looks=False)),
            "J2": (traffic, partial(arithmetic, looks=True)),
        },
    )
