"""What is known before the first trade: prices, targets, bands, dates and flows, row by row."""

from __future__ import annotations

from bisect import bisect_right
from itertools import compress

import numpy as np

from xl_rebal.engine.backtest.conventions import Conventions, per_asset_but_cash
from xl_rebal.engine.backtest.filled import filled_prices
from xl_rebal.engine.backtest.refusals import no_prices, no_targets, nothing_to_buy, too_few
from xl_rebal.engine.backtest.result import Reason
from xl_rebal.engine.estimates import newest_volatilities, refuse_short
from xl_rebal.engine.gaps import about_gaps
from xl_rebal.engine.policies import NEVER, Policy
from xl_rebal.errors import InputError
from xl_rebal.model.plan import BandKind
from xl_rebal.model.portfolio import CASH
from xl_rebal.model.prices import Prices
from xl_rebal.typing import BoolArray, FloatArray
from xl_rebal.wording import counted, listed, money


class Timeline:
    """Arrays by row (T,) or by row and asset (T, n); what is not one is a list of rows.

    ``values`` are the prices to value at, ``known`` and ``has_price`` as in ``filled_prices``. ``target``
    (m, n) are lines of target weights, ``line`` (T,) says which holds; ``lower`` and ``upper`` (k, n)
    how far bands reach, ``band_row`` (T,) which of these holds, ``ready`` where bands are known, or a
    covariance: that of the row ``estimate``. On the rows of ``looks`` bands are tested, or worths; those of
    ``always`` have their reason in ``reason_of``; ``new_rows`` are those of new targets, ``flow_at`` (T,)
    is the money that comes and goes on ``flow_rows``.
    """

    def __init__(self, prices: Prices, policy: Policy, conventions: Conventions) -> None:
        self.policy, self.conventions = policy, conventions
        self.dates, self.symbols = prices.dates, prices.symbols
        count, assets = prices.values.shape
        if count < 2:
            raise InputError([too_few(count)])
        if policy.targets.weights.shape[1] != assets:
            raise ValueError("targets: one weight for each symbol of the prices")
        self.last = count - 1
        self.days = prices.days
        self.values, self.known, self.has_price = filled_prices(prices, conventions.cash_rate)
        self.all_priced = self.has_price is self.known  # then both are True throughout
        self.cash = self.symbols.index(CASH) if CASH in self.symbols else None
        self.rate = per_asset_but_cash(conventions.rate, self.symbols)
        self.fee = per_asset_but_cash(conventions.fee, self.symbols)
        self.notes: list[str] = []
        if not prices.is_complete:
            wanted = np.flatnonzero((policy.targets.weights > 0).any(axis=0))
            self.notes.extend(about_gaps(prices.of([self.symbols[place] for place in wanted])))
        self._lay_out_targets()
        self._lay_out_bands(prices)
        if policy.worth is not None:
            self._lay_out_estimates(prices)
        self._lay_out_dates()
        self._lay_out_flows()

    def _lay_out_targets(self) -> None:
        """Targets by row: a new line where dated targets change or an asset begins."""
        dated = self.policy.targets
        without = () if self.all_priced else self._unknown(-1, dated.weights.max(axis=0) > 0)
        if without:
            raise InputError([no_prices(list(without))])
        newest = dated.newest(self.days)
        if newest[0] < 0:
            raise InputError([no_targets(self.dates[0])])
        self.new_targets = np.flatnonzero(newest[1:] != newest[:-1]) + 1
        self.waiting = () if self.all_priced else self._unknown(0, dated.weights[newest[0]] > 0)
        if self.waiting and self.policy.when == NEVER:
            self.notes.append(
                f"Never bought, since nothing is traded: {listed(self.waiting, 'and')}."
            )
        if not self.new_targets.size and (self.all_priced or self.known.all()):  # one for all rows
            self.line, self.target = newest - newest[0], dated.weights[newest[:1]]
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
            raise InputError([nothing_to_buy(self.dates[int(empty[0])])])

    def _lay_out_bands(self, prices: Prices) -> None:
        """How far bands reach, for each line of targets or each row, and where they are known."""
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
        ready = np.asarray(~(np.isnan(known) & (target > 0)).any(axis=1))
        self._wait(ready, "No band is tested")
        self.band_row = np.arange(self.last + 1)
        self.lower, self.upper = rule.edges(self.symbols, target, np.nan_to_num(known))

    def _lay_out_estimates(self, prices: Prices) -> None:
        """The newest row with a full window of returns of what has a target; -1 before there is one."""
        window, count = self.conventions.window, self.last + 1
        wanted = self.target > 0
        if self.cash is not None:
            wanted[:, self.cash] = False
        rows = np.arange(count)
        gaps = np.zeros((count + 1, len(self.symbols)), dtype=np.int64)
        np.cumsum(np.isnan(prices.values), axis=0, out=gaps[1:])
        is_full = np.zeros((count, len(self.symbols)), dtype=bool)
        is_full[window:] = gaps[window + 1 :] == gaps[: -window - 1]
        self.estimate = np.full(count, -1)
        for line in np.unique(self.line).tolist():
            known = is_full[:, wanted[line]].all(axis=1) & (rows >= window)
            newest = np.maximum.accumulate(np.where(known, rows, -1))
            self.estimate = np.where(self.line == line, newest, self.estimate)
        self._wait(np.asarray(self.estimate >= 0), "Nothing is traded")

    def _wait(self, ready: BoolArray, idle: str) -> None:
        """Nothing is decided before the rows that are ``ready`` (T,); refused where none is, else said."""
        self.ready, window = ready, self.conventions.window
        refuse_short(ready, f"{window} returns of each asset")
        early = int((~ready[1 : self.last]).sum())
        if early:
            self.notes.append(f"{idle} on {counted(early, 'row')}, for want of {window} returns.")

    def _lay_out_dates(self) -> None:
        when = self.policy.when
        scheduled = when.rows(self.days)
        if when.schedule is not None and not scheduled.size:
            self.notes.append(
                f"No {when.schedule.words} date falls between the first row and the last: none trades."
            )
        lag = self.conventions.lag
        if when != NEVER and lag and 1 + lag >= self.last:
            self.notes.append(f"A lag of {counted(lag, 'row')} leaves none to trade on.")
        none = np.zeros(0, dtype=np.int64)
        self.looks = scheduled[self.ready[scheduled]] if when.on_breach else none
        always = scheduled if when.schedule is not None and not when.on_breach else none
        new = self.new_targets[self.new_targets < self.last] if when.on_new_targets else none
        self.reason_of = dict.fromkeys(always.tolist(), Reason.CALENDAR)
        self.reason_of.update(dict.fromkeys(new.tolist(), Reason.TARGETS))
        self.always, self.new_rows = sorted(self.reason_of), new.tolist()

    def _lay_out_flows(self) -> None:
        last = self.last
        self.flow_at = np.zeros(last + 1)
        open_rows = self._open_rows() if self.conventions.flows else []
        for day, amount in sorted(self.conventions.flows.items()):
            row = int(np.searchsorted(self.days, np.datetime64(day)))
            if row > 0:
                row = row_after(open_rows, row - 1, last)
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

    def _unknown(self, row: int, wanted: BoolArray) -> tuple[str, ...]:
        """The symbols of ``wanted`` assets (n,) that have had no price by a row."""
        return tuple(compress(self.symbols, wanted & ~self.known[row]))

    def band_edges(self, row: int) -> tuple[FloatArray, FloatArray]:
        """How far below and above the target the bands of a row reach."""
        line = self.band_row[row]
        return self.lower[line], self.upper[line]

    def target_on(self, row: int) -> FloatArray:
        """The target weights of a row, (n,)."""
        return np.asarray(self.target[self.line[row]])


def row_after(rows: list[int], row: int, otherwise: int) -> int:
    """The first of ``rows`` after ``row``."""
    place = bisect_right(rows, row)
    return rows[place] if place < len(rows) else otherwise
