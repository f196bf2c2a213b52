"""Studies of past prices as a sheet calls them; numbers worked by hand."""

from __future__ import annotations

from datetime import date

import pytest

from xl_rebal.arguments import Grid
from xl_rebal.errors import InputError
from xl_rebal.registry import FUNCTIONS

BACKTEST, DRIFTPATH = FUNCTIONS["XR_BACKTEST"], FUNCTIONS["XR_DRIFTPATH"]
PRICES: Grid = [
    ["Date", "AAA", "BBB"],
    ["2024-01-01", 100, 50], ["2024-01-02", 300, 50], ["2024-01-03", 300, 100],
    ["2024-01-04", 300, 100],
]  # fmt: skip
EVEN: Grid = [["AAA", 0.5], ["BBB", 0.5]]
ONE = 1  # every row


def test_a_path_starts_at_one_and_is_net_of_costs() -> None:
    free = BACKTEST(PRICES, EVEN, "calendar", ONE, None, None, None, 0, "path")
    # 1.5 + 0.5 = 2, back to 1 and 1; B doubles: 3
    assert free == [
        ["Date", "Value"], [date(2024, 1, 1), 1.0], [date(2024, 1, 2), 2.0],
        [date(2024, 1, 3), 3.0], [date(2024, 1, 4), 3.0],
    ]  # fmt: skip
    never = BACKTEST(PRICES, EVEN, "none", None, None, None, None, 0, "path")
    assert isinstance(never, list)
    assert [row[1] for row in never[1:]] == [1.0, 2.0, 2.5, 2.5]


def test_trades_say_what_was_moved_what_it_cost_and_why() -> None:
    rows = BACKTEST(PRICES, EVEN, "threshold", None, 0.2, None, None, 0.01, "trades")
    assert isinstance(rows, list)
    assert rows[0] == ["Date", "Asset", "Change", "Value traded", "Cost", "Reason"]
    (_, sold, down, out, cost_a, why), (_, bought, up, put, cost_b, _) = rows[1:]
    assert (sold, bought, why) == ("AAA", "BBB", "out of its band")
    assert (down, up) == (-0.25, 0.25)
    # 1.5 and 0.5: with x (1 - 1 %) = y (1 + 1 %) and 1.5 - x = 0.5 + y, x is 0.505 and y 0.495
    assert [out, put, cost_a, cost_b] == pytest.approx([-0.505, 0.495, 0.00505, 0.00495])


def test_labels_are_matched_and_columns_without_a_target_left_out() -> None:
    wide: Grid = [[*row, "x" if at == 0 else 7] for at, row in enumerate(PRICES)]
    turned: Grid = [["bbb", 0.5], ["AAA", 0.5]]
    plain = BACKTEST(PRICES, EVEN, "calendar", ONE, None, None, None, 0, "path")
    assert BACKTEST(wide, turned, "calendar", ONE, None, None, None, 0, "path") == plain
    assert BACKTEST(PRICES, [[0.5], [0.5]], "calendar", ONE, None, None, None, 0, "path") == plain


def test_cash_needs_no_prices_and_earns_its_rate() -> None:
    half: Grid = [["AAA", 0.5], ["CASH", 0.5]]
    flat: Grid = [["Date", "AAA"], ["2024-01-01", 100], ["2024-12-31", 100]]
    path = BACKTEST(flat, half, "none", None, None, None, None, 0, "path", [["cash rate", 0.1]])
    assert isinstance(path, list)
    assert path[-1][1] == pytest.approx(0.5 + 0.5 * 1.1 ** (365 / 365.25))


def test_dated_targets_are_traded_when_they_begin() -> None:
    dated: Grid = [["Date", "AAA", "BBB"], ["2024-01-01", 1, None], ["2024-01-03", 0, 1]]
    weights = BACKTEST(PRICES, dated, "tactical", None, None, None, None, 0, "weights")
    assert isinstance(weights, list)
    assert [row[1:] for row in weights[1:]] == [[1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 1.0]]


SWINGS: Grid = [["Date", "AAA", "BBB"]]
SWINGS += [[f"2024-01-{day:02}", 100 + 8 * (day % 2), 100 + 2 * (day % 2)] for day in range(1, 11)]


def trades_of(*arguments: object) -> dict[date, dict[str, tuple[float, str]]]:
    """Change of weight and reason by day and asset."""
    rows = BACKTEST(*arguments)
    assert isinstance(rows, list)
    found: dict[date, dict[str, tuple[float, str]]] = {}
    for day, asset, change, _, _, why in rows[1:]:
        assert isinstance(day, date)
        assert isinstance(change, float)
        found.setdefault(day, {})[str(asset)] = (change, str(why))
    return found


