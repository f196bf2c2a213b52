"""How far a portfolio is from its target."""

from __future__ import annotations

import numpy as np

from xl_rebal.arguments import Pair, Risk, Vector, paired
from xl_rebal.cells import RawCell
from xl_rebal.errors import Code, InputError, Problem
from xl_rebal.functions.work.risks import covariance_of, volatility_of
from xl_rebal.numerics import drift
from xl_rebal.worksheet import Answer


def drift_by(current: Vector, target: Vector, metric: str, risk: Risk | None) -> Answer:
    """By one measure, or rows of all of them."""
    pair = paired(current, target, ("current", "target"))
    if metric == "all":
        rows: list[list[RawCell]] = []
        for name in ("max", "sum", "turnover", "rms", "relative", "over", "under"):
            try:
                rows.append([name, _metric(name, pair, None)])
            except InputError as error:
                rows.append([name, str(error.problems[0])])
        if risk is not None:
            rows.append(["volatility", _metric("volatility", pair, risk)])
            if risk.matrix is not None:
                rows.append(["te", _metric("te", pair, risk)])
        return rows
    return _metric(metric, pair, risk)


def _metric(metric: str, pair: Pair, risk: Risk | None) -> RawCell:
    held, wanted = pair.first, pair.second
    simple = {
        "max": drift.max_drift,
        "sum": drift.two_way_turnover,
        "turnover": drift.one_way_turnover,
        "rms": drift.rms_drift,
    }
    if metric in simple:
        return simple[metric](held, wanted)
    if metric in ("over", "under"):
        search = drift.largest_overweight if metric == "over" else drift.largest_underweight
        place = search(held, wanted)
        return "" if place is None else pair.shown[place]
    if metric == "relative":
        relative = drift.relative_drift(held, wanted)
        if np.isinf(relative).any():
            who = pair.shown[int(np.argmax(np.isinf(relative)))]
            raise InputError(
                Problem(Code.OUT_OF_RANGE, f"a target of 0 for {who}, which is held",
                        "targets above 0: no drift is a share of 0", "Use max or sum instead.",
                        argument="target")
            )  # fmt: skip
        return drift.largest_relative_drift(held, wanted)
    if metric == "volatility":
        return drift.volatility_weighted_drift(held, wanted, volatility_of(risk, pair))
    return drift.tracking_error(held, wanted, covariance_of(risk, pair))
