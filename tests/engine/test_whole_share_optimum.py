"""Whole shares, tickets, minimum trades and counts against a search through every choice."""

from __future__ import annotations

from itertools import product
from math import prod
from random import Random

import numpy as np
import pytest

from xl_rebal.engine.optimal import DenseRisk, OptimalProblem, solve
from xl_rebal.engine.optimal.whole import WholeShareProblem, whole_solve
from xl_rebal.engine.optimal.whole.search import improved
from xl_rebal.engine.optimal.whole.trades import objective, rounded
from xl_rebal.errors import InfeasibleError
from xl_rebal.typing import FloatArray

CASES, MOST = 60, 60_000


def a_book(seed: int, assets: int, wealth: float | None = None) -> WholeShareProblem:
    """Assets with prices from 20 to 400 and cash, some in fractions, lots of ten, tickets, limits."""
    pick, chance = Random(seed), np.random.default_rng(seed)
    count = assets + 1
    whole = wealth or pick.choice([2_000.0, 10_000.0, 50_000.0])
    mix = chance.normal(size=(assets, assets + 2)) * 0.05
    covariance = np.zeros((count, count))
    covariance[:assets, :assets] = mix @ mix.T + np.diag(chance.uniform(0.005, 0.03, assets))
    price = np.append(chance.uniform(20, 400, assets).round(2), 1.0)
    target = chance.dirichlet(np.full(count, 2.0))
    wished = np.maximum(target + chance.normal(0, 0.05, count), 0.0)
    quantity = np.floor(wished / wished.sum() * whole / price)[:assets]
    quantity += np.where(chance.random(assets) < 0.15, chance.random(assets).round(2), 0.0)
    current = np.append(quantity * price[:assets] / whole, 0.0)
    current[-1] = 1.0 - current.sum()
    rate = np.append(np.full(assets, pick.choice([0.0, 0.001, 0.005])), 0.0)
    upper = np.full(count, np.inf)
    if pick.random() < 0.3:
        upper[:assets] = target[:assets] + 0.1
    problem = OptimalProblem(
        current, target / target.sum(), DenseRisk(covariance), pick.choice([1.0, 5.0, 50.0]),
        rate, rate * pick.choice([1.0, 2.0]), np.zeros(count), upper,
    )  # fmt: skip
    return WholeShareProblem(
        problem, whole, price, np.append(chance.choice([1, 1, 1, 10], assets), 1.0),
        np.append(np.full(assets, pick.choice([0.0, 1.0, 5.0])), 0.0), assets,
        minimum=pick.choice([0.0, 0.0, 200.0]),
        most_trades=pick.randint(1, assets) if pick.random() < 0.4 else None,
        cash_floor=pick.choice([0.0, 0.0, 0.01]),
    )  # fmt: skip


def choices_of(book: WholeShareProblem) -> list[list[float]]:
    """Every change of weight that each asset may have, straight from the definition."""
    asked, found = book.problem, []
    for i in (i for i in range(asked.size) if i != book.cash):
        held, step = float(asked.current[i]), float(book.price[i] * book.step[i] / book.wealth)
        low, high = float(asked.lower[i]), min(float(asked.upper[i]), 3.0)
        some = [0.0] if low - 1e-12 <= held <= high + 1e-12 else []
        for number in range(-int(held / step) - 2, int(1.2 / step) + 2):
            after, worth = held + number * step, abs(number) * step * book.wealth
            if number and low - 1e-12 <= after <= high + 1e-12 and worth >= book.minimum - 1e-9:
                some.append(number * step)
        is_part = abs(round(held / step) * step - held) > 1e-12
        if is_part and low <= 1e-12 and held * book.wealth >= book.minimum:
            some.append(-held)
        found.append(some)
    return found


def best_of_all(book: WholeShareProblem) -> float | None:
    """The least objective of all choices; None where none is allowed."""
    asked, cash = book.problem, book.cash
    assets, choices = [i for i in range(asked.size) if i != cash], choices_of(book)
    grid = np.array(list(product(*choices))).reshape(-1, len(assets))
    cost = np.where(grid > 0, asked.buy_cost[assets], -asked.sell_cost[assets]) * grid
    cost = (cost + np.where(grid != 0, book.fee[assets] / book.wealth, 0.0)).sum(axis=1)
    change = np.zeros((len(grid), asked.size))
    change[:, assets] = grid
    change[:, cash] = -grid.sum(axis=1)
    away = asked.current + change - asked.target
    spread = ((away @ asked.risk.dense()) * away).sum(axis=1)
    allowed = asked.current[cash] + change[:, cash] - cost >= book.cash_floor - 1e-12
    if book.most_trades is not None:
        allowed &= (grid != 0).sum(axis=1) <= book.most_trades
    if not allowed.any():
        return None
    return float((asked.risk_aversion * spread + cost)[allowed].min())


