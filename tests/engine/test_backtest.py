"""Backtests against a slow loop written from the definitions, and against R's PerformanceAnalytics."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from random import Random

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.engine import slow
from xl_rebal.engine.backtest import Conventions, CostRule, Reason, backtest
from xl_rebal.engine.policies import (
    NEVER,
    DatedTargets,
    Policy,
    When,
    buy_and_hold,
    calendar,
    calendar_threshold,
    tactical,
    threshold,
)
from xl_rebal.engine.tactical import generated
from xl_rebal.errors import InputError
from xl_rebal.examples.stocks import stocks
from xl_rebal.model.plan import TO_EDGE, TO_HALF, TO_TARGET, BandKind, BandRule, Destination
from xl_rebal.model.prices import Prices
from xl_rebal.model.schedule import Frequency, Schedule
from xl_rebal.model.tactical import Generator
from xl_rebal.typing import FloatArray

# ---- books -----------------------------------------------------------------------------------------


def days(count: int, start: date = date(2020, 1, 1)) -> tuple[date, ...]:
    """Weekdays."""
    found: list[date] = []
    day = start
    while len(found) < count:
        if day.weekday() < 5:
            found.append(day)
        day += timedelta(days=1)
    return tuple(found)


def market(pick: Random, rows: int, assets: int, cash: bool = False) -> Prices:
    """Random walks of other volatilities each; with CASH a last column that hardly moves."""
    chance = np.random.default_rng(pick.randint(0, 10**9))
    steps = chance.normal(0.0003, 0.02, (rows, assets)) * chance.uniform(0.2, 1.5, assets)
    values = 100 * np.exp(np.cumsum(steps, axis=0))
    symbols = [f"S{i}" for i in range(assets)]
    if cash:
        values = np.column_stack([values, 1.0001 ** np.arange(rows)])
        symbols.append("CASH")
    return Prices(days(rows), tuple(symbols), values)


def random_weights(pick: Random, count: int) -> FloatArray:
    parts = np.array([pick.random() + 0.02 for _ in range(count)])
    return np.asarray(parts / parts.sum())


def random_schedule(pick: Random) -> Schedule:
    return pick.choice([
        Schedule(Frequency.MONTHLY), Schedule(Frequency.WEEKLY), Schedule(every=pick.randint(1, 30)),
        Schedule(Frequency.MONTHLY, day=pick.choice([0, 3]), offset=pick.randint(0, 5)),
    ])  # fmt: skip


def assert_equal_to_the_loop(
    prices: Prices, policy: Policy, made: Conventions, said: slow.Slow
) -> None:
    found = backtest(prices, policy, made)

    assert found.value == pytest.approx(np.array(said.values), rel=1e-12)
    assert found.rows.tolist() == [trade[0] for trade in said.trades]
    for at, (_, before, after, cost) in enumerate(said.trades):
        assert found.before[at] == pytest.approx(np.array(before), abs=1e-12)
        assert found.after[at] == pytest.approx(np.array(after), abs=1e-12)
        assert found.cost[at] == pytest.approx(cost, abs=1e-12 * made.capital)


@pytest.mark.long
@given(st.randoms(use_true_random=True))
@settings(max_examples=120, deadline=None)
def test_the_engine_equals_a_loop_over_days(pick: Random) -> None:
    rows, assets = pick.randint(2, 260), pick.randint(1, 6)
    with_flows, cash = pick.choice([(True, None), (False, None), (False, assets)])
    prices = market(pick, rows, assets, cash=cash is not None)
    target = random_weights(pick, len(prices.symbols))
    schedule = random_schedule(pick)
    kind = pick.choice(["calendar", "threshold", "both", "none"])
    band, window = pick.choice([0.0, 0.01, 0.03, 0.08]), pick.randint(2, 30)
    to = pick.choice([TO_TARGET, TO_TARGET, TO_EDGE, TO_HALF, Destination(distance=0.01)])
    targets = DatedTargets.fixed(target)
    scaled = rows > window + 2 and pick.random() < 0.5
    rule = BandRule(BandKind.VOLATILITY if scaled else BandKind.ABSOLUTE, band)
    policy = {
        "calendar": replace(calendar(targets, schedule, to), bands=rule),
        "threshold": threshold(targets, rule, to),
        "both": calendar_threshold(targets, schedule, rule, to),
        "none": replace(buy_and_hold(targets), bands=rule, to=to),
    }[kind]
    lag, capital = pick.choice([0, 0, 1, 3]), pick.choice([1.0, 10_000.0])
    rate, fee = pick.choice([0.0, 0.001, 0.02]), pick.choice([0.0, 0.0, 0.0002 * capital])
    flows = {}
    if with_flows and rows > 3:
        flows = {pick.randint(1, rows - 2): pick.uniform(-0.15, 0.4) * capital for _ in range(3)}
    made = Conventions(
        rate, fee, capital, lag, pick.random() < 0.3,
        pick.choice([CostRule.EXACT, CostRule.PRE_TRADE]),
        flows={prices.dates[row]: amount for row, amount in flows.items()}, window=window,
    )  # fmt: skip
    dates = set(schedule.rows(prices.dates).tolist())
    each_row = [target.tolist()] * rows
    widths: slow.Widths = [[band] * len(target)] * rows
    if scaled:
        widths = slow.volatility_widths(prices.values, each_row, band, window, cash)
    free = [0.0] * (len(target) - assets)
    said = slow.slow(
        prices.values, each_row,
        looks={"both": dates, "threshold": set(range(rows))}.get(kind, set()),
        always=dates if kind == "calendar" else set(),
        widths=widths, to=to, rates=[rate] * assets + free, fees=[fee] * assets + free, lag=lag,
        flows=flows,
        pre_trade=made.cost_rule is CostRule.PRE_TRADE,
        charge_first=made.charge_first_purchase, capital=capital,
    )  # fmt: skip
    assert_equal_to_the_loop(prices, policy, made, said)


@given(st.randoms(use_true_random=True))
@settings(max_examples=100, deadline=None)
def test_generated_targets_are_traded_as_a_loop_over_days_makes_them(pick: Random) -> None:
    assets, window = pick.randint(1, 5), pick.randint(2, 30)
    rows = pick.randint(window + 2, 200)
    prices = market(pick, rows, assets, cash=True)
    base, schedule = random_weights(pick, assets + 1), random_schedule(pick)
    if pick.random() < 0.5:  # no target for cash
        base = np.append(random_weights(pick, assets), 0.0)
    generator = pick.choice(list(Generator))
    make = {Generator.TREND: slow.trend, Generator.INVERSE_VOLATILITY: slow.inverse_volatility}
    rate, fee, lag = (
        pick.choice([0.0, 0.001]),
        pick.choice([0.0, 0.0002]),
        pick.choice([0, 0, 1, 3]),
    )
    dates = set(schedule.rows(prices.dates).tolist())
    targets, came = [base.tolist()], set()
    for row in range(1, rows):
        new = make[generator](prices.values, base.tolist(), row, window, assets)
        if row in dates and new is not None:
            came.add(row)
            targets.append(new)
        else:
            targets.append(targets[-1])
    said = slow.slow(
        prices.values, targets, looks=set(), always=set(), widths=[None] * rows, to=TO_TARGET,
        rates=[rate] * assets + [0.0], fees=[fee] * assets + [0.0], lag=lag, flows={},
        pre_trade=False, charge_first=False, capital=1.0, new=frozenset(came),
    )  # fmt: skip
    policy = tactical(generated(generator, prices, base, schedule, window))
    assert_equal_to_the_loop(prices, policy, Conventions(rate, fee, lag=lag), said)


@given(st.randoms(use_true_random=True))
@settings(max_examples=100, deadline=None)
def test_dated_targets_and_bands_equal_a_loop_over_days_whatever_the_lag(pick: Random) -> None:
    rows, assets = pick.randint(4, 120), pick.randint(2, 5)
    prices = market(pick, rows, assets)
    lines = np.array([random_weights(pick, assets) for _ in range(pick.randint(1, 12))])
    came = sorted(pick.sample(range(1, rows), min(rows - 1, len(lines) - 1)))
    lines = lines[: len(came) + 1]
    dated = DatedTargets((None, *(prices.dates[row] for row in came)), lines)
    newest = np.searchsorted(came, np.arange(rows), side="right")
    kind = pick.choice(["tactical", "tactical and calendar", "calendar", "threshold"])
    schedule, band = random_schedule(pick), pick.choice([0.02, 0.3])
    rule = BandRule(BandKind.RELATIVE, band)
    to = pick.choice([TO_TARGET, TO_EDGE, TO_HALF])
    policy = {
        "tactical": Policy(dated, When(on_new_targets=True), to, rule),
        "tactical and calendar": Policy(dated, When(schedule, on_new_targets=True), to, rule),
        "calendar": calendar(dated, schedule, to), "threshold": threshold(dated, rule, to),
    }[kind]  # fmt: skip
    policy = replace(policy, bands=rule)
    made = Conventions(pick.choice([0.0, 0.003]), lag=pick.choice([0, 1, 3, 5]))
    targets = lines[newest].tolist()
    said = slow.slow(
        prices.values, targets, looks=set(range(rows)) if kind == "threshold" else set(),
        always=set(schedule.rows(prices.dates).tolist()) if "calendar" in kind else set(),
        widths=[[band * x for x in t] for t in targets], to=to, rates=[float(made.rate)] * assets,
        fees=[0.0] * assets, lag=made.lag, flows={}, pre_trade=False, charge_first=False, capital=1.0,
        new=frozenset(came) if "tactical" in kind else frozenset(),
    )  # fmt: skip
    assert_equal_to_the_loop(prices, policy, made, said)


@given(st.randoms(use_true_random=True))
@settings(max_examples=150, deadline=None)
def test_prices_with_gaps_equal_a_loop_over_days(pick: Random) -> None:
    """Late starters, ends and holes: valued at the last price, not traded, costs on what is traded."""
    rows, assets = pick.randint(4, 120), pick.randint(2, 5)
    full = market(pick, rows, assets).values
    for asset in range(assets - (pick.random() < 0.5)):
        if pick.random() < 0.3:
            full[: pick.randint(1, rows - 1), asset] = np.nan
        if pick.random() < 0.3:
            full[pick.randint(1, rows - 1) :, asset] = np.nan
        if pick.random() < 0.5:
            full[[pick.randint(1, rows - 1) for _ in range(rows // 3)], asset] = np.nan
    assume(not np.isnan(full).all(axis=0).any() and not np.isnan(full[0]).all())
    prices = Prices(days(rows), tuple(f"S{i}" for i in range(assets)), full)
    base = random_weights(pick, assets)
    values, known = full.copy(), np.zeros(full.shape, dtype=bool)
    for asset in range(assets):
        first = int(np.flatnonzero(~np.isnan(full[:, asset]))[0])
        known[first:, asset] = True
        values[:first, asset] = full[first, asset]
        for row in range(first + 1, rows):
            if np.isnan(values[row, asset]):
                values[row, asset] = values[row - 1, asset]
    targets = [[x / base[now].sum() if k else 0.0 for x, k in zip(base, now, strict=True)]
               for now in known]  # fmt: skip
    has_price = ~np.isnan(full)
    flows: dict[int, float] = {}
    for _ in range(pick.choice([0, 2])):
        row = pick.randint(1, rows - 1)
        while row < rows - 1 and not (has_price[row] & (np.array(targets[row]) > 0)).any():
            row += 1
        if 0 < row < rows - 1:
            flows[row] = pick.uniform(0.0, 0.4)
    kind, band = pick.choice(["calendar", "threshold"]), pick.choice([0.01, 0.03, 0.1])
    schedule, fixed = random_schedule(pick), DatedTargets.fixed(base)
    rule = BandRule(width=band)
    policy = calendar(fixed, schedule) if kind == "calendar" else threshold(fixed, rule)
    rate, fee = pick.choice([0.0, 0.003, 0.02]), pick.choice([0.0, 0.0002])
    made = Conventions(
        rate, fee, lag=pick.choice([0, 0, 2]), cost_rule=pick.choice(list(CostRule)),
        flows={prices.dates[row]: amount for row, amount in flows.items()},
    )  # fmt: skip
    said = slow.slow(
        values, targets, looks=set(range(rows)) if kind == "threshold" else set(),
        always=set(schedule.rows(prices.dates).tolist()) if kind == "calendar" else set(),
        widths=[[band] * assets] * rows, to=TO_TARGET, rates=[rate] * assets, fees=[fee] * assets,
        lag=made.lag, flows=flows, pre_trade=made.cost_rule is CostRule.PRE_TRADE,
        charge_first=False, capital=1.0, priced=has_price.tolist(),
    )  # fmt: skip
    assert_equal_to_the_loop(prices, policy, made, said)


# ---- against R's PerformanceAnalytics ----------------------------------------------------------------

# R 4.2.2, PerformanceAnalytics 2.1.0, Return.portfolio on the adjusted closes of AAPL, IBM and MSFT,
# 2000-03-01 to 2013-03-01: weights, rebalance_on, rebal_cost, product of (1 + return), weights at the end.
EQUAL, UNEQUAL = (1 / 3, 1 / 3, 1 / 3), (0.5, 0.2, 0.3)
REFERENCE = [
    (EQUAL, None, 0.0, 5.53483191982221, (0.807529238597, 0.143287269151, 0.0491834922523)),
    (EQUAL, Frequency.MONTHLY, 0.0, 4.18374234438842, (0.326058492317, 0.337800133738, 0.336141373944)),
    (EQUAL, Frequency.MONTHLY, 0.001, 4.15271601967524, (0.326058492317, 0.337800133738, 0.336141373944)),
    (EQUAL, Frequency.MONTHLY, 0.01, 3.88353319537655, (0.326058492317, 0.337800133738, 0.336141373944)),
    (EQUAL, Frequency.QUARTERLY, 0.0, 3.94062449930428, (0.277419428734, 0.362785136754, 0.359795434512)),
    (EQUAL, Frequency.QUARTERLY, 0.001, 3.92442489989327, (0.277419428734, 0.362785136754, 0.359795434512)),
    (EQUAL, Frequency.QUARTERLY, 0.01, 3.78151580571207, (0.277419428734, 0.362785136754, 0.359795434512)),
    (EQUAL, Frequency.ANNUAL, 0.0, 5.01526858388171, (0.277419428734, 0.362785136754, 0.359795434512)),
    (EQUAL, Frequency.ANNUAL, 0.001, 5.00141041388058, (0.277419428734, 0.362785136754, 0.359795434512)),
    (EQUAL, Frequency.ANNUAL, 0.01, 4.87819908764538, (0.277419428734, 0.362785136754, 0.359795434512)),
    (UNEQUAL, None, 0.0, 7.42515060612394, (0.902918777625, 0.0640852416123, 0.0329959807629)),
    (UNEQUAL, Frequency.MONTHLY, 0.0, 5.88001211399716, (0.491893966368, 0.203842993253, 0.304263040379)),
    (UNEQUAL, Frequency.MONTHLY, 0.001, 5.83517165359029, (0.491893966368, 0.203842993253, 0.304263040379)),
    (UNEQUAL, Frequency.MONTHLY, 0.01, 5.44652859397087, (0.491893966368, 0.203842993253, 0.304263040379)),
    (UNEQUAL, Frequency.QUARTERLY, 0.0, 5.4748413404467, (0.434546929668, 0.227305157428, 0.338147912904)),
    (UNEQUAL, Frequency.QUARTERLY, 0.001, 5.45185502207377, (0.434546929668, 0.227305157428, 0.338147912904)),
    (UNEQUAL, Frequency.QUARTERLY, 0.01, 5.2491568808374, (0.434546929668, 0.227305157428, 0.338147912904)),
    (UNEQUAL, Frequency.ANNUAL, 0.0, 6.98889550722809, (0.434546929668, 0.227305157428, 0.338147912904)),
    (UNEQUAL, Frequency.ANNUAL, 0.001, 6.96957770872516, (0.434546929668, 0.227305157428, 0.338147912904)),
    (UNEQUAL, Frequency.ANNUAL, 0.01, 6.79782771550759, (0.434546929668, 0.227305157428, 0.338147912904)),
]  # fmt: skip


def study_prices() -> Prices:
    """The adjusted closes that R was given, out of the example's study prices."""
    prices = stocks().prices
    assert prices is not None
    columns = [prices.symbols.index(symbol) for symbol in ("AAPL", "IBM", "MSFT")]
    values = prices.values[:, columns]
    rows = np.flatnonzero(~np.isnan(values).any(axis=1))
    return Prices(tuple(prices.dates[i] for i in rows), ("AAPL", "IBM", "MSFT"), values[rows])


