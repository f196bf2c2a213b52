"""A policy on past prices: self-financing, without look-ahead, every convention an argument.

On each row: returns first, then money that comes or goes, then the decision on that close, then the
trade at that close (``lag`` 0) or so many rows later. Between trades shares are held, so the engine goes
from event to event and never from row to row.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property

import numpy as np
import numpy.typing as npt

from xl_rebal.engine.destination import Limits, destination_weights
from xl_rebal.engine.estimates import VOLATILITY_WINDOW, newest_volatilities, refuse_short
from xl_rebal.engine.gaps import about_gaps
from xl_rebal.engine.policies import NEVER, Policy
from xl_rebal.errors import Code, InputError, Problem
from xl_rebal.model.plan import BandKind
from xl_rebal.model.portfolio import CASH
from xl_rebal.model.prices import DAYS_PER_YEAR, Prices
from xl_rebal.numerics.bands import is_breached
from xl_rebal.numerics.costs import is_traded, self_financing_wealth
from xl_rebal.numerics.destinations import place_cash, water_fill
from xl_rebal.numerics.rolling import last_known
from xl_rebal.numerics.segments import (
    cost_factors,
    first_breach,
    held_values,
    rebalanced_path,
)
from xl_rebal.numerics.tolerance import WEIGHT_TOLERANCE
from xl_rebal.typing import BoolArray, FloatArray, IntArray
from xl_rebal.wording import counted, listed, money


class CostRule(StrEnum):
    """``exact``: costs are paid from wealth as part of the trade. ``pre-trade``: rate x turnover of the
    wealth before costs, as R's PerformanceAnalytics does; for comparisons."""

    EXACT = "exact"
    PRE_TRADE = "pre-trade"


class Reason(StrEnum):
    """Why a trade was made."""

    CALENDAR = "calendar date"
    BREACH = "out of its band"
    TARGETS = "new targets"
    FLOW = "cash flow"


@dataclass(frozen=True)
class Conventions:
    """What is done silently elsewhere.

    ``rate``: cost per side, a fraction, one or one per asset (n,); ``fee``: currency a trade of an asset,
    where the portfolio begins with ``capital`` currency. CASH costs nothing. ``cash_rate``: what CASH
    earns a year until a column of prices for it has a number, compounded over days / 365.25. ``flows``:
    currency by date, + in, - out; on a date without a row it arrives on the next one, and so it does where
    nothing that has a target but CASH has a price on the row. ``window``: how
    many returns up to a row's close are behind the volatilities of bands that scale with them. Until every
    asset with a target has had so many without a gap, no band is tested and nothing trades into one; over
    a later gap its newest volatility holds.
    """

    rate: float | FloatArray = 0.0
    fee: float = 0.0
    capital: float = 1.0
    lag: int = 0
    charge_first_purchase: bool = False
    cost_rule: CostRule = CostRule.EXACT
    cash_rate: float = 0.0
    flows: Mapping[date, float] = field(default_factory=dict)
    window: int = VOLATILITY_WINDOW


