"""What is wanted: targets, bands, when and where to trade, what trading costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property

import numpy as np

from xl_rebal.model.portfolio import CASH
from xl_rebal.model.securities import Security
from xl_rebal.model.tactical import Tactical
from xl_rebal.numerics import bands
from xl_rebal.typing import FloatArray


class BandKind(StrEnum):
    """How the width of a band is reckoned."""

    ABSOLUTE = "absolute"
    RELATIVE = "relative"
    FIVE_TWENTY_FIVE = "5/25"
    VOLATILITY = "volatility"


class Method(StrEnum):
    """When to trade: when something is out of its band, whenever asked, or both.

    Today's trades of ``Calendar+threshold`` are those of ``Threshold``; a study looks at the bands on
    calendar dates only. ``Tactical`` trades whenever asked to the targets of the day, and in a study on
    each row from which new ones hold; no band is tested. ``Optimal`` makes the trades that are worth their
    costs, whenever asked and in a study on every row.
    """

    THRESHOLD = "Threshold"
    CALENDAR = "Calendar"
    CALENDAR_THRESHOLD = "Calendar+threshold"
    TACTICAL = "Tactical"
    OPTIMAL = "Optimal"

    @property
    def tests_bands(self) -> bool:
        """Whether today's trades wait for a breach."""
        return self in (Method.THRESHOLD, Method.CALENDAR_THRESHOLD)


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


@dataclass(frozen=True)
class Destination:
    """Where a trade ends: a fraction of the band (0 = target, 1 = edge), or a distance of its own.

    ``distance`` is a fraction of the portfolio from the target; where given it holds instead.
    """

    fraction: float = 0.0
    distance: float | None = None

    @property
    def is_target(self) -> bool:
        """Whether every asset goes to its target, breached or not."""
        return self.distance is None and self.fraction == 0

    @property
    def words(self) -> str:
        """As it reads after "sold ..." or "bought ..."."""
        if self.distance is not None:
            return f"to {self.distance * 100:.4g} pp from its target"
        named = {0.0: "to its target", 1.0: "to the edge of its band", 0.5: "to half its band"}
        return named.get(self.fraction, f"to {self.fraction * 100:.4g} % of its band")


TO_TARGET = Destination(0.0)
TO_HALF = Destination(0.5)
TO_EDGE = Destination(1.0)


@dataclass(frozen=True)
class TargetLine:
    """One target: a symbol's or an asset class's weight (fraction), with its own band if given."""

    key: str
    weight: float
    is_class: bool = False
    band_absolute: float | None = None
    band_relative: float | None = None
    minimum: float | None = None
    maximum: float | None = None
    volatility: float | None = None


@dataclass(frozen=True)
class Targets:
    """Target lines of one model; their weights add to 1 exactly after construction.

    ``since``: the day from which tactical weights hold; None: these are the weights as they were given.
    """

    lines: tuple[TargetLine, ...]
    model: str = ""
    since: date | None = None

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(line.key for line in self.lines)

    @cached_property
    def symbols(self) -> frozenset[str]:
        """The keys that are symbols."""
        return frozenset(line.key for line in self.lines if not line.is_class)

    @cached_property
    def classes(self) -> frozenset[str]:
        """The keys that are asset classes."""
        return frozenset(line.key for line in self.lines if line.is_class)


@dataclass(frozen=True)
class Costs:
    """The one cost object: what a trade costs, wherever that is asked.

    ``rate`` is a fraction of the value traded per side; half of a security's spread comes on top.
    ``ticket_fee`` is currency per trade. Cash costs nothing.

    >>> Costs(rate=0.001, ticket_fee=5).rates([Security("VTI", spread=0.0004)])
    array([0.0012])
    """

    rate: float = 0.0
    ticket_fee: float = 0.0

    def rates(self, securities: Sequence[Security]) -> FloatArray:
        """Cost per side of each security, a fraction of the value traded."""
        return np.array([self.rate_of(each) for each in securities])

    def fees(self, securities: Sequence[Security]) -> FloatArray:
        """Ticket fee of each security in currency per trade."""
        return np.array([self.fee_of(each) for each in securities])

    def rate_of(self, security: Security) -> float:
        """Cost per side, a fraction of the value traded."""
        return 0.0 if security.symbol == CASH else self.rate + security.spread / 2

    def fee_of(self, security: Security) -> float:
        """Ticket fee, currency a trade."""
        if security.symbol == CASH:
            return 0.0
        return self.ticket_fee if security.ticket_fee is None else security.ticket_fee


@dataclass(frozen=True, eq=False)
class LineRisk:
    """The annual covariance (n, n) of target lines by their ``keys``; what is not among them has no risk."""

    keys: tuple[str, ...]
    covariance: FloatArray

    def of(self, keys: Sequence[str]) -> FloatArray:
        """The covariance of ``keys`` in their order, (m, m)."""
        places = {key: place for place, key in enumerate(self.keys)}
        known = [place for place, key in enumerate(keys) if key in places]
        own = [places[keys[place]] for place in known]
        found = np.zeros((len(keys), len(keys)))
        found[np.ix_(known, known)] = self.covariance[np.ix_(own, own)]
        return found


@dataclass(frozen=True)
class Plan:
    """Everything that decides the trades of today.

    ``minimum_trade`` and ``cash_buffer`` are currency, the buffer for each account without its own.
    ``tactical``: where targets come from that change with time; None: they do not. ``risks`` by model and
    ``risk_aversion`` (a year, without 1/2) are those of the method Optimal.
    """

    targets: tuple[Targets, ...]
    bands: BandRule = BandRule()
    method: Method = Method.THRESHOLD
    destination: Destination = TO_TARGET
    costs: Costs = field(default=Costs())
    minimum_trade: float = 0.0
    cash_buffer: float = 0.0
    whole_shares: bool = True
    fraction_digits: int = 4
    tactical: Tactical | None = None
    risk_aversion: float = 1.0
    risks: Mapping[str, LineRisk] = field(default_factory=dict)

    def targets_for(self, model: str) -> Targets:
        """The targets of a model; the only ones where there is just one model."""
        if len(self.targets) == 1:
            return self.targets[0]
        return next(targets for targets in self.targets if targets.model == model)
