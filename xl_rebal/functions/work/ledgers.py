"""What a record of transactions comes to: open lots, and what each sale meant for taxes."""

from __future__ import annotations

from datetime import date

from xl_rebal.arguments import Grid
from xl_rebal.cells import RawCell
from xl_rebal.errors import InputError, Problem
from xl_rebal.functions.shared import with_headers
from xl_rebal.functions.work.ranges import Record, record, security_table
from xl_rebal.functions.work.tax_words import or_unknown, term
from xl_rebal.tax.ledger import ledger
from xl_rebal.tax.methods import LotMethod, WashScope
from xl_rebal.tax.results import Ledger
from xl_rebal.worksheet import Answer

_LOTS: list[RawCell] = [
    "Account", "Symbol", "Lot", "Acquired", "Quantity", "Adjusted basis", "Adjusted date",
]  # fmt: skip
_SALES: list[RawCell] = [
    "Date", "Account", "Symbol", "Lot", "Quantity", "Proceeds", "Basis", "Disallowed", "Recognised",
    "Term",
]  # fmt: skip


def open_lots(
    transactions: Grid,
    as_of: date | None,
    method: str,
    scope: str,
    securities: Grid | None,
    headers: bool,
) -> Answer:
    """A row a lot that is open at the end of ``as_of``."""
    made = _read_record(transactions, securities)
    found = _worked_out(made, as_of=as_of, method=LotMethod(method), scope=WashScope(scope))
    rows: list[list[RawCell]] = [
        [each.account, each.symbol, each.lot_id, each.acquired, each.quantity, or_unknown(each.basis),
         each.adjusted]
        for each in found.lots
    ]  # fmt: skip
    return with_headers(_LOTS, rows, headers)


def sold_lots(
    transactions: Grid, scope: str, method: str, securities: Grid | None, headers: bool
) -> Answer:
    """A row a lot that was sold."""
    made = _read_record(transactions, securities)
    found = _worked_out(made, method=LotMethod(method), scope=WashScope(scope))
    rows: list[list[RawCell]] = [
        [each.day, each.account, each.symbol, each.lot_id, each.quantity, each.proceeds,
         or_unknown(each.basis), or_unknown(each.disallowed), or_unknown(each.recognised),
         term(each.is_long)]
        for each in found.sales
    ]  # fmt: skip
    return with_headers(_SALES, rows, headers)


def _read_record(transactions: Grid, securities: Grid | None) -> Record:
    """The record; InputError with all that is wrong in it and in the securities."""
    found: list[Problem] = []
    known = security_table(securities, "securities", found)
    made = record(transactions, known, "transactions", found)
    if found or made is None:
        raise InputError(found)
    return made


def _worked_out(made: Record, **rules: object) -> Ledger:
    """The ledger of a record; what it refuses is said with the rows of the range."""
    try:
        return ledger(made.history, **rules)  # type: ignore[arg-type]
    except InputError as error:
        raise InputError(made.problems(error.problems)) from error
