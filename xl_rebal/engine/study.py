"""The policy of a book on past prices, beside its rivals: what the commands of a study run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np

from xl_rebal.engine.backtest import Backtest, Conventions, CostRule, backtest
from xl_rebal.engine.dated_plan import studied_targets, targets_in_time
from xl_rebal.engine.estimates import VOLATILITY_WINDOW
from xl_rebal.engine.gaps import about_gaps
from xl_rebal.engine.idle import (
    DAY,
    FREQUENCY,
    LAG,
    OFFSET,
    TARGETS,
    idle_settings,
    unchanging_targets,
)
from xl_rebal.engine.lines import bands_of
from xl_rebal.engine.policies import NEVER, DatedTargets, Policy, When, tactical
from xl_rebal.engine.stand_ins import about_classes, stand_ins
from xl_rebal.engine.statistics import Statistics, statistics
from xl_rebal.errors import Code, InputError, Note, Problem
from xl_rebal.model.plan import (
    TO_TARGET,
    BandKind,
    BandRule,
    Destination,
    Method,
    Plan,
    Targets,
)
from xl_rebal.model.portfolio import CASH, Household
from xl_rebal.model.prices import Prices
from xl_rebal.model.schedule import Schedule
from xl_rebal.model.securities import Securities
from xl_rebal.model.tactical import Generator, Tactical
from xl_rebal.numerics.tolerance import WEIGHT_TOLERANCE
from xl_rebal.typing import BoolArray, FloatArray
from xl_rebal.wording import counted, listed

NEVER_NAME = "Never"
Progress = Callable[[int, int], None]
"""Told how many of how many runs are done; may raise to cancel."""


@dataclass(frozen=True)
class StudySettings:
    """How past prices are studied.

    ``schedule`` are the calendar dates, ``start`` the first day of prices that counts (None: the first on
    which everything has one), ``model`` the targets to study where a book has several, ``window`` the returns
    behind a volatility, ``bands`` the default bands that are compared (fractions). ``cash_rate``, ``risk_free``
    and ``risk_aversion`` are a year; ``relative_risk_aversion`` is that of the small-cost model.
    """

    schedule: Schedule = field(default_factory=Schedule)
    lag: int = 0
    cost_rule: CostRule = CostRule.EXACT
    charge_first_purchase: bool = False
    cash_rate: float = 0.0
    risk_free: float = 0.0
    risk_aversion: float = 1.0
    relative_risk_aversion: float = 3.0
    start: date | None = None
    model: str = ""
    window: int = VOLATILITY_WINDOW
    bands: tuple[float, ...] = (0.01, 0.02, 0.03, 0.04, 0.05, 0.075, 0.1, 0.15, 0.2)


@dataclass(frozen=True)
class Study:
    """Prices in the order of the targets, and all that a policy on them is made of.

    ``lines`` are the target lines that the columns stand for, ``kind`` is that of the default band, ``own`` the
    book's method. ``targets`` are those of the sheet, ``tactical_targets`` those that the book holds instead
    where its method is tactical. ``notes`` say what is not as it seems.
    """

    prices: Prices
    lines: tuple[str, ...]
    targets: DatedTargets
    bands: BandRule
    kind: BandKind
    to: Destination
    own: Method
    settings: StudySettings
    conventions: Conventions
    notes: tuple[Note, ...] = ()
    tactical: Tactical | None = None
    tactical_targets: DatedTargets | None = None

    @property
    def rates(self) -> FloatArray:
        """Cost per side of each line, a fraction."""
        return np.broadcast_to(np.asarray(self.conventions.rate, dtype=np.float64), len(self.lines))

    def policy(self, method: Method | None) -> Policy:
        """The policy of a method with this book's bands, dates and destination; None: never.

        A plain calendar that isn't the book's own goes to the target: into the bands it would be
        calendar + threshold under another name.
        """
        if method is Method.TACTICAL:
            assert self.tactical_targets is not None
            return replace(tactical(self.tactical_targets), to=self.to, bands=self.bands)
        schedule = self.settings.schedule
        when = {
            None: NEVER,
            Method.CALENDAR: When(schedule),
            Method.THRESHOLD: When(on_breach=True),
            Method.CALENDAR_THRESHOLD: When(schedule, on_breach=True),
        }[method]
        is_plain = method is Method.CALENDAR and method is not self.own
        return Policy(self.targets, when, TO_TARGET if is_plain else self.to, self.bands)


@dataclass(frozen=True)
class Rival:
    """One policy of a comparison; ``is_own`` marks the book's.

    ``waiting`` are the symbols that who never rebalances never holds, so that nothing can be said of being
    ahead of him.
    """

    name: str
    is_own: bool
    run: Backtest
    figures: Statistics
    waiting: tuple[str, ...] = ()


RIVALS = (None, Method.CALENDAR, Method.THRESHOLD, Method.CALENDAR_THRESHOLD)
"""What every book is compared with, on the targets of its sheet."""


def name_of(method: Method | None) -> str:
    """The name of a policy."""
    return NEVER_NAME if method is None else method.value


NAMES = tuple(name_of(method) for method in (*RIVALS, Method.TACTICAL))
"""Of all policies that there can be, in the order in which they stand."""


def compared(study: Study, progress: Progress | None = None) -> tuple[Rival, ...]:
    """Never rebalancing, each method with the book's own dates, bands and destination on the targets of the
    sheet, and where the book is tactical, its own targets beside them."""
    methods = RIVALS if study.own in RIVALS else (*RIVALS, study.own)
    runs: list[Backtest] = []
    found = []
    for done, method in enumerate(methods):
        if progress is not None:
            progress(done, len(methods))
        runs.append(backtest(study.prices, study.policy(method), study.conventions))
        figures = figures_of(study, runs[-1], runs[0])
        found.append(
            Rival(name_of(method), method is study.own, runs[-1], figures, runs[0].waiting)
        )
    return tuple(found)


def figures_of(study: Study, run: Backtest, never: Backtest) -> Statistics:
    """The statistics of a run of the study. Whatever it held first, it is ahead of ``never``, who bought the
    targets of the sheet."""
    found = statistics(run, study.settings.risk_free)
    if study.tactical_targets is None or run is never:
        return found
    return replace(found, ahead=float(run.value[-1] / never.value[-1]) - 1.0)


def noted(study: Study, run: Backtest) -> tuple[Note, ...]:
    """What is worth knowing of a study and of one of its runs, each thing once."""
    known = {note.text for note in study.notes}
    found = (Note(Code.NOT_READ, text, sheet="Prices") for text in run.notes if text not in known)
    return (*study.notes, *found)


def share_of_band(run: Backtest) -> FloatArray:
    """On each row before its trades: the largest drift as a share of the band on its side, 1 = at the edge;
    (T,), 0 on the first row, infinite where a line is beyond a band of 0."""
    weights = run.weights.copy()
    weights[run.rows] = run.before
    drift = weights - run.target[run.line]
    band = np.where(drift > 0, run.upper[run.band_line], run.lower[run.band_line])
    without = np.where(np.abs(drift) > WEIGHT_TOLERANCE, np.inf, 0.0)
    share = np.where(band > 0, np.abs(drift) / np.where(band > 0, band, 1.0), without)
    share[0] = 0.0
    return np.asarray(share.max(axis=1))


def study_of(
    household: Household,
    securities: Securities,
    plan: Plan,
    prices: Prices,
    as_of: date | None,
    settings: StudySettings,
) -> Study:
    """What a book's plan comes to as a study of its prices up to ``as_of``.

    A class is studied as one security: the one of its holdings that is worth most, else its first in
    the securities with prices. The capital is what the accounts of the model hold, so that ticket
    fees weigh as they do there. Raises InputError with every target line that has no prices.
    """
    chosen, notes = _chosen(plan, settings.model)
    first = settings.start or date.min
    targets, dated = targets_in_time(plan, chosen, first, as_of or date.max)
    columns = _columns(targets, dated, plan)
    lines = [targets.lines[place] for place in columns]
    dated = DatedTargets(dated.dates, dated.weights[:, columns])
    found = stand_ins(lines, targets, household, securities, prices)
    notes.extend(about_classes(found, targets))
    symbols = tuple(found.values())
    base = DatedTargets.fixed(np.array([line.weight for line in lines]))
    within = prices.between(_begin(prices, symbols, (base, dated), settings, notes), as_of)
    if len(within.dates) < 2:
        raise InputError(_too_few(within, prices))
    known = [securities.get(symbol) for symbol in symbols]
    table = within.of(symbols)
    tactical_targets = None
    if plan.tactical is not None:
        tactical_targets = studied_targets(
            plan.tactical, lines, targets.model, dated, table, settings.schedule, notes
        )
    _refuse_idle(table, settings, plan.tactical, tactical_targets, targets.model)
    return Study(
        prices=table,
        lines=tuple(found),
        targets=base,
        bands=bands_of(lines, plan.bands),
        kind=plan.bands.kind,
        to=plan.destination,
        own=plan.method,
        settings=settings,
        conventions=Conventions(
            rate=plan.costs.rates(known),
            fee=plan.costs.ticket_fee,
            capital=_capital(household, targets, plan),
            lag=settings.lag,
            charge_first_purchase=settings.charge_first_purchase,
            cost_rule=settings.cost_rule,
            cash_rate=settings.cash_rate,
            window=settings.window,
        ),
        notes=(*notes, *_about_prices(table)),
        tactical=plan.tactical,
        tactical_targets=tactical_targets,
    )


def _columns(targets: Targets, dated: DatedTargets, plan: Plan) -> list[int]:
    """The lines that have a target at any time, and the cash of a trend filter."""
    is_trend = plan.tactical is not None and plan.tactical.generator is Generator.TREND
    held = np.asarray((dated.weights > 0).any(axis=0))
    return [
        place
        for place, line in enumerate(targets.lines)
        if line.weight > 0 or held[place] or (is_trend and line.key == CASH)
    ]


def _refuse_idle(
    table: Prices,
    settings: StudySettings,
    tactical_: Tactical | None,
    dated: DatedTargets | None,
    model: str,
) -> None:
    """InputError with every setting that leaves a policy no row to trade on."""
    source = ("setting", "TacticalTargets")
    if tactical_ is not None and tactical_.generator is None:
        source = ("dated targets", model)
    places = {LAG: ("setting", "Lag"), OFFSET: ("setting", "Offset"), DAY: ("setting", "TradingDay"),
              FREQUENCY: ("setting", "Frequency"), TARGETS: source}  # fmt: skip
    found = list(idle_settings(table, settings.schedule, settings.lag))
    if dated is not None and not found:
        found.extend(unchanging_targets(table, dated))
    if found:
        raise InputError(
            replace(each, about=(about := places[each.about[0]]), argument=" ".join(about))
            for each in found
        )


def _chosen(plan: Plan, model: str) -> tuple[Targets, list[Note]]:
    """The targets of ``model``, else the first; that there are others is said."""
    names = [targets.model for targets in plan.targets]
    if model and model not in names:
        known = listed(repr(name) for name in names) if any(names) else "an empty cell"
        raise InputError(
            Problem(
                Code.UNKNOWN_WORD, f"the model {model!r}", known, about=("setting", "StudyModel")
            )
        )
    chosen = plan.targets_for(model) if model else plan.targets[0]
    if model or len(names) == 1:
        return chosen, []
    text = f"Of the models {listed(names, 'and')} the first is studied."
    return chosen, [Note(Code.NOT_READ, text, "Name another in the setting StudyModel.")]


def _begin(
    prices: Prices,
    symbols: Sequence[str],
    wanted: Sequence[DatedTargets],
    settings: StudySettings,
    notes: list[Note],
) -> date | None:
    """The first day that counts: the one of the settings, else that from which on all that has a target
    on a day has had a price by then."""
    if settings.start is not None or not prices.dates:
        return settings.start
    table = prices.of(symbols)
    known: BoolArray = np.maximum.accumulate(~np.isnan(table.values), axis=0)
    is_asset = np.array([symbol != CASH for symbol in symbols])
    missing = (
        ~known
        & is_asset
        & np.asarray(np.array([dated.held_on(prices.days) for dated in wanted]).any(axis=0))
    )
    rows = np.flatnonzero(missing.any(axis=1))
    if not rows.size:
        return None
    last = int(rows[-1]) + 1
    if last == len(prices.dates):
        return None
    late = listed(
        (symbol for symbol, is_late in zip(symbols, missing[last - 1], strict=True) if is_late),
        "and",
    )
    day = prices.dates[last]
    notes.append(
        Note(Code.NOT_READ, f"The study begins on {day}, with the first prices of {late}.",
             "Name an earlier day in the setting StudyFrom to let the others share its target until then.")
    )  # fmt: skip
    return day


def _capital(household: Household, targets: Targets, plan: Plan) -> float:
    """Currency that the accounts of the model hold; 1 where they hold nothing yet."""
    names = {
        account.name
        for account in household.accounts
        if len(plan.targets) == 1 or account.model == targets.model
    }
    total = sum(position.value for position in household.positions if position.account in names)
    return total if total > 0 else 1.0


def _about_prices(table: Prices) -> Iterator[Note]:
    """What is missing in the prices, and what is made of it."""
    return (Note(Code.NOT_READ, text, sheet="Prices") for text in about_gaps(table))


def _too_few(within: Prices, prices: Prices) -> Problem:
    outside = len(prices.dates) - len(within.dates)
    beside = f" ({counted(outside, 'row')} outside StudyFrom and AsOf)" if outside else ""
    return Problem(
        Code.TOO_FEW_PRICES,
        f"{counted(len(within.dates), 'row')} of prices{beside}",
        "at least 2",
        "Add the price history of what has a target.",
        sheet="Prices",
    )
