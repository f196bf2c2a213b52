"""What the functions of studies answer where prices are missing, and where bands or targets change."""

from __future__ import annotations

import warnings
from datetime import date
from math import isfinite

import pytest

from xl_rebal.arguments import Grid
from xl_rebal.errors import InputError
from xl_rebal.registry import FUNCTIONS

BACKTEST, DRIFTPATH = FUNCTIONS["XR_BACKTEST"], FUNCTIONS["XR_DRIFTPATH"]
FRONTIER = FUNCTIONS["XR_FRONTIER"]
EVEN: Grid = [["A", 0.5], ["B", 0.5]]
LATE: Grid = [
    ["Date", "A", "B"],
    ["2024-01-01", 100, None], ["2024-01-02", 300, 50], ["2024-01-03", 300, 100],
    ["2024-01-04", 300, None], ["2024-01-05", 200, 100],
]  # fmt: skip
FULL: Grid = [[*row[:2], row[2] or 50] if at else row for at, row in enumerate(LATE)]


def rows_of(*arguments: object) -> Grid:
    found = BACKTEST(*arguments)
    assert isinstance(found, list)
    return found


def notes_of(*arguments: object) -> list[object]:
    return [row[1] for row in rows_of(*arguments) if row[0] == "Note"]


def test_the_rows_stand_in_their_documented_order_with_the_dates_of_the_drawdown_behind() -> None:
    rows = rows_of(FULL, EVEN, "calendar", 1)
    assert [row[0] for row in rows] == [
        "CAGR", "Volatility", "Sharpe", "Sortino", "Maximum drawdown", "Turnover a year (one-way)",
        "Cost a year bp", "Rebalances", "Average drift", "Maximum drift", "Tracking error",
        "Ahead of never rebalancing", "Excess growth", "Diversification return", "Drawdown from",
        "Drawdown to",
    ]  # fmt: skip
    found = {str(row[0]): row[1] for row in rows}
    # half of B falls by half, then A by a third and B doubles
    assert (found["Drawdown from"], found["Drawdown to"]) == (date(2024, 1, 3), date(2024, 1, 4))
    assert found["Maximum drawdown"] == pytest.approx(-0.25, abs=1e-3)


def test_what_is_missing_in_the_prices_is_said_behind_the_figures() -> None:
    usual = ("threshold", None, 0.05, None, None, 0)
    assert notes_of(FULL, EVEN, *usual) == []
    assert notes_of(LATE, EVEN, *usual) == [
        "Prices of B begin on 2024-01-02: until then the others share its target.",
        "Between its first and last price B has none on 1 row: it is held at its last price and not "
        "traded there.",
        "Ahead of never rebalancing is blank: who never trades never holds B.",
    ]
    assert "Never bought, since nothing is traded: B." in notes_of(LATE, EVEN, "none")
    figures = {str(row[0]): row[1] for row in rows_of(LATE, EVEN, *usual)}
    assert figures["Ahead of never rebalancing"] == ""
    only_a: Grid = [["A", 1]]
    assert notes_of(LATE, only_a, *usual) == []
    assert notes_of(FULL, EVEN, "calendar", "annual") == [
        "No annual date falls between the first row and the last: none trades."
    ]


def test_no_figure_is_ever_infinite() -> None:
    tenfold: Grid = [["Date", "A"], ["2024-01-01", 1], ["2024-01-02", 10]]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        rows = rows_of(tenfold, [["A", 1]], "none")
        points = FRONTIER(tenfold, [["A", 1]], 0.05)
    figures = {str(row[0]): row[1] for row in rows}
    assert figures["CAGR"] == figures["Diversification return"] == ""
    assert figures["Note"] == "CAGR blank: over 1 day no number can hold a year of it."
    assert isinstance(points, list)
    for row in [*rows, *points]:
        assert all(not isinstance(cell, float) or isfinite(cell) for cell in row)


DATED: Grid = [
    ["Date", "A", "B"], ["2023-01-01", 1, 0], ["2023-06-01", 0.2, 0.8], ["2024-01-03", 0.5, 0.5],
]  # fmt: skip