@dataclass(frozen=True)
class Backtest:
    """What became of ``capital``. Vectors by row (T,), asset (n,) or trade (K,).

    ``starts`` and ``shares`` describe the segments between trades. ``before`` and ``after`` are the
    weights (K, n) at each trade, ``wealth`` currency before it (with the money that came), ``cost`` currency,
    ``reasons`` one a trade. ``target`` (m, n) are the target weights that held, ``line`` (T,) which of
    them on each row; ``lower`` and ``upper`` (k, n) how far bands reached below and above, ``band_line``
    (T,) which of these. ``rate`` and ``fee`` (n,) are the costs of each asset, by ``cost_rule``.
    ``waiting`` are the symbols that have a target on the first row but no price yet: who never trades
    never holds them, so that nothing can be said of being ahead of him. ``notes`` are sentences on what was
    not as it seems, missing prices among them.
    """

    dates: tuple[date, ...]
    symbols: tuple[str, ...]
    capital: float
    prices: FloatArray
    starts: IntArray
    shares: FloatArray
    rows: IntArray
    before: FloatArray
    after: FloatArray
    wealth: FloatArray
    cost: FloatArray
    reasons: tuple[Reason, ...]
    flows: FloatArray
    target: FloatArray
    line: IntArray
    lower: FloatArray
    upper: FloatArray
    band_line: IntArray
    rate: FloatArray
    fee: FloatArray
    cost_rule: CostRule
    waiting: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @cached_property
    def holdings(self) -> FloatArray:
        """Currency in each asset on each row, after its trades; (T, n)."""
        return held_values(self.prices, self.starts, self.shares)

    @cached_property
    def value(self) -> FloatArray:
        """Currency on each row, after costs and flows; (T,)."""
        return np.asarray(np.einsum("tn->t", self.holdings))

    @cached_property
    def weights(self) -> FloatArray:
        """Weights on each row, after its trades; (T, n)."""
        return np.asarray(self.holdings / self.value[:, None])

    @cached_property
    def returns(self) -> FloatArray:
        """Simple returns, time-weighted: without the flows, after costs; (T - 1,)."""
        return np.asarray((self.value[1:] - self.flows[1:]) / self.value[:-1] - 1.0)

    @property
    def turnover(self) -> FloatArray:
        """One-way turnover of each trade, of the wealth before costs; (K,).

        Money that comes or goes is cash, and counts as such where CASH is no symbol too: there the
        weights before a flow add to less (or more) than 1.
        """
        change = self.after - self.before
        return np.asarray((np.abs(change).sum(axis=1) + np.abs(change.sum(axis=1))) / 2.0)


def backtest(prices: Prices, policy: Policy, conventions: Conventions | None = None) -> Backtest:
    """Run ``policy`` (weights aligned with ``prices.symbols``) over all rows.

    An asset whose prices begin later waits: until then its target goes to the others pro rata, and a
    policy that never trades never buys it. A row without a price of an asset values it at its last one and
    does not trade it; so does the end of its prices. After a trade weights are the destination exactly
    where all have a price; else those that have one share what is left as the destination does. No trade is
    made on the last row. Raises InputError where there are fewer than two rows, no targets hold on the
    first, nothing that has a target on a row has had a price by then or one of them never has one, where
    costs take all there is, a withdrawal is more than can be raised, or the rows are too few for a window.
    """
    return _Run(prices, policy, conventions or Conventions()).result()


