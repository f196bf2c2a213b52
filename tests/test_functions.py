"""Worksheet functions as a sheet calls them; numbers worked by hand."""

from __future__ import annotations

import pytest

from xl_rebal.errors import InputError
from xl_rebal.functions import FUNCTIONS
from xl_rebal.registry import VBA_WORDS, Answer

HELD = [["AAA", 58], ["BBB", 22], ["CCC", 20]]
WANTED = [["CCC", 0.25], ["AAA", 0.5], ["BBB", 0.25]]


def call(name: str, *cells: object) -> Answer:
    return FUNCTIONS[name](*cells)


def refused(name: str, *cells: object) -> str:
    with pytest.raises(InputError) as caught:
        call(name, *cells)
    return str(caught.value)


@pytest.mark.parametrize("name", list(FUNCTIONS))
def test_every_example_runs(name: str) -> None:
    spec = FUNCTIONS[name]
    answer = spec(*spec.example)
    assert isinstance(answer, list) is (spec.spills or name == "XR_CHECK")


def test_no_argument_is_a_vba_word_and_every_text_fits() -> None:
    for spec in FUNCTIONS.values():
        assert len(spec.help) <= 255
        for parameter in spec.parameters:
            assert parameter.name not in VBA_WORDS
            assert 0 < len(parameter.help) <= 255


def test_drift_metrics_match_labels_whatever_their_order() -> None:
    values = {m: call("XR_DRIFT", HELD, WANTED, m) for m in ("max", "sum", "turnover", "rms")}
    assert values["max"] == pytest.approx(0.08)
    assert values["sum"] == pytest.approx(0.16)
    assert values["turnover"] == pytest.approx(0.08)
    assert values["rms"] == pytest.approx(((0.0064 + 0.0009 + 0.0025) / 3) ** 0.5)
    assert call("XR_DRIFT", HELD, WANTED, "over") == "AAA"
    assert call("XR_DRIFT", HELD, WANTED, "under") == "CCC"
    assert call("XR_DRIFT", HELD, WANTED, "relative") == pytest.approx(-0.2)


def test_all_metrics_come_in_their_stated_order() -> None:
    rows = call("XR_DRIFT", [[0.6], [0.4]], [[0.5], [0.5]], "all", [[0.04, 0.0], [0.0, 0.01]])
    assert isinstance(rows, list)
    assert [row[0] for row in rows] == [
        "max", "sum", "turnover", "rms", "relative", "over", "under", "volatility", "te",
    ]  # fmt: skip
    assert rows[5:7] == [["over", 1], ["under", 2]]
    assert rows[8][1] == pytest.approx((0.01 * 0.05) ** 0.5)


def test_nothing_over_is_blank() -> None:
    assert call("XR_DRIFT", [[0.5], [0.5]], [[0.5], [0.5]], "over") == ""


def test_a_relative_drift_on_a_zero_target_is_refused_by_name() -> None:
    assert "a target of 0 for BBB" in refused(
        "XR_DRIFT", [["AAA", 1], ["BBB", 1]], [["AAA", 1.0]], "relative"
    )


def test_signal_tells_in_near_and_out() -> None:
    rows = call("XR_SIGNAL", HELD, WANTED, 0.05)
    assert isinstance(rows, list)
    assert rows[0] == ["Asset", "Drift", "Band", "Status"]
    assert [row[3] for row in rows[1:]] == ["out", "in", "near"]
    assert call("XR_SIGNAL", HELD, WANTED, 0.05, None, None, False) == rows[1:]


def test_exactly_at_the_band_nothing_is_needed() -> None:
    assert call("XR_NEEDED", [[0.55], [0.45]], [[0.5], [0.5]], 0.05) is False
    assert call("XR_NEEDED", [[0.5501], [0.4499]], [[0.5], [0.5]], 0.05) is True


def test_a_relative_band_on_a_zero_target_is_a_band_of_zero() -> None:
    assert call("XR_NEEDED", [[0.99], [0.01]], [[1.0], [0.0]], 0.25, "relative") is True


