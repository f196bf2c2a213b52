"""What many policies on the same prices cost, beside a compiled loop over days that simulates each by itself.

J3: 50 assets x 5,040 days, 100 absolute bands, daily looks, to target, 10 bp: the sweep with all its
statistics, and the kernel (bench/kernels.py, numba, one thread) with value, weights and trades. J5: 20 bands
x 5 frequencies x 21 offsets x 5 cost levels = 10,500 policies with all their statistics: time and
peak memory of a fresh process. Then J3 with half and twice the days and the assets.

What the arithmetic would allow: J3 is 14 million weights (portfolio x row x asset; the kernel has 25
million, since it shares nothing) of six operations, some 10 ms of a core with AVX2; numpy makes a pass over the
second-level cache of each operation, 1.1 GB, some 40 ms. J5 is 86 million weights, and 20 passes over 53
million net returns for the statistics, 8 GB, some 0.3 s.

Times are those of
the processor and the least of several runs, so that a busy machine does less harm; one thread each, in
processes of their own. Run: python -m bench.sweeps [j3] [j5] [growth]
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from time import process_time

import numpy as np

from bench.kernels import IS_COMPILED, many_bands
from bench.market import market
from xl_rebal.engine.policies import DatedTargets
from xl_rebal.engine.policy_grid import PolicyGrid
from xl_rebal.engine.sweep import Sweep, sweep
from xl_rebal.model.prices import Prices
from xl_rebal.model.schedule import Frequency, Schedule
from xl_rebal.typing import FloatArray, IntArray

RUNS = 9
DAYS, ASSETS, RATE = 5_040, 50, 0.001
BANDS = {
    "0.1 to 10 pp": np.linspace(0.001, 0.1, 100),
    "0.05 to 5 pp": np.linspace(0.0005, 0.05, 100),
    "0.025 to 2.5 pp": np.linspace(0.00025, 0.025, 100),
}
FREQUENCIES = (
    Frequency.DAILY, Frequency.WEEKLY, Frequency.MONTHLY, Frequency.QUARTERLY, Frequency.ANNUAL,
)  # fmt: skip


def equal(assets: int) -> FloatArray:
    return np.full(assets, 1.0 / assets)


def unequal(assets: int) -> FloatArray:
    """Weights that fall by half over the assets."""
    parts = np.linspace(2.0, 1.0, assets)
    return np.asarray(parts / parts.sum())


def bands_sweep(prices: Prices, target: FloatArray, bands: FloatArray) -> Sweep:
    grid = PolicyGrid(DatedTargets.fixed(target), bands.tolist(), costs=(RATE,))
    return sweep(prices, grid)


def bands_kernel(
    prices: Prices, target: FloatArray, bands: FloatArray
) -> tuple[FloatArray, IntArray]:
    rows, assets = prices.values.shape
    values, trades = np.empty((len(bands), rows)), np.empty((len(bands), rows), dtype=np.int64)
    counts, looks = np.empty(len(bands), dtype=np.int64), np.ones(rows, dtype=bool)
    weights = np.empty((rows, assets))
    many_bands(prices.values, target, looks, bands, RATE, values, weights, trades, counts)
    return values, counts


def least(*actions: Callable[[], object], runs: int = RUNS) -> list[float]:
    """The least processor time of each, by turns; s."""
    found = [float("inf")] * len(actions)
    for _ in range(runs):
        for place, action in enumerate(actions):
            start = process_time()
            action()
            found[place] = min(found[place], process_time() - start)
    return found


def j3() -> None:
    prices = market(DAYS, ASSETS)
    print(f"J3: {ASSETS} assets x {DAYS:,} days, 100 bands, daily looks, to target, 10 bp")
    if not IS_COMPILED:
        print("  numba is not installed here, so there is no compiled yardstick beside it")
    for label, weights in (("equal targets", equal), ("unequal targets", unequal)):
        target = weights(ASSETS)
        for name, bands in BANDS.items():
            job, yardstick = (
                partial(each, prices, target, bands) for each in (bands_sweep, bands_kernel)
            )
            ours = bands_sweep(prices, target, bands)
            trades = int(ours.figures.rebalances.sum())
            line = f"  {label}, {name} ({trades:,} trades): "
            if not IS_COMPILED:
                print(f"{line}{least(job)[0]:.3f} s")
                continue
            values, counts = bands_kernel(prices, target, bands)
            assert counts.tolist() == ours.figures.rebalances.ravel().tolist()
            assert np.allclose(values[:, -1], ours.final_value.ravel(), rtol=1e-11)
            time, kernel = least(job, yardstick)
            print(f"{line}{time:.3f} s, kernel {kernel:.3f} s, ratio {time / kernel:.2f}")


def j5_sweep() -> Sweep:
    grid = PolicyGrid(
        DatedTargets.fixed(equal(ASSETS)),
        np.linspace(0.0025, 0.05, 20).tolist(),
        [Schedule(each) for each in FREQUENCIES],
        range(21),
        costs=(0.0, 0.0005, 0.001, 0.002, 0.005),
    )
    return sweep(market(DAYS, ASSETS), grid)


def j5() -> None:
    """In a process of its own, whose peak is that of the sweep."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    start = process_time()
    found = j5_sweep()
    time = process_time() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    trades = int(found.figures.rebalances[..., 0].sum())
    print(f"J5: {found.final_value.size:,} policies ({trades:,} trades of 2,100 paths) with their statistics: "
          f"{time:.2f} s, peak {peak:.0f} MB ({before:.0f} MB before)")  # fmt: skip


def growth() -> None:
    print(
        "Growth: J3 with other numbers of days and assets, s (per million asset-days of one policy)"
    )
    bands = BANDS["0.1 to 10 pp"]
    sizes = [(days, ASSETS) for days in (1_260, 2_520, 5_040, 10_080)]
    sizes += [(DAYS, assets) for assets in (25, 100, 200)]
    for days, assets in sizes:
        # the same number of trades: bands in proportion to the targets
        prices, scaled = market(days, assets), bands * ASSETS / assets
        (time,) = least(partial(bands_sweep, prices, equal(assets), scaled), runs=5)
        print(
            f"  {days:6,} days x {assets:3} assets: {time:.3f} ({time / (days * assets) * 1e6:.3f})"
        )


ONE_THREAD = {f"{name}_NUM_THREADS": "1" for name in ("OPENBLAS", "OMP", "MKL")}


def main() -> None:
    for name in sys.argv[1:] or ("j3", "j5", "growth"):
        call = f"import bench.sweeps; bench.sweeps.{name}()"
        subprocess.run([sys.executable, "-c", call], check=True, env={**os.environ, **ONE_THREAD})


if __name__ == "__main__":
    main()