class _Run:
    """One run: what is held, and the log of trades."""

    def __init__(self, prices: Prices, policy: Policy, conventions: Conventions) -> None:
        self.policy, self.conventions = policy, conventions
        self.dates, self.symbols = prices.dates, prices.symbols
        count, assets = prices.values.shape
        if count < 2:
            raise InputError([_too_few(count)])
        if policy.targets.weights.shape[1] != assets:
            raise ValueError("targets: one weight for each symbol of the prices")
        self.last = count - 1
        self.days = prices.days
        self.values, self.known, self.has_price = filled_prices(prices, conventions.cash_rate)
        self.cash = self.symbols.index(CASH) if CASH in self.symbols else None
        self.rate = per_asset_but_cash(conventions.rate, self.symbols)
        self.fee = per_asset_but_cash(conventions.fee, self.symbols)
        self.notes: list[str] = []
        if np.isnan(prices.values).any():
            wanted = np.flatnonzero((policy.targets.weights > 0).any(axis=0))
            self.notes.extend(about_gaps(prices.of([self.symbols[place] for place in wanted])))
        self._lay_out_targets()
        self._lay_out_bands(prices)
        self._lay_out_dates()
        self.starts: list[int] = []
        self.held: list[FloatArray] = []
        self.log: list[tuple[int, FloatArray, FloatArray, float, float, Reason]] = []

    def _lay_out_targets(self) -> None:
        """Targets by row: a new line where dated targets change or an asset begins."""
        dated = self.policy.targets
        without = ~self.known[-1] & (dated.weights > 0).any(axis=0)
        if without.any():
            raise InputError([_no_prices(np.array(self.symbols)[without].tolist())])
        newest = dated.newest(self.days)
        if newest[0] < 0:
            raise InputError([_no_targets(self.dates[0])])
        self.new_targets = np.flatnonzero(np.diff(newest)) + 1
        late = ~self.known[0] & (dated.weights[newest[0]] > 0)
        self.waiting = tuple(np.array(self.symbols)[late].tolist())
        if self.waiting and self.policy.when == NEVER:
            self.notes.append(
                f"Never bought, since nothing is traded: {listed(self.waiting, 'and')}."
            )
        if self.known.all() and not self.new_targets.size:  # one line for all rows
            self.line, self.target = np.zeros_like(newest), dated.weights[newest[:1]]
            return
        key = np.column_stack([newest, self.known])
        lines, self.line = np.unique(key, axis=0, return_inverse=True)
        self.line = self.line.reshape(-1)
        targets = []
        for line in lines:
            weights = np.where(line[1:] > 0, dated.weights[int(line[0])], 0.0)
            total = float(weights.sum())
            targets.append(weights / total if total > 0 else weights)
        self.target = np.array(targets)
        empty = np.flatnonzero(self.target.max(axis=1)[self.line] == 0)
        if empty.size:
            raise InputError([_nothing_to_buy(self.dates[int(empty[0])])])

    def _lay_out_bands(self, prices: Prices) -> None:
        """How far bands reach, for each line of targets or each row; ``ready`` (T,): where known."""
        rule = self.policy.bands
        self.ready = np.ones(self.last + 1, dtype=bool)
        self.band_row = self.line
        if rule.kind is not BandKind.VOLATILITY:
            self.lower, self.upper = rule.edges(self.symbols, self.target)
            return
        if not self.policy.needs_bands:
            self.lower = self.upper = np.zeros_like(self.target)
            return
        window = self.conventions.window
        known = newest_volatilities(prices, window)
        if self.cash is not None:
            known[:, self.cash] = 0.0
        target = self.target[self.line]
        self.ready = np.asarray(~(np.isnan(known) & (target > 0)).any(axis=1))
        refuse_short(self.ready, f"{window} returns of each asset")
        self.band_row = np.arange(self.last + 1)
        self.lower, self.upper = rule.edges(self.symbols, target, np.nan_to_num(known))
        early = int((~self.ready[1 : self.last]).sum())
        if early:
            self.notes.append(
                f"No band is tested on {counted(early, 'row')}, for want of {window} returns."
            )

    def _lay_out_dates(self) -> None:
        when, last = self.policy.when, self.last
        scheduled = when.rows(self.days)
        if when.schedule is not None and not scheduled.size:
            self.notes.append(
                f"No {when.schedule.words} date falls between the first row and the last: none trades."
            )
        none = np.zeros(0, dtype=np.int64)
        self.looks = scheduled[self.ready[scheduled]] if when.on_breach else none
        always = scheduled if when.schedule is not None and not when.on_breach else none
        new = self.new_targets[self.new_targets < last] if when.on_new_targets else none
        self.reason_of = {int(row): Reason.CALENDAR for row in always}
        self.reason_of.update({int(row): Reason.TARGETS for row in new})
        self.always, self.new_rows = sorted(self.reason_of), new.tolist()
        self.flow_at = np.zeros(last + 1)
        open_rows = self._open_rows() if self.conventions.flows else []
        for day, amount in sorted(self.conventions.flows.items()):
            row = int(np.searchsorted(self.days, np.datetime64(day)))
            if row > 0:
                row = _after(open_rows, row - 1, last)
            if row == 0 or row >= last:
                self.notes.append(
                    f"The flow of {money(amount)} on {day} is left out: no trade is made then."
                )
            else:
                self.flow_at[row] += amount
        self.flow_rows = np.flatnonzero(self.flow_at).tolist()

    def _open_rows(self) -> list[int]:
        """The rows on which anything that has a target, but CASH, has a price, or CASH alone has one."""
        wanted = self.target[self.line] > 0
        if self.cash is not None:
            wanted[:, self.cash] = False
        is_open = (wanted & self.has_price).any(axis=1) | ~wanted.any(axis=1)
        return [int(row) for row in np.flatnonzero(is_open)]

    # -- from event to event -----------------------------------------------------------------------

    def result(self) -> Backtest:
        first = self.target[self.line[0]]
        if self._is_plain():
            return self._all_at_once(first)
        self._buy(first)
        row, decided, pending, why = 0, 0, None, Reason.BREACH
        while True:
            flow = _after(self.flow_rows, row, self.last)
            stop = min(flow, self.last if pending is None else pending)
            event, reason = stop, None
            if pending is None:
                decision, reason = self._next_decision(row, stop)
                event = min(stop, decision)
            if event >= self.last:
                break
            values = self.held[-1] * self.values[event]
            if self.flow_at[event]:
                values = self._place(event, values)
                if pending is None and reason is None:
                    reason = self._decides(event, values)
            if reason is not None and pending is None:
                decided, pending, why = event, event + self.conventions.lag, reason
            if pending == event:
                self._trade(event, decided, values, why)
                pending = None
                self._look_again(decided, event)
            elif pending is not None and pending >= self.last:
                pending = self.last  # dropped: nothing is traded on the last row or after it
            row = event
        return self._backtest()

    def _look_again(self, decided: int, row: int) -> None:
        """Targets that came while a trade was on its way are decided on on the row behind it."""
        following = row + 1
        if following < self.last and _after(self.new_rows, decided, self.last) <= row:
            if following not in self.reason_of:
                insort(self.always, following)
            self.reason_of[following] = Reason.TARGETS

    def _is_plain(self) -> bool:
        """Whether every trade goes to one target on dates that are known beforehand."""
        free = not self.conventions.fee and not self.flow_rows and not self.looks.size
        return (
            free
            and self.policy.to.is_target
            and len(self.target) == 1
            and bool(self.has_price.all())
        )

    def _all_at_once(self, target: FloatArray) -> Backtest:
        lag = self.conventions.lag
        rows: list[int] = []
        for row in self.always:
            if row + lag < self.last and (not rows or row > rows[-1]):
                rows.append(row + lag)
        trades = np.array(rows, dtype=np.int64)
        wealth = self._first_wealth(target)
        pre_trade = self.conventions.cost_rule is CostRule.PRE_TRADE
        before, factor, shares = rebalanced_path(
            self.values, trades, target, self.rate, self.rate, pre_trade
        )
        shares = shares * wealth
        moved = np.abs(before - target).max(axis=1) > WEIGHT_TOLERANCE
        at = np.einsum("kn,kn->k", shares[:-1], self.values[trades])
        starts = np.append(0, trades)
        kept = np.flatnonzero(moved)
        after = np.broadcast_to(target, before.shape)
        reasons = tuple(self.reason_of[row - lag] for row in trades[kept].tolist())
        return self._made(
            starts, shares, trades[kept], before[kept], after[kept], at[kept],
            (at * (1.0 - factor))[kept], reasons,
        )  # fmt: skip

    def _first_wealth(self, target: FloatArray) -> float:
        capital = self.conventions.capital
        if not self.conventions.charge_first_purchase:
            return capital
        all_priced = np.ones(len(target), dtype=bool)  # what has none yet has no target
        left = self._left(np.zeros_like(target), target, capital, all_priced)
        if left <= 0:
            raise InputError([_costs_take_all(self.dates[0])])
        return left

    def _buy(self, target: FloatArray) -> None:
        self.starts.append(0)
        self.held.append(target * self._first_wealth(target) / self.values[0])

    def _next_decision(self, row: int, stop: int) -> tuple[int, Reason | None]:
        """The next row before ``stop`` on which a trade is decided, or ``stop`` where it is its date."""
        date_row = _after(self.always, row, self.last)
        until = min(date_row, stop)
        first = int(np.searchsorted(self.looks, row, side="right"))
        end = int(np.searchsorted(self.looks, until, side="left"))
        looks = self.looks[first:end]
        if looks.size:
            found = self._first_out(looks)
            while found is not None and not self._mends(found, self.held[-1] * self.values[found]):
                looks = looks[int(np.searchsorted(looks, found, side="right")) :]
                found = self._first_out(looks)
            if found is not None:
                return found, Reason.BREACH
        if date_row <= stop:
            return date_row, self.reason_of.get(date_row)
        return stop, None

    def _decides(self, row: int, values: FloatArray) -> Reason | None:
        """Why a trade is decided on a row with these values, None where none is."""
        if row in self.reason_of:
            return self.reason_of[row]
        if not np.isin(row, self.looks):
            return None
        lower, upper = self._bands(row)
        out = is_breached(values / values.sum() - self.target[self.line[row]], lower, upper)
        return Reason.BREACH if out.any() and self._mends(row, values) else None

    def _first_out(self, looks: IntArray) -> int | None:
        """The first of the rows on which anything is out of its band."""
        bands = (self.lower, self.upper, self.band_row)
        return first_breach(self.values, self.held[-1], looks, (self.target, self.line), bands)

    def _bands(self, row: int) -> tuple[FloatArray, FloatArray]:
        """How far below and above the target the bands of a row reach."""
        line = self.band_row[row]
        return self.lower[line], self.upper[line]

    def _mends(self, row: int, values: FloatArray) -> bool:
        """Whether a trade on this row, on which something is out, leaves less outside the bands.

        What has no price on the row stands, and the others may have nowhere to go: they would shuffle what
        they are short of among themselves, row after row.
        """
        can = self.has_price[row]
        if can.all():
            return True
        target, (lower, upper) = self.target[self.line[row]], self._bands(row)
        weights = values / values.sum()
        if not (is_breached(weights - target, lower, upper) & can).any():
            return False
        to = self._destination(weights, row, can)
        now, then = (
            np.maximum(np.maximum(x - target - upper, target - lower - x), 0.0).sum()
            for x in (weights, to)
        )
        return bool(then < now - WEIGHT_TOLERANCE)

    # -- trades ------------------------------------------------------------------------------------

    def _trade(self, row: int, decided: int, values: FloatArray, reason: Reason) -> None:
        """From the weights of this row to the destination by the targets and bands of the decision's row.

        Nothing where the weights are the destination, or no bands were known.
        """
        if not self.ready[decided] and not self.policy.to.is_target:
            return
        wealth = float(values.sum())
        weights = values / wealth
        to = self._destination(weights, decided, self.has_price[row])
        if is_traded(weights, to).any():
            self._hold(row, weights, to, wealth, reason)

    def _destination(self, weights: FloatArray, decided: int, can: BoolArray) -> FloatArray:
        """Weights after a trade of what ``can`` be traded, by the targets and bands of a row."""
        target = self.target[self.line[decided]]
        if self.policy.to.is_target and can.all():
            return np.asarray(target)
        lower, upper = self._bands(decided)
        limits = Limits(np.where(can, 0.0, weights), np.where(can, np.inf, weights))
        return destination_weights(weights, target, lower, upper, self.policy.to, limits)

    def _place(self, row: int, values: FloatArray) -> FloatArray:
        """Put a flow into what is underweight, or raise it from what is overweight; the new values.

        Among the ways to do so with buys (sells) only the one nearest to the target. Into CASH goes what
        nothing with a price is short of; where it is no symbol all of the money is placed.
        """
        flow = float(self.flow_at[row])
        wealth = float(values.sum()) + flow
        if wealth <= 0:
            raise InputError([_spent(self.dates[row], flow)])
        can, target = self.has_price[row], self.target[self.line[row]]
        weights = values / wealth
        to: FloatArray | None = weights
        if self.cash is None:
            least = np.where(can, 0.0, weights) if flow < 0 else weights
            greatest = np.where(can, np.inf, weights) if flow > 0 else weights
            to = water_fill(target, least, greatest, 1.0)
        else:
            weights[self.cash] += flow / wealth
            short = bool(weights[self.cash] < 0)
            if short or flow > 0:
                to = place_cash(weights, target, self.cash, can, selling=short)
        if to is None or to.min() < -WEIGHT_TOLERANCE:
            raise InputError([_spent(self.dates[row], flow)])
        self._hold(row, weights, to, wealth, Reason.FLOW)
        return np.asarray(self.held[-1] * self.values[row])

    def _left(self, weights: FloatArray, to: FloatArray, wealth: float, can: BoolArray) -> float:
        """The wealth after the costs of going from ``weights`` to ``to``."""
        rate, fee = self.rate, self.fee
        if self.conventions.cost_rule is CostRule.PRE_TRADE:
            factor = cost_factors(weights[None], to[None], rate, rate, pre_trade=True)[0]
            return float(wealth * factor - fee[is_traded(weights, to)].sum())
        return self_financing_wealth(weights, to, wealth, rate, rate, fee, ~can)

    def _hold(
        self, row: int, weights: FloatArray, to: FloatArray, wealth: float, why: Reason
    ) -> None:
        """Trade: what has no price keeps its value, the others pay the costs and are as in ``to``."""
        can = self.has_price[row]
        left = self._left(weights, to, wealth, can)
        kept = np.where(can, 0.0, weights * wealth)
        free, share = left - float(kept.sum()), float(to[can].sum())
        is_empty = share <= WEIGHT_TOLERANCE  # all that has a price went, and nothing may be owed
        if left <= 0 or (free < -WEIGHT_TOLERANCE * wealth if is_empty else free <= 0):
            if self.flow_at[row] < 0 and why is Reason.FLOW:
                raise InputError([_spent(self.dates[row], float(self.flow_at[row]))])
            raise InputError([_costs_take_all(self.dates[row])])
        amounts = to * left
        if not can.all():
            amounts = np.where(can, 0.0 if is_empty else to * (free / share), kept)
        if self.starts[-1] == row:
            self.held[-1] = amounts / self.values[row]
        else:
            self.starts.append(row)
            self.held.append(amounts / self.values[row])
        if is_traded(weights, to).any():
            self.log.append((row, weights, to, wealth, wealth - left, why))

    # -- the result --------------------------------------------------------------------------------

    def _backtest(self) -> Backtest:
        size = len(self.symbols)
        rows, before, after, wealth, cost, reasons = (
            zip(*self.log, strict=True) if self.log else ((),) * 6
        )
        return self._made(
            np.array(self.starts, dtype=np.int64),
            np.array(self.held),
            np.array(rows, dtype=np.int64),
            np.array(before, dtype=np.float64).reshape(-1, size),
            np.array(after, dtype=np.float64).reshape(-1, size),
            np.array(wealth, dtype=np.float64),
            np.array(cost, dtype=np.float64),
            tuple(reasons),
        )

    def _made(
        self, starts: IntArray, shares: FloatArray, rows: IntArray, before: FloatArray,
        after: FloatArray, wealth: FloatArray, cost: FloatArray, reasons: tuple[Reason, ...],
    ) -> Backtest:  # fmt: skip
        return Backtest(
            self.dates, self.symbols, self.conventions.capital, self.values, starts, shares, rows,
            before, after, wealth, cost, reasons, self.flow_at, self.target, self.line,
            self.lower, self.upper, self.band_row, self.rate, self.fee,
            self.conventions.cost_rule, self.waiting, tuple(self.notes),
        )  # fmt: skip