def test_weights_keep_the_shape_and_labels_of_current() -> None:
    assert call("XR_WEIGHTS", HELD, WANTED, "edge", 0.05) == [
        ["AAA", pytest.approx(0.55)], ["BBB", pytest.approx(0.225)], ["CCC", pytest.approx(0.225)],
    ]  # fmt: skip
    assert call("XR_WEIGHTS", [[58, 22, 20]], [[0.5, 0.25, 0.25]]) == [[0.5, 0.25, 0.25]]


def test_cost_is_paid_from_the_portfolio_itself() -> None:
    # sell 0.5, buy 0.5 of V': V' + 0.01 (1000 - 0.5 V') + 0.01 x 0.5 V' = 1000
    assert call("XR_COST", [[1], [0]], [[0.5], [0.5]], 1000, 0.01) == pytest.approx(10.0)


def test_targets_that_miss_100_per_cent_are_refused_with_the_gap() -> None:
    assert refused("XR_DRIFT", HELD, [["AAA", 0.5], ["BBB", 0.47]]) == (
        "#XR103 target: found weights that add to 97.0 %, expected 100 %. 3.0 pp are missing."
    )
    assert "25 % is 0.25" in refused("XR_DRIFT", HELD, [["AAA", 50], ["BBB", 50]])


def test_an_unknown_word_gets_the_nearest() -> None:
    assert "Did you mean 'turnover'?" in refused("XR_DRIFT", HELD, WANTED, "turnovr")
    with pytest.raises(InputError, match=r"Did you mean 'XR_DRIFT'\?"):
        FUNCTIONS["XR_DRFT"]


def test_an_error_value_is_the_answer() -> None:
    assert call("XR_DRIFT", [[0.5], ["#DIV/0!"]], [[0.5], [0.5]]) == "#DIV/0!"


@pytest.mark.parametrize("total", [0, -3])
def test_a_portfolio_without_value_has_no_weights(total: float) -> None:
    assert "a total above 0" in refused("XR_DRIFT", [[total], [0]], [[0.5], [0.5]])


def test_text_and_blanks_between_numbers_are_refused_cell_by_cell() -> None:
    message = refused("XR_DRIFT", [["A", "35 pct"], ["B", None], ["C", 1]], WANTED)
    assert "'35 pct'" in message
    assert "an empty cell" in message


def test_a_number_typed_as_text_in_the_first_row_is_no_header() -> None:
    rows = [["OLD", "60"], ["BBB", 30], ["CCC", 10]]
    assert "'60'" in refused("XR_DRIFT", rows, [["BBB", 0.5], ["CCC", 0.5]])
    holdings = [["CASH", "5000", 1], ["BBB", 30, 100], ["CCC", 10, 100]]
    assert "'5000'" in refused("XR_TRADES", holdings, [["BBB", 0.5], ["CCC", 0.5]])


def test_trades_with_a_band_stay_still_while_nothing_is_out() -> None:
    holdings = [["AAA", 52, 100], ["BBB", 48, 100]]
    targets = [["AAA", 0.5], ["BBB", 0.5]]
    banded = call("XR_TRADES", holdings, targets, 0, 0.05)
    assert isinstance(banded, list)
    assert len(banded) == 1
    free = call("XR_TRADES", holdings, targets)
    assert isinstance(free, list)
    assert [row[:3] for row in free[1:]] == [["Sell", "AAA", 2], ["Buy", "BBB", 2]]
    assert call("XR_TRADES", holdings, targets, 0, 0.05, None, None, None, None, False) == [[""]]


