"""Harvest: which losses are worth taking, and one list of trades with all that follows."""

from __future__ import annotations

from collections.abc import Mapping

from xl_rebal.commands.command import Summary, at_their_places, with_settings
from xl_rebal.commands.rebalancing import notes_of, to_trade
from xl_rebal.commands.taxing import notes_on_year, question_of, year_so_far
from xl_rebal.engine.taxes.harvest_book import HarvestBook
from xl_rebal.engine.taxes.harvested import Harvested, harvested
from xl_rebal.engine.taxes.recorded import with_recorded_lots
from xl_rebal.errors import Code, InputError, Problem
from xl_rebal.workbook.book import Book
from xl_rebal.workbook.layout import LOTS
from xl_rebal.workbook.parse import Desk, parse
from xl_rebal.workbook.places import placed_notes
from xl_rebal.workbook.render_harvest import harvest_sentence, render_harvest


def propose_harvest(book: Book, settings: Mapping[str, str]) -> Summary:
    """The losses that are taken and the trades that follow, without writing anything."""
    desk = to_trade(parse(with_settings(book.read(), settings)))
    with at_their_places(desk):
        found = _harvested(desk)
    on_year = placed_notes(notes_on_year(found.year, found.book.question.as_of), desk.places)
    return Summary(
        "harvest" if found.found.taken else "nothing to harvest",
        harvest_sentence(found, desk.currency),
        desk,
        traded=found.traded,
        notes=(*notes_of(desk, found.traded), *on_year),
        harvested=found,
    )


def harvest_book(book: Book, settings: Mapping[str, str]) -> Summary:
    """Find the losses and write them, with their list of trades, into their own sheets."""
    book.report("Harvesting ...")
    summary = propose_harvest(book, settings)
    assert summary.harvested is not None
    book.write(render_harvest(summary.desk, summary.harvested, summary.notes))
    book.report(summary.sentence)
    return summary


def _harvested(desk: Desk) -> Harvested:
    question = question_of(desk)
    household = with_recorded_lots(desk.household, question.ledger.lots)
    if not household.lots:
        raise InputError(
            Problem(Code.NOTHING_TO_READ, "no lots", "lots, or transactions that leave some",
                    "Type them: without a basis there is no loss.", LOTS.sheet)
        )  # fmt: skip
    book = HarvestBook(
        household,
        desk.securities,
        desk.plan,
        desk.quotes,
        desk.prices.total_return(desk.dividends),
        question,
        desk.study.window,
        desk.tax.least_correlation,
    )
    return harvested(book, year_so_far(question), desk.tax.avoids_wash_sales)
