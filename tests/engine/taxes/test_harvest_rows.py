"""The rows of a harvest: weights before its swaps, and reasons that are true of the trade they stand by."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from xl_rebal.engine.taxes.harvest import harvest
from xl_rebal.engine.taxes.harvest_book import HarvestBook
from xl_rebal.engine.taxes.harvested import harvested
from xl_rebal.engine.taxes.question import TaxQuestion
from xl_rebal.model.plan import Method, Plan, TargetLine, Targets
from xl_rebal.model.portfolio import CASH, Account, Household, Lot, Position
from xl_rebal.model.prices import Prices
from xl_rebal.model.securities import Securities, Security
from xl_rebal.model.trades import TradeList
from xl_rebal.tax.methods import LotMethod
from xl_rebal.tax.netting import YearRates
from xl_rebal.tax.settings import TaxSettings
from xl_rebal.tax.year import YearSoFar

DAY = date(2026, 3, 16)
OLD = DAY - timedelta(days=900)
PLENTY = YearSoFar.with_gains_to_offset(YearRates())
ALIKE = Securities(
    (Security("AAA", asset_class="A", substitutes=("AAB",)), Security("AAB", asset_class="A"))
)


def book(
    positions: tuple[Position, ...], lots: tuple[Lot, ...], settings: TaxSettings, **targets: float
) -> HarvestBook:
    """One account; AAA and AAB move nearly alike."""
    rng = np.random.default_rng(1)
    moves = rng.normal(0, 0.01, 60)
    returns = np.column_stack([moves, moves + rng.normal(0, 0.0002, 60)])
    values = np.vstack([np.ones(2), np.cumprod(1 + returns, axis=0)])
    days = tuple(DAY - timedelta(days=60 - i) for i in range(61))
    lines = tuple(TargetLine(key, weight) for key, weight in targets.items())
    return HarvestBook(
        Household((Account("one"),), positions, lots),
        ALIKE,
        Plan((Targets(lines),), method=Method.CALENDAR),
        {"AAA": 10.0, "AAB": 20.0, "BBB": 50.0},
        Prices(days, ("AAA", "AAB"), values),
        TaxQuestion(DAY, settings),
    )


def of_symbol(traded: TradeList, symbol: str) -> object:
    return next(trade for trade in traded.trades if trade.symbol == symbol)


def test_the_weight_before_is_that_before_the_swap() -> None:
    positions = (Position("one", CASH, 4_000.0, 1.0), Position("one", "ZZZ", 600.0, 10.0))
    lots = (Lot("one", "ZZZ", "1", 600.0, OLD, 20.0),)
    found = harvest(book(positions, lots, TaxSettings(), BBB=1.0), PLENTY).plan.traded
    weights = {trade.symbol: trade.weight_before for trade in found.trades}
    assert weights == {"ZZZ": pytest.approx(0.6), "BBB": 0.0}
    lines = {line.key: line.current for line in found.accounts[0].lines}
    assert lines == {"BBB": 0.0, "ZZZ": pytest.approx(0.6), CASH: pytest.approx(0.4)}


def test_nothing_takes_a_place_that_is_not_bought() -> None:
    """AAA makes up all of the account and is to be a tenth: of the 500 shares' worth that AAB would get,
    nothing is left beside the AAA that is kept."""
    positions = (Position("one", CASH, 0.0, 1.0), Position("one", "AAA", 1_000.0, 10.0))
    lots = (
        Lot("one", "AAA", "1", 500.0, OLD, 20.0),
        Lot("one", "AAA", "2", 500.0, OLD, 5.0, do_not_sell=True),
    )
    found = harvested(book(positions, lots, TaxSettings(), AAA=0.1, BBB=0.9), PLENTY)
    assert {trade.symbol for trade in found.traded.trades} == {"AAA", "BBB"}
    assert "place" not in of_symbol(found.traded, "AAA").reason  # type: ignore[attr-defined]


def test_a_purchase_is_not_said_to_be_a_sale() -> None:
    positions = (Position("one", CASH, 0.0, 1.0), Position("one", "AAA", 1_000.0, 10.0))
    lots = (Lot("one", "AAA", "1", 1_000.0, OLD, 20.0),)
    found = harvested(book(positions, lots, TaxSettings(), AAA=0.5, BBB=0.5), PLENTY)
    row = of_symbol(found.traded, "AAB")
    assert row.action == "Buy"  # type: ignore[attr-defined]
    assert row.quantity == pytest.approx(250)  # type: ignore[attr-defined]
    assert row.reason == "AAB: takes the place of AAA."  # type: ignore[attr-defined]


def test_with_average_cost_a_loss_is_that_of_the_average_share() -> None:
    """100 shares cost 3,000 and 100 cost 1,000, so a share costs 20: at 10 each lot loses 1,000."""
    positions = (Position("one", CASH, 0.0, 1.0), Position("one", "AAA", 200.0, 10.0))
    lots = (Lot("one", "AAA", "1", 100.0, OLD, 30.0), Lot("one", "AAA", "2", 100.0, OLD, 10.0))
    settings = TaxSettings(method=LotMethod.AVERAGE)
    found = harvested(book(positions, lots, settings, AAA=1.0), PLENTY)
    assert [each.loss.loss for each in found.found.candidates] == [1_000, 1_000]
    assert of_symbol(found.traded, "AAA").long_gain == pytest.approx(-2_000)  # type: ignore[attr-defined]


def test_what_an_account_may_not_buy_does_not_stand_in() -> None:
    positions = (Position("one", CASH, 0.0, 1.0), Position("one", "AAA", 1_000.0, 10.0))
    lots = (Lot("one", "AAA", "1", 1_000.0, OLD, 20.0),)
    free = book(positions, lots, TaxSettings(), AAA=1.0)
    account = Account("one", do_not_buy=frozenset({"AAB"}))
    barred = replace(free, household=replace(free.household, accounts=(account,)))

    assert [each.substitute for each in harvested(free, PLENTY).found.swaps] == ["AAB"]
    found = harvested(barred, PLENTY)
    assert found.traded.trades == ()
    assert [each.why_not for each in found.found.candidates] == ["no substitute"]
