"""The record of transactions: each row by itself, what several of them come to is the ledger's.

A range of a worksheet function and the table of a book are read alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from xl_rebal.errors import Code
from xl_rebal.model.portfolio import CASH, Account
from xl_rebal.model.transactions import Activity, Transaction
from xl_rebal.wording import money, shown
from xl_rebal.workbook.headers import refuse_two_columns
from xl_rebal.workbook.layout import TRANSACTIONS
from xl_rebal.workbook.parse_accounts import Accounts, parse_accounts
from xl_rebal.workbook.places import PlacesBuilder
from xl_rebal.workbook.problems import Problems
from xl_rebal.workbook.tables import LARGEST, TypedRow

FEES = 0.05
"""Part of quantity x price by which an amount may differ from it: fees, and a rounded price."""
_LEAST_SPLIT, _MOST_SPLIT = 1e-3, 100.0
_OTHER_WORDS = {
    "bought": Activity.BUY, "purchase": Activity.BUY, "purchased": Activity.BUY,
    "you bought": Activity.BUY, "sold": Activity.SELL, "sale": Activity.SELL, "you sold": Activity.SELL,
    "reinvestment": Activity.REINVEST, "reinvest shares": Activity.REINVEST,
    "stock split": Activity.SPLIT,
}  # fmt: skip
"""Brokers' words, for advice only."""


def parse_transactions(
    rows: Sequence[TypedRow],
    accounts: Accounts,
    as_of: date | None,
    places: PlacesBuilder,
    problems: Problems,
) -> tuple[Transaction, ...]:
    """The transactions that could be read, in the order of their rows.

    ``as_of`` is the day that the user set: what is dated later is refused, but for reinvestments that are
    to come.
    """
    if not rows:
        return ()
    numbers = [TRANSACTIONS.column(header) for header in ("Date", "Quantity", "Price", "Amount")]
    if refuse_two_columns(rows[0].table, numbers, problems):
        return ()
    found = []
    for row in rows:
        account, symbol, day = (
            accounts.of(row, problems),
            row.text("Symbol"),
            row.values.get("Date"),
        )
        activity = _activity(row, problems)
        if activity is not Activity.REINVEST:
            _refuse_later(row, day, as_of, problems)
        if activity is None:
            continue
        _refuse_cash(row, activity, symbol, problems)
        quantity = _quantity(row, activity, problems)
        amount = _amount(row, activity, quantity, problems)
        if account is None or symbol is None or quantity is None or not isinstance(day, date):
            continue
        places.note(("transaction", str(row.index)), row, "Quantity")
        found.append(
            Transaction(
                row.index, account, day, activity, symbol, quantity, amount, row.text("Lot") or ""
            )
        )
    return tuple(found)


def accounts_of_record(
    accounts: Accounts,
    listed: bool,
    holdings: Sequence[TypedRow],
    rows: Sequence[TypedRow],
    problems: Problems,
) -> Accounts:
    """The accounts that a transaction may name: those ``listed`` in Accounts, else whatever it names.

    An account that holds nothing any more has a past all the same; one name has one spelling.
    """
    if listed or not rows:
        return accounts
    said = Problems()
    found = parse_accounts([], [*holdings, *rows], PlacesBuilder(), said)
    problems.found += [each for each in said.found if each not in problems.found]
    return replace(found, complete=found.complete and not said.found)


def described_accounts(
    rows: Sequence[TypedRow], accounts: Accounts, problems: Problems
) -> tuple[Account, ...]:
    """The accounts with the type and owner that rows of a range give; one row is enough to tell them."""
    types: dict[str, str] = {}
    owners: dict[str, str] = {}
    for row in rows:
        name = row.text("Account")
        if name is None and len(accounts.by_name) == 1:
            name = next(iter(accounts.by_name))
        if name is None:
            continue
        for header, told in (("Account type", types), ("Owner", owners)):
            word = row.text(header)
            if word and told.setdefault(name, word).casefold() != word.casefold():
                problems.say(Code.CONFLICT, f"{shown(word)} for {name!r}", f"{told[name]!r} as above",
                             "Give each account one type and one owner.",
                             row.table.sheet, row.cell(header))  # fmt: skip
    spelling: dict[str, str] = {}
    return tuple(
        replace(
            account,
            tax_type=types.get(name, account.tax_type),
            owner=spelling.setdefault(owners.get(name, "").casefold(), owners.get(name, "")),
        )
        for name, account in accounts.by_name.items()
    )


def _activity(row: TypedRow, problems: Problems) -> Activity | None:
    word, raw = row.text("Action"), row.raw("Action")
    if word is None and isinstance(raw, str):
        meant = _OTHER_WORDS.get(" ".join(raw.casefold().split()))
        if meant is not None:
            problems.advise(row.table.sheet, row.cell("Action"), f"Did you mean {meant.value!r}?")
    return None if word is None else Activity(word)


