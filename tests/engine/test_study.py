"""A book's plan as a study of its prices: what stands for what, what is left out, what is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from xl_rebal.engine.backtest import backtest
from xl_rebal.engine.book_study import study_of
from xl_rebal.engine.study import compared, noted, notes_of, share_of_band
from xl_rebal.errors import Code, InputError
from xl_rebal.model.plan import (
    BandKind,
    BandRule,
    Costs,
    Destination,
    Method,
    Plan,
    TargetLine,
    Targets,
)
from xl_rebal.model.policy_names import NAMES, RIVALS
from xl_rebal.model.portfolio import Account, Household, Position
from xl_rebal.model.prices import Prices
from xl_rebal.model.schedule import Frequency, Schedule
from xl_rebal.model.securities import Securities, Security
from xl_rebal.model.study_settings import StudySettings

FIRST = date(2024, 1, 1)
DAYS = tuple(FIRST + timedelta(days=k) for k in range(120))


def prices(*symbols: str, seed: int = 1) -> Prices:
    steps = np.random.default_rng(seed).normal(0, 0.03, (len(DAYS), len(symbols)))
    return Prices(DAYS, symbols, 100 * np.exp(np.cumsum(steps, axis=0)))


def household(*held: tuple[str, str, float]) -> Household:
    accounts = dict.fromkeys(account for account, _, _ in held)
    return Household(
        tuple(Account(name) for name in accounts),
        tuple(Position(account, symbol, quantity, 10.0) for account, symbol, quantity in held),
    )


def plan(*lines: TargetLine, **more: object) -> Plan:
    return Plan((Targets(lines),), **more)  # type: ignore[arg-type]


HALVES = (TargetLine("AAA", 0.5), TargetLine("BBB", 0.5))


def test_a_class_is_studied_as_its_largest_holding_over_all_accounts() -> None:
    lines = (TargetLine("Equity", 0.6, is_class=True), TargetLine("BBB", 0.4))
    securities = Securities(
        (Security("AAA", asset_class="Equity"), Security("CCC", asset_class="Equity"))
    )
    held = household(("One", "AAA", 10), ("One", "CCC", 7), ("Two", "CCC", 7), ("Two", "BBB", 1))
    found = study_of(
        held, securities, plan(*lines), prices("AAA", "BBB", "CCC"), None, StudySettings()
    )

    assert found.prices.symbols == ("CCC", "BBB")
    assert found.targets.weights.tolist() == [[0.6, 0.4]]
    assert [note.text for note in found.notes] == ["The class Equity is studied as CCC."]


def test_a_class_of_which_nothing_is_held_is_studied_as_its_first_security_with_prices() -> None:
    lines = (TargetLine("Equity", 1.0, is_class=True),)
    securities = Securities(tuple(Security(s, asset_class="Equity") for s in ("NEW", "CCC", "AAA")))
    held = household(("One", "BBB", 10))
    found = study_of(held, securities, plan(*lines), prices("AAA", "CCC"), None, StudySettings())

    assert found.prices.symbols == ("CCC",)


def test_a_symbol_with_a_target_of_its_own_never_stands_for_its_class() -> None:
    lines = (TargetLine("AAA", 0.5), TargetLine("Equity", 0.5, is_class=True))
    securities = Securities(
        (Security("AAA", asset_class="Equity"), Security("CCC", asset_class="Equity"))
    )
    held = household(("One", "AAA", 100), ("One", "CCC", 1))
    found = study_of(held, securities, plan(*lines), prices("AAA", "CCC"), None, StudySettings())

    assert found.prices.symbols == ("AAA", "CCC")


def test_every_target_without_prices_is_named_at_once() -> None:
    lines = (
        TargetLine("AAA", 0.4),
        TargetLine("XXX", 0.3),
        TargetLine("Bonds", 0.3, is_class=True),
    )
    with pytest.raises(InputError) as refused:
        study_of(household(("One", "AAA", 1)), Securities(), plan(*lines), prices("AAA"), None,
                 StudySettings())  # fmt: skip

    assert [(each.code, each.about) for each in refused.value.problems] == [
        (Code.MISSING_PRICE, ("target", "XXX", "")), (Code.MISSING_PRICE, ("target", "Bonds", ""))
    ]  # fmt: skip


def test_cash_needs_no_prices_and_earns_its_rate() -> None:
    lines = (TargetLine("AAA", 0.5), TargetLine("CASH", 0.5))
    settings = StudySettings(cash_rate=0.05)
    found = study_of(
        household(("One", "AAA", 1)), Securities(), plan(*lines), prices("AAA"), None, settings
    )
    never = compared(found)[0].run
    years = (DAYS[-1] - DAYS[0]).days / 365.25

    assert never.holdings[-1, 1] / never.holdings[0, 1] == pytest.approx(1.05**years, rel=1e-12)


def test_costs_are_those_of_the_book_and_the_capital_is_what_the_accounts_of_the_model_hold() -> (
    None
):
    securities = Securities((Security("AAA", spread=0.0010), Security("BBB")))
    costs = Costs(rate=0.0005, ticket_fee=4.0)
    held = household(("One", "AAA", 100), ("One", "BBB", 50), ("Two", "AAA", 10))
    found = study_of(held, securities, plan(*HALVES, costs=costs), prices("AAA", "BBB"), None,
                     StudySettings(lag=2))  # fmt: skip

    assert np.asarray(found.conventions.rate).tolist() == [0.0010, 0.0005]
    assert (found.fees.tolist(), found.conventions.capital) == ([4.0, 4.0], 1600.0)
    assert found.conventions.lag == 2


@pytest.mark.parametrize("method", [None, Method.CALENDAR, Method.THRESHOLD])
def test_a_security_with_a_ticket_fee_of_its_own_pays_that_one(method: Method | None) -> None:
    securities = Securities((Security("AAA", ticket_fee=2.5), Security("BBB")))
    book = plan(*HALVES, costs=Costs(ticket_fee=4.0), bands=BandRule(width=0.02))
    held = household(("One", "AAA", 100))
    settings = StudySettings(schedule=Schedule(Frequency.MONTHLY))
    found = study_of(held, securities, book, prices("AAA", "BBB"), None, settings)
    run = backtest(found.prices, found.policy(method), found.conventions)

    assert len(run.rows) > 0 or method is None
    assert run.cost.tolist() == pytest.approx([6.5] * len(run.rows), abs=1e-9)


def test_a_ticket_fee_of_nothing_holds_instead_of_the_setting() -> None:
    securities = Securities((Security("AAA", ticket_fee=0.0), Security("BBB", ticket_fee=0.0)))
    book = plan(*HALVES, costs=Costs(ticket_fee=4.0))
    found = study_of(household(), securities, book, prices("AAA", "BBB"), None,
                     StudySettings(schedule=Schedule(Frequency.MONTHLY)))  # fmt: skip
    run = backtest(found.prices, found.policy(Method.CALENDAR), found.conventions)

    assert len(run.rows) > 1
    assert run.cost.tolist() == [0.0] * len(run.rows)


def test_the_days_of_a_study_are_those_from_its_start_to_as_of() -> None:
    settings = StudySettings(start=DAYS[10])
    held = household(("One", "AAA", 1))
    found = study_of(held, Securities(), plan(*HALVES), prices("AAA", "BBB"), DAYS[50], settings)
    assert found.prices.dates == DAYS[10:51]

    with pytest.raises(
        InputError, match=r"found 0 rows of prices \(120 rows outside StudyFrom and AsOf\)"
    ):
        study_of(
            held,
            Securities(),
            plan(*HALVES),
            prices("AAA", "BBB"),
            FIRST - timedelta(days=9),
            settings,
        )


def test_what_is_missing_in_the_prices_is_said() -> None:
    table = prices("AAA", "BBB", "DDD")
    table.values[:5, 0] = np.nan
    table.values[60:63, 1] = np.nan
    table.values[100:, 2] = np.nan
    lines = (*(TargetLine(s, 0.25) for s in ("AAA", "BBB", "DDD")), TargetLine("CASH", 0.25))
    found = study_of(
        household(("One", "AAA", 1)),
        Securities(),
        plan(*lines),
        table,
        None,
        StudySettings(start=DAYS[0]),
    )

    assert [note.text for note in found.notes] == [
        f"Prices of AAA begin on {DAYS[5]}: until then the others share its target.",
        "Between its first and last price BBB has none on 3 rows: it is held at its last price and "
        "not traded there.",
        f"Prices of DDD end on {DAYS[99]}: from then on it is held at its last price.",
    ]


def test_a_study_begins_where_everything_has_a_price_unless_an_earlier_day_is_named() -> None:
    table = prices("AAA", "BBB")
    table.values[:5, 0] = np.nan
    held = household(("One", "AAA", 1))
    found = study_of(held, Securities(), plan(*HALVES), table, None, StudySettings())
    early = study_of(held, Securities(), plan(*HALVES), table, None, StudySettings(start=DAYS[2]))

    assert found.prices.dates[0] == DAYS[5]
    assert [note.text for note in found.notes] == [
        f"The study begins on {DAYS[5]}, with the first prices of AAA."
    ]
    assert compared(found)[1].run.waiting == ()
    assert early.prices.dates[0] == DAYS[2]
    assert compared(early)[1].run.waiting == ("AAA",)


def test_a_minimum_or_maximum_of_a_line_ends_its_band() -> None:
    lines = (
        TargetLine("AAA", 0.5, minimum=0.49),
        TargetLine("BBB", 0.3, maximum=0.32),
        TargetLine("DDD", 0.2),
    )
    book = plan(*lines, bands=BandRule(BandKind.ABSOLUTE, 0.04), destination=Destination(1.0))
    found = study_of(household(("One", "AAA", 1)), Securities(), book, prices("AAA", "BBB", "DDD"), None,
                     StudySettings())  # fmt: skip
    run = next(rival.run for rival in compared(found) if rival.is_own)
    least, most = np.array([0.49, 0.26, 0.16]), np.array([0.54, 0.32, 0.24])

    def is_out(weights: np.ndarray) -> bool:
        return bool(((weights < least - 1e-9) | (weights > most + 1e-9)).any())

    assert len(run.rows) > 3
    assert all(is_out(before) for before in run.before)
    assert not any(is_out(after) for after in run.after)
    assert not any(is_out(weights) for weights in run.weights[:-1])


def test_several_models_are_said_and_one_is_chosen_by_its_setting() -> None:
    models = Plan((Targets(HALVES, "Calm"), Targets((TargetLine("AAA", 1.0),), "Bold")))
    held = Household((Account("One", "Calm"), Account("Two", "Bold")),
                     (Position("One", "AAA", 1, 10.0), Position("Two", "AAA", 5, 10.0)))  # fmt: skip
    table = prices("AAA", "BBB")
    first = study_of(held, Securities(), models, table, None, StudySettings())
    bold = study_of(held, Securities(), models, table, None, StudySettings(model="Bold"))

    assert first.notes[0].text == "Of the models Calm and Bold the first is studied."
    assert (bold.prices.symbols, bold.notes, bold.conventions.capital) == (("AAA",), (), 50.0)
    with pytest.raises(InputError, match="found the model 'Bald', expected 'Calm' or 'Bold'"):
        study_of(held, Securities(), models, table, None, StudySettings(model="Bald"))


@pytest.mark.parametrize("own", [*RIVALS[1:], Method.OPTIMAL])
def test_the_rivals_differ_in_when_they_trade_and_one_is_the_books_own(own: Method) -> None:
    settings = StudySettings(schedule=Schedule(Frequency.MONTHLY), window=20)
    book = plan(*HALVES, bands=BandRule(width=0.03), method=own, destination=Destination(0.5))
    found = study_of(
        household(("One", "AAA", 1)), Securities(), book, prices("AAA", "BBB"), None, settings
    )
    rivals = compared(found)
    by_name = {rival.name: rival for rival in rivals}
    month_ends = [k for k in range(1, 120) if k + 1 < 120 and DAYS[k + 1].month != DAYS[k].month]

    assert tuple(by_name)[:4] == NAMES[:4]
    assert tuple(by_name)[4:] == (("Optimal",) if own is Method.OPTIMAL else ())
    assert [rival.name for rival in rivals if rival.is_own] == [own.value]
    assert len(by_name["Never"].run.rows) == 0
    assert set(by_name["Calendar+threshold"].run.rows.tolist()) <= set(month_ends)
    assert len(by_name["Threshold"].run.rows) > len(by_name["Calendar+threshold"].run.rows) > 0
    calendar = by_name["Calendar"].run
    if own is Method.CALENDAR:  # its own destination: only what is out moves, to half its band
        assert set(calendar.rows.tolist()) <= set(month_ends)
    else:
        assert calendar.rows.tolist() == month_ends
        assert np.abs(calendar.after - 0.5).max() < 1e-12


def test_the_share_of_the_band_is_above_one_exactly_where_a_threshold_trades() -> None:
    lines = (
        TargetLine("AAA", 0.5, band_absolute=0.02),
        TargetLine("BBB", 0.3),
        TargetLine("DDD", 0.2, band_relative=0.25),
    )
    book = plan(*lines, bands=BandRule(BandKind.ABSOLUTE, 0.04))
    found = study_of(household(("One", "AAA", 1)), Securities(), book, prices("AAA", "BBB", "DDD"), None,
                     StudySettings())  # fmt: skip
    run = next(rival.run for rival in compared(found) if rival.is_own)
    share = share_of_band(run)

    assert share[0] == 0
    beyond = [k for k in range(1, len(DAYS) - 1) if share[k] > 1 + 1e-9]
    assert run.rows.tolist() == beyond != []
    before, widths = run.before[0], [0.02, 0.04, 0.05]
    by_hand = max(abs(w - t) / b for w, t, b in zip(before, (0.5, 0.3, 0.2), widths, strict=True))
    assert share[run.rows[0]] == pytest.approx(by_hand, rel=1e-12)


@pytest.mark.parametrize(
    ("changed", "about"),
    [({"lag": 118}, "Lag"), ({"schedule": Schedule(offset=500)}, "Offset")],
)
def test_settings_that_never_trade_are_refused_by_name(
    changed: dict[str, object], about: str
) -> None:
    settings = replace(StudySettings(), **changed)  # type: ignore[arg-type]
    with pytest.raises(InputError) as caught:
        study_of(household(), Securities(), plan(*HALVES), prices("AAA", "BBB"), None, settings)
    assert [each.about for each in caught.value.problems] == [("setting", about)]


def test_what_is_worth_knowing_of_runs_is_said_once() -> None:
    found = study_of(
        household(), Securities(), plan(*HALVES), prices("AAA", "BBB"), None, StudySettings()
    )
    late = replace(found, conventions=replace(found.conventions, lag=118))
    notes = [note.text for note in noted(late, notes_of(compared(late)))]
    assert notes.count("A lag of 118 rows leaves none to trade on.") == 1
    kept = [note.text for note in noted(found, notes_of(compared(found)))]
    assert not any(note.startswith("A lag") for note in kept)


def test_progress_is_told_and_may_cancel() -> None:
    found = study_of(household(("One", "AAA", 1)), Securities(), plan(*HALVES), prices("AAA", "BBB"), None,
                     StudySettings())  # fmt: skip
    told: list[tuple[int, int]] = []
    compared(found, lambda done, total: told.append((done, total)))
    assert told == [(0, 4), (1, 4), (2, 4), (3, 4)]

    def cancel(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        compared(found, cancel)
