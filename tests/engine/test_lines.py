"""Target lines: which position counts where, which band holds, and where each line stands."""

from __future__ import annotations

import numpy as np
import pytest

from xl_rebal.engine.lines import drift_rows, line_of, statuses, target_lines
from xl_rebal.model.plan import BandKind, BandRule, TargetLine, Targets
from xl_rebal.model.portfolio import CASH
from xl_rebal.model.securities import Securities, Security
from xl_rebal.model.trades import Status

MASTER = Securities(
    (
        Security("VTI", asset_class="US equity"),
        Security("ITOT", asset_class="US equity"),
        Security("BND", asset_class="Bonds"),
        Security("GLD", asset_class="Gold"),
    )
)
TARGETS = Targets(
    (
        TargetLine("BND", 0.4),
        TargetLine("US equity", 0.5, is_class=True),
        TargetLine("VTI", 0.1),
    )
)


def test_a_symbol_counts_on_its_own_line_before_that_of_its_class() -> None:
    assert line_of("VTI", TARGETS, MASTER) == "VTI"
    assert line_of("ITOT", TARGETS, MASTER) == "US equity"


def test_a_holding_without_a_target_has_a_line_of_its_own_with_target_zero() -> None:
    assert line_of("GLD", TARGETS, MASTER) == "GLD"
    assert line_of("UNLISTED", TARGETS, MASTER) == "UNLISTED"
    found = target_lines(TARGETS, BandRule(), ["GLD", "UNLISTED"], MASTER)
    assert found.keys == ("BND", "US equity", "VTI", "GLD", "UNLISTED", CASH)
    assert found.target.tolist() == [0.4, 0.5, 0.1, 0.0, 0.0, 0.0]
    assert found.is_class == (False, True, False, False, False, False)


def test_cash_has_one_line_always_in_the_place_of_its_target() -> None:
    bare = target_lines(TARGETS, BandRule(), [], MASTER)
    assert (bare.keys.count(CASH), bare.cash) == (1, 3)
    first = Targets((TargetLine(CASH, 0.1), TargetLine("BND", 0.9)))
    found = target_lines(first, BandRule(), ["BND", CASH], MASTER)
    assert found.keys == (CASH, "BND")
    assert found.cash == 0
    assert found.target.tolist() == [0.1, 0.9]


def test_lines_keep_the_order_of_the_targets_whatever_that_of_the_holdings() -> None:
    for symbols in (["VTI", "ITOT", "BND"], ["BND", "ITOT", "VTI"], ["ITOT", "ITOT", "VTI"]):
        found = target_lines(TARGETS, BandRule(), symbols, MASTER)
        assert found.keys == ("BND", "US equity", "VTI", CASH)


def widths(line: TargetLine, rule: BandRule | None = None) -> tuple[float, float]:
    """Half-widths of the one line beside plain others."""
    rest = TargetLine("REST", 1 - line.weight)
    found = target_lines(Targets((line, rest)), rule or BandRule(), [], MASTER)
    return float(found.lower[0]), float(found.upper[0])


@pytest.mark.parametrize(
    ("absolute", "relative", "expected"),
    [
        (None, None, 0.05),  # the default
        (0.02, None, 0.02),
        (0.08, None, 0.08),  # wider than the default holds too
        (None, 0.1, 0.04),
        (0.03, 0.1, 0.03),  # both: the smaller
        (0.06, 0.1, 0.04),
        (0.0, None, 0.0),  # 0 is a band, not "none given"
        (None, 0.0, 0.0),
    ],
)
def test_a_line_has_its_own_band_and_of_two_the_smaller(
    absolute: float | None, relative: float | None, expected: float
) -> None:
    line = TargetLine("BND", 0.4, band_absolute=absolute, band_relative=relative)
    assert widths(line) == pytest.approx((expected, expected), abs=1e-16)


