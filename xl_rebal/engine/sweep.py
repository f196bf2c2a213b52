"""Many policies on the same prices in one call: bands x schedules x offsets x destinations x costs.

Policies that trade to one target share their paths (shared_paths), and cost levels share one path
(costed_paths), wherever that is exact: costs that are paid pro rata scale wealth and move no weight. Every
figure is that of the policy's own backtest.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from xl_rebal.engine.backtest import (
    Backtest,
    Conventions,
    CostRule,
    backtest,
    filled_prices,
    per_asset_but_cash,
)
from xl_rebal.engine.costed_paths import Costed, costed_run, is_pro_rata, moves
from xl_rebal.engine.policies import DatedTargets, Policy
from xl_rebal.engine.policy_grid import PolicyGrid, Width
from xl_rebal.engine.progress import Progress, Work
from xl_rebal.engine.shared_paths import WALK_WORK
from xl_rebal.engine.statistics import (
    FIGURES,
    Figures,
    Statistics,
    Yardstick,
    run_figures,
    yardstick,
)
from xl_rebal.engine.together import can_share, costed_together
from xl_rebal.model.plan import TO_TARGET, BandRule, Destination
from xl_rebal.model.prices import Prices
from xl_rebal.model.schedule import Schedule
from xl_rebal.typing import FloatArray, IntArray


@dataclass(frozen=True)
class Point:
    """One policy of a study with its figures; ``band`` None: none is tested, ``schedule`` None: every row."""

    policy: Policy
    band: Width | None
    schedule: Schedule | None
    rate: Width
    figures: Statistics

    @property
    def name(self) -> str:
        """The kind of policy in the words of XR_BACKTEST."""
        if self.band is None:
            return "none" if self.schedule is None else "calendar"
        return "threshold" if self.schedule is None else "calendar+threshold"


@dataclass(frozen=True)
class Sweep:
    """What every policy of a grid came to: arrays of the grid's shape.

    ``final_value`` is in currency, after costs and what came or went.
    """

    grid: PolicyGrid
    figures: Figures
    final_value: FloatArray

    def point(self, *index: int) -> Point:
        """The policy at a place of the grid with its figures."""
        band, schedule, offset, destination, cost = index
        policy = self.grid.policy(band, schedule, offset, destination)
        return Point(
            policy, self.grid.bands[band], policy.when.schedule, self.grid.costs[cost], self.figures.at(*index)
        )  # fmt: skip

    def points(self) -> Iterator[Point]:
        """All of them, the last axis running first."""
        return (self.point(*index) for index in np.ndindex(self.grid.shape))


def sweep(
    prices: Prices,
    grid: PolicyGrid,
    conventions: Conventions | None = None,
    *,
    risk_free: float = 0.0,
    progress: Progress | None = None,
) -> Sweep:
    """Run every policy of ``grid``; the conventions hold for all, their rate is that of the grid's costs.

    Where ticket fees, flows or missing prices make the weights depend on costs each policy is run by
    itself, and so is each destination other than the target and each dated target, once for all costs.
    """
    return _Study(prices, grid, conventions or Conventions(), risk_free, progress).result()


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
    """Every band with every schedule; ``rule`` gives the kind of the bands (absolute)."""
    grid = PolicyGrid(
        targets, bands, schedules, destinations=(to,), costs=(conventions.rate,), rule=rule or BandRule()
    )  # fmt: skip
    return tuple(sweep(prices, grid, conventions, risk_free=risk_free).points())


class _Study:
    """One sweep: what can be shared is, the rest is run policy by policy."""

    def __init__(
        self,
        prices: Prices,
        grid: PolicyGrid,
        conventions: Conventions,
        risk_free: float,
        progress: Progress | None,
    ) -> None:
        self.prices, self.grid, self.conventions = prices, grid, conventions
        self.risk_free = risk_free
        self.is_pro_rata = is_pro_rata(prices, conventions)
        self.is_pre_trade = conventions.cost_rule is CostRule.PRE_TRADE
        self.rates = np.array([per_asset_but_cash(cost, prices.symbols) for cost in grid.costs])
        self.rows = len(prices.dates) - 1
        self.work_of_one = self.rows * (WALK_WORK + len(grid.costs))
        self.policies = grid.policies()
        self.work = Work(len(self.policies) * self.work_of_one, progress)
        self.against: Yardstick | None = None
        self.found: dict[str, npt.NDArray[np.generic]] = {}
        self.final = np.empty((len(self.policies), len(grid.costs)))

    def result(self) -> Sweep:
        shared = []
        for place, policy in enumerate(self.policies):
            if not self.is_pro_rata:
                self._run_each(place, policy)
            elif can_share(self.prices, policy):
                shared.append(place)
            else:
                self._run_once(place, policy)
        if shared:
            self._run_together(np.array(shared))
        assert self.against is not None
        shape = self.grid.shape
        figures = {name: found.reshape(shape) for name, found in self.found.items()}
        return Sweep(self.grid, Figures(self.against, **figures), self.final.reshape(shape))  # type: ignore[arg-type]

    def _run_together(self, places: IntArray) -> None:
        policies = [self.policies[place] for place in places]
        values, _, _ = filled_prices(self.prices, self.conventions.cash_rate)
        one_line = np.zeros(self.rows + 1, dtype=np.int64)
        target = policies[0].targets.weights
        against = yardstick(self.prices.dates, values, target, one_line)
        parts = costed_together(
            self.prices, values, policies, self.rates, self.conventions, self.work
        )
        for part, costed in parts:
            self._price(places[part], costed, against)

    def _run_once(self, place: int, policy: Policy) -> None:
        """One backtest without costs, and its trades at each cost level."""
        run = backtest(self.prices, policy, replace(self.conventions, rate=0.0))
        costed = costed_run(run, self.rates, self.is_pre_trade)
        self.work.done(self.rows * WALK_WORK)
        self._price(np.array([place]), costed, self._yardstick(run))

    def _run_each(self, place: int, policy: Policy) -> None:
        """A backtest for each cost level."""
        for level, cost in enumerate(self.grid.costs):
            run = backtest(self.prices, policy, replace(self.conventions, rate=cost))
            found = run_figures(run, self.risk_free, self._yardstick(run))
            self._keep(np.array([place]), [level], found)
            self.final[place, level] = run.value[-1]
        self.work.done(self.work_of_one)

    def _yardstick(self, run: Backtest) -> Yardstick:
        """The same for every run on these prices and targets."""
        return self.against or yardstick(run.dates, run.prices, run.target, run.line)

    def _price(self, places: IntArray, costed: Costed, against: Yardstick) -> None:
        """Keep the figures of paths at all cost levels."""
        left = np.ones(len(self.rates))
        if self.conventions.charge_first_purchase:
            nothing = np.zeros((1, len(against.target)))
            left = moves(nothing, against.target, self.rates, self.is_pre_trade).left[0]
        found = costed.figures(against, self.risk_free, left, self.work)
        self._keep(places, slice(None), found)
        self.final[places] = (1.0 + found.ahead) * against.never * left * self.conventions.capital

    def _keep(self, places: IntArray, levels: slice | list[int], found: Figures) -> None:
        self.against = found.yardstick
        for name in FIGURES:
            values = getattr(found, name)
            if name not in self.found:
                self.found[name] = np.empty(self.final.shape, values.dtype)
            self.found[name][places, levels] = values
