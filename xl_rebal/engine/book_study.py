"""A book's plan as a study of its prices: what stands for what, when it begins, what is refused."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

import numpy as np

from xl_rebal.engine.backtest import Conventions
from xl_rebal.engine.dated_plan import studied_targets, targets_in_time
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
from xl_rebal.engine.policies import DatedTargets
from xl_rebal.engine.stand_ins import about_classes, stand_ins
from xl_rebal.engine.study import Study
from xl_rebal.errors import Code, InputError, Note, Problem
from xl_rebal.model.plan import Plan, Targets
from xl_rebal.model.portfolio import CASH, Household
from xl_rebal.model.prices import Prices
from xl_rebal.model.securities import Securities
from xl_rebal.model.study_settings import StudySettings
from xl_rebal.model.tactical import Generator
from xl_rebal.typing import BoolArray
from xl_rebal.wording import counted, listed


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
    fees weigh as they do there; 1 where they hold nothing yet. Raises InputError with every target
    line that has no prices.
    """
    chosen, notes = _chosen(plan, settings.model)
    last = min([as_of or date.max, *prices.dates[-1:]])
    targets, dated = targets_in_time(plan, chosen, settings.start or date.min, last)
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
    accounts = _accounts(household, targets, plan)
    held = value_of(household, accounts)
    table = within.of(symbols)
    problems = _of_settings(idle_settings(table, settings.schedule, settings.lag))
    tactical_targets = None
    if plan.tactical is not None:
        try:
            tactical_targets = studied_targets(
                plan.tactical, lines, targets.model, dated, table, settings.schedule, notes
            )
        except InputError as error:
            problems.extend(error.problems)
        else:
            is_table = plan.tactical.generator is None
            if is_table or not problems:  # a generator's dates are those of the settings
                source = ("dated targets", targets.model) if is_table else _SETTING[TARGETS]
                still = unchanging_targets(table, tactical_targets)
                problems.extend(_of_settings(still, {TARGETS: source}))
    if problems:
        raise InputError(problems)
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
            fee=plan.costs.fees(known),
            capital=held if held > 0 else 1.0,
            lag=settings.lag,
            charge_first_purchase=settings.charge_first_purchase,
            cost_rule=settings.cost_rule,
            cash_rate=settings.cash_rate,
            window=settings.window,
        ),
        notes=(*notes, *_about_prices(table)),
        tactical=plan.tactical,
        tactical_targets=tactical_targets,
        accounts=accounts,
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


_SETTING = {
    LAG: ("setting", "Lag"),
    OFFSET: ("setting", "Offset"),
    DAY: ("setting", "TradingDay"),
    FREQUENCY: ("setting", "Frequency"),
    TARGETS: ("setting", "TacticalTargets"),
}


def _of_settings(
    found: Iterable[Problem], places: Mapping[str, tuple[str, ...]] = _SETTING
) -> list[Problem]:
    """The problems of what never trades, about the settings of a book."""
    return [
        replace(each, about=(about := places[each.about[0]]), argument=" ".join(about))
        for each in found
    ]


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


def _accounts(household: Household, targets: Targets, plan: Plan) -> tuple[str, ...]:
    """Those that hold the targets."""
    return tuple(
        account.name
        for account in household.accounts
        if len(plan.targets) == 1 or account.model == targets.model
    )


def value_of(household: Household, accounts: Sequence[str]) -> float:
    """Currency that ``accounts`` hold."""
    return sum(each.value for each in household.positions if each.account in accounts)


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
