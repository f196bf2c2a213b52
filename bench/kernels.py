"""The compiled yardstick: plain loops over days and assets, as one would write them for numba.

Each path gives the value and the weights of every day and the rows of its trades. Without numba the
same loops run in plain Python, slowly; ``IS_COMPILED`` says which. Costs are paid from wealth: what is left
of it solves f + c sum |t_i f - w_i| = 1.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TypeVar

import numpy as np

from xl_rebal.typing import BoolArray, FloatArray, IntArray

F = TypeVar("F", bound=Callable[..., object])

try:
    _njit = import_module("numba").njit
    IS_COMPILED = True
except ImportError:
    IS_COMPILED = False


def compiled(function: F) -> F:
    """Compiled where numba is there; called once before it is timed."""
    return _njit(function) if IS_COMPILED else function


@compiled
def left_after_costs(before: FloatArray, target: FloatArray, rate: float) -> float:
    """What is left of a wealth of 1 that goes from weights ``before`` (n,) to ``target`` (n,)."""
    factor = 1.0
    for _ in range(60):
        over, slope = factor - 1.0, 1.0
        for i in range(len(target)):
            change = factor * target[i] - before[i]
            side = rate if change > 0 else -rate
            over += side * change
            slope += side * target[i]
        step = over / slope
        factor -= step
        if abs(step) <= 1e-16:
            break
    return factor


@compiled
def path(
    prices: FloatArray,
    target: FloatArray,
    looks: BoolArray,
    band: float,
    rate: float,
    value: FloatArray,
    weights: FloatArray,
    trades: IntArray,
) -> int:
    """To ``target`` (n,) on the rows of ``looks`` (T,) on which an asset is more than ``band`` from it.

    A negative band trades on each of them. Fills ``value`` (T,), ``weights`` (T, n) after the trades and
    ``trades`` (T,) with their rows, and gives the number of trades.
    """
    rows, assets = prices.shape
    shares = target / prices[0]
    held = np.empty(assets)
    value[0] = 1.0
    weights[0] = target
    count = 0
    for t in range(1, rows):
        wealth = 0.0
        for i in range(assets):
            held[i] = shares[i] * prices[t, i]
            wealth += held[i]
        is_out = False
        for i in range(assets):
            held[i] /= wealth
            if abs(held[i] - target[i]) > band + 1e-12:
                is_out = True
        if is_out and looks[t] and t < rows - 1:
            wealth *= left_after_costs(held, target, rate)
            for i in range(assets):
                shares[i] = target[i] * wealth / prices[t, i]
                weights[t, i] = target[i]
            trades[count] = t
            count += 1
        else:
            for i in range(assets):
                weights[t, i] = held[i]
        value[t] = wealth
    return count


@compiled
def many_bands(
    prices: FloatArray,
    target: FloatArray,
    looks: BoolArray,
    bands: FloatArray,
    rate: float,
    values: FloatArray,
    weights: FloatArray,
    trades: IntArray,
    counts: IntArray,
) -> None:
    """One path for each of ``bands`` (m,): ``values`` and ``trades`` (m, T), ``counts`` (m,).

    ``weights`` (T, n) are those of the last: all would not fit into memory.
    """
    for k in range(len(bands)):
        counts[k] = path(prices, target, looks, bands[k], rate, values[k], weights, trades[k])