@pytest.mark.parametrize(("weights", "frequency", "rate", "growth", "last"), REFERENCE)
def test_growth_and_last_weights_equal_performance_analytics(
    weights: tuple[float, ...], frequency: Frequency | None, rate: float, growth: float,
    last: tuple[float, ...],
) -> None:  # fmt: skip
    targets = DatedTargets.fixed(np.array(weights))
    policy = buy_and_hold(targets)
    if frequency is not None:
        policy = calendar(targets, Schedule(frequency))
    found = backtest(study_prices(), policy, Conventions(rate, cost_rule=CostRule.PRE_TRADE))

    assert len(found.dates) == 3270
    assert found.value[-1] == pytest.approx(growth, rel=1e-10)
    assert found.weights[-1] == pytest.approx(np.array(last), abs=1e-10)
    assert np.prod(1 + found.returns) == pytest.approx(growth, rel=1e-10)


# ---- what is documented ------------------------------------------------------------------------------

EVEN = DatedTargets.fixed(np.array([0.5, 0.5]))


def table(*rows: tuple[float, float], symbols: tuple[str, str] = ("A", "B")) -> Prices:
    """Prices on consecutive weekdays from 2020-01-01 on."""
    return Prices(days(len(rows)), symbols, np.array(rows))


@given(st.randoms(use_true_random=True))
@settings(max_examples=150, deadline=None)
def test_prices_after_a_row_change_nothing_up_to_it(pick: Random) -> None:
    rows, assets, window = 120, pick.randint(1, 4), pick.choice([5, 30])
    prices = market(pick, rows, assets, cash=True)
    cut = pick.randint(window + 2, rows - 3)
    chance = np.random.default_rng(pick.randint(0, 999))
    other = prices.values.copy()
    other[cut + 1 :] *= np.exp(chance.normal(0, 0.1, other[cut + 1 :].shape))
    other[cut + 1 :, 0] *= 1.5
    before = prices.values.copy()
    if pick.random() < 0.3:  # gaps, before and after
        for table in (before, other):
            table[[window + 1, cut], 0] = np.nan
        other[cut + 1 :: 3, 0] = np.nan
    weights = np.append(np.full(assets, 0.9 / assets), 0.1)
    dated = DatedTargets((None, prices.dates[40]), np.array([weights, np.eye(assets + 1)[0]]))
    rule, monthly = BandRule(width=0.02), Schedule(Frequency.MONTHLY)
    scaled = BandRule(BandKind.VOLATILITY, 0.02)
    fixed, to = DatedTargets.fixed(weights), pick.choice([TO_TARGET, TO_EDGE, TO_HALF])
    kind = pick.choice([
        "calendar", "threshold", "both", "dated", "scaled", "scaled dates", *Generator
    ])  # fmt: skip

    def policy(table: Prices) -> Policy:
        if isinstance(kind, Generator):
            return tactical(generated(kind, table, weights, Schedule(every=3), window))
        return {
            "calendar": calendar(fixed, monthly), "threshold": threshold(fixed, rule, to),
            "both": calendar_threshold(fixed, Schedule(every=7), rule, to),
            "dated": tactical(dated, monthly), "scaled": threshold(fixed, scaled, to),
            "scaled dates": replace(calendar(fixed, Schedule(every=4), to), bands=scaled),
        }[kind]  # fmt: skip

    made = Conventions(0.002, 0.001, lag=pick.choice([0, 2]), window=window,
                       flows={prices.dates[30]: 0.1, prices.dates[70]: -0.1})  # fmt: skip
    tables = [Prices(prices.dates, prices.symbols, values) for values in (before, other)]
    first, second = (backtest(table, policy(table), made) for table in tables)

    assert first.value[: cut + 1].tolist() == second.value[: cut + 1].tolist()
    assert first.weights[: cut + 1].tolist() == second.weights[: cut + 1].tolist()
    seen = [row for row in first.rows if row <= cut]
    assert seen == [row for row in second.rows if row <= cut]
    assert first.reasons[: len(seen)] == second.reasons[: len(seen)]


