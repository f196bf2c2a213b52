"""The two generators of targets: worked by hand, with gaps, late starters and prices that do not vary."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engine import slow
from xl_rebal.engine.backtest import backtest
from xl_rebal.engine.policies import DatedTargets, tactical
from xl_rebal.engine.tactical import generated, inverse_volatility, trend
from xl_rebal.errors import InputError
from xl_rebal.model.prices import Prices
from xl_rebal.model.schedule import Schedule
from xl_rebal.model.tactical import Generator

NAN = math.nan
EVERY_ROW = Schedule(every=1)


def table(symbols: str, *columns: Sequence[float]) -> Prices:
    """Columns of prices on consecutive days."""
    days = tuple(date(2024, 1, 1) + timedelta(days=i) for i in range(len(columns[0])))
    return Prices(days, tuple(symbols.split()), np.array(columns).T)


def weights_by_day(found: DatedTargets) -> dict[int | None, list[float]]:
    """Weights by the number of the row from which they hold."""
    start = date(2024, 1, 1)
    return {
        None if day is None else (day - start).days: [float(w) for w in row]
        for day, row in zip(found.dates, found.weights, strict=True)
    }


def deviation(*closes: float) -> float:
    return statistics.stdev(b / a - 1 for a, b in pairwise(closes))


CALM, WILD = [100, 101, 100, 102, 101, 103], [10, 12, 9, 12, 10, 13]


def test_weights_go_with_one_over_volatility_and_cash_keeps_its_target() -> None:
    prices = table("A B CASH", CALM, WILD, [NAN] * 6)
    found = weights_by_day(
        inverse_volatility(prices, np.array([0.2, 0.6, 0.2]), EVERY_ROW, window=3)
    )
    assert list(found) == [None, 3, 4, 5]  # three returns need four closes
    assert found[None] == [0.2, 0.6, 0.2]
    one, other = 1 / deviation(*CALM[1:5]), 1 / deviation(*WILD[1:5])
    assert found[4] == pytest.approx(
        [0.8 * one / (one + other), 0.8 * other / (one + other), 0.2], rel=1e-13
    )


def test_what_has_no_base_target_gets_none() -> None:
    prices = table("A B C", CALM, WILD, CALM)
    found = inverse_volatility(prices, np.array([0.5, 0.5, 0.0]), EVERY_ROW, window=3)
    assert (found.weights[:, 2] == 0).all()
    assert (found.weights[1:, 0] > found.weights[1:, 1]).all()


def test_a_late_starter_keeps_its_base_target_until_its_window_is_full() -> None:
    late = [NAN, NAN, *WILD[:4]]
    prices = table("A B C", CALM, WILD, late)
    found = weights_by_day(inverse_volatility(prices, np.array([0.4, 0.4, 0.2]), EVERY_ROW, 3))
    assert [found[row][2] for row in (3, 4)] == [0.2, 0.2]
    assert sum(found[4][:2]) == pytest.approx(0.8)
    inverse = np.array([1 / deviation(*closes[2:]) for closes in (CALM, WILD, late)])
    assert found[5] == pytest.approx(inverse / inverse.sum())


def test_a_price_missing_from_the_window_leaves_the_newest_estimate_before_it() -> None:
    gap = [*CALM[:4], NAN, CALM[5]]
    whole = weights_by_day(
        inverse_volatility(table("A B", CALM, WILD), np.array([0.5, 0.5]), EVERY_ROW, 3)
    )
    found = weights_by_day(
        inverse_volatility(table("A B", gap, WILD), np.array([0.5, 0.5]), EVERY_ROW, 3)
    )
    old = 1 / deviation(*CALM[:4])
    for row in (4, 5):
        new = 1 / deviation(*WILD[row - 3 : row + 1])
        assert found[row] == pytest.approx([old / (old + new), new / (old + new)], rel=1e-13)
    assert found[3] == whole[3]


def test_a_price_that_does_not_vary_has_no_volatility_to_divide_by() -> None:
    # Growth at one rate is a deviation of rounding, and one over it would take the whole portfolio.
    steady = [100 * 1.01**i for i in range(6)]
    base = np.array([0.3, 0.5, 0.2])
    found = inverse_volatility(table("A B C", steady, WILD, CALM), base, EVERY_ROW, 3)
    assert found.weights[1:, 0].tolist() == [0.3] * 3
    with pytest.raises(InputError, match="without a full window"):
        inverse_volatility(table("A", steady), np.array([1.0]), EVERY_ROW, 3)


def test_an_asset_below_its_mean_stands_in_cash_and_one_at_it_stays() -> None:
    #      mean of 3:      10   10.67   11      11      10
    prices = table("A CASH", [9, 10, 11, 11, 11, 11, 8], [NAN] * 7)
    found = weights_by_day(trend(prices, np.array([0.9, 0.1]), EVERY_ROW, window=3))
    assert list(found) == [None, 2, 3, 4, 5, 6]
    assert [found[row] for row in (2, 4, 5)] == [[0.9, 0.1]] * 3  # above, at, at
    assert found[6] == [0.0, 1.0]


def test_prices_that_stand_still_are_at_their_mean_whatever_binary_floating_point_makes_of_it() -> (
    None
):
    assert sum([100.1] * 200) / 200 != 100.1
    prices = table("A CASH", [100.1] * 202, [NAN] * 202)
    found = trend(prices, np.array([1.0, 0.0]), EVERY_ROW)
    assert len(found.dates) == 1 + 3  # closes of rows 199, 200 and 201
    assert (found.weights[:, 0] == 1).all()


def test_a_missing_close_keeps_the_decision_that_was_made_before_it() -> None:
    down, base = [10, 9, 8, 7, NAN, 20, 20, 20], np.array([0.5, 0.5, 0.0])
    prices = table("A B CASH", down, [1.0] * 8, [NAN] * 8)
    found = weights_by_day(trend(prices, base, EVERY_ROW, window=3))
    assert [found[row][0] for row in range(2, 8)] == [0, 0, 0, 0, 0, 0.5]


def test_a_trend_filter_decides_on_its_dates_only_and_waits_for_full_windows() -> None:
    falling = [float(x) for x in range(30, 0, -1)]
    prices = table("A CASH", falling, [NAN] * 30)
    policy = tactical(trend(prices, np.array([1.0, 0.0]), Schedule(every=7), window=10))
    found = backtest(prices, policy)
    assert found.rows.tolist() == [
        14
    ]  # 7 is too early, and at 21 and 28 there is nothing left to do
    assert found.weights[-1].tolist() == [0.0, 1.0]
    assert found.value[:15] == pytest.approx(np.array(falling[:15]) / 30)
    assert (found.value[14:] == found.value[14]).all()


@pytest.mark.parametrize(("generator", "least"), [("inverse volatility", 5), ("trend", 4)])
def test_a_window_that_is_never_full_before_the_last_row_is_refused(
    generator: str, least: int
) -> None:
    def made(rows: int) -> object:
        prices = table("A CASH", ([*WILD, *WILD])[:rows], [NAN] * rows)
        return generated(Generator(generator), prices, np.array([1.0, 0.0]), EVERY_ROW, 3)

    assert made(least)
    with pytest.raises(
        InputError, match=f"^#XR201 prices: found {least - 1} rows of prices without"
    ):
        made(least - 1)


def test_without_a_window_of_its_own_a_generator_takes_its_usual_one() -> None:
    chance = np.random.default_rng(5)
    walk = np.exp(np.cumsum(chance.normal(0, 0.02, (300, 2)), axis=0))
    prices = table("A B CASH", *walk.T.tolist(), [NAN] * 300)
    base = np.array([0.5, 0.5, 0.0])
    for generator, first in ((Generator.INVERSE_VOLATILITY, 252), (Generator.TREND, 199)):
        assert generated(generator, prices, base, EVERY_ROW).dates[1] == prices.dates[first]


@given(st.randoms(use_true_random=True))
@settings(max_examples=100, deadline=None)
def test_targets_are_those_of_a_loop_over_rows_with_gaps_and_late_starters(pick: Random) -> None:
    rows, assets, window = pick.randint(12, 60), pick.randint(1, 4), pick.randint(2, 9)
    chance = np.random.default_rng(pick.randint(0, 10**9))
    walk = 50 * np.exp(np.cumsum(chance.normal(0, 0.05, (rows, assets)), axis=0))
    walk[chance.random(walk.shape) < 0.04] = NAN
    walk[: pick.randint(0, 8), 0] = NAN
    prices = table(" ".join(f"S{i}" for i in range(assets)) + " CASH", *walk.T, [NAN] * rows)
    base = chance.dirichlet(np.ones(assets + 1))
    generator = pick.choice(list(Generator))
    make = {Generator.TREND: slow.trend, Generator.INVERSE_VOLATILITY: slow.inverse_volatility}
    expected: dict[int | None, list[float]] = {None: base.tolist()}
    for row in range(1, rows):
        new = make[generator](prices.values, base.tolist(), row, window, assets)
        if new is not None:
            expected[row] = new
    if all(row is None or row == rows - 1 for row in expected):
        return  # refused

    found = weights_by_day(generated(generator, prices, base, EVERY_ROW, window))

    assert list(found) == list(expected)
    for start, weights in expected.items():
        assert found[start] == pytest.approx(weights, rel=1e-11, abs=1e-13)


@given(st.randoms(use_true_random=True))
@settings(max_examples=60, deadline=None)
def test_no_target_knows_a_later_price(pick: Random) -> None:
    rows, window = 40, pick.randint(2, 12)
    chance = np.random.default_rng(pick.randint(0, 10**9))
    walk = np.exp(np.cumsum(chance.normal(0, 0.05, (rows, 3)), axis=0))
    cut = pick.randint(window + 1, rows - 2)
    other = walk.copy()
    other[cut + 1 :] *= chance.uniform(0.1, 10.0, other[cut + 1 :].shape)
    generator, base = pick.choice(list(Generator)), np.array([0.5, 0.3, 0.1, 0.1])
    first, second = (
        weights_by_day(
            generated(
                generator, table("A B C CASH", *values.T, [NAN] * rows), base, EVERY_ROW, window
            )
        )
        for values in (walk, other)
    )
    early = [row for row in first if row is None or row <= cut]
    assert early == [row for row in second if row is None or row <= cut]
    assert [first[row] for row in early] == [second[row] for row in early]
