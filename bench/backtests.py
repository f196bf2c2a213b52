"""What one backtest costs, beside bt, vectorbt, skfolio, cvxportfolio and a compiled loop (numba).

10 assets x 2,520 days, 10 bp a side. J1: to target at the end of each quarter; J2: to target on each day on
which an asset is more than 5 pp from it. J6: each day to the weights of least tracking error squared +
costs, by the covariance of the last 252 returns. Ours is the public API with value, weights, trades and
statistics; the others are the call that their documents give for one backtest, with their statistics.
Data are loaded before. Every contestant runs in an environment and a process of its own on the same
file, one thread, right after a process of ours; ratios are of these two. Times are medians of the
processor's time, after a warm-up. Beside each: what it found, which shows that it did the same job.
Run: python -m bench.backtests [--install] [--environments FOLDER]
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bench.contestants.job import Job
from bench.environments import LIBRARIES, ROOT, Library, install, python_of
from bench.market import market
from xl_rebal.model.schedule import Schedule
from xl_rebal.wording import counted

DAYS, ASSETS, RATE, BAND, CAPITAL = 2_520, 10, 0.001, 0.05, 1_000_000.0
OUR_RUNS, THEIR_RUNS = 40, 5
WINDOW, RISK_AVERSION = 252, 1.0
JOBS = {
    "J1": "quarterly, to target", "J2": "5 pp band looked at daily, to target",
    "J6": "daily to the optimum of tracking risk and costs",
}  # fmt: skip
BARS = {
    ("J1", "vectorbt"): 50, ("J1", "bt"): 200, ("J2", "vectorbt"): 25, ("J2", "bt"): 100,
    ("J6", "cvxportfolio"): 20,
}  # fmt: skip
"""At least so many times our time is what we want."""
SAME = 1e-3
"""Final values that differ by no more (relative) are of the same job: costs are paid in several ways."""

SAME_COUNT = 0.02
"""So do numbers of rebalances: of a thousand small ones a few are dust elsewhere."""

KERNEL_BARS = {"J1": 10, "J2": 20}
"""At most so many times the kernel's time; ours without statistics, since it has none."""

ONE_THREAD = {f"{name}_NUM_THREADS": "1" for name in ("OPENBLAS", "OMP", "MKL", "NUMBA")}


def the_job() -> Job:
    prices = market(DAYS, ASSETS)
    ends = Schedule().rows(prices.days)
    target = np.full(ASSETS, 1.0 / ASSETS)
    return Job(prices.days, prices.values, ends, target, RATE, BAND, CAPITAL, WINDOW, RISK_AVERSION)


@dataclass(frozen=True)
class Row:
    """One line of a table: a task of a contestant, and our times (s) in the process just before it."""

    job: str
    contestant: str
    task: dict[str, Any]
    ours: float
    ours_without_statistics: float

    @property
    def ratio(self) -> float:
        return float(self.task["seconds"]) / self.ours


