"""The method Optimal on an account: what is worth its cost, by closed forms and by search."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations
from random import Random

import cvxpy as cp
import numpy as np
import pytest

from tests.engine.accounts import after_trading, assert_cash_balances, changes, household, plan
from xl_rebal.engine.desk import Desk
from xl_rebal.engine.line_risk import with_risks
from xl_rebal.engine.rebalance import rebalance
from xl_rebal.engine.worthwhile import worthwhile
from xl_rebal.errors import Code, InputError
from xl_rebal.model.plan import Costs, LineRisk, Method, Plan, TargetLine, Targets
from xl_rebal.model.portfolio import Household, Lot
from xl_rebal.model.prices import Prices
from xl_rebal.model.securities import Securities, Security
from xl_rebal.typing import FloatArray

FREE = Securities(())
TWO = np.array([[0.04, 0.01], [0.01, 0.02]])
V = 0.04  # the variance of A against B: 0.04 + 0.02 - 2 x 0.01


def asked(
    weights: dict[str, float], covariance: FloatArray, rate: float = 0.001, **more: object
) -> Plan:
    keys = tuple(key for key in weights if key != "CASH")
    return plan(weights, method=Method.OPTIMAL, costs=Costs(rate), risks={"": LineRisk(keys, covariance)},
                whole_shares=False, **more)  # fmt: skip


def weights_after(home: Household, made: Plan) -> dict[str, float]:
    found = rebalance(home, FREE, made)
    assert_cash_balances(found)
    return {line.key: line.after or 0.0 for line in found.accounts[0].lines}


def test_two_lines_go_to_the_edge_of_the_region_where_nothing_is_worth_its_cost() -> None:
    home = household({"A": (600.0, 100.0), "B": (400.0, 100.0)})
    edge = 0.001 / V
    after = weights_after(home, asked({"A": 0.5, "B": 0.5}, TWO))
    assert after["A"] == pytest.approx(0.5 + edge, abs=1e-4)  # costs are paid by what is traded
    assert after["B"] == pytest.approx(0.5 - edge, abs=1e-4)
    # the more risk counts the nearer
    closer = weights_after(home, asked({"A": 0.5, "B": 0.5}, TWO, risk_aversion=10.0))
    assert closer["A"] == pytest.approx(0.5 + edge / 10, abs=1e-4)


def test_what_is_within_it_is_left_alone_and_so_is_what_was_traded_there() -> None:
    made = asked({"A": 0.5, "B": 0.5}, TWO)
    edge = 0.001 / V
    inside = household({"A": (500.0 + 990 * edge, 100.0), "B": (500.0 - 990 * edge, 100.0)})
    assert rebalance(inside, FREE, made).trades == ()
    home = household({"A": (600.0, 100.0), "B": (400.0, 100.0)})
    once = rebalance(home, FREE, made)
    assert once.trades
    assert rebalance(after_trading(home, once), FREE, made).trades == ()


def test_cash_has_no_risk_and_new_money_goes_where_it_is_worth_it() -> None:
    # A alone against cash: b = c / (2 gamma s^2) below its target
    home = household({"A": (400.0, 100.0)}, cash=20_000.0, new_cash=40_000.0)
    made = asked({"A": 0.6, "CASH": 0.4}, np.array([[0.04]]))
    # but new cash is not left in it: of 100,000 20,000 lay idle, which is less than the target
    assert weights_after(home, made)["A"] == pytest.approx(0.6, abs=1e-4)
    # what lay idle may stay: 0.004 of too much is not worth a tenth of a per cent
    idle = household({"A": (596.0, 100.0)}, cash=40_400.0)
    assert rebalance(idle, FREE, made).trades == ()
    out = household({"A": (700.0, 100.0)}, cash=10_000.0, new_cash=-30_000.0)
    found = rebalance(out, FREE, made)
    assert found.accounts[0].cash_after >= 0
    assert found.trades[0].reason.startswith("A: ")


def test_limits_locks_and_what_has_no_target() -> None:
    lines = (TargetLine("A", 0.5, minimum=0.45), TargetLine("B", 0.5, maximum=0.5))
    made = replace(asked({"A": 0.5, "B": 0.5}, TWO, rate=0.02), targets=(Targets(lines),))
    low = household({"A": (300.0, 100.0), "B": (700.0, 100.0)})
    # within 0.02 / 0.04 nothing would be worth it, but the limits hold
    assert weights_after(low, made)["B"] == pytest.approx(0.5, abs=2e-2)
    assert weights_after(low, made)["A"] >= 0.45 - 1e-6
    lost = household({"A": (500.0, 100.0), "B": (450.0, 100.0), "OLD": (50.0, 100.0)})
    assert changes(rebalance(lost, FREE, asked({"A": 0.5, "B": 0.5}, TWO)))["OLD"] == -50.0
    lot = Lot("Main", "A", "1", 550.0, date(2020, 1, 2), None, True)
    locked = replace(household({"A": (600.0, 100.0), "B": (400.0, 100.0)}), lots=(lot,))
    found = rebalance(locked, FREE, asked({"A": 0.3, "B": 0.7}, TWO))
    assert changes(found)["A"] == pytest.approx(-50.0, abs=1e-3)


def test_minimums_give_way_to_what_is_locked() -> None:
    # 70 % of A are locked, and B and C are to have 40 % of what is left
    lines = tuple(
        TargetLine(key, 1 / 3, minimum=x) for key, x in (("A", None), ("B", 0.2), ("C", 0.2))
    )
    risk = np.diag([0.04, 0.02, 0.01])
    made = replace(asked({"A": 1 / 3, "B": 1 / 3, "C": 1 / 3}, risk), targets=(Targets(lines),))
    lot = Lot("Main", "A", "1", 700.0, date(2020, 1, 2), None, True)
    held = household({"A": (800.0, 100.0), "B": (100.0, 100.0), "C": (100.0, 100.0)})
    locked = replace(held, lots=(lot,))
    after = weights_after(locked, made)
    assert [after[key] for key in "ABC"] == pytest.approx([0.7, 0.15, 0.15], abs=2e-3)
    note = rebalance(locked, FREE, made).accounts[0].note
    assert note.endswith("; outside the limits of B and C, for locked holdings")


def test_a_class_sells_at_the_mean_rate_of_its_members_and_its_buyer_pays_its_own() -> None:
    dear = Securities((Security("A", asset_class="X", spread=0.01), Security("B", asset_class="Y")))
    lines = (TargetLine("X", 0.5, is_class=True), TargetLine("Y", 0.5, is_class=True))
    made = replace(asked({"X": 0.5, "Y": 0.5}, TWO), targets=(Targets(lines),))
    found = rebalance(household({"A": (800.0, 100.0), "B": (200.0, 100.0)}), dear, made)
    after = {line.key: line.after for line in found.accounts[0].lines}
    assert after["X"] == pytest.approx(0.5 + (0.006 + 0.001) / (2 * V), abs=1e-3)


@pytest.mark.parametrize("seed", range(25))
def test_no_other_weights_have_a_better_balance(seed: int) -> None:
    """Random accounts in fractions: small moves between any two lines make it no better."""
    chance, pick = np.random.default_rng(seed), Random(seed)
    count = pick.randint(2, 5)
    mix = chance.normal(size=(count, count + 2)) * 0.08
    covariance = mix @ mix.T
    parts = chance.dirichlet(np.full(count, 3.0))
    held = chance.dirichlet(np.full(count, 3.0))
    keys = [f"S{i}" for i in range(count)]
    home = household(
        {key: (float(round(w * 1e4, 2)), 100.0) for key, w in zip(keys, held, strict=True)}
    )
    rate, rule = pick.choice([0.0005, 0.002]), pick.choice([1.0, 5.0])
    made = asked(dict(zip(keys, parts.tolist(), strict=True)), covariance, rate, risk_aversion=rule)
    found = rebalance(home, FREE, made)
    lines = {line.key: line for line in found.accounts[0].lines}
    before = np.array([lines[key].current for key in keys])
    after = np.array([lines[key].after or 0.0 for key in keys])

    def balance(weights: FloatArray) -> float:
        away = weights - parts
        return rule * float(away @ covariance @ away) + rate * float(np.abs(weights - before).sum())

    best = balance(after)
    assert best <= balance(before) + 1e-12
    for i in range(count):
        for j in range(count):
            if i != j and after[i] > 0.002:
                moved = after.copy()
                moved[i] -= 0.002
                moved[j] += 0.002
                assert balance(moved) >= best - 2e-6


@pytest.mark.parametrize("seed", range(12))
def test_no_other_choice_of_lines_is_better_once_tickets_are_paid(seed: int) -> None:
    """All subsets of lines that trade, each at its own optimum by scipy, tickets on top."""
    chance = np.random.default_rng(seed)
    count, fee, rate, rule = 4, float(chance.choice([5.0, 40.0])), 0.001, 3.0
    mix = chance.normal(size=(count, count + 2)) * 0.08
    covariance = mix @ mix.T
    parts, held = chance.dirichlet(np.full(count, 4.0), size=2)
    keys = [f"S{i}" for i in range(count)]
    home = household(
        {k: (float(round(w * 1e3, 2)), 100.0) for k, w in zip(keys, held, strict=True)}
    )
    made = replace(asked(dict(zip(keys, parts.tolist(), strict=True)), covariance, risk_aversion=rule),
                   costs=Costs(rate, fee))  # fmt: skip
    desk = Desk.open(home.accounts[0], home, FREE, made, {})
    before = desk.line_values(desk.values, 0.0) / desk.base
    found = worthwhile(desk, before).after[:count]
    start = before[:count]

    def balance(weights: FloatArray) -> float:
        away = weights - parts
        cost = rate * np.abs(weights - start).sum()
        tickets = fee / desk.base * np.count_nonzero(np.abs(weights - start) > 1e-7)
        return float(rule * away @ covariance @ away + cost + tickets)

    best = balance(start)
    for size in range(2, count + 1):
        for some in combinations(range(count), size):
            free = cp.Variable(size)
            rest = np.delete(np.arange(count), some)
            fixed = np.zeros((count, size))
            fixed[list(some), range(size)] = 1.0
            still = np.zeros(count)
            still[rest] = start[rest]
            weights = fixed @ free + still
            root = np.linalg.cholesky(covariance).T
            cost = rate * cp.norm1(free - start[list(some)])
            problem = cp.Problem(
                cp.Minimize(1e3 * (rule * cp.sum_squares(root @ (weights - parts)) + cost)),
                [cp.sum(weights) == 1, free >= 0],
            )
            problem.solve(solver=cp.CLARABEL)
            best = min(
                best, balance(np.where(np.isin(range(count), some), fixed @ free.value, start))
            )
    assert balance(found) <= best + 1e-7


@pytest.mark.parametrize("rate", [0.0005, 0.01])
@pytest.mark.parametrize("seed", range(8))
def test_what_costs_have_moved_is_not_traded_again(seed: int, rate: float) -> None:
    """Half of A is locked and B stands at its limit, so that what is traded pays for all."""
    chance = np.random.default_rng(seed)
    mix = chance.normal(size=(4, 6)) * 0.08
    held = chance.dirichlet(np.full(4, 3.0))
    keys = ["A", "B", "C", "D"]
    home = household(
        {key: (float(round(w * 1e4, 2)), 100.0) for key, w in zip(keys, held, strict=True)}
    )
    locked = replace(
        home, lots=(Lot("Main", "A", "1", home.positions[0].quantity / 2, date(2020, 1, 2), None, True),)
    )  # fmt: skip
    weights = dict(zip(keys, chance.dirichlet(np.full(4, 3.0)).tolist(), strict=True))
    lines = tuple(
        TargetLine(key, w, maximum=w + 0.01 if key == "B" else None) for key, w in weights.items()
    )
    asks = asked(weights, mix @ mix.T, rate, risk_aversion=50.0)
    made = replace(asks, targets=(Targets(lines),))
    once = rebalance(locked, FREE, made)
    assert once.trades
    assert rebalance(after_trading(locked, once), FREE, made).trades == ()


def test_who_ends_past_his_target_is_not_said_to_stop_short_of_it() -> None:
    home = household({"A": (7.0, 100.0), "B": (3.0, 100.0)})
    made = replace(asked({"A": 0.56, "B": 0.44}, TWO, 0.0), whole_shares=True)
    found = rebalance(home, FREE, made)
    assert changes(found) == {"A": -1.0, "B": 1.0}
    assert found.trades[0].reason == (
        "A: 14.0 pp over its 56.0 % target; sold to 60.0 %, beyond which less risk is not worth its cost."
    )
    made = replace(asked({"A": 0.64, "B": 0.36}, TWO, 0.0), whole_shares=True)
    found = rebalance(home, FREE, made)
    assert changes(found) == {"A": -1.0, "B": 1.0}
    others = "since with the others that leaves less risk than it costs"
    assert [trade.reason for trade in found.trades] == [
        f"A: 6.0 pp over its 64.0 % target; sold {others}.",
        f"B: 6.0 pp under its 36.0 % target; bought {others}.",
    ]


def test_what_is_sold_for_a_withdrawal_alone_says_so() -> None:
    home = household({"A": (480.0, 100.0), "B": (520.0, 100.0)}, new_cash=-90_000.0)
    found = rebalance(home, FREE, asked({"A": 0.5, "B": 0.5}, TWO, 0.002))
    assert [trade.reason for trade in found.trades] == [
        "B: 2.0 pp over its 50.0 % target; sold to its target.",
        "A: 2.0 pp under its 50.0 % target; sold to raise the withdrawal of 90,000.00.",
    ]


def test_the_outcome_says_what_was_weighed_and_what_the_target_would_cost() -> None:
    home = household({"A": (600.0, 100.0), "B": (400.0, 100.0)})
    outcome = rebalance(home, FREE, asked({"A": 0.5, "B": 0.5}, TWO)).accounts[0]
    # 0.1 x sqrt(0.04) and 0.025 x 0.2; 2 x 7,500 and 2 x 10,000 at 10 bp
    assert (
        outcome.note
        == "tracking error 2.00 % a year before, 0.50 % after; costs 15.00, to the target 20.00"
    )


DAYS = tuple(date(2024, 1, 1) + timedelta(days=k) for k in range(30))
CLOSES = Prices(
    DAYS, ("A", "B"), np.exp(np.random.default_rng(3).normal(0, 0.02, (30, 2)).cumsum(axis=0))
)


def test_the_risk_is_that_of_the_last_returns_up_to_the_day() -> None:
    made = plan({"A": 0.5, "B": 0.4, "CASH": 0.1}, method=Method.OPTIMAL)
    found, notes = with_risks(made, household({"A": (1.0, 1.0)}), FREE, CLOSES, DAYS[24], 20)
    values = CLOSES.values[4:25]
    expected = np.cov((values[1:] / values[:-1] - 1).T) * 365.25
    assert found.risks[""].keys == ("A", "B")
    assert found.risks[""].covariance == pytest.approx(expected)
    assert found.risks[""].of(("CASH", "B", "X"))[1].tolist() == [
        0.0,
        pytest.approx(expected[1, 1]),
        0.0,
    ]
    assert notes == ()
    later = Prices(DAYS, CLOSES.symbols, np.where(np.arange(30)[:, None] > 24, 1.0, CLOSES.values))
    again, _ = with_risks(made, household({"A": (1.0, 1.0)}), FREE, later, DAYS[24], 20)
    assert again.risks[""].covariance.tolist() == found.risks[""].covariance.tolist()


def test_too_few_prices_and_gaps_are_refused_where_they_are_set_or_used() -> None:
    made = plan({"A": 0.5, "B": 0.5}, method=Method.OPTIMAL)
    home = household({"A": (1.0, 1.0)})
    with pytest.raises(InputError) as caught:
        with_risks(made, home, FREE, CLOSES, None, 30)
    assert [(each.code, each.about) for each in caught.value.problems] == [
        (Code.TOO_FEW_PRICES, ("setting", "CovarianceWindow"))
    ]
    values = CLOSES.values.copy()
    values[20, 1] = np.nan
    gap = Prices(DAYS, CLOSES.symbols, values)
    with pytest.raises(InputError) as caught:
        with_risks(made, home, FREE, gap, None, 20)
    assert [(each.code, each.about) for each in caught.value.problems] == [
        (Code.MISSING_PRICE, ("target", "B", ""))
    ]
    assert with_risks(plan({"A": 1.0}), home, FREE, gap, None, 20)[0].risks == {}
