"""Portfolios that were at one target on some row: how they have grown and drifted on later rows.

After a return to the target on row s what becomes of a portfolio by row t depends on (s, t) alone, whatever
policy sent it there and whatever that cost: it has grown by G = sum t_i P_ti / P_si, and its weights
are t_i P_ti / (P_si G). So policies that share a target share these numbers. All rows of a block are
computed at once; nothing here loops over rows.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from xl_rebal.numerics.tolerance import WEIGHT_TOLERANCE
from xl_rebal.typing import FloatArray, IntArray

_CACHED = 40_000  # numbers worked on at once, so that they stay near the processor
_TINY = 1e-300  # instead of a band of nothing: whatever drifts beyond the tolerance is out of it


class Drifted(NamedTuple):
    """By portfolio and row: the growth G, the largest absolute drift, and the reach.

    An asset is out of bands of a multiple of ``shape`` where that multiple is below the reach; where all
    assets have one width the reach is the drift itself, to be compared with the width and the tolerance.
    """

    growth: FloatArray
    drift: FloatArray
    reach: FloatArray


class FromTarget:
    """Portfolios in assets with prices (n, T) that start from a target (n,).

    Bands are multiples of ``shape`` (n,), half-widths; None: the same width for every asset.
    """

    def __init__(self, prices: FloatArray, target: FloatArray, shape: FloatArray | None) -> None:
        self._prices = np.ascontiguousarray(prices)
        self._target = target
        self._shape = None if shape is None else np.maximum(shape, _TINY)
        self._shares = target[:, None] / prices  # of a wealth of 1 on each row
        self._is_even = len(target) > 2 and bool(np.all(target == target[0]))
        self._scratch = np.empty(_CACHED)  # kept: fresh memory is slower than the arithmetic

    def later(self, starts: IntArray, first: int, end: int) -> Drifted:
        """Portfolios that start on ``starts`` (A,), on the rows from ``first`` to ``end``; (A, rows)."""
        prices, shares = self._prices[:, first:end], self._shares.take(starts, axis=1)
        found = self._room(len(starts), end - first)
        step = max(1, _CACHED // prices.size)
        for at in range(0, len(starts), step):
            part = slice(at, min(at + step, len(starts)))
            values = self._values(part.stop - at, end - first)
            np.multiply(prices[:, None, :], shares[:, part, None], out=values)
            self._measure(values, Drifted(*(each[part] for each in found)))
        return found

    def within(self, first: int, blocks: int, width: int) -> Drifted:
        """Portfolios that start on each row of ``blocks`` blocks of ``width`` rows, seen on the rows of
        their own block; (blocks, width start rows, width rows).

        Up to the start they have grown by 1, and drift and reach are 0.
        """
        shape = (len(self._prices), blocks, width)
        rows = slice(first, first + blocks * width)
        prices, shares = (
            np.ascontiguousarray(each[:, rows].reshape(shape).transpose(0, 2, 1))
            for each in (self._prices, self._shares)
        )
        lagged = self._room(width, width, blocks)
        for each, at_start in zip(lagged, (1.0, 0.0, 0.0), strict=True):
            each[0] = at_start
        for lag in range(1, width):  # all pairs of rows so far apart
            count = width - lag
            values = self._values(count, blocks)
            np.multiply(prices[:, lag:], shares[:, :-lag], out=values)
            self._measure(values, Drifted(*(each[lag, :count] for each in lagged)))
        start, row = np.indices((width, width))
        apart = np.maximum(row - start, 0)
        growth, drift, reach = (
            np.ascontiguousarray(each[apart, start].transpose(2, 0, 1)) for each in lagged
        )
        return Drifted(growth, drift, reach)

    def _values(self, *shape: int) -> FloatArray:
        """Room for a value of each asset, (n, ...)."""
        size = len(self._prices) * shape[0] * shape[1]
        if size > len(self._scratch):
            self._scratch = np.empty(size)
        return self._scratch[:size].reshape(-1, *shape)

    def _room(self, *shape: int) -> Drifted:
        """Room for what is found; drift and reach are one and the same where all bands have one width."""
        growth, drift = np.empty(shape), np.empty(shape)
        return Drifted(growth, drift, drift if self._shape is None else np.empty(shape))

    def _measure(self, values: FloatArray, found: Drifted) -> None:
        """Fill ``found`` from values (n, ...) of what was a wealth of 1; they are used up.

        Sums are numpy's own and not those of a matrix product, whose last bit depends on the machine.
        """
        inverse = 1.0 / np.add.reduce(values, axis=0, out=found.growth)
        target = self._target
        if self._is_even and self._shape is None:  # the most or the least valuable is the farthest
            target = target[:2]
            values = np.array(
                [np.maximum.reduce(values, axis=0), np.minimum.reduce(values, axis=0)]
            )
        values *= inverse
        values -= target[:, None, None]
        np.abs(values, out=values)
        np.maximum.reduce(values, axis=0, out=found.drift)
        if self._shape is not None:
            values -= WEIGHT_TOLERANCE
            values /= self._shape[:, None, None]
            np.maximum.reduce(values, axis=0, out=found.reach)
