"""Portfolios between trades: shares are held, so values and weights are products of price ratios.

A path is cut into segments. Segment k begins at row ``starts[k]`` with ``shares[k]`` (n,) and lasts up to
and including the row at which the next begins; its first row is that after the trade. Nothing here
loops over rows.
"""

from __future__ import annotations

import numpy as np

from xl_rebal.numerics.bands import is_breached
from xl_rebal.numerics.costs import is_traded
from xl_rebal.numerics.performance import wealth_path
from xl_rebal.typing import FloatArray, IntArray

_FIRST_CHUNK = 32  # looks that are examined at once; doubled as long as nothing is found
_MOST_CHUNK = 4096
_MOST_STEPS = 60  # two or three are usual


def held_values(prices: FloatArray, starts: IntArray, shares: FloatArray) -> FloatArray:
    """Currency value of each asset on each row after the trades of that row; (T, n), by asset.

    prices: (T, n), starts: rising, the first 0, shape (K,), shares: (K, n).
    """
    lengths = np.append(starts[1:], len(prices)) - starts
    held = np.repeat(shares.T, lengths, axis=1)
    return np.multiply(prices.T, held, out=held).T


def first_breach(
    prices: FloatArray,
    shares: FloatArray,
    looks: IntArray,
    target: tuple[FloatArray, IntArray],
    bands: tuple[FloatArray, FloatArray, IntArray],
    size: int = 0,
) -> int | None:
    """The first row of ``looks`` on which held ``shares`` (n,) are out of their bands; None if none.

    ``target``: lines (m, n), and which of them holds on each row of prices, (T,). ``bands``: how far they
    reach below and above, lines (k, n) each, and which of them holds on each row. ``size``: how many looks
    will probably be enough; it decides on the time only.
    """
    below, above, which = bands
    at, size = 0, max(size, _FIRST_CHUNK)
    while at < len(looks):
        rows = looks[at : at + size]
        span, held = _rows_of(prices, rows)
        held = held * shares
        held /= np.add.reduce(held, axis=1, keepdims=True)
        held -= _lines(*target, span)
        upper = _lines(above, which, span)
        lower = upper if below is above else _lines(below, which, span)
        found = np.logical_or.reduce(is_breached(held, lower, upper), axis=1)
        first = int(found.argmax())
        if found[first]:
            return int(rows[first])
        at, size = at + size, min(2 * size, _MOST_CHUNK)
    return None


def _rows_of(prices: FloatArray, rows: IntArray) -> tuple[slice | IntArray, FloatArray]:
    """An index of the rising ``rows``, a slice where none is left out, and their prices, by asset."""
    first, past = int(rows[0]), int(rows[-1]) + 1
    if past - first == len(rows):
        return slice(first, past), prices[first:past]
    return rows, prices.T.take(rows, axis=1).T


def _lines(lines: FloatArray, which: IntArray, rows: slice | IntArray) -> FloatArray:
    return lines[0] if len(lines) == 1 else lines[which[rows]]


def rebalanced_path(
    prices: FloatArray,
    starts: IntArray,
    target: FloatArray,
    buy_rate: FloatArray,
    sell_rate: FloatArray,
    pre_trade: bool = False,
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Buy ``target`` (n,) on row 0 and return to it on the other rows ``starts`` (K + 1,): all at once.

    Returns the weights before each of the K trades (K, n), the wealth then (K,), what the trade leaves of
    it, a factor (K,), and the shares of each segment, (K + 1, n); all for a wealth of 1 on row 0. The costs
    are paid from wealth by the exact rule, or with ``pre_trade`` from the wealth before costs.
    """
    at_starts = prices[starts]
    grown = target * (at_starts[1:] / at_starts[:-1])
    growth = grown.sum(axis=1)
    before = grown / growth[:, None]
    factor = cost_factors(before, target, buy_rate, sell_rate, pre_trade)
    wealth = wealth_path(growth * factor)
    shares = target * wealth[:, None] / at_starts
    return before, wealth[:-1] * growth, factor, shares


def cost_factors(
    before: FloatArray,
    target: FloatArray,
    buy_rate: FloatArray,
    sell_rate: FloatArray,
    pre_trade: bool = False,
) -> FloatArray:
    """What is left of a wealth of 1 when ``before`` (K, n) goes to ``target``, rates a side; (K,).

    target: (n,) or (K, n). The exact rule solves f + sum c_i |t_i f - w_i| = 1 over the traded assets of each
    row. Where it is known which of them are bought that is a linear equation; what its solution buys
    is looked at again until it is the same. The left side is convex and rises, so these are Newton's steps from
    1 down to the root.
    """
    if not buy_rate.any() and not sell_rate.any():
        return np.ones(len(before))
    traded = is_traded(before, target)
    buy, sell = np.where(traded, buy_rate, 0.0), np.where(traded, -sell_rate, 0.0)
    is_bought = target > before
    if pre_trade:
        return np.asarray(1.0 - (np.where(is_bought, buy, sell) * (target - before)).sum(axis=1))
    factor = np.ones(len(before))
    open_rows = np.arange(len(before))
    for _ in range(_MOST_STEPS):
        rate = np.where(is_bought, buy, sell)
        found = (1.0 + _dot(rate, before)) / (1.0 + _dot(rate, target))
        factor[open_rows] = found
        again = found[:, None] * target > before
        changed = (again != is_bought).any(axis=1)
        if not changed.any():
            break
        open_rows, is_bought = open_rows[changed], again[changed]
        before, buy, sell = before[changed], buy[changed], sell[changed]
        target = target if target.ndim == 1 else target[changed]
    return factor


def _dot(left: FloatArray, right: FloatArray) -> FloatArray:
    """Products of the rows of ``left`` (K, n) with those of ``right`` (K, n), or with ``right`` (n,).

    Not by matrix products, whose last bit depends on the machine.
    """
    return np.asarray(np.einsum("...n,...n->...", left, right))
