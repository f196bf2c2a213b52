"""Dated prices: no look ahead, no filling forward, no assumed 252."""

from __future__ import annotations

import math
import statistics
from datetime import date, timedelta

import numpy as np
import pytest

from xl_rebal.model.prices import Prices

START = date(2024, 1, 5)


def table(values: list[list[float]], step: int = 7) -> Prices:
    """Columns AAA, BBB; a row every ``step`` days."""
    days = tuple(START + timedelta(days=step * i) for i in range(len(values)))
    return Prices(days, ("AAA", "BBB"), np.array(values))


WEEKLY = table([[10.0, 5.0], [11.0, 5.0], [9.0, 5.5], [12.0, math.nan], [12.5, 6.0]])


@pytest.mark.parametrize(
    ("days", "symbols", "values", "message"),
    [
        ((START,), ("A", "B"), [[1.0]], "do not fit"),
        ((START, START), ("A",), [[1.0], [1.0]], "must rise"),
        ((START + timedelta(1), START), ("A",), [[1.0], [1.0]], "must rise"),
        ((START,), ("A", "A"), [[1.0, 1.0]], "stands twice"),
        ((START,), ("A",), [[0.0]], "above 0"),
        ((START,), ("A",), [[-1.0]], "above 0"),
        ((START,), ("A",), [[math.inf]], "finite"),
    ],
)
def test_a_table_that_breaks_a_rule_is_refused(
    days: tuple[date, ...], symbols: tuple[str, ...], values: list[list[float]], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        Prices(days, symbols, np.array(values))


def test_the_last_row_is_the_newest_on_or_before_the_date() -> None:
    assert WEEKLY.last_row(START - timedelta(1)) is None
    assert WEEKLY.last_row(START) == 0
    assert WEEKLY.last_row(START + timedelta(6)) == 0
    assert WEEKLY.last_row(START + timedelta(7)) == 1
    assert WEEKLY.last_row(None) == 4
    assert Prices((), (), np.empty((0, 0))).last_row(None) is None


def test_a_price_is_that_of_the_row_and_is_never_filled_forward() -> None:
    assert WEEKLY.price("AAA", START + timedelta(15)) == 9.0
    assert WEEKLY.price("BBB", START + timedelta(21)) is None
    assert WEEKLY.price("BBB", None) == 6.0
    assert WEEKLY.price("ZZZ", None) is None
    assert WEEKLY.price("AAA", START - timedelta(1)) is None


def test_volatility_is_the_sample_deviation_times_the_root_of_weeks_a_year() -> None:
    found = WEEKLY.annual_volatility("AAA", None, 4)
    returns = [11 / 10 - 1, 9 / 11 - 1, 12 / 9 - 1, 12.5 / 12 - 1]
    by_hand = statistics.stdev(returns) * math.sqrt(365.25 / 7)

    assert found == pytest.approx(by_hand, rel=1e-12)
    assert found != pytest.approx(statistics.stdev(returns) * math.sqrt(252), rel=0.5)


def test_volatility_at_a_date_uses_no_later_price() -> None:
    changed = table([[10.0, 5.0], [11.0, 5.0], [9.0, 5.5], [99.0, 1.0], [0.5, 6.0]])
    at = START + timedelta(14)
    assert changed.annual_volatility("AAA", at, 2) == WEEKLY.annual_volatility("AAA", at, 2)
    assert WEEKLY.annual_volatility("AAA", at, 2) == pytest.approx(
        statistics.stdev([11 / 10 - 1, 9 / 11 - 1]) * math.sqrt(365.25 / 7), rel=1e-12
    )


@pytest.mark.parametrize(
    ("symbol", "as_of", "window"),
    [
        ("AAA", None, 5),  # five returns need six rows
        ("AAA", START + timedelta(14), 3),
        ("BBB", None, 4),  # a price is missing
        ("ZZZ", None, 2),
        ("AAA", None, 1),  # one return has no sample deviation
        ("AAA", START - timedelta(1), 2),
    ],
)
def test_without_enough_prices_there_is_no_volatility(
    symbol: str, as_of: date | None, window: int
) -> None:
    assert WEEKLY.annual_volatility(symbol, as_of, window) is None


def test_volatility_row_by_row_is_that_of_each_date_before_it_is_made_annual() -> None:
    found = WEEKLY.volatilities(2)
    assert found.shape == (5, 2)
    for row, day in enumerate(WEEKLY.dates):
        for place, symbol in enumerate(WEEKLY.symbols):
            annual = WEEKLY.annual_volatility(symbol, day, 2)
            expected = math.nan if annual is None else annual / math.sqrt(365.25 / 7)
            assert found[row, place] == pytest.approx(expected, rel=1e-12, nan_ok=True)


def test_the_table_by_asset_is_a_copy_of_the_values_that_nobody_can_change() -> None:
    values = np.array([[1.0, 2.0], [3.0, np.nan]])
    prices = Prices((date(2024, 1, 2), date(2024, 1, 3)), ("A", "B"), values)

    assert not prices.is_complete
    assert prices.of(["A"]).is_complete
    assert prices.by_asset[:, 0].flags.c_contiguous
    assert np.array_equal(prices.by_asset, values, equal_nan=True)
    with pytest.raises(ValueError, match="read-only"):
        prices.by_asset[0, 0] = 5.0
    values[0, 0] = 9.0
    assert prices.by_asset[0, 0] == 1.0
