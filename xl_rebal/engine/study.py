"""The policy of a book on past prices, beside its rivals: what the commands of a study run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from xl_rebal.engine.backtest import Backtest, Conventions, backtest
from xl_rebal.engine.policies import NEVER, DatedTargets, Policy, When, Worth, optimal, tactical
from xl_rebal.engine.statistics import Statistics, statistics
from xl_rebal.errors import Code, Note
from xl_rebal.model.plan import (
    TO_TARGET,
    BandKind,
    BandRule,
    Destination,
    Method,
)
from xl_rebal.model.policy_names import NEVER_NAME, RIVALS, name_of
from xl_rebal.model.prices import Prices
from xl_rebal.model.study_settings import StudySettings
from xl_rebal.model.tactical import Tactical
from xl_rebal.numerics.tolerance import WEIGHT_TOLERANCE
from xl_rebal.typing import FloatArray

Progress = Callable[[int, int], None]
"""Told how many of how many runs are done; may raise to cancel."""


@dataclass(frozen=True)
class Study:
    """Prices in the order of the targets, and all that a policy on them is made of.

    ``lines`` are the target lines that the columns stand for, ``kind`` is that of the default band, ``own`` the
    book's method. ``targets`` are those of the sheet, ``tactical_targets`` those that the book holds instead
    where its method is tactical. ``notes`` say what is not as it seems. ``accounts`` are those of the targets.
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
    accounts: tuple[str, ...] = ()

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
        if method is Method.TACTICAL:
            assert self.tactical_targets is not None
            return replace(tactical(self.tactical_targets), to=self.to, bands=self.bands)
        if method is Method.OPTIMAL:
            worth = Worth(self.settings.risk_aversion)
            return replace(optimal(self.targets, worth), bands=self.bands)
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
