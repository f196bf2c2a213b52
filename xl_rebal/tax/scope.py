"""Whose purchases replace what is sold at a loss."""

from __future__ import annotations

from xl_rebal.model.transactions import TaxAccount
from xl_rebal.tax.methods import WashScope


def is_in_scope(scope: WashScope, seller: TaxAccount, buyer: TaxAccount) -> bool:
    """Whether a purchase in the account ``buyer`` may wash a loss in the account ``seller``.

    >>> mine, ira = TaxAccount("Joint"), TaxAccount("IRA", "Traditional")
    >>> is_in_scope(WashScope.HOUSEHOLD_IRA, mine, ira), is_in_scope(WashScope.HOUSEHOLD, mine, ira)
    (True, False)
    """
    match scope:
        case WashScope.HOUSEHOLD_IRA:
            return True
        case WashScope.HOUSEHOLD:
            return buyer.is_taxed
        case WashScope.TAXABLE:
            return buyer.is_taxed and buyer.owner == seller.owner
        case WashScope.ACCOUNT:
            return buyer.name == seller.name
