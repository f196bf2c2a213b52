"""Policies: targets, when to trade, where to; each part by itself, the presets a line each."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from xl_rebal.model.plan import TO_TARGET, BandRule, Destination
from xl_rebal.model.schedule import Schedule
from xl_rebal.typing import BoolArray, FloatArray, IntArray


@dataclass(frozen=True)
class DatedTargets:
    """Target weights from each date on: ``weights`` (k, n) rows of fractions, each adding to 1.

    The newest row on or before a date holds. ``dates[0]`` may be None: from the beginning.
    """

    dates: tuple[date | None, ...]
    weights: FloatArray

    @classmethod
    def fixed(cls, weights: FloatArray) -> DatedTargets:
        """The same weights at all times."""
        return cls((None,), np.asarray(weights, dtype=np.float64)[None, :])

    def on(self, day: date) -> DatedTargets:
        """Those that hold on a day, at all times: what is bought then and never traded. All where none hold."""
        newest = [place for place, known in enumerate(self.dates) if known is None or known <= day]
        return DatedTargets.fixed(self.weights[newest[-1]]) if newest else self

    def between(self, first: date, last: date) -> DatedTargets:
        """Those that hold on any of these days: what is later, or gone by the first, is left out."""
        holds = [place for place, day in enumerate(self.dates) if day is None or day <= first]
        kept = [
            *holds[-1:],
            *(place for place, day in enumerate(self.dates) if day and first < day <= last),
        ]
        return DatedTargets(tuple(self.dates[place] for place in kept), self.weights[kept])

    def newest(self, days: npt.NDArray[np.datetime64]) -> IntArray:
        """Which row holds on each day: the newest on or before it; -1 where there is none."""
        if self.dates == (None,):
            return np.zeros(len(days), dtype=np.int64)
        known = [date.min if day is None else day for day in self.dates]
        found = np.searchsorted(np.array(known, dtype="datetime64[D]"), days, side="right")
        return np.asarray(found - 1)

    def held_on(self, days: npt.NDArray[np.datetime64]) -> BoolArray:
        """Which symbols have a target on each day; (T, n), none where no targets hold."""
        rows = self.newest(days)
        return np.asarray((self.weights[rows] > 0) & (rows >= 0)[:, None])

    def __post_init__(self) -> None:
        if self.weights.ndim != 2 or len(self.weights) != len(self.dates) or not self.dates:
            raise ValueError("targets: one row of weights for each date")
        known = [day for day in self.dates if day is not None]
        if any(a >= b for a, b in pairwise(known)) or None in self.dates[1:]:
            raise ValueError("targets: dates must rise")
        if np.any(self.weights < 0) or np.any(np.abs(self.weights.sum(axis=1) - 1) > 1e-9):
            raise ValueError("targets: weights must be 0 or more and add to 1")


@dataclass(frozen=True)
class When:
    """A trade is made on the dates of ``schedule`` (None: any row) where ``on_breach`` asks a breach.

    Both None and False: never. A schedule without ``on_breach`` trades on each of its dates; new
    targets (tactical) are traded on the row from which they hold, if ``on_new_targets``.
    """

    schedule: Schedule | None = None
    on_breach: bool = False
    on_new_targets: bool = False

    def rows(self, days: npt.NDArray[np.datetime64]) -> IntArray:
        """The rows of the schedule, or all, but the first and the last, on which nothing is decided."""
        last = len(days) - 1
        if self.schedule is None:
            return np.arange(1, last)
        found = self.schedule.rows(days)
        return found[found < last]


NEVER = When()


@dataclass(frozen=True)
class Worth:
    """Trades go to the weights of least risk_aversion x tracking error squared + costs (engine/optimal).

    ``risk_aversion`` is that of a year, without 1/2. The covariance is the sample's of the last returns up
    to the row, as many as the conventions' window; ticket fees are paid but not weighed.
    """

    risk_aversion: float = 1.0


@dataclass(frozen=True)
class Policy:
    """What to hold, when to trade, where a trade ends; ``bands`` are tested strictly (> band).

    With ``worth`` no band is tested: on the rows of ``when`` a trade is made where it is worth its costs, to
    the weights at which no more is.
    """

    targets: DatedTargets
    when: When = NEVER
    to: Destination = TO_TARGET
    bands: BandRule = field(default_factory=BandRule)
    worth: Worth | None = None

    @property
    def needs_bands(self) -> bool:
        """Whether a width decides anything: when a trade is made, or where it ends."""
        trades = self.when.schedule is not None or self.when.on_new_targets
        if self.worth is not None:
            return False
        return self.when.on_breach or (trades and not self.to.is_target)


def buy_and_hold(targets: DatedTargets) -> Policy:
    """Bought once and never traded."""
    return Policy(targets)


def calendar(targets: DatedTargets, schedule: Schedule, to: Destination = TO_TARGET) -> Policy:
    """To the destination on every date, breach or not (edge and half move only what is out)."""
    return Policy(targets, When(schedule), to)


def threshold(targets: DatedTargets, bands: BandRule, to: Destination = TO_TARGET) -> Policy:
    """On each row on which an asset is out of its band."""
    return Policy(targets, When(on_breach=True), to, bands)


def calendar_threshold(
    targets: DatedTargets, schedule: Schedule, bands: BandRule, to: Destination = TO_TARGET
) -> Policy:
    """On the dates on which an asset is out of its band."""
    return Policy(targets, When(schedule, on_breach=True), to, bands)


def tactical(targets: DatedTargets, schedule: Schedule | None = None) -> Policy:
    """To each new row of dated targets, and back to them on the dates of ``schedule``, if any."""
    return Policy(targets, When(schedule, on_new_targets=True))


def optimal(
    targets: DatedTargets, worth: Worth | None = None, schedule: Schedule | None = None
) -> Policy:
    """On each row, or each date of ``schedule``, what is worth its costs."""
    return Policy(targets, When(schedule, on_breach=True), worth=worth or Worth())
