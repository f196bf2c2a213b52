"""Shares that were sold, while it is found out how much of their loss is allowed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from xl_rebal.tax.choice import NOTHING
from xl_rebal.tax.holding import is_long
from xl_rebal.tax.results import Sale
from xl_rebal.tax.stock import Purchase


@dataclass(slots=True, eq=False)
class Sold:
    """Shares of one lot with one basis, sold by one transaction; totals in currency."""

    row: int
    day: date
    account: str
    purchase: Purchase
    quantity: float
    proceeds: float
    basis: float | None
    adjusted: date
    is_taxed: bool
    disallowed: float = 0.0
    permanent: float = 0.0

    @property
    def loss(self) -> float:
        """What a rule may disallow, > 0; else 0: a gain, an unknown basis, an account that isn't taxed.

        A basis that differs from the proceeds by the last bits of a float alone is no loss.
        """
        if self.basis is None or not self.is_taxed:
            return 0.0
        loss = self.basis - self.proceeds
        return loss if loss > NOTHING * self.basis else 0.0

    def result(self) -> Sale:
        disallowed: float | None = self.disallowed
        recognised: float | None = 0.0
        if self.is_taxed:
            if self.basis is None:
                disallowed = recognised = None
            else:
                recognised = self.proceeds - self.basis + self.disallowed
        purchase = self.purchase
        return Sale(
            self.row,
            self.day,
            self.account,
            purchase.symbol,
            purchase.lot_id,
            purchase.day,
            self.adjusted,
            self.quantity,
            self.proceeds,
            self.basis,
            disallowed,
            recognised,
            self.permanent,
            is_long(self.adjusted, self.day),
            self.is_taxed,
        )
