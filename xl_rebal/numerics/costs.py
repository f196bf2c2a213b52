"""What trading costs, and the wealth that is left when it is paid from the portfolio itself.

A rate is a fraction of the value traded, per side: 10 bp (0.0010) of each buy and of each sale.
A ticket fee is currency per trade. Costs fall on what is traded only: a destination within 1e-12
of the weight is no trade.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from xl_rebal.numerics.tolerance import WEIGHT_TOLERANCE
from xl_rebal.typing import BoolArray, FloatArray


def is_traded(weights: FloatArray, destination: FloatArray) -> BoolArray:
    """Which assets a move from ``weights`` to ``destination`` trades."""
    return np.abs(destination - weights) > WEIGHT_TOLERANCE


def trading_cost(
    change: FloatArray, buy_rate: FloatArray, sell_rate: FloatArray, fee: FloatArray
) -> float:
    """Cost in currency of trades of ``change`` (n,) currency each (+ buy, - sell).

    >>> trading_cost(np.array([100.0, -50.0]), np.array([0.001, 0.001]),
    ...              np.array([0.002, 0.002]), np.array([1.0, 0.0]))
    1.2
    """
    rate = np.where(change > 0, buy_rate, sell_rate)
    return float(np.sum(rate * np.abs(change)) + np.sum(fee[change != 0]))


def self_financing_wealth(
    weights: FloatArray,
    destination: FloatArray,
    value: float,
    buy_rate: FloatArray,
    sell_rate: FloatArray,
    fee: FloatArray,
    frozen: BoolArray | None = None,
) -> float:
    """Wealth V' after a portfolio of ``value`` V moves exactly to ``destination`` (backtests).

    Solves V' + sum c_i |t_i V' - h_i| + fees = V over the traded assets, h_i = w_i V. All costs
    are paid from wealth; the weights afterwards are ``destination`` exactly. ``frozen`` assets (n,) keep
    their value, whose weight is their destination: the others end at one multiple f of theirs, and
    V' = sum of frozen h_i + f sum of the other t_i. A result of 0 or less means that the fees exceed
    the wealth; one below the frozen values, that the costs exceed what all else is worth.

    >>> round(self_financing_wealth(np.array([1.0, 0.0]), np.array([0.5, 0.5]), 100.0,
    ...       np.full(2, 0.01), np.full(2, 0.01), np.zeros(2)), 10)
    99.0
    """
    held, traded = weights * value, is_traded(weights, destination)
    if frozen is None or not frozen.any():
        return _balanced(held, destination, traded, value, buy_rate, sell_rate, fee)
    kept, share = float(held[frozen].sum()), float(destination[~frozen].sum())
    charged = traded & ~frozen
    if share <= WEIGHT_TOLERANCE:  # all that may be sold is, and nothing is left to pay from
        return value - trading_cost(np.where(charged, -held, 0.0), buy_rate, sell_rate, fee)
    scale = _balanced(held, destination, charged, value, buy_rate, sell_rate, fee, kept, share)
    return kept + share * scale


def balancing_scale(
    held: FloatArray,
    destination: FloatArray,
    traded: BoolArray,
    value: float,
    buy_rate: FloatArray,
    sell_rate: FloatArray,
    fee: FloatArray,
) -> float:
    """The one K that balances cash when untouched assets stay: a trade list's rule.

    ``held`` (n,) is in currency, cash included, and adds to ``value``; ``destination`` are weights.
    Traded assets end at K x their destination weight, the others keep what they hold, and
    sum of untouched + K sum t_i + costs(K) = value. When all is traded K is the wealth after
    costs.
    """
    kept, share = float(held[~traded].sum()), float(destination[traded].sum())
    return _balanced(held, destination, traded, value, buy_rate, sell_rate, fee, kept, share)


def _balanced(
    held: FloatArray,
    destination: FloatArray,
    charged: BoolArray,
    value: float,
    buy_rate: FloatArray,
    sell_rate: FloatArray,
    fee: FloatArray,
    kept: float = 0.0,
    total_share: float = 1.0,
) -> float:
    """The K of kept + K x total_share + costs(K) = value, with costs where ``charged`` (n,).

    The left side is convex and rises, so Newton's steps from the value come down to the root and end
    there after a few.
    """
    spent_fees = float(fee[charged].sum())
    moved, share = held[charged], destination[charged]
    buy, sell = buy_rate[charged], sell_rate[charged]

    def excess(scale: float) -> tuple[float, float]:
        change = share * scale - moved
        slope_of_cost = np.where(change > 0, buy, -sell)
        total = kept + scale * total_share + float(slope_of_cost @ change) + spent_fees - value
        return total, total_share + float(slope_of_cost @ share)

    return _newton_root(excess, value)


def _newton_root(excess: Callable[[float], tuple[float, float]], start: float) -> float:
    at = start
    for _ in range(200):
        total, slope = excess(at)
        if slope <= 0:
            return at
        following = at - total / slope
        if abs(following - at) <= 1e-15 * abs(start):  # relative: no unit of money is special
            return float(following)
        at = following
    return float(at)
