"""How wide a band is: its kinds, and widths for aligned targets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from xl_rebal.model.cash import CASH
from xl_rebal.numerics import bands
from xl_rebal.typing import FloatArray


class BandKind(StrEnum):
    """How the width of a band is reckoned."""

    ABSOLUTE = "absolute"
    RELATIVE = "relative"
    FIVE_TWENTY_FIVE = "5/25"
    VOLATILITY = "volatility"


DEFAULT_WIDTH = 0.05
"""A band where none is given, a fraction of the portfolio."""

FIVE_TWENTY_FIVE_FRACTION = 0.25
"""The relative part of the 5/25 rule; its absolute part is the width (usually 5 pp)."""


@dataclass(frozen=True)
class BandRule:
    """The default band. ``width`` is a fraction of the portfolio, or of the target if relative.

    For ``5/25`` it is the absolute part, beside 25 % of the target. For ``volatility`` it is the
    target-weighted mean of the bands. ``own`` (n,) are half-widths that hold instead, ``own_relative`` (n,)
    the same as fractions of the target; the smaller of the two. ``minimum`` and ``maximum`` (n,) are weights
    beyond which no band reaches; NaN: none.
    """

    kind: BandKind = BandKind.ABSOLUTE
    width: float | FloatArray = DEFAULT_WIDTH
    own: FloatArray | None = None
    own_relative: FloatArray | None = None
    minimum: FloatArray | None = None
    maximum: FloatArray | None = None

    @property
    def is_symmetric(self) -> bool:
        """Whether every band reaches as far down as up."""
        return self.minimum is None and self.maximum is None

    def edges(
        self, labels: Sequence[str], target: FloatArray, volatility: FloatArray | None = None
    ) -> tuple[FloatArray, FloatArray]:
        """How far below and above the target each band reaches, own widths and limits counted in.

        Without a minimum of its own a band may reach below zero: no weight does, and charts that show
        the band as it was given stay honest.

        >>> rule = BandRule(own=np.array([0.02, np.nan]), maximum=np.array([np.nan, 0.42]))
        >>> below, above = rule.edges(["A", "B"], np.array([0.6, 0.4]))
        >>> below.tolist(), above.round(12).tolist()
        ([0.02, 0.05], [0.02, 0.02])
        """
        width = self.half_widths(labels, target, volatility)
        if self.own is not None or self.own_relative is not None:
            share = _or_none(self.own_relative)
            relative = np.where(np.isnan(share), np.nan, bands.relative_width(target, share))
            own = np.fmin(_or_none(self.own), relative)
            width = np.where(np.isnan(own), width, own)
        return _within(width, target, self.minimum), _within(width, -target, self.maximum, -1.0)

    def half_widths(
        self, labels: Sequence[str], target: FloatArray, volatility: FloatArray | None = None
    ) -> FloatArray:
        """Half-widths for aligned vectors (n,) or rows of them; ``volatility`` where the kind needs it.

        CASH without a target keeps the plain width under every kind: a share of a zero target
        would be no band at all, and a few coins left over by whole shares would never be *in*. So does
        CASH without a volatility where bands go by it. Where the width is itself a share of the target,
        that is no part of the portfolio: then it has 5 pp, or the width if that is smaller.

        >>> BandRule(BandKind.FIVE_TWENTY_FIVE).half_widths(["A", "B"], np.array([0.9, 0.1]))
        array([0.05 , 0.025])
        """
        width = np.full(target.shape, self.width, dtype=np.float64)
        if self.kind is BandKind.ABSOLUTE:
            found = width
        elif self.kind is BandKind.RELATIVE:
            found = bands.relative_width(target, width)
        elif self.kind is BandKind.FIVE_TWENTY_FIVE:
            quarter = np.full_like(target, FIVE_TWENTY_FIVE_FRACTION)
            found = bands.smaller_width(width, bands.relative_width(target, quarter))
        else:
            if volatility is None:
                raise ValueError("volatility bands need volatilities")
            found = bands.volatility_width(target, width, volatility)
        if CASH not in labels:
            return found
        is_idle = target == 0
        if self.kind is BandKind.VOLATILITY:
            is_idle = is_idle | (volatility == 0)
        idle_cash = np.array([label == CASH for label in labels]) & is_idle
        plain = np.minimum(width, DEFAULT_WIDTH) if self.kind is BandKind.RELATIVE else width
        return np.where(idle_cash, plain, found)


def _or_none(given: FloatArray | None) -> FloatArray:
    return np.array([np.nan]) if given is None else given


def _within(
    width: FloatArray, target: FloatArray, limit: FloatArray | None, sign: float = 1.0
) -> FloatArray:
    """The part of a half-width that lies on the target's side of a limit, (n,) or rows of them."""
    if limit is None:
        return width
    room = np.maximum(target - sign * limit, 0.0)
    return np.where(np.isnan(limit), width, np.minimum(width, room))
