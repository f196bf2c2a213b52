"""What the sheets of studies say: conventions as they are, and nothing of what nobody can know."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from tests.engine.test_study import HALVES, household, plan, prices
from xl_rebal.engine.band_study import bands_compared
from xl_rebal.engine.book_study import study_of
from xl_rebal.engine.study import Study, compared
from xl_rebal.model.plan import BandKind, Costs
from xl_rebal.model.prices import Prices
from xl_rebal.model.schedule import Frequency, Schedule
from xl_rebal.model.securities import Securities, Security
from xl_rebal.model.study_settings import StudySettings
from xl_rebal.workbook.layout_study import BACKTEST, BANDS
from xl_rebal.workbook.render import convention
from xl_rebal.workbook.render_bands import luck_sentence, render_bands
from xl_rebal.workbook.render_study import render_backtest, study_convention

COSTS = Costs(0.001, ticket_fee=1.5)


def study(
    schedule: Schedule,
    *securities: Security,
    table: Prices | None = None,
    start: date | None = None,
) -> Study:
    settings = StudySettings(schedule=schedule, bands=(0.02,), start=start)
    return study_of(household(("One", "AAA", 10_000)), Securities(securities), plan(*HALVES, costs=COSTS),
                    table or prices("AAA", "BBB"), None, settings)  # fmt: skip


@pytest.mark.parametrize(
    ("schedule", "said"),
    [
        (Schedule(), "; quarterly dates are the last row of each period, never"),
        (Schedule(day=0), "; quarterly dates are the first row of each period, never"),
        (Schedule(day=1), "; quarterly dates are the 2nd row of each period, never"),
        (Schedule(day=2, offset=2), "; quarterly dates are the 3rd row of each period, 2 rows later,"),
        (Schedule(day=20), "; quarterly dates are the 21st row of each period, never"),
        (Schedule(every=21), "; calendar dates are every 21 rows from the first;"),
        (Schedule(every=1), "; calendar dates are every row from the first;"),
        (Schedule(every=21, offset=1), "; calendar dates are every 21 rows from the first, 1 row later;"),
    ],
)  # fmt: skip
def test_the_convention_says_on_which_rows_the_dates_fall(schedule: Schedule, said: str) -> None:
    assert said in study_convention(study(schedule), COSTS)


def test_the_convention_says_whose_volatility_a_band_goes_by() -> None:
    plain = study(Schedule())
    scaled = replace(plain, kind=BandKind.VOLATILITY)

    assert "(exactly at the band is in); an asset goes" in study_convention(plain, COSTS)
    said = "is in), by the volatility of the last 252 returns of Prices and not that of Targets; an"
    assert said in study_convention(scaled, COSTS)


def test_the_convention_names_what_has_a_ticket_fee_of_its_own() -> None:
    plain = study(Schedule(), Security("AAA", ticket_fee=1.5), Security("BBB"))
    own = study(Schedule(), Security("AAA"), Security("BBB", ticket_fee=0.0))

    assert " and 1.50 a ticket, paid from" in study_convention(plain, COSTS)
    assert " and 1.50 a ticket (BBB: the fee in Securities), paid" in study_convention(own, COSTS)


def test_nothing_is_ahead_of_who_never_holds_what_comes_later() -> None:
    table = prices("AAA", "BBB")
    values = table.values.copy()
    values[:30, 1] = np.nan
    late = study(
        Schedule(Frequency.MONTHLY), table=replace(table, values=values), start=table.dates[0]
    )
    rivals, found = compared(late), bands_compared(late)

    backtest_rows = render_backtest(late, rivals, COSTS, ()).blocks[0].rows
    band_rows = render_bands(late, found, COSTS, ()).blocks[0].rows
    assert {row[BACKTEST.headers.index("Ahead of never")] for row in backtest_rows} == {None}
    assert {row[BANDS.headers.index("Ahead of never")] for row in band_rows} == {None}
    assert luck_sentence(found).endswith(
        "nobody could know which. Who never rebalances never holds BBB."
    )
    assert "Who never" not in luck_sentence(bands_compared(study(Schedule(Frequency.MONTHLY))))


@pytest.mark.parametrize(
    ("schedule", "said"),
    [
        (Schedule(Frequency.MONTHLY), "Timing luck: a return to the target on monthly dates, moved by 0 to"),
        (Schedule(every=3), "Timing luck: a return to the target every 3 rows, moved by 0 to 2 rows, grew"),
        (Schedule(every=2), "Timing luck: a return to the target every 2 rows, moved by 0 to 1 row, grew"),
        (Schedule(Frequency.ANNUAL), "Timing luck: none is seen of a return to the target on annual dates,"),
        (Schedule(every=1), "Timing luck: none is seen of a return to the target every row, since"),
    ],
)  # fmt: skip
def test_the_luck_of_a_date_is_told_where_there_are_others(schedule: Schedule, said: str) -> None:
    assert luck_sentence(bands_compared(study(schedule))).startswith(said)


def test_the_policy_line_of_a_rebalance_names_fees_of_securities() -> None:
    made = plan(*HALVES, costs=COSTS)
    assert " and 1.50 a ticket; turnover" in convention(made, Securities())
    own = Securities((Security("AAA", ticket_fee=1.5), Security("BBB", ticket_fee=9.0)))
    assert " and 1.50 a ticket (BBB: the fee in Securities); turnover" in convention(made, own)
