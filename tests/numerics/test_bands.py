"""Band widths and breaches at their edges."""

from __future__ import annotations

import numpy as np
import pytest

from xl_rebal.model.plan import BandKind, BandRule
from xl_rebal.numerics import bands

TARGET = np.array([0.6, 0.3, 0.1])
NAMES = ["AAA", "BBB", "CCC"]


def test_each_kind_gives_its_own_width() -> None:
    volatility = np.array([0.2, 0.1, 0.3])
    mean = 0.6 * 0.2 + 0.3 * 0.1 + 0.1 * 0.3
    expected = {
        BandKind.ABSOLUTE: [0.05, 0.05, 0.05],
        BandKind.RELATIVE: [0.03, 0.015, 0.005],
        BandKind.FIVE_TWENTY_FIVE: [0.05, 0.05, 0.025],
        BandKind.VOLATILITY: [0.05 * s / mean for s in volatility],
    }
    for kind, widths in expected.items():
        found = BandRule(kind, 0.05).half_widths(NAMES, TARGET, volatility)
        assert found == pytest.approx(widths)
    scaled = BandRule(BandKind.VOLATILITY, 0.05).half_widths(NAMES, TARGET, volatility)
    assert float(TARGET @ scaled) == pytest.approx(0.05)


def test_a_band_for_each_asset_is_not_replaced_by_one_for_all() -> None:
    own = BandRule(width=np.array([0.01, 0.02, 0.03])).half_widths(NAMES, TARGET)
    assert own.tolist() == [0.01, 0.02, 0.03]


def test_a_relative_band_on_a_zero_target_is_zero_but_idle_cash_keeps_the_width() -> None:
    rule = BandRule(BandKind.RELATIVE, 0.2)
    found = rule.half_widths(["AAA", "OLD", "CASH"], np.array([1.0, 0.0, 0.0]))
    assert found.tolist() == [0.2, 0.0, 0.2]


@pytest.mark.parametrize(("current", "target", "band"), [(0.55, 0.5, 0.05), (0.35, 0.3, 0.05)])
def test_exactly_at_the_band_is_not_out(current: float, target: float, band: float) -> None:
    gap, width = np.array([current - target]), np.array([band])
    assert not bands.is_breached(gap, width, width)[0]
    assert bands.is_breached(gap + 1e-9, width, width)[0]
    assert bands.is_near(gap, width, width)[0]


def test_the_one_period_width_is_where_trading_begins_to_pay() -> None:
    # brute force of min g s^2 x^2 + 2 c |x - x0| / 1: a trade of the asset is one of the rest too
    cost, aversion, sigma = 0.001, 1.5, 0.18
    width = float(bands.one_period_width(np.array([cost]), aversion, np.array([sigma]))[0])
    for start in (0.9 * width, 1.3 * width):
        grid = np.linspace(0, start, 200_001)
        spent = aversion * sigma**2 * grid**2 + 2 * cost * np.abs(grid - start)
        assert grid[int(np.argmin(spent))] == pytest.approx(min(start, width), abs=1e-5)