def test_columns_under_headers_are_found_by_name_whatever_their_order() -> None:
    plain = FUNCTIONS["XR_TRADES"](
        [["AAA", 60, 100], ["BBB", 30, 100]], [["AAA", 0.5], ["BBB", 0.5]]
    )
    swapped = FUNCTIONS["XR_TRADES"](
        [["Note", "Price", "Ticker", "Shares"], ["x", 100, "AAA", 60], ["", 100, "BBB", 30]],
        [["Target weight", "Band", "Symbol"], [0.5, None, "AAA"], [0.5, None, "BBB"]],
    )

    assert swapped == plain
    assert isinstance(plain, list)
    assert [row[:3] for row in plain[1:]] == [["Sell", "AAA", 15.0], ["Buy", "BBB", 15.0]]


def test_a_header_row_without_a_needed_column_is_refused_by_name() -> None:
    with pytest.raises(InputError, match=r"holdings: found no column 'Price' in holdings \(it has"):
        FUNCTIONS["XR_TRADES"]([["Symbol", "Quantity", "Cost"], ["AAA", 60, 100]], [["AAA", 1.0]])


def test_cashflow_only_buys_or_only_sells() -> None:
    holdings = [["AAA", 60, 100], ["BBB", 40, 100]]
    targets = [["AAA", 0.5], ["BBB", 0.5]]
    into = call("XR_CASHFLOW", holdings, targets, 1000)
    out = call("XR_CASHFLOW", holdings, targets, -1000)
    assert isinstance(into, list)
    assert isinstance(out, list)
    assert [row[:3] for row in into[1:]] == [["Buy", "BBB", 10]]
    assert [row[:3] for row in out[1:]] == [["Sell", "AAA", 10]]


def test_check_lists_problems_with_their_cells() -> None:
    rows = call("XR_CHECK", [["Symbol", "Quantity", "Price"], ["AAA", -1, "x"]], "holdings")
    assert isinstance(rows, list)
    assert [(row[0], row[1]) for row in rows[1:]] == [(105, "B2"), (101, "C2")]
    good = [["Date", "AAA"], ["2020-01-02", 10.0], ["2020-01-03", 11.0]]
    assert call("XR_CHECK", good, "prices") == "OK"


def test_band_suggestions_follow_their_models() -> None:
    # (3/(2 x 3) x 0.36 x 0.16 x 0.001)^(1/3), by hand
    assert call("XR_BAND", 0.6, 0.001, 3) == pytest.approx((0.5 * 0.36 * 0.16 * 0.001) ** (1 / 3))
    assert call("XR_BAND", 0.6, 0.001, 1, "one-period", 0.2) == pytest.approx(0.025)


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        ((0.6, 0.001, 1, "one-period", 0.01), "volatility: found a value that makes a band of 1000.0 %"),
        ((0.6, 0.001, 1e-6, "one-period", 0.2), "volatility: found a value that makes a band of"),
        ((0.6, 0.5, 0.001), "risk_aversion: found a value that makes a band of 350.9 %"),
        ((0.6, 0.001, 1, "one-period", 20), "volatility: found 20, expected volatilities above 0 and"),
        ((0.6, 0, 3), "cost: found 0, expected costs above 0 and at most 0.5 per side"),
        (([[0.6, 0.4]], [[-0.1, 0.001]], 3), "cost: found -0.1 for asset 1"),
        ((1, 0.001, 3), "target: found 1, expected targets above 0 and below 1"),
        (([[0.6, 0]], 0.001, 3), "target: found 0 for asset 2"),
        (([[-0.1, 0.9]], 0.001, 3, "one-period", 0.2), "target: found -0.1 for asset 1"),
        ((0.6, 0.001, 1e300, "one-period", 1e-160), "volatility: found a value that makes"),
    ],
)  # fmt: skip
def test_no_band_is_suggested_that_is_no_part_of_the_portfolio(
    cells: tuple[object, ...], sentence: str
) -> None:
    assert refused("XR_BAND", *cells).startswith(f"#XR105 {sentence}")


def test_a_wrong_rate_is_the_one_that_is_named() -> None:
    found = refused("XR_COST", [[1], [0]], [[0.5], [0.5]], 1000, [[0.2], [-0.1]])

    assert "rate: found -0.1 for asset 2" in found