@pytest.mark.parametrize("seed", range(CASES))
def test_the_best_of_all_choices_is_found_and_proven(seed: int) -> None:
    book = a_book(seed, 1 + seed % 3)
    if prod(len(each) for each in choices_of(book)) > MOST:
        book = a_book(seed, 1)
    expected = best_of_all(book)
    if expected is None:
        with pytest.raises(InfeasibleError, match="no whole shares"):
            whole_solve(book)
        return
    found = whole_solve(book)
    assert found.objective == pytest.approx(expected, rel=1e-9, abs=1e-14)
    assert found.bound <= expected * (1 + 1e-7) + 1e-13
    assert found.is_proven
    assert found.spare_cash >= -1e-12
    assert found.weights.sum() == pytest.approx(1.0, abs=1e-12)


@pytest.mark.parametrize("seed", range(100, 108))
def test_larger_books_are_never_worse_than_the_rounded_convex_optimum(seed: int) -> None:
    book = a_book(seed, 12, 100_000.0)
    convex = solve(book.problem)
    start = rounded(book, convex.trades[book.others])
    found = whole_solve(book, seconds=2.0, gap=1e-3, nodes=50)

    better = improved(book, start)
    if better is not None:
        assert found.objective <= objective(book, better.change(book)) * (1 + 1e-12)
    assert convex.objective <= found.objective * (1 + 1e-9)
    assert found.convex <= found.bound * (1 + 1e-9) <= found.objective * (1 + 2e-9)
    steps = (found.change / book.price * book.wealth / book.step)[book.others]
    is_whole = np.abs(steps - np.rint(steps)) < 1e-6
    assert np.all(is_whole | (np.abs(found.weights[book.others]) < 1e-12))


def two(
    target: float, fee: float = 0.0, minimum: float = 0.0, cash_floor: float = 0.0
) -> WholeShareProblem:
    """60 shares of A at 10 and 400 of cash; A has a volatility of 20 %."""
    covariance: FloatArray = np.array([[0.04, 0.0], [0.0, 0.0]])
    problem = OptimalProblem(
        np.array([0.6, 0.4]), np.array([target, 1 - target]), DenseRisk(covariance), 1.0,
        np.array([0.001, 0.0]), np.array([0.001, 0.0]),
    )  # fmt: skip
    prices, ones = np.array([10.0, 1.0]), np.ones(2)
    fees = np.array([fee, 0.0])
    return WholeShareProblem(problem, 1_000.0, prices, ones, fees, 1, minimum, None, cash_floor)


def test_one_asset_by_hand() -> None:
    # convex: stop at b = c / (2 gamma s^2) = 0.0125 above the target 0.505: 0.5175, so 51 or 52 shares; at 51
    # the risk is 0.04 x 0.005^2 and 0.09 are sold, at 52 it is 0.04 x 0.015^2 and 0.08 are
    found = whole_solve(two(0.505))
    assert found.trades.steps.tolist() == [-8]
    assert found.objective == pytest.approx(0.04 * 0.015**2 + 0.08 * 0.001)
    # a ticket of 1 is 0.001 of the whole, and the risk of 0.6 is only 0.04 x 0.095^2 = 0.00036
    assert whole_solve(two(0.505, fee=1.0)).trade_count == 0
    # 100 currency at least
    assert whole_solve(two(0.505, minimum=100.0)).trades.steps.tolist() == [-10]


def test_cash_pays_for_what_is_bought_and_its_costs() -> None:
    # 40 shares would cost 400 and 0.40 of costs; nothing may be left below 0
    found = whole_solve(two(1.0))
    assert found.trades.steps.tolist() == [39]
    assert found.spare_cash == pytest.approx(0.01 - 0.00039)
    assert whole_solve(two(1.0, cash_floor=0.1)).trades.steps.tolist() == [29]


def test_limits_that_no_choice_keeps_are_refused_in_words() -> None:
    with pytest.raises(InfeasibleError, match="limits that no whole shares keep"):
        whole_solve(two(0.5, cash_floor=1.2))


def test_of_what_must_be_sold_no_less_is_sold_though_a_part_of_a_share_is_held() -> None:
    # 2.92 shares of B have to come below 32.3 %: 2 are sold, or all; A moves with B
    together = np.array([0.2184, 0.1015, 0.0])
    problem = OptimalProblem(
        np.array([0.084436, 0.507788, 0.407776]), np.array([0.37, 0.22, 0.41]),
        DenseRisk(np.outer(together, together)), 1.0, np.array([0.01, 0.0, 0.0]),
        np.array([0.01, 0.0, 0.0]), np.zeros(3), np.array([0.47, 0.323, np.inf]),
    )  # fmt: skip
    book = WholeShareProblem(
        problem, 1_000.0, np.array([83.6, 173.9, 1.0]), np.ones(3), np.zeros(3), 2, cash_floor=0.02
    )
    found = whole_solve(book)
    assert found.weights[1] <= 0.323
    assert found.objective == pytest.approx(best_of_all(book), rel=1e-9)