def test_nothing_is_traded_on_the_last_row() -> None:
    prices = table((1, 1), (2, 1), (3, 1))
    assert backtest(prices, calendar(EVEN, Schedule(every=1))).rows.tolist() == [1]
    assert backtest(prices, threshold(EVEN, BandRule(width=0.01))).rows.tolist() == [1]
    late = Conventions(lag=1)
    assert backtest(prices, calendar(EVEN, Schedule(every=1)), late).rows.tolist() == []


def test_a_band_is_out_beyond_its_width_and_not_at_it() -> None:
    # 0.55 - 0.5 is above 0.05 in binary floating point
    prices = table((1, 1), (11, 9), (11, 9))
    assert not backtest(prices, threshold(EVEN, BandRule(width=0.05))).rows.size
    assert backtest(prices, threshold(EVEN, BandRule(width=0.0499))).rows.tolist() == [1]


def test_costs_are_charged_on_both_sides_of_what_is_traded() -> None:
    # 1.5 is in A, 1 in B: with the rate c, (1.5 - V/2) (1 - c) = (V/2 - 1) (1 + c) => V = 2.5 - c/2 ...
    prices = table((1, 1), (3, 2), (3, 2))
    found = backtest(prices, calendar(EVEN, Schedule(every=1)), Conventions(0.01))
    # sold x, bought y: x (1 - c) = y (1 + c) and 1.5 - x = 1 + y  =>  y = 0.5 (1 - c) / 2
    bought = 0.5 * (1 - 0.01) / 2
    assert found.value[1] == pytest.approx(2 * (1 + bought), rel=1e-14)
    before = backtest(prices, calendar(EVEN, Schedule(every=1)),
                      Conventions(0.01, cost_rule=CostRule.PRE_TRADE))  # fmt: skip
    assert before.value[1] == pytest.approx(2.5 - 0.01 * 0.5, rel=1e-14)


