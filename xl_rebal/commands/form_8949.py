"""The sales of a year as rows of Form 8949."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from xl_rebal.commands.command import at_their_places, with_settings
from xl_rebal.commands.taxing import question_of
from xl_rebal.errors import Code, InputError, Note, Problem
from xl_rebal.tax.form_8949 import Form8949, csv_text, form_8949
from xl_rebal.tax.results import Ledger
from xl_rebal.tax.wash import WINDOW
from xl_rebal.wording import counted
from xl_rebal.workbook.book import Book
from xl_rebal.workbook.layout import TRANSACTIONS
from xl_rebal.workbook.parse import Desk, parse
from xl_rebal.workbook.places import placed_notes


@dataclass(frozen=True)
class YearForm:
    """The form of a year, and what is worth knowing of it."""

    year: int
    form: Form8949
    notes: tuple[Note, ...]

    @property
    def text(self) -> str:
        """As a file."""
        return csv_text(self.form)

    @property
    def sentence(self) -> str:
        """How many rows there are."""
        if not self.form.rows:
            return f"No sale of {self.year} is on Form 8949."
        return f"{counted(len(self.form.rows), 'row')} of Form 8949 for {self.year}. This is no tax advice."


def form_of(book: Book, settings: Mapping[str, str], year: int | None = None) -> YearForm:
    """The sales of ``year`` (of AsOf where it is None) in the record of a book.

    InputError where there is no record, it cannot be, or no day is known.
    """
    desk = parse(with_settings(book.read(), settings))
    if not desk.history.transactions:
        raise InputError(
            Problem(Code.NOTHING_TO_READ, "no transactions", "the purchases and sales of the year",
                    "Type them into Transactions.", TRANSACTIONS.sheet)
        )  # fmt: skip
    question = question_of(desk)
    with at_their_places(desk):
        found = question.ledger
    day = question.as_of
    wanted = day.year if year is None else year
    form = form_8949(found, wanted)
    notes = (
        *desk.notes,
        *placed_notes((*form.notes, *_open_end(desk, found, day, wanted)), desk.places),
    )
    return YearForm(wanted, form, notes)


def _open_end(desk: Desk, found: Ledger, day: date, year: int) -> tuple[Note, ...]:
    """What later rows may change: sales of the year after ``day``, and purchases that wash its last losses."""
    said = []
    later = [each.day for each in desk.history.transactions if each.day > day]
    if later:
        text = f"{counted(len(later), 'transaction')} after {day} left out."
        said.append(
            Note(Code.NOT_READ, text, "Blank AsOf, or type a later day.", TRANSACTIONS.sheet)
        )
    if any(
        sale.day.year == year
        and sale.is_taxed
        and sale.basis is not None
        and sale.proceeds < sale.basis
        and sale.day + WINDOW > day
        for sale in found.sales
    ):
        text = f"Purchases after {day} may still wash losses of the last 30 days."
        said.append(
            Note(Code.NOT_PLANNED, text, "Write the form again after them.", TRANSACTIONS.sheet)
        )
    return tuple(said)
