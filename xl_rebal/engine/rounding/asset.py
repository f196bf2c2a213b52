"""One asset and the trades that are allowed in it, numbered and measured in cents."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import ROUND_CEILING, ROUND_FLOOR
from math import ceil, floor, fsum, inf
from typing import NamedTuple

from xl_rebal.engine.rounding.problem import RoundingProblem
from xl_rebal.numerics.money import amount_cents, decimal_of, rate_cents


class Trade(NamedTuple):
    """One allowed trade of one asset; money in cents."""

    change: float  # shares
    amount: int
    cost: int
    net: int  # change of cash
    value: float  # of the final position
    loss: float  # V0 - V1 due to this trade: the cost and the cents rounded away


@dataclass
class Asset:
    """The allowed trades of an asset, numbered by ``k``: k steps up (> 0) or down (< 0).

    Allowed are 0, ``low``..``-least_sale`` and ``least_buy``..``high``. Where all can be sold but
    is no multiple of the step, ``low`` stands for selling it all.
    """

    index: int
    held: float
    price: float
    step: float
    buy_rate: float
    sell_rate: float
    fee: int
    destination: float
    low: int = 0
    high: int = 0
    least_sale: int = 1
    least_buy: int = 1
    sells_out: bool = False
    band: tuple[float, ...] = ()  # what its place in the bands depends on
    known: dict[int, Trade] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.unit = float(decimal_of(self.step) * decimal_of(self.price) * 100)  # cents a step
        self.worth = self.held * self.price * 100  # cents held now

    def trade(self, k: int) -> Trade:
        found = self.known.get(k)
        if found is None:
            found = self.known[k] = self._trade(k)
        return found

    def _trade(self, k: int) -> Trade:
        all_of_it = self.sells_out and k == self.low
        change = -self.held if all_of_it else float(decimal_of(self.step) * k)
        amount = amount_cents(abs(change), self.price)
        rate = self.buy_rate if k > 0 else self.sell_rate
        cost = rate_cents(amount, rate) + self.fee if k else 0
        net = (-amount if k > 0 else amount) - cost
        value = (self.held + change) * self.price * 100
        return Trade(change, amount, cost, net, value, self.worth - value - net)

    def at_most(self, k: int) -> int | None:
        """The greatest allowed trade number up to ``k``."""
        if k >= self.least_buy:
            return min(k, self.high)
        if k >= 0:
            return 0
        k = min(k, -self.least_sale)
        return k if k >= self.low else None

    def at_least(self, k: int) -> int | None:
        """The least allowed trade number from ``k`` on."""
        if k <= -self.least_sale:
            return max(k, self.low)
        if k <= 0:
            return 0
        k = max(k, self.least_buy)
        return k if k <= self.high else None

    def worth_at_most(self, value: float) -> int:
        """The greatest allowed trade number whose final value is about ``value`` cents or less."""
        k = floor((value - self.worth) / self.unit + 1e-9)
        found = self.at_most(max(self.low, min(k, self.high)))
        return self.low if found is None else found

    def worth_at_least(self, value: float) -> int | None:
        """The least allowed trade number whose final value is ``value`` cents or more."""
        k = self.worth_at_most(value)
        return k if self.trade(k).value >= value else self.at_least(k + 1)

    @property
    def richest(self) -> int:
        """The trade that leaves the most cash: all that may be sold, unless its fee eats that."""
        return max(0, self.low, key=lambda k: self.trade(k).net)

    @property
    def kind(self) -> tuple[float, ...]:
        """Two assets for which this is the same can change places without any effect."""
        size = (self.unit, self.price, self.held, self.destination)
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


def assets_of(problem: RoundingProblem) -> list[Asset]:
    columns = (
        *(problem.held, problem.price, problem.step, problem.buy_rate, problem.sell_rate),
        *(problem.fee_cents, problem.destination),
    )
    rows = zip(*(column.tolist() for column in columns), strict=True)
    assets = [Asset(index, *row) for index, row in enumerate(rows)]
    wealth = problem.cash_cents + fsum(asset.worth for asset in assets)
    for asset in assets:
        _number_trades(asset, problem, wealth + len(assets))
    if problem.bands is not None:
        groups = problem.bands.group.tolist()
        for asset, group in zip(assets, groups, strict=True):
            limits = float(problem.bands.least[group]), float(problem.bands.greatest[group])
            asset.band = (*limits, -1 if groups.count(group) == 1 else group)
    return assets


def _number_trades(asset: Asset, problem: RoundingProblem, wealth: float) -> None:
    """Set the allowed range; no position can be worth more than ``wealth`` cents."""
    step, held = decimal_of(asset.step), decimal_of(asset.held)
    lowest = float(problem.lowest[asset.index])
    highest = float(problem.highest[asset.index])
    asset.high = max(0, ceil((wealth - asset.worth) / asset.unit) + 1)
    if highest < inf:
        room = ((decimal_of(highest) - held) / step).to_integral_value(ROUND_FLOOR)
        asset.high = max(0, min(asset.high, int(room)))
    room = ((decimal_of(max(lowest, 0.0)) - held) / step).to_integral_value(ROUND_CEILING)
    asset.low = min(0, int(room))
    if lowest <= 0 and held + asset.low * step > 0:
        asset.low, asset.sells_out = asset.low - 1, True

    asset.least_buy = _least(asset, problem.minimum_cents, asset.buy_rate)
    asset.least_sale = _least(asset, problem.minimum_cents, asset.sell_rate)
    if asset.least_buy > asset.high:
        asset.high, asset.least_buy = 0, 1
    if asset.sells_out and asset.least_sale >= -asset.low:
        asset.least_sale = -asset.low
    all_of_it = asset.trade(asset.low)
    is_allowed = _is_worth_it(all_of_it.amount, all_of_it.cost, problem.minimum_cents)
    if asset.least_sale > -asset.low or not is_allowed:
        asset.low, asset.least_sale, asset.sells_out = 0, 1, False
        asset.known.clear()


def _least(asset: Asset, minimum: int, rate: float) -> int:
    """The fewest steps that are a trade: not below the minimum, and worth more than they cost."""
    fewest, most = 0, 1
    while not _is_trade(asset, most, minimum, rate):
        fewest, most = most, 2 * most
    while most - fewest > 1:  # what is left after the cost never falls with the amount
        middle = (fewest + most) // 2
        if _is_trade(asset, middle, minimum, rate):
            most = middle
        else:
            fewest = middle
    return most


def _is_trade(asset: Asset, steps: int, minimum: int, rate: float) -> bool:
    amount = amount_cents(float(decimal_of(asset.step) * steps), asset.price)
    return _is_worth_it(amount, rate_cents(amount, rate) + asset.fee, minimum)


def _is_worth_it(amount: int, cost: int, minimum: int) -> bool:
    return amount >= minimum and amount > cost
