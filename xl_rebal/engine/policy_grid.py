"""Many policies at once: what varies, and along which axis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from xl_rebal.engine.policies import DatedTargets, Policy, When
from xl_rebal.model.plan import TO_TARGET, BandRule, Destination
from xl_rebal.model.schedule import Schedule
from xl_rebal.typing import FloatArray

Width = float | FloatArray


@dataclass(frozen=True)
class PolicyGrid:
    """Every band with every schedule, offset, destination and cost, in this order of axes.

    ``bands`` are the widths of ``rule``, one or one an asset (n,); None: none is tested. ``schedules`` None:
    every row. A band of None with a schedule is the plain calendar, with None for the schedule buy and hold.
    ``offsets`` move the dates of each schedule by so many rows later. ``costs`` are rates per side.
    """

    targets: DatedTargets
    bands: Sequence[Width | None]
    schedules: Sequence[Schedule | None] = (None,)
    offsets: Sequence[int] = (0,)
    destinations: Sequence[Destination] = (TO_TARGET,)
    costs: Sequence[Width] = (0.0,)
    rule: BandRule = field(default_factory=BandRule)
    on_new_targets: bool = False

    def __post_init__(self) -> None:
        empty = [name for name, values in self.axes.items() if not len(values)]
        if empty:
            raise ValueError(f"a grid needs at least one of each: {', '.join(empty)}")

    @property
    def axes(self) -> dict[str, Sequence[object]]:
        """What stands along each axis, in order."""
        return {
            "band": self.bands,
            "schedule": self.schedules,
            "offset": self.offsets,
            "destination": self.destinations,
            "cost": self.costs,
        }

    @property
    def shape(self) -> tuple[int, int, int, int, int]:
        bands, schedules, offsets, destinations, costs = map(len, self.axes.values())
        return bands, schedules, offsets, destinations, costs

    def schedule(self, schedule: int, offset: int) -> Schedule | None:
        """A schedule on its later dates; from a later row on where it is every row."""
        known, later = self.schedules[schedule], self.offsets[offset]
        if known is None:
            return Schedule(every=1, offset=later) if later else None
        return replace(known, offset=known.offset + later)

    @cached_property
    def rules(self) -> tuple[BandRule, ...]:
        """The bands of each width."""
        return tuple(
            self.rule if width is None else replace(self.rule, width=width) for width in self.bands
        )

    def policy(self, band: int, schedule: int, offset: int, destination: int) -> Policy:
        """The policy at a place of the grid."""
        on_breach = self.bands[band] is not None
        never = not on_breach and self.schedules[schedule] is None
        dated = None if never else self.schedule(schedule, offset)
        when = When(dated, on_breach, self.on_new_targets)
        return Policy(self.targets, when, self.destinations[destination], self.rules[band])

    def policies(self) -> list[Policy]:
        """All of them in the order of the axes, each once for all costs."""
        return [self.policy(*index) for index in np.ndindex(self.shape[:-1])]
