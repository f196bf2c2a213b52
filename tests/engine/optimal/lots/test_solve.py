"""Lots in cases that can be worked out by hand, what leaves the answer as it is, and the words."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.engine.optimal.lots.books import RATES, Lot, lots_of, problem, taxed
from tests.engine.optimal.lots.cases import enumerated, objective, small_case
from tests.engine.optimal.lots.test_against_enumeration import check_rules
from tests.engine.optimal.problems import random_problem
from xl_rebal.engine.optimal import solve
from xl_rebal.engine.optimal.lots import Lots, TaxedProblem, lot_solve
from xl_rebal.errors import InfeasibleError


def one_lot_each(given_seed: int, gains: float) -> TaxedProblem:
    """A random problem whose assets have one lot each, with gains up to ``gains``."""
    given = random_problem(given_seed, n=12)
    given = replace(given, lower=np.minimum(given.lower.clip(0.0), given.current))
    random = np.random.default_rng(given_seed)
    n = given.size
    no = np.zeros(n, dtype=np.bool_)
    lots = Lots(
        np.arange(n), given.current, random.uniform(0, gains, n), random.random(n) < 0.5, no, no
    )  # fmt: skip
    return TaxedProblem(given, lots, RATES)


@pytest.mark.parametrize("seed", range(20))
def test_lots_without_gains_leave_the_plain_answer(seed: int) -> None:
    given = one_lot_each(seed, 0.0)
    plain, ours = solve(given.problem), lot_solve(given)

    assert ours.objective == pytest.approx(plain.objective, rel=1e-9, abs=1e-14)
    assert ours.weights == pytest.approx(plain.weights, abs=1e-9)
    assert ours.tax.total == 0.0
    assert ours.bound <= plain.objective + 1e-14


@pytest.mark.parametrize("seed", range(20))
def test_one_lot_is_a_higher_cost_of_selling(seed: int) -> None:
    given = one_lot_each(seed, 0.05)
    rates = given.lots.gain * np.where(given.lots.is_long, RATES.long, RATES.short)
    plain = solve(replace(given.problem, sell_cost=given.problem.sell_cost + rates))
    ours = lot_solve(given)

    assert ours.objective == pytest.approx(plain.objective, rel=1e-9, abs=1e-14)
    assert ours.cost + ours.tax.total == pytest.approx(plain.cost, rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("seed", range(20))
def test_aversion_costs_and_rates_in_another_unit_leave_the_trades(seed: int) -> None:
    given = small_case(seed + 500)
    rates = replace(RATES, short=RATES.short / 4, long=RATES.long / 4,
                    short_loss=RATES.short_loss / 4, long_loss=RATES.long_loss / 4)  # fmt: skip
    less = given.problem
    less = replace(less, risk_aversion=less.risk_aversion / 4, buy_cost=less.buy_cost / 4,
                   sell_cost=less.sell_cost / 4)  # fmt: skip
    full, quarter = replace(given, rates=RATES), replace(given, problem=less, rates=rates)
    one, other = lot_solve(full), lot_solve(quarter)

    assert other.objective == pytest.approx(one.objective / 4, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("seed", range(20))
def test_the_order_of_lots_and_a_lot_in_two_halves_leave_the_objective(seed: int) -> None:
    given = small_case(seed + 600)
    lots = given.lots
    twice = np.repeat(np.random.default_rng(seed).permutation(lots.size), 2)
    halves = Lots(lots.asset[twice], lots.weight[twice] / 2, lots.gain[twice], lots.is_long[twice],
                  lots.in_wash_window[twice], lots.is_locked[twice])  # fmt: skip
    try:
        one = lot_solve(given)
    except InfeasibleError:
        with pytest.raises(InfeasibleError):
            lot_solve(replace(given, lots=halves))
        return

    other = lot_solve(replace(given, lots=halves))

    assert other.objective == pytest.approx(one.objective, rel=1e-9, abs=1e-12)


def test_a_sale_stops_at_the_lot_whose_tax_is_not_worth_it() -> None:
    """A against cash: 2 gamma 0.04 (w - 0.5) falls to the cost and tax of selling the next lot.

    Without tax it would end at 0.5 + 0.001 / 0.08 = 0.5125; the first lot of 0.1 has a tax of 0.002 of
    its proceeds and would end at 0.5375, the second 0.02 and would not be sold below 0.7625.
    """
    given = problem([0.8, 0.2], [0.5, 0.5])
    lots = Lot(0, 0.1, 0.01), Lot(0, 0.7, 0.1)

    one = lot_solve(taxed(given, *lots))
    all_of_first = lot_solve(taxed(given, Lot(0, 0.3, 0.01), Lot(0, 0.5, 0.1)))

    assert one.sales.tolist() == [0.1, 0.0]
    assert one.weights.tolist() == pytest.approx([0.7, 0.3])
    assert one.tax.long == pytest.approx(0.1 * 0.002)
    assert all_of_first.weights[0] == pytest.approx(0.5375, abs=1e-12)


def test_the_saving_of_a_loss_counts_only_when_harvested() -> None:
    """At target nothing is worth a trade but the saving of 0.04 a unit, beyond the slope of 0.008 + 0.001."""
    given, lots = problem([0.5, 0.5], [0.5, 0.5]), (Lot(0, 0.1, -0.2), Lot(0, 0.4, 0.3))

    kept, sold = lot_solve(taxed(given, *lots)), lot_solve(taxed(given, *lots, harvest=True))

    assert kept.trade_count == 0
    assert sold.sales.tolist() == [0.1, 0.0]
    assert sold.tax.benefit == pytest.approx(0.1 * 0.2 * 0.2)
    assert sold.tax.total == -sold.tax.benefit
    assert sold.objective == pytest.approx(0.04 * 0.1**2 + 0.1 * 0.001 - 0.004)
    assert sold.sold_at_loss.tolist() == [0]


def test_an_asset_is_not_sold_for_its_loss_and_bought_back() -> None:
    """The relaxation would do both for any saving above two costs; far below target buying is worth more."""
    given = problem([0.1, 0.9], [0.9, 0.1], aversion=5.0)
    answer = lot_solve(taxed(given, Lot(0, 0.1, -0.2), harvest=True))

    assert answer.sales.tolist() == [0.0]
    assert answer.buys[0] > 0.7
    assert answer.gap <= 1e-10
    assert "A is not sold at a loss, as it or what is alike is bought" in answer.binding


def test_what_is_alike_is_not_bought_beside_a_loss() -> None:
    given = problem([0.4, 0.1, 0.5], [0.1, 0.4, 0.5], aversion=5.0)
    lots = Lot(0, 0.4, -0.3), Lot(1, 0.1, 0.1)

    apart = lot_solve(taxed(given, *lots, harvest=True))
    alike = lot_solve(taxed(given, *lots, harvest=True, groups=[7, 7, -1]))

    assert apart.buys[1] > 0
    assert apart.sold_at_loss.tolist() == [0]
    assert not (alike.buys[1] > 0 and len(alike.sold_at_loss))
    assert alike.sold_at_loss.tolist() == [0]
    assert "B is not bought, as A is sold at a loss" in alike.binding
    assert alike.objective > apart.objective


def test_rules_that_bind_are_said() -> None:
    given = problem([0.6, 0.1, 0.3], [0.3, 0.4, 0.3], aversion=5.0)
    lots = Lot(0, 0.3, -0.1, washed=True), Lot(0, 0.3, 0.0, locked=True), Lot(1, 0.1, 0.1)
    answer = lot_solve(taxed(given, *lots, unbuyable=(1,)))

    assert answer.trade_count == 0
    assert answer.binding == (
        "lots of A may not be sold",
        "lots of A in a wash window may not be sold at a loss",
        "B may not be bought",
    )


def test_limits_that_bind_are_said() -> None:
    given = problem([0.6, 0.4], [0.3, 0.7], aversion=5.0, lower=[0.5, 0.0])
    other = problem([0.6, 0.4], [0.6, 0.4], lower=[0.0, 0.0], upper=[0.5, 1.0], aversion=5.0)

    assert lot_solve(taxed(given, Lot(0, 0.6, 0.1))).binding == ("A at least 50.0 %",)
    assert lot_solve(taxed(other, Lot(0, 0.6, 0.1))).binding == ("A at most 50.0 %",)


def test_a_limit_that_locked_lots_exceed_is_refused_with_the_nearest() -> None:
    given = problem([0.6, 0.4], [0.3, 0.7], upper=[0.5, 1.0])
    with pytest.raises(InfeasibleError) as caught:
        lot_solve(taxed(given, Lot(0, 0.55, 0.1, locked=True), Lot(0, 0.05, 0.1)))

    assert str(caught.value) == (
        "#XR301 found at most 50.00 % of A, expected at least 55.00 %, its lots that may not be sold."
        " The nearest limit that leaves an answer is 55.00 %."
    )


def test_a_limit_that_asks_for_what_may_not_be_bought_is_refused() -> None:
    given = problem([0.6, 0.4], [0.3, 0.7], lower=[0.7, 0.0])
    with pytest.raises(InfeasibleError) as caught:
        lot_solve(taxed(given, Lot(0, 0.6, 0.1), unbuyable=(0,)))

    assert str(caught.value) == (
        "#XR301 found at least 70.00 % of A, expected at most 60.00 %, as it may not be bought."
        " The nearest limit that leaves an answer is 60.00 %."
    )


def test_limits_that_force_a_wash_are_refused_by_name() -> None:
    given = problem([0.4, 0.1, 0.5], [0.1, 0.4, 0.5], lower=[0.0, 0.2, 0.0], upper=[0.3, 1.0, 1.0])
    with pytest.raises(InfeasibleError) as caught:
        lot_solve(taxed(given, Lot(0, 0.4, -0.3), groups=[1, 1, -1]))

    assert str(caught.value) == (
        "#XR301 found limits by which A is sold at a loss and B, which is alike, is bought, expected one of"
        " the two. Raise the upper limit of A to 40.00 %, or the lower limit of B must be 10.00 % at most."
    )


def test_lots_and_purchases_that_leave_no_plan_are_refused() -> None:
    stuck = problem([0.6, 0.4], [0.3, 0.7], lower=[0.0, 0.5])
    few = problem([0.6, 0.4], [0.3, 0.7], upper=[0.5, 1.0])

    with pytest.raises(InfeasibleError, match=r"lots that may not be sold of 110\.00 % in all"):
        lot_solve(taxed(stuck, Lot(0, 0.6, 0.1, locked=True)))
    with pytest.raises(InfeasibleError, match=r"may not be bought that allow 90\.00 % in all"):
        lot_solve(taxed(few, Lot(0, 0.6, 0.1), unbuyable=(1,)))


@pytest.mark.parametrize("seed", range(4))
def test_more_assets_are_solved_as_by_enumeration(seed: int) -> None:
    given = small_case(seed + 700, n=5)
    verdict = enumerated(given)
    assert verdict is not None
    answer = lot_solve(given)

    check_rules(given, answer)
    ours = objective(given, answer.sales, answer.weights)
    assert verdict.least - 1e-9 <= ours <= verdict.most + 1e-11


def test_a_search_that_ends_early_says_how_good_any_plan_could_be() -> None:
    given = small_case(3, n=12)
    given = replace(given, harvest=True, rates=RATES)
    best, early = lot_solve(given), lot_solve(given, nodes=1)

    check_rules(given, early)
    assert best.gap <= 2e-10
    assert early.nodes == 1
    assert early.bound <= best.objective + 1e-12
    assert early.objective >= best.objective - 1e-12


def test_an_input_comes_back_unchanged() -> None:
    given = small_case(5)
    before = given.lots.weight.copy(), given.problem.current.copy()

    lot_solve(given)

    assert (given.lots.weight == before[0]).all()
    assert (given.problem.current == before[1]).all()
    assert lots_of(Lot(0, 1.0, 0.0)).size == 1
