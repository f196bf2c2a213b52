"""Studies of past prices."""

from __future__ import annotations

from collections.abc import Mapping

from xl_rebal.commands.command import Summary, at_their_places, with_settings
from xl_rebal.engine.band_study import bands_compared
from xl_rebal.engine.book_study import study_of
from xl_rebal.engine.study import Study, compared, noted, notes_of
from xl_rebal.workbook.book import Book
from xl_rebal.workbook.parse import Desk, parse
from xl_rebal.workbook.places import placed_notes
from xl_rebal.workbook.render_bands import bands_summary, render_bands
from xl_rebal.workbook.render_study import own_of, render_backtest, summary_of


def backtest_book(book: Book, settings: Mapping[str, str]) -> Summary:
    """Run the book's policy and its rivals on its prices and write what they come to."""
    desk = parse(with_settings(book.read(), settings), for_study=True)
    with at_their_places(desk):
        study = study_of_book(desk)
        rivals = compared(study, lambda done, total: book.progress("Backtest", done, total))
    notes = placed_notes(noted(study, notes_of(rivals)), desk.places)
    book.write(render_backtest(study, rivals, desk.plan.costs, notes))
    sentence = summary_of(own_of(rivals))
    book.report(sentence)
    return Summary(
        "studied", sentence, desk, notes=(*desk.notes, *notes), study=study, rivals=rivals
    )


def bands_book(book: Book, settings: Mapping[str, str]) -> Summary:
    """Compare bands of many widths on many dates and write what each costs and how near it keeps."""
    desk = parse(with_settings(book.read(), settings), for_study=True)
    with at_their_places(desk):
        study = study_of_book(desk)
        found = bands_compared(study, lambda done, total: book.progress("Bands", done, total))
    notes = placed_notes(noted(study, found.notes), desk.places)
    book.write(render_bands(study, found, desk.plan.costs, notes))
    sentence = bands_summary(study, found)
    book.report(sentence)
    return Summary("studied", sentence, desk, notes=(*desk.notes, *notes), study=study, bands=found)


def study_of_book(desk: Desk) -> Study:
    """A book's plan on its prices, dividends reinvested."""
    prices = desk.prices.total_return(desk.dividends)
    return study_of(desk.household, desk.securities, desk.plan, prices, desk.as_of, desk.study)
