"""The examples: real prices as they were taken, made-up ones that never change."""

from __future__ import annotations

import csv
import gzip
import io
import statistics
from datetime import date
from importlib.resources import files

import numpy as np
import pytest

from tests.generated import new
from xl_rebal.engine.report import drift_report
from xl_rebal.examples import CONTENTS, multi_asset, stocks
from xl_rebal.examples.multi_asset import synthetic_prices
from xl_rebal.examples.stocks import LAST_CLOSES
from xl_rebal.model.prices import Prices
from xl_rebal.model.trades import Status
from xl_rebal.workbook.content import Content
from xl_rebal.workbook.file_book import read_source
from xl_rebal.workbook.parse import parse


def prices_of(content: Content) -> Prices:
    assert content.prices is not None
    return content.prices


def test_the_stock_prices_are_the_adjusted_closes_of_the_source() -> None:
    package = pytest.importorskip("bokeh_sampledata", reason="the source of the prices is optional")
    raw = (files(package) / "_data" / "stocks.csv.gz").read_bytes()
    lines = list(csv.DictReader(io.StringIO(gzip.decompress(raw).decode())))
    closes = {(line["Date"], line["Ticker"]): float(line["Adj Close"]) for line in lines}
    prices = prices_of(stocks())
    found = {
        (day.isoformat(), symbol): prices.values[row, column].item()
        for row, day in enumerate(prices.dates)
        for column, symbol in enumerate(prices.symbols)
        if not np.isnan(prices.values[row, column])
    }

    wanted = {key: value for key, value in closes.items() if key[1] in prices.symbols}
    assert found == pytest.approx(wanted, rel=1e-9)
    raw_closes = {
        line["Ticker"]: float(line["Close"]) for line in lines if line["Date"] == "2013-03-01"
    }
    assert {symbol: raw_closes[symbol] for symbol in LAST_CLOSES} == LAST_CLOSES


def test_the_stock_prices_are_blank_before_a_listing_and_whole_after_it() -> None:
    prices = prices_of(stocks())
    google = prices.values[:, prices.symbols.index("GOOG")]
    first = int(np.flatnonzero(~np.isnan(google))[0])

    assert (prices.dates[0], prices.dates[-1]) == (date(2000, 3, 1), date(2013, 3, 1))
    assert prices.values.shape == (3270, 4)
    assert prices.dates[first] == date(2004, 8, 19)
    assert np.isnan(google[:first]).all()
    assert not np.isnan(google[first:]).any()
    others = [prices.symbols.index(symbol) for symbol in ("AAPL", "IBM", "MSFT")]
    assert not np.isnan(prices.values[:, others]).any()


def test_adjusted_closes_are_not_tradable_and_trades_stand_on_raw_ones() -> None:
    content = stocks()
    prices = prices_of(content)
    adjusted = prices.values[-1, prices.symbols.index("AAPL")]

    assert content.settings["PriceKind"] == "study"
    assert "not tradable" in content.banner
    assert abs(adjusted / LAST_CLOSES["AAPL"] - 1) > 0.05
    priced = {row["Symbol"]: row["Price"] for row in content.rows["tblHoldings"]}
    assert {symbol: priced[symbol] for symbol in LAST_CLOSES} == LAST_CLOSES


def test_made_up_prices_are_the_same_for_ever() -> None:
    prices = synthetic_prices(2026)

    assert prices.values.shape == (2520, 6)
    # Frozen: the generator uses the standard library's stable parts only.
    assert [*prices.values[-1].tolist(), 26.33] == prices_of(multi_asset()).values[-1].tolist()
    assert prices.values[0].tolist() == [100.0, 60.0, 50.0, 40.0, 80.0, 90.0]
    assert prices.values[-1].tolist() == [102.66, 106.73, 43.19, 58.8, 106.22, 95.95]
    assert synthetic_prices(1).values[-1].tolist() != prices.values[-1].tolist()


def test_made_up_prices_move_about_as_much_as_they_are_said_to() -> None:
    logs = np.diff(np.log(synthetic_prices(2026).values), axis=0)
    for column, volatility in enumerate((0.17, 0.18, 0.18, 0.23, 0.05, 0.20)):
        found = statistics.stdev(logs[:, column].tolist()) * 252**0.5
        # Ten years of days: the sampling error of a volatility is 1.4 %.
        assert found == pytest.approx(volatility, rel=0.06)


def test_the_second_international_fund_moves_with_the_first_and_is_held_nowhere() -> None:
    content = multi_asset()
    logs = np.diff(np.log(prices_of(content).values), axis=0)
    first, twin = (prices_of(content).symbols.index(each) for each in ("XINT", "XINU"))

    # a volatility of 18 % and an own noise of 3 %: 0.18 / sqrt(0.18^2 + 0.03^2)
    assert np.corrcoef(logs[:, first], logs[:, twin])[0, 1] == pytest.approx(0.9864, abs=0.002)
    assert "XINU" not in {row["Symbol"] for row in content.rows["tblHoldings"]}


def test_made_up_data_say_so_in_their_names() -> None:
    content = multi_asset()
    names = [str(row["Name"]) for row in content.rows["tblSecurities"]]

    assert "Synthetic" in content.banner
    assert all(name.startswith("Synthetic") for name in names)


@pytest.mark.parametrize("name", [name for name in CONTENTS if name != "empty"])
def test_an_example_reads_without_a_problem_and_has_something_out(name: str) -> None:
    desk = parse(read_source(new(name)))
    report = drift_report(desk.household, desk.securities, desk.plan)
    rows = [row for scope in (*report.totals, *report.accounts) for row in scope.rows]

    assert report.is_out
    assert {row.status for row in rows} == {Status.IN, Status.NEAR, Status.OUT}
    assert len(desk.household.accounts) >= 2
    assert any(account.new_cash for account in desk.household.accounts)
    assert all(p.quantity.is_integer() for p in desk.household.positions if p.symbol != "CASH")
