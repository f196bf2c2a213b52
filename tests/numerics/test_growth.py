"""Buy and hold against a slow loop."""

from __future__ import annotations

import numpy as np
import pytest

from xl_rebal.numerics.growth import grown_weights, weight_path


def test_the_path_is_what_a_slow_loop_gives_and_starts_at_the_given_weights() -> None:
    prices = np.exp(np.cumsum(np.random.default_rng(1).normal(0, 0.02, (50, 4)), axis=0))
    weights = np.array([0.4, 0.3, 0.2, 0.1])
    path = weight_path(weights, prices)
    now = weights
    for day in range(1, 50):
        now = grown_weights(now, prices[day] / prices[day - 1] - 1)
        assert path[day] == pytest.approx(now, abs=1e-13)

    assert path[0].tolist() == weights.tolist()
    assert np.isfinite(path).all()
