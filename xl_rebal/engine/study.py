"""The policy of a book on past prices, beside its rivals: what the commands of a study run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from xl_rebal.engine.backtest import Backtest, Conventions, CostRule, backtest
from xl_rebal.engine.estimates import VOLATILITY_WINDOW
from xl_rebal.engine.gaps import about_gaps
from xl_rebal.engine.lines import bands_of, line_of
from xl_rebal.engine.policies import NEVER, DatedTargets, Policy, When
from xl_rebal.engine.statistics import Statistics, statistics
from xl_rebal.errors import Code, InputError, Note, Problem
from xl_rebal.model.plan import (
    TO_TARGET,
    BandKind,
    BandRule,
    Destination,
    Method,
    Plan,
    TargetLine,
    Targets,
)
from xl_rebal.model.portfolio import CASH, Household
from xl_rebal.model.prices import Prices
from xl_rebal.model.schedule import Schedule
from xl_rebal.model.securities import Securities
from xl_rebal.numerics.tolerance import WEIGHT_TOLERANCE
from xl_rebal.typing import FloatArray
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
    book's method. ``notes`` say what is not as it seems.
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

    @property
    def rates(self) -> FloatArray:
        """Cost per side of each line, a fraction."""
        return np.broadcast_to(np.asarray(self.conventions.rate, dtype=np.float64), len(self.lines))

    @property
    def fees(self) -> FloatArray:
        """Ticket fee of each line, currency a trade."""
        return np.broadcast_to(np.asarray(self.conventions.fee, dtype=np.float64), len(self.lines))

    def policy(self, method: Method | None) -> Policy:
        """The policy of a method with this book's bands, dates and destination; None: never.

        A plain calendar that isn't the book's own goes to the target: into the bands it would be
        calendar + threshold under another name.
        """
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
    """One policy of a comparison; ``is_own`` marks the book's."""

    name: str
    is_own: bool
    run: Backtest
    figures: Statistics


RIVALS = (None, Method.CALENDAR, Method.THRESHOLD, Method.CALENDAR_THRESHOLD)
NAMES = tuple(NEVER_NAME if method is None else method.value for method in RIVALS)


def compared(study: Study, progress: Progress | None = None) -> tuple[Rival, ...]:
    """Never rebalancing, and each method with the book's own dates, bands and destination."""
    found = []
    for done, (name, method) in enumerate(zip(NAMES, RIVALS, strict=True)):
        if progress is not None:
            progress(done, len(RIVALS))
        run = backtest(study.prices, study.policy(method), study.conventions)
        figures = statistics(run, study.settings.risk_free)
        found.append(Rival(name, method is study.own, run, figures))
    return tuple(found)


def noted(study: Study, texts: Iterable[str]) -> tuple[Note, ...]:
    """What is worth knowing of a study and, by their ``texts``, of its runs, each thing once."""
    known = {note.text for note in study.notes}
    new = dict.fromkeys(text for text in texts if text not in known)
    return (*study.notes, *(Note(Code.NOT_READ, text, sheet="Prices") for text in new))


def notes_of(rivals: Sequence[Rival]) -> tuple[str, ...]:
    """What is worth knowing of the runs that trade, the book's own first."""
    trading = [rival for rival in rivals if rival.name != NEVER_NAME]
    return tuple(
        text
        for rival in sorted(trading, key=lambda each: not each.is_own)
        for text in rival.run.notes
    )


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
    targets, notes = _chosen(plan, settings.model)
    found = _served(targets, household, securities, prices, notes)
    symbols = tuple(found.values())
    within = prices.between(_begin(prices, symbols, settings, notes), as_of)
    if len(within.dates) < 2:
        raise InputError(_too_few(within, prices))
    lines = [line for line in targets.lines if line.key in found]
    known = [securities.get(symbol) for symbol in symbols]
    table = within.of(symbols)
    return Study(
        prices=table,
        lines=tuple(found),
        targets=DatedTargets.fixed(np.array([line.weight for line in lines])),
        bands=bands_of(lines, plan.bands),
        kind=plan.bands.kind,
        to=plan.destination,
        own=plan.method,
        settings=settings,
        conventions=Conventions(
            rate=plan.costs.rates(known),
            fee=plan.costs.fees(known),
            capital=_capital(household, targets, plan),
            lag=settings.lag,
            charge_first_purchase=settings.charge_first_purchase,
            cost_rule=settings.cost_rule,
            cash_rate=settings.cash_rate,
            window=settings.window,
        ),
        notes=(*notes, *_about_prices(table)),
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


def _served(
    targets: Targets,
    household: Household,
    securities: Securities,
    prices: Prices,
    notes: list[Note],
) -> dict[str, str]:
    """The symbol whose prices stand for each line with a target above 0."""
    found: dict[str, str] = {}
    problems = []
    for line in targets.lines:
        if line.weight <= 0:
            continue
        symbol = _symbol(line, targets, household, securities, prices)
        if symbol is None:
            problems.append(_no_prices(line, targets.model))
            continue
        found[line.key] = symbol
        if line.is_class:
            text = f"The class {line.key} is studied as {symbol}."
            notes.append(Note(Code.NOT_READ, text, about=("target", line.key, targets.model)))
    if problems:
        raise InputError(problems)
    return found


def _symbol(
    line: TargetLine,
    targets: Targets,
    household: Household,
    securities: Securities,
    prices: Prices,
) -> str | None:
    def has_prices(symbol: str) -> bool:
        return symbol in prices.symbols and not np.isnan(prices.column(symbol)).all()

    if not line.is_class:
        return line.key if line.key == CASH or has_prices(line.key) else None
    held: dict[str, float] = {}
    for position in household.positions:
        held[position.symbol] = held.get(position.symbol, 0.0) + position.value
    listed_symbols = [security.symbol for security in securities.of_class(line.key)]
    members = [
        symbol
        for symbol in dict.fromkeys([*listed_symbols, *sorted(held)])
        if line_of(symbol, targets, securities) == line.key and has_prices(symbol)
    ]
    return max(members, key=lambda symbol: held.get(symbol, 0.0), default=None)


def _begin(
    prices: Prices, symbols: Sequence[str], settings: StudySettings, notes: list[Note]
) -> date | None:
    """The first day that counts: the one of the settings, else that on which all have had a price."""
    if settings.start is not None or not prices.dates:
        return settings.start
    first = {
        symbol: int(np.flatnonzero(~np.isnan(prices.column(symbol)))[0])
        for symbol in symbols
        if symbol != CASH
    }
    last = max(first.values(), default=0)
    if last == 0:
        return None
    late = listed((symbol for symbol, row in first.items() if row == last), "and")
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


def _no_prices(line: TargetLine, model: str) -> Problem:
    what = f"any security of class {line.key!r}" if line.is_class else repr(line.key)
    return Problem(
        Code.MISSING_PRICE,
        f"no column of prices for {what}, which has a target",
        "a column headed with its symbol on the sheet Prices",
        "Add its prices there (`xl-rebal import` reads them from a file).",
        about=("target", line.key, model),
    )


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
