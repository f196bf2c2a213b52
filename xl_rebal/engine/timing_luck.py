"""Timing luck: how much of a policy's result is owed to the rows on which it happens to look.

C. Hoffstein, J. Faber and S. Braun, "Rebalance Timing Luck: The (Dumb) Luck of Smart Beta" (2020): the same
rule on other dates of the period is as good a rule, so their spread is luck.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xl_rebal.engine.backtest import Conventions
from xl_rebal.engine.policies import Policy
from xl_rebal.engine.policy_grid import PolicyGrid
from xl_rebal.engine.progress import Progress
from xl_rebal.engine.sweep import sweep
from xl_rebal.model.prices import Prices
from xl_rebal.typing import FloatArray, IntArray


@dataclass(frozen=True)
class TimingLuck:
    """A policy by offset (k,) in rows: value at the end in currency, growth rate and tracking error a year."""

    offsets: IntArray
    final_value: FloatArray
    growth_rate: FloatArray
    tracking_error: FloatArray

    @property
    def value_spread(self) -> float:
        """Highest less lowest value at the end, in currency."""
        return float(np.ptp(self.final_value))

    @property
    def growth_spread(self) -> float:
        """Highest less lowest growth rate, a year."""
        return float(np.ptp(self.growth_rate))

    @property
    def error_spread(self) -> float:
        """Highest less lowest tracking error, a year."""
        return float(np.ptp(self.tracking_error))


def timing_luck(
    prices: Prices,
    policy: Policy,
    conventions: Conventions | None = None,
    *,
    count: int,
    risk_free: float = 0.0,
    progress: Progress | None = None,
) -> TimingLuck:
    """``policy`` with its dates moved by 0 to ``count`` - 1 rows more than its schedule moves them."""
    made = conventions or Conventions()
    when = policy.when
    if policy.worth is not None:
        raise ValueError("timing luck: a policy that weighs its costs has no dates to move")
    grid = PolicyGrid(
        policy.targets,
        bands=(policy.bands.width if when.on_breach else None,),
        schedules=(when.schedule,),
        offsets=range(count),
        destinations=(policy.to,),
        costs=(made.rate,),
        rule=policy.bands,
        on_new_targets=when.on_new_targets,
    )
    found = sweep(prices, grid, made, risk_free=risk_free, progress=progress)
    return TimingLuck(
        np.arange(count),
        found.final_value.ravel(),
        found.figures.growth_rate.ravel(),
        found.figures.tracking_error.ravel(),
    )
