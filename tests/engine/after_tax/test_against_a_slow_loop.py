"""The after-tax backtest against a loop over days that keeps lots as dictionaries."""

from __future__ import annotations

from datetime import date
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engine.after_tax.slow import Found, Slow, Taxes
from tests.engine.test_backtest import days, random_weights
from xl_rebal.engine.after_tax import AfterTax, AfterTaxRules, HarvestRules, TaxDue, after_tax
from xl_rebal.engine.backtest import Conventions
from xl_rebal.engine.policies import DatedTargets, calendar, threshold
from xl_rebal.model.plan import BandKind, BandRule
from xl_rebal.model.prices import Prices
from xl_rebal.model.schedule import Frequency, Schedule
from xl_rebal.tax.methods import LotMethod, Tacking

METHODS = [each for each in LotMethod if each is not LotMethod.SPECIFIC]


def nervous(pick: Random, rows: int, assets: int, cash: bool, first_month: int) -> Prices:
    """Prices that fall as often as they rise, so that there are losses to wash."""
    chance = np.random.default_rng(pick.randint(0, 10**9))
    steps = chance.normal(0.0, 0.03, (rows, assets)) * chance.uniform(0.4, 1.2, assets)
    values = 100 * np.exp(np.cumsum(steps, axis=0))
    symbols = [f"S{i}" for i in range(assets)]
    if cash:
        values = np.column_stack([values, 1.0001 ** np.arange(rows)])
        symbols.append("CASH")
    start = date(pick.choice([2019, 2023]), first_month, pick.randint(1, 28))
    return Prices(days(rows, start), tuple(symbols), values)


def due_rows(dates: tuple[date, ...], due: TaxDue) -> dict[int, int]:
    """Looked for day by day."""
    found: dict[int, int] = {}
    for row in range(1, len(dates) - 1):
        day, before, behind = dates[row], dates[row - 1], dates[row + 1]
        if due is TaxDue.YEAR_END:
            if behind.year > day.year:
                found[row] = day.year
        elif before < date(day.year, 4, 15) <= day and day.year > dates[1].year:
            found[row] = day.year - 1
    return found


def both(pick: Random, rows: int, is_new_year: bool = False) -> tuple[AfterTax, Found]:
    """``is_new_year``: trades on nearly all rows of some weeks before and after it."""
    assets, with_cash = pick.randint(1, 3), pick.random() < 0.4
    month = pick.randint(10, 12) if is_new_year else pick.randint(1, 12)
    prices = nervous(pick, rows, assets, with_cash, month)
    n = len(prices.symbols)
    target = random_weights(pick, n)
    schedules = [Schedule(Frequency.WEEKLY), Schedule(Frequency.MONTHLY), Schedule(every=7)]
    schedule = Schedule(every=pick.randint(1, 2)) if is_new_year else pick.choice(schedules)
    band = pick.choice([0.01, 0.03])
    is_calendar = is_new_year or pick.random() < 0.5
    targets = DatedTargets.fixed(target)
    policy = (
        calendar(targets, schedule)
        if is_calendar
        else threshold(targets, BandRule(BandKind.ABSOLUTE, band))
    )
    capital = pick.choice([1.0, 10_000.0])
    rate, fee = pick.choice([0.0, 0.001, 0.01]), pick.choice([0.0, 0.0, 0.0001 * capital])
    first = pick.random() < 0.3
    harvest = None
    if pick.random() < 0.6:
        often = pick.choice([Schedule(Frequency.MONTHLY), Schedule(every=pick.randint(1, 12))])
        least = pick.choice([0.0, 0.02 * capital])
        harvest = HarvestRules(often, pick.choice([0.0, 0.01, 0.05]), least)
    rules = AfterTaxRules(
        short=pick.choice([0.0, 0.4]), long=pick.choice([0.0, 0.2]), ordinary=pick.choice([0.0, 0.35]),
        loss_limit=pick.choice([0.0, 0.01, 0.1]) * capital,
        carry_short=pick.choice([0.0, 0.02]) * capital, carry_long=pick.choice([0.0, 0.02]) * capital,
        method=pick.choice(METHODS), tacking=pick.choice(list(Tacking)), harvest=harvest,
        due=pick.choice(list(TaxDue)), credits=pick.random() < 0.7,
    )  # fmt: skip
    inner = set(range(1, rows - 1))
    dates = inner & set(schedule.rows(prices.dates).tolist())
    said = Slow(
        list(prices.dates), prices.values.tolist(), target.tolist(),
        rates=[rate] * assets + [0.0] * with_cash, fees=[fee] * assets + [0.0] * with_cash, capital=capital,
        always=dates if is_calendar else set(), looks=set() if is_calendar else inner, band=band,
        cash=assets if with_cash else None, charge_first=first,
        rules=Taxes(
            rules.short, rules.long, rules.ordinary, rules.loss_limit, (rules.carry_short, rules.carry_long),
            rules.method.value, rules.tacking is Tacking.DATE, rules.credits, due_rows(prices.dates, rules.due),
            None if harvest is None else inner & set(harvest.schedule.rows(prices.dates).tolist()),
            0.0 if harvest is None else harvest.minimum_loss_fraction,
            0.0 if harvest is None else harvest.minimum_loss,
        ),
    ).run()  # fmt: skip
    made = Conventions(rate, fee, capital, charge_first_purchase=first)
    return after_tax(prices, policy, made, rules), said


@given(st.randoms(use_true_random=True))
@settings(max_examples=60, deadline=None)
def test_the_engine_equals_a_loop_over_days_with_dictionaries_of_lots(pick: Random) -> None:
    assert_same(*both(pick, pick.choice([40, 120, 300, 500, 800])))


@given(st.randoms(use_true_random=True))
@settings(max_examples=60, deadline=None)
def test_losses_around_new_year_are_taxed_as_the_loop_taxes_them(pick: Random) -> None:
    assert_same(*both(pick, pick.randint(60, 100), is_new_year=True))


def assert_same(found: AfterTax, said: Found) -> None:
    capital = found.run.capital

    assert found.value == pytest.approx(np.array(said.values), rel=1e-9)
    assert found.liquidation == pytest.approx(said.liquidation, rel=1e-9)
    paid = {row: found.payments[row] for row in np.flatnonzero(found.payments).tolist()}
    assert paid == pytest.approx(said.paid, abs=1e-9 * capital)
    for year in found.years:
        expected = said.gains.get(year.year, [0.0, 0.0])
        assert [year.realised.short, year.realised.long] == pytest.approx(
            expected, abs=1e-9 * capital
        )
    assert found.disallowed == pytest.approx(said.disallowed, abs=1e-8 * capital)
    assert [found.run.dates.index(each.day) for each in found.harvests] == [
        h[0] for h in said.harvested
    ]
    assert [each.loss for each in found.harvests] == pytest.approx(
        [h[3] for h in said.harvested], abs=1e-9 * capital
    )
