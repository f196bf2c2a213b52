"""What a trade list asks of taxes: the day, the rules, the record, and what it says of purchases and sales."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

from xl_rebal.model.portfolio import Household
from xl_rebal.model.securities import Securities
from xl_rebal.model.transactions import History
from xl_rebal.tax.ledger import ledger
from xl_rebal.tax.methods import LotMethod, method_of
from xl_rebal.tax.replacing import (
    Bought,
    Purchases,
    known_purchases,
    not_to_be_bought,
    perhaps_not_to_be_bought,
)
from xl_rebal.tax.results import Ledger
from xl_rebal.tax.settings import TaxSettings


@dataclass(frozen=True)
class TaxQuestion:
    """``history`` is the record (it may be empty) with the accounts and identity groups of the household."""

    as_of: date
    settings: TaxSettings = field(default_factory=TaxSettings)
    history: History = field(default_factory=lambda: History(()))

    @cached_property
    def ledger(self) -> Ledger:
        """What the record comes to by the end of ``as_of``; InputError where its rows cannot be."""
        rules = self.settings
        return ledger(
            self.history, self.as_of, rules.method, rules.scope, rules.tacking, rules.rates
        )

    @cached_property
    def barred(self) -> Mapping[str, Mapping[str, date]]:
        """By account and identity group the first day on which a purchase washes no loss of the record."""
        return not_to_be_bought(self.ledger.sales, self.history, self.as_of, self.settings.scope)

    @cached_property
    def doubtful(self) -> Mapping[str, Mapping[str, date]]:
        """The same of sales whose cost is unknown, which may have been losses."""
        sales = self.ledger.sales
        return perhaps_not_to_be_bought(sales, self.history, self.as_of, self.settings.scope)

    def purchases(self, household: Household, planned: Iterable[Bought] = ()) -> Purchases:
        """What may wash a loss of the day, with what is ``planned``."""
        return known_purchases(
            household.lots,
            self.ledger.lots,
            self.history,
            self.as_of,
            self.settings.scope,
            planned,
        )

    def method_of(self, account: str) -> LotMethod:
        """Which lots its sales take: its own method, else that of the settings."""
        return method_of(self.history.account(account), self.settings.method)

    def is_specific(self, account: str) -> bool:
        """Whether its sales name their lots, which a list of trades cannot."""
        return self.method_of(account) is LotMethod.SPECIFIC

    def without_barred(self, household: Household, securities: Securities) -> Household:
        """The household whose accounts do not buy what would wash a loss of the record."""
        return self.not_buying(household, securities, self.barred)

    def not_buying(
        self,
        household: Household,
        securities: Securities,
        groups: Mapping[str, Collection[str]],
    ) -> Household:
        """The household whose accounts buy nothing of the identity ``groups`` that are given for each."""
        symbols = {position.symbol for position in household.positions}
        symbols |= {security.symbol for security in securities}
        accounts = []
        for account in household.accounts:
            own = groups.get(account.name, ())
            barred = {each for each in symbols if self.history.group(each) in own}
            accounts.append(replace(account, do_not_buy=account.do_not_buy | barred))
        return replace(household, accounts=tuple(accounts))
