"""Many policies on the same prices: what each costs a year against how near it keeps to the targets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product

from xl_rebal.engine.backtest import Conventions, backtest
from xl_rebal.engine.policies import DatedTargets, Policy, When
from xl_rebal.engine.statistics import Statistics, statistics
from xl_rebal.model.plan import TO_TARGET, BandRule, Destination
from xl_rebal.model.prices import Prices
from xl_rebal.model.schedule import Schedule


@dataclass(frozen=True)
class Point:
    """One policy of a study with its figures; ``band`` None: none is tested, ``schedule`` None: every row."""

    policy: Policy
    band: float | None
    schedule: Schedule | None
    figures: Statistics

    @property
    def name(self) -> str:
        """The kind of policy in the words of XR_BACKTEST."""
        if self.band is None:
            return "none" if self.schedule is None else "calendar"
        return "threshold" if self.schedule is None else "calendar+threshold"


def study(
    prices: Prices,
    targets: DatedTargets,
    bands: Sequence[float | None],
    schedules: Sequence[Schedule | None],
    conventions: Conventions,
    *,
    rule: BandRule | None = None,
    to: Destination = TO_TARGET,
    risk_free: float = 0.0,
) -> tuple[Point, ...]:
    """Every band with every schedule; ``rule`` gives the kind of the bands (absolute).

    A band of None with a schedule is the plain calendar, with None for the schedule buy and hold.
    """
    kind = rule or BandRule()
    points = []
    for band, schedule in product(bands, schedules):
        when = When(schedule, on_breach=band is not None)
        width = kind if band is None else replace(kind, width=band)
        policy = Policy(targets, when, to, width)
        run = backtest(prices, policy, conventions)
        points.append(Point(policy, band, schedule, statistics(run, risk_free)))
    return tuple(points)
