"""Trades that are worth their costs: whether there are any on a row, and where they end.

The covariance on a row is that of the last returns up to it, a year: by calendar time from the first price of
the window to the last. Where a price is missing among them the newest before holds. CASH has no risk and
costs nothing, but is no place to flee to: no trade brings it above its target. What has
no target is never bought.
"""

from __future__ import annotations

import numpy as np

from xl_rebal.engine.backtest.timeline import Timeline
from xl_rebal.engine.optimal import DenseRisk, OptimalProblem, Start, solve
from xl_rebal.engine.policies import Worth
from xl_rebal.model.prices import DAYS_PER_YEAR
from xl_rebal.numerics.rolling import rolling_covariance
from xl_rebal.typing import BoolArray, FloatArray, IntArray

_FIRST = 4
_AT_ONCE, _FEWEST = 2_000_000, 64
"""So many covariances are kept at once, of so many rows at least."""

_BEYOND = 1e-12


class Worths:
    """The rule over a timeline; rows it is asked about rise."""

    def __init__(self, timeline: Timeline, rule: Worth) -> None:
        self._timeline, self._rule = timeline, rule
        self._returns = timeline.values[1:] / timeline.values[:-1] - 1.0
        if timeline.cash is not None:
            self._returns[:, timeline.cash] = 0.0
        self._window = timeline.conventions.window
        size = len(timeline.symbols)
        self._kept = max(_FEWEST, _AT_ONCE // size**2)
        self._most = self._kept // 4
        self._known = np.zeros((0, size, size))
        self._from = 0
        self._start: Start | None = None

    def first(self, shares: FloatArray, looks: IntArray) -> int | None:
        """The first row of ``looks`` on which a trade of held ``shares`` (n,) is worth its costs."""
        at, size = 0, _FIRST
        while at < len(looks):
            rows = looks[at : at + size]
            values = self._timeline.values[rows] * shares
            found = self._are_worth(rows, values / values.sum(axis=1, keepdims=True))
            place = int(found.argmax())
            if found[place]:
                return int(rows[place])
            at, size = at + size, min(2 * size, self._most)
        return None

    def is_worth(self, row: int, values: FloatArray) -> bool:
        """Whether a trade of ``values`` (n,) on a row is worth its costs."""
        weights = values / values.sum()
        return bool(self._are_worth(np.array([row]), weights[None])[0])

    def destination(self, weights: FloatArray, row: int, can: BoolArray) -> FloatArray:
        """The optimal weights (n,), of what ``can`` be traded, by the covariance and targets of a row."""
        timeline = self._timeline
        lower = np.where(can, 0.0, weights)
        upper = np.where(can, np.inf, weights)
        target = timeline.target_on(row)
        upper = np.where(target > 0, upper, weights)
        if timeline.cash is not None and can[timeline.cash]:
            upper[timeline.cash] = max(target[timeline.cash], weights[timeline.cash])
        risk = DenseRisk(self._known_on(np.array([row]))[0])
        problem = OptimalProblem(
            weights / weights.sum(), target / target.sum(), risk, self._rule.risk_aversion,
            timeline.rate, timeline.rate, lower, upper, timeline.symbols,
        )  # fmt: skip
        found = solve(problem, warm=self._start)
        self._start = found.start
        return found.weights

    def _are_worth(self, rows: IntArray, weights: FloatArray) -> BoolArray:
        """Where no trade is not optimal: method.md section 4, by the slopes of what each asset may do."""
        timeline = self._timeline
        target = timeline.target[timeline.line[rows]]
        away = weights - target
        slope = 2.0 * self._rule.risk_aversion * np.einsum("kij,kj->ki", self._known_on(rows), away)
        can = timeline.has_price[rows]
        rises = can & (target > 0)
        if timeline.cash is not None:
            rises[:, timeline.cash] &= away[:, timeline.cash] < 0
        down = np.where(can & (weights > 0), slope - timeline.rate, -np.inf).max(axis=1)
        up = np.where(rises, slope + timeline.rate, np.inf).min(axis=1)
        scale = np.maximum(np.abs(slope).max(axis=1), timeline.rate.max())
        return np.asarray(down - up > _BEYOND * scale)

    def _known_on(self, rows: IntArray) -> FloatArray:
        """The annual covariances that are known on rising rows, (k, n, n)."""
        rows = self._timeline.estimate[rows]
        if not self._from <= rows[0] <= rows[-1] < self._from + len(self._known):
            self._fill(int(rows[0]))
        return np.asarray(self._known[rows - self._from])

    def _fill(self, row: int) -> None:
        """Covariances from ``row`` on, each of what is known up to its row."""
        window, days = self._window, self._timeline.days
        past = min(row + self._kept, len(days))
        known = rolling_covariance(self._returns[row - window : past - 1], window)[window - 1 :]
        ends = np.arange(row, past)
        years = (days[ends] - days[ends - window]).astype(np.float64) / DAYS_PER_YEAR
        self._known, self._from = known * (window / years)[:, None, None], row
