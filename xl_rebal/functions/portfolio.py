"""Drift, signals and destinations of a portfolio given as weights."""

from __future__ import annotations

from typing import Annotated

import numpy as np

from xl_rebal import arguments
from xl_rebal.arguments import Pair, Risk, Vector, paired, per_asset
from xl_rebal.cells import RawCell
from xl_rebal.engine.destination import destination_weights
from xl_rebal.engine.lines import statuses
from xl_rebal.errors import Code, InputError, Problem
from xl_rebal.functions.risks import covariance_of, volatility_of
from xl_rebal.functions.shared import (
    FIVE_PERCENT,
    HELD,
    WANTED,
    Band,
    Current,
    Dest,
    Headers,
    Kind,
    RiskArg,
    Target,
    refuse_unlisted,
    shaped_like,
    with_headers,
)
from xl_rebal.model.plan import BandKind, BandRule, Destination
from xl_rebal.numerics import bands, drift
from xl_rebal.typing import FloatArray
from xl_rebal.wording import shown
from xl_rebal.worksheet import Answer, Arg, worksheet_function


@worksheet_function(
    returns="a fraction (0.05 is 5 pp; relative: of the target; volatility and te: a year), for over and under "
    "a label, for all rows: metric, value",
    example=(HELD, WANTED),
)
def drift_(
    current: Current,
    target: Target,
    metric: Annotated[
        str,
        Arg(
            "max (default), turnover (one-way), sum, rms, relative, over, under, volatility, te, "
            "all.",
            arguments.word(
                "max",
                "turnover",
                "sum",
                "rms",
                "relative",
                "over",
                "under",
                "volatility",
                "te",
                "all",
            ),
            "word",
        ),
    ] = "max",
    risk: RiskArg = None,
) -> Answer:
    """How far a portfolio is from its target, by one measure or by all."""
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


def _half_widths(pair: Pair, band: Vector, kind: str, risk: Risk | None) -> FloatArray:
    widths = per_asset(band, pair.labels, len(pair.first), "band")
    if (widths < 0).any() or (widths > 1).any():
        worst = widths[int(np.argmax((widths < 0) | (widths > 1)))]
        raise InputError(
            Problem(Code.OUT_OF_RANGE, shown(float(worst)), "a band from 0 to 1 (5 % is 0.05)",
                    argument="band")
        )  # fmt: skip
    rule = BandRule(BandKind(kind), widths)
    volatility = volatility_of(risk, pair) if rule.kind is BandKind.VOLATILITY else None
    return rule.half_widths(pair.names, pair.second, volatility)


@worksheet_function(
    returns="rows: Asset, Drift, Band (fractions), Status",
    example=(HELD, WANTED, 0.05),
    spills=True,
)
def signal(
    current: Current,
    target: Target,
    band: Band = FIVE_PERCENT,
    kind: Kind = "absolute",
    risk: RiskArg = None,
    headers: Headers = True,
) -> Answer:
    """Where each asset stands in its band: in, near (beyond three quarters) or out."""
    pair = paired(current, target, ("current", "target"))
    width = _half_widths(pair, band, kind, risk)
    difference = drift.drift(pair.first, pair.second)
    rows: list[list[RawCell]] = [
        [label, float(difference[i]), float(width[i]), status.value]
        for i, (label, status) in enumerate(
            zip(pair.shown, statuses(difference, width, width), strict=True)
        )
    ]
    return with_headers(["Asset", "Drift", "Band", "Status"], rows, headers)


@worksheet_function(returns="TRUE or FALSE", example=(HELD, WANTED, 0.05))
def needed(
    current: Current,
    target: Target,
    band: Band = FIVE_PERCENT,
    kind: Kind = "absolute",
    risk: RiskArg = None,
) -> Answer:
    """Whether anything is out of its band; exactly at the band is not out."""
    pair = paired(current, target, ("current", "target"))
    width = _half_widths(pair, band, kind, risk)
    return bool(bands.is_breached(pair.first - pair.second, width, width).any())


@worksheet_function(
    returns="weights (fractions), shaped like current",
    example=(HELD, WANTED, "edge", 0.05),
    spills=True,
)
def weights(
    current: Current,
    target: Target,
    dest: Dest = Destination(),  # noqa: B008  a frozen value
    band: Band = FIVE_PERCENT,
    kind: Kind = "absolute",
    risk: RiskArg = None,
) -> Answer:
    """Weights after trading to the target, or back into the bands with least turnover."""
    pair = paired(current, target, ("current", "target"))
    refuse_unlisted(pair, current)
    width = _half_widths(pair, band, kind, risk)
    return shaped_like(
        current, destination_weights(pair.first, pair.second, width, width, dest).tolist()
    )
