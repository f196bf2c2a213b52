"""What a policy would have come to on past prices."""

from __future__ import annotations

from datetime import date
from math import isfinite
from typing import Annotated

import numpy as np

from xl_rebal import arguments
from xl_rebal.arguments import Grid, Vector, per_asset
from xl_rebal.cells import RawCell
from xl_rebal.engine.backtest import Backtest, backtest
from xl_rebal.engine.idle import idle_settings, unchanging_targets
from xl_rebal.engine.policies import Policy, When, Worth, buy_and_hold
from xl_rebal.engine.statistics import statistics
from xl_rebal.engine.sweep import study
from xl_rebal.engine.trade_log import trade_log
from xl_rebal.errors import Code, InputError, Problem
from xl_rebal.functions.idle import refuse_idle
from xl_rebal.functions.shared import (
    FIVE_PERCENT,
    TEN_BP,
    Band,
    Dest,
    Headers,
    Kind,
    RateArg,
    with_headers,
)
from xl_rebal.functions.study_arguments import (
    QUARTERLY,
    FrequencyArg,
    OptionsArg,
    PricesArg,
    StudyOptions,
    StudyTargets,
    TargetsArg,
    aligned,
    for_tactical,
    read_bands,
    read_day,
    read_frequencies,
    whole,
)
from xl_rebal.model.plan import DEFAULT_WIDTH, TO_TARGET, BandKind, BandRule, Destination
from xl_rebal.model.portfolio import CASH
from xl_rebal.model.prices import Prices
from xl_rebal.model.schedule import Schedule
from xl_rebal.numerics import drift
from xl_rebal.numerics.covariance import ewma_covariance, sample_covariance, shrunk_covariance
from xl_rebal.numerics.rolling import last_known
from xl_rebal.typing import FloatArray
from xl_rebal.wording import counted, listed, shown
from xl_rebal.worksheet import Answer, Arg, worksheet_function

EXAMPLE: Grid = [
    ["Date", "AAA", "BBB"],
    ["2024-01-31", 100, 50], ["2024-02-29", 112, 50], ["2024-03-28", 118, 49],
    ["2024-04-30", 108, 51], ["2024-05-31", 121, 50], ["2024-06-28", 130, 49],
    ["2024-07-31", 127, 52],
]  # fmt: skip
SIXTY_FORTY: Grid = [["AAA", 0.6], ["BBB", 0.4]]


@worksheet_function(
    returns="rows: figure, value (fractions; Cost in bp a year); with show a path (Value starts at 1), trades "
    "or weights (fractions)",
    example=(EXAMPLE, SIXTY_FORTY, "calendar+threshold", "monthly", 0.05),
    category="Study",
    spills=True,
)
def backtest_(
    prices: PricesArg,
    target: TargetsArg,
    policy: Annotated[
        str,
        Arg(
            "calendar (default), threshold (any row), calendar+threshold, none (bought on the first row, never "
            "traded), tactical (on new dated targets or a generator's), optimal (any row, what is worth its "
            "cost: option risk_aversion).",
            arguments.word(
                "calendar", "threshold", "calendar+threshold", "none", "tactical", "optimal"
            ),
            "word",
        ),
    ] = "calendar",
    frequency: FrequencyArg = QUARTERLY,
    band: Band = FIVE_PERCENT,
    kind: Kind = "absolute",
    dest: Dest = Destination(),  # noqa: B008  # frozen
    cost: RateArg = TEN_BP,
    show: Annotated[
        str,
        Arg(
            "stats (default), path (starts at 1 or capital, net of costs), trades, weights.",
            arguments.word("stats", "path", "trades", "weights"),
            "word",
        ),
    ] = "stats",
    options: OptionsArg = None,
) -> Answer:
    """A policy on past prices: first purchase free, trades at the close that decides them, bands strict."""
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
    return figures(run, options or StudyOptions())


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
    return backtest(table, asked, said.conventions(_rates(cost, symbols)))


def _refuse_bands(widths: FloatArray, name: str) -> None:
    wrong = (widths < 0) | (widths > 1)
    if wrong.any():
        raise InputError(
            Problem(Code.OUT_OF_RANGE, shown(float(widths[wrong][0])),
                    "bands from 0 to 1 (5 % is 0.05)", argument=name)
        )  # fmt: skip


def _rates(cost: Vector, symbols: tuple[str, ...]) -> FloatArray:
    """Cost per side of each symbol; CASH costs nothing and needs no number."""
    assets = tuple(symbol for symbol in symbols if symbol != CASH)
    if cost.keys is None and len(cost) == len(symbols):
        assets = symbols
    rates = np.zeros(len(symbols))
    rates[[symbols.index(each) for each in assets]] = per_asset(cost, assets, len(assets), "cost")
    wrong = (rates < 0) | (rates > 0.5)
    if wrong.any():
        raise InputError(
            Problem(Code.OUT_OF_RANGE, shown(float(rates[wrong][0])),
                    "costs from 0 to 0.5 per side", "10 bp is 0.001.", argument="cost")
        )  # fmt: skip
    return rates


def figures(run: Backtest, said: StudyOptions) -> list[list[RawCell]]:
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
    beyond = [label for label, value in rows if _is_beyond(value)]
    if beyond:
        days = counted((run.dates[-1] - run.dates[0]).days, "day")
        notes.append(f"{listed(beyond, 'and')} blank: over {days} no number can hold a year of it.")
    blank_or_value: list[list[RawCell]] = [
        [label, "" if value is None or _is_beyond(value) else value] for label, value in rows
    ]
    return blank_or_value + [["Note", note] for note in notes]


