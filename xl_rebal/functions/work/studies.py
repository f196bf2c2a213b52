"""What a policy would have come to on past prices."""

from __future__ import annotations

from datetime import date
from math import isfinite

import numpy as np

from xl_rebal.arguments import Vector, per_asset
from xl_rebal.cells import RawCell
from xl_rebal.engine.backtest import Backtest, backtest
from xl_rebal.engine.idle import idle_settings, unchanging_targets
from xl_rebal.engine.policies import Policy, When, Worth, buy_and_hold
from xl_rebal.engine.statistics import statistics
from xl_rebal.engine.trade_log import trade_log
from xl_rebal.errors import Code, InputError, Problem
from xl_rebal.functions.shared import with_headers
from xl_rebal.functions.work.idle import refuse_idle
from xl_rebal.functions.work.study_options import StudyOptions
from xl_rebal.functions.work.study_rates import rates_of
from xl_rebal.functions.work.study_targets import StudyTargets, aligned, for_tactical
from xl_rebal.model.plan import DEFAULT_WIDTH, TO_TARGET, BandKind, BandRule, Destination
from xl_rebal.model.prices import Prices
from xl_rebal.model.schedule import Schedule
from xl_rebal.numerics import drift
from xl_rebal.numerics.rolling import last_known
from xl_rebal.typing import FloatArray
from xl_rebal.wording import counted, listed, shown
from xl_rebal.worksheet import Answer


def run_shown(
    prices: Prices,
    target: StudyTargets,
    policy: str,
    frequency: Schedule,
    band: Vector,
    kind: str,
    dest: Destination,
    cost: Vector,
    show: str,
    options: StudyOptions | None,
) -> Answer:
    """A run of the policy: its figures, path, trades or weights."""
    run = _run(prices, target, policy, frequency, band, kind, dest, cost, options)
    if show == "path":
        rows: list[list[RawCell]] = [
            [day, float(value)] for day, value in zip(run.dates, run.value, strict=True)
        ]
        return with_headers(["Date", "Value"], rows, True)
    if show == "weights":
        rows = [[day, *line] for day, line in zip(run.dates, run.weights.tolist(), strict=True)]
        return with_headers(["Date", *run.symbols], rows, True)
    if show == "trades":
        header: list[RawCell] = ["Date", "Asset", "Change", "Value traded", "Cost", "Reason"]
        rows = [
            [t.day, t.symbol, t.change, t.value, t.cost, t.reason.value] for t in trade_log(run)
        ]
        return with_headers(header, rows, True)
    return _figures(run, options or StudyOptions())


def _run(
    prices: Prices, target: StudyTargets, policy: str, frequency: Schedule, band: Vector,
    kind: str, dest: Destination, cost: Vector, options: StudyOptions | None,
) -> Backtest:  # fmt: skip
    said = options or StudyOptions()
    schedule, to = said.dated(frequency), said.destination(dest)
    if policy == "tactical":
        table, targets = for_tactical(prices, target, said, schedule)
    else:
        table, targets = aligned(prices, target)
    symbols = table.symbols
    widths: float | FloatArray = DEFAULT_WIDTH
    if policy != "tactical" or not to.is_target:
        widths = per_asset(band, symbols, len(symbols), "band")
        _refuse_bands(widths, "band")
    when = {
        "none": When(),
        "calendar": When(schedule),
        "threshold": When(on_breach=True),
        "calendar+threshold": When(schedule, on_breach=True),
        "tactical": When(on_new_targets=True),
        "optimal": When(on_breach=True),
    }[policy]
    if policy == "none":
        targets = targets.on(table.dates[0])
    else:
        is_dated = policy.startswith("calendar") or (
            policy == "tactical" and not isinstance(target, list)
        )
        refuse_idle(idle_settings(table, schedule if is_dated else None, said.lag))
    if policy == "tactical":
        refuse_idle(unchanging_targets(table, targets))
    rule = BandRule(said.kind or BandKind(kind), widths)
    worth = None
    if policy == "optimal":
        to, worth = TO_TARGET, Worth(said.risk_aversion)
    asked = Policy(targets, when, to, rule, worth)
    return backtest(table, asked, said.conventions(rates_of(cost, symbols)))


