"""Which part of a loss is not allowed: one replaceable rule, and that of the United States."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from xl_rebal.model.transactions import History, TaxAccount
from xl_rebal.tax.choice import is_all
from xl_rebal.tax.holding import tacked
from xl_rebal.tax.methods import Tacking, WashScope
from xl_rebal.tax.results import Match
from xl_rebal.tax.sold import Sold
from xl_rebal.tax.splits import Splits
from xl_rebal.tax.stock import Piece, Purchase, Stock

WINDOW = timedelta(days=30)
"""Before the sale and after it; the 30th day counts (IRC 1091(a))."""


class LossRule(Protocol):
    """What a tax system makes of losses whose shares are replaced."""

    def match(self, sold: Sequence[Sold], stock: Stock) -> Iterator[Match]:
        """Called at the end of a day with all its sales, in order of original acquisition.

        Adds to what of each is disallowed, and to the bases and dates of the shares that replace it.
        """
        ...


@dataclass(frozen=True)
class WashSales:
    """IRC 1091 and Reg. 1.1091-1: losses in order of disposition, replacements in order of acquisition.

    The rest of a purchase does not replace a part of it (Rev. Rul. 56-602). Where the replacement is in an
    account that is not taxed, the loss is lost for good (Rev. Rul. 2008-5).
    """

    history: History
    splits: Splits
    scope: WashScope = WashScope.HOUSEHOLD_IRA
    tacking: Tacking = Tacking.DAYS

    def match(self, sold: Sequence[Sold], stock: Stock) -> Iterator[Match]:
        for each in sold:
            if each.loss > 0:
                yield from self._replaced(each, stock)

    def _replaced(self, sold: Sold, stock: Stock) -> Iterator[Match]:
        """Shares left unreplaced, and their loss, shrink together, so that all of it is all of it."""
        shares, loss = sold.quantity, sold.loss
        for piece in self._candidates(sold, stock):
            ratio = self._shares_then(piece.purchase, sold)
            available = piece.quantity * ratio
            matched = min(shares, available)
            part = loss if is_all(matched, shares) else loss * matched / shares
            yield self._match(sold, piece, matched / ratio, part, stock)
            shares, loss = shares - matched, loss - part
            if loss <= 0:
                return

    def _candidates(self, sold: Sold, stock: Stock) -> Iterator[Piece]:
        """Unused shares in scope: of purchases up to the sale what is still held, of later ones all."""
        seller = self.history.account(sold.account)
        first, last = sold.day - WINDOW, sold.day + WINDOW
        for purchase in stock.bought_between(sold.purchase.group, first, last):
            if purchase is sold.purchase:
                continue
            for piece in sorted(purchase.unused, key=lambda each: each.account):
                if self._is_in_scope(seller, self.history.account(piece.account)):
                    yield piece

    def _is_in_scope(self, seller: TaxAccount, buyer: TaxAccount) -> bool:
        match self.scope:
            case WashScope.HOUSEHOLD_IRA:
                return True
            case WashScope.HOUSEHOLD:
                return buyer.is_taxed
            case WashScope.TAXABLE:
                return buyer.is_taxed and buyer.owner == seller.owner
            case WashScope.ACCOUNT:
                return buyer.name == seller.name

    def _shares_then(self, purchase: Purchase, sold: Sold) -> float:
        """Shares of the day of the sale in a share as the piece counts it: a later purchase in its own."""
        if purchase.day <= sold.day:
            return 1.0
        return self.splits.ratio(purchase.symbol, purchase.day, sold.day)

    def _match(self, sold: Sold, piece: Piece, quantity: float, loss: float, stock: Stock) -> Match:
        is_permanent = not self.history.account(piece.account).is_taxed
        shares = stock.take(piece, quantity)
        basis, adjusted = shares.basis, shares.adjusted
        sold.disallowed += loss
        if is_permanent:
            sold.permanent += loss
        else:
            basis = None if basis is None else basis + loss
            adjusted = tacked(shares.purchase.day, sold.adjusted, sold.day, self.tacking)
        purchase = shares.purchase
        stock.place(
            Piece(purchase, shares.account, shares.quantity, shares.cost, basis, adjusted, True)
        )
        as_bought = 1.0
        if purchase.day <= sold.day:
            as_bought = self.splits.ratio(purchase.symbol, sold.day, purchase.day)
        return Match(sold.row, purchase.row, shares.quantity * as_bought, loss, is_permanent)
