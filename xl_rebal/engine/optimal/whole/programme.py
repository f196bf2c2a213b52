"""The choices in a box as a mixed-integer linear programme for HiGHS, the quadratic by its tangents.

With C = V'V and y = V(w - t) the tracking term is the sum of y_k^2. Each y_k^2 has a column of its own that
is not below any tangent 2 a y_k - a^2: together they are never above the square, so the programme's bound
is one of the problem. Its answers are measured by the square itself, and tangents are added where
they were, until the two agree. HiGHS has no mixed-integer quadratics.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from xl_rebal.engine.optimal.whole.box import Box
from xl_rebal.engine.optimal.whole.problem import WholeShareProblem
from xl_rebal.engine.optimal.whole.trades import Trades
from xl_rebal.typing import FloatArray

_AT = (-1.0, -0.5, -0.2, 0.0, 0.2, 0.5, 1.0)  # of the reach: where the first tangents are
_FEW_AT, _MANY = (
    (-0.5, 0.0, 0.5),
    120,
)  # of more squares; HiGHS looks at the clock once a linear programme
_NO_RISK = 1e-14  # of the largest eigenvalue
_OPTIONS: dict[str, bool | float | str] = {
    "output_flag": False,
    "log_to_console": False,
    "threads": 1,
    "presolve": "off",  # 1.16 can run for ever in it (engine/nearest.py)
    "mip_feasibility_tolerance": 1e-9,
    "primal_feasibility_tolerance": 1e-9,
    "dual_feasibility_tolerance": 1e-9,
}


@dataclass(frozen=True)
class Found:
    """The best choice of the programme, None where it found none, and what no choice in it is below."""

    trades: Trades | None
    bound: float


class Programme:
    """Columns: steps sold and bought, whether sold, bought, sold out; the squares.

    Money is a fraction of the wealth; the objective is divided by ``scale``, which makes it about 1.
    """

    def __init__(
        self, shares: WholeShareProblem, box: Box, centre: FloatArray, reach: float, scale: float
    ) -> None:
        import highspy  # a fifth of a second, and few need it

        self._kind = highspy
        self._shares, self._scale = shares, scale
        values, vectors = np.linalg.eigh(shares.curve)
        kept = values > _NO_RISK * max(float(values[-1]), 0.0)
        self._axes = (
            (np.sqrt(values[kept])[:, None] * vectors[:, kept].T)
            if kept.any()
            else np.zeros((0, len(values)))
        )
        self._start = self._axes @ (shares.held - shares.goal)
        m, squares = len(shares.held), len(self._axes)
        self._count, self._squares = m, squares
        columns = 5 * m + squares
        low, high = np.zeros(columns), np.ones(columns)
        least = shares.least.astype(np.float64)
        most_sold = np.where(box.has_steps, np.maximum(-box.low, 0), 0).astype(np.float64)
        most_bought = np.where(box.has_steps, np.maximum(box.high, 0), 0).astype(np.float64)
        fewest_sold = np.maximum(least, -box.high)  # more where some has to be sold
        fewest_bought = np.maximum(least, box.low)
        high[:m], high[m : 2 * m] = most_sold, most_bought
        high[2 * m : 3 * m], high[3 * m : 4 * m] = most_sold > 0, most_bought > 0
        high[4 * m : 5 * m] = box.out
        high[5 * m :] = np.inf

        self._change = np.zeros((m, columns))
        at = np.arange(m)
        self._change[at, at] = -shares.unit
        self._change[at, m + at] = shares.unit
        self._change[at, 4 * m + at] = -shares.held
        cost = np.zeros(columns)
        cost[:m], cost[m : 2 * m] = shares.sell_rate * shares.unit, shares.buy_rate * shares.unit
        cost[2 * m : 3 * m] = cost[3 * m : 4 * m] = shares.ticket
        cost[4 * m : 5 * m] = shares.sell_rate * shares.held + shares.ticket
        objective = cost / scale
        objective[5 * m :] = 1.0

        rows: list[dict[int, float]] = []
        lowest: list[float] = []
        highest: list[float] = []

        def row(entries: dict[int, float], least: float, most: float) -> None:
            rows.append(entries)
            lowest.append(least)
            highest.append(most)

        spent = self._change.sum(axis=0) + cost
        row({int(c): float(spent[c]) for c in np.flatnonzero(spent)}, -np.inf, shares.idle)
        if shares.most_trades is not None:
            row(dict.fromkeys(range(2 * m, 5 * m), 1.0), -np.inf, float(shares.most_trades))
        must = box.buys | box.sells | ~shares.may_stay
        for i in range(m):
            for moved, does, fewest, most in (
                (i, 2 * m + i, fewest_sold[i], most_sold[i]),
                (m + i, 3 * m + i, fewest_bought[i], most_bought[i]),
            ):
                row({moved: 1.0, does: -float(most)}, -np.inf, 0.0)
                row({moved: 1.0, does: -float(min(fewest, most) if most else 0.0)}, 0.0, np.inf)
            row({2 * m + i: 1.0, 3 * m + i: 1.0, 4 * m + i: 1.0}, 1.0 if must[i] else 0.0, 1.0)
        # Steps below what the box leaves, where it leaves no trade the other way.
        low[:m] = np.where(box.sells & box.has_steps & ~box.out, -box.high, 0.0)
        low[m : 2 * m] = np.where(box.buys, box.low, 0.0)

        solver = _quiet(highspy)
        for option, value in _OPTIONS.items():
            solver.setOptionValue(option, value)
        model = highspy.HighsLp()
        model.num_row_, model.num_col_ = len(rows), columns
        model.col_cost_ = objective
        model.col_lower_, model.col_upper_ = low, high
        model.row_lower_, model.row_upper_ = np.array(lowest), np.array(highest)
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        model.a_matrix_.start_ = np.append(0, np.cumsum([len(each) for each in rows]))
        model.a_matrix_.index_ = np.array([c for each in rows for c in each], dtype=np.int32)
        model.a_matrix_.value_ = np.array([v for each in rows for v in each.values()])
        kinds = highspy.HighsVarType
        model.integrality_ = [kinds.kInteger] * (5 * m) + [kinds.kContinuous] * squares
        solver.passModel(model)
        self._solver = solver
        middle = self._axes @ centre + self._start
        if squares:
            parts = _AT if squares <= _MANY else _FEW_AT
            self._touch(*(middle + part * reach for part in parts))

    def _touch(self, *at: FloatArray) -> None:
        """Add the tangents of all squares at each of ``at`` (k,)."""
        trading = self._axes @ self._change
        rows, most = [], []
        for each in at:
            row = (2.0 / self._scale) * each[:, None] * trading
            row[:, 5 * self._count :] -= np.eye(self._squares)
            rows.append(row)
            most.append((each * each - 2.0 * each * self._start) / self._scale)
        added = np.vstack(rows)
        filled = added != 0
        starts = np.append(0, np.cumsum(filled.sum(axis=1)))[:-1].astype(np.int32)
        places = np.nonzero(filled)[1].astype(np.int32)
        least = np.full(len(added), -np.inf)
        self._solver.addRows(
            len(added), least, np.concatenate(most), len(places), starts, places, added[filled]
        )

    def begin_at(self, trades: Trades) -> None:
        """Start from a known choice, and add the tangents at it."""
        change = trades.change(self._shares)
        m, steps = self._count, trades.steps
        columns = np.zeros(5 * m + self._squares)
        columns[:m], columns[m : 2 * m] = np.maximum(-steps, 0), np.maximum(steps, 0)
        columns[2 * m : 3 * m], columns[3 * m : 4 * m] = steps < 0, steps > 0
        columns[4 * m : 5 * m] = trades.out
        at = self._axes @ change + self._start
        columns[5 * m :] = at**2 / self._scale
        start = self._kind.HighsSolution()
        start.col_value = columns.tolist()
        if self._squares:
            self._touch(at)
        self._solver.setSolution(start)

    def solve(self, nodes: int, seconds: float, gap: float) -> Found:
        """The choice of least objective by the tangents so far.

        ``nodes`` and ``seconds`` end the search early, ``gap`` (relative) where no better one is wanted.
        """
        solver, kinds = self._solver, self._kind
        solver.setOptionValue("mip_max_nodes", nodes)
        solver.setOptionValue("time_limit", solver.getRunTime() + max(seconds, 0.05))
        solver.setOptionValue("mip_rel_gap", gap)
        solver.run()
        if solver.getModelStatus() == kinds.HighsModelStatus.kInfeasible:
            return Found(None, np.inf)
        info = solver.getInfo()
        bound = float(info.mip_dual_bound) * self._scale
        feasible = kinds.SolutionStatus.kSolutionStatusFeasible
        if info.primal_solution_status != feasible:
            return Found(None, bound)
        columns = np.array(solver.getSolution().col_value, dtype=np.float64)
        m = self._count
        steps = np.rint(columns[m : 2 * m]) - np.rint(columns[:m])
        return Found(Trades(steps.astype(np.int64), columns[4 * m : 5 * m] > 0.5), bound)


def _quiet(highspy: Any) -> Any:
    class Quiet(highspy.Highs):  # type: ignore[misc]
        """Without the callbacks, which print a banner when they are set (1.16)."""

        def __init__(self) -> None:
            super(highspy.Highs, self).__init__()

    return Quiet()
