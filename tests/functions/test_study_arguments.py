"""Dated targets, options and settings that never trade, as a sheet hands them over."""

from __future__ import annotations

import pytest

from xl_rebal.arguments import Grid
from xl_rebal.errors import InputError
from xl_rebal.registry import FUNCTIONS

BACKTEST = FUNCTIONS["XR_BACKTEST"]
PRICES: Grid = [["Date", "A", "B"]]
PRICES += [[f"2024-01-{day:02}", 100 + day, 100 - day] for day in range(1, 12)]
EVEN: Grid = [["A", 0.5], ["B", 0.5]]
PLAIN: Grid = [["Date", "A", "B"], ["2024-01-01", 1, 0], ["2024-01-05", 0, 1]]


def refused(*arguments: object) -> str:
    with pytest.raises(InputError) as found:
        BACKTEST(*arguments)
    return str(found.value)


def weights(target: object) -> object:
    return BACKTEST(PRICES, target, "tactical", None, None, None, None, 0, "weights")


@pytest.mark.parametrize(
    "target",
    [
        [["Date", "A", None, "B"], ["2024-01-01", 1, None, 0], ["2024-01-05", 0, None, 1]],
        [["Date", None, "A", "B", ""], ["2024-01-01", "", 1, 0, None], ["2024-01-05", None, 0, 1]],
        [["Date", "B", "A"], ["2024-01-01", 0, 1], ["2024-01-05", 1]],
        [[None, None, None], *PLAIN, [None, None, None]],
        [["Date", "A", "B"], [45292, 1, 0], [45296, 0, 1]],
    ],
)
def test_a_dated_table_is_read_by_the_symbols_above(target: Grid) -> None:
    plain, found = weights(PLAIN), weights(target)
    assert isinstance(plain, list)
    assert isinstance(found, list)
    order = [0, *(1 + found[0][1:].index(symbol) for symbol in ("A", "B"))]
    assert [[row[place] for place in order] for row in found] == plain


def test_a_dated_table_of_one_asset_is_one() -> None:
    one: Grid = [["Date", "A"], ["2024-01-01", 1], ["2024-01-05", 1]]
    found = weights(one)
    assert isinstance(found, list)
    assert found[0] == ["Date", "A"]


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ([["Date", "A", None], ["2024-01-01", 1, None], ["2024-01-05", 1, 0.5]],
         "#XR108 target, row 3: found 0.5 in column 3, which has no symbol above"),
        ([["Date", "A", "B"], ["2024-01-01", 1], ["2024-01-05", 0, 1, 7]],
         "#XR108 target, row 3: found 7 in column 4"),
        (PLAIN[1:], "#XR108 target: found a date in the first row, expected symbols above"),
        ([PLAIN[0], [None, 1, 0], PLAIN[2]],
         "#XR108 target, row 2: found an empty cell, expected a date"),
        (PLAIN[:1], "#XR208 target: found no row below the symbols"),
        ([PLAIN[0], ["2024-01-01", 1, 1], ["2024-01-02", "x", 1]],
         "target, row 2: found weights adding to 200.00 %, expected weights of 0 or more that add to "
         "100 %.\n#XR101 target, row 3: found 'x'"),
        (PLAIN[:2], "#XR105 target: found no new targets after 2024-01-01 and up to 2024-01-10"),
        ([*PLAIN[:2], ["2024-01-11", 0, 1]], "Without one the policy tactical never trades"),
    ],
)  # fmt: skip
def test_a_dated_table_that_cannot_be_read_is_refused_in_words(target: Grid, said: str) -> None:
    assert said in refused(PRICES, target, "tactical")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ([["lag"]], "#XR102 options: found a row of 1 cell, expected two"),
        ([["lag", 1, 2]], "#XR102 options: found a row of 3 cells, expected two"),
        ([["lag", 1], ["Lag", 2]], "#XR106 options: found the option lag twice"),
        ([["lag", 1.5], ["fees", 1], ["day", 1.7]],
         "#XR105 options, lag: found 1.5, expected a whole number of rows from 0. Type a whole number.\n"
         "#XR104 options: found the option 'fees'"),
        ([["offset", 2.9]], "#XR105 options, offset: found 2.9"),
        ([["offset", 1e20]], "#XR105 options, offset: found 1e+20"),
        ([["window", 2.7]], "#XR105 options, window: found 2.7"),
    ],
)  # fmt: skip
def test_options_that_are_not_names_with_a_value_are_refused(options: Grid, said: str) -> None:
    assert said in refused(PRICES, EVEN, *[None] * 7, options)


def test_options_may_have_blank_cells_beside_and_below() -> None:
    blank: Grid = [["lag", 1, None], [None, None, None], ["fee", None, None]]
    usual = ("calendar", 1, None, None, None, 0, "path")
    assert BACKTEST(PRICES, EVEN, *usual, blank) == BACKTEST(PRICES, EVEN, *usual, [["lag", 1]])


@pytest.mark.parametrize("frequency", [float("nan"), float("inf"), 2.5, 1e20])
def test_a_frequency_that_is_no_number_of_rows_is_refused(frequency: float) -> None:
    assert "frequency: found" in refused(PRICES, EVEN, "calendar", frequency)


@pytest.mark.parametrize(
    ("policy", "frequency", "option", "said"),
    [
        ("calendar", "daily", ["day", 2], "#XR105 options, day: found day 2 of a daily date"),
        ("calendar+threshold", "quarterly", ["day", 500], "found day 500 of a quarterly date"),
        ("calendar", "weekly", ["day", 8], "found day 8 of a weekly date"),
        ("calendar", 1, ["lag", 9], "#XR105 options, lag: found a lag of 9 over 11 rows"),
        ("threshold", None, ["lag", 50], "options, lag: found a lag of 50"),
        ("calendar", 1, ["offset", 9], "options, offset: found an offset of 9 over 11 rows"),
        ("calendar", 10, ["fee", 0], "#XR105 frequency: found every 10 rows over 11 rows"),
    ],
)
def test_a_setting_that_can_never_trade_is_refused(
    policy: str, frequency: object, option: list[object], said: str
) -> None:
    assert said in refused(PRICES, EVEN, policy, frequency, *[None] * 5, [option])


def test_settings_that_only_just_trade_are_not_refused() -> None:
    usual = (None, None, None, 0, "trades")
    for frequency, option in [(1, ["lag", 8]), (1, ["offset", 8]), (9, ["fee", 0])]:
        trades = BACKTEST(PRICES, EVEN, "calendar", frequency, *usual, [option])
        assert isinstance(trades, list)
        assert {row[0].isoformat() for row in trades[1:]} == {"2024-01-10"}  # type: ignore[union-attr]
    for policy in ("none", "threshold"):  # no calendar date is asked for
        assert BACKTEST(PRICES, EVEN, policy, None, *[None] * 5, [["day", 500]])


def test_an_argument_that_is_missing_is_said_in_a_sentence() -> None:
    said = refused(None, EVEN)
    assert said.startswith("#XR108 prices: found nothing, expected it to be given. Header row with")
