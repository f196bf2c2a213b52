"""From event to event: the next flow, date or breach, and what is done about it."""

from __future__ import annotations

from bisect import insort

import numpy as np

from xl_rebal.engine.backtest.account import Account
from xl_rebal.engine.backtest.at_once import all_at_once, is_plain
from xl_rebal.engine.backtest.conventions import Conventions
from xl_rebal.engine.backtest.result import Backtest, Reason
from xl_rebal.engine.backtest.timeline import Timeline, row_after
from xl_rebal.engine.policies import Policy
from xl_rebal.model.prices import Prices
from xl_rebal.numerics.bands import is_breached
from xl_rebal.numerics.segments import first_breach
from xl_rebal.numerics.tolerance import WEIGHT_TOLERANCE
from xl_rebal.typing import FloatArray, IntArray


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
    timeline = Timeline(prices, policy, conventions or Conventions())
    return all_at_once(timeline) if is_plain(timeline) else Run(timeline).result()


class Run:
    """One run over a timeline, whose dates it may change, of an account that may do more than trade."""

    def __init__(self, timeline: Timeline, account: Account | None = None) -> None:
        self.timeline, self.account = timeline, account or Account(timeline)
        self._found = Reason.BREACH if timeline.policy.worth is None else Reason.WORTH

    def result(self) -> Backtest:
        timeline, account = self.timeline, self.account
        lag, last = timeline.conventions.lag, timeline.last
        account.buy()
        row, decided, pending, why = 0, 0, None, Reason.BREACH
        while True:
            flow = row_after(timeline.flow_rows, row, last)
            own = row_after(account.own_rows, row, last)
            stop = min(flow, own, last if pending is None else pending)
            event, reason = stop, None
            if pending is None:
                decision, reason = self._next_decision(row, stop)
                event = min(stop, decision)
            if event >= last:
                break
            values = account.opened(event)
            if timeline.flow_at[event]:
                values = account.place_flow(event, values)
            if event in (flow, own) and pending is None and reason is None:
                reason = self._decides(event, values)
            if reason is not None and pending is None:
                decided, pending, why = event, event + lag, reason
            if pending == event:
                account.trade(event, decided, values, why)
                pending = None
                self._look_again(decided, event)
            elif pending is not None and pending >= last:
                pending = last  # dropped: nothing is traded on the last row or after it
            account.close(event)
            row = event
        return account.result()

    def _look_again(self, decided: int, row: int) -> None:
        """Targets that came while a trade was on its way are decided on on the row behind it."""
        timeline, following = self.timeline, row + 1
        came = row_after(timeline.new_rows, decided, timeline.last) <= row
        if came and following < timeline.last:
            if following not in timeline.reason_of:
                insort(timeline.always, following)
            timeline.reason_of[following] = Reason.TARGETS

    def _next_decision(self, row: int, stop: int) -> tuple[int, Reason | None]:
        """The next row before ``stop`` on which a trade is decided, or ``stop`` where it is its date."""
        timeline = self.timeline
        date_row = row_after(timeline.always, row, timeline.last)
        until = min(date_row, stop)
        first = int(timeline.looks.searchsorted(row, side="right"))
        end = int(timeline.looks.searchsorted(until, side="left"))
        looks = timeline.looks[first:end]
        if looks.size:
            found = self._first_out(looks)
            while found is not None and not self._mends(found, self.account.values(found)):
                looks = looks[int(looks.searchsorted(found, side="right")) :]
                found = self._first_out(looks)
            if found is not None:
                return found, self._found
        if date_row <= stop:
            return date_row, timeline.reason_of.get(date_row)
        return stop, None

    def _decides(self, row: int, values: FloatArray) -> Reason | None:
        """Why a trade is decided on a row with these values, None where none is."""
        timeline = self.timeline
        if row in timeline.reason_of:
            return timeline.reason_of[row]
        if not np.isin(row, timeline.looks):
            return None
        if self.account.worths is not None:
            return self._found if self.account.worths.is_worth(row, values) else None
        lower, upper = timeline.band_edges(row)
        out = is_breached(values / values.sum() - timeline.target_on(row), lower, upper)
        return Reason.BREACH if out.any() and self._mends(row, values) else None

    def _first_out(self, looks: IntArray) -> int | None:
        """The first of the rows on which anything is out of its band, or a trade worth its costs."""
        timeline = self.timeline
        if self.account.worths is not None:
            return self.account.worths.first(self.account.shares, looks)
        bands = timeline.lower, timeline.upper, timeline.band_row
        targets = timeline.target, timeline.line
        return first_breach(timeline.values, self.account.shares, looks, targets, bands)

    def _mends(self, row: int, values: FloatArray) -> bool:
        """Whether a trade on this row, on which something is out, leaves less outside the bands.

        What has no price on the row stands, and the others may have nowhere to go: they would shuffle what
        they are short of among themselves, row after row.
        """
        can = self.timeline.has_price[row]
        if can.all() or self.account.worths is not None:
            return True
        target, (lower, upper) = self.timeline.target_on(row), self.timeline.band_edges(row)
        weights = values / values.sum()
        if not (is_breached(weights - target, lower, upper) & can).any():
            return False
        to = self.account.destination(weights, row, can)
        now, then = (
            np.maximum(np.maximum(x - target - upper, target - lower - x), 0.0).sum()
            for x in (weights, to)
        )
        return bool(then < now - WEIGHT_TOLERANCE)
