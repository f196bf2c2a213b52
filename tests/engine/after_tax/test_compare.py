"""Policies beside each other, against the runs they are made of."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from tests.engine.after_tax.cases import policy_of, prices_of
from xl_rebal.engine.after_tax import AfterTaxRules, HarvestRules, after_tax, compare
from xl_rebal.engine.backtest import Conventions, backtest
from xl_rebal.engine.statistics import statistics

MADE = Conventions(rate=0.001, capital=500_000.0)


def test_each_row_is_its_own_run_and_the_best_is_behind_nothing() -> None:
    pick = Random(5)
    prices = prices_of(pick, 800, 3)
    policies = {kind: policy_of(pick, prices, kind) for kind in ("none", "calendar", "threshold")}
    harvest = HarvestRules(minimum_loss_fraction=0.02)
    rules = AfterTaxRules(harvest=harvest)
    seen: list[tuple[int, int]] = []

    rows = compare(prices, policies, MADE, rules, progress=lambda done, of: seen.append((done, of)))

    assert [(row.name, row.harvests) for row in rows] == [
        (name, on) for name in policies for on in (False, True)
    ]
    for row in rows:
        own = replace(rules, harvest=harvest if row.harvests else None)
        alone = after_tax(prices, policies[row.name], MADE, own)
        assert row.after_tax == alone.growth_rate
        assert row.liquidation == alone.liquidation
        assert row.tax_bp == alone.tax_bp
        before = statistics(backtest(prices, policies[row.name], MADE)).growth_rate
        assert row.drag_bp == pytest.approx((before - alone.growth_rate) * 1e4)
    for without, with_harvests in zip(rows[::2], rows[1::2], strict=True):
        assert without.harvest_bp is None
        gained = (with_harvests.after_tax - without.after_tax) * 1e4
        assert with_harvests.harvest_bp == pytest.approx(gained)
    best = max(rows, key=lambda row: row.after_tax)
    assert best.behind_bp == 0
    assert all(
        row.behind_bp == pytest.approx((best.after_tax - row.after_tax) * 1e4) for row in rows
    )
    assert seen[-1] == (9, 9)


def test_rules_without_harvests_are_compared_with_monthly_ones() -> None:
    pick = Random(8)
    prices = prices_of(pick, 300, 2)

    rows = compare(prices, {"held": policy_of(pick, prices, "none")}, MADE, AfterTaxRules())

    assert rows[1].result.rules.harvest == HarvestRules()
    assert rows[1].result.harvests
