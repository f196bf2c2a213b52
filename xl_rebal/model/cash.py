"""The symbol of cash."""

from __future__ import annotations

CASH = "CASH"
"""The symbol of cash: price 1, no cost, no ticket fee."""
