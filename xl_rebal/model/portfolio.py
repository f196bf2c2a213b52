"""What is owned: lots, positions and accounts, together a household.

Quantities are shares (>= 0), prices and values are in the book's one currency. Cash is the symbol
CASH with price 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property

from xl_rebal.model.cash import CASH as CASH
from xl_rebal.numerics.shares import total_shares


@dataclass(frozen=True)
class Lot:
    """Shares bought together. An unknown cost is None, never 0.

    wash_adjustment: disallowed losses of wash sales in currency, which its cost does not hold yet.
    added_days: what wash sales add to its holding period.

    >>> lot = Lot("Joint", "VTI", "1", 10, date(2020, 3, 1), 50.0, wash_adjustment=20.0, added_days=1)
    >>> lot.basis, lot.basis_per_unit, str(lot.adjusted)
    (520.0, 52.0, '2020-02-29')
    """

    account: str
    symbol: str
    lot_id: str
    quantity: float
    acquired: date
    cost_per_unit: float | None = None
    do_not_sell: bool = False
    wash_adjustment: float = 0.0
    added_days: int = 0

    @property
    def basis(self) -> float | None:
        """Cost and wash adjustment in total; None where the cost is unknown."""
        if self.cost_per_unit is None:
            return None
        return self.cost_per_unit * self.quantity + self.wash_adjustment

    @property
    def basis_per_unit(self) -> float | None:
        """The same for one share."""
        basis = self.basis
        return None if basis is None or self.quantity == 0 else basis / self.quantity

    @property
    def adjusted(self) -> date:
        """The date from which its holding period counts."""
        return self.acquired - timedelta(days=self.added_days)


@dataclass(frozen=True)
class Position:
    """What one account holds of one symbol, at the price on which it is traded.

    >>> Position("IRA", "VTI", 10, 250.0).value
    2500.0
    """

    account: str
    symbol: str
    quantity: float
    price: float
    cost_basis: float | None = None

    def __post_init__(self) -> None:
        if self.quantity < 0 and self.symbol != CASH:
            raise ValueError(f"{self.symbol}: quantity {self.quantity} is negative")
        if not self.price > 0:
            raise ValueError(f"{self.symbol}: price {self.price} is not above 0")

    @property
    def value(self) -> float:
        """Market value in currency."""
        return self.quantity * self.price


@dataclass(frozen=True)
class Account:
    """One account: may it trade, what cash comes in or goes out, what cash stays.

    ``new_cash`` is currency, + a contribution, - a withdrawal. ``minimum_cash`` and
    ``whole_shares`` are None where the plan's own setting holds. ``owner`` is blank where the household
    has one; ``lot_method``, a word, where that of the tax settings holds. ``do_not_buy`` are symbols that it
    may not buy at present: they would wash a loss.
    """

    name: str
    model: str = ""
    may_trade: bool = True
    new_cash: float = 0.0
    minimum_cash: float | None = None
    whole_shares: bool | None = None
    tax_type: str = "Taxable"
    owner: str = ""
    lot_method: str = ""
    do_not_buy: frozenset[str] = frozenset()

    def is_whole(self, usual: bool) -> bool:
        """Whether it trades whole shares; ``usual`` is the plan's setting."""
        return usual if self.whole_shares is None else self.whole_shares


@dataclass(frozen=True)
class Household:
    """Accounts with their positions and, where known, lots."""

    accounts: tuple[Account, ...]
    positions: tuple[Position, ...]
    lots: tuple[Lot, ...] = field(default=())

    def __post_init__(self) -> None:
        names = [account.name for account in self.accounts]
        if len(set(names)) != len(names):
            raise ValueError("two accounts have the same name")
        seen = [(position.account, position.symbol) for position in self.positions]
        if len(set(seen)) != len(seen):
            raise ValueError("two positions have the same account and symbol")
        if unknown := {account for account, _ in seen} - set(names):
            raise ValueError(f"positions in unknown accounts {sorted(unknown)}")

    @cached_property
    def by_account(self) -> Mapping[str, tuple[Position, ...]]:
        """Positions without cash, per account, in their own order."""
        found: dict[str, list[Position]] = {account.name: [] for account in self.accounts}
        for position in self.positions:
            if position.symbol != CASH:
                found[position.account].append(position)
        return {name: tuple(positions) for name, positions in found.items()}

    @cached_property
    def _cash(self) -> Mapping[str, float]:
        return {p.account: p.quantity for p in self.positions if p.symbol == CASH}

    def cash(self, account: str) -> float:
        """Cash of an account in currency, before any new cash."""
        return self._cash.get(account, 0.0)

    @cached_property
    def _locked(self) -> Mapping[str, Mapping[str, float]]:
        """By account and symbol."""
        found: dict[str, dict[str, list[float]]] = {}
        for lot in self.lots:
            if lot.do_not_sell:
                own = found.setdefault(lot.account, {})
                own.setdefault(lot.symbol, []).append(lot.quantity)
        return {
            account: {symbol: total_shares(each) for symbol, each in shares.items()}
            for account, shares in found.items()
        }

    def locked(self, account: str) -> Mapping[str, float]:
        """Shares per symbol that stand in lots marked *do not sell*."""
        return self._locked.get(account, {})

    @property
    def value(self) -> float:
        """Market value of everything, cash included."""
        return sum(position.value for position in self.positions)
