"""A harvest to blocks: pure, the same for every host."""

from __future__ import annotations

from collections.abc import Sequence

from xl_rebal.cells import RawCell
from xl_rebal.engine.taxes.harvest_choice import Candidate
from xl_rebal.engine.taxes.harvested import Harvested
from xl_rebal.errors import Note
from xl_rebal.tax.candidates import wash_words
from xl_rebal.tax.methods import WashScope
from xl_rebal.tax.replacing import key_of
from xl_rebal.wording import counted, listed, money, percent
from xl_rebal.workbook.book import Block, Results
from xl_rebal.workbook.layout import HARVEST_TRADES, sheets_written_by
from xl_rebal.workbook.layout_tax import HARVEST, HARVEST_CHART
from xl_rebal.workbook.parse import Desk
from xl_rebal.workbook.render import trade_rows

_SCOPES = {
    WashScope.HOUSEHOLD_IRA: "all accounts",
    WashScope.HOUSEHOLD: "all taxed accounts",
    WashScope.TAXABLE: "the taxed accounts of the owner",
    WashScope.ACCOUNT: "the account itself",
}
Rows = tuple[tuple[RawCell, ...], ...]
CHARTED = 20
"""Lots on the chart."""


def render_harvest(desk: Desk, harvested: Harvested, notes: Sequence[Note]) -> Results:
    """Everything that a harvest writes."""
    carried = harvested.after.netted.carried
    return Results(
        blocks=(
            Block(
                HARVEST.name, tuple(_row(each, harvested) for each in harvested.found.candidates)
            ),
            Block(HARVEST_TRADES.name, trade_rows(harvested.traded)),
            Block(HARVEST_CHART.name, _chart_rows(harvested)),
        ),
        values={
            "HarvestSummary": harvest_sentence(harvested, desk.currency),
            "HarvestDoNotBuy": do_not_buy(harvested),
            "HarvestConvention": harvest_convention(desk),
            "HarvestNotes": " ".join(str(note) for note in notes),
            "HarvestLoss": harvested.loss,
            "HarvestGross": harvested.gross,
            "HarvestNow": harvested.now,
            "HarvestNet": harvested.net,
            "HarvestTaxBefore": harvested.year.tax,
            "HarvestTaxOther": harvested.other.tax,
            "HarvestTaxAfter": harvested.after.tax,
            "HarvestCarryShort": carried.short,
            "HarvestCarryLong": carried.long,
        },
        sheets=sheets_written_by("harvest"),
    )


def harvest_sentence(harvested: Harvested, currency: str) -> str:
    """What is taken and what it is worth, in one line."""
    taken, trades = harvested.found.taken, counted(len(harvested.traded.trades), "trade")
    if not taken:
        count = len(harvested.found.candidates)
        why = (
            f"none of {counted(count, 'lot')} at a loss is taken"
            if count
            else "no lot is at a loss"
        )
        return f"Nothing to harvest: {why}. {trades} towards target."
    return (
        f"{counted(len(taken), 'lot')} sold at a loss of {money(harvested.loss)} {currency}: "
        f"{money(harvested.now)} of this year's tax saved, net benefit {money(harvested.net)} after later tax "
        f"and costs. {trades} in all."
    )


def do_not_buy(harvested: Harvested) -> str:
    """What must not be bought, and how long."""
    if not harvested.not_before:
        return "Nothing is sold at a loss, so nothing needs to wait."
    days = sorted(set(harvested.not_before.values()))
    parts = [
        f"{listed([s for s, until in harvested.not_before.items() if until == day], 'and')} before {day}"
        for day in days
    ]
    return f"Do not buy {'; '.join(parts)}: it might wash the loss. Reinvested dividends are purchases too."


def year_words(harvested: Harvested) -> str:
    """The tax of the year before and after the trades, and what is carried on."""
    year, carried = harvested.book.question.as_of.year, harvested.after.netted.carried
    return (
        f"{year}: tax {money(harvested.year.tax)} as it stands, {money(harvested.other.tax)} with the other "
        f"sales alone, {money(harvested.after.tax)} after all these trades; carried forward "
        f"{money(carried.short)} short-term, {money(carried.long)} long-term."
    )


def harvest_convention(desk: Desk) -> str:
    """By which rates and rules the figures are reckoned."""
    rules = desk.tax
    rates, least = rules.rates, rules.minimum_loss_fraction
    return (
        f"US rules. Rates {percent(rates.short)} on short-term and {percent(rates.long)} on long-term gains, "
        f"{percent(rates.ordinary)} on other income, which a net loss lowers (tax below 0). The lower "
        f"basis is taxed in {rules.horizon:g} years, discounted at {percent(rules.discount)} a year. Lots from "
        f"a loss of {money(rules.minimum_loss)} and {percent(least)} of basis; purchases within 30 days looked "
        f"for in {_SCOPES[rules.scope]}; a substitute's returns correlate at least "
        f"{rules.least_correlation:g} over {desk.study.window:,} rows. Nothing here is tax advice."
    )


def wash_status(candidate: Candidate, harvested: Harvested) -> str:
    """Which purchases may wash its loss: of today, or of the list itself where it is sold."""
    by = harvested.washed.get(key_of(candidate.loss.lot), candidate.washed_by)
    return wash_words(by)


def take_words(candidate: Candidate, harvested: Harvested) -> str:
    """Whether a lot is sold, and why not."""
    if not candidate.is_taken:
        return f"No: {candidate.why_not.partition(':')[0]}"
    sold, whole = harvested.sold_of(candidate), candidate.loss.lot.quantity
    return "Yes" if sold >= whole * (1 - 1e-9) else f"Yes, {sold:.10g} of {whole:.10g}"


def _row(each: Candidate, harvested: Harvested) -> tuple[RawCell, ...]:
    lot, best = each.loss.lot, each.substitute
    return (
        lot.account, lot.symbol, lot.lot_id, lot.acquired, lot.quantity, each.loss.loss, each.saving.gross,
        each.saving.net, "long" if each.loss.is_long else "short",
        best.symbol if best else None, best.correlation if best else None,
        None if best is None else "Yes" if best.same_group else "No",
        wash_status(each, harvested), each.clear_day, take_words(each, harvested),
    )  # fmt: skip


def _chart_rows(harvested: Harvested) -> Rows:
    """The first lots by name; each stands in the column of whether it is taken."""
    return tuple(
        (
            f"{lot.symbol} {lot.lot_id} ({lot.account})",
            each.saving.net if each.is_taken else None,
            None if each.is_taken else each.saving.net,
        )
        for each in harvested.found.candidates[:CHARTED]
        for lot in [each.loss.lot]
    )
