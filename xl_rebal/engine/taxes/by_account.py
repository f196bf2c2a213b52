"""The trades of each account by itself, since accounts do not depend on each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from xl_rebal.engine.likely import likely_changes
from xl_rebal.engine.rebalance import rebalance
from xl_rebal.engine.taxes.sales import Place
from xl_rebal.engine.taxes.swap import Trading
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
        known = {**prices, **{p.symbol: p.price for p in household.positions}}
        self.trading = Trading(plan, securities, known)
        self._names = [account.name for account in household.accounts]
        self._found: dict[str, TradeList] = {}

    @property
    def named(self) -> Mapping[Place, Sequence[Lot]]:
        """The lots that are sold first, by account and symbol."""
        return {}

    def likely(self, own: Household) -> Mapping[str, float]:
        """Signed shares by symbol (+ bought) that the one account of ``own`` is likely to trade.

        Sales of lots that are ``named`` are left out.
        """
        trading = self.trading
        return likely_changes(own, trading.securities, trading.plan, trading.prices)

    def look(self, household: Household, names: set[str], keeping: set[str]) -> set[str]:
        """Find the trades of the accounts ``names``; those of ``keeping`` that cannot raise what they need.

        Raises the problems of all others together.
        """
        errors: list[XlRebalError] = []
        stuck = set()
        for own in each_alone(household, names):
            account = own.accounts[0]
            try:
                self._found[account.name] = self.trades_of(own)
            except (InputError, InfeasibleError) as error:
                if account.name in keeping:
                    stuck.add(account.name)
                else:
                    errors.append(error)
        if errors:
            raise together(errors)
        return stuck

    def trades_of(self, own: Household) -> TradeList:
        """The trades of a household of one account."""
        trading = self.trading
        return rebalance(own, trading.securities, trading.plan, trading.prices)

    def together(self) -> TradeList:
        """The trades of all accounts, as they were found last."""
        found = [self._found[name] for name in self._names]
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
