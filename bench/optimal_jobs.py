"""The problems of ``bench.optimal``: the same numbers from the same seed, wherever they are wanted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xl_rebal.typing import FloatArray

RATE = 0.001  # 10 bp a side: the cost level c
AVERSION = 5.0


@dataclass(frozen=True)
class OptimalJob:
    """Long-only, equal costs: everything that a solver is given; ``factors`` (n, k) where the risk has them."""

    current: FloatArray
    target: FloatArray
    covariance: FloatArray
    factors: FloatArray | None
    specific: FloatArray
    rate: float

    def objective(self, weights: FloatArray) -> float:
        off = weights - self.target
        risk = float(off @ self.covariance @ off)
        return AVERSION * risk + self.rate * float(np.abs(weights - self.current).sum())


def job(assets: int, has_factors: bool, part: float, seed: int = 1) -> OptimalJob:
    """Holdings that drifted by some 30 % from lognormal targets; a market and up to 19 other factors."""
    random = np.random.default_rng(seed)
    k = max(1, min(20, assets // 5))
    others = random.normal(0.0, 0.05, (assets, k - 1))
    factors = np.column_stack([random.normal(1.0, 0.3, assets) * 0.16, others])
    specific = random.uniform(0.10, 0.35, assets) ** 2
    target = random.lognormal(0.0, 1.0, assets)
    current = target * random.lognormal(0.0, 0.3, assets)
    covariance = factors @ factors.T + np.diag(specific)
    return OptimalJob(
        current / current.sum(), target / target.sum(), covariance,
        factors if has_factors else None, specific, RATE * part,
    )  # fmt: skip
