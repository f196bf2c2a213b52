"""A study after tax to blocks: pure, the same for every host."""

from __future__ import annotations

from collections.abc import Sequence

from xl_rebal.cells import RawCell
from xl_rebal.engine.after_tax import Compared
from xl_rebal.engine.after_tax_study import AfterTaxStudy, TaxedPolicy
from xl_rebal.engine.study import Study
from xl_rebal.errors import Note
from xl_rebal.model.plan import Costs
from xl_rebal.model.policy_names import name_of
from xl_rebal.wording import listed, money, percent
from xl_rebal.workbook.book import Block, Results
from xl_rebal.workbook.layout import sheets_written_by
from xl_rebal.workbook.layout_after_tax import AFTER_TAX, AFTER_TAX_CHART, TAX_YEARS
from xl_rebal.workbook.render_bands import with_band
from xl_rebal.workbook.render_study import OWN, Rows, policy_words, source_of, study_convention

BOUND = (
    "What harvesting adds is an upper bound: each loss is exchanged for a twin with the very same returns, "
    "which no real substitute has. Taxes and harvests move the days on which bands are reached, so small "
    "differences are chance. Nothing here is tax advice."
)


def render_after_tax(
    study: Study, found: AfterTaxStudy, costs: Costs, notes: Sequence[Note]
) -> Results:
    """Everything that a study after tax writes."""
    return Results(
        blocks=(
            Block(AFTER_TAX.name, _rows(study, found)),
            Block(AFTER_TAX_CHART.name, _growth(study, found)),
            Block(TAX_YEARS.name, tax_years(found.own)),
        ),
        values={
            "AfterTaxSummary": after_tax_summary(study, found),
            "AfterTaxBound": BOUND,
            "AfterTaxCapital": capital_words(study, found),
            "AfterTaxNotes": " ".join(str(note) for note in notes),
            "AfterTaxRules": "\n".join(found.conventions),
            "AfterTaxConvention": study_convention(study, costs),
        },
        sheets=sheets_written_by("aftertax"),
    )


def taxed_words(study: Study, each: TaxedPolicy) -> str:
    """A policy by when it trades and where to."""
    name = name_of(each.method)
    return with_band(name, each.band) if each.band is not None else policy_words(study, name)


def after_tax_summary(study: Study, found: AfterTaxStudy) -> str:
    """The book's own policy before and after tax, what harvests add, and which row is best."""
    own, (best, row) = found.own, found.best
    name = name_of(own.method)
    added = own.with_harvests.harvest_bp
    assert added is not None
    change = f"add up to {added:.0f}" if added >= 0 else f"cost {-added:.0f}"
    first = (
        f"{name}: {percent(own.without.pre_tax, 2)} a year before tax, "
        f"{percent(own.without.after_tax, 2)} after it when all is sold; harvests {change} bp a year."
    )
    harvests = " with harvesting" if row.harvests else ""
    which = "that is" if best is own else taxed_words(study, best)
    return f"{first} Highest growth of all{harvests}: {which} {percent(row.after_tax, 2)}, whatever its risk."


def capital_words(study: Study, found: AfterTaxStudy) -> str:
    """Whose money it is, and which prices."""
    whose = listed(found.accounts, "and")
    return (
        f"Studied as one taxed account that begins with {money(found.capital)}, the value of "
        f"{whose}. {source_of(study)}"
    )


def _rows(study: Study, found: AfterTaxStudy) -> Rows:
    return tuple(
        (
            taxed_words(study, each), OWN if each.is_own else None, "Yes" if row.harvests else "No",
            row.pre_tax, row.after_tax, row.tax_bp, row.drag_bp, row.harvest_bp, row.behind_bp,
            row.liquidation, *_harvests(row),
        )
        for each in found.policies
        for row in each.rows
    )  # fmt: skip


def _harvests(row: Compared) -> tuple[RawCell, RawCell]:
    """How many there were and how much they took; blank where none were to be made."""
    return (len(row.result.harvests), row.result.harvested) if row.harvests else (None, None)


def _growth(study: Study, found: AfterTaxStudy) -> Rows:
    return tuple(
        (taxed_words(study, each), *(row.after_tax for row in each.rows)) for each in found.policies
    )


def tax_years(own: TaxedPolicy) -> tuple[tuple[int, float, float], ...]:
    """Year, taxes paid in it without harvests, and with them."""
    without, with_harvests = (row.result.paid_by_year for row in own.rows)
    return tuple((year, paid, with_harvests[year]) for year, paid in without.items())
