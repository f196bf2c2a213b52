"""Targets that change with time: a table of them, or what makes them of past prices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class Generator(StrEnum):
    """What makes targets of past prices."""

    INVERSE_VOLATILITY = "inverse volatility"
    TREND = "trend"


TABLE = "table"
"""The word for a table of them."""


@dataclass(frozen=True)
class TargetChange:
    """The weights of a model from a day on, by the key of the target line; a line that is not named has 0.

    Fractions that add to 1 exactly.
    """

    day: date
    weights: Mapping[str, float]


@dataclass(frozen=True)
class Tactical:
    """Where the targets of the method Tactical come from.

    ``changes`` by model, dates rising; until the first the model's own targets hold. With a ``generator``
    they are made of past prices instead, over a ``window`` of so many rows.
    """

    changes: Mapping[str, tuple[TargetChange, ...]] = field(default_factory=dict)
    generator: Generator | None = None
    window: int | None = None

    @property
    def source(self) -> str:
        """The word for where they come from."""
        return TABLE if self.generator is None else self.generator.value