def contestant(python: Path, module: str, data: Path, runs: int) -> dict[str, Any] | str:
    """What a contestant answers, or the last line of what went wrong."""
    done = subprocess.run(
        [str(python), "-m", module, str(data), str(runs)], cwd=ROOT, capture_output=True, text=True,
        env={**os.environ, **ONE_THREAD, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    if done.returncode:
        return (done.stderr.strip().splitlines() or ["it ended without a word"])[-1]
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def ours(data: Path) -> list[dict[str, Any]]:
    """Our tasks: for each job the one with statistics, then the one without."""
    answer = contestant(Path(sys.executable), "bench.contestants.ours", data, OUR_RUNS)
    if isinstance(answer, str):
        raise SystemExit(f"our own part failed: {answer}")
    return list(answer["tasks"])


def rows_of(name: str, python: Path, module: str, data: Path, runs: int) -> list[Row] | str:
    us = ours(data)
    answer = contestant(python, module, data, runs)
    if isinstance(answer, str):
        return f"{name} is left out: {answer}"
    title = name if name == "floor" else f"{name} {answer['version']}"
    print(f"  {title}: done", file=sys.stderr)
    tasks = [("ours", each) for each in us] + [(name, each) for each in answer["tasks"]]
    found = []
    for who, task in tasks:
        full, paths = (each["seconds"] for each in us if each["job"] == task["job"])
        found.append(Row(task["job"], who, task, full, paths))
    return found


def one_of_ours(rows: list[Row]) -> list[Row]:
    """The rows of ours that stand for all processes: those of median time, one a task."""
    found = []
    for label in dict.fromkeys(row.task["label"] for row in rows):
        same = [row for row in rows if row.task["label"] == label]
        found.append(sorted(same, key=lambda row: row.task["seconds"])[len(same) // 2])
    return found


def show(job: str, rows: list[Row]) -> None:
    print(f"\n{job}: {ASSETS} assets x {DAYS:,} days, {JOBS[job]}, {RATE * 1e4:g} bp a side")
    head = ("", "processor time", "ours = 1", "bar", "final value of 1", "rebalances")
    widths = (33, 16, 11, 20, 18, 12)
    print("".join(f"{word:<{w}}" if not i else f"{word:>{w}}"
                  for i, (word, w) in enumerate(zip(head, widths, strict=True))))  # fmt: skip
    wanted = rows[0].task["proof"]
    for row in rows:
        if "seconds" not in row.task:
            print(f"{row.contestant:<33}  cannot express it: {row.task['note']}")
            continue
        proof = row.task["proof"]
        cells = [
            row.task["label"],
            f"{row.task['seconds'] * 1e3:,.3f} ms",
            f"{row.ratio:,.4f}" if row.ratio < 1 else f"{row.ratio:,.1f}",
            bar(job, row),
            f"{proof['final']:.6f}" if proof else "",
            str(proof["rebalances"]) if proof else "",
        ]
        print("".join(f"{cell:<{w}}" if not i else f"{cell:>{w}}"
                      for i, (cell, w) in enumerate(zip(cells, widths, strict=True))),
              "" if proof is None or is_same(proof, wanted) else "another job")  # fmt: skip


def is_same(proof: dict[str, Any], wanted: dict[str, Any]) -> bool:
    near = abs(proof["final"] / wanted["final"] - 1.0) <= SAME
    return near and bool(abs(proof["rebalances"] / wanted["rebalances"] - 1.0) <= SAME_COUNT)


def bar(job: str, row: Row) -> str:
    if row.contestant == "numba":
        times = row.ours_without_statistics / row.task["seconds"]
        return judged(f"{times:.1f} <= {KERNEL_BARS[job]}", times <= KERNEL_BARS[job])
    wanted = BARS.get((job, row.contestant))
    return "" if wanted is None else judged(f">= {wanted}", row.ratio >= wanted)


def judged(words: str, is_met: bool) -> str:
    return f"{words} {'met' if is_met else 'NOT met'}"


def show_turnover(job: str, rows: list[Row]) -> None:
    print(f"  Turnover a year of {job}, as each defines it:")
    seen = set()
    for row in rows:
        for words, value in ((row.task.get("proof") or {}).get("turnover") or {}).items():
            line = f"    {value:8.4f}  {row.contestant}: {words}"
            if line not in seen:
                print(line)
            seen.add(line)
    for row in rows:
        if row.task.get("note") and "seconds" in row.task:
            print(f"  {row.task['label']}: {row.task['note']} ({counted(row.task['runs'], 'run')})")


def run(folder: Path, left_out: dict[str, str]) -> None:
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as temporary:
        data = Path(temporary, "job.npz")
        the_job().write(data)
        here = Path(sys.executable)
        found = rows_of("floor", here, "bench.contestants.floor", data, OUR_RUNS)
        results = [("floor", found)]
        for library in LIBRARIES:
            if library.name not in left_out:
                python = python_of(folder, library)
                found = rows_of(library.name, python, library.module, data, runs_of(library))
                results.append((library.name, found))
    for name, found in results:
        if isinstance(found, str):
            left_out[name] = found
        else:
            rows += found
    for job in JOBS:
        mine = one_of_ours([row for row in rows if row.job == job and row.contestant == "ours"])
        others = [row for row in rows if row.job == job and row.contestant != "ours"]
        show(job, mine + others)
        show_turnover(job, mine + others)
    for words in left_out.values():
        print(words)


def runs_of(library: Library) -> int:
    return OUR_RUNS if library.name == "numba" else THEIR_RUNS


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    default = Path(tempfile.gettempdir(), "xl-rebal-bench")
    parser.add_argument("--environments", type=Path, default=default, help=f"default: {default}")
    parser.add_argument("--install", action="store_true", help="make the missing environments")
    options = parser.parse_args()
    left_out = {}
    for library in LIBRARIES:
        words = ""
        if options.install:
            print(f"  installing {library.requirement}", file=sys.stderr)
            words = install(options.environments, library)
        elif not python_of(options.environments, library).exists():
            words = "it is not installed here (--install does that)"
        if words:
            left_out[library.name] = f"{library.name} is left out: {words}"
    run(options.environments, left_out)


if __name__ == "__main__":
    main()