def test_the_first_purchase_is_charged_only_where_it_is_asked() -> None:
    prices = table((1, 1), (1, 1))
    assert backtest(prices, buy_and_hold(EVEN), Conventions(0.01)).value.tolist() == [1.0, 1.0]
    charged = backtest(prices, buy_and_hold(EVEN), Conventions(0.01, charge_first_purchase=True))
    assert charged.value == pytest.approx([1 / 1.01, 1 / 1.01], rel=1e-14)


def test_an_asset_without_a_price_is_valued_at_its_last_and_not_traded_that_day() -> None:
    nan = float("nan")
    prices = table((1, 1), (3, nan), (3, 1), (3, 1))
    found = backtest(prices, calendar(EVEN, Schedule(every=1)))
    assert found.value.tolist() == [1.0, 2.0, 2.0, 2.0]
    assert found.rows.tolist() == [2]  # nothing else could take up what A would give


def test_a_late_starter_waits_and_its_target_goes_to_the_others() -> None:
    nan = float("nan")
    prices = table((1, nan), (2, nan), (2, 5), (2, 5))
    found = backtest(prices, threshold(EVEN, BandRule(width=0.05)))
    assert found.weights[0].tolist() == [1.0, 0.0]
    assert found.rows.tolist() == [2]  # from its first price on it is far below its target
    assert found.weights[2].tolist() == [0.5, 0.5]


