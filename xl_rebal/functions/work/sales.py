"""The tax on a sale that is thought of."""

from __future__ import annotations

from datetime import date

from xl_rebal.arguments import Grid
from xl_rebal.cells import RawCell
from xl_rebal.errors import Code, InputError, Problem
from xl_rebal.functions.shared import with_headers
from xl_rebal.functions.work.ranges import lot_table
from xl_rebal.functions.work.tax_words import acquired_later, or_unknown, refuse, term
from xl_rebal.model.portfolio import Lot
from xl_rebal.tax.disposal import disposed
from xl_rebal.tax.methods import GainRates, LotMethod
from xl_rebal.wording import did_you_mean
from xl_rebal.worksheet import Answer

_HEADER: list[RawCell] = ["Lot", "Quantity", "Gain", "Term", "Tax"]


def sold_with_tax(
    lots: Grid,
    quantity: float,
    price: float,
    sale_date: date,
    method: str,
    short_rate: float,
    long_rate: float,
    lot_ids: tuple[str, ...],
    headers: bool,
) -> Answer:
    """A row a lot that the sale takes."""
    found: list[Problem] = []
    known = lot_table(lots, "lots", found)
    refuse(found)
    refuse(_of_one_symbol(known, sale_date))
    named = _named(known, lot_ids)
    words = LotMethod(method)
    if words is LotMethod.SPECIFIC and not named:
        raise InputError(
            Problem(Code.MISSING_CELL, "no lots named", "the lots that are sold",
                    "Give lot_ids, or another method.", argument="lot_ids")
        )  # fmt: skip
    rates = GainRates(short_rate, long_rate)
    sold = disposed(known, quantity, quantity * price, sale_date, words, rates, named)
    if sold.missing:
        there = quantity - sold.missing
        raise InputError(
            Problem(Code.OUT_OF_RANGE, f"{quantity:g} shares to sell", f"at most the {there:g} of these lots",
                    argument="quantity")
        )  # fmt: skip
    rows: list[list[RawCell]] = [
        [each.lot.lot_id, each.quantity, or_unknown(each.gain), term(each.is_long),
         or_unknown(each.tax(rates))]
        for each in sold.sold
    ]  # fmt: skip
    return with_headers(_HEADER, rows, headers)


def _of_one_symbol(lots: tuple[Lot, ...], sale_date: date) -> list[Problem]:
    places = sorted({(lot.account, lot.symbol) for lot in lots})
    problems = []
    if len(places) > 1:
        problems.append(
            Problem(Code.CONFLICT, f"lots of {len(places)} holdings", "those of one symbol in one account",
                    "Give the rows of one at a time.", argument="lots")
        )  # fmt: skip
    problems.extend(acquired_later(lots, sale_date, "sale_date"))
    return problems


def _named(lots: tuple[Lot, ...], names: tuple[str, ...]) -> list[Lot]:
    by_name = {lot.lot_id.casefold(): lot for lot in lots}
    missing = [name for name in names if name.casefold() not in by_name]
    refuse(
        Problem(Code.UNKNOWN_WORD, f"lot {name!r}", "a lot of the range",
                did_you_mean(name, [lot.lot_id for lot in lots]), argument="lot_ids")
        for name in missing
    )  # fmt: skip
    return list(dict.fromkeys(by_name[name.casefold()] for name in names))
