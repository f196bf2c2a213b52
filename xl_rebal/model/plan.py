"""What is wanted: targets, bands, when and where to trade, what trading costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property

import numpy as np

from xl_rebal.model.band_rule import DEFAULT_WIDTH as DEFAULT_WIDTH
from xl_rebal.model.band_rule import FIVE_TWENTY_FIVE_FRACTION as FIVE_TWENTY_FIVE_FRACTION
from xl_rebal.model.band_rule import BandKind as BandKind
from xl_rebal.model.band_rule import BandRule as BandRule
from xl_rebal.model.cash import CASH
from xl_rebal.model.destination import TO_EDGE as TO_EDGE
from xl_rebal.model.destination import TO_HALF as TO_HALF
from xl_rebal.model.destination import TO_TARGET as TO_TARGET
from xl_rebal.model.destination import Destination as Destination
from xl_rebal.model.securities import Security
from xl_rebal.model.tactical import Tactical
from xl_rebal.typing import FloatArray


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
    bands: BandRule = field(default=BandRule())
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
