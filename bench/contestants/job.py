"""What a contestant is given and what it hands back: a file of arrays, one line of JSON.

Needs numpy only, since it runs in the environment of every library.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from time import process_time
from typing import Any, Generic, TypeVar

import numpy as np
import numpy.typing as npt

from xl_rebal.typing import FloatArray, IntArray

R = TypeVar("R")


@dataclass(frozen=True)
class Job:
    """One portfolio over T days, bought on the first and brought back to ``target`` (n,) by a rule.

    ``days`` (T,), ``prices`` (T, n), ``quarter_ends`` the rows of the calendar, ``rate`` the cost per side,
    ``band`` the absolute half-width (fractions both), ``capital`` currency. ``window`` are the returns
    behind a covariance, ``risk_aversion`` is that of a year.
    """

    days: npt.NDArray[np.datetime64]
    prices: FloatArray
    quarter_ends: IntArray
    target: FloatArray
    rate: float
    band: float
    capital: float
    window: int
    risk_aversion: float

    @property
    def years(self) -> float:
        return float((self.days[-1] - self.days[0]) / np.timedelta64(1, "D")) / 365.25

    @property
    def symbols(self) -> list[str]:
        return [f"S{i:03}" for i in range(self.prices.shape[1])]

    def write(self, path: Path) -> None:
        np.savez(path, **asdict(self))

    @classmethod
    def read(cls, path: Path) -> Job:
        with np.load(path) as file:
            found = {name: file[name] for name in cls.__dataclass_fields__}
        numbers = {
            name: float(found[name]) for name in ("rate", "band", "capital", "risk_aversion")
        }
        return cls(**{**found, **numbers, "window": int(found["window"])})


@dataclass(frozen=True)
class Proof:
    """What shows that the job was done: what 1 became, the rebalances after the first purchase, and the
    turnover a year by each definition, in words."""

    final: float
    rebalances: int
    turnover: Mapping[str, float]


@dataclass(frozen=True)
class Task(Generic[R]):
    """``call`` is timed, data loaded before; ``proof`` reads its result, where there is one.

    ``is_long``: a call takes a minute and compiles nothing, so the first is timed and there is no other.
    """

    label: str
    call: Callable[[], R]
    proof: Callable[[R], Proof] | None = None
    note: str = ""
    is_long: bool = False


Part = Callable[[Job], "Task[Any] | str"]
"""A job in a library's terms, or the sentence why it has none."""


def contend(version: str, parts: Mapping[str, tuple[Part, ...]]) -> None:
    """Do every part (by job) on the file named first, so many runs as said second; print JSON."""
    job, runs = Job.read(Path(sys.argv[1])), int(sys.argv[2])
    found = [
        {"job": name, **_measured(part(job), runs)} for name, all_ in parts.items() for part in all_
    ]
    print(json.dumps({"version": version, "tasks": found}))


def _measured(task: Task[Any] | str, runs: int) -> dict[str, Any]:
    if isinstance(task, str):
        return {"note": task}
    start = process_time()
    result = task.call()  # the warm-up: imports, caches, compilation
    first = process_time() - start
    proof = asdict(task.proof(result)) if task.proof else None
    times = [first] if task.is_long else _times(task.call, runs)
    return {
        "label": task.label, "seconds": median(times), "runs": len(times), "proof": proof,
        "note": task.note,
    }  # fmt: skip


def _times(call: Callable[[], object], runs: int) -> list[float]:
    """Processor time of each call."""
    found = []
    for _ in range(runs):
        start = process_time()
        call()
        found.append(process_time() - start)
    return found
