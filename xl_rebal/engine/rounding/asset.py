"""One asset and the trades that are allowed in it, numbered and measured in cents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from math import ceil, floor, fsum, inf
from typing import NamedTuple
from weakref import ref

from xl_rebal.engine.rounding.problem import RoundingProblem
from xl_rebal.numerics.money import Ratio, amount_cents, exact_amount, exact_cost, ratio_of


class Trade(NamedTuple):
    """One allowed trade of one asset; money in cents."""

    change: float  # shares
    amount: int
    cost: int
    net: int  # change of cash
    value: float  # of the final position
    loss: float  # V0 - V1 due to this trade: the cost and the cents rounded away


class _Trades(dict[int, Trade]):
    """The trades of an asset by number; one that is asked for the first time is worked out."""

    def __init__(self, asset: Asset) -> None:
        super().__init__()
        self._asset = ref(asset)  # no circle: what a search leaves is freed at once

    def __missing__(self, k: int) -> Trade:
        asset = self._asset()
        assert asset is not None
        found = self[k] = asset.worked_out(k)
        return found


@dataclass
class Asset:
    """The allowed trades of an asset, numbered by ``k``: k steps up (> 0) or down (< 0).

    Allowed are 0, ``low``..``-least_sale`` and ``least_buy``..``high``. Where all can be sold but
    is no multiple of the step, ``low`` stands for selling it all. Where to go is no matter of the
    asset: searches with other destinations share it, and the trades it knows.
    """

    index: int
    held: float
    price: float
    step: float
    buy_rate: float
    sell_rate: float
    fee: int
    low: int = 0
    high: int = 0
    least_sale: int = 1
    least_buy: int = 1
    sells_out: bool = False
    richest: int = 0  # leaves the most cash: all that may be sold, unless its fee eats that
    band: tuple[float, ...] = ()  # what its place in the bands depends on
    trades: _Trades = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        self.trades = _Trades(self)
        (step, per_step), (price, per_price) = ratio_of(self.step), ratio_of(self.price)
        self._step, self._step_price = (step, per_step), (step * price, per_step * per_price)
        self._rate = {rate: ratio_of(rate) for rate in {self.buy_rate, self.sell_rate}}
        self.unit = 100 * step * price / (per_step * per_price)  # cents a step
        self.worth = self.held * self.price * 100  # cents held now

    def worked_out(self, k: int) -> Trade:
        """A trade that is not known yet."""
        if self.sells_out and k == self.low:
            change, amount = -self.held, amount_cents(self.held, self.price)
        else:
            change, amount = k * self._step[0] / self._step[1], self.amount(k)
        cost = self.cost(k, amount) if k else 0
        net = (-amount if k > 0 else amount) - cost
        value = (self.held + change) * self.price * 100
        return Trade(change, amount, cost, net, value, self.worth - value - net)

    def amount(self, steps: int) -> int:
        """So many steps in cents."""
        return exact_amount((abs(steps), 1), self._step_price)

    def cost(self, k: int, amount: int) -> int:
        """What a buy (k > 0) or a sale of ``amount`` cents costs, in cents."""
        return exact_cost(amount, self._rate[self.buy_rate if k > 0 else self.sell_rate]) + self.fee

    def at_most(self, k: int) -> int | None:
        """The greatest allowed trade number up to ``k``."""
        if k >= self.least_buy:
            return k if k < self.high else self.high
        if k >= 0:
            return 0
        if k > -self.least_sale:
            k = -self.least_sale
        return k if k >= self.low else None

    def at_least(self, k: int) -> int | None:
        """The least allowed trade number from ``k`` on."""
        if k <= -self.least_sale:
            return k if k > self.low else self.low
        if k <= 0:
            return 0
        if k < self.least_buy:
            k = self.least_buy
        return k if k <= self.high else None

    def worth_at_most(self, value: float) -> int:
        """The greatest allowed trade number whose final value is about ``value`` cents or less."""
        k = floor((value - self.worth) / self.unit + 1e-9)
        if k >= self.high:
            return self.high
        found = self.at_most(k)
        return self.low if found is None else found

    def worth_at_least(self, value: float) -> int | None:
        """The least allowed trade number whose final value is ``value`` cents or more."""
        k = self.worth_at_most(value)
        return k if self.trades[k].value >= value else self.at_least(k + 1)

    def kind(self, destination: float) -> tuple[float, ...]:
        """Two assets for which this is the same can change places without any effect."""
        size = (self.unit, self.price, self.held, destination)
        return (
            *size,
            *self.band,
            self.buy_rate,
            self.sell_rate,
            self.fee,
            self.low,
            self.high,
            self.sells_out,
        )


def worth_of(assets: Sequence[Asset], cash_cents: int) -> float:
    """What is held, with the cash, in cents."""
    return fsum([cash_cents, *[asset.worth for asset in assets]])


def assets_of(problem: RoundingProblem) -> list[Asset]:
    columns = (
        *(problem.held, problem.price, problem.step, problem.buy_rate, problem.sell_rate),
        problem.fee_cents,
    )
    rows = zip(*(column.tolist() for column in columns), strict=True)
    assets = [Asset(index, *row) for index, row in enumerate(rows)]
    wealth = problem.cash_cents + fsum(asset.worth for asset in assets)
    lowest, highest = problem.lowest.tolist(), problem.highest.tolist()
    for asset, least, most in zip(assets, lowest, highest, strict=True):
        _number_trades(asset, least, most, problem.minimum_cents, wealth + len(assets))
    if problem.bands is not None:
        groups = problem.bands.group.tolist()
        for asset, group in zip(assets, groups, strict=True):
            limits = float(problem.bands.least[group]), float(problem.bands.greatest[group])
            asset.band = (*limits, -1 if groups.count(group) == 1 else group)
    return assets


def _number_trades(
    asset: Asset, lowest: float, highest: float, minimum: int, wealth: float
) -> None:
    """Set the allowed range, for final quantities from ``lowest`` to ``highest``.

    No trade is below ``minimum`` cents, and no position can be worth more than ``wealth`` cents.
    """
    if lowest == highest:
        return
    asset.high = max(0, ceil((wealth - asset.worth) / asset.unit) + 1)
    if highest < inf:
        asset.high = max(0, min(asset.high, _whole_steps(asset, highest)[0]))
    below, above = _whole_steps(asset, max(lowest, 0.0))
    asset.low = min(0, above)
    if lowest <= 0 and below < above:
        asset.low, asset.sells_out = asset.low - 1, True

    asset.least_buy, asset.least_sale = _least(asset, minimum, 1), _least(asset, minimum, -1)
    if asset.least_buy > asset.high:
        asset.high, asset.least_buy = 0, 1
    if asset.sells_out and asset.least_sale >= -asset.low:
        asset.least_sale = -asset.low
    all_of_it = asset.trades[asset.low]
    is_allowed = _is_worth_it(all_of_it.amount, all_of_it.cost, minimum)
    if asset.least_sale > -asset.low or not is_allowed:
        asset.low, asset.least_sale, asset.sells_out = 0, 1, False
        asset.trades.clear()
    asset.richest = max(0, asset.low, key=lambda k: asset.trades[k].net)


def _whole_steps(asset: Asset, quantity: float) -> tuple[int, int]:
    """Whole steps from what is held to ``quantity``, rounded down and up; exact."""
    (held, a), (final, b), (step, c) = map(ratio_of, (asset.held, quantity, asset.step))
    change, one = (final * a - held * b) * c, step * a * b  # both times a b c
    return change // one, -(-change // one)


def _least(asset: Asset, minimum: int, sign: int) -> int:
    rate = asset.buy_rate if sign > 0 else asset.sell_rate
    return _fewest(asset._step_price, asset._rate[rate], asset.fee, minimum)


@lru_cache(maxsize=10_000)
def _fewest(price: Ratio, rate: Ratio, fee: int, minimum: int) -> int:
    """The fewest steps that are a trade: not below the minimum, and worth more than they cost.

    ``price`` is that of a step; accounts that hold one security ask for the same.
    """

    def is_trade(steps: int) -> bool:
        amount = exact_amount((steps, 1), price)
        return _is_worth_it(amount, exact_cost(amount, rate) + fee, minimum)

    fewest, most = 0, 1
    while not is_trade(most):
        fewest, most = most, 2 * most
    while most - fewest > 1:  # what is left after the cost never falls with the amount
        middle = (fewest + most) // 2
        if is_trade(middle):
            most = middle
        else:
            fewest = middle
    return most


def _is_worth_it(amount: int, cost: int, minimum: int) -> bool:
    return amount >= minimum and amount > cost
