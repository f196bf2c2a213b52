"""Total-return prices against shares that are counted: each dividend buys more of them."""

from __future__ import annotations

import math
from datetime import date, timedelta
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xl_rebal.model.dividends import Dividend, Dividends
from xl_rebal.model.prices import Prices

START = date(2024, 1, 1)
NAN = math.nan


def day(number: int) -> date:
    return START + timedelta(days=number)


def table(symbols: str, *columns: list[float], step: int = 1) -> Prices:
    days = tuple(day(step * i) for i in range(len(columns[0])))
    return Prices(days, tuple(symbols.split()), np.array(columns, dtype=np.float64).T)


def paid(*entries: tuple[int, str, float]) -> Dividends:
    return Dividends(
        tuple(Dividend(day(number), symbol, amount) for number, symbol, amount in entries)
    )


def wealth_of_one_share(prices: Prices, symbol: str, dividends: Dividends) -> list[float]:
    """One share bought at the first price; what it pays goes into more shares at the first close since."""
    closes = prices.values[:, prices.symbols.index(symbol)].tolist()
    shares, waiting, is_held, last = 1.0, 0.0, False, date.min
    found = []
    for today, close in zip(prices.dates, closes, strict=True):
        if is_held:  # held over night: it has a claim to what went ex since
            waiting += sum(
                shares * each.amount
                for each in dividends.entries
                if each.symbol == symbol and last < each.ex_date <= today
            )
        last = today
        if math.isnan(close):
            found.append(NAN)
            continue
        is_held, shares, waiting = True, shares + waiting / close, 0.0
        found.append(shares * close)
    return found


@given(st.randoms(use_true_random=True))
@settings(max_examples=150, deadline=None)
def test_a_total_return_price_is_the_wealth_of_one_share_that_reinvests(pick: Random) -> None:
    rows, step = pick.randint(2, 40), pick.choice([1, 2, 7])
    chance = np.random.default_rng(pick.randint(0, 10**9))
    walk = 50 * np.exp(np.cumsum(chance.normal(0, 0.03, (rows, 2)), axis=0))
    walk[chance.random(walk.shape) < 0.1] = NAN
    walk[: pick.randint(0, 3), 0] = NAN
    prices = table("A B", *walk.T.tolist(), step=step)
    dividends = paid(*(
        (pick.randint(-3, step * rows + 3), pick.choice("AB"), pick.uniform(0.01, 9))
        for _ in range(pick.randint(1, 12))
    ))  # fmt: skip
    found = prices.total_return(dividends)

    assert (found.dates, found.symbols) == (prices.dates, prices.symbols)
    for place, symbol in enumerate(prices.symbols):
        assert found.values[:, place] == pytest.approx(
            wealth_of_one_share(prices, symbol, dividends), rel=1e-12, nan_ok=True
        )


def test_the_return_of_an_ex_date_is_price_and_dividend_over_the_price_before() -> None:
    total = table("A", [100, 98, 101, 99]).total_return(paid((1, "A", 3.0), (3, "A", 1.5)))
    returns = total.values[1:, 0] / total.values[:-1, 0]
    assert returns == pytest.approx([(98 + 3) / 100, 101 / 98, (99 + 1.5) / 101], rel=1e-14)


def test_two_dividends_of_a_row_add_up_and_do_not_compound() -> None:
    prices = table("A", [100, 80], step=7)
    total = prices.total_return(paid((3, "A", 10.0), (5, "A", 5.0), (5, "A", 1.0)))
    assert total.values[:, 0].tolist() == pytest.approx([100, 80 + 16], rel=1e-14)


def test_where_the_price_before_is_missing_the_last_one_before_it_is_what_it_is_measured_from() -> (
    None
):
    total = table("A", [100, NAN, 90]).total_return(paid((2, "A", 6.0)))
    assert total.values[[0, 2], 0].tolist() == pytest.approx([100, 96], rel=1e-14)
    assert math.isnan(total.values[1, 0])


def test_an_ex_date_without_a_price_falls_on_the_next_row_that_has_one() -> None:
    prices = table("A B", [100, NAN, 90, 95], [5, 5, 5, 5], step=2)
    assert [prices.ex_row("A", day(number)) for number in range(8)] == [
        None,
        2,
        2,
        2,
        2,
        3,
        3,
        None,
    ]
    assert prices.ex_row("B", day(1)) == 1
    assert prices.ex_row("C", day(1)) is None


def test_what_falls_on_no_row_is_left_out_and_not_counted() -> None:
    prices = table("A B", [NAN, 100, 90, NAN], [5, 5, 5, 5])
    entries = paid((-1, "A", 1), (1, "A", 1), (2, "A", 1), (3, "A", 1), (2, "B", 1), (2, "C", 1))
    total = prices.total_return(entries)
    assert total.reinvested == 2
    assert total.source == "total-return prices: closes with 2 dividends reinvested"
    assert total.values[1:3, 0].tolist() == pytest.approx([100, 91], rel=1e-14)


def test_prices_without_dividends_are_taken_as_they_are_given() -> None:
    prices = table("A", [100, 90])
    assert prices.total_return(Dividends()) is prices
    assert prices.source == "prices as given, taken as total-return prices"


def test_later_prices_and_dividends_change_nothing_before() -> None:
    closes = [100.0, 98.0, 101.0, 99.0, 105.0]
    whole = table("A", closes).total_return(paid((1, "A", 3.0), (4, "A", 2.0)))
    early = table("A", closes[:3]).total_return(paid((1, "A", 3.0)))
    assert whole.values[:3].tolist() == early.values.tolist()


def test_the_closes_stay_as_they_were() -> None:
    prices = table("A", [100, 98])
    prices.total_return(paid((1, "A", 3.0)))
    assert prices.values[:, 0].tolist() == [100, 98]


@pytest.mark.parametrize("amount", [0.0, -1.0, math.inf, NAN])
def test_a_dividend_is_above_nothing(amount: float) -> None:
    with pytest.raises(ValueError, match="above 0"):
        Dividend(START, "A", amount)
