"""Sums by group, against a plain loop."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xl_rebal.numerics.groups import group_sums


@given(st.lists(st.tuples(st.integers(0, 4), st.floats(-1e9, 1e9)), max_size=12))
def test_the_sums_are_those_of_a_loop_in_the_order_of_the_values(
    pairs: list[tuple[int, float]],
) -> None:
    sums = [0.0] * 5
    for group, value in pairs:
        sums[group] += value

    groups = np.array([group for group, _ in pairs], dtype=np.int64)
    assert group_sums([value for _, value in pairs], groups, 5).tolist() == sums


@pytest.mark.parametrize("nothing", [[], np.zeros(0)])
def test_the_sums_of_no_values_are_floats_to_which_cash_can_be_added(nothing: list[float]) -> None:
    sums = group_sums(nothing, np.zeros(0, dtype=np.int64), 2)
    sums[1] += 0.25

    assert sums.tolist() == [0.0, 0.25]