def _is_beyond(value: float | int | date | None) -> bool:
    """Whether a figure is no number that a sheet can show."""
    return isinstance(value, float) and not isfinite(value)


@worksheet_function(
    returns="rows: Date, Drift (fraction)",
    example=(EXAMPLE, SIXTY_FORTY),
    category="Study",
    spills=True,
)
def driftpath(
    prices: PricesArg,
    target: TargetsArg,
    metric: Annotated[
        str,
        Arg(
            "max (default), turnover (one-way), sum or rms.",
            arguments.word("max", "turnover", "sum", "rms"),
            "word",
        ),
    ] = "max",
    start: Annotated[
        date | None,
        Arg("First date; the first of the prices if left out.", read_day, "date"),
    ] = None,
    headers: Headers = True,
) -> Answer:
    """How far a portfolio bought at target drifts without any trade."""
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


@worksheet_function(
    returns="rows, the cheapest first: Policy, Band (fraction), Frequency, Cost a year bp, Tracking error, "
    "Turnover a year (fractions), Rebalances, CAGR (fraction)",
    example=(EXAMPLE, SIXTY_FORTY, [[0.02, 0.05]], [["monthly", "quarterly"]]),
    category="Study",
    spills=True,
)
def frontier(
    prices: PricesArg,
    target: TargetsArg,
    bands: Annotated[
        tuple[float | None, ...] | None,
        Arg(
            "Half-widths; 0.01 to 0.1 if left out. 0 trades on any drift; none or a blank among them tests "
            "no band: the plain calendar, or no trade where frequencies are left out.",
            read_bands,
            "fraction of the portfolio",
            "one cell, row or column",
        ),
    ] = None,
    frequencies: Annotated[
        tuple[Schedule, ...] | None,
        Arg(
            "When the bands are looked at: words or numbers of rows; every row if left out.",
            read_frequencies,
            "words or rows",
            "one cell, row or column",
        ),
    ] = None,
    cost: RateArg = TEN_BP,
    options: OptionsArg = None,
) -> Answer:
    """What each band and frequency would have cost a year against its tracking error to the targets."""
    said = options or StudyOptions()
    table, targets = aligned(prices, target)
    rates = _rates(cost, table.symbols)
    widths = bands or tuple(k / 100 for k in range(1, 11))
    schedules: list[Schedule | None] = [said.dated(each) for each in frequencies or ()]
    for schedule in schedules or [None]:
        refuse_idle(idle_settings(table, schedule, said.lag))
    tested = [width for width in widths if width is not None or schedules]
    bought = targets.on(table.dates[0])  # for what is never traded
    cases = [(targets, tested, schedules or [None])] if tested else []
    if None in widths and not schedules:
        cases.insert(0, (bought, [None], [None]))
    with np.errstate(over="ignore"):
        points = [
            point
            for held, some_widths, some_schedules in cases
            for point in study(
                table, held, some_widths, some_schedules, said.conventions(rates),
                rule=BandRule(said.kind or BandKind.ABSOLUTE), to=said.destination(Destination()),
                risk_free=said.risk_free,
            )
        ]  # fmt: skip
    rows: list[list[RawCell]] = [
        [
            point.name, "" if point.band is None else float(point.band),
            "" if point.schedule is None else point.schedule.words,
            point.figures.cost_bp, point.figures.tracking_error, point.figures.turnover,
            point.figures.rebalances,
            "" if _is_beyond(point.figures.growth_rate) else point.figures.growth_rate,
        ]
        for point in sorted(points, key=lambda each: each.figures.cost_bp)
    ]  # fmt: skip
    header: list[RawCell] = [
        "Policy", "Band", "Frequency", "Cost a year bp", "Tracking error", "Turnover a year",
        "Rebalances", "CAGR",
    ]  # fmt: skip
    return with_headers(header, rows, True)


_ESTIMATORS = {
    "sample": sample_covariance,
    "shrunk": shrunk_covariance,
    "ewma": ewma_covariance,
}


@worksheet_function(
    returns="covariances a year (of fractions: 0.04 is a volatility of 20 %), n x n",
    example=(EXAMPLE,),
    category="Study",
    spills=True,
)
def covariance(
    prices: PricesArg,
    method: Annotated[
        str,
        Arg(
            "sample (default): n - 1; shrunk: drawn towards equal variances without correlation, as Ledoit "
            "and Wolf estimate; ewma: newer returns count for more (0.94 a row of daily prices, else 0.97).",
            arguments.word("sample", "shrunk", "ewma"),
            "word",
        ),
    ] = "sample",
    window: Annotated[
        int | None,
        Arg(
            "How many of the last returns; all if left out.",
            whole("2 returns or more", 2),
            "rows",
        ),
    ] = None,
) -> Answer:
    """Annual covariance of simple returns, scaled by calendar time (rows a year of 365.25 days)."""
    count = len(prices.dates) - 1 if window is None else window
    if count < 2 or count >= len(prices.dates):
        raise InputError(
            Problem(Code.TOO_FEW_PRICES, f"{counted(len(prices.dates), 'row')} of prices",
                    f"{max(count, 2) + 1} or more", argument="prices")
        )  # fmt: skip
    returns, years = prices.last_returns(count)
    has_gap = np.isnan(returns).any(axis=0)
    if has_gap.any():
        symbol = prices.symbols[int(has_gap.argmax())]
        raise InputError(
            Problem(Code.MISSING_PRICE, f"a missing price of {symbol} in the window",
                    "a price on every row", "Fill it, or take a shorter window.",
                    argument="prices")
        )  # fmt: skip
    found = _ESTIMATORS[method](returns, years)
    return [list(row) for row in found.tolist()]
