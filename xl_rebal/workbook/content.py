"""What goes into a new book: input rows, prices, settings, and a banner that says what they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from xl_rebal.cells import RawCell
from xl_rebal.model.prices import Prices


@dataclass(frozen=True)
class Content:
    """``rows``: table name to rows of header -> cell. ``banner`` stands on sheets with data."""

    rows: Mapping[str, tuple[Mapping[str, RawCell], ...]] = field(default_factory=dict)
    prices: Prices | None = None
    settings: Mapping[str, RawCell] = field(default_factory=dict)
    banner: str = ""


@dataclass(frozen=True)
class FunctionHelp:
    """One worksheet function for the Functions sheet. ``example`` are cells; ``answer`` rows;
    ``category`` where the function wizard files it."""

    signature: str
    help: str
    returns: str
    name: str
    arguments: tuple[tuple[str, str], ...]
    example: tuple[object, ...]
    answer: tuple[tuple[RawCell, ...], ...]
    category: str = ""