def per_asset_but_cash(amount: float | FloatArray, symbols: tuple[str, ...]) -> FloatArray:
    """A rate or fee, one or one an asset, for each asset (n,); 0 for CASH, which costs nothing."""
    is_cash = np.array([symbol == CASH for symbol in symbols])
    return np.where(is_cash, 0.0, np.asarray(amount, dtype=np.float64))


def filled_prices(prices: Prices, cash_rate: float) -> tuple[FloatArray, BoolArray, BoolArray]:
    """Prices to value at, whether any is known yet, whether there is one on the row; each (T, n).

    The last known one; before any the first, so that what is not there yet has no returns. CASH is always
    there.
    """
    values = prices.values.copy()
    if CASH in prices.symbols:
        column = prices.symbols.index(CASH)
        values[:, column] = _cash_values(prices.days, values[:, column], cash_rate)
    has_price = ~np.isnan(values)
    if has_price.all():
        return values, has_price, has_price
    known = np.maximum.accumulate(has_price, axis=0)
    first = np.take_along_axis(values, has_price.argmax(axis=0)[None, :], axis=0)
    filled = np.where(known, last_known(values), first)
    return np.where(np.isnan(filled), 1.0, filled), known, has_price


def _cash_values(
    days: npt.NDArray[np.datetime64], given: FloatArray, cash_rate: float
) -> FloatArray:
    """What 1 of cash becomes: at ``cash_rate`` until its ``given`` prices (T,) begin, then with them.

    A row without one has the value before: cash can always be valued and traded. A later price changes
    nothing before it.
    """
    earned = (1.0 + cash_rate) ** ((days - days[0]).astype(np.float64) / DAYS_PER_YEAR)
    known = np.flatnonzero(~np.isnan(given))
    if not known.size:
        return np.asarray(earned)
    first = int(known[0])
    with_prices = earned[first] * (last_known(given[:, None])[:, 0] / given[first])
    return np.asarray(np.where(np.arange(len(given)) < first, earned, with_prices))


