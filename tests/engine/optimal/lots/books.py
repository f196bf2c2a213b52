"""Short ways to write a problem with lots."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from xl_rebal.engine.optimal import DenseRisk, OptimalProblem
from xl_rebal.engine.optimal.lots import Lots, TaxedProblem, TaxRates

RATES = TaxRates(short=0.4, long=0.2, short_loss=0.4, long_loss=0.2)


class Lot(NamedTuple):
    asset: int
    weight: float
    gain: float
    is_long: bool = True
    washed: bool = False
    locked: bool = False


def lots_of(*lots: Lot) -> Lots:
    return Lots(
        np.array([each.asset for each in lots], dtype=np.int64),
        np.array([each.weight for each in lots], dtype=np.float64),
        np.array([each.gain for each in lots], dtype=np.float64),
        np.array([each.is_long for each in lots], dtype=np.bool_),
        np.array([each.washed for each in lots], dtype=np.bool_),
        np.array([each.locked for each in lots], dtype=np.bool_),
    )


def problem(
    current: list[float],
    target: list[float],
    cost: float = 0.001,
    aversion: float = 1.0,
    lower: list[float] | None = None,
    upper: list[float] | None = None,
) -> OptimalProblem:
    """Assets of variance 0.04 and correlation 0.5 named A, B, C ..., the last of which is cash."""
    n = len(current)
    covariance = np.full((n, n), 0.02) + 0.02 * np.eye(n)
    covariance[-1, :] = covariance[:, -1] = 0.0
    rate = np.full(n, cost)
    rate[-1] = 0.0
    return OptimalProblem(
        np.array(current), np.array(target), DenseRisk(covariance), aversion, rate, rate,
        np.zeros(n) if lower is None else np.array(lower),
        np.full(n, np.inf) if upper is None else np.array(upper),
        (*"ABCDEFG"[: n - 1], "CASH"),
    )  # fmt: skip


def taxed(
    given: OptimalProblem,
    *lots: Lot,
    harvest: bool = False,
    groups: list[int] | None = None,
    unbuyable: tuple[int, ...] = (),
    rates: TaxRates = RATES,
) -> TaxedProblem:
    may_buy = np.ones(given.size, dtype=np.bool_)
    may_buy[list(unbuyable)] = False
    identity = np.array(groups or [], dtype=np.int64)
    return TaxedProblem(given, lots_of(*lots), rates, may_buy, identity, harvest)
