"""The trades of each account by itself, since accounts do not depend on each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from xl_rebal.engine.rebalance import rebalance
from xl_rebal.engine.taxes.sales import Place
from xl_rebal.errors import InfeasibleError, InputError, XlRebalError, together
from xl_rebal.model.plan import Plan
from xl_rebal.model.portfolio import Household, Lot, Position
from xl_rebal.model.securities import Securities
from xl_rebal.model.trades import TradeList


class ByAccount:
    """A rebalance that is looked at again of some accounts, when there is something that they must keep."""

    def __init__(
        self,
        household: Household,
        securities: Securities,
        plan: Plan,
        prices: Mapping[str, float],
    ) -> None:
        self.securities, self.plan = securities, plan
        self._rough = replace(plan, whole_shares=False, fraction_digits=0)
        self.prices = {**prices, **{p.symbol: p.price for p in household.positions}}
        self._names = [account.name for account in household.accounts]
        self._found: dict[str, TradeList] = {}

    @property
    def named(self) -> Mapping[Place, Sequence[Lot]]:
        """The lots that are sold first, by account and symbol."""
        return {}

    def look(
        self, household: Household, names: set[str], keeping: set[str], roughly: bool = False
    ) -> set[str]:
        """Find the trades of the accounts ``names``; those of ``keeping`` that cannot raise what they need.

        ``roughly``: to the nearest share, without a search for the best of whole shares, which takes most of
        the time. Raises the problems of all others together.
        """
        errors: list[XlRebalError] = []
        stuck = set()
        for own in each_alone(household, names):
            account = own.accounts[0]
            try:
                self._found[account.name] = self.trades_of(own, roughly)
            except (InputError, InfeasibleError) as error:
                if account.name in keeping:
                    stuck.add(account.name)
                else:
                    errors.append(error)
        if errors:
            raise together(errors)
        return stuck

    def trades_of(self, own: Household, roughly: bool) -> TradeList:
        """The trades of a household of one account."""
        plan = self.plan
        if roughly and own.accounts[0].is_whole(plan.whole_shares):
            own = replace(own, accounts=(replace(own.accounts[0], whole_shares=False),))
            plan = self._rough
        return rebalance(own, self.securities, plan, self.prices)

    def any_whole(self, household: Household) -> bool:
        """Whether an account trades whole shares."""
        return any(account.is_whole(self.plan.whole_shares) for account in household.accounts)

    def together(self) -> TradeList:
        """The trades of all accounts that were looked at, as they were found last."""
        found = [self._found[name] for name in self._names if name in self._found]
        return TradeList(
            tuple(trade for each in found for trade in each.trades),
            tuple(outcome for each in found for outcome in each.accounts),
            tuple(note for each in found for note in each.notes),
        )


def each_alone(household: Household, names: set[str]) -> Iterator[Household]:
    """Households of one account each."""
    positions: dict[str, list[Position]] = {name: [] for name in names}
    lots: dict[str, list[Lot]] = {name: [] for name in names}
    for position in household.positions:
        if position.account in names:
            positions[position.account].append(position)
    for lot in household.lots:
        if lot.account in names:
            lots[lot.account].append(lot)
    for account in household.accounts:
        if account.name in names:
            yield Household((account,), tuple(positions[account.name]), tuple(lots[account.name]))
