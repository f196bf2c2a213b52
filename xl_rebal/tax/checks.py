"""What is wrong with rows whatever is held: numbers, names, splits, transfers; all of it at once."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from xl_rebal.errors import Code, Problem
from xl_rebal.model.transactions import Activity, History, Transaction
from xl_rebal.tax.choice import NOTHING
from xl_rebal.tax.methods import LotMethod, method_of
from xl_rebal.tax.record import events, lot_names
from xl_rebal.tax.row_problems import about_row, row_of
from xl_rebal.tax.splits import differ
from xl_rebal.wording import shown

Holding = tuple[str, str]
Look = Callable[[Sequence[Transaction]], Iterator[Problem]]


@dataclass(frozen=True)
class Checked:
    """Sound rows in the order in which they happen, and what is wrong with the others.

    lot_names: of purchases, by row. doubtful: holdings (account, symbol) of which rows are left out, so that
    what they hold is not known.
    """

    events: list[Transaction]
    lot_names: Mapping[int, str]
    problems: tuple[Problem, ...]
    doubtful: frozenset[Holding]


def checked(rows: Sequence[Transaction], history: History, method: LotMethod) -> Checked:
    """Looks at the rows one by one, then at those that are well-formed together.

    ``history`` tells of the accounts; ``method`` is that of those without one of their own.
    """
    wrong = {row_of(problem): problem for problem in _malformed(rows)}
    ordered = events(row for row in rows if row.row not in wrong)
    names = lot_names(ordered)
    looks: list[Look] = [
        _two_ratios,
        _counted_twice,
        partial(_one_name, names),
        partial(_unbalanced, history),
        partial(_without_lot, history, method),
    ]
    for look in looks:
        for problem in look(ordered):
            wrong.setdefault(row_of(problem), problem)
    sound = [row for row in ordered if row.row not in wrong]
    return Checked(sound, names, tuple(wrong.values()), frozenset(_doubtful(rows, wrong)))


def _malformed(rows: Sequence[Transaction]) -> Iterator[Problem]:
    for row in rows:
        problem = _wrong_quantity(row) or _wrong_amount(row)
        if problem:
            yield problem


def _wrong_quantity(row: Transaction) -> Problem | None:
    quantity, fix = row.quantity, "Correct it."
    match row.activity:
        case Activity.TRANSFER:
            is_right, expected = quantity != 0, "the shares that come in (> 0) or go out (< 0)"
        case Activity.DIVIDEND:
            is_right, expected = quantity == 0, "none for a Dividend"
            fix = "If it bought shares it is a Reinvest."
        case Activity.SPLIT:
            is_right, expected = quantity > 0, "the new shares for each old one, above 0"
        case _:
            is_right, expected = quantity > 0, "a number of shares above 0"
    if is_right and math.isfinite(quantity):
        return None
    return about_row(row, Code.OUT_OF_RANGE, f"the quantity {shown(quantity)}", expected, fix)


def _wrong_amount(row: Transaction) -> Problem | None:
    amount = row.amount
    match row.activity:
        case Activity.TRANSFER | Activity.SPLIT:
            return None
        case Activity.OPENING | Activity.DIVIDEND if amount is None:
            return None
    if amount is None:
        found = f"no amount for {shown(row.quantity)} {row.symbol}"
        return about_row(row, Code.MISSING_CELL, found, "the total, fees included", "Type it.")
    if math.isfinite(amount) and (amount > 0 or row.activity is Activity.DIVIDEND):
        return None
    fix = "Leave an unknown cost blank." if row.activity is Activity.OPENING else "Correct it."
    return about_row(row, Code.OUT_OF_RANGE, f"the amount {shown(amount)}", "a total above 0", fix)


def _two_ratios(ordered: Sequence[Transaction]) -> Iterator[Problem]:
    first: dict[tuple[str, date], float] = {}
    for row in ordered:
        if row.activity is Activity.SPLIT:
            ratio = first.setdefault((row.symbol, row.day), row.quantity)
            if differ(row.quantity, ratio):
                yield about_row(
                    row,
                    Code.CONFLICT,
                    f"{shown(row.quantity)} and {shown(ratio)} for 1 as splits of {row.symbol} on {row.day}",
                    "one ratio in all accounts",
                    "Correct the one that is wrong.",
                )


def _counted_twice(ordered: Sequence[Transaction]) -> Iterator[Problem]:
    """Rows before the newest Opening lot, which counts them already; a split is one of all accounts."""
    newest: dict[Holding, Transaction] = {}
    of_symbol: dict[str, Transaction] = {}
    for row in ordered:
        if row.activity is Activity.OPENING:
            newest[row.account, row.symbol] = of_symbol[row.symbol] = row
    for row in ordered:
        if row.activity is Activity.OPENING:
            continue
        is_split = row.activity is Activity.SPLIT
        lot = of_symbol.get(row.symbol) if is_split else newest.get((row.account, row.symbol))
        if lot is not None and row.day < lot.day:
            yield about_row(
                row,
                Code.CONFLICT,
                f"a {row.activity} of {row.symbol} on {row.day}, before its Opening lot of {lot.day} in "
                f"{lot.account}",
                "Opening lots that come before all else",
                "What an Opening lot counts already is no row: delete it, or type the lots as Buy.",
            )


def _one_name(names: Mapping[int, str], ordered: Sequence[Transaction]) -> Iterator[Problem]:
    seen: set[tuple[str, str, str]] = set()
    for row in ordered:
        if row.activity.acquires:
            key = row.account, row.symbol, names[row.row]
            if key in seen:
                found = f"a second lot {key[2]!r} of {row.symbol} in {row.account}"
                yield about_row(
                    row, Code.DUPLICATE, found, "a name for each lot", "Give it another, or none."
                )
            seen.add(key)


def _unbalanced(history: History, ordered: Sequence[Transaction]) -> Iterator[Problem]:
    """Transfers that leave and do not arrive, among accounts that are taxed and among those that are not."""
    transfers: dict[tuple[date, str], list[Transaction]] = {}
    for row in ordered:
        if row.activity is Activity.TRANSFER:
            transfers.setdefault((row.day, row.symbol), []).append(row)
    for rows in transfers.values():
        sides = [
            [row for row in rows if history.account(row.account).is_taxed is side]
            for side in (True, False)
        ]
        for side in sides:
            leave, arrive = _leaving(side), _arriving(side)
            if abs(leave - arrive) <= NOTHING * max(leave, arrive):
                continue
            crosses = abs(_leaving(rows) - _arriving(rows)) <= NOTHING * _leaving(rows)
            yield from (_across(row) if crosses else _lost(row, leave, arrive) for row in side)


def _leaving(rows: Sequence[Transaction]) -> float:
    return math.fsum(-row.quantity for row in rows if row.quantity < 0)


def _arriving(rows: Sequence[Transaction]) -> float:
    return math.fsum(row.quantity for row in rows if row.quantity > 0)


def _lost(row: Transaction, leave: float, arrive: float) -> Problem:
    return about_row(
        row,
        Code.CONFLICT,
        f"transfers of {row.symbol} on {row.day} by which {shown(leave)} leave and {shown(arrive)} arrive",
        "as many of both, since they are between one's own accounts",
        "Type the row that is missing; what comes from others is an Opening lot.",
    )


def _across(row: Transaction) -> Problem:
    return about_row(
        row,
        Code.CONFLICT,
        f"a transfer of {row.symbol} on {row.day} between an account that is taxed and one that is not",
        "transfers among accounts of either kind",
        "Shares that leave an IRA in kind have that day's value as their cost: type a Sell there and a Buy.",
    )


def _without_lot(
    history: History, method: LotMethod, ordered: Sequence[Transaction]
) -> Iterator[Problem]:
    for row in ordered:
        if row.activity is not Activity.SELL or row.lot_id:
            continue
        if method_of(history.account(row.account), method) is LotMethod.SPECIFIC:
            found = f"a sale of {row.symbol} without a lot"
            yield about_row(
                row,
                Code.MISSING_CELL,
                found,
                "the lot that was sold, for LotMethod specific",
                "Name it, or choose another method.",
            )


def _doubtful(rows: Sequence[Transaction], wrong: Mapping[int, Problem]) -> Iterator[Holding]:
    if not wrong:
        return
    splits = (row for row in rows if row.activity is Activity.SPLIT)
    of_symbol = {row.symbol for row in splits if row.row in wrong}
    for row in rows:
        if row.row in wrong or row.symbol in of_symbol:
            yield row.account, row.symbol
