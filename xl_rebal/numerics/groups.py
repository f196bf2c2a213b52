"""Sums by group: positions to lines."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from xl_rebal.typing import FloatArray, IntArray


def group_sums(values: FloatArray | Sequence[float], group: IntArray, count: int) -> FloatArray:
    """Sums (count,) of ``values`` (n,) whose groups are numbered 0..count - 1; 0 of an empty one.

    >>> group_sums([1.0, 2.0, 4.0], np.array([2, 0, 2]), 3)
    array([2., 0., 5.])
    """
    # Of no values at all NumPy makes whole numbers.
    return np.bincount(group, values, count).astype(np.float64, copy=False)