def test_a_price_that_ends_is_held_at_its_last_value() -> None:
    nan = float("nan")
    prices = table((1, 1), (2, 1), (4, nan), (8, nan))
    found = backtest(prices, threshold(EVEN, BandRule(width=0.4)))
    assert found.value.tolist() == [1.0, 1.5, 2.5, 4.5]
    assert found.rows.size == 0


def test_cash_earns_its_own_rate_and_costs_nothing_to_trade() -> None:
    nan = float("nan")
    prices = table((1, nan), (2, nan), (2, nan), symbols=("A", "CASH"))
    made = Conventions(0.01, cash_rate=0.10)
    found = backtest(prices, calendar(EVEN, Schedule(every=1)), made)
    cash = 1.10 ** (1 / 365.25)
    assert found.wealth[0] == pytest.approx(0.5 * 2 + 0.5 * cash, rel=1e-14)
    sold = found.before[0][0] * found.wealth[0] - found.value[1] / 2
    assert found.cost[0] == pytest.approx(0.01 * sold, rel=1e-12)


NAN = float("nan")


@given(st.randoms(use_true_random=True))
@settings(max_examples=60, deadline=None)
def test_a_price_of_cash_changes_nothing_before_its_row(pick: Random) -> None:
    rows = 40
    prices = market(pick, rows, 2)
    first = pick.randint(1, rows - 1)
    blank = np.full((rows, 1), NAN)
    begun = blank.copy()
    begun[first::3] = 103.2
    policy = threshold(DatedTargets.fixed(np.array([0.4, 0.4, 0.2])), BandRule(width=0.01))
    made = Conventions(0.001, cash_rate=pick.choice([0.0, 0.05]))
    without, with_it = (
        backtest(Prices(prices.dates, ("A", "B", "CASH"), np.hstack([prices.values, column])),
                 policy, made)
        for column in (blank, begun)
    )  # fmt: skip
    assert with_it.value[:first].tolist() == without.value[:first].tolist()
    assert with_it.weights[:first].tolist() == without.weights[:first].tolist()
    # up to its first price cash earns its rate, from it on what the prices say: here nothing
    assert with_it.value[first] == without.value[first]
    cash = with_it.prices[:, 2]
    assert cash[first:] == pytest.approx(np.full(rows - first, cash[first]))


