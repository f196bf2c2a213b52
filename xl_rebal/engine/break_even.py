"""The cost at which a policy stops being worth its trades: its wealth is then that of never trading."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from xl_rebal.engine.backtest import Conventions, CostRule, backtest, per_asset_but_cash
from xl_rebal.engine.costed_paths import is_pro_rata, moves
from xl_rebal.engine.policies import DatedTargets, Policy, buy_and_hold
from xl_rebal.engine.statistics import statistics
from xl_rebal.model.prices import Prices

MOST = 0.1
"""The highest cost per side that is asked about unless said otherwise."""


@dataclass(frozen=True)
class BreakEven:
    """``rate`` per side; None where there is none from 0 to ``most``. ``ahead`` of never trading without costs
    and at the most, wealth at the end over that of never trading, less 1."""

    rate: float | None
    most: float
    ahead_free: float
    ahead_at_most: float

    @property
    def words(self) -> str:
        """As a sentence."""
        if self.rate is not None:
            return f"Its trades are paid for up to a cost of {self.rate * 1e4:.4g} bp per side."
        if self.ahead_at_most > 0:
            return f"It is ahead of never trading even at {self.most * 1e4:.4g} bp per side."
        return "It is not ahead of never trading even without costs."


def break_even(
    prices: Prices,
    policy: Policy,
    conventions: Conventions | None = None,
    *,
    most: float = MOST,
    never: DatedTargets | None = None,
) -> BreakEven:
    """The cost per side, of everything but CASH, that takes all the policy is ahead of never trading.

    The conventions' own rate does not matter, but for a policy that weighs it: its trades stay. Wealth
    falls as costs rise, so there is one at most. Only where flows or missing prices let costs move the
    weights too, and with them the rows of trades, may it jump: then the rate is one at which it passes that
    of never trading. ``never``: what never trading holds instead of the policy's first targets.
    """
    made = conventions or Conventions()
    start = 0.0 if never is None else _ahead_at_first(prices, policy, made, never)
    path = _ahead(prices, policy, made)

    def ahead(rate: float) -> float:
        return start + path(rate)

    free, at_most = ahead(0.0), ahead(most)
    rate = _falls_to_zero(ahead, most) if free > 0.0 >= at_most else None
    return BreakEven(rate, most, float(np.expm1(free)), float(np.expm1(at_most)))


def _ahead_at_first(
    prices: Prices, policy: Policy, conventions: Conventions, never: DatedTargets
) -> float:
    """The log of what the policy's first targets come to over what ``never`` does, neither traded."""
    free = Conventions(cash_rate=conventions.cash_rate)
    first = policy.targets.on(prices.dates[0])
    own, other = (backtest(prices, buy_and_hold(each), free).value[-1] for each in (first, never))
    return float(np.log(own / other))


def _ahead(prices: Prices, policy: Policy, conventions: Conventions) -> Callable[[float], float]:
    """The log of the wealth at the end over that of never trading, by cost per side."""

    def by_backtest(rate: float) -> float:
        run = backtest(prices, policy, replace(conventions, rate=rate))
        return float(np.log1p(statistics(run).ahead))

    if not is_pro_rata(prices, conventions):
        return by_backtest
    each = per_asset_but_cash(1.0, prices.symbols)
    is_pre_trade = conventions.cost_rule is CostRule.PRE_TRADE
    # What is worth its costs is decided at the conventions' own rate, and then charged another.
    made = conventions if policy.worth is not None else replace(conventions, rate=0.0)
    run = backtest(prices, policy, made)
    own = per_asset_but_cash(made.rate, prices.symbols)[None]
    paid = float(np.log(moves(run.before, run.after, own, is_pre_trade).left).sum())
    free = float(np.log1p(statistics(run).ahead)) - paid

    def by_trades(rate: float) -> float:
        left = moves(run.before, run.after, rate * each[None], is_pre_trade).left
        return free + float(np.log(left).sum())

    return by_trades


def _falls_to_zero(function: Callable[[float], float], high: float) -> float:
    """Where a falling function that is above 0 at 0 comes to 0, by halving the interval to the last bit."""
    low = 0.0
    while low < (middle := (low + high) / 2) < high:
        if function(middle) > 0:
            low = middle
        else:
            high = middle
    return low
