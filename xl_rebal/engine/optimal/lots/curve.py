"""What trading one asset costs, with tax: a piecewise linear function of its weight afterwards.

Lots are sold in the order of their tax, so each lot is one piece and the sale's pieces rise. With the saving
of a loss beyond the costs of a sale and a purchase the whole is not convex at the current weight;
then its greatest convex function below is what a bound may use.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xl_rebal.typing import FloatArray


@dataclass(frozen=True, eq=False)
class Curve:
    """``costs`` (k,) at the weights ``points`` (k,), which rise; between them linear with ``slopes`` (k - 1,).

    k = 1 is an asset that stays where it is.
    """

    points: FloatArray
    costs: FloatArray
    slopes: FloatArray

    @property
    def least(self) -> float:
        return float(self.points[0])

    @property
    def most(self) -> float:
        return float(self.points[-1])

    @property
    def is_convex(self) -> bool:
        """Whether slopes never fall."""
        return bool((np.diff(self.slopes) >= 0).all())

    def cost(self, weight: float) -> float:
        """The cost of ending at ``weight``."""
        return float(np.interp(weight, self.points, self.costs))

    def is_cheapest(self, weight: float) -> bool:
        """Whether no weight costs less than ``weight``, which is on the curve."""
        if not self.least <= weight <= self.most:
            return False
        below = self.slopes[self.points[:-1] < weight]
        above = self.slopes[self.points[1:] > weight]
        return bool((below <= 0).all() and (above >= 0).all())

    def within(self, least: float, most: float) -> Curve | None:
        """The part between two weights; None where there is none."""
        low, high = max(least, self.least), min(most, self.most)
        if low > high:
            return None
        if low == high:
            return Curve(np.array([low]), np.array([self.cost(low)]), np.empty(0))
        first = int(np.searchsorted(self.points, low, side="right"))
        last = int(np.searchsorted(self.points, high, side="left"))
        points = np.concatenate(([low], self.points[first:last], [high]))
        costs = np.interp(points, self.points, self.costs)
        return Curve(points, costs, self.slopes[first - 1 : last])

    def convex(self) -> Curve:
        """The greatest convex function that is nowhere above: pieces whose slopes fall are made one."""
        if self.is_convex:
            return self
        kept, slopes = [0], list[float]()
        for new in range(1, len(self.points)):
            slope = float(self.slopes[new - 1])
            while slopes and slopes[-1] > slope:
                kept.pop()
                slopes.pop()
                before = kept[-1]
                rise = float(self.costs[new] - self.costs[before])
                slope = rise / float(self.points[new] - self.points[before])
            kept.append(new)
            slopes.append(slope)
        return Curve(self.points[kept], self.costs[kept], np.array(slopes))


def corners(current: float, sizes: FloatArray, least: float) -> FloatArray:
    """Weights (m + 1,) before each of the lots of ``sizes`` (m,) is sold in this order, and after the last.

    >>> corners(0.3, np.array([0.1, 0.2]), 0.0).tolist()
    [0.3, 0.2, 0.0]
    """
    left = least + np.concatenate((np.cumsum(sizes[::-1])[::-1], [0.0]))
    left[0] = current
    return np.asarray(left)


def trading_curve(
    left: FloatArray, sizes: FloatArray, rates: FloatArray, buy: float, most: float
) -> Curve:
    """Lots of ``sizes`` (m,) sold in this order at rising ``rates`` (m,) of the proceeds, between the
    ``corners`` ``left`` (m + 1,); bought at ``buy`` up to ``most``. Neighbours of one rate are one piece.

    >>> sizes = np.array([0.1, 0.2])
    >>> curve = trading_curve(corners(0.3, sizes, 0.0), sizes, np.array([0.01, 0.05]), 0.02, 0.4)
    >>> curve.points.round(3).tolist(), curve.costs.round(3).tolist(), curve.slopes.round(3).tolist()
    ([0.0, 0.2, 0.3, 0.4], [0.011, 0.001, 0.0, 0.002], [-0.05, -0.01, 0.02])
    """
    paid = np.concatenate(([0.0], np.cumsum(sizes * rates)))
    kept = [0]
    for lot in range(len(sizes)):
        is_last_of_rate = lot + 1 == len(sizes) or rates[lot + 1] > rates[lot]
        if is_last_of_rate and left[lot + 1] < left[kept[-1]]:
            kept.append(lot + 1)
    points, costs = left[kept][::-1], paid[kept][::-1]
    slopes = -rates[np.array(kept[1:], dtype=np.int64) - 1][::-1]
    if most > left[0]:
        points, costs = np.append(points, most), np.append(costs, buy * (most - left[0]))
        slopes = np.append(slopes, buy)
    return Curve(points, costs, slopes)
