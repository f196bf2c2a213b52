"""Hypothesis strategies for weights, bands, limits and prices: zeros, ties, tiny, huge, at the edge.

Weights are fractions that add to 1; widths are half-widths. All vectors of one case are aligned.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st

from xl_rebal.typing import FloatArray

HALF_WIDTHS = (0.0, 1e-13, 0.01, 0.025, 0.05, 0.2, 1.0)
"""None at all, one below the tolerance of weights, the usual ones, one that never binds."""


@dataclass(frozen=True)
class Case:
    """Current and target weights with the half-widths below and above; all (n,)."""

    current: FloatArray
    target: FloatArray
    lower: FloatArray
    upper: FloatArray

    def permuted(self, order: list[int]) -> Case:
        """The same case with its assets in another order."""
        return Case(*(v[order] for v in (self.current, self.target, self.lower, self.upper)))

    def __len__(self) -> int:
        return len(self.current)


def _normalised(parts: list[float]) -> FloatArray:
    values = np.array(parts, dtype=np.float64)
    return np.asarray(values / values.sum())


def simplex(n: int) -> st.SearchStrategy[FloatArray]:
    """Weights of n assets: round ones with ties and zeros, any floats, and 14 orders of size."""
    round_ones = st.lists(st.integers(0, 20).map(float), min_size=n, max_size=n)
    plain = st.lists(st.floats(0.001, 1.0), min_size=n, max_size=n)
    orders = st.lists(st.sampled_from([1e-14, 1e-9, 1e-4, 1.0, 3.0]), min_size=n, max_size=n)
    return st.one_of(round_ones, plain, orders).filter(any).map(_normalised)


@st.composite
def weight_pairs(draw: st.DrawFn, least: int = 1, most: int = 7) -> tuple[FloatArray, FloatArray]:
    """Current and target weights of ``least`` to ``most`` assets."""
    n = draw(st.integers(least, most))
    return draw(simplex(n)), draw(simplex(n))


@st.composite
def cases(draw: st.DrawFn, least: int = 1, most: int = 6) -> Case:
    """Weights with bands: each asset its own, other below than above, some exactly at the edge."""
    current, target = draw(weight_pairs(least, most))
    n = len(current)
    widths = st.lists(st.sampled_from(HALF_WIDTHS), min_size=n, max_size=n).map(np.array)
    lower, upper = draw(widths), draw(widths)
    for i in draw(st.sets(st.integers(0, n - 1), max_size=2)):  # drift = band, to the last bit
        lower[i] = upper[i] = abs(current[i] - target[i])
    return Case(current, target, lower, upper)


@st.composite
def limits(draw: st.DrawFn, current: FloatArray) -> tuple[FloatArray, FloatArray]:
    """What can be reached from ``current``: free, locked, no sale, no purchase, or half of each."""
    least, greatest = np.zeros_like(current), np.full_like(current, np.inf)
    for i, w in enumerate(current.tolist()):
        ways = {
            "free": (0.0, np.inf),
            "locked": (w, w),
            "no sale": (w, np.inf),
            "no purchase": (0.0, w),
            "partly": (w / 2, w + 0.1),
        }
        least[i], greatest[i] = ways[draw(st.sampled_from(sorted(ways)))]
    return least, greatest


@st.composite
def price_tables(draw: st.DrawFn, assets: int) -> FloatArray:
    """Prices (T, n) of 1 to 12 rows, from a ten-thousandth to a hundred million."""
    rows = draw(st.integers(1, 12))
    start = draw(
        st.lists(st.sampled_from([1e-4, 1.0, 37.5, 1e8]), min_size=assets, max_size=assets)
    )
    growth = st.lists(st.floats(0.5, 1.5), min_size=assets, max_size=assets)
    table = [np.array(start)]
    for _ in range(rows - 1):
        table.append(table[-1] * np.array(draw(growth)))
    return np.array(table)
