"""Studies of past prices to blocks: pure, the same for every host."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np

from xl_rebal.cells import RawCell
from xl_rebal.engine.backtest import CostRule
from xl_rebal.engine.study import Rival, Study, share_of_band
from xl_rebal.engine.trade_log import trade_log
from xl_rebal.errors import Note
from xl_rebal.model.plan import BandKind, Costs, Method
from xl_rebal.model.policy_names import NAMES, NEVER_NAME
from xl_rebal.model.portfolio import CASH
from xl_rebal.model.schedule import Schedule
from xl_rebal.numerics.performance import drawdown
from xl_rebal.wording import counted, listed, money, ordinal, percent
from xl_rebal.workbook.book import Block, Results
from xl_rebal.workbook.layout import DATED_TARGETS, TARGETS, sheets_written_by
from xl_rebal.workbook.layout_study import (
    BACKTEST,
    STUDY_PATH,
    STUDY_TRADES,
    STUDY_YEARS,
    TRADING_NAMES,
)
from xl_rebal.workbook.render import generator_words, own_fees

Rows = tuple[tuple[RawCell, ...], ...]
OWN = "this book"


def render_backtest(
    study: Study, rivals: Sequence[Rival], costs: Costs, notes: Sequence[Note]
) -> Results:
    """Everything that a backtest writes."""
    own = own_of(rivals)
    return Results(
        blocks=(
            Block(BACKTEST.name, tuple(figures_row(study, rival) for rival in rivals)),
            Block(STUDY_TRADES.name, _trade_rows(own)),
            Block(STUDY_PATH.name, _path_rows(study, rivals)),
            Block(STUDY_YEARS.name, _year_rows(rivals)),
        ),
        values={
            "BacktestSummary": summary_of(own),
            "BacktestConvention": study_convention(study, costs),
            "BacktestSource": source_of(study),
            "BacktestNotes": " ".join(str(note) for note in notes),
        },
        sheets=sheets_written_by("backtest"),
    )


def own_of(rivals: Sequence[Rival]) -> Rival:
    """The book's own policy among its rivals."""
    return next(rival for rival in rivals if rival.is_own)


def policy_words(study: Study, name: str) -> str:
    """A policy by when it trades and where to, as far as the book's settings leave that open."""
    dated = name in (Method.CALENDAR.value, Method.CALENDAR_THRESHOLD.value)
    words = f"{name}, {study.settings.schedule.words}" if dated else name
    if name == Method.TACTICAL.value:
        words = f"{name}, {_source(study)}"
    if study.to.is_target or name in (NEVER_NAME, Method.OPTIMAL.value):
        return words
    to = study.policy(Method(name)).to
    return f"{words}, to target" if to.is_target else f"{words}, {to.words}"


def _source(study: Study) -> str:
    """Where the book's tactical targets come from, in short."""
    assert study.tactical is not None
    if study.tactical.generator is None:
        return DATED_TARGETS.sheet.casefold()
    return f"{study.tactical.generator.value} {study.settings.schedule.words}"


def summary_of(own: Rival) -> str:
    """The book's own policy in one line."""
    figures = own.figures
    if own.waiting:
        return (
            f"{own.name} came to a one-way turnover of {percent(figures.turnover)} and a cost of "
            f"{figures.cost_bp:.2f} bp a year: {counted(figures.rebalances, 'rebalance')} in "
            f"{figures.years:.1f} years. Who never rebalances never holds {listed(own.waiting, 'and')}."
        )
    distance = percent(abs(figures.ahead), 2)
    side = "ahead of" if figures.ahead >= 0 else "behind"
    ended = "level with" if distance == percent(0, 2) else f"{distance} {side}"
    return (
        f"{own.name} ended {ended} never rebalancing, at a one-way "
        f"turnover of {percent(figures.turnover)} and a cost of {figures.cost_bp:.2f} bp a year: "
        f"{counted(figures.rebalances, 'rebalance')} in {figures.years:.1f} years."
    )


def source_of(study: Study) -> str:
    """Which prices a study stands on."""
    dates = study.prices.dates
    return (
        f"{counted(len(dates), 'row')} of Prices, {dates[0]} to {dates[-1]}: {study.prices.source}. "
        "What was is no promise of what will be."
    )


def study_convention(study: Study, costs: Costs) -> str:
    """What is done silently elsewhere, in one line."""
    settings = study.settings
    when = "that close" if settings.lag == 0 else f"the close {counted(settings.lag, 'row')} later"
    rule = "as part of the trade" if settings.cost_rule is CostRule.EXACT else "before the trade"
    first = "costs too" if settings.charge_first_purchase else "is free"
    return (
        f"{tactical_convention(study)}{_optimal_convention(study)}"
        f"On each row returns come first, then the decision, then the trade at {when}; "
        f"{_dates(settings.schedule)}; bands are strict (exactly at the band is in)"
        f"{_volatilities(study)}; an asset goes {study.to.words}; {costs.rate * 1e4:g} bp per side plus "
        f"half the spread and {money(costs.ticket_fee)} a ticket{_own_fees(study, costs)}, paid from "
        f"wealth {rule}; the first purchase {first}; "
        "no trade on the last row; turnover is one-way; a year is 365.25 days."
    )


