"""What an optimal rebalance costs, beside general solvers on the same problems, at three levels of costs.

Ours is ``solve`` from arrays, with the check that the covariance is one; "risk known" is the same without it,
as in a backtest. cvxpy builds its model and makes that check, too; its re-solve has both behind it. Every
contestant has a process of its own, one thread; times are the processor's, medians after a warm-up (one run
where that takes seconds); ratios are of this run. Beside each: how far its objective is above the least one
found, and how many assets it trades (by more than 1e-9). Last: the first call in a fresh process, and the next.
Run: python -m bench.optimal [--install] [--environments FOLDER] [--assets N ...]
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from bench.contestants.optimisers import OPTIMISERS
from bench.environments import ROOT, Library, install, python_of

PIQP = Library("piqp", "piqp==0.7.0 scipy==1.17.1")
PARTS = {"c": 1.0, "c/10": 0.1, "c/100": 0.01}
JOBS = [(10, False), (100, False), (500, False), (2000, False), (2000, True)]
LIMIT = 120  # seconds of a process: what takes longer is left out
HIGHS_MOST = 100  # assets; above it HiGHS takes minutes
ONE_THREAD = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "RAYON_NUM_THREADS"), "1")
FRESH = """
import time
begin = time.perf_counter()
from bench.optimal_jobs import job
import numpy as np
from xl_rebal.engine.optimal import DenseRisk, Limits, OptimalProblem, solve
given = job(50, False, 1.0)
rate = np.full(50, given.rate)
def call():
    problem = OptimalProblem(given.current, given.target, DenseRisk(given.covariance), 5.0, rate, rate)
    return solve(problem, {limits})
call()
first = time.perf_counter()
call()
print(first - begin, time.perf_counter() - first)
"""


def runs_of(assets: int, name: str) -> int:
    if name.startswith("ours"):
        return 300 if assets <= 100 else 5
    return {10: 20, 100: 10, 500: 3}.get(assets, 1)


def answer(
    python: Path, name: str, assets: int, has_factors: bool, part: float
) -> dict[str, Any] | str:
    """What a contestant answers, or why not."""
    command = [str(python), "-m", "bench.contestants.optimisers", name, str(assets), str(int(has_factors)),
               str(part), str(runs_of(assets, name))]  # fmt: skip
    try:
        done = _run(command)
    except subprocess.TimeoutExpired:
        return f"more than {LIMIT} s"
    if done.returncode:
        return (done.stderr.strip().splitlines() or ["it ended without a word"])[-1]
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _run(command: list[str]) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **ONE_THREAD, "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        command,
        cwd=ROOT,
        capture_output=True,
        text=True,
        env=environment,
        timeout=LIMIT,
        check=False,
    )


def bars(assets: int, has_factors: bool, level: str, times: dict[str, float]) -> list[str]:
    """Each bar of a job, with what was measured."""
    ours, found = times["ours"], []

    def bar(name: str, most: float, words: str) -> None:
        if name in times:
            part = ours / times[name]
            found.append(
                f"{part:.4f} of {name}, bar {words}: {'met' if part <= most else 'NOT met'}"
            )

    if assets == 10:
        bar("cvxpy, default", 1 / 5, "1/5")
    if (assets, has_factors, level) == (2000, False, "c"):
        bar("cvxpy + CLARABEL", 1 / 50, "1/50")
    if assets == 2000:
        bar("Clarabel direct", 1.0 if has_factors else 1.3, "1" if has_factors else "1.3")
    return found


def show(assets: int, has_factors: bool, level: str, pythons: dict[str, Path]) -> None:
    kind = "20 factors" if has_factors else "dense"
    print(f"\nn = {assets:,}, {kind}, costs {level}")
    found: dict[str, dict[str, Any]] = {}
    for name in OPTIMISERS:
        if name == "HiGHS" and (assets > HIGHS_MOST or has_factors):
            continue
        python = pythons.get(name)
        if python is None:
            continue
        each = answer(python, name, assets, has_factors, PARTS[level])
        if isinstance(each, str):
            print(f"  {name:<20} left out: {each}")
        else:
            found[name] = each
    best = min(each["objective"] for each in found.values())
    for name, each in found.items():
        ratio = each["seconds"] / found["ours"]["seconds"]
        above = each["objective"] / best - 1
        print(f"  {name:<20} {each['seconds'] * 1e3:>12,.3f} ms {ratio:>10,.2f} x ours "
              f"{above:>9.1e} above {each['trades']:>6,} trades", flush=True)  # fmt: skip
    for words in bars(
        assets, has_factors, level, {name: e["seconds"] for name, e in found.items()}
    ):
        print(f"  ours takes {words}")


def show_fresh() -> None:
    print("\nn = 50 in a fresh process (wall clock)")
    for words, limits in (("standard", "None"), ("turnover cap", "Limits(turnover=0.02)")):
        done = _run([sys.executable, "-c", FRESH.format(limits=limits)])
        first, following = (float(word) for word in done.stdout.split())
        print(f"  {words:<14} first {first:.2f} s, bar 2.5 s: {'met' if first < 2.5 else 'NOT met'}; "
              f"next {following * 1e3:.2f} ms, bar 20 ms: "
              f"{'met' if following < 0.020 else 'NOT met'}")  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    default = Path(tempfile.gettempdir(), "xl-rebal-bench")
    parser.add_argument("--environments", type=Path, default=default, help=f"default: {default}")
    parser.add_argument("--install", action="store_true", help="make PIQP's environment")
    parser.add_argument("--assets", type=int, nargs="*", help="only these numbers of assets")
    options = parser.parse_args()
    pythons = dict.fromkeys(OPTIMISERS, Path(sys.executable))
    words = install(options.environments, PIQP) if options.install else ""
    pythons["PIQP"] = python_of(options.environments, PIQP)
    if words or not pythons["PIQP"].exists():
        print(words or "PIQP is left out: it is not installed here (--install does that)")
        del pythons["PIQP"]
    for assets, has_factors in JOBS:
        if options.assets and assets not in options.assets:
            continue
        for level in PARTS:
            show(assets, has_factors, level, pythons)
    show_fresh()


if __name__ == "__main__":
    main()
