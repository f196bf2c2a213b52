"""An asset and its twin: which of the two is bought, which lots are sold, which are harvested.

The twin is a security that is not substantially identical and has, as an assumption, the very same returns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from operator import attrgetter

from xl_rebal.engine.after_tax.lots import Lots
from xl_rebal.engine.after_tax.rules import AfterTaxRules, HarvestRules
from xl_rebal.tax.choice import NOTHING, average_basis, in_order, spread
from xl_rebal.tax.harvest import is_large
from xl_rebal.tax.methods import LotMethod
from xl_rebal.tax.stock import Piece, Purchase

Parts = list[tuple[Piece, float]]
"""Pieces and the shares of each that are sold."""


@dataclass(frozen=True)
class Harvestable:
    """What of one security is sold at a loss, and the other one that is bought."""

    sold: str
    bought: str
    parts: Parts
    loss: float

    @property
    def quantity(self) -> float:
        return sum(quantity for _, quantity in self.parts)


class Twins:
    """One asset: its securities, one, or two where losses are harvested."""

    def __init__(self, names: Sequence[str], lots: Lots, rules: AfterTaxRules) -> None:
        self.names, self._lots, self._rules = tuple(names), lots, rules

    @property
    def shares(self) -> float:
        return sum(self._lots.shares(name) for name in self.names)

    def to_buy(self, day: date) -> str:
        """The first that is not within 30 days of a sale at a loss; else the one sold at a loss longest ago."""
        for name in self.names:
            if self._lots.may_buy(name, day):
                return name
        return min(self.names, key=self._lots.lost_on)

    def to_sell(self, day: date, quantity: float, price: float) -> list[tuple[str, Parts]]:
        """Lots of all its securities by the method; ``price`` after costs.

        With twins those that a purchase of the last 30 days would wash come last.
        """
        method, lots = self._rules.method, self._lots
        pieces: Sequence[Piece] = lots.held(self.names[0])
        if len(self.names) > 1:
            both = (piece for name in self.names for piece in lots.held(name))
            pieces = sorted(both, key=attrgetter("place"))
        choice = in_order(pieces, method, day, price, self._rules.rates)
        if len(self.names) == 1:
            return [(self.names[0], spread(choice, quantity)[0])]
        order = list(choice)
        washed = {name: self._is_washed(name, day, price) for name in self.names}
        order.sort(key=lambda piece: washed[piece.purchase.symbol](piece))
        parts, _ = spread(order, quantity)
        if method is not LotMethod.AVERAGE:
            parts = list(_as_a_ledger_does(parts, pieces))
        of_each = (
            (n, [part for part in parts if part[0].purchase.symbol == n]) for n in self.names
        )
        return [(name, own) for name, own in of_each if own]

    def _is_washed(self, name: str, day: date, price: float) -> Callable[[Piece], bool]:
        lately = self._lots.bought_lately(name, day)
        if not lately:
            return lambda piece: False
        if self._rules.method is LotMethod.AVERAGE:
            average = average_basis(self._lots.held(name)) or 0.0
            is_loss = _is_above(average, price)
            return lambda piece: is_loss

        def is_washed(piece: Piece) -> bool:
            if not _is_above(piece.basis or 0.0, piece.quantity * price):
                return False
            return any(purchase is not piece.purchase for purchase in lately)

        return is_washed

    def harvestable(self, rules: HarvestRules, day: date, price: float) -> Harvestable | None:
        """The security with the greater loss that may be exchanged for the other; None where none may."""
        found = [
            each
            for sold, bought in (self.names, self.names[::-1])
            if (each := self._harvestable(sold, bought, rules, day, price))
        ]
        return max(found, key=attrgetter("loss"), default=None)

    def _harvestable(
        self, sold: str, bought: str, rules: HarvestRules, day: date, price: float
    ) -> Harvestable | None:
        """Whole purchases at a loss; none where one of the last 30 days, which would wash them, stays."""
        if not self._lots.may_buy(bought, day):
            return None
        parts: Parts = []
        loss = 0.0
        gone: set[int] = set()
        for purchases in self._lots_of(sold):
            quantity = sum(piece.quantity for piece in purchases)
            basis = sum(piece.basis or 0.0 for piece in purchases)
            least = rules.minimum_loss, rules.minimum_loss_fraction
            if is_large(basis - quantity * price, basis, *least):
                parts += [(piece, piece.quantity) for piece in purchases]
                loss += basis - quantity * price
                gone |= {piece.purchase.rank for piece in purchases}
        stays = any(each.rank not in gone for each in self._lots.bought_lately(sold, day))
        return Harvestable(sold, bought, parts, loss) if parts and not stays else None

    def _lots_of(self, name: str) -> list[list[Piece]]:
        """The pieces of each purchase; with average cost, where a share is like all others, all of them."""
        pieces = self._lots.held(name)
        if self._rules.method is LotMethod.AVERAGE:
            return [list(pieces)] if pieces else []
        return list(_by_purchase(pieces).values())


def _is_above(basis: float, proceeds: float) -> bool:
    return basis - proceeds > NOTHING * basis


def _by_purchase(pieces: Sequence[Piece]) -> dict[Purchase, list[Piece]]:
    found: dict[Purchase, list[Piece]] = {}
    for piece in pieces:
        found.setdefault(piece.purchase, []).append(piece)
    return found


def _as_a_ledger_does(parts: Parts, pieces: Sequence[Piece]) -> Iterator[tuple[Piece, float]]:
    """The same shares of each purchase, those that replaced others first: who names a lot sells it so."""
    wanted: dict[Purchase, float] = {}
    for piece, quantity in parts:
        wanted[piece.purchase] = wanted.get(piece.purchase, 0.0) + quantity
    known = _by_purchase(pieces)
    for purchase, quantity in wanted.items():
        yield from spread(known[purchase], quantity)[0]
