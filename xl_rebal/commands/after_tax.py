"""After tax: this book's policy and others, without and with harvests, to what is left when all is sold."""

from __future__ import annotations

from collections.abc import Mapping

from xl_rebal.commands.command import Summary, at_their_places, with_settings
from xl_rebal.commands.study import study_of_book
from xl_rebal.engine.after_tax_study import after_tax_study
from xl_rebal.engine.study import noted
from xl_rebal.workbook.book import Book
from xl_rebal.workbook.parse import parse
from xl_rebal.workbook.places import placed_notes
from xl_rebal.workbook.render_after_tax import after_tax_summary, render_after_tax


def after_tax_book(book: Book, settings: Mapping[str, str]) -> Summary:
    """Run the book's policy, its rivals and bands of other widths with lots and taxes, and write the result."""
    desk = parse(with_settings(book.read(), settings), for_study=True)
    with at_their_places(desk):
        study = study_of_book(desk)
        found = after_tax_study(
            study, desk.household, desk.tax,
            lambda done, total: book.progress("After tax", done, total),
        )  # fmt: skip
    said = (*found.notes, *noted(study, found.said))
    notes = placed_notes(said, desk.places)
    book.write(render_after_tax(study, found, desk.plan.costs, notes))
    sentence = after_tax_summary(study, found)
    book.report(sentence)
    return Summary("studied", sentence, desk, notes=(*desk.notes, *notes), study=study, taxed=found)
