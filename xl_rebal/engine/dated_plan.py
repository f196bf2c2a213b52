"""The tactical targets of a plan: those of a day, which are traded to, and those of a span, which are studied.

Nothing here knows a price or a row of the table that is later than the day asked about.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date

import numpy as np

from xl_rebal.engine.policies import DatedTargets
from xl_rebal.engine.stand_ins import about_classes, stand_ins
from xl_rebal.engine.tactical import generated, needs, newest
from xl_rebal.errors import Code, InputError, Note, Problem
from xl_rebal.model.plan import Plan, TargetLine, Targets
from xl_rebal.model.portfolio import CASH, Household
from xl_rebal.model.prices import Prices
from xl_rebal.model.schedule import Schedule
from xl_rebal.model.securities import Securities
from xl_rebal.model.tactical import Generator, Tactical, TargetChange
from xl_rebal.model.windows import usual_window
from xl_rebal.numerics.tolerance import WEIGHT_TOLERANCE
from xl_rebal.typing import FloatArray
from xl_rebal.wording import percent


def plan_on(
    plan: Plan,
    household: Household,
    securities: Securities,
    prices: Prices,
    as_of: date | None,
) -> tuple[Plan, tuple[Note, ...]]:
    """The plan with the weights that its tactical targets have on ``as_of``; as it is where it has none.

    Of a table the newest change on or before the day holds, before the first the plan's own weights. A
    generator looks at the last row of ``prices`` (total returns) up to the day and at what came before.
    Raises InputError with every model that has no targets then.
    """
    if plan.tactical is None:
        return plan, ()
    found: list[Targets] = []
    notes: list[Note] = []
    problems: list[Problem] = []
    for targets in plan.targets:
        try:
            if plan.tactical.generator is None:
                made, said = _by_table(plan.tactical, targets, as_of)
            else:
                known = prices.between(None, as_of)
                made, said = _by_generator(plan.tactical, targets, household, securities, known)
        except InputError as error:
            problems.extend(error.problems)
            continue
        found.append(made)
        notes.extend(said)
    if problems:
        raise InputError(dict.fromkeys(problems))
    return replace(plan, targets=tuple(found)), tuple(notes)


def targets_in_time(
    plan: Plan, targets: Targets, first: date, last: date
) -> tuple[Targets, DatedTargets]:
    """The lines that a study of these days needs, and which weights of them hold when, in their order.

    Of a generator these are its base targets: what it makes of prices is known later.
    """  # fmt: skip
    own = np.array([line.weight for line in targets.lines])
    if plan.tactical is None:
        return targets, DatedTargets.fixed(own)
    if plan.tactical.generator is None:
        changes = plan.tactical.changes.get(targets.model, ())
        return targets, _from_table(targets, changes).between(first, last)
    targets = _with_cash(targets, plan.tactical.generator)
    return targets, DatedTargets.fixed(np.array([line.weight for line in targets.lines]))


def studied_targets(
    tactical: Tactical,
    lines: Sequence[TargetLine],
    model: str,
    dated: DatedTargets,
    table: Prices,
    schedule: Schedule,
    notes: list[Note],
) -> DatedTargets:
    """The dated targets on the rows of ``table``, whose columns are those of ``lines`` and of ``dated``.

    A generator's dates are those of ``schedule``. InputError where it leaves the limits of a line.
    """
    if tactical.generator is None:
        found = dated.between(table.dates[0], table.dates[-1])
        why = "the first of the dated targets"
    else:
        base = np.array([line.weight for line in lines])
        with _window_of_settings():
            found = generated(tactical.generator, table, base, schedule, tactical.window)
        problems = tuple(_outside(tactical, lines, model, found))
        if problems:
            raise InputError(problems)
        rows = tactical.window or usual_window(tactical.generator)
        why = f"the first date with {needs(tactical.generator, rows)}"
    if found.dates[0] is None and len(found.dates) > 1:
        text = f"The weights of Targets hold until {found.dates[1]}, {why}."
        notes.append(Note(Code.NOT_READ, text))
    return found


@contextmanager
def _window_of_settings() -> Iterator[None]:
    """Too few prices for a window are about the setting that says how many."""
    try:
        yield
    except InputError as error:
        about = ("setting", "TacticalWindow")
        raise InputError(replace(each, about=about) for each in error.problems) from None


def _by_table(
    tactical: Tactical, targets: Targets, as_of: date | None
) -> tuple[Targets, list[Note]]:
    if as_of is None:
        raise InputError(
            Problem(Code.MISSING_CELL, "no AsOf and no prices", "the day whose dated targets hold",
                    "Type the day into AsOf.", argument="setting AsOf", about=("setting", "AsOf"))
        )  # fmt: skip
    changes = tactical.changes.get(targets.model, ())
    days = [change.day for change in changes if change.day <= as_of]
    made = _with_weights(targets, _from_table(targets, changes).on(as_of).weights[0])
    if days:
        return replace(made, since=days[-1]), []
    of_model = f" of model {targets.model}" if targets.model else ""
    until = f": the first are of {changes[0].day}" if changes else ""
    text = f"No dated targets{of_model} hold on {as_of}{until}. The weights of Targets hold."
    return made, [Note(Code.NOT_READ, text, "Add a row of them if that is not meant.",
                       about=("dated targets", targets.model))]  # fmt: skip


def _by_generator(
    tactical: Tactical,
    targets: Targets,
    household: Household,
    securities: Securities,
    prices: Prices,
) -> tuple[Targets, list[Note]]:
    assert tactical.generator is not None
    targets = _with_cash(targets, tactical.generator)
    lines = [line for line in targets.lines if line.weight > 0 or line.key == CASH]
    found = stand_ins(lines, targets, household, securities, prices)
    base = np.array([line.weight for line in lines])
    table = prices.of(tuple(found.values()))
    with _window_of_settings():
        weights = newest(tactical.generator, table, base, tactical.window)
    day = table.dates[-1]
    problems = tuple(_outside(tactical, lines, targets.model, DatedTargets((day,), weights[None])))
    if problems:
        raise InputError(problems)
    by_key = dict(zip(found, weights.tolist(), strict=True))
    every = np.array([by_key.get(line.key, 0.0) for line in targets.lines])
    return replace(_with_weights(targets, every), since=day), about_classes(found, targets)


def _from_table(targets: Targets, changes: Sequence[TargetChange]) -> DatedTargets:
    """Weights in the order of the lines: the targets' own until the first change."""
    own = [line.weight for line in targets.lines]
    later = [[change.weights.get(line.key, 0.0) for line in targets.lines] for change in changes]
    return DatedTargets((None, *(change.day for change in changes)), np.array([own, *later]))


