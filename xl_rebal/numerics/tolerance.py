"""The one tolerance of weights.

0.55 - 0.50 > 0.05 is true in binary floating point; it must neither be a breach nor a trade.
"""

WEIGHT_TOLERANCE = 1e-12
"""Two weights (fractions of 1) that differ by no more than this are the same weight."""

TARGET_SUM_TOLERANCE = 1e-4
"""Targets must add to 1 within this; then they are normalised exactly."""
