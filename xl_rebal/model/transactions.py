"""What was done: purchases, sales and all else that changes lots, across the accounts of a household."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class Activity(StrEnum):
    """What a transaction is. ``Opening`` is a lot from before the record, by its own acquired date."""

    BUY = "Buy"
    SELL = "Sell"
    REINVEST = "Reinvest"
    DIVIDEND = "Dividend"
    OPENING = "Opening"
    TRANSFER = "Transfer"
    SPLIT = "Split"

    @property
    def acquires(self) -> bool:
        """Whether it is a purchase: shares that may replace others that are sold at a loss."""
        return self in _PURCHASES


_PURCHASES = (Activity.BUY, Activity.REINVEST, Activity.OPENING)

TAXED = ("Taxable", "Trust")
"""The tax types of accounts whose gains are taxed as they are realised."""


@dataclass(frozen=True)
class TaxAccount:
    """What taxes ask of an account. ``owner``: blank is the one owner of a household."""

    name: str
    tax_type: str = "Taxable"
    owner: str = ""

    @property
    def is_taxed(self) -> bool:
        """Whether gains and losses are recognised; in IRAs, 401k and HSA they are not."""
        return self.tax_type in TAXED


@dataclass(frozen=True, slots=True)
class Transaction:
    """One row of a record.

    row: its place in the table, from 0; a problem with it is about ("transaction", str(row)).
    quantity: shares, > 0. Transfer: > 0 comes in, < 0 goes out. Split: new shares for each old one
        (2 for a 2-for-1). Dividend: 0.
    amount: total currency, > 0, fees included (a purchase's on top, a sale's taken off); None: unknown, which
        only an Opening lot may be; Transfer, Split: None.
    lot_id: of a purchase its name, of a sale or Transfer out the lot that leaves; blank: by the method.
    """

    row: int
    account: str
    day: date
    activity: Activity
    symbol: str
    quantity: float
    amount: float | None = None
    lot_id: str = ""


@dataclass(frozen=True)
class History:
    """The record of a household, in any order of rows.

    accounts by name; one that is missing is taxable. groups: identity group by symbol (substantially
    identical securities share one); a symbol that is missing is a group of its own.
    """

    transactions: tuple[Transaction, ...]
    accounts: Mapping[str, TaxAccount] = field(default_factory=dict)
    groups: Mapping[str, str] = field(default_factory=dict)

    def account(self, name: str) -> TaxAccount:
        """What is known of an account."""
        return self.accounts.get(name) or TaxAccount(name)

    def group(self, symbol: str) -> str:
        """The identity group of a symbol: its own, or the symbol."""
        return self.groups.get(symbol) or symbol
