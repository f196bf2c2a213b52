"""All trades at once against the walk from event to event, which shares no line with it."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest

from tests.engine.test_backtest import market, random_schedule, random_weights
from xl_rebal.engine.backtest import Backtest, Conventions, CostRule
from xl_rebal.engine.backtest.at_once import all_at_once, is_plain
from xl_rebal.engine.backtest.run import Run
from xl_rebal.engine.backtest.timeline import Timeline
from xl_rebal.engine.policies import DatedTargets, Policy, calendar, calendar_threshold, threshold
from xl_rebal.model.plan import BandKind, BandRule
from xl_rebal.model.prices import Prices


def a_case(seed: int) -> tuple[Prices, Policy, Conventions]:
    pick = Random(seed)
    prices = market(pick, pick.choice([3, 40, 400]), pick.randint(1, 5), pick.random() < 0.3)
    fixed = DatedTargets.fixed(random_weights(pick, len(prices.symbols)))
    kind = pick.choice([BandKind.ABSOLUTE, BandKind.RELATIVE, BandKind.FIVE_TWENTY_FIVE])
    bands = BandRule(kind, pick.choice([0.0, 0.01, 0.03, 0.2]))
    policy = pick.choice([
        calendar(fixed, random_schedule(pick)), threshold(fixed, bands),
        calendar_threshold(fixed, random_schedule(pick), bands),
    ])  # fmt: skip
    given = Conventions(
        rate=pick.choice([0.0, 0.001, 0.02]), lag=pick.choice([0, 0, 1, 7]),
        charge_first_purchase=pick.random() < 0.5, capital=pick.choice([1.0, 1e6]),
        cost_rule=pick.choice(list(CostRule)),
    )  # fmt: skip
    return prices, policy, given


def assert_same(found: Backtest, walked: Backtest) -> None:
    assert found.rows.tolist() == walked.rows.tolist()
    assert found.reasons == walked.reasons
    for name in ("value", "weights", "before", "after", "wealth"):
        expected = getattr(walked, name)
        assert getattr(found, name) == pytest.approx(expected, rel=1e-12, abs=1e-13), name
    assert found.cost / found.wealth == pytest.approx(walked.cost / walked.wealth, abs=1e-14)


@pytest.mark.parametrize("seed", range(60))
def test_the_same_trades_values_and_reasons(seed: int) -> None:
    prices, policy, given = a_case(seed)
    timeline = Timeline(prices, policy, given)
    assert is_plain(timeline)
    assert_same(all_at_once(timeline), Run(Timeline(prices, policy, given)).result())


def test_fees_flows_gaps_and_other_destinations_are_walked() -> None:
    prices, policy, given = a_case(3)
    fee = Conventions(fee=1.0, capital=1000.0)
    flow = Conventions(flows={prices.dates[1]: 0.1})
    gap = Prices(
        prices.dates,
        prices.symbols,
        np.where(prices.values == prices.values[1, 0], np.nan, prices.values),
    )
    assert is_plain(Timeline(prices, policy, given))
    assert not is_plain(Timeline(prices, policy, fee))
    assert not is_plain(Timeline(prices, policy, flow))
    assert not is_plain(Timeline(gap, policy, given))
