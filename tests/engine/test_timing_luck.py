"""Timing luck: each offset is its own backtest."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.engine.test_backtest import study_prices
from xl_rebal.engine.backtest import Conventions, backtest
from xl_rebal.engine.policies import DatedTargets, Policy, When, calendar, calendar_threshold
from xl_rebal.engine.statistics import statistics
from xl_rebal.engine.timing_luck import timing_luck
from xl_rebal.model.plan import TO_HALF, BandRule
from xl_rebal.model.schedule import Frequency, Schedule

EVEN = DatedTargets.fixed(np.full(3, 1 / 3))
ANNUAL = Schedule(Frequency.ANNUAL, offset=2)


@pytest.mark.parametrize(
    "policy",
    [
        calendar(EVEN, ANNUAL),
        calendar_threshold(EVEN, ANNUAL, BandRule(width=0.02), TO_HALF),
        Policy(EVEN, When(None, on_breach=True), bands=BandRule(width=0.1)),
    ],
)
def test_each_offset_is_a_backtest_of_its_own(policy: Policy) -> None:
    prices, made = study_prices(), Conventions(0.002, capital=5_000.0, charge_first_purchase=True)
    found = timing_luck(prices, policy, made, count=4)
    values = []
    for offset in range(4):
        known = policy.when.schedule
        moved = Schedule(every=1, offset=offset)
        if known is not None:
            moved = replace(known, offset=known.offset + offset)
        own = replace(policy, when=replace(policy.when, schedule=moved))
        run = backtest(prices, own, made)
        figures = statistics(run)
        values.append(run.value[-1])
        assert found.final_value[offset] == pytest.approx(run.value[-1], rel=1e-12)
        assert found.growth_rate[offset] == pytest.approx(figures.growth_rate, rel=1e-12)
        assert found.tracking_error[offset] == pytest.approx(figures.tracking_error, rel=1e-11)
    assert found.offsets.tolist() == [0, 1, 2, 3]
    assert found.value_spread == pytest.approx(max(values) - min(values), abs=1e-8)


def test_the_spread_is_the_highest_less_the_lowest() -> None:
    found = timing_luck(study_prices(), calendar(EVEN, ANNUAL), count=12)
    assert found.growth_spread == found.growth_rate.max() - found.growth_rate.min() > 0.001
    assert found.error_spread == found.tracking_error.max() - found.tracking_error.min() > 0