def test_cash_is_traded_on_a_row_on_which_its_column_is_blank() -> None:
    prices = table((1, 1), (3, NAN), (3, NAN), symbols=("A", "CASH"))
    found = backtest(prices, calendar(EVEN, Schedule(every=1)))
    assert found.rows.tolist() == [1]
    assert found.weights[1].tolist() == [0.5, 0.5]
    late = table((1, NAN), (3, 1), (3, 1), symbols=("A", "CASH"))
    assert backtest(late, calendar(EVEN, Schedule(every=1))).weights[0].tolist() == [0.5, 0.5]


def test_a_target_without_any_price_is_refused_by_name() -> None:
    with pytest.raises(InputError, match="no price of B on any row"):
        backtest(table((1, NAN), (2, NAN)), buy_and_hold(EVEN))


THIRDS = DatedTargets.fixed(np.full(3, 1 / 3))


def test_an_ended_asset_out_of_its_band_does_not_make_the_others_trade_for_ever() -> None:
    rows, chance = 400, np.random.default_rng(7)
    values = np.ones((rows, 3))
    values[5:, 2] = NAN  # C ends; from the next row on it is about half of all
    values[6:, :2] = 0.5 * (1 + chance.normal(0.0, 0.01, (rows - 6, 2)))
    prices = Prices(days(rows), ("A", "B", "C"), values)
    found = backtest(prices, threshold(THIRDS, BandRule(width=0.05)))
    assert np.abs(found.weights[6:] - 1 / 3).min(axis=0) == pytest.approx(
        np.array([0.08, 0.08, 0.16]), abs=0.01
    )
    assert not found.rows.size  # both are short of their targets, and neither can give to the other


