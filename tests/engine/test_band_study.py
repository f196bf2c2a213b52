"""A study of bands against one backtest a policy, and the marks against every pair of policies."""

from __future__ import annotations

from dataclasses import asdict, replace
from itertools import product

import numpy as np
import pytest

from tests.engine.test_study import HALVES, household, plan, prices
from xl_rebal.engine.backtest import backtest
from xl_rebal.engine.band_study import (
    OWN_NAME,
    BandStudy,
    bands_compared,
    volatility_against_the_rest,
)
from xl_rebal.engine.book_study import study_of
from xl_rebal.engine.policies import Policy, When
from xl_rebal.engine.statistics import statistics
from xl_rebal.engine.study import Study
from xl_rebal.model.plan import (
    TO_TARGET,
    BandKind,
    BandRule,
    Costs,
    Destination,
    TargetLine,
)
from xl_rebal.model.schedule import Frequency, Schedule
from xl_rebal.model.securities import Securities
from xl_rebal.model.study_settings import StudySettings

BANDS = (0.0, 0.01, 0.04, 0.5)


def study(to: Destination = TO_TARGET, kind: BandKind = BandKind.ABSOLUTE) -> Study:
    book = plan(*HALVES, bands=BandRule(kind, 0.03), costs=Costs(0.002), destination=to)
    settings = StudySettings(
        schedule=Schedule(Frequency.MONTHLY, offset=1), bands=BANDS, lag=1, risk_free=0.01
    )
    return study_of(
        household(("One", "AAA", 1)), Securities(), book, prices("AAA", "BBB"), None, settings
    )


@pytest.fixture(scope="module")
def found() -> BandStudy:
    return bands_compared(study())


@pytest.mark.parametrize("to", [TO_TARGET, Destination(0.5)])
@pytest.mark.parametrize("kind", [BandKind.ABSOLUTE, BandKind.RELATIVE])
def test_every_policy_has_the_figures_of_its_own_backtest(to: Destination, kind: BandKind) -> None:
    made = study(to, kind)
    by_key = {(c.band, c.schedule): c for c in bands_compared(made).candidates if not c.is_own}
    dates = [None, *(Schedule(f, offset=1) for f in Frequency if f is not Frequency.DAILY)]
    assert len(by_key) == len(dates) * (len(BANDS) + 1)
    for band, schedule in product((*BANDS, None), dates):
        policy = Policy(
            made.targets, When(schedule, on_breach=band is not None),
            TO_TARGET if band is None else to, BandRule(kind, 0.05 if band is None else band),
        )  # fmt: skip
        expected = asdict(statistics(backtest(made.prices, policy, made.conventions), 0.01))
        figures = asdict(by_key[band, schedule].figures)
        for name, value in expected.items():
            if isinstance(value, float):
                assert figures[name] == pytest.approx(value, rel=1e-9, abs=1e-12), (
                    band,
                    schedule,
                    name,
                )
            else:
                assert figures[name] == value, (band, schedule, name)


def test_the_policy_of_the_book_stands_beside_with_its_own_bands() -> None:
    lines = (TargetLine("AAA", 0.5, band_absolute=0.01), TargetLine("BBB", 0.5))
    made = study_of(household(("One", "AAA", 1)), Securities(), plan(*lines), prices("AAA", "BBB"), None,
                    StudySettings(bands=(0.05,)))  # fmt: skip
    own = bands_compared(made).own
    policy = Policy(
        made.targets, When(on_breach=True), TO_TARGET, BandRule(width=np.array([0.01, 0.05]))
    )

    assert (own.name, own.band, own.schedule) == (OWN_NAME, None, None)
    assert own.figures == statistics(backtest(made.prices, policy, made.conventions))


def test_the_frontier_is_what_no_other_beats(found: BandStudy) -> None:
    points = [(round(c.cost, 12), round(c.figures.tracking_error, 12)) for c in found.candidates]
    for candidate, (cost, error) in zip(found.candidates, points, strict=True):
        is_beaten = any(
            (other <= cost and away < error) or (other < cost and away <= error)
            for other, away in points
        )
        trades = candidate.figures.rebalances > 0 or candidate.name == "Never"
        assert candidate.on_frontier == (not is_beaten and trades)
    assert [c.figures.tracking_error for c in found.candidates] == sorted(
        c.figures.tracking_error for c in found.candidates
    )


@pytest.mark.parametrize("aversion", [0.01, 1.0, 100.0])
def test_the_chosen_policy_has_the_least_cost_plus_weighed_variance(aversion: float) -> None:
    made = study()
    made = replace(made, settings=replace(made.settings, risk_aversion=aversion))
    found = bands_compared(made)
    burden = [c.cost + aversion * c.figures.tracking_error**2 for c in found.candidates]

    assert sum(c.is_chosen for c in found.candidates) == 1
    assert found.chosen.cost + aversion * found.chosen.figures.tracking_error**2 == pytest.approx(
        min(burden)
    )


def test_who_never_trades_is_chosen_under_his_own_name() -> None:
    made = study()
    settings = replace(made.settings, risk_aversion=1e-9, bands=(0.9, 0.95))
    found = bands_compared(replace(made, settings=settings))

    assert {c.figures.rebalances for c in found.candidates if c.band} == {0}
    assert (found.chosen.name, found.chosen.on_frontier) == ("Never", True)


def test_timing_luck_is_the_growth_of_each_offset_by_itself(found: BandStudy) -> None:
    made = study()
    assert found.schedule == Schedule(Frequency.MONTHLY)
    assert len(found.luck.growth_rate) == 30  # of three month ends the middle gap is 30 or 31 rows
    for offset in (0, 7, 29):
        dated = When(Schedule(Frequency.MONTHLY, offset=offset))
        run = backtest(made.prices, Policy(made.targets, dated), made.conventions)
        assert found.luck.growth_rate[offset] == pytest.approx(
            statistics(run).growth_rate, rel=1e-9
        )


def test_at_the_break_even_cost_the_book_ends_where_never_rebalancing_does() -> None:
    made = study()
    even = bands_compared(made).break_even
    policy = made.policy(made.own)
    free = statistics(backtest(made.prices, policy, replace(made.conventions, rate=0.0)))
    if even.rate is None:
        assert free.ahead <= 0
    else:
        paid = statistics(backtest(made.prices, policy, replace(made.conventions, rate=even.rate)))
        assert paid.ahead == pytest.approx(0, abs=1e-9)


def test_the_volatility_of_a_line_is_against_the_others_at_their_targets() -> None:
    lines = (TargetLine("AAA", 0.5), TargetLine("BBB", 0.3), TargetLine("CASH", 0.2))
    table = prices("AAA", "BBB")
    made = study_of(
        household(("One", "AAA", 1)), Securities(), plan(*lines), table, None, StudySettings()
    )
    moves = np.diff(table.values, axis=0) / table.values[:-1]
    rest = (0.3 * moves[:, 1] + 0.2 * 0.0) / 0.5
    years = 119 / 365.25

    expected = np.std(moves[:, 0] - rest, ddof=1) * np.sqrt(119 / years)
    assert volatility_against_the_rest(made)[0] == pytest.approx(expected, rel=1e-12)


def test_progress_runs_from_nothing_to_all() -> None:
    told: list[tuple[int, int]] = []
    bands_compared(study(), lambda done, total: told.append((done, total)))
    shares = [done / total for done, total in told]
    assert shares == sorted(shares)
    assert shares[-1] <= 1
