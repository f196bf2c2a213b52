"""Tactical targets of a day and of a study: against weights by hand, and never from what is later."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from statistics import stdev

import numpy as np
import pytest

from tests.engine.test_study import DAYS, household, prices
from xl_rebal.engine.backtest import Backtest, backtest
from xl_rebal.engine.band_study import bands_compared
from xl_rebal.engine.book_study import study_of
from xl_rebal.engine.dated_plan import plan_on
from xl_rebal.engine.policies import DatedTargets, Policy, When, buy_and_hold, tactical
from xl_rebal.engine.rebalance import rebalance
from xl_rebal.engine.statistics import statistics
from xl_rebal.engine.study import Rival, Study, compared, share_of_band
from xl_rebal.errors import InputError
from xl_rebal.model.plan import (
    BandRule,
    Costs,
    Destination,
    Method,
    Plan,
    TargetLine,
    Targets,
)
from xl_rebal.model.policy_names import NAMES
from xl_rebal.model.prices import Prices
from xl_rebal.model.schedule import Frequency, Schedule
from xl_rebal.model.securities import Securities, Security
from xl_rebal.model.study_settings import StudySettings
from xl_rebal.model.tactical import Generator, Tactical, TargetChange

BASE = (TargetLine("AAA", 0.5), TargetLine("BBB", 0.3), TargetLine("CASH", 0.2))
HELD = household(("One", "AAA", 50), ("One", "BBB", 30), ("One", "CASH", 20))
MONTHLY = StudySettings(schedule=Schedule(Frequency.MONTHLY))


def change(day: date, *weights: float) -> TargetChange:
    pairs = zip(("AAA", "BBB", "CASH"), weights, strict=True)
    return TargetChange(day, {key: weight for key, weight in pairs if weight})


FIRST, SECOND, THIRD = (
    change(DAYS[30], 0.2, 0.7, 0.1), change(DAYS[70], 0.9, 0.1, 0.0), change(DAYS[90], 0.0, 0.0, 1.0)
)  # fmt: skip


def book(*changes: TargetChange, lines: tuple[TargetLine, ...] = BASE, **more: object) -> Plan:
    by_model = {"": changes} if changes else {}
    return Plan((Targets(lines),), method=Method.TACTICAL, tactical=Tactical(by_model), **more)  # type: ignore[arg-type]


def made_by(generator: Generator, window: int, lines: tuple[TargetLine, ...] = BASE) -> Plan:
    how = Tactical(generator=generator, window=window)
    return Plan((Targets(lines),), method=Method.TACTICAL, tactical=how)


def today(plan: Plan, table: Prices, as_of: date | None) -> dict[str, float]:
    found, _ = plan_on(plan, HELD, Securities(), table, as_of)
    return {line.key: line.weight for line in found.targets[0].lines}


def studied(
    plan: Plan, table: Prices, settings: StudySettings = MONTHLY, as_of: date | None = None
) -> Study:
    return study_of(HELD, Securities(), plan, table, as_of, settings)  # fmt: skip


def own(study: Study) -> Rival:
    return next(rival for rival in compared(study) if rival.is_own)


# -- of a day --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "weights", "since"),
    [
        (DAYS[29], (0.5, 0.3, 0.2), None),
        (DAYS[30], (0.2, 0.7, 0.1), DAYS[30]),
        (DAYS[69], (0.2, 0.7, 0.1), DAYS[30]),
        (DAYS[70], (0.9, 0.1, 0.0), DAYS[70]),
        (DAYS[70] + timedelta(days=4000), (0.9, 0.1, 0.0), DAYS[70]),
    ],
)
def test_the_newest_row_on_or_before_a_day_holds_and_before_the_first_the_own_weights(
    day: date, weights: tuple[float, ...], since: date | None
) -> None:
    found, notes = plan_on(book(FIRST, SECOND), HELD, Securities(), prices("AAA", "BBB"), day)

    assert [line.weight for line in found.targets[0].lines] == list(weights)
    assert found.targets[0].since == since
    assert [note.text for note in notes] == (
        [] if since else
        [f"No dated targets hold on {day}: the first are of {DAYS[30]}. The weights of Targets hold."]
    )  # fmt: skip


def test_a_plan_that_is_not_tactical_stays_as_it_is() -> None:
    plan = Plan((Targets(BASE),))
    assert plan_on(plan, HELD, Securities(), prices("AAA"), None) == (plan, ())


def test_each_model_has_its_own_dates() -> None:
    changes = {"Calm": (FIRST,), "Bold": (SECOND,)}
    models = Plan((Targets(BASE, "Calm"), Targets(BASE, "Bold"), Targets(BASE, "Still")),
                  method=Method.TACTICAL, tactical=Tactical(changes))  # fmt: skip
    found, notes = plan_on(models, HELD, Securities(), prices("AAA"), DAYS[80])

    assert [(each.since, each.lines[0].weight) for each in found.targets] == [
        (DAYS[30], 0.2), (DAYS[70], 0.9), (None, 0.5)
    ]  # fmt: skip
    assert [note.about for note in notes] == [("dated targets", "Still")]


def test_inverse_volatility_of_today_looks_at_the_last_returns_up_to_the_day() -> None:
    table = prices("AAA", "BBB")
    returns = table.values[1:] / table.values[:-1] - 1
    calm, wild = (
        stdev(returns[60 - 20 : 60, column]) for column in (0, 1)
    )  # the last is of row 60
    found = today(made_by(Generator.INVERSE_VOLATILITY, 20), table, DAYS[60])

    assert found == pytest.approx(
        {
            "AAA": 0.8 / calm / (1 / calm + 1 / wild),
            "BBB": 0.8 / wild / (1 / calm + 1 / wild),
            "CASH": 0.2,
        },
        rel=1e-12,
    )


def test_a_trend_filter_of_today_is_out_of_what_stands_below_its_mean() -> None:
    table = prices("AAA", "BBB")
    lines = (TargetLine("AAA", 0.6), TargetLine("BBB", 0.4))
    both = set()
    for row in range(9, 120):
        window = table.values[row - 9 : row + 1]
        is_in = [sum(closes) / 10 <= closes[-1] for closes in window.T.tolist()]
        wanted = {"AAA": 0.6 * is_in[0], "BBB": 0.4 * is_in[1]}
        both.add(tuple(is_in))
        found = today(made_by(Generator.TREND, 10, lines), table, DAYS[row])
        assert found == pytest.approx({**wanted, "CASH": 1 - sum(wanted.values())})
    assert len(both) == 4


@pytest.mark.parametrize("generator", list(Generator))
def test_today_needs_one_full_window_and_no_later_price(generator: Generator) -> None:
    table, plan = prices("AAA", "BBB"), made_by(generator, 10)
    first = 10 if generator is Generator.INVERSE_VOLATILITY else 9
    shorter = Prices(DAYS[: first + 1], table.symbols, table.values[: first + 1])

    assert today(plan, table, DAYS[first]) == today(plan, shorter, None)
    with pytest.raises(
        InputError, match=f"found {first} rows of prices without a full window up to"
    ) as error:
        today(plan, table, DAYS[first - 1])
    assert error.value.problems[0].about == ("setting", "TacticalWindow")


def test_a_class_is_made_of_the_prices_of_its_largest_holding() -> None:
    lines = (TargetLine("Equity", 0.6, is_class=True), TargetLine("BBB", 0.4))
    securities = Securities(
        (Security("AAA", asset_class="Equity"), Security("DDD", asset_class="Equity"))
    )
    table = prices("AAA", "BBB", "DDD")
    plan = made_by(Generator.INVERSE_VOLATILITY, 20, lines)
    found, notes = plan_on(plan, HELD, securities, table, None)
    plain = (TargetLine("AAA", 0.6), TargetLine("BBB", 0.4))
    as_symbol = today(made_by(Generator.INVERSE_VOLATILITY, 20, plain), table, None)

    assert [line.weight for line in found.targets[0].lines] == list(as_symbol.values())
    assert [note.text for note in notes] == ["The class Equity is studied as AAA."]


def test_a_generator_never_leaves_the_limits_of_a_line() -> None:
    limited = (replace(BASE[0], minimum=0.4), *BASE[1:])
    table = prices("AAA", "BBB")
    table.values[-5:, 0] = 1.0
    with pytest.raises(
        InputError, match=r"0.00 % for AAA by trend on 2024-04-29, expected at least 40"
    ) as error:
        today(made_by(Generator.TREND, 10, limited), table, None)
    assert error.value.problems[0].about == ("target", "AAA", "")
    with pytest.raises(InputError, match="for AAA by trend on"):
        studied(made_by(Generator.TREND, 10, limited), table)


def test_the_trades_are_those_to_the_targets_of_the_day_whether_or_not_a_band_is_left() -> None:
    # 50, 30 and 20 shares at 10: 1,000 in all
    plan, _ = plan_on(
        book(change(DAYS[0], 0.52, 0.28, 0.2)), HELD, Securities(), prices("AAA"), DAYS[5]
    )
    held = household(("One", "AAA", 50), ("One", "BBB", 30))
    held = replace(held, positions=(*held.positions, replace(held.positions[0], symbol="CASH", quantity=200.0,
                                                             price=1.0)))  # fmt: skip
    found = rebalance(held, Securities(), plan)
    banded = rebalance(held, Securities(), replace(plan, method=Method.THRESHOLD))

    assert [(t.action.value, t.symbol, t.quantity) for t in found.trades] == [
        ("Sell", "BBB", 2.0), ("Buy", "AAA", 2.0)
    ]  # fmt: skip
    assert banded.trades == ()


# -- of a study ------------------------------------------------------------------------------------


def slow_targets(*changes: TargetChange) -> DatedTargets:
    rows = [[change.weights.get(key, 0.0) for key in ("AAA", "BBB", "CASH")] for change in changes]
    return DatedTargets((None, *(change.day for change in changes)),
                        np.array([[0.5, 0.3, 0.2], *rows]))  # fmt: skip


def same(one: Backtest, other: Backtest) -> bool:
    return (
        one.dates == other.dates
        and one.value.tolist() == other.value.tolist()
        and one.rows.tolist() == other.rows.tolist()
        and one.weights.tolist() == other.weights.tolist()
        and one.cost.tolist() == other.cost.tolist()
    )


def test_the_study_of_a_table_is_the_backtest_of_the_same_dated_targets() -> None:
    table = prices("AAA", "BBB")
    study = studied(book(FIRST, SECOND, THIRD, costs=Costs(0.002)), table)
    policy = tactical(slow_targets(FIRST, SECOND, THIRD))
    run = own(study).run

    assert same(run, backtest(table.of(("AAA", "BBB", "CASH")), policy, study.conventions))
    assert run.rows.tolist() == [30, 70, 90]
    assert run.after.round(12).tolist() == [[0.2, 0.7, 0.1], [0.9, 0.1, 0.0], [0.0, 0.0, 1.0]]
    assert [note.text for note in study.notes] == [
        f"The weights of Targets hold until {DAYS[30]}, the first of the dated targets."
    ]


@pytest.mark.parametrize("generator", list(Generator))
def test_the_study_of_a_generator_is_the_backtest_of_what_it_would_have_said_on_each_date(
    generator: Generator,
) -> None:
    table = prices("AAA", "BBB")
    study = studied(made_by(generator, 15), table)
    month_ends = [k for k in range(15, 119) if DAYS[k + 1].month != DAYS[k].month]
    said = [today(made_by(generator, 15), table, DAYS[k]) for k in month_ends]
    policy = tactical(slow_targets(*(TargetChange(DAYS[k], weights)
                                     for k, weights in zip(month_ends, said, strict=True))))  # fmt: skip

    assert len(month_ends) == 3
    assert same(
        own(study).run, backtest(table.of(("AAA", "BBB", "CASH")), policy, study.conventions)
    )


def test_the_rivals_are_those_of_a_book_that_is_not_tactical() -> None:
    table = prices("AAA", "BBB")
    plan = book(FIRST, SECOND, bands=BandRule(width=0.03))
    strategic = studied(replace(plan, method=Method.THRESHOLD, tactical=None), table)
    found = compared(studied(plan, table))

    assert tuple(rival.name for rival in found) == NAMES[:5]
    assert [rival.name for rival in found if rival.is_own] == ["Tactical"]
    for rival, plain in zip(found[:4], compared(strategic), strict=True):
        assert same(rival.run, plain.run)
        assert (rival.name, rival.figures.tracking_error) == (
            plain.name,
            plain.figures.tracking_error,
        )
        assert rival.figures.ahead == pytest.approx(plain.figures.ahead, abs=1e-12)


def test_a_tactical_book_is_ahead_of_who_bought_the_targets_of_the_sheet() -> None:
    table = prices("AAA", "BBB").of(("AAA", "BBB", "CASH"))
    early = change(DAYS[0] - timedelta(days=9), 0.1, 0.1, 0.8)  # holds on the first row already
    study = studied(book(early, SECOND), table)
    never = (
        0.5 * table.values[-1, 0] / table.values[0, 0]
        + 0.3 * table.values[-1, 1] / table.values[0, 1]
        + 0.2
    )
    rival = own(study)

    assert study.tactical_targets is not None
    assert study.tactical_targets.dates == (early.day, SECOND.day)
    assert rival.run.weights[0].tolist() == pytest.approx([0.1, 0.1, 0.8])
    assert rival.figures.ahead == pytest.approx(
        rival.run.value[-1] / rival.run.capital / never - 1, rel=1e-12
    )


def test_a_later_row_changes_nothing_before_it() -> None:
    table = prices("AAA", "BBB", "NEW")
    table.values[:100, 2] = np.nan
    lines = (*BASE, TargetLine("NEW", 0.0))
    later = TargetChange(DAYS[105], {"NEW": 1.0})
    plain = studied(book(FIRST, SECOND, lines=lines), table)
    more = studied(book(FIRST, SECOND, later, lines=lines), table)
    cut = studied(book(FIRST, SECOND, later, lines=lines), table, as_of=DAYS[104])
    one, other, short = (own(each).run for each in (plain, more, cut))

    assert plain.lines == cut.lines == ("AAA", "BBB", "CASH")
    assert more.lines == ("AAA", "BBB", "CASH", "NEW")
    assert one.dates == other.dates
    assert one.value[:106] == pytest.approx(other.value[:106], rel=1e-15)
    assert one.value[:105].tolist() == short.value.tolist()
    assert other.weights[105].round(12).tolist() == [0.0, 0.0, 0.0, 1.0]
    assert today(book(FIRST, later, lines=lines), table, DAYS[104]) == today(
        book(FIRST, lines=lines), table, DAYS[104]
    )


@pytest.mark.parametrize("as_of", [None, DAYS[119] + timedelta(days=60)])
def test_a_row_later_than_all_prices_needs_none_of_its_own(as_of: date | None) -> None:
    table = prices("AAA", "BBB")
    lines = (*BASE, TargetLine("NEW", 0.0))
    later = TargetChange(DAYS[119] + timedelta(days=30), {"NEW": 1.0})
    one = studied(book(FIRST, lines=lines), table, as_of=as_of)
    other = studied(book(FIRST, later, lines=lines), table, as_of=as_of)

    assert same(own(one).run, own(other).run)
    assert one.lines == other.lines == ("AAA", "BBB", "CASH")


def test_a_study_begins_when_what_is_held_on_a_day_has_a_price_by_then() -> None:
    table = prices("AAA", "BBB", "NEW")
    table.values[:40, 2] = np.nan
    lines = (*BASE, TargetLine("NEW", 0.0))
    early, late = (TargetChange(DAYS[row], {"AAA": 0.5, "NEW": 0.5}) for row in (35, 60))

    assert studied(book(late, lines=lines), table).prices.dates[0] == DAYS[0]
    assert studied(book(early, SECOND, lines=lines), table).prices.dates[0] == DAYS[40]


def test_a_band_that_is_a_share_of_the_target_goes_with_the_target_of_the_day() -> None:
    lines = (replace(BASE[0], band_relative=0.1), *BASE[1:])
    table = prices("AAA", "BBB")
    study = studied(book(FIRST, SECOND, lines=lines, destination=Destination(1.0)), table)
    run = own(study).run

    assert run.upper[run.band_line[[0, 40, 80]], 0].tolist() == pytest.approx([0.05, 0.02, 0.09])
    assert run.after[0, 0] == pytest.approx(0.22)  # from 50 % or so to the edge of 20 % ± 2 %
    assert np.isfinite(share_of_band(run)).all()


def test_targets_that_never_change_on_a_row_that_trades_are_refused_at_their_place() -> None:
    for changes in ((change(DAYS[0], 0.2, 0.7, 0.1),), (change(DAYS[119], 0.2, 0.7, 0.1),)):
        with pytest.raises(InputError, match="found no new targets after 2024-01-01") as error:
            studied(book(*changes), prices("AAA", "BBB"))
        assert error.value.problems[0].about == ("dated targets", "")


def test_settings_that_never_trade_are_refused_each_with_its_setting() -> None:
    for settings, names in (
        (StudySettings(lag=200), ["Lag"]),
        (StudySettings(schedule=Schedule(every=150), lag=118), ["Lag", "Frequency"]),
        (
            StudySettings(schedule=Schedule(Frequency.WEEKLY, day=9, offset=130)),
            ["Offset", "TradingDay"],
        ),
    ):
        for plan in (book(FIRST), Plan((Targets(BASE),))):
            with pytest.raises(InputError) as error:
                studied(plan, prices("AAA", "BBB"), settings)
            assert [each.about for each in error.value.problems] == [
                ("setting", name) for name in names
            ]
    assert studied(book(FIRST), prices("AAA", "BBB"), StudySettings(lag=117))


def test_a_study_of_bands_keeps_a_tactical_book_out_of_the_choice() -> None:
    table = prices("AAA", "BBB")
    plan = book(FIRST, SECOND, costs=Costs(0.001))
    found = bands_compared(studied(plan, table))
    plain = bands_compared(studied(replace(plan, method=Method.THRESHOLD, tactical=None), table))
    others = [each for each in found.candidates if not each.is_own]

    assert not found.own.on_frontier
    assert not found.own.is_chosen
    assert found.own.looked_at == "new targets"
    assert {(e.name, e.band, e.looked_at, e.figures.cost_bp) for e in others} == {
        (e.name, e.band, e.looked_at, e.figures.cost_bp) for e in plain.candidates if not e.is_own
    }  # fmt: skip
    assert sum(each.is_chosen for each in others) == 1
    assert found.own.figures == own(studied(plan, table)).figures


def test_the_break_even_of_a_tactical_book_is_the_cost_that_leaves_it_what_never_trading_has() -> (
    None
):
    table = prices("AAA", "BBB", seed=3)
    early = change(DAYS[0] - timedelta(days=9), 0.0, 0.9, 0.1)
    study = studied(book(early, FIRST, SECOND), table)
    never = backtest(study.prices, buy_and_hold(study.targets)).value[-1]
    even = bands_compared(study).break_even

    def wealth(rate: float) -> float:
        run = backtest(
            study.prices, study.policy(Method.TACTICAL), replace(study.conventions, rate=rate)
        )
        return float(run.value[-1] / run.capital)

    if even.rate is None:
        assert (wealth(0.0) - never) * (wealth(0.1) - never) > 0
    else:
        assert wealth(even.rate) == pytest.approx(never, rel=1e-9)
    assert even.ahead_free == pytest.approx(wealth(0.0) / never - 1, rel=1e-9)


def test_kinds_of_date_that_the_day_of_the_settings_never_falls_on_are_left_out() -> None:
    settings = StudySettings(schedule=Schedule(Frequency.MONTHLY, day=9))
    found = bands_compared(studied(Plan((Targets(BASE),)), prices("AAA", "BBB"), settings))

    assert "weekly" not in {each.looked_at for each in found.candidates}
    assert "monthly" in {each.looked_at for each in found.candidates}


def test_figures_of_a_tactical_run_are_its_statistics_but_for_being_ahead() -> None:
    study = studied(book(FIRST), prices("AAA", "BBB"))
    rival = own(study)
    plain = statistics(backtest(study.prices, Policy(slow_targets(FIRST), When(on_new_targets=True)),
                                study.conventions))  # fmt: skip
    assert replace(rival.figures, ahead=plain.ahead) == plain
