"""Losers sold and their substitutes bought: what an account holds then, before anything else is traded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from decimal import ROUND_FLOOR, Decimal

from xl_rebal.engine.orders import Fill, fill_of
from xl_rebal.model.plan import Plan
from xl_rebal.model.portfolio import CASH, Account, Household, Lot, Position
from xl_rebal.model.securities import Securities
from xl_rebal.numerics.money import cents, currency
from xl_rebal.numerics.shares import total_shares


@dataclass(frozen=True)
class Swap:
    """The ``lots`` of a symbol in an account that are sold, and the ``substitute`` bought with the proceeds.

    ``substitute``: None where the symbol has no target, so that nothing needs to stand for it.
    """

    account: str
    symbol: str
    lots: tuple[Lot, ...]
    substitute: str | None


@dataclass(frozen=True)
class Trading:
    """What trading costs and in which steps an account trades."""

    plan: Plan
    securities: Securities
    prices: Mapping[str, float] = field(default_factory=dict)

    def is_whole(self, account: Account) -> bool:
        """Whether the account trades whole shares."""
        return account.is_whole(self.plan.whole_shares)

    def fill(self, symbol: str, change: float) -> Fill:
        """The order for so many shares: amount and cost to the cent."""
        return fill_of(change, self.prices[symbol], self.rate(symbol), self.fee(symbol))

    def rate(self, symbol: str) -> float:
        """Cost per side, a fraction of the amount."""
        return self.plan.costs.rate_of(self.securities.get(symbol))

    def fee(self, symbol: str) -> float:
        """Currency a trade."""
        return self.plan.costs.fee_of(self.securities.get(symbol))

    def rounded_down(self, account: Account, symbol: str, quantity: float) -> float:
        """The largest quantity up to this that may be ordered."""
        if self.is_whole(account):
            step = Decimal(repr(float(self.securities.get(symbol).round_lot)))
        else:
            step = Decimal(1).scaleb(-self.plan.fraction_digits)
        exact = Decimal(repr(float(quantity)))
        return float((exact / step).to_integral_value(ROUND_FLOOR) * step)

    def sold(self, account: Account, symbol: str, lots: Sequence[Lot], held: float) -> float:
        """The shares of the lots that may be sold: fractions of a step only with all that is held."""
        quantity = total_shares(lot.quantity for lot in lots)
        if quantity >= held * (1 - 1e-12):
            return held
        return self.rounded_down(account, symbol, quantity)

    def bought(self, account: Account, symbol: str, proceeds: int) -> float:
        """The shares that ``proceeds`` (cents) buy, costs included."""
        room = currency(proceeds) - self.fee(symbol)
        if room <= 0:
            return 0.0
        quantity = room / (1 + self.rate(symbol)) / self.prices[symbol]
        quantity = self.rounded_down(account, symbol, quantity)
        while quantity > 0:
            fill = self.fill(symbol, quantity)
            if fill.amount + fill.cost <= proceeds:
                return quantity
            quantity = self.rounded_down(
                account, symbol, quantity - 0.5 * 10.0**-self.plan.fraction_digits
            )
        return 0.0


@dataclass(frozen=True)
class Swapped:
    """Signed shares by symbol (+ bought), and the positions of one account after them.

    gone: symbol and name of the lots that are sold.
    """

    changes: Mapping[str, float]
    positions: tuple[Position, ...]
    gone: Set[tuple[str, str]]

    def household(self, own: Household) -> Household:
        """The household ``own`` of that account after its swaps, with the lots that are left."""
        lots = tuple(lot for lot in own.lots if (lot.symbol, lot.lot_id) not in self.gone)
        return replace(own, positions=self.positions, lots=lots)


def sum_of_shares(one: float, other: float) -> float:
    """Signed shares together; what cancels is gone.

    >>> sum_of_shares(12.37, -5.0), sum_of_shares(0.3, -(0.1 + 0.2))
    (7.37, 0.0)
    """
    total = total_shares((one, other))
    return 0.0 if abs(total) < 1e-9 * max(abs(one), abs(other)) else total


def swapped(own: Household, swaps: Sequence[Swap], trading: Trading) -> Swapped:
    """The swaps of the one account of ``own``; cash pays and takes what they cost and bring."""
    account = own.accounts[0]
    held = {p.symbol: p for p in own.positions}
    cash = cents(own.cash(account.name))
    changes: dict[str, float] = {}
    gone: set[tuple[str, str]] = set()
    for swap in swaps:
        quantity = trading.sold(account, swap.symbol, swap.lots, held[swap.symbol].quantity)
        if quantity <= 0:
            continue
        changes[swap.symbol] = sum_of_shares(changes.get(swap.symbol, 0.0), -quantity)
        gone |= {(lot.symbol, lot.lot_id) for lot in swap.lots}
        sale = trading.fill(swap.symbol, -quantity)
        cash += sale.amount - sale.cost
        if swap.substitute is None:
            continue
        shares = trading.bought(account, swap.substitute, sale.amount - sale.cost)
        if shares > 0:
            buy = trading.fill(swap.substitute, shares)
            cash -= buy.amount + buy.cost
            changes[swap.substitute] = sum_of_shares(changes.get(swap.substitute, 0.0), shares)
    positions = {
        symbol: replace(
            position, quantity=max(0.0, sum_of_shares(position.quantity, changes[symbol]))
        )
        if symbol in changes
        else position
        for symbol, position in held.items()
        if symbol != CASH
    }
    for symbol, shares in changes.items():
        if symbol not in positions:
            positions[symbol] = Position(account.name, symbol, shares, trading.prices[symbol])
    positions[CASH] = Position(account.name, CASH, currency(cash), 1.0)
    return Swapped(changes, tuple(positions.values()), gone)
