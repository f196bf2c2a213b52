"""The rows of Form 8949, Sales and Other Dispositions of Capital Assets, of a year."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from xl_rebal.errors import Code, Note
from xl_rebal.numerics.money import cents, currency
from xl_rebal.tax.choice import NOTHING
from xl_rebal.tax.results import Ledger, Sale

WASH_SALE = "W"
HEADERS = (
    "Part", "(a) Description of property", "(b) Date acquired", "(c) Date sold", "(d) Proceeds",
    "(e) Cost or other basis", "(f) Code", "(g) Amount of adjustment", "(h) Gain or loss",
)  # fmt: skip


@dataclass(frozen=True)
class FormRow:
    """One line; amounts are cents, and gain = proceeds - cost + adjustment exactly.

    acquired: the trade date of the lot itself, as column (b) asks (Instructions for Form 8949, column (b)).
    Time that was added after a wash sale shows in the part alone: the term follows the holding period of
    IRC 1223(3), as in box 2 of Form 1099-B (its instructions), so a long-term row may have two dates within
    a year.
    """

    is_long: bool
    description: str
    acquired: date
    sold: date
    proceeds: int
    cost: int
    adjustment: int

    @property
    def code(self) -> str:
        """W where a loss is not allowed, which column (g) holds as a positive number."""
        return WASH_SALE if self.adjustment else ""

    @property
    def gain(self) -> int:
        return self.proceeds - self.cost + self.adjustment


@dataclass(frozen=True)
class Form8949:
    """Short-term rows, then long-term ones; notes say what was left out."""

    rows: tuple[FormRow, ...]
    notes: tuple[Note, ...] = ()


def form_8949(found: Ledger, year: int) -> Form8949:
    """All sales of a year in taxed accounts, one row for each piece of a lot, by term, date and symbol.

    What parts of one sale received adds up to what the sale received, to the cent.
    """
    of_year = [sale for sale in found.sales if sale.is_taxed and sale.day.year == year]
    proceeds = _proceeds(of_year)
    known = [each for each in zip(of_year, proceeds, strict=True) if each[0].basis is not None]
    known.sort(key=lambda each: (each[0].is_long, each[0].day, each[0].symbol, each[0].acquired))
    notes = (_left_out(sale) for sale in of_year if sale.basis is None)
    return Form8949(tuple(_row(sale, amount) for sale, amount in known), tuple(notes))


def csv_text(form: Form8949) -> str:
    """The rows as a file: dates as on the form (month/day/year), amounts with two decimals."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADERS)
    for row in form.rows:
        amounts = (_amount(row.proceeds), _amount(row.cost), row.code)
        adjusted = (_amount(row.adjustment) if row.code else "", _amount(row.gain))
        dates = f"{row.acquired:%m/%d/%Y}", f"{row.sold:%m/%d/%Y}"
        writer.writerow(
            ("II" if row.is_long else "I", row.description, *dates, *amounts, *adjusted)
        )
    return text.getvalue()


def _row(sale: Sale, proceeds: int) -> FormRow:
    """Rounded so that a loss that is not allowed at all leaves 0, and no more than the loss is added."""
    cost = cents(sale.basis or 0.0)
    loss, disallowed = max(cost - proceeds, 0), sale.disallowed or 0.0
    is_whole = (sale.basis or 0.0) - sale.proceeds <= disallowed * (1 + NOTHING)
    adjustment = loss if is_whole and disallowed else min(cents(disallowed), loss)
    return FormRow(
        sale.is_long,
        f"{_shares(sale.quantity)} sh. {sale.symbol}",
        sale.acquired,
        sale.day,
        proceeds,
        cost,
        adjustment,
    )


def _proceeds(sales: Iterable[Sale]) -> list[int]:
    """Cents of each piece: the running sum of a sale's pieces is rounded, so its last digit is never lost."""
    exact: dict[int, float] = {}
    given: dict[int, int] = {}
    found = []
    for sale in sales:
        exact[sale.row] = exact.get(sale.row, 0.0) + sale.proceeds
        amount = cents(round(exact[sale.row], 6)) - given.get(sale.row, 0)
        given[sale.row] = given.get(sale.row, 0) + amount
        found.append(amount)
    return found


def _shares(quantity: float) -> str:
    """A number of shares as it is read: no last bits of a float.

    >>> _shares(100.0), _shares(0.1 + 0.2), _shares(12345.678)
    ('100', '0.3', '12345.678')
    """
    return f"{quantity:.6f}".rstrip("0").rstrip(".")


def _amount(number: int) -> str:
    return f"{currency(number):.2f}"


def _left_out(sale: Sale) -> Note:
    return Note(
        Code.UNKNOWN_COST,
        f"{_shares(sale.quantity)} sh. {sale.symbol} of lot {sale.lot_id}, sold in {sale.account} on "
        f"{sale.day}, are not on Form 8949: their cost is unknown.",
        "Type it into the Opening lot.",
        about=("transaction", str(sale.row)),
    )