def test_a_generator_is_a_word_for_the_targets_or_an_option_beside_base_weights() -> None:
    usual = ("tactical", 3, None, None, None, 0, "weights")
    word = BACKTEST(SWINGS, "inverse volatility", *usual, [["window", 4]])
    based = BACKTEST(
        SWINGS, [["BBB", 0.5], ["aaa", 0.5]], *usual,
        [["window", 4], ["generator", "Inverse volatility"]],
    )  # fmt: skip
    assert isinstance(word, list)
    assert isinstance(based, list)
    assert word[0] == ["Date", "AAA", "BBB"]
    assert based[0] == ["Date", "BBB", "AAA"]
    assert [row[1] for row in word[1:]] == pytest.approx([row[2] for row in based[1:]])
    # returns of +8 % and -7.4 % against +2 % and -1.96 %: four of them are two of each
    calm, wild = 0.02 + 0.02 / 1.02, 0.08 + 0.08 / 1.08
    weights = {row[0]: row[1] for row in word[1:]}
    assert weights[date(2024, 1, 7)] == pytest.approx(calm / (calm + wild))
    # a date as well, but with three returns behind it: nothing is traded yet
    held = [100 / 108, 100 / 102]
    assert weights[date(2024, 1, 4)] == pytest.approx(held[0] / sum(held))


def test_a_trend_filter_finds_cash_that_has_neither_column_nor_target_nor_cost() -> None:
    falling: Grid = [["Date", "AAA", "BBB"]]
    falling += [[f"2024-01-{day:02}", 100, 100 - day] for day in range(1, 9)]
    options: Grid = [["window", 3], ["cash_rate", 0.1]]
    found = trades_of(
        falling, "trend", "tactical", 4, None, None, None, [[0.01, 0.02]], "trades", options
    )
    assert list(found) == [date(2024, 1, 5)]
    assert set(found[date(2024, 1, 5)]) >= {"BBB", "CASH"}
    assert found[date(2024, 1, 5)]["CASH"] == (0.5, "new targets")
    path = BACKTEST(falling, "trend", "tactical", 4, None, None, None, 0, "path", options)
    assert isinstance(path, list)
    half = path[5][1]
    assert isinstance(half, float)
    assert path[8][1] == pytest.approx(half * (0.5 + 0.5 * 1.1 ** (3 / 365.25)))


def test_bands_that_scale_with_volatility_wait_for_their_window() -> None:
    swings: Grid = [*SWINGS, ["2024-01-11", 140, 100], ["2024-01-12", 140, 100]]
    options: Grid = [["window", 6]]
    plain = trades_of(swings, EVEN, "threshold", None, 0.014, None, None, 0, "trades", options)
    scaled = trades_of(
        swings, EVEN, "threshold", None, 0.014, "volatility", None, 0, "trades", options
    )
    assert min(plain) == date(2024, 1, 2)  # from 108 and 102 to 100 and 100: 1.43 pp
    # On the 7th six returns are there, and drift is 0 as on the 1st. A has 3.9 times the volatility
    # of B: bands of 2.2 pp and 0.6 pp, so on the 8th B is out of its own.
    assert min(scaled) == date(2024, 1, 8)
    assert scaled.keys() == trades_of(
        swings, EVEN, "threshold", None, 0.014, None, None, 0, "trades",
        [*options, ["kind", "volatility"]],
    ).keys()  # fmt: skip
    frontier = FUNCTIONS["XR_FRONTIER"]
    rows = frontier(swings, EVEN, 0.014, None, 0, [*options, ["kind", "volatility"]])
    assert isinstance(rows, list)
    assert rows[1][6] == len(scaled)


