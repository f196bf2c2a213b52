"""A study of bands to blocks: pure, the same for every host."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from xl_rebal.cells import RawCell
from xl_rebal.engine.band_study import (
    OWN_NAME,
    BandStudy,
    Candidate,
    volatility_against_the_rest,
)
from xl_rebal.engine.study import Study
from xl_rebal.errors import Note
from xl_rebal.model.plan import BandKind, Costs
from xl_rebal.model.portfolio import CASH
from xl_rebal.numerics.bands import one_period_width, small_cost_width
from xl_rebal.wording import counted, listed, percent
from xl_rebal.workbook.book import Block, Results
from xl_rebal.workbook.layout import sheets_written_by
from xl_rebal.workbook.layout_study import BANDS, FRONTIER, SUGGESTED, TIMING
from xl_rebal.workbook.render_study import OWN, Rows, source_of, study_convention


def render_bands(study: Study, found: BandStudy, costs: Costs, notes: Sequence[Note]) -> Results:
    """Everything that a study of bands writes."""
    return Results(
        blocks=(
            Block(BANDS.name, tuple(_row(each, found.waiting) for each in found.candidates)),
            Block(SUGGESTED.name, _suggested(study)),
            Block(FRONTIER.name, tuple(_point(each) for each in found.candidates)),
            Block(TIMING.name, _timing(found)),
        ),
        values={
            "BandsSummary": bands_summary(study, found),
            "BandsLuck": luck_sentence(found),
            "BandsConvention": bands_convention(study, costs),
            "BandsSource": source_of(study),
            "BandsNotes": " ".join(str(note) for note in notes),
        },
        sheets=sheets_written_by("bands"),
    )


def bands_summary(study: Study, found: BandStudy) -> str:
    """What was chosen by which rule, and where the book stands."""
    best, own = found.chosen, found.own
    count = sum(each.on_frontier for each in found.candidates)
    chosen = "the policy of this book" if best.is_own else candidate_words(best)
    beside = "" if best.is_own else f" This book: {_costs(own)}."
    return (
        f"Least of cost a year + {study.settings.risk_aversion:g} x tracking error squared: {chosen}, "
        f"{_costs(best)}.{beside} {counted(count, 'policy').replace('policys', 'policies')} of "
        f"{len(found.candidates)} {'is' if count == 1 else 'are'} beaten by no other in both."
    )


def _costs(each: Candidate) -> str:
    figures = each.figures
    return f"{figures.cost_bp:.2f} bp and a tracking error of {percent(figures.tracking_error, 2)} a year"


def luck_sentence(found: BandStudy) -> str:
    """How much the day of the calendar mattered, and up to which cost the book's trades pay."""
    growth = found.luck.growth_rate
    against = (
        f"Who never rebalances never holds {listed(found.waiting, 'and')}."
        if found.waiting
        else f"{OWN_NAME} against never rebalancing: {found.break_even.words}"
    )
    words = found.schedule.words
    dates = f"on {words} dates" if found.schedule.every is None else words
    if len(growth) == 1:
        return (
            f"Timing luck: none is seen of a return to the target {dates}, since these prices have fewer "
            f"than two such dates or one on every row. {against}"
        )
    return (
        f"Timing luck: a return to the target {dates}, moved by 0 to "
        f"{counted(len(growth) - 1, 'row')}, grew by {percent(float(growth.min()), 2)} to "
        f"{percent(float(growth.max()), 2)} a year; nobody could know which. {against}"
    )


def candidate_words(each: Candidate) -> str:
    """A policy in words.

    >>> from xl_rebal.model.schedule import Schedule
    >>> candidate_words(Candidate("Threshold", 0.05, None, None))
    'Threshold ±5 %'
    >>> candidate_words(Candidate("Calendar", None, Schedule(), None))
    'Calendar, quarterly'
    """
    dates = f", {each.looked_at}" if each.schedule is not None or each.new_targets else ""
    return f"{with_band(each.name, each.band)}{dates}"


def with_band(name: str, band: float | None) -> str:
    """A policy's name with the width of its bands, where it is one for all lines."""
    return name if band is None else f"{name} ±{band * 100:g} %"


def bands_convention(study: Study, costs: Costs) -> str:
    """What is done silently elsewhere, and what the bands are."""
    return f"{_widths(study)} {study_convention(study, costs)}"


def _widths(study: Study) -> str:
    kind = {
        BandKind.ABSOLUTE: "points of the portfolio",
        BandKind.RELATIVE: "shares of the target",
        BandKind.FIVE_TWENTY_FIVE: "points of the portfolio, or 25 % of the target if that is less",
        BandKind.VOLATILITY: "points of the portfolio, scaled by volatility",
    }[study.kind]
    words = f"Bands have one width for all lines: {kind}; {OWN_NAME} has its own. Calendars go to the target."
    if study.tactical_targets is None:
        return words
    return (
        f"{words} {OWN_NAME} is tactical: on other targets it is measured otherwise, so it stands beside and "
        "is neither chosen nor on the frontier."
    )


def _row(each: Candidate, waiting: Sequence[str]) -> tuple[RawCell, ...]:
    figures = each.figures
    marks = [word for word, holds in ((OWN, each.is_own), ("chosen", each.is_chosen)) if holds]
    return (
        each.name, each.band, each.looked_at,
        figures.tracking_error, figures.cost_bp, figures.turnover, figures.rebalances,
        figures.growth_rate, None if waiting else figures.ahead, figures.maximum_drift,
        "yes" if each.on_frontier else None, ", ".join(marks) or None,
    )  # fmt: skip


def _point(each: Candidate) -> tuple[RawCell, ...]:
    cost = each.figures.cost_bp
    return (
        each.figures.tracking_error, cost, cost if each.on_frontier else None,
        cost if each.is_own else None, cost if each.is_chosen else None,
    )  # fmt: skip


def _timing(found: BandStudy) -> Rows:
    growth = found.luck.growth_rate
    above = (growth - growth.mean()).tolist()
    return tuple(zip(range(len(above)), growth.tolist(), above, strict=True))


def _suggested(study: Study) -> Rows:
    settings, target = study.settings, study.targets.weights[0]
    volatility = volatility_against_the_rest(study)
    varies = volatility > 0
    small = small_cost_width(target, study.rates, settings.relative_risk_aversion)
    one_period = one_period_width(
        study.rates, settings.risk_aversion, np.where(varies, volatility, 1.0)
    )
    return tuple(
        (line, weight, spread, by_cost, by_period if spread > 0 else None)
        for line, weight, spread, by_cost, by_period in zip(
            study.lines, target.tolist(), volatility.tolist(), small.tolist(), one_period.tolist(),
            strict=True,
        )
        if line != CASH
    )  # fmt: skip
