"""Buy and hold between trades: how weights drift with returns."""

from __future__ import annotations

import numpy as np

from xl_rebal.typing import FloatArray


def grown_weights(weights: FloatArray, returns: FloatArray) -> FloatArray:
    """Weights after one period without trading, w_i (1 + r_i) / sum w_j (1 + r_j); shape (n,).

    ``returns`` are simple returns of the period (0.01 = 1 %).

    >>> grown_weights(np.array([0.5, 0.5]), np.array([0.5, -0.5]))
    array([0.75, 0.25])
    """
    values = weights * (1 + returns)
    return np.asarray(values / values.sum())


def weight_path(weights: FloatArray, prices: FloatArray) -> FloatArray:
    """Weights on each row of ``prices`` (T, n) when ``weights`` (n,) are held from its first row.

    The first row is ``weights`` itself: there is no return, and no gap, on the first day.

    >>> weight_path(np.array([0.5, 0.5]), np.array([[10.0, 10.0], [15.0, 5.0]]))
    array([[0.5 , 0.5 ], [0.75, 0.25]])
    """
    values = weights * (prices / prices[0])
    path = np.asarray(values / values.sum(axis=1, keepdims=True))
    path[0] = weights  # to the last bit: a drift of nothing on the first day
    return path
