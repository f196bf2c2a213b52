"""What is out of its band, and the weights that are in."""

from __future__ import annotations

import numpy as np

from xl_rebal.arguments import Pair, Risk, Vector, paired, per_asset
from xl_rebal.cells import RawCell
from xl_rebal.engine.destination import destination_weights
from xl_rebal.engine.lines import statuses
from xl_rebal.errors import Code, InputError, Problem
from xl_rebal.functions.shared import refuse_unlisted, shaped_like, with_headers
from xl_rebal.functions.work.risks import volatility_of
from xl_rebal.model.band_rule import BandKind, BandRule
from xl_rebal.model.destination import Destination
from xl_rebal.numerics import bands, drift
from xl_rebal.typing import FloatArray
from xl_rebal.wording import shown
from xl_rebal.worksheet import Answer


def signals(
    current: Vector, target: Vector, band: Vector, kind: str, risk: Risk | None, headers: bool
) -> Answer:
    """A row an asset: drift, half-width, status."""
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


def is_any_out(
    current: Vector, target: Vector, band: Vector, kind: str, risk: Risk | None
) -> Answer:
    """Whether any asset is beyond its half-width."""
    pair = paired(current, target, ("current", "target"))
    width = _half_widths(pair, band, kind, risk)
    return bool(bands.is_breached(pair.first - pair.second, width, width).any())


def weights_at(
    current: Vector, target: Vector, dest: Destination, band: Vector, kind: str, risk: Risk | None
) -> Answer:
    """The weights at the destination, shaped like ``current``."""
    pair = paired(current, target, ("current", "target"))
    refuse_unlisted(pair, current)
    width = _half_widths(pair, band, kind, risk)
    return shaped_like(
        current, destination_weights(pair.first, pair.second, width, width, dest).tolist()
    )


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