def _refuse_bands(widths: FloatArray, name: str) -> None:
    wrong = (widths < 0) | (widths > 1)
    if wrong.any():
        raise InputError(
            Problem(Code.OUT_OF_RANGE, shown(float(widths[wrong][0])),
                    "bands from 0 to 1 (5 % is 0.05)", argument=name)
        )  # fmt: skip


def _figures(run: Backtest, said: StudyOptions) -> list[list[RawCell]]:
    """The statistics in their stated order, blank where one has no value; then a row for each note."""
    with np.errstate(over="ignore"):
        found = statistics(run, said.risk_free)
    rows: list[tuple[str, float | int | date | None]] = [
        ("CAGR", found.growth_rate),
        ("Volatility", found.volatility),
        ("Sharpe", found.sharpe),
        ("Sortino", found.sortino),
        ("Maximum drawdown", found.maximum_drawdown),
        ("Turnover a year (one-way)", found.turnover),
        ("Cost a year bp", found.cost_bp),
        ("Rebalances", found.rebalances),
        ("Average drift", found.average_drift),
        ("Maximum drift", found.maximum_drift),
        ("Tracking error", found.tracking_error),
        ("Ahead of never rebalancing", None if run.waiting else found.ahead),
        ("Excess growth", found.excess_growth),
        ("Diversification return", found.diversification_return),
        ("Drawdown from", found.peak),
        ("Drawdown to", found.trough),
    ]
    notes = list(run.notes)
    if run.waiting:
        notes.append(
            "Ahead of never rebalancing is blank: who never trades never holds "
            f"{listed(run.waiting, 'and')}."
        )
    beyond = [label for label, value in rows if is_beyond(value)]
    if beyond:
        days = counted((run.dates[-1] - run.dates[0]).days, "day")
        notes.append(f"{listed(beyond, 'and')} blank: over {days} no number can hold a year of it.")
    blank_or_value: list[list[RawCell]] = [
        [label, "" if value is None or is_beyond(value) else value] for label, value in rows
    ]
    return blank_or_value + [["Note", note] for note in notes]


def is_beyond(value: float | int | date | None) -> bool:
    """Whether a figure is no number that a sheet can show."""
    return isinstance(value, float) and not isfinite(value)


def drift_path(
    prices: Prices, target: StudyTargets, metric: str, start: date | None, headers: bool
) -> Answer:
    """A row a date: the drift of who bought at target and never traded."""
    table, targets = aligned(prices, target)
    if start is not None:
        first = sum(day < start for day in table.dates)
        prices_from = table.values[first:].copy()
        if len(prices_from):  # bought at the newest price that was known then
            prices_from[0] = last_known(table.values[: first + 1])[-1]
        table = Prices(table.dates[first:], table.symbols, prices_from)
    run = backtest(table, buy_and_hold(targets))
    if run.waiting:
        raise InputError(
            Problem(Code.MISSING_PRICE, f"no price of {listed(run.waiting, 'and')} up to {run.dates[0]}",
                    "a price of all that is bought where the path starts", "Start later.",
                    argument="prices")
        )  # fmt: skip
    measure = {
        "max": drift.max_drift,
        "turnover": drift.one_way_turnover,
        "sum": drift.two_way_turnover,
        "rms": drift.rms_drift,
    }[metric]
    goal = run.target[run.line]
    values = [float(measure(now, wanted)) for now, wanted in zip(run.weights, goal, strict=True)]
    values[0] = 0.0
    rows: list[list[RawCell]] = [[day, value] for day, value in zip(run.dates, values, strict=True)]
    return with_headers(["Date", "Drift"], rows, headers)
