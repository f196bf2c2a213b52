"""What each band and frequency would have cost against its tracking error."""

from __future__ import annotations

import numpy as np

from xl_rebal.arguments import Vector
from xl_rebal.cells import RawCell
from xl_rebal.engine.idle import idle_settings
from xl_rebal.engine.sweep import study
from xl_rebal.functions.shared import with_headers
from xl_rebal.functions.work.idle import refuse_idle
from xl_rebal.functions.work.studies import is_beyond
from xl_rebal.functions.work.study_options import StudyOptions
from xl_rebal.functions.work.study_rates import rates_of
from xl_rebal.functions.work.study_targets import StudyTargets, aligned
from xl_rebal.model.plan import BandKind, BandRule, Destination
from xl_rebal.model.prices import Prices
from xl_rebal.model.schedule import Schedule
from xl_rebal.worksheet import Answer


def frontier_rows(
    prices: Prices,
    target: StudyTargets,
    bands: tuple[float | None, ...] | None,
    frequencies: tuple[Schedule, ...] | None,
    cost: Vector,
    options: StudyOptions | None,
) -> Answer:
    """A row a policy, the cheapest first."""
    said = options or StudyOptions()
    table, targets = aligned(prices, target)
    rates = rates_of(cost, table.symbols)
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
            "" if is_beyond(point.figures.growth_rate) else point.figures.growth_rate,
        ]
        for point in sorted(points, key=lambda each: each.figures.cost_bp)
    ]  # fmt: skip
    header: list[RawCell] = [
        "Policy", "Band", "Frequency", "Cost a year bp", "Tracking error", "Turnover a year",
        "Rebalances", "CAGR",
    ]  # fmt: skip
    return with_headers(header, rows, True)
