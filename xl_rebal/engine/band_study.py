"""Bands of many widths looked at on many dates: what each costs a year, and how near it keeps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from xl_rebal.engine.backtest import backtest, filled_prices
from xl_rebal.engine.break_even import BreakEven, break_even
from xl_rebal.engine.frontier import chosen, unbeaten
from xl_rebal.engine.idle import idle_settings
from xl_rebal.engine.policies import calendar
from xl_rebal.engine.policy_grid import PolicyGrid
from xl_rebal.engine.statistics import Statistics
from xl_rebal.engine.study import Progress, Study, figures_of
from xl_rebal.engine.sweep import Sweep, sweep
from xl_rebal.engine.timing_luck import TimingLuck, timing_luck
from xl_rebal.model.plan import TO_TARGET, BandRule, Method
from xl_rebal.model.policy_names import NEVER_NAME
from xl_rebal.model.prices import DAYS_PER_YEAR
from xl_rebal.model.schedule import Frequency, Schedule
from xl_rebal.numerics.performance import volatility
from xl_rebal.typing import FloatArray

OWN_NAME = "This book"
_LOOKED_AT = tuple(each for each in Frequency if each is not Frequency.DAILY)


@dataclass(frozen=True)
class Candidate:
    """One policy: ``band`` is the default width of all lines, None: none is tested, or the book's own bands;
    ``schedule`` None: every row, or those with ``new_targets``."""

    name: str
    band: float | None
    schedule: Schedule | None
    figures: Statistics
    is_own: bool = False
    on_frontier: bool = False
    is_chosen: bool = False
    new_targets: bool = False

    @property
    def looked_at(self) -> str:
        """On which rows it may trade, in words."""
        if self.new_targets:
            return "new targets"
        return "every row" if self.schedule is None else self.schedule.words

    @property
    def cost(self) -> float:
        """A fraction of wealth a year."""
        return self.figures.cost_bp / 1e4


@dataclass(frozen=True)
class BandStudy:
    """``candidates`` by tracking error, the book's own policy among them.

    ``luck``: growth of a return to the target on the dates of ``schedule``, moved by 0, 1, ... rows.
    ``break_even``: the cost at which the book's own policy is worth no more than never rebalancing.
    ``waiting`` are the symbols that who never rebalances never holds, since their prices begin later: then
    nothing can be said of being ahead of him. ``notes`` are those of the book's own run.
    """

    candidates: tuple[Candidate, ...]
    schedule: Schedule
    luck: TimingLuck
    break_even: BreakEven
    waiting: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def own(self) -> Candidate:
        return next(each for each in self.candidates if each.is_own)

    @property
    def chosen(self) -> Candidate:
        return next(each for each in self.candidates if each.is_chosen)


def bands_compared(study: Study, progress: Progress | None = None) -> BandStudy:
    """The bands of the settings on every kind of date, plain calendars, never, and the book's own policy.

    Bands have one width of the book's kind for all lines, and end where the book's do; plain calendars go to
    the target. Kinds of date that the day of the settings never falls on are left out. Chosen is the least of
    cost a year + risk aversion x tracking error squared; a tactical book, whose tracking error is against
    targets of its own, is neither that nor on the frontier.
    """
    told = _Parts(progress, 4)
    day = study.settings.schedule
    schedules = [
        schedule
        for schedule in (replace(day, frequency=each, every=None) for each in _LOOKED_AT)
        if not any(idle_settings(study.prices, schedule, 0))
    ]
    rule = BandRule(study.kind)
    rate = study.conventions.rate
    bands = PolicyGrid(study.targets, study.settings.bands, (None, *schedules), destinations=(study.to,),
                       costs=(rate,), rule=rule)  # fmt: skip
    dated = PolicyGrid(
        study.targets, (None,), (None, *schedules), destinations=(TO_TARGET,), costs=(rate,)
    )
    found = [*_candidates(_run(study, bands, told(0))), *_candidates(_run(study, dated, told(1)))]
    never, run = (
        backtest(study.prices, study.policy(each), study.conventions) for each in (None, study.own)
    )
    is_tactical = study.tactical_targets is not None
    found.append(
        Candidate(OWN_NAME, None, _own_schedule(study), figures_of(study, run, never), is_own=True,
                  new_targets=is_tactical)
    )  # fmt: skip
    schedule = replace(day, offset=0)
    moved = timing_luck(
        study.prices, calendar(study.targets, schedule), study.conventions,
        count=_rows_of_a_period(study, schedule), risk_free=study.settings.risk_free, progress=told(2),
    )  # fmt: skip
    even = break_even(
        study.prices, study.policy(study.own), study.conventions,
        never=study.targets if is_tactical else None,
    )  # fmt: skip
    marked = _marked(found, study.settings.risk_aversion)
    return BandStudy(marked, schedule, moved, even, never.waiting, run.notes)


def _rows_of_a_period(study: Study, schedule: Schedule) -> int:
    """How many rows a usual period has: any of them might have been its date."""
    gaps = np.diff(schedule.rows(study.prices.days))
    return max(1, int(np.median(gaps))) if gaps.size else 1


def volatility_against_the_rest(study: Study) -> FloatArray:
    """Annual volatility of each line's returns less those of the others at their targets, over the study;
    (n,), 0 where there are no others. A missing price counts as no change."""
    values, _, _ = filled_prices(study.prices, study.conventions.cash_rate)
    target, dates = study.targets.weights[0], study.prices.dates
    returns = values[1:] / values[:-1] - 1.0
    others = np.where(target < 1, 1.0 - target, 1.0)
    rest = ((returns @ target)[:, None] - target * returns) / others
    years = (dates[-1] - dates[0]).days / DAYS_PER_YEAR
    spread = np.where(target < 1, returns - rest, 0.0)
    return np.asarray(volatility(spread.T, years))


def _run(study: Study, grid: PolicyGrid, progress: Progress | None) -> Sweep:
    return sweep(
        study.prices, grid, study.conventions, risk_free=study.settings.risk_free, progress=progress
    )


def _candidates(found: Sweep) -> list[Candidate]:
    names = {
        "none": NEVER_NAME, "calendar": Method.CALENDAR.value, "threshold": Method.THRESHOLD.value,
        "calendar+threshold": Method.CALENDAR_THRESHOLD.value,
    }  # fmt: skip
    return [
        Candidate(names[point.name], None if point.band is None else float(point.band), point.schedule,
                  point.figures)
        for point in found.points()
    ]  # fmt: skip


def _own_schedule(study: Study) -> Schedule | None:
    every_row = (Method.THRESHOLD, Method.TACTICAL, Method.OPTIMAL)
    return None if study.own in every_row else study.settings.schedule


def _marked(found: list[Candidate], risk_aversion: float) -> tuple[Candidate, ...]:
    """By tracking error, then cost, with what no other beats in both and what is chosen.

    A band that was never reached is never rebalancing under another name: not on the frontier, nor chosen. What
    has targets of its own stands beside.
    """
    ordered = sorted(found, key=lambda each: (each.figures.tracking_error, each.cost))
    compared = [place for place, each in enumerate(ordered) if not each.new_targets]
    cost = np.array([ordered[place].cost for place in compared])
    error = np.array([ordered[place].figures.tracking_error for place in compared])
    trades = np.array([ordered[place].figures.rebalances for place in compared])
    is_reached = (trades > 0) | np.array([ordered[place].name == NEVER_NAME for place in compared])
    (best,) = chosen(cost, error, np.where(is_reached, trades, 1), risk_aversion)
    on_frontier = dict(zip(compared, (unbeaten(cost, error) & is_reached).tolist(), strict=True))
    return tuple(
        replace(each, on_frontier=on_frontier.get(place, False), is_chosen=place == compared[best])
        for place, each in enumerate(ordered)
    )


class _Parts:
    """Progress over parts of equal weight."""

    def __init__(self, progress: Progress | None, parts: int) -> None:
        self._progress, self._parts = progress, parts

    def __call__(self, part: int) -> Callable[[int, int], None] | None:
        progress = self._progress
        if progress is None:
            return None
        return lambda done, total: progress(part * total + done, self._parts * total)
