"""Plans: bands by kind, words of a destination, one cost object."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from xl_rebal.model.plan import (
    TO_EDGE,
    TO_HALF,
    TO_TARGET,
    BandKind,
    BandRule,
    Costs,
    Destination,
    Plan,
    TargetLine,
    Targets,
)
from xl_rebal.model.portfolio import CASH
from xl_rebal.model.securities import Security

NAMES = ["AAA", "BBB", "CCC"]
TARGET = np.array([0.6, 0.3, 0.1])


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (BandKind.ABSOLUTE, [0.05, 0.05, 0.05]),
        (BandKind.RELATIVE, [0.03, 0.015, 0.005]),
        (BandKind.FIVE_TWENTY_FIVE, [0.05, 0.05, 0.025]),
        (BandKind.VOLATILITY, [0.05 * 0.2 / 0.18, 0.05 * 0.1 / 0.18, 0.05 * 0.3 / 0.18]),
    ],
)
def test_each_kind_of_band_has_its_own_widths(kind: BandKind, expected: list[float]) -> None:
    found = BandRule(kind, 0.05).half_widths(NAMES, TARGET, np.array([0.2, 0.1, 0.3]))
    assert found == pytest.approx(expected, abs=1e-16)


@pytest.mark.parametrize("kind", [BandKind.ABSOLUTE, BandKind.RELATIVE, BandKind.FIVE_TWENTY_FIVE])
def test_a_width_for_each_asset_is_not_replaced_by_one_for_all(kind: BandKind) -> None:
    own = BandRule(kind, np.array([0.01, 0.02, 0.03])).half_widths(NAMES, TARGET)
    for i, width in enumerate([0.01, 0.02, 0.03]):
        alone = BandRule(kind, width).half_widths(NAMES, TARGET)
        assert own[i] == alone[i]


def test_volatility_bands_without_volatilities_are_refused() -> None:
    with pytest.raises(ValueError, match="volatilities"):
        BandRule(BandKind.VOLATILITY).half_widths(NAMES, TARGET)


@pytest.mark.parametrize("kind", list(BandKind))
def test_idle_cash_keeps_the_plain_width_and_another_zero_target_does_not(kind: BandKind) -> None:
    names, target = ["AAA", "OLD", CASH], np.array([1.0, 0.0, 0.0])
    found = BandRule(kind, 0.05).half_widths(names, target, np.array([0.2, 0.0, 0.0]))

    assert found[2] == 0.05
    assert found[1] == (0.05 if kind is BandKind.ABSOLUTE else 0.0)


def test_cash_with_a_target_is_a_line_like_any_other() -> None:
    found = BandRule(BandKind.RELATIVE, 0.2).half_widths(["AAA", CASH], np.array([0.9, 0.1]))
    assert found == pytest.approx([0.18, 0.02], abs=1e-16)


def test_cash_that_has_no_volatility_is_not_out_for_every_coin_of_it() -> None:
    names, target = ["AAA", CASH, "TIN"], np.array([0.8, 0.1, 0.1])
    rule = BandRule(BandKind.VOLATILITY, 0.05)
    found = rule.half_widths(names, target, np.array([0.2, 0.0, 0.0]))
    assert found == pytest.approx([0.05 / 0.8, 0.05, 0.0], abs=1e-16)
    typed = rule.half_widths(names, target, np.array([0.2, 0.01, 0.0]))
    assert typed == pytest.approx([0.05 * 0.2 / 0.161, 0.05 * 0.01 / 0.161, 0.0], abs=1e-16)


def test_widths_of_many_rows_are_those_of_each() -> None:
    chance = np.random.default_rng(1)
    targets, spread = chance.dirichlet(np.ones(3), 5), chance.uniform(0.1, 0.3, (5, 3))
    targets[2] = [0.5, 0.5, 0.0]
    names, own = ["AAA", "BBB", CASH], np.array([0.01, 0.02, 0.03])
    for kind in BandKind:
        found = BandRule(kind, own).half_widths(names, targets, spread)
        each = [
            BandRule(kind, own).half_widths(names, t, s)
            for t, s in zip(targets, spread, strict=True)
        ]
        assert found.tolist() == [widths.tolist() for widths in each]


def test_half_is_called_half_and_edge_is_called_edge() -> None:
    assert TO_TARGET.words == "to its target"
    assert TO_HALF.words == "to half its band"
    assert TO_EDGE.words == "to the edge of its band"
    assert (TO_TARGET.fraction, TO_HALF.fraction, TO_EDGE.fraction) == (0.0, 0.5, 1.0)
    assert Destination(0.25).words == "to 25 % of its band"
    assert Destination(distance=0.0175).words == "to 1.75 pp from its target"
    assert Destination(0.5, distance=0.0).words == "to 0 pp from its target"


def test_a_cost_is_the_rate_plus_half_the_spread_per_side_and_cash_is_free() -> None:
    costs = Costs(rate=0.001, ticket_fee=5.0)
    securities = [
        Security("AAA"),
        Security("BBB", spread=0.0004, ticket_fee=0.0),
        Security("CCC", ticket_fee=9.0),
        Security(CASH, spread=0.01, ticket_fee=3.0),
    ]
    assert costs.rates(securities) == pytest.approx([0.001, 0.0012, 0.001, 0.0], abs=1e-18)
    assert costs.fees(securities).tolist() == [5.0, 0.0, 9.0, 0.0]


def test_the_only_targets_serve_every_model_and_several_go_by_name() -> None:
    growth = Targets((TargetLine("AAA", 1.0),), "Growth")
    income = Targets((TargetLine("BBB", 1.0),), "Income")

    assert Plan((growth,)).targets_for("anything") is growth
    assert Plan((growth, income)).targets_for("Income") is income
    assert income.keys == ("BBB",)


def test_a_plan_cannot_be_changed_in_place() -> None:
    plan = Plan((Targets((TargetLine("AAA", 1.0),)),))
    with pytest.raises(dataclasses.FrozenInstanceError):
        plan.minimum_trade = 100.0  # type: ignore[misc]
