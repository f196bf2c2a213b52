"""A portfolio with lots: it hears of every trade, harvests losses and pays taxes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from xl_rebal.engine.after_tax.lots import Lots
from xl_rebal.engine.after_tax.rules import AfterTaxRules, HarvestRules
from xl_rebal.engine.after_tax.twins import Harvestable, Twins
from xl_rebal.engine.after_tax.years import taxes
from xl_rebal.engine.backtest.account import Account
from xl_rebal.engine.backtest.result import Reason
from xl_rebal.engine.backtest.timeline import Timeline
from xl_rebal.engine.trade_log import cost_of_each
from xl_rebal.errors import Code, InputError, Problem
from xl_rebal.model.schedule import Frequency, Schedule
from xl_rebal.model.study_settings import TaxDue
from xl_rebal.numerics.tolerance import WEIGHT_TOLERANCE
from xl_rebal.typing import FloatArray
from xl_rebal.wording import money

_DUST = 1e-12
TWIN = " (twin)"


@dataclass(frozen=True)
class Harvest:
    """Shares of one security sold at a loss for shares of its twin; currency. loss: basis less market value."""

    day: date
    sold: str
    bought: str
    quantity: float
    value: float
    loss: float
    cost: float


class TaxedAccount(Account):
    """Shares of assets, as in any backtest, and the lots they are made of."""

    def __init__(self, timeline: Timeline, rules: AfterTaxRules) -> None:
        super().__init__(timeline)
        self.rules = rules
        self.lots = Lots(rules.method, rules.tacking)
        ends = ("",) if rules.harvest is None else ("", TWIN)
        self._twins = [
            None if at == timeline.cash else Twins([name + end for end in ends], self.lots, rules)
            for at, name in enumerate(timeline.symbols)
        ]
        self.harvests: list[Harvest] = []
        self.payments: list[tuple[int, float]] = []
        self.first_year = timeline.dates[1].year
        self._due = due_rows(timeline, rules.due)
        self._harvest_rows: set[int] = set()
        if rules.harvest is not None:
            rows = rules.harvest.schedule.rows(timeline.days)
            self._harvest_rows = set(rows[rows < timeline.last].tolist())
        self.own_rows = sorted({*self._due, *self._harvest_rows})

    @property
    def paid(self) -> float:
        """Taxes so far, less what losses have saved."""
        return sum(amount for _, amount in self.payments)

    def buy(self) -> None:
        super().buy()
        nothing = np.zeros_like(self.bought)
        capital = self.conventions.capital
        is_free = not self.conventions.charge_first_purchase
        self._book(0, nothing, nothing if is_free else self.bought, capital)

    def opened(self, row: int) -> FloatArray:
        if self.rules.harvest is not None and row in self._harvest_rows:
            self._harvest(row, self.rules.harvest)
        return super().opened(row)

    def close(self, row: int) -> None:
        if row in self._due:
            gains = self.lots.gains_if_closed()
            years = taxes(gains, self.first_year, self._due[row], self.rules)
            self._pay(row, sum(year.tax for year in years) - self.paid)
        self.lots.close()

    def _hold(
        self, row: int, weights: FloatArray, to: FloatArray, wealth: float, why: Reason
    ) -> None:
        super()._hold(row, weights, to, wealth, why)
        self._book(row, weights, to, wealth)

    def _book(self, row: int, weights: FloatArray, to: FloatArray, wealth: float) -> None:
        """A trade as purchases and sales of lots, each at the price of the row and its own cost."""
        timeline, day = self.timeline, self.timeline.dates[row]
        prices, shares = timeline.values[row], self.shares
        moved = shares * prices - weights * wealth
        cost = cost_of_each(
            weights, to, wealth, moved, timeline.rate, timeline.fee, self.conventions.cost_rule
        )
        for at, twins in enumerate(self._twins):
            if twins is None:
                continue
            now, price, paid = float(shares[at]), float(prices[at]), float(cost[at])
            change = now - twins.shares
            if abs(change) * price <= _DUST * wealth:
                continue
            if change > 0:
                self.lots.buy(twins.to_buy(day), day, change, change * price + paid)
            else:
                each = price + paid / change
                for name, parts in twins.to_sell(day, -change, each):
                    self.lots.sell(name, day, parts, each)

    # ---- harvests ----------------------------------------------------------------------------------

    def _harvest(self, row: int, rules: HarvestRules) -> None:
        day, shares = self.timeline.dates[row], self.shares.copy()
        is_done = False
        for at, twins in enumerate(self._twins):
            if twins is None or not self.timeline.has_price[row, at]:
                continue
            price = float(self.timeline.values[row, at])
            found = twins.harvestable(rules, day, price)
            if found is not None:
                done = self._exchange(row, at, found)
                shares[at] += done
                is_done |= done != 0
        if is_done:
            self._keep(row, shares)

    def _exchange(self, row: int, at: int, found: Harvestable) -> float:
        """Sells and buys for what the sale brings; the change of shares, 0 where fees would take it all."""
        timeline, day = self.timeline, self.timeline.dates[row]
        price, rate, fee = (
            float(x) for x in (timeline.values[row, at], timeline.rate[at], timeline.fee[at])
        )
        quantity = found.quantity
        value = quantity * price
        proceeds = value * (1.0 - rate) - fee
        bought = (proceeds - fee) / (1.0 + rate)
        if bought <= 0:
            return 0.0
        self.lots.sell(found.sold, day, found.parts, proceeds / quantity)
        self.lots.buy(found.bought, day, bought / price, proceeds)
        self.harvests.append(
            Harvest(day, found.sold, found.bought, quantity, value, found.loss, value - bought)
        )
        return bought / price - quantity

    # ---- taxes -------------------------------------------------------------------------------------

    def _pay(self, row: int, due: float) -> None:
        """Out of CASH where it is an asset, the rest by selling pro rata; what is below 0 comes in likewise.

        What cannot be placed or raised on the row waits for the next date.
        """
        values, timeline = self.values(row), self.timeline
        wealth = float(values.sum()) - due
        if abs(due) <= _DUST * abs(wealth):
            return
        if wealth <= 0:
            raise InputError([taxes_take_all(timeline.dates[row], due)])
        weights, cash = values / wealth, timeline.cash
        to, can = weights.copy(), timeline.has_price[row] & (weights > 0)
        if cash is not None:
            to[cash] -= due / wealth
            can[cash] = False
        if cash is None or to[cash] < 0:
            if cash is not None:
                to[cash] = 0.0
            elif due < 0 and -due <= timeline.fee[can].sum():
                return
            free, kept = float(to[can].sum()), float(to[~can].sum())
            if free <= WEIGHT_TOLERANCE:
                return
            if kept >= 1.0:
                raise InputError([taxes_take_all(timeline.dates[row], due)])
            to[can] *= (1.0 - kept) / free
        self._hold(row, weights, to, wealth, Reason.TAX)
        self.payments.append((row, due))


def due_rows(timeline: Timeline, due: TaxDue) -> dict[int, int]:
    """The rows on which taxes are paid, and up to which year; none is the last row."""
    if due is TaxDue.YEAR_END:
        ends = Schedule(Frequency.ANNUAL).rows(timeline.days)
        return {row: timeline.dates[row].year for row in ends.tolist() if row < timeline.last}
    found: dict[int, int] = {}
    for year in range(timeline.dates[1].year, timeline.dates[-1].year):
        row = int(timeline.days.searchsorted(np.datetime64(date(year + 1, 4, 15))))
        if row < timeline.last:
            found[row] = year
    return found


def taxes_take_all(day: date, due: float) -> Problem:
    return Problem(
        Code.INFEASIBLE, f"taxes of {money(due)} on {day}, more than can be raised",
        "enough left to pay them", "Withdraw less, or later.", argument="flows",
    )  # fmt: skip