def test_what_is_never_traded_is_bought_at_the_newest_targets_of_the_first_day() -> None:
    newest: Grid = [["A", 0.2], ["B", 0.8]]
    assert BACKTEST(FULL, DATED, "none") == BACKTEST(FULL, newest, "none")
    once = FRONTIER(FULL, newest, "none")
    assert FRONTIER(FULL, DATED, "none") == once
    both = FRONTIER(FULL, DATED, [["none"], [0.01]])
    assert isinstance(both, list)
    assert isinstance(once, list)
    assert once[1] in both
    threshold = {str(row[0]): row[1] for row in rows_of(FULL, DATED, "threshold", None, 0.01)}
    (error,) = (row[4] for row in both if row[0] == "threshold")
    assert error == pytest.approx(threshold["Tracking error"], rel=1e-10)


def test_a_band_of_nothing_trades_on_any_drift_and_none_tests_no_band() -> None:
    any_drift = {str(row[0]): row[1] for row in rows_of(FULL, EVEN, "threshold", None, 0)}
    for bands in ([[0], ["none"]], [[0, None]], [["None", 0, "", 0]]):
        rows = FRONTIER(FULL, EVEN, bands)
        assert isinstance(rows, list)
        assert [row[:3] for row in rows[1:]] == [["none", "", ""], ["threshold", 0.0, ""]]
        assert rows[2][6] == any_drift["Rebalances"] == 3
    dates = FRONTIER(FULL, EVEN, [[0], ["none"]], [["daily"]])
    assert isinstance(dates, list)
    assert sorted(str(row[0]) for row in dates[1:]) == ["calendar", "calendar+threshold"]
    with pytest.raises(InputError, match=r"bands, cell 2: found 2, expected a band from 0 to 1"):
        FRONTIER(FULL, EVEN, [[0], [2]])


def test_a_drift_path_that_starts_on_a_hole_buys_at_the_price_before() -> None:
    path = DRIFTPATH(LATE, EVEN, "max", "2024-01-04", False)
    # bought at 300 and 100; then 200 and 100: 2/3 and 1 of each half
    assert path == [[date(2024, 1, 4), 0.0], [date(2024, 1, 5), pytest.approx(0.1)]]
    with pytest.raises(InputError, match="no price of B up to 2024-01-01"):
        DRIFTPATH(LATE, EVEN)


def test_what_has_a_target_but_no_price_at_all_is_refused() -> None:
    empty: Grid = [[*row[:2], None] if at else row for at, row in enumerate(LATE)]
    with pytest.raises(InputError, match="no price of B on any row"):
        BACKTEST(empty, EVEN)
    assert isinstance(BACKTEST(empty, [["A", 0.5], ["CASH", 0.5]]), list)


def test_one_cost_for_all_is_one_cell_and_cash_needs_none() -> None:
    with_cash: Grid = [["A", 0.5], ["CASH", 0.5]]
    for blank in ([[0.001], [None]], [[0.001, None]]):
        with pytest.raises(
            InputError, match=r"cost: found 1 number and 1 blank, expected one, or 2"
        ):
            BACKTEST(FULL, EVEN, "calendar", 1, None, None, None, blank)
    usual = ("calendar", 1, None, None, None)
    plain = BACKTEST(FULL, with_cash, *usual, 0.02)
    assert BACKTEST(FULL, with_cash, *usual, [["A", 0.02]]) == plain
    assert BACKTEST(FULL, with_cash, *usual, [["A", 0.02], ["B", 0.5]]) == plain
    assert BACKTEST(FULL, with_cash, *usual, [["A", 0.02], ["CASH", 0.4]]) == plain
    with pytest.raises(InputError, match="nothing for B but a number for X"):
        BACKTEST(FULL, EVEN, *usual, [["A", 0.02], ["X", 0.02]])


def test_the_log_shows_the_cost_of_each_asset() -> None:
    rows = rows_of(
        FULL, [["A", 0.5], ["CASH", 0.5]], "calendar", 1, None, None, None, [["A", 0.02], ["CASH", 0]],
        "trades",
    )  # fmt: skip
    costs = {(row[0], row[1]): (row[3], row[4]) for row in rows[1:]}
    assert len(costs) == 2
    for (_, asset), (value, cost) in costs.items():
        assert isinstance(value, float)
        assert cost == pytest.approx(0.02 * abs(value) if asset == "A" else 0.0, rel=1e-12)
