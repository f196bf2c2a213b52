"""What to do: trades, and what they leave."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from xl_rebal.errors import Note


class Action(StrEnum):
    BUY = "Buy"
    SELL = "Sell"


class Status(StrEnum):
    """Where an asset stands in its band."""

    IN = "in"
    NEAR = "near"
    OUT = "out"


@dataclass(frozen=True)
class Trade:
    """One order. Quantity in shares (> 0), price and amount in currency.

    ``amount`` is quantity x price to the cent; ``cost`` comes on top of a buy and off a sale.
    ``line`` names the target that decides: the symbol, or its asset class; the three weights are
    that line's in its account, fractions of value less the cash buffer, before with the new cash
    counted in. Of a sale whose lots are known: ``lots`` in words, gains by term after the sale's cost, and
    ``tax`` at the rates of the book (below 0: saved, where it offsets a gain of its term); None: not known, or
    not taxed.
    """

    account: str
    action: Action
    symbol: str
    quantity: float
    price: float
    amount: float
    cost: float
    line: str
    weight_before: float
    weight_after: float
    target: float
    reason: str
    warning: str = ""
    lots: str = ""
    short_gain: float | None = None
    long_gain: float | None = None
    tax: float | None = None


@dataclass(frozen=True)
class LineDrift:
    """One target line: weights as fractions; drift = current - target; half-widths of the band."""

    key: str
    value: float
    current: float
    target: float
    drift: float
    lower: float
    upper: float
    status: Status
    after: float | None = None


@dataclass(frozen=True)
class AccountOutcome:
    """An account before and after its trades. Amounts in currency, to the cent.

    cash_after = cash_before + new_cash + sells - buys - costs, exactly.
    ``residual_drift`` is the largest absolute drift that remains.
    """

    account: str
    may_trade: bool
    value: float
    cash_before: float
    new_cash: float
    sells: float
    buys: float
    costs: float
    cash_after: float
    buffer: float
    residual_drift: float
    lines: tuple[LineDrift, ...]
    note: str = ""


@dataclass(frozen=True)
class TradeList:
    """All trades, sells before buys within each account, and what every account is left with."""

    trades: tuple[Trade, ...]
    accounts: tuple[AccountOutcome, ...]
    notes: tuple[Note, ...] = ()

    @property
    def residual_drift(self) -> float:
        """Largest absolute drift left in any account that may trade."""
        return max((a.residual_drift for a in self.accounts if a.may_trade), default=0.0)

    @property
    def cash(self) -> float:
        """Cash left in all accounts, currency."""
        return round(sum(account.cash_after for account in self.accounts), 2)