def test_one_lines_band_is_not_the_band_of_all() -> None:
    lines = (TargetLine("AAA", 0.5, band_absolute=0.01), TargetLine("BBB", 0.5))
    found = target_lines(Targets(lines), BandRule(width=0.07), [], MASTER)
    assert found.lower.tolist() == [0.01, 0.07, 0.07]
    assert found.upper.tolist() == [0.01, 0.07, 0.07]


def test_a_relative_band_on_a_zero_target_is_zero_and_idle_cash_has_no_share_of_the_target() -> (
    None
):
    rule = BandRule(BandKind.RELATIVE, 0.2)
    found = target_lines(TARGETS, rule, ["GLD"], MASTER)
    assert dict(zip(found.keys, found.upper.tolist(), strict=True)) == pytest.approx(
        {"BND": 0.08, "US equity": 0.1, "VTI": 0.02, "GLD": 0.0, CASH: 0.05}, abs=1e-16
    )


def test_minimum_and_maximum_cut_the_band_on_their_side_only() -> None:
    assert widths(TargetLine("BND", 0.4, minimum=0.38)) == pytest.approx((0.02, 0.05))
    assert widths(TargetLine("BND", 0.4, maximum=0.41)) == pytest.approx((0.05, 0.01))
    # limits outside the band change nothing
    assert widths(TargetLine("BND", 0.4, minimum=0.1, maximum=0.9)) == (0.05, 0.05)


def test_a_minimum_of_zero_cuts_a_band_that_would_reach_below_it() -> None:
    assert widths(TargetLine("BND", 0.02, minimum=0.0)) == (0.02, 0.05)
    assert widths(TargetLine("BND", 0.02)) == (0.05, 0.05)  # as given: no weight gets there


def test_volatility_bands_use_the_volatility_of_each_line() -> None:
    lines = (TargetLine("AAA", 0.5, volatility=0.3), TargetLine("BBB", 0.5, volatility=0.1))
    found = target_lines(Targets(lines), BandRule(BandKind.VOLATILITY, 0.04), [], MASTER)
    assert found.upper == pytest.approx([0.06, 0.02, 0.04], abs=1e-16)


def test_statuses_are_in_near_out_with_the_edge_itself_near() -> None:
    drift = np.array([0.0, 0.0375, 0.038, 0.55 - 0.50, 0.0501, -0.038, -0.0501])
    width = np.full(7, 0.05)
    assert statuses(drift, width, width) == [
        Status.IN,
        Status.IN,
        Status.NEAR,
        Status.NEAR,
        Status.OUT,
        Status.NEAR,
        Status.OUT,
    ]


def test_drift_rows_turn_values_into_weights_of_the_base() -> None:
    lines = target_lines(TARGETS, BandRule(), [], MASTER)
    values = np.array([500.0, 300.0, 100.0, 100.0])
    rows = drift_rows(lines, values, 1000.0)

    assert [row.key for row in rows] == list(lines.keys)
    assert [row.value for row in rows] == values.tolist()
    assert [row.current for row in rows] == pytest.approx([0.5, 0.3, 0.1, 0.1])
    assert [row.drift for row in rows] == pytest.approx([0.1, -0.2, 0.0, 0.1])
    assert [row.status for row in rows] == [Status.OUT, Status.OUT, Status.IN, Status.OUT]
    assert all(row.after is None for row in rows)
    after = drift_rows(lines, values, 1000.0, np.array([0.4, 0.5, 0.1, 0.0]))
    assert [row.after for row in after] == [0.4, 0.5, 0.1, 0.0]


def test_a_class_of_the_name_of_a_symbol_without_a_line_takes_that_symbol() -> None:
    targets = Targets((TargetLine("Gold", 1.0, is_class=True),))
    assert line_of("GLD", targets, MASTER) == "Gold"
    found = target_lines(targets, BandRule(), ["GLD"], MASTER)
    assert found.keys == ("Gold", CASH)
