"""Settings with which a study would never trade: refused, since its answer would look like one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from xl_rebal.engine.policies import DatedTargets
from xl_rebal.errors import Code, Problem
from xl_rebal.model.prices import Prices
from xl_rebal.model.schedule import Frequency, Schedule
from xl_rebal.wording import counted

LAG, OFFSET, FREQUENCY, DAY, TARGETS = "lag", "offset", "frequency", "day", "targets"
"""What a problem is about, in its ``about``: each host knows where that is set."""

_MOST_DAYS = {
    Frequency.DAILY: 1,
    Frequency.WEEKLY: 7,
    Frequency.MONTHLY: 31,
    Frequency.QUARTERLY: 92,
    Frequency.SEMI_ANNUAL: 184,
    Frequency.ANNUAL: 366,
}


def idle_settings(prices: Prices, schedule: Schedule | None, lag: int) -> Iterator[Problem]:
    """Every setting that leaves no row to trade on; ``schedule`` None: every row.

    That the prices are too short for the frequency is no fault of a setting: the study says so itself.
    """
    rows = len(prices.dates)
    if rows < 3:  # nothing can be traded whatever is set
        return
    if lag and 1 + lag >= rows - 1:
        yield _too_long(f"a lag of {lag}", rows, LAG)
    if schedule is not None:
        yield from _of_schedule(prices, schedule)


def _of_schedule(prices: Prices, schedule: Schedule) -> Iterator[Problem]:
    rows = len(prices.dates)
    if schedule.offset and 1 + schedule.offset >= rows - 1:
        yield _too_long(f"an offset of {schedule.offset}", rows, OFFSET)
    if schedule.every is not None:
        if schedule.every >= rows - 1:
            yield _too_long(f"every {schedule.every} rows", rows, FREQUENCY)
        return
    whole_periods = len(replace(schedule, day=-1, offset=0).rows(prices.days)) - 1
    is_there = len(replace(schedule, offset=0).rows(prices.days)) > 0
    most = _MOST_DAYS[schedule.frequency]
    if schedule.day >= most or (schedule.day >= 0 and whole_periods > 0 and not is_there):
        yield Problem(
            Code.OUT_OF_RANGE, f"day {schedule.day + 1} of a {schedule.frequency.value} date",
            "a day that the periods of these prices have", "Type a smaller one, or last.",
            about=(DAY,),
        )  # fmt: skip


def unchanging_targets(prices: Prices, targets: DatedTargets) -> Iterator[Problem]:
    """That no targets begin on a row on which they could be traded, if that is so."""
    if len(prices.dates) < 3:
        return
    first, last = prices.dates[0], prices.dates[-2]
    if any(day is not None and first < day <= last for day in targets.dates):
        return
    yield Problem(
        Code.OUT_OF_RANGE, f"no new targets after {first} and up to {last}, the last row that can trade",
        "a row of them, or a generator's date, there", "Without one the policy tactical never trades.",
        about=(TARGETS,),
    )  # fmt: skip


def _too_long(found: str, rows: int, about: str) -> Problem:
    return Problem(
        Code.OUT_OF_RANGE, f"{found} over {counted(rows, 'row')} of prices",
        "so few that a trade falls before the last row", "Type a smaller number.", about=(about,),
    )  # fmt: skip
