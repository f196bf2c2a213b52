"""Optimal weights: tracking risk against the cost of trading."""

from __future__ import annotations

import numpy as np

from xl_rebal.arguments import Pair, Risk, Vector, paired, per_asset
from xl_rebal.engine.optimal import DenseRisk, Limits, OptimalProblem, solve
from xl_rebal.errors import Code, InputError, Problem
from xl_rebal.functions.shared import RATE, refuse_unlisted, shaped_like
from xl_rebal.functions.work.risks import covariance_of
from xl_rebal.model.cash import CASH
from xl_rebal.numerics.covariance import repaired
from xl_rebal.typing import FloatArray
from xl_rebal.wording import shown
from xl_rebal.worksheet import Answer


def optimal_weights(
    current: Vector,
    target: Vector,
    covariance: Risk,
    cost: Vector,
    risk_aversion: float,
    sell_cost: Vector | None,
    tax: float,
    gain_fraction: Vector | None,
    max_turnover: float | None,
    lower: Vector | None,
    upper: Vector | None,
) -> Answer:
    """The weights of least balance within the limits, shaped like ``current``."""
    pair = paired(current, target, ("current", "target"))
    refuse_unlisted(pair, current)
    if (pair.first < 0).any():
        raise InputError(
            Problem(Code.OUT_OF_RANGE, f"{shown(float(pair.first.min()))} in current",
                    "weights of 0 or more", "Short positions are not supported.", argument="current")
        )  # fmt: skip
    count = len(pair.first)
    buys = _rates(cost, pair, "cost")
    sells = buys if sell_cost is None else _rates(sell_cost, pair, "sell_cost")
    if gain_fraction is not None:
        sells = sells + tax * np.maximum(_each(gain_fraction, pair, "gain_fraction"), 0.0)
    least = np.zeros(count) if lower is None else _each(lower, pair, "lower")
    most = np.full(count, np.inf) if upper is None else _each(upper, pair, "upper")
    if (least > most).any():
        at = int(np.argmax(least > most))
        found = f"at least {shown(float(least[at]))} and at most {shown(float(most[at]))}"
        raise InputError(
            Problem(Code.CONFLICT, f"{found} of {pair.shown[at]}", "a lower limit below the upper one",
                    argument="lower")
        )  # fmt: skip
    matrix = repaired(covariance_of(covariance, pair, "covariance")).covariance
    problem = OptimalProblem(
        pair.first, pair.second, DenseRisk(matrix), risk_aversion, buys, sells, least, most,
        tuple(str(each) for each in pair.shown) if pair.labels else (),
    )  # fmt: skip
    limits = None if max_turnover is None else Limits(turnover=max_turnover)
    return shaped_like(current, solve(problem, limits).weights.tolist())


def _each(given: Vector, pair: Pair, name: str) -> FloatArray:
    return per_asset(given, pair.labels, len(pair.first), name)


def _rates(given: Vector, pair: Pair, name: str) -> FloatArray:
    """Costs per side; CASH has none."""
    found = _each(given, pair, name)
    for each in found.tolist():
        RATE(each, name)
    return np.where([label == CASH for label in pair.names], 0.0, found)
