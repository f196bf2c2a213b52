"""Netting against the lines of Schedule D and its worksheet, and marginal losses dollar by dollar."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tax.records import written
from xl_rebal.tax.ledger import ledger
from xl_rebal.tax.netting import (
    Carried,
    FilingStatus,
    Netted,
    Realised,
    YearRates,
    netted,
    netted_within,
    realised,
    saved_by,
)

RATES = YearRates(short=0.40, long=0.20, ordinary=0.35)
AMOUNTS = st.integers(-12_000, 12_000).map(float)
LOSSES = st.integers(0, 9_000).map(float)
STATUSES = st.sampled_from(list(FilingStatus))


def schedule_d(year: Realised, carried: Carried, limit: float) -> tuple[float, float, float]:
    """Lines 7, 15 and 21, then lines 5 to 13 of the Capital Loss Carryover Worksheet; income is ample.

    Gives what is taken off income, and the short- and long-term carryover.
    """
    line_7, line_15 = year.short - carried.short, year.long - carried.long
    line_16 = line_7 + line_15
    line_21 = min(-line_16, limit) if line_16 < 0 else 0.0
    if line_16 >= 0:
        return 0.0, 0.0, 0.0
    short = long = 0.0
    line_4, line_5 = line_21, max(-line_7, 0.0)
    if line_7 < 0:
        short = max(line_5 - (line_4 + max(line_15, 0.0)), 0.0)
    if line_15 < 0:
        line_11 = max(line_4 - line_5, 0.0)
        long = max(-line_15 - (max(line_7, 0.0) + line_11), 0.0)
    return line_21, short, long


@settings(max_examples=500, deadline=None)
@given(AMOUNTS, AMOUNTS, LOSSES, LOSSES, STATUSES)
def test_a_net_loss_goes_off_income_and_on_as_the_worksheet_has_it(
    short: float, long: float, short_carried: float, long_carried: float, status: FilingStatus
) -> None:
    year, carried = Realised(short, long), Carried(short_carried, long_carried)
    found = netted(year, carried, status)

    off, short_on, long_on = schedule_d(year, carried, status.loss_limit)
    assert (found.off_income, found.carried) == (off, Carried(short_on, long_on))
    total = short + long - short_carried - long_carried
    assert found.short_gain + found.long_gain == max(total, 0.0)


@pytest.mark.parametrize(
    ("year", "taxed", "tax"),
    [
        (Realised(5_000, 7_000), (5_000, 7_000, 0), 2_000 + 1_400),
        (Realised(-5_000, 7_000), (0, 2_000, 0), 400),  # across: the long gain is what is left
        (Realised(5_000, -4_000), (1_000, 0, 0), 400),
        (Realised(-5_000, 3_000), (0, 0, 2_000), -700),
        (Realised(-1_000, -9_000), (0, 0, 3_000), -1_050),
        (Realised(), (0, 0, 0), 0),
    ],
)
def test_a_year_is_taxed_on_what_netting_leaves(
    year: Realised, taxed: tuple[float, float, float], tax: float
) -> None:
    found = netted(year)

    assert (found.short_gain, found.long_gain, found.off_income) == taxed
    assert found.tax(RATES) == pytest.approx(tax)


def test_of_a_net_loss_the_short_part_goes_off_income_first() -> None:
    assert netted(Realised(-1_000, -9_000)).carried == Carried(0, 7_000)
    assert netted(Realised(-5_000, -9_000)).carried == Carried(2_000, 9_000)


def test_the_limit_may_be_any_amount() -> None:
    year, carried = Realised(-5_000, 1_000), Carried(0, 500)

    assert netted_within(3_000, year, carried) == netted(year, carried)
    assert netted_within(0, year, carried) == Netted(0, 0, 0, Carried(4_500, 0))
    assert netted_within(10_000, year, carried) == Netted(0, 0, 4_500, Carried())


def test_who_files_separately_takes_half_off() -> None:
    found = netted(Realised(-5_000, 0), status=FilingStatus.SEPARATE)

    assert (found.off_income, found.carried) == (1_500, Carried(3_500, 0))
    assert {
        status.loss_limit for status in FilingStatus if status is not FilingStatus.SEPARATE
    } == {3_000}


def test_a_loss_is_used_up_over_the_years_and_never_twice() -> None:
    carried, used = Carried(4_000, 6_000), 0.0
    for _ in range(5):
        year = netted(Realised(), carried)
        used += year.off_income
        carried = year.carried
        assert used + carried.short + carried.long == 10_000

    assert (used, carried) == (10_000, Carried())


@settings(max_examples=200, deadline=None)
@given(AMOUNTS, AMOUNTS, LOSSES, LOSSES, st.integers(1, 15_000).map(float), st.booleans(), STATUSES)
def test_a_loss_saves_what_its_dollars_save_one_after_another(
    short: float,
    long: float,
    short_carried: float,
    long_carried: float,
    loss: float,
    is_long: bool,
    status: FilingStatus,
) -> None:
    """In a hundred parts, each beside the year that the parts before it have left."""
    year, carried = Realised(short, long), Carried(short_carried, long_carried)
    whole = saved_by(loss, is_long, year, RATES, carried, status)
    tax = short_on = long_on = 0.0
    for _ in range(100):
        part = saved_by(loss / 100, is_long, year, RATES, carried, status)
        tax, short_on, long_on = (
            tax + part.tax,
            short_on + part.carried.short,
            long_on + part.carried.long,
        )
        lost = loss / 100
        year = Realised(year.short - lost * (not is_long), year.long - lost * is_long)

    assert whole.tax == pytest.approx(tax, abs=1e-6)
    assert whole.carried.short == pytest.approx(short_on, abs=1e-6)
    assert whole.carried.long == pytest.approx(long_on, abs=1e-6)
    assert min(whole.carried.short, whole.carried.long) >= 0


@pytest.mark.parametrize(
    ("year", "carried", "saving", "on"),
    [
        (Realised(short=20_000), Carried(), 10_000 * 0.40, Carried()),
        (Realised(long=20_000), Carried(), 10_000 * 0.20, Carried()),
        (Realised(long=8_000), Carried(), 8_000 * 0.20 + 2_000 * 0.35, Carried()),
        (Realised(), Carried(), 3_000 * 0.35, Carried(short=7_000)),
        (Realised(), Carried(short=5_000), 0.0, Carried(short=10_000)),  # the year is full already
        # short goes off income first, so that more of the long loss waits
        (Realised(), Carried(long=5_000), 0.0, Carried(short=7_000, long=3_000)),
        # what is carried met the short gain before, and waits again
        (
            Realised(short=6_000),
            Carried(long=2_000),
            4_000 * 0.40 + 3_000 * 0.35,
            Carried(short=1_000, long=2_000),
        ),
    ],
)
def test_one_more_short_loss_of_10_000_saves_at_the_rates_of_what_it_meets(
    year: Realised, carried: Carried, saving: float, on: Carried
) -> None:
    found = saved_by(10_000, False, year, RATES, carried)

    assert found.tax == pytest.approx(saving)
    assert found.carried == on


def test_a_long_loss_meets_long_gains_first_though_short_ones_cost_more() -> None:
    year = Realised(short=10_000, long=4_000)

    assert saved_by(4_000, True, year, RATES).tax == pytest.approx(800)
    assert saved_by(5_000, True, year, RATES).tax == pytest.approx(800 + 400)


def test_the_gains_of_a_year_are_those_recognised_in_taxed_accounts() -> None:
    found = ledger(
        written(
            """
            2020-01-10 Main Opening Z 10 -
            2022-01-10 Main Buy X 10 1000
            2023-12-01 Main Buy Y 10 1000
            2023-01-10 IRA Buy X 10 1000
            2023-12-29 Main Sell X 5 700
            2024-03-01 Main Sell X 5 700
            2024-03-01 IRA Sell X 5 700
            2024-03-01 Main Sell Y 4 300
            2024-03-10 Main Buy Y 1 75
            2024-04-10 Main Sell Z 4 300
            """
        )
    )
    year = realised(found.sales, 2024)

    assert year.short == pytest.approx(-75)
    assert (year.long, year.unknown) == (200, 1)
    assert realised(found.sales, 2023) == Realised(0, 200, 0)
    assert realised(found.sales, 2025) == Realised()


def test_what_is_taxed_knows_no_negative_zero() -> None:
    assert repr(netted(Realised())) == repr(Netted(0.0, 0.0, 0.0, Carried()))