def test_a_breach_of_what_has_no_price_on_the_row_is_no_trigger() -> None:
    # on the third row only C is out, and it has no price; on the next it has one
    three = ("A", "B", "C")
    held = Prices(
        days(5),
        three,
        np.array([[1, 1, 1], [1, 1, NAN], [0.92, 0.88, NAN], [0.92, 0.88, 1], [1, 1, 1]]),
    )
    assert backtest(held, threshold(THIRDS, BandRule(width=0.02))).rows.tolist() == [3]


def test_a_trade_on_its_way_goes_to_the_targets_it_was_decided_for() -> None:
    prices = Prices(days(14), ("A", "B", "C"), np.ones((14, 3)))
    dated = DatedTargets((None, prices.dates[3], prices.dates[6]), np.eye(3))
    found = backtest(prices, tactical(dated), Conventions(lag=3))
    assert found.rows.tolist() == [6, 10]  # decided on rows 3 and 7: on row 6 one was on its way
    assert found.after.tolist() == [[0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]
    assert found.reasons == (Reason.TARGETS, Reason.TARGETS)


def test_a_withdrawal_that_only_unpriced_assets_could_raise_is_refused() -> None:
    with_cash = Prices(days(3), ("A", "B", "CASH"), np.array([[1, 1, 1], [1, NAN, 1], [1, 1, 1]]))
    split = DatedTargets.fixed(np.array([0.2, 0.7, 0.1]))
    day = with_cash.dates[1]
    for cost in (0.0, 0.01):
        with pytest.raises(InputError, match=r"a withdrawal of 0\.40 on 2020-01-02, more than"):
            backtest(with_cash, buy_and_hold(split), Conventions(cost, flows={day: -0.4}))
    # what can be sold is enough, but not for its costs
    with pytest.raises(InputError, match=r"a withdrawal of 0\.30 on 2020-01-02, more than"):
        backtest(with_cash, buy_and_hold(split), Conventions(0.01, flows={day: -0.3}))
    all_of_it = backtest(with_cash, buy_and_hold(split), Conventions(flows={day: -0.3}))
    assert all_of_it.holdings[1] == pytest.approx([0.0, 0.7, 0.0], abs=1e-12)
    assert all_of_it.value[2] == pytest.approx(0.7)


@pytest.mark.parametrize("amount", [0.1, -0.1])
def test_a_flow_on_a_row_without_prices_comes_on_the_next_that_has_some(amount: float) -> None:
    prices = table((1, 1), (NAN, NAN), (1, 2), (1, 2))
    made = Conventions(flows={prices.dates[1]: amount})
    found = backtest(prices, buy_and_hold(EVEN), made)
    assert found.value == pytest.approx([1.0, 1.0, 1.5 + amount, 1.5 + amount])
    assert found.rows.tolist() == [2]
    cash = Prices(prices.dates, ("A", "B", "CASH"), np.column_stack([prices.values, np.ones(4)]))
    beside = backtest(cash, buy_and_hold(DatedTargets.fixed(np.array([0.5, 0.5, 0.0]))), made)
    assert beside.value == pytest.approx(found.value)


@pytest.mark.parametrize("amount", [0.3, -0.2])
def test_the_turnover_of_a_flow_is_the_same_whether_cash_is_a_symbol_or_not(amount: float) -> None:
    prices = table((1, 1), (2, 1), (2, 1))
    made = Conventions(0.01, flows={prices.dates[1]: amount})
    plain = backtest(prices, buy_and_hold(EVEN), made)
    cash = Prices(prices.dates, ("A", "B", "CASH"), np.column_stack([prices.values, np.ones(3)]))
    beside = backtest(cash, buy_and_hold(DatedTargets.fixed(np.array([0.5, 0.5, 0.0]))), made)
    assert plain.value == pytest.approx(beside.value, rel=1e-14)
    assert plain.turnover == pytest.approx(beside.turnover, rel=1e-14)
    # bought is what came, and cash is what it came from
    assert plain.turnover == pytest.approx([abs(amount) / (1.5 + amount)], rel=1e-14)


def test_a_contribution_buys_what_is_underweight_and_a_withdrawal_sells_what_is_over() -> None:
    prices = table((1, 1), (3, 1), (3, 1), (3, 1))
    day = prices.dates[1]
    put = backtest(prices, buy_and_hold(EVEN), Conventions(flows={day: 1.0}))
    assert put.holdings[1].tolist() == [1.5, 1.5]
    assert put.reasons == (Reason.FLOW,)
    assert put.returns[0] == pytest.approx(1.0)  # time-weighted: 2 of 1, the 1 that came apart
    taken = backtest(prices, buy_and_hold(EVEN), Conventions(flows={day: -1.0}))
    assert taken.holdings[1] == pytest.approx([0.5, 0.5])
    with pytest.raises(InputError, match="more than can be raised"):
        backtest(prices, buy_and_hold(EVEN), Conventions(flows={day: -3.0}))


def test_a_flow_arrives_on_the_next_row_and_not_on_the_last() -> None:
    prices = Prices(
        (date(2024, 1, 5), date(2024, 1, 8), date(2024, 1, 9)), ("A", "B"), np.ones((3, 2))
    )
    weekend = backtest(prices, buy_and_hold(EVEN), Conventions(flows={date(2024, 1, 6): 1.0}))
    assert weekend.value.tolist() == [1.0, 2.0, 2.0]
    late = backtest(prices, buy_and_hold(EVEN), Conventions(flows={date(2024, 1, 9): 1.0}))
    assert late.value.tolist() == [1.0, 1.0, 1.0]
    assert late.notes == ("The flow of 1.00 on 2024-01-09 is left out: no trade is made then.",)


def test_tactical_targets_hold_from_their_date_and_are_traded_then() -> None:
    prices = table((1, 1), (1, 1), (1, 1), (2, 1), (2, 1))
    dated = DatedTargets((None, prices.dates[2]), np.array([[0.5, 0.5], [1.0, 0.0]]))
    found = backtest(prices, tactical(dated))
    assert found.rows.tolist() == [2]
    assert found.reasons == (Reason.TARGETS,)
    assert found.value.tolist() == [1.0, 1.0, 1.0, 2.0, 2.0]
    assert not backtest(prices, Policy(dated, NEVER)).rows.size


def test_targets_must_hold_on_the_first_row() -> None:
    dated = DatedTargets((date(2021, 1, 1),), np.array([[0.5, 0.5]]))
    with pytest.raises(InputError, match="no targets on 2020-01-01"):
        backtest(table((1, 1), (1, 1)), tactical(dated))
    with pytest.raises(InputError, match="1 row of prices"):
        backtest(table((1, 1)), buy_and_hold(EVEN))


def test_a_fee_that_takes_all_is_said_with_its_date() -> None:
    prices = table((1, 1), (3, 1), (3, 1))
    with pytest.raises(InputError, match="costs on 2020-01-02 that take all there is"):
        backtest(prices, calendar(EVEN, Schedule(every=1)), Conventions(fee=5.0))


@pytest.mark.parametrize("cost_rule", CostRule)
def test_fees_of_the_first_purchase_that_take_all_are_said(cost_rule: CostRule) -> None:
    made = Conventions(fee=0.5, charge_first_purchase=True, cost_rule=cost_rule)
    with pytest.raises(InputError, match="costs on 2020-01-01 that take all there is"):
        backtest(table((1, 1), (3, 1)), buy_and_hold(EVEN), made)


def test_targets_wholly_in_what_has_no_price_yet_are_refused_on_their_date() -> None:
    nan = float("nan")
    prices = table((1, nan), (1, nan), (1, nan), (1, 5))
    dated = DatedTargets((None, prices.dates[2]), np.array([[1.0, 0.0], [0.0, 1.0]]))
    said = "no price yet of anything that has a target on 2020-01-03"
    for policy in (tactical(dated), calendar(dated, Schedule(every=1))):
        with pytest.raises(InputError, match=said):
            backtest(prices, policy)
    later = DatedTargets((None, prices.dates[3]), dated.weights)
    assert backtest(prices, tactical(later)).target.tolist() == [[1.0, 0.0], [0.0, 1.0]]


def test_the_log_adds_up_to_the_path() -> None:
    pick = Random(3)
    prices = market(pick, 300, 4)
    policy = threshold(DatedTargets.fixed(np.full(4, 0.25)), BandRule(width=0.02))
    found = backtest(prices, policy, Conventions(0.001, 0.0001))
    assert len(found.rows) > 5
    assert found.wealth - found.cost == pytest.approx(found.value[found.rows], rel=1e-14)
    assert found.weights[found.rows] == pytest.approx(found.after, abs=1e-14)
    assert found.turnover == pytest.approx(np.abs(found.before - found.after).sum(axis=1) / 2)
