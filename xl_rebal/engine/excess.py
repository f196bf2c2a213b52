"""How far weights are outside their bounds, all together."""

from __future__ import annotations

import numpy as np

from xl_rebal.typing import FloatArray

COSTS_COUNT = 2.0
"""How often money paid in costs counts beside what is outside.

It makes the line that it comes from less heavy, and, since less is left, others less short: counted
less than twice, paying it could look like an improvement.
"""


def excess(weights: FloatArray, least: FloatArray, greatest: FloatArray) -> float:
    """The sum of what is above ``greatest`` and what is below ``least``; all (n,), weights.

    >>> excess(np.array([0.75, 0.25]), np.array([0.25, 0.5]), np.array([0.5, 0.75]))
    0.5
    """
    above, below = weights - greatest, least - weights
    return float(np.maximum(above, 0.0).sum() + np.maximum(below, 0.0).sum())
