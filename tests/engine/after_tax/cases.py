"""Policies of all kinds on prices made by chance."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import numpy as np

from tests.engine.test_backtest import days, random_schedule, random_weights
from xl_rebal.engine.backtest import Conventions, CostRule
from xl_rebal.engine.policies import (
    DatedTargets,
    Policy,
    Worth,
    buy_and_hold,
    calendar,
    calendar_threshold,
    optimal,
    tactical,
    threshold,
)
from xl_rebal.model.plan import TO_EDGE, TO_HALF, TO_TARGET, BandKind, BandRule
from xl_rebal.model.prices import Prices

KINDS = ("none", "calendar", "threshold", "both", "tactical", "optimal")


def prices_of(
    pick: Random, rows: int, assets: int, cash: bool = False, gaps: bool = False
) -> Prices:
    """Weekdays on which prices fall as often as they rise; one asset may begin later and miss some."""
    chance = np.random.default_rng(pick.randint(0, 10**9))
    steps = chance.normal(0.0, 0.025, (rows, assets)) * chance.uniform(0.4, 1.2, assets)
    values = 100 * np.exp(np.cumsum(steps, axis=0))
    if gaps:
        values[: rows // 4, 0] = np.nan
        values[chance.random((rows, assets)) < 0.02] = np.nan
        values[0, 1:] = 100.0
        values[-1] = 100.0
    symbols = [f"S{i}" for i in range(assets)]
    if cash:
        values = np.column_stack([values, 1.0001 ** np.arange(rows)])
        symbols.append("CASH")
    return Prices(days(rows), tuple(symbols), values)


def policy_of(pick: Random, prices: Prices, kind: str) -> Policy:
    n = len(prices.symbols)
    targets, schedule = DatedTargets.fixed(random_weights(pick, n)), random_schedule(pick)
    rule = BandRule(BandKind.ABSOLUTE, pick.choice([0.01, 0.03]))
    to = pick.choice([TO_TARGET, TO_EDGE, TO_HALF])
    match kind:
        case "calendar":
            return replace(calendar(targets, schedule, to), bands=rule)
        case "threshold":
            return threshold(targets, rule, to)
        case "both":
            return calendar_threshold(targets, schedule, rule, to)
        case "optimal":
            return optimal(targets, Worth(pick.choice([1.0, 20.0])), schedule)
        case "tactical":
            middle = prices.dates[len(prices.dates) // 2]
            weights = np.array([random_weights(pick, n), random_weights(pick, n)])
            return tactical(DatedTargets((None, middle), weights), schedule)
        case _:
            return buy_and_hold(targets)


def conventions_of(pick: Random, prices: Prices, *, plain: bool = False) -> Conventions:
    """``plain``: without what two sales of one day may pay differently, and without flows."""
    capital = pick.choice([1.0, 50_000.0])
    if plain:
        return Conventions(capital=capital, lag=pick.choice([0, 1]), window=10)
    rows = len(prices.dates)
    flows = {}
    if pick.random() < 0.4:
        chosen = {pick.randint(1, rows - 2) for _ in range(3)}
        flows = {prices.dates[row]: pick.uniform(-0.1, 0.3) * capital for row in chosen}
    return Conventions(
        pick.choice([0.0, 0.001, 0.01]), pick.choice([0.0, 0.0, 0.00002 * capital]), capital,
        pick.choice([0, 0, 1, 3]), pick.random() < 0.3, pick.choice(list(CostRule)), flows=flows, window=10,
    )  # fmt: skip
