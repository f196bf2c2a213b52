"""The portfolio of a run: what is held, what trades leave of it, and their log."""

from __future__ import annotations

import numpy as np

from xl_rebal.engine.backtest.conventions import CostRule
from xl_rebal.engine.backtest.refusals import costs_take_all, spent
from xl_rebal.engine.backtest.result import Backtest, Reason
from xl_rebal.engine.backtest.timeline import Timeline
from xl_rebal.engine.backtest.worth import Worths
from xl_rebal.engine.destination import Limits, destination_weights
from xl_rebal.errors import InputError
from xl_rebal.numerics.costs import is_traded, self_financing_wealth
from xl_rebal.numerics.destinations import place_cash, water_fill
from xl_rebal.numerics.segments import cost_factors
from xl_rebal.numerics.tolerance import WEIGHT_TOLERANCE
from xl_rebal.typing import BoolArray, FloatArray, IntArray


class Account:
    """``shares`` are those of now, ``bought`` the weights of the first purchase.

    An account that does more (taxes, harvests) does it on its ``own_rows``, which rise, or whenever the run
    opens and closes a row.
    """

    own_rows: list[int]

    def __init__(self, timeline: Timeline) -> None:
        self.timeline = timeline
        self.conventions, self.to = timeline.conventions, timeline.policy.to
        self.bought = timeline.target_on(0)
        self.own_rows = []
        rule = timeline.policy.worth
        self.worths = None if rule is None else Worths(timeline, rule)
        self._starts: list[int] = []
        self._held: list[FloatArray] = []
        self._log: list[tuple[int, FloatArray, FloatArray, float, float, Reason]] = []

    @property
    def shares(self) -> FloatArray:
        return self._held[-1]

    def values(self, row: int) -> FloatArray:
        """Currency in each asset on a row, before its trades."""
        return np.asarray(self._held[-1] * self.timeline.values[row])

    def first_wealth(self) -> float:
        """Currency after the first purchase."""
        capital = self.conventions.capital
        if not self.conventions.charge_first_purchase:
            return capital
        all_priced = np.ones(len(self.bought), dtype=bool)  # what has none yet has no target
        left = self._left(np.zeros_like(self.bought), self.bought, capital, all_priced)
        if left <= 0:
            raise InputError([costs_take_all(self.timeline.dates[0])])
        return left

    def buy(self) -> None:
        self._starts.append(0)
        self._held.append(self.bought * self.first_wealth() / self.timeline.values[0])

    def opened(self, row: int) -> FloatArray:
        """Currency in each asset on a row of the run, once what comes before its flow is done."""
        return self.values(row)

    def close(self, row: int) -> None:
        """What is left to do on a row of the run, after its trades."""

    def trade(self, row: int, decided: int, values: FloatArray, reason: Reason) -> None:
        """From the weights of this row to the destination by the targets and bands of the decision's row.

        Nothing where the weights are the destination, or no bands were known.
        """
        if not self.timeline.ready[decided] and not self.to.is_target:
            return
        wealth = float(values.sum())
        weights = values / wealth
        to = self.destination(weights, decided, self.timeline.has_price[row])
        if is_traded(weights, to).any():
            self._hold(row, weights, to, wealth, reason)

    def destination(self, weights: FloatArray, decided: int, can: BoolArray) -> FloatArray:
        """Weights after a trade of what ``can`` be traded, by the targets and bands of a row."""
        if self.worths is not None:
            return self.worths.destination(weights, decided, can)
        target = self.timeline.target_on(decided)
        if self.to.is_target and can.all():
            return target
        lower, upper = self.timeline.band_edges(decided)
        limits = Limits(np.where(can, 0.0, weights), np.where(can, np.inf, weights))
        return destination_weights(weights, target, lower, upper, self.to, limits)

    def place_flow(self, row: int, values: FloatArray) -> FloatArray:
        """Put a flow into what is underweight, or raise it from what is overweight; the new values.

        Among the ways to do so with buys (sells) only the one nearest to the target. Into CASH goes what
        nothing with a price is short of; where it is no symbol all of the money is placed.
        """
        timeline = self.timeline
        flow, cash = float(timeline.flow_at[row]), timeline.cash
        wealth = float(values.sum()) + flow
        if wealth <= 0:
            raise InputError([spent(timeline.dates[row], flow)])
        can, target = timeline.has_price[row], timeline.target_on(row)
        weights = values / wealth
        to: FloatArray | None = weights
        if cash is None:
            least = np.where(can, 0.0, weights) if flow < 0 else weights
            greatest = np.where(can, np.inf, weights) if flow > 0 else weights
            to = water_fill(target, least, greatest, 1.0)
        else:
            weights[cash] += flow / wealth
            short = bool(weights[cash] < 0)
            if short or flow > 0:
                to = place_cash(weights, target, cash, can, selling=short)
        if to is None or to.min() < -WEIGHT_TOLERANCE:
            raise InputError([spent(timeline.dates[row], flow)])
        self._hold(row, weights, to, wealth, Reason.FLOW)
        return self.values(row)

    def _left(self, weights: FloatArray, to: FloatArray, wealth: float, can: BoolArray) -> float:
        """The wealth after the costs of going from ``weights`` to ``to``."""
        rate, fee = self.timeline.rate, self.timeline.fee
        if self.conventions.cost_rule is CostRule.PRE_TRADE:
            factor = cost_factors(weights[None], to[None], rate, rate, pre_trade=True)[0]
            return float(wealth * factor - fee[is_traded(weights, to)].sum())
        return self_financing_wealth(weights, to, wealth, rate, rate, fee, ~can)

    def _hold(
        self, row: int, weights: FloatArray, to: FloatArray, wealth: float, why: Reason
    ) -> None:
        """Trade: what has no price keeps its value, the others pay the costs and are as in ``to``."""
        timeline = self.timeline
        can = timeline.has_price[row]
        left = self._left(weights, to, wealth, can)
        kept = np.where(can, 0.0, weights * wealth)
        free, share = left - float(kept.sum()), float(to[can].sum())
        is_empty = share <= WEIGHT_TOLERANCE  # all that has a price went, and nothing may be owed
        if left <= 0 or (free < -WEIGHT_TOLERANCE * wealth if is_empty else free <= 0):
            day, flow = timeline.dates[row], float(timeline.flow_at[row])
            is_withdrawal = flow < 0 and why is Reason.FLOW
            raise InputError([spent(day, flow) if is_withdrawal else costs_take_all(day)])
        amounts = to * left
        if not can.all():
            amounts = np.where(can, 0.0 if is_empty else to * (free / share), kept)
        self._keep(row, amounts / timeline.values[row])
        if is_traded(weights, to).any():
            self._log.append((row, weights, to, wealth, wealth - left, why))

    def _keep(self, row: int, shares: FloatArray) -> None:
        """Hold so many from a row on."""
        if self._starts[-1] == row:
            self._held[-1] = shares
        else:
            self._starts.append(row)
            self._held.append(shares)

    def result(self) -> Backtest:
        size = len(self.bought)
        rows, before, after, wealth, cost, reasons = (
            zip(*self._log, strict=True) if self._log else ((),) * 6
        )
        return self.made(
            np.array(self._starts, dtype=np.int64),
            np.array(self._held),
            np.array(rows, dtype=np.int64),
            np.array(before, dtype=np.float64).reshape(-1, size),
            np.array(after, dtype=np.float64).reshape(-1, size),
            np.array(wealth, dtype=np.float64),
            np.array(cost, dtype=np.float64),
            tuple(reasons),
        )

    def made(
        self, starts: IntArray, shares: FloatArray, rows: IntArray, before: FloatArray,
        after: FloatArray, wealth: FloatArray, cost: FloatArray, reasons: tuple[Reason, ...],
    ) -> Backtest:  # fmt: skip
        """The result of these segments and trades."""
        given, timeline = self.conventions, self.timeline
        return Backtest(
            timeline.dates, timeline.symbols, given.capital, timeline.values, starts, shares, rows,
            before, after, wealth, cost, reasons, timeline.flow_at, timeline.target, timeline.line,
            timeline.lower, timeline.upper, timeline.band_row, timeline.rate, timeline.fee,
            given.cost_rule, timeline.waiting, tuple(timeline.notes),
        )  # fmt: skip