def _after(rows: list[int], row: int, otherwise: int) -> int:
    """The first of ``rows`` after ``row``."""
    place = bisect_right(rows, row)
    return rows[place] if place < len(rows) else otherwise


def _too_few(count: int) -> Problem:
    return Problem(
        Code.TOO_FEW_PRICES, f"{counted(count, 'row')} of prices", "at least 2", "Give a longer price table.",
        argument="prices",
    )  # fmt: skip


def _no_targets(first: date) -> Problem:
    return Problem(
        Code.OUT_OF_RANGE, f"no targets on {first}, the first row of prices",
        "targets that hold from the first row on", "Give targets dated on or before it.",
        argument="target",
    )  # fmt: skip


def _no_prices(symbols: list[str]) -> Problem:
    return Problem(
        Code.MISSING_PRICE, f"no price of {listed(symbols, 'and')} on any row, beside a target",
        "prices of all that has a target", "Fill the column, or take out the target.",
        argument="prices",
    )  # fmt: skip


def _nothing_to_buy(day: date) -> Problem:
    return Problem(
        Code.MISSING_PRICE, f"no price yet of anything that has a target on {day}",
        "at least one", "Begin the prices or the targets later, or give that row.", argument="prices",
    )  # fmt: skip


def _spent(day: date, flow: float) -> Problem:
    return Problem(
        Code.INFEASIBLE, f"a withdrawal of {money(-flow)} on {day}, more than can be raised",
        "a smaller one", "Lower it.", argument="flows",
    )  # fmt: skip


def _costs_take_all(day: date) -> Problem:
    return Problem(
        Code.INFEASIBLE, f"costs on {day} that take all there is", "lower costs or more capital",
        "Check the ticket fee: it is in currency, beside the capital.", argument="fee",
    )  # fmt: skip