def _with_cash(targets: Targets, generator: Generator) -> Targets:
    """With a line for the cash into which a trend filter goes."""
    if generator is not Generator.TREND or CASH in targets.keys:
        return targets
    return replace(targets, lines=(*targets.lines, TargetLine(CASH, 0.0)))


def _with_weights(targets: Targets, weights: FloatArray) -> Targets:
    lines = zip(targets.lines, weights.tolist(), strict=True)
    return replace(targets, lines=tuple(replace(line, weight=weight) for line, weight in lines))


def _outside(
    tactical: Tactical, lines: Sequence[TargetLine], model: str, dated: DatedTargets
) -> Iterator[Problem]:
    """What a generator makes of a line beyond its minimum or maximum, the first time it does."""
    for line, weights in zip(lines, dated.weights.T, strict=True):
        least = 0.0 if line.minimum is None else line.minimum
        most = 1.0 if line.maximum is None else line.maximum
        beyond = np.flatnonzero(
            (weights < least - WEIGHT_TOLERANCE) | (weights > most + WEIGHT_TOLERANCE)
        )
        if beyond.size:
            place = int(beyond[0])
            yield Problem(
                Code.OUT_OF_RANGE,
                f"a weight of {percent(float(weights[place]), 2)} for {line.key} by {tactical.source}"
                + (f" on {dated.dates[place]}" if dated.dates[place] else ""),
                f"at least {percent(least, 2)} and at most {percent(most, 2)}, the limits of its line",
                "Clear Minimum and Maximum, or choose other tactical targets.",
                about=("target", line.key, model),
            )
