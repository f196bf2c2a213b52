"""Hypothesis strategies for weights and bands."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from xl_rebal.typing import FloatArray


@st.composite
def weight_pairs(draw: st.DrawFn, least: int = 1, most: int = 7) -> tuple[FloatArray, FloatArray]:
    """Current and target weights, zeros and ties included; both add to 1."""
    n = draw(st.integers(least, most))
    parts = st.lists(st.integers(0, 50), min_size=n, max_size=n).filter(any)
    current, target = (np.array(draw(parts), dtype=float) for _ in range(2))
    return current / current.sum(), target / target.sum()


@st.composite
def banded(draw: st.DrawFn, most: int = 7) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Current, target, and half-widths below and above, each asset its own."""
    current, target = draw(weight_pairs(1, most))
    widths = st.lists(
        st.sampled_from([0.0, 0.01, 0.025, 0.05, 0.2]),
        min_size=len(current),
        max_size=len(current),
    )
    return current, target, np.array(draw(widths)), np.array(draw(widths))
