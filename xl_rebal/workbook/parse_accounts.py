"""Accounts, and which account a row of another table belongs to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from xl_rebal.errors import Code
from xl_rebal.model.plan import Targets
from xl_rebal.model.portfolio import Account
from xl_rebal.wording import did_you_mean, listed, shown
from xl_rebal.workbook.places import PlacesBuilder
from xl_rebal.workbook.problems import Problems
from xl_rebal.workbook.tables import TypedRow, say_double

ONLY_ACCOUNT = "Main"
"""The account's name where the book names none."""


@dataclass(frozen=True)
class Accounts:
    """Accounts by name. ``complete`` is False where a name could not be read."""

    by_name: dict[str, Account]
    complete: bool

    def of(self, row: TypedRow, problems: Problems) -> str | None:
        """The account of a row of Holdings or Lots; blank stands for the only one."""
        name = row.text("Account")
        if name in self.by_name:
            return name
        if row.lost("Account") or not self.complete:
            return None
        if name is None and len(self.by_name) == 1:
            return next(iter(self.by_name))
        if name is None:
            problems.say(Code.MISSING_CELL, "an empty cell", "the account of this row",
                         f"Type {listed([shown(a) for a in self.by_name])}.",
                         row.table.sheet, row.cell("Account"))  # fmt: skip
            return None
        problems.say(Code.CONFLICT, shown(name), "an account of the Accounts table",
                     did_you_mean(name, list(self.by_name)) or "Add it to Accounts.",
                     row.table.sheet, row.cell("Account"))  # fmt: skip
        return None


def parse_accounts(
    rows: Sequence[TypedRow],
    holdings: Sequence[TypedRow],
    places: PlacesBuilder,
    problems: Problems,
) -> Accounts:
    """The accounts of the table; those of Holdings alone where it is empty."""
    found: dict[str, Account] = {}
    owners: dict[str, str] = {}
    complete = not any(row.lost("Account") for row in rows)
    for row in rows:
        name = row.text("Account")
        if name is None:
            if not row.lost("Account"):
                complete = False
                problems.say(Code.MISSING_CELL, "an empty cell", "an account", "Name the account.",
                             row.table.sheet, row.cell("Account"))  # fmt: skip
            continue
        if name.casefold() in (known.casefold() for known in found):
            say_double(row, "Account", name, problems)
            continue
        found[name] = _account(row, name, owners)
        places.note(("account", name), row, "Account")
        if found[name].new_cash < 0:
            places.note(("new cash", name), row, "New cash")
        elif found[name].minimum_cash:
            places.note(("new cash", name), row, "Minimum cash")
    if not rows:
        complete = not any(row.lost("Account") for row in holdings)
        for row in holdings:
            if (name := row.text("Account")) is not None:
                found[name] = Account(name)
                places.note(("account", name), row, "Account")
        if complete:
            _refuse_two_spellings(holdings, found, problems)
        if not found and complete:
            found[ONLY_ACCOUNT] = Account(ONLY_ACCOUNT)
            if holdings:
                places.note(("account", ONLY_ACCOUNT), holdings[0], "Account")
    return Accounts(found, complete)


def _account(row: TypedRow, name: str, owners: dict[str, str]) -> Account:
    """The account of a row; ``owners`` are the spellings of those above, capitals do not matter."""
    may_trade, owner = row.flag("May trade"), row.text("Owner") or ""
    return Account(
        name=name,
        model=row.text("Model") or "",
        may_trade=True if may_trade is None else may_trade,
        new_cash=row.number("New cash") or 0.0,
        minimum_cash=row.number("Minimum cash"),
        whole_shares=row.flag("Whole shares"),
        tax_type=row.text("Tax type") or "Taxable",
        owner=owners.setdefault(owner.casefold(), owner),
        lot_method=row.text("Lot method") or "",
    )


def _refuse_two_spellings(
    rows: Sequence[TypedRow], found: dict[str, Account], problems: Problems
) -> None:
    """IRA and ira are one account to a person and to Excel: say so rather than make two."""
    first: dict[str, str] = {}
    for row in rows:
        name = row.text("Account")
        if name is None or first.setdefault(name.casefold(), name) == name:
            continue
        found.pop(name, None)
        problems.say(Code.CONFLICT, shown(name), f"{first[name.casefold()]!r} as above",
                     "Spell each account one way.", row.table.sheet, row.cell("Account"))  # fmt: skip


def with_models(
    accounts: Accounts,
    rows: Sequence[TypedRow],
    targets: Sequence[Targets],
    problems: Problems,
) -> dict[str, Account]:
    """The accounts with their models, each of which exists; blank is the only one."""
    names = [t.model for t in targets]
    for row in rows:
        model, account = row.text("Model") or "", row.text("Account")
        if account is None or model in names or row.lost("Model"):
            continue
        if not model and len(names) == 1:
            continue
        known = (
            f"a model of Targets: {listed(names)}" if any(names) else "no model: Targets name none"
        )
        problems.say(
            Code.UNKNOWN_WORD, shown(model), known,
            did_you_mean(model, names) or "Name the models in both tables alike.",
            row.table.sheet, row.cell("Model"),
        )  # fmt: skip
    if len(names) > 1 and not rows and accounts.complete:
        problems.say(Code.MISSING_TABLE, "several models but no accounts",
                     "each account's model in Accounts", "Fill in Accounts.", "Accounts")  # fmt: skip
    return {
        name: replace(account, model=account.model or names[0])
        for name, account in accounts.by_name.items()
    }
