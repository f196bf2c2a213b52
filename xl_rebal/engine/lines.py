"""Target lines: how the positions of an account add up to the lines of its targets.

A position belongs to the line of its symbol; else to the line of its asset class; else it stands
on a line of its own with target 0. Cash has a line always; without a target its target is 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from xl_rebal.model.plan import BandRule, TargetLine, Targets
from xl_rebal.model.portfolio import CASH
from xl_rebal.model.securities import Securities
from xl_rebal.model.trades import LineDrift, Status
from xl_rebal.numerics import bands, drift
from xl_rebal.typing import BoolArray, FloatArray


@dataclass(frozen=True)
class Lines:
    """Target lines in a fixed order, cash included; every vector is aligned with ``keys``."""

    keys: tuple[str, ...]
    is_class: tuple[bool, ...]
    target: FloatArray
    lower: FloatArray
    upper: FloatArray

    @property
    def cash(self) -> int:
        """Position of the cash line."""
        return self.keys.index(CASH)

    def breached(self, weights: FloatArray) -> BoolArray:
        """Which lines are out of their band at ``weights`` (n,)."""
        return bands.is_breached(weights - self.target, self.lower, self.upper)


def line_of(symbol: str, targets: Targets, securities: Securities) -> str:
    """The key of the line that a symbol belongs to: its own, its class's, or of what it is a substitute.

    Of several that name it, the first in the securities table counts.
    """
    if symbol == CASH or symbol in targets.symbols:
        return symbol
    asset_class = securities.get(symbol).asset_class
    if asset_class in targets.classes:
        return asset_class
    named = (each for each in securities.served_by(symbol) if each in targets.symbols)
    return next(named, symbol)


def servants(key: str, is_class: bool, targets: Targets, securities: Securities) -> list[str]:
    """The symbols that a line may be bought in: those of its class, or its own and its substitutes."""
    if is_class:
        found = [security.symbol for security in securities.of_class(key)]
    else:
        found = [key, *securities.get(key).substitutes]
    return [each for each in found if line_of(each, targets, securities) == key]


def target_lines(
    targets: Targets, rule: BandRule, symbols: Sequence[str], securities: Securities
) -> Lines:
    """All lines that matter for ``symbols``: the targets' in their order, then the untargeted."""
    listed = list(targets.lines)
    known = {line.key for line in listed}
    for key in [*(line_of(symbol, targets, securities) for symbol in symbols), CASH]:
        if key not in known:
            known.add(key)
            listed.append(TargetLine(key, 0.0))
    keys = tuple(line.key for line in listed)
    target = np.array([line.weight for line in listed])
    volatility = np.array([0.0 if line.volatility is None else line.volatility for line in listed])
    lower, upper = bands_of(listed, rule).edges(keys, target, volatility)
    return Lines(keys, tuple(line.is_class for line in listed), target, lower, upper)


def bands_of(lines: Sequence[TargetLine], rule: BandRule) -> BandRule:
    """The rule with the bands and limits that the lines have of their own, in their order.

    Where a line has an absolute and a relative band the smaller holds.
    """
    return replace(
        rule,
        own=_unless_empty([line.band_absolute for line in lines]),
        own_relative=_unless_empty([line.band_relative for line in lines]),
        minimum=_unless_empty([line.minimum for line in lines]),
        maximum=_unless_empty([line.maximum for line in lines]),
    )


def _unless_empty(given: Sequence[float | None]) -> FloatArray | None:
    """A vector with NaN where nothing is given; None where nothing is at all."""
    if all(each is None for each in given):
        return None
    return np.array([np.nan if each is None else each for each in given])


def drift_rows(
    lines: Lines,
    values: FloatArray,
    base: float,
    after: FloatArray | None = None,
) -> tuple[LineDrift, ...]:
    """One row a line: ``values`` over ``base`` (value less buffer); ``after`` as weights."""
    current = values / base
    difference = drift.drift(current, lines.target)
    status = statuses(difference, lines.lower, lines.upper)
    return tuple(
        LineDrift(
            key=key,
            value=float(values[i]),
            current=float(current[i]),
            target=float(lines.target[i]),
            drift=float(difference[i]),
            lower=float(lines.lower[i]),
            upper=float(lines.upper[i]),
            status=status[i],
            after=None if after is None else float(after[i]),
        )
        for i, key in enumerate(lines.keys)
    )


def statuses(difference: FloatArray, lower: FloatArray, upper: FloatArray) -> list[Status]:
    """In, near or out for each asset."""
    out: BoolArray = bands.is_breached(difference, lower, upper)
    near = bands.is_near(difference, lower, upper)
    return [
        Status.OUT if is_out else Status.NEAR if is_close else Status.IN
        for is_out, is_close in zip(out, near, strict=True)
    ]