def _refuse_later(row: TypedRow, day: object, as_of: date | None, problems: Problems) -> None:
    if isinstance(day, date) and as_of is not None and day > as_of:
        problems.say(Code.OUT_OF_RANGE, f"a transaction of {day}", f"a day up to {as_of}, AsOf",
                     "Correct the date, or AsOf in Settings.",
                     row.table.sheet, row.cell("Date"))  # fmt: skip


def _refuse_cash(row: TypedRow, activity: Activity, symbol: str | None, problems: Problems) -> None:
    if symbol == CASH and activity is not Activity.DIVIDEND:
        problems.say(Code.CONFLICT, f"{activity.value} of {CASH}", "a security",
                     "Remove the row: cash has no lots, and is in Holdings.",
                     row.table.sheet, row.cell("Symbol"))  # fmt: skip


def _quantity(row: TypedRow, activity: Activity, problems: Problems) -> float | None:
    """Shares with the sign that the action asks for; None where they were refused."""
    quantity = row.number("Quantity")
    if quantity is None and row.lost("Quantity"):
        return None
    if activity is Activity.DIVIDEND:
        if quantity:
            _say(row, "Quantity", f"{shown(quantity)} in a dividend", "nothing, or 0",
                 "Clear it; if shares were bought with it, the action is Reinvest.", problems)  # fmt: skip
        return 0.0
    expected, fix = {
        Activity.TRANSFER: (
            "shares, + where they come in and - where they go out",
            "Give each transfer two rows, one an account.",
        ),
        Activity.SPLIT: (
            f"new shares for each old one, from {_LEAST_SPLIT:g} to {_MOST_SPLIT:g}",
            "Type 2 for a 2-for-1 split, 0.1 for a 1-for-10; not the shares that came.",
        ),
    }.get(activity, ("a quantity above 0", "Type it without a sign: the action says which way."))
    if quantity is None:
        problems.say(Code.MISSING_CELL, "an empty cell", expected, "Fill it in.",
                     row.table.sheet, row.cell("Quantity"))  # fmt: skip
        return None
    if activity is Activity.TRANSFER:
        fits = quantity != 0
    elif activity is Activity.SPLIT:
        fits = _LEAST_SPLIT <= quantity <= _MOST_SPLIT
    else:
        fits = quantity > 0
    if not fits:
        _say(row, "Quantity", shown(quantity), expected, fix, problems)
        return None
    return quantity


def _amount(
    row: TypedRow, activity: Activity, quantity: float | None, problems: Problems
) -> float | None:
    """The total in currency: Amount, else quantity x price; None where it is unknown or refused."""
    if activity is Activity.DIVIDEND:
        return row.number("Amount") or None
    if activity in (Activity.TRANSFER, Activity.SPLIT):
        _refuse_value(row, activity, problems)
        return None
    amount, price = row.number("Amount"), row.number("Price")
    if amount == 0:
        fix = "Type what was paid or received in all."
        if activity is Activity.OPENING:
            fix = "Type the cost, or leave it blank if it is unknown."
        _say(row, "Amount", "0", "an amount above 0", fix, problems)
        return None
    if row.lost("Amount", "Price") or quantity is None:
        return None
    if price is None:
        if amount is None and activity is not Activity.OPENING:
            there = "Amount" if "Amount" in row.columns else "Price"
            problems.say(Code.MISSING_CELL, "an empty cell", "the amount in all, or the price a share",
                         "Type Amount, fees included, or Price.",
                         row.table.sheet, row.cell(there))  # fmt: skip
        return amount
    by_price = quantity * price
    if by_price > LARGEST:
        _say(row, "Quantity", f"an amount of {by_price:g}", f"at most {LARGEST:g}",
             "Check quantity and price.", problems)  # fmt: skip
        return None
    if amount is not None and abs(amount - by_price) > FEES * by_price:
        problems.say(
            Code.CONFLICT, f"an amount of {money(amount)}",
            f"{money(by_price)}, which is quantity x price, and fees of at most 5 %",
            "Correct one of the three, or clear Price if the fees were higher.",
            row.table.sheet, row.cell("Amount"),
        )  # fmt: skip
        return None
    return by_price if amount is None else amount


def _refuse_value(row: TypedRow, activity: Activity, problems: Problems) -> None:
    for header in ("Amount", "Price"):
        if row.number(header):
            fix = "Clear it: lots keep their cost."
            if activity is Activity.TRANSFER:
                fix += " A lot from outside this book is an Opening, by its own date and cost."
            _say(row, header, f"{shown(row.number(header))} in a {activity.value}", "nothing", fix,
                 problems)  # fmt: skip


def _say(
    row: TypedRow, header: str, found: str, expected: str, fix: str, problems: Problems
) -> None:
    problems.say(Code.OUT_OF_RANGE, found, expected, fix, row.table.sheet, row.cell(header))
