"""The trades that end nearest to the bands, where minimum trades or round lots stand in the way.

A mixed-integer linear programme, solved by HiGHS: least total excess over the bands (after costs) plus
costs (counted as ``excess`` says), both in money, then least turnover. It is asked only where the direct
ways found nothing inside.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from xl_rebal.engine.excess import COSTS_COUNT
from xl_rebal.typing import BoolArray, FloatArray, IntArray

_OPTIONS: dict[str, bool | float | str] = {
    "output_flag": False,
    "log_to_console": False,
    "threads": 1,
    "presolve": "off",  # 1.16 can run for ever in it, whatever the limits, on books as small as these
    "mip_max_nodes": 500,  # a count, so that no answer depends on the machine's speed
    "mip_rel_gap": 0.0,
    "mip_abs_gap": 1e-7,
    "mip_feasibility_tolerance": 1e-9,
    "primal_feasibility_tolerance": 1e-9,
    "dual_feasibility_tolerance": 1e-9,
}


@dataclass(frozen=True)
class Reach:
    """What each position may do; arrays (n,), of any one unit of money.

    A sale is nothing, between ``least_sale`` and ``most_sale`` in whole steps, or, where
    ``sells_out``, all of it. A buy is nothing or between ``least_buy`` and ``most_buy`` in whole
    steps. A ``step`` of 0 is any amount. ``group`` numbers the lines, of which ``least`` and
    ``greatest`` (m,) are the weights to end between (-inf and inf: no limit); cash is the line
    ``cash_line``, and ``cash`` what may be spent (negative: to be raised). Rounding may take ``lost``
    of the cash that a trade brings. ``never_below`` and ``never_above`` (m,) are weights that no line may
    leave at all: of what is left after costs where ``never_after_costs`` (m,), else of the whole.
    """

    value: FloatArray
    step: FloatArray
    least_sale: FloatArray
    most_sale: FloatArray
    least_buy: FloatArray
    most_buy: FloatArray
    sells_out: BoolArray
    buy_rate: FloatArray
    sell_rate: FloatArray
    fee: FloatArray
    group: IntArray
    least: FloatArray
    greatest: FloatArray
    cash_line: int
    cash: float
    lost: float = 0.0
    never_below: FloatArray | None = None
    never_above: FloatArray | None = None
    never_after_costs: BoolArray | None = None


def nearest_to_bands(
    reach: Reach, margin: float = 0.0, least_turnover: bool = True
) -> FloatArray | None:
    """Changes (n,) of value, + bought, - sold; None where nothing keeps cash at 0 or above.

    ``margin`` (a weight) makes the bands narrower. The solver's own tolerance is 1e-9 of the whole:
    measure what comes back.
    """
    whole = float(reach.value.sum()) + reach.cash
    if whole <= 0 or not len(reach.value):
        return None
    model = _Model(_in_order(reach), whole, margin)
    found = model.solve(model.distance)
    if found is None:
        return None
    if not least_turnover:
        return model.change(found) * whole
    model.limit_distance(float(model.distance @ found))
    better = model.solve(model.turnover)
    return model.change(found if better is None else better) * whole


def _in_order(reach: Reach) -> Reach:
    """The lines in the order of their first positions, so that no answer depends on theirs."""
    first = np.full(len(reach.least), len(reach.group))
    np.minimum.at(first, reach.group, np.arange(len(reach.group)))
    order = np.lexsort((np.arange(len(first)) != reach.cash_line, first))
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    return replace(
        reach,
        group=place[reach.group].astype(np.int64),
        least=reach.least[order],
        greatest=reach.greatest[order],
        cash_line=int(place[reach.cash_line]),
        never_below=None if reach.never_below is None else reach.never_below[order],
        never_above=None if reach.never_above is None else reach.never_above[order],
        never_after_costs=None
        if reach.never_after_costs is None
        else reach.never_after_costs[order],
    )


class _Model:
    """Rows and columns; money as a fraction of the whole.

    Columns: steps (or value) sold, bought; whether sold, bought, sold out; the excess by line.
    """

    def __init__(self, reach: Reach, whole: float, margin: float) -> None:
        n, lines = len(reach.value), len(reach.least)
        size = np.where(reach.step > 0, reach.step, whole) / whole  # of one unit of a column
        held = reach.value / whole
        count = 5 * n + lines
        sold, bought, sells, buys, out = (slice(k * n, (k + 1) * n) for k in range(5))
        excess = slice(5 * n, count)
        eye = np.eye(n)
        # What each column does to final values, costs and turnover.
        values = np.zeros((n, count))
        values[:, sold], values[:, bought] = -eye * size, eye * size
        values[:, out] = -eye * held
        self.values = values
        cost = np.zeros(count)
        cost[sold], cost[bought] = reach.sell_rate * size, reach.buy_rate * size
        cost[out] = reach.sell_rate * held
        for kind in (sells, buys, out):
            cost[kind] += reach.fee / whole
        self.turnover = np.zeros(count)
        self.turnover[sold] = self.turnover[bought] = size
        self.turnover[out] = held
        self.distance = COSTS_COUNT * cost
        self.distance[excess] = 1.0
        self.integral = np.ones(count)
        self.integral[excess] = 0
        self.integral[sold] = self.integral[bought] = (reach.step > 0).astype(float)

        rows: list[FloatArray] = []
        most: list[float] = []
        # Final values of the lines less their limits x what is left (1 - costs) at most the excess.
        member = np.zeros((lines, n))
        member[reach.group, np.arange(n)] = 1.0
        sums, before = member @ values, member @ held
        sums[reach.cash_line] -= values.sum(axis=0) + cost
        before[reach.cash_line] += reach.cash / whole
        for line in range(lines):
            beyond = np.zeros(count)
            beyond[5 * n + line] = 1.0
            for sign, limit in (
                (1.0, float(reach.greatest[line]) - margin),
                (-1.0, float(reach.least[line]) + margin),
            ):
                if np.isfinite(limit):
                    rows.append(sign * (sums[line] + limit * cost) - beyond)
                    most.append(sign * (limit - before[line]))
        for sign, never in ((1.0, reach.never_above), (-1.0, reach.never_below)):
            for line, limit in enumerate([] if never is None else never.tolist()):
                if np.isfinite(limit):
                    after = reach.never_after_costs is None or reach.never_after_costs[line]
                    paid = limit * cost if after else 0.0
                    rows.append(sign * (sums[line] + paid))
                    most.append(sign * (limit - before[line]) + 1e-9)
        overdrawn = values.sum(axis=0) + cost
        for kind in (sells, buys, out):
            overdrawn[kind] += reach.lost / whole
        rows.append(overdrawn)
        most.append(reach.cash / whole)
        # A trade is nothing or between its least and its most, in one direction.
        for i in range(n):
            for moved, does, low, high in (
                (sold, sells, reach.least_sale[i], reach.most_sale[i]),
                (bought, buys, reach.least_buy[i], reach.most_buy[i]),
            ):
                unit = size[i] * whole
                row = np.zeros(count)
                row[moved.start + i], row[does.start + i] = 1.0, -high / unit
                rows.append(row)
                most.append(0.0)
                row = np.zeros(count)
                row[moved.start + i], row[does.start + i] = -1.0, low / unit
                rows.append(row)
                most.append(0.0)
            row = np.zeros(count)
            row[[sells.start + i, buys.start + i, out.start + i]] = 1.0
            rows.append(row)
            most.append(1.0)
        self.rows, self.most = np.array(rows), np.array(most)
        self.highest = np.ones(count)
        self.highest[sold] = reach.most_sale / (size * whole)
        self.highest[bought] = reach.most_buy / (size * whole)
        self.highest[out] = reach.sells_out
        self.highest[excess] = np.inf
        # What cannot be at all is no column with a choice.
        self.highest[sells] = (reach.most_sale > 0) & (reach.most_sale >= reach.least_sale)
        self.highest[buys] = (reach.most_buy > 0) & (reach.most_buy >= reach.least_buy)

    def limit_distance(self, most: float) -> None:
        """Allow no more excess and costs than this."""
        self.rows = np.vstack([self.rows, self.distance])
        self.most = np.append(self.most, most + 2e-9)

    def solve(self, objective: FloatArray) -> FloatArray | None:
        """The columns of least ``objective``; None where the solver found none."""
        import highspy  # a fifth of a second, and few accounts need it

        class Quiet(highspy.Highs):
            """Without the callbacks, which print a banner when they are set (1.16)."""

            def __init__(self) -> None:
                super(highspy.Highs, self).__init__()

        solver = Quiet()
        for option, value in _OPTIONS.items():
            solver.setOptionValue(option, value)
        rows, columns = self.rows.shape
        model = highspy.HighsLp()
        model.num_row_, model.num_col_ = rows, columns
        model.col_cost_ = objective
        model.col_lower_, model.col_upper_ = np.zeros(columns), self.highest
        model.row_lower_, model.row_upper_ = np.full(rows, -np.inf), self.most
        filled = self.rows != 0
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        model.a_matrix_.start_ = np.append(0, np.cumsum(filled.sum(axis=1)))
        model.a_matrix_.index_ = np.nonzero(filled)[1]
        model.a_matrix_.value_ = self.rows[filled]
        kinds = highspy.HighsVarType
        model.integrality_ = [kinds.kInteger if x else kinds.kContinuous for x in self.integral]
        solver.passModel(model)
        solver.run()
        found = np.array(solver.getSolution().col_value, dtype=np.float64)
        if (
            solver.getInfo().primal_solution_status
            != highspy.SolutionStatus.kSolutionStatusFeasible
        ):
            return None
        return found

    def change(self, columns: FloatArray) -> FloatArray:
        """Changes of value by position, whole steps made whole."""
        columns = np.where(self.integral > 0, np.rint(columns), columns)
        return np.asarray(self.values @ columns, dtype=np.float64)
