"""How many rows of past prices stand behind an estimate where nothing else is said."""

from __future__ import annotations

from xl_rebal.model.tactical import Generator

VOLATILITY_WINDOW = 252
"""Returns behind a volatility where nothing else is said."""

TREND_WINDOW = 200
"""Closes behind a moving average where nothing else is said; 10 where the rows are months."""


def usual_window(generator: Generator) -> int:
    """The rows of a generator that is given none."""
    return TREND_WINDOW if generator is Generator.TREND else VOLATILITY_WINDOW
