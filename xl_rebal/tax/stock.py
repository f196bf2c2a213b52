"""What is held while a record is gone through: purchases, and the pieces into which they come apart."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from operator import attrgetter

from xl_rebal.tax.choice import average_basis, is_all

Place = tuple[int, bool, date]
_PLACE = attrgetter("place")


@dataclass(slots=True, eq=False)
class Purchase:
    """Shares bought together. ``rank``: its number in order of acquisition, then content.

    unused: its pieces that have replaced nothing yet, also before it is bought.
    """

    rank: int
    row: int
    day: date
    account: str
    symbol: str
    group: str
    lot_id: str
    unused: list[Piece] = field(default_factory=list)
    is_bought: bool = False


@dataclass(slots=True, eq=False)
class Piece:
    """Shares of one purchase in one account with one basis (totals in currency; None: unknown).

    is_used: it replaces shares that were sold at a loss, and replaces no others.
    """

    purchase: Purchase
    account: str
    quantity: float
    cost: float | None
    basis: float | None
    adjusted: date
    is_used: bool = False
    place: Place = field(init=False)
    """Its order among the pieces of a symbol in an account: replacements come first within a purchase."""

    def __post_init__(self) -> None:
        self.place = self.purchase.rank, not self.is_used, self.adjusted

    @property
    def acquired(self) -> date:
        return self.purchase.day

    def without(self, quantity: float) -> Piece:
        """Takes shares off, with their part of cost and basis: they are the piece that is returned."""
        share = quantity / self.quantity
        cost = None if self.cost is None else self.cost * share
        basis = None if self.basis is None else self.basis * share
        self.quantity -= quantity
        if self.cost is not None and cost is not None:
            self.cost -= cost
        if self.basis is not None and basis is not None:
            self.basis -= basis
        return Piece(
            self.purchase, self.account, quantity, cost, basis, self.adjusted, self.is_used
        )

    def arrived(self, account: str) -> Piece:
        """The same shares in another account."""
        return Piece(
            self.purchase,
            account,
            self.quantity,
            self.cost,
            self.basis,
            self.adjusted,
            self.is_used,
        )


class Purchases:
    """The purchases of one identity group, by date; those that have nothing left are passed over for good."""

    def __init__(self, purchases: list[Purchase]) -> None:
        self._purchases = purchases
        self._days = [purchase.day for purchase in purchases]
        self._next = list(range(1, len(purchases) + 1))

    def add(self, purchase: Purchase) -> None:
        """One more, later than those that are known or of their last day."""
        self._purchases.append(purchase)
        self._days.append(purchase.day)
        self._next.append(len(self._purchases))

    def between(self, first: date, last: date) -> Iterator[Purchase]:
        """Those with unused shares, bought on these days or between them, in order of acquisition."""
        end = bisect_right(self._days, last)
        at = self._with_unused(bisect_left(self._days, first))
        while at < end:
            yield self._purchases[at]
            at = self._with_unused(at + 1)

    def _with_unused(self, at: int) -> int:
        empty = []
        while at < len(self._purchases) and not self._purchases[at].unused:
            empty.append(at)
            at = self._next[at]
        for each in empty:
            self._next[each] = at
        return at


class Stock:
    """All that is held on a day, by account and symbol, and all purchases by identity group."""

    def __init__(self, purchases: list[Purchase]) -> None:
        self._held: dict[tuple[str, str], list[Piece]] = {}
        self._of_symbol: dict[str, list[list[Piece]]] = {}
        self._waiting: dict[
            int, list[Piece]
        ] = {}  # replacements that are yet to be bought, by rank
        groups: dict[str, list[Purchase]] = {}
        for purchase in purchases:
            groups.setdefault(purchase.group, []).append(purchase)
        self._groups = {group: Purchases(found) for group, found in groups.items()}

    def held(self, account: str, symbol: str) -> list[Piece]:
        """The pieces in order of acquisition; not to be changed."""
        found = self._held.get((account, symbol))
        if found is None:
            found = self._held[account, symbol] = []
            self._of_symbol.setdefault(symbol, []).append(found)
        return found

    def all_pieces(self) -> Iterator[Piece]:
        """Everything that is held, by account and symbol."""
        for key in sorted(self._held):
            yield from self._held[key]

    def bought_between(self, group: str, first: date, last: date) -> Iterator[Purchase]:
        """Purchases of an identity group that have shares which have replaced nothing."""
        known = self._groups.get(group)
        return iter(()) if known is None else known.between(first, last)

    def add(self, purchase: Purchase) -> None:
        """A purchase that nobody knew of before: none of its group is later."""
        self._groups.setdefault(purchase.group, Purchases([])).add(purchase)

    def buy(self, purchase: Purchase) -> None:
        purchase.is_bought = True
        pieces = self.held(purchase.account, purchase.symbol)
        for piece in (*self._waiting.pop(purchase.rank, ()), *purchase.unused):
            insort(pieces, piece, key=_PLACE)

    def place(self, piece: Piece) -> None:
        """Puts shares where they belong; they count as those of their purchase."""
        purchase = piece.purchase
        if not piece.is_used:
            purchase.unused.append(piece)
        if purchase.is_bought:
            insort(self.held(piece.account, purchase.symbol), piece, key=_PLACE)
        elif piece.is_used:
            self._waiting.setdefault(purchase.rank, []).append(piece)

    def take(self, piece: Piece, quantity: float) -> Piece:
        """Shares that leave a piece, with their part of its basis; all of them where nothing would be left."""
        if is_all(quantity, piece.quantity):
            self._remove(piece)
            return piece
        return piece.without(quantity)

    def split(self, symbol: str, ratio: float) -> None:
        for pieces in self._of_symbol.get(symbol, ()):
            for piece in pieces:
                piece.quantity *= ratio

    def average(self, account: str, symbol: str) -> None:
        """Gives every share the average basis of all."""
        pieces = self.held(account, symbol)
        basis = average_basis(pieces)
        for piece in pieces:
            piece.basis = None if basis is None else basis * piece.quantity

    def _remove(self, piece: Piece) -> None:
        purchase = piece.purchase
        if not piece.is_used:
            purchase.unused.remove(piece)
        if purchase.is_bought:
            pieces = self.held(piece.account, purchase.symbol)
            at = bisect_left(pieces, piece.place, key=_PLACE)
            while pieces[at] is not piece:
                at += 1
            del pieces[at]
