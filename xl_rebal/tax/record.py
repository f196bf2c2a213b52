"""The rows of a record as events: by date, then by what they are, then by content; never by row."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from xl_rebal.model.transactions import Activity, Transaction

Order = tuple[date, int, str, str, str, float, bool, float, str]

ON_ONE_DAY = {
    Activity.SPLIT: 0,
    Activity.OPENING: 1,
    Activity.BUY: 1,
    Activity.REINVEST: 1,
    Activity.TRANSFER: 2,
    Activity.SELL: 3,
}
"""What comes first on one date; a dividend changes nothing."""


def order(row: Transaction) -> Order:
    """Date, kind, then content: account, symbol, lot, quantity, amount (an unknown one last), activity."""
    amount, activity = row.amount, row.activity
    return (
        row.day,
        ON_ONE_DAY[activity],
        row.account,
        row.symbol,
        row.lot_id,
        row.quantity,
        amount is None,
        amount or 0.0,
        activity,
    )


def known(transactions: Iterable[Transaction], as_of: date | None) -> list[Transaction]:
    """The rows up to ``as_of``; None: all."""
    return [row for row in transactions if as_of is None or row.day <= as_of]


def events(transactions: Iterable[Transaction]) -> list[Transaction]:
    """All rows that change lots, in the order in which they happen."""
    found = [row for row in transactions if row.activity is not Activity.DIVIDEND]
    found.sort(key=order)
    return found


def lot_names(in_order: Iterable[Transaction]) -> dict[int, str]:
    """The lot of each purchase, by row: its own name, else its date, numbered where a day has several.

    ``in_order``: events. Names count within an account and symbol.
    """
    names: dict[int, str] = {}
    nameless: dict[tuple[str, str, date], int] = {}
    for row in in_order:
        if not row.activity.acquires:
            continue
        if row.lot_id:
            names[row.row] = row.lot_id
            continue
        key = row.account, row.symbol, row.day
        nameless[key] = number = nameless.get(key, 0) + 1
        names[row.row] = f"{row.day}/{number}" if number > 1 else str(row.day)
    return names
