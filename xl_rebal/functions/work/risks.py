"""The argument of risk, aligned with the assets of a portfolio."""

from __future__ import annotations

import numpy as np

from xl_rebal.arguments import Pair, Risk, per_asset
from xl_rebal.errors import Code, InputError, Problem
from xl_rebal.typing import FloatArray
from xl_rebal.wording import counted


def _need(risk: Risk | None, expected: str, name: str) -> Risk:
    if risk is None:
        raise InputError(
            Problem(Code.MISSING_RISK, "no risk", expected, f"Give the {name} argument.",
                    argument=name)
        )  # fmt: skip
    return risk


def volatility_of(risk: Risk | None, pair: Pair) -> FloatArray:
    """Annual volatilities, one an asset of the pair: (n,)."""
    given = _need(risk, "annual volatilities, one an asset", "risk")
    if given.vector is None:
        return np.sqrt(np.maximum(np.diag(covariance_of(given, pair)), 0))
    labels = given.vector.labels
    if len(given.vector) == 1 and len(pair.first) > 1 and labels is None:
        raise InputError(
            Problem(Code.SHAPES_DIFFER, "1 number", f"{len(pair.first)} volatilities",
                    argument="risk")
        )  # fmt: skip
    return per_asset(given.vector, pair.labels, len(pair.first), "risk")


def covariance_of(risk: Risk | None, pair: Pair, name: str = "risk") -> FloatArray:
    """The annual covariance of the assets of the pair, (n, n), matched by label where both have some."""
    given = _need(risk, "an annual covariance, a square of numbers", name)
    count = len(pair.first)
    matrix = given.matrix
    if matrix is None and given.vector is not None and count == 1:
        matrix = given.vector.values.reshape(1, 1)
    if matrix is None or (given.labels is None and matrix.shape != (count, count)):
        size = counted(len(given.vector), "number") if given.vector is not None else "another size"
        raise InputError(
            Problem(Code.SHAPES_DIFFER, size, f"a covariance of {count} x {count}",
                    argument=name)
        )  # fmt: skip
    if given.labels is None or pair.labels is None:
        return matrix
    known = {label.casefold(): i for i, label in enumerate(given.labels)}
    missing = [label for label in pair.labels if label.casefold() not in known]
    if missing:
        raise InputError(
            Problem(Code.MISSING_RISK, f"nothing for {missing[0]}", "a row for each asset",
                    argument=name)
        )  # fmt: skip
    order = [known[label.casefold()] for label in pair.labels]
    return np.asarray(matrix[np.ix_(order, order)])