def test_a_drift_path_starts_at_nothing() -> None:
    assert DRIFTPATH(PRICES, EVEN, "max", None, False) == [
        [date(2024, 1, 1), 0.0], [date(2024, 1, 2), 0.25],
        [date(2024, 1, 3), pytest.approx(0.1)], [date(2024, 1, 4), pytest.approx(0.1)],
    ]  # fmt: skip
    later = DRIFTPATH(PRICES, EVEN, "turnover", "2024-01-02", False)
    assert later == [
        [date(2024, 1, 2), 0.0], [date(2024, 1, 3), pytest.approx(1 / 6)],
        [date(2024, 1, 4), pytest.approx(1 / 6)],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((PRICES, [["AAA", 0.5], ["CCC", 0.5]]), "#XR202 target: found no prices of CCC"),
        ((PRICES, [[0.5], [0.3], [0.2]]), "#XR102 target: found 3 weights for 2 price columns"),
        ((PRICES, EVEN, "calender"), "Did you mean 'calendar'?"),
        ((PRICES, EVEN, "calendar", 0.5), "a whole number of rows from 1"),
        ((PRICES, EVEN, None, None, 1.5), "#XR105 band: found 1.5"),
        ((PRICES, EVEN, None, None, None, None, None, 5), "#XR105 cost: found 5"),
        ((PRICES, EVEN, *[None] * 7, [["fees", 1]]), "the option 'fees'"),
        ((PRICES, EVEN, *[None] * 7, [["lag", 1.5]]), "expected a whole number of rows from 0"),
        (
            (PRICES, EVEN, "tactical"),
            "#XR112 target: found one set of weights for the policy tactical",
        ),
        ((PRICES, "trend"), "#XR112 target: found 'trend', expected weights"),
        ((PRICES, "momentum", "tactical"), "#XR104 target: found 'momentum'"),
        (
            (PRICES, "trend", "tactical"),
            "#XR201 prices: found 4 rows of prices without a full window",
        ),
        (
            (PRICES, "trend", "tactical", *[None] * 6, [["generator", "inverse volatility"]]),
            "found 'trend' and the option generator",
        ),
        (
            (
                PRICES,
                [["Date", "AAA", "BBB"], ["2024-01-01", 1, 0]],
                "tactical",
                *[None] * 6,
                [["generator", "trend"]],
            ),
            "found a dated table and the option generator",
        ),
        (
            (PRICES, EVEN, "threshold", None, None, "volatility"),
            "more than 252 returns of each asset",
        ),
        ((PRICES[:2], EVEN), "#XR201 prices: found 1 row of prices"),
        (([["Date", "AAA"], ["2024-01-02", 1], ["2024-01-01", 1]], [["AAA", 1]]), "prices"),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(arguments: tuple[object, ...], said: str) -> None:
    with pytest.raises(InputError) as refused:
        BACKTEST(*arguments)
    assert said in str(refused.value)


def test_a_frontier_tells_each_policy_apart_and_equals_its_own_backtest() -> None:
    frontier = FUNCTIONS["XR_FRONTIER"]
    rows = frontier(PRICES, EVEN, [["none", 0.2, 0]], [[1]], 0.01)
    assert isinstance(rows, list)
    assert rows[0][:4] == ["Policy", "Band", "Frequency", "Cost a year bp"]
    assert {str(row[0]) for row in rows[1:]} == {"calendar", "calendar+threshold"}
    for policy, band, _, cost, error, turnover, count, growth in rows[1:]:
        given = (policy, 1, None if band == "" else band, None, None, 0.01)
        figures = BACKTEST(PRICES, EVEN, *given)
        assert isinstance(figures, list)
        own = {str(row[0]): row[1] for row in figures}
        assert [cost, error, turnover, count, growth] == pytest.approx([
            own["Cost a year bp"], own["Tracking error"], own["Turnover a year (one-way)"],
            own["Rebalances"], own["CAGR"],
        ], rel=1e-12)  # fmt: skip
    default = frontier(PRICES, EVEN)
    assert isinstance(default, list)
    assert len(default) == 11


def test_a_covariance_is_of_a_year_whatever_the_rows_are() -> None:
    covariance = FUNCTIONS["XR_COVARIANCE"]
    weekly: Grid = [["Date", "A"]]
    weekly += [[date(2024, 1, 1 + 7 * i), 100 * 1.1 ** (i % 2)] for i in range(4)]
    up, down = 0.1, 1 / 1.1 - 1
    mean = (up + down + up) / 3
    variance = (2 * (up - mean) ** 2 + (down - mean) ** 2) / 2
    assert covariance(weekly) == [[pytest.approx(variance * 365.25 / 7)]]
    gap: Grid = [*weekly[:2], [weekly[2][0], None], *weekly[3:]]
    with pytest.raises(InputError, match="a missing price of A"):
        covariance(gap)
    with pytest.raises(InputError, match="4 rows of prices"):
        covariance(weekly, None, 9)


def test_newer_returns_count_for_more_and_the_mean_for_nothing() -> None:
    covariance = FUNCTIONS["XR_COVARIANCE"]
    weekly: Grid = [["Date", "A"]]
    weekly += [[date(2024, 1, 1 + 7 * i), x] for i, x in enumerate([100, 110, 99, 99])]
    weight = 0.97**2 + 0.97 + 1  # weekly prices, so not the decay of a day
    expected = (0.97**2 * 0.01 + 0.97 * 0.01) / weight * 365.25 / 7
    assert covariance(weekly, "ewma") == [[pytest.approx(expected)]]
    assert covariance(weekly, "shrunk") == covariance(
        weekly
    )  # of one asset there is nothing to shrink
    with pytest.raises(InputError, match="shrunken"):
        covariance(weekly, "shrunken")