def _volatilities(study: Study) -> str:
    """Whose volatilities bands go by, where they do."""
    if study.kind is not BandKind.VOLATILITY:
        return ""
    returns = counted(study.conventions.window, "return")
    return f", by the volatility of the last {returns} of Prices and not that of Targets"


def _own_fees(study: Study, costs: Costs) -> str:
    """That a security has a ticket fee of its own, where one does."""
    is_own = (study.fees != costs.ticket_fee) & (np.array(study.prices.symbols) != CASH)
    return own_fees(np.array(study.prices.symbols)[is_own].tolist())


def _optimal_convention(study: Study) -> str:
    """What the method Optimal weighs; nothing where it is not the book's."""
    if study.own is not Method.OPTIMAL:
        return ""
    returns = counted(study.conventions.window, "return")
    return (
        f"{study.own.value} trades on every row to the least of cost + {study.settings.risk_aversion:g} x a "
        f"year's tracking error squared, by the covariance of the last {returns} (ticket fees are paid, not "
        "weighed). "
    )


def tactical_convention(study: Study) -> str:
    """What a tactical book holds beside its rivals; nothing where it is none."""
    if study.tactical is None or study.tactical_targets is None:
        return ""
    days = [day for day in study.tactical_targets.dates if day is not None]
    if study.tactical.generator is None:
        those = f"{counted(len(days), 'date')} of {DATED_TARGETS.sheet}, {_span(days)}"
    else:
        those = (
            f"{generator_words(study.tactical)}, made of {TARGETS.sheet} on {counted(len(days), 'date')}, "
            f"{_span(days)}"
        )
    return (
        f"Tactical holds the targets of {those}, trades on the row from which new ones hold and is measured "
        f"against them; all others hold {TARGETS.sheet}. "
    )


def _span(days: Sequence[date]) -> str:
    return f"{days[0]} to {days[-1]}" if len(days) > 1 else f"{days[0]}"


def _dates(schedule: Schedule) -> str:
    later = f", {counted(schedule.offset, 'row')} later" if schedule.offset else ""
    if schedule.every is not None:
        return f"calendar dates are {schedule.words} from the first{later}"
    day = {-1: "last", 0: "first"}.get(schedule.day, ordinal(schedule.day + 1))
    return f"{schedule.words} dates are the {day} row of each period{later}, never of an unfinished one"


def figures_row(study: Study, rival: Rival) -> tuple[RawCell, ...]:
    """A policy as a row of tblBacktest."""
    found = rival.figures
    return (
        policy_words(study, rival.name), OWN if rival.is_own else None, found.growth_rate,
        found.volatility, found.sharpe, found.sortino, found.maximum_drawdown, found.peak,
        found.trough, found.turnover, found.cost_bp, found.rebalances, found.average_drift,
        found.maximum_drift, found.tracking_error, None if rival.waiting else found.ahead,
        found.excess_growth, found.diversification_return,
    )  # fmt: skip


def _trade_rows(own: Rival) -> Rows:
    return tuple(
        (each.day, each.symbol, each.change, each.value, each.cost, each.reason.value)
        for each in trade_log(own.run)
    )


def _path_rows(study: Study, rivals: Sequence[Rival]) -> Rows:
    by_name = {rival.name: rival.run for rival in rivals}
    never = by_name[NEVER_NAME].value
    without = np.full(len(never), np.nan)
    values = [by_name[name].value if name in by_name else without for name in NAMES]
    ahead = [
        without if name not in by_name or rivals[0].waiting else by_name[name].value / never - 1.0
        for name in TRADING_NAMES
    ]
    falls = [drawdown(by_name[name].value) if name in by_name else without for name in NAMES]
    run = own_of(rivals).run
    share = share_of_band(run)
    share[np.isinf(share)] = np.nan
    traded = np.full(len(share), np.nan)
    traded[run.rows] = share[run.rows]
    columns = [*values, *ahead, *falls, share, np.ones(len(share)), traded]
    return tuple(
        (day, *(None if cell != cell else cell for cell in row))  # NaN: a blank cell
        for day, row in zip(run.dates, np.column_stack(columns).tolist(), strict=True)
    )


def _year_rows(rivals: Sequence[Rival]) -> Rows:
    """One-way turnover by calendar year, a column for each policy that trades; blank where there is none."""
    first, last = rivals[0].run.dates[0].year, rivals[0].run.dates[-1].year
    sums: dict[str, dict[int, float]] = {}
    for rival in rivals:
        sums[rival.name] = dict.fromkeys(range(first, last + 1), 0.0)
        run = rival.run
        for row, turnover in zip(run.rows.tolist(), run.turnover.tolist(), strict=True):
            sums[rival.name][run.dates[row].year] += turnover
    return tuple(
        (year, *(sums[name][year] if name in sums else None for name in TRADING_NAMES))
        for year in range(first, last + 1)
    )
