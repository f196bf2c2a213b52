"""Drift, signals and destinations of a portfolio given as weights."""

from typing import Annotated

from xl_rebal import arguments
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
)
from xl_rebal.model.destination import Destination
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
    from xl_rebal.functions.work import drifts

    return drifts.drift_by(current, target, metric, risk)


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
    from xl_rebal.functions.work import in_bands

    return in_bands.signals(current, target, band, kind, risk, headers)


@worksheet_function(returns="TRUE or FALSE", example=(HELD, WANTED, 0.05))
def needed(
    current: Current,
    target: Target,
    band: Band = FIVE_PERCENT,
    kind: Kind = "absolute",
    risk: RiskArg = None,
) -> Answer:
    """Whether anything is out of its band; exactly at the band is not out."""
    from xl_rebal.functions.work import in_bands

    return in_bands.is_any_out(current, target, band, kind, risk)


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
    from xl_rebal.functions.work import in_bands

    return in_bands.weights_at(current, target, dest, band, kind, risk)
