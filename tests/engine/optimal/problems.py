"""Random problems of every kind from a seed, and what they are made of."""

from __future__ import annotations

import numpy as np

from xl_rebal.engine.optimal import DenseRisk, FactorRisk, OptimalProblem, Risk
from xl_rebal.typing import FloatArray

RISKS = ("dense", "factors", "sample", "few rows", "no specific risk")
COSTS = ("equal", "unequal", "buys and sales", "none", "huge", "some free")
BOUNDS = ("long only", "box", "outside at first", "short", "locked")


def random_problem(seed: int, n: int | None = None) -> OptimalProblem:
    """Weights with zero holdings and targets, a covariance, costs and bounds, each kind by chance."""
    random = np.random.default_rng(seed)
    n = n or int(random.integers(2, 61))
    target = random.dirichlet(np.full(n, random.choice([0.5, 1.0, 5.0])))
    current = target * random.lognormal(0, random.choice([0.05, 0.3, 1.0]), n)
    if random.random() < 0.4:
        current[random.random(n) < 0.3] = 0.0
    if random.random() < 0.2:
        target[random.random(n) < 0.2] = 0.0
    target, current = whole(target), whole(current)
    if random.random() < 0.05:
        current = target.copy()
    buy, sell = costs(random, n)
    lower, upper = bounds(random, current, target)
    aversion = float(random.choice([0.0, 0.1, 1.0, 5.0, 50.0], p=[0.05, 0.15, 0.3, 0.3, 0.2]))
    return OptimalProblem(current, target, risk(random, n), aversion, buy, sell, lower, upper)


def whole(weights: FloatArray) -> FloatArray:
    """Weights that add to 1; all in the first where there are none."""
    if not weights.sum() > 0:
        weights = np.eye(len(weights))[0]
    weights = weights / weights.sum()
    return np.asarray(weights / weights.sum())


def risk(random: np.random.Generator, n: int) -> Risk:
    k = int(random.integers(1, max(2, min(n // 2, 10) + 1)))
    factors = np.column_stack([0.16 * random.normal(1, 0.3, n), random.normal(0, 0.06, (n, k - 1))])
    specific = random.uniform(0.05, 0.35, n) ** 2
    if random.random() < 0.4:  # cash
        factors[0], specific[0] = 0.0, 0.0
    kind = random.choice(RISKS)
    if kind == "factors":
        return FactorRisk(factors, specific)
    if kind == "no specific risk":
        bare = np.where(random.random(n) < 0.5, 0.0, specific)
        return (
            FactorRisk(factors, bare) if random.random() < 0.5 else DenseRisk(factors @ factors.T)
        )
    if kind == "dense":
        return DenseRisk(factors @ factors.T + np.diag(specific))
    rows = int(random.integers(2, n + 2)) if kind == "few rows" else 3 * n
    returns = random.normal(size=(rows, k)) @ factors.T
    returns += random.normal(size=(rows, n)) * np.sqrt(specific)
    covariance = np.atleast_2d(np.cov(returns.T))
    return DenseRisk((covariance + covariance.T) / 2)


def costs(random: np.random.Generator, n: int) -> tuple[FloatArray, FloatArray]:
    rate = 10.0 ** random.uniform(-5, -1.5)
    equal = np.full(n, rate)
    kind = random.choice(COSTS)
    if kind == "none":
        return np.zeros(n), np.zeros(n)
    if kind == "huge":
        return np.full(n, 1e3), np.full(n, 1e3)
    if kind == "unequal":
        each = equal * random.uniform(0.1, 3, n)
        return each, each
    if kind == "buys and sales":
        return equal * random.uniform(0.1, 3, n), equal * random.uniform(0, 3, n)
    if kind == "some free":
        return equal * (random.random(n) < 0.5), equal * (random.random(n) < 0.5)
    return equal, equal


def bounds(
    random: np.random.Generator, current: FloatArray, target: FloatArray
) -> tuple[FloatArray, FloatArray]:
    n = len(current)
    lower, upper = np.zeros(n), np.full(n, np.inf)
    kind = random.choice(BOUNDS)
    if kind == "box":
        return 0.95 * np.minimum(current, target), 1.05 * np.maximum(current, target)
    if kind == "outside at first":
        return 0.5 * target, np.minimum(1.0, 2 * target + 0.05)
    if kind == "short":
        return np.full(n, -0.2), upper
    if kind == "locked":
        locked = random.random(n) < 0.3
        return np.where(locked, current, lower), np.where(locked, current, upper)
    return lower, upper
