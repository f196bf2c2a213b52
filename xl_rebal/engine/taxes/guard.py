"""A rebalance that washes no loss: lots whose loss a purchase would wash are kept, others are sold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from xl_rebal.engine.rebalance import rebalance
from xl_rebal.engine.taxes.question import TaxQuestion
from xl_rebal.engine.taxes.sales import Place, Washed, bought_in, disposals, washed
from xl_rebal.errors import InfeasibleError, InputError, XlRebalError
from xl_rebal.model.plan import Plan
from xl_rebal.model.portfolio import Household
from xl_rebal.model.securities import Securities
from xl_rebal.model.trades import TradeList
from xl_rebal.tax.disposal import Disposal
from xl_rebal.tax.replacing import Bought, LotKey, key_of


@dataclass(frozen=True)
class Guarded:
    """Trades by account, the lots of each sale, and the lots that were kept and why.

    ``washed``: losses that are washed all the same. ``household``: with what it may not buy and sell.
    """

    traded: TradeList
    disposals: Mapping[Place, Disposal]
    kept: tuple[Washed, ...]
    washed: tuple[Washed, ...]
    household: Household


def guarded_rebalance(
    household: Household,
    securities: Securities,
    plan: Plan,
    prices: Mapping[str, float],
    question: TaxQuestion,
    planned: Sequence[Bought] = (),
    avoid: bool = True,
) -> Guarded:
    """The trades of a rebalance with their lots.

    With ``avoid`` no lot is sold at a loss that a purchase within 30 days would wash: of a lot, scheduled,
    ``planned`` or of this very list; nor is anything bought that would wash a loss of the record. Such lots
    are kept, one look after the other, until none is left: others are sold, or the line stays as it is. Where a
    withdrawal cannot be raised without them, the account sells them all the same.
    """
    if avoid:
        household = question.without_barred(household, securities)
    alone = _Accounts(household, securities, plan, prices)
    kept: dict[LotKey, Washed] = {}
    free = set() if avoid else {account.name for account in household.accounts}
    todo = {account.name for account in household.accounts}
    while True:
        current = _without(household, kept)
        stuck = alone.look(current, todo, {key[0] for key in kept})
        if stuck:
            kept = {key: each for key, each in kept.items() if key[0] not in stuck}
            free, todo = free | stuck, stuck
            continue
        traded = alone.together()
        sold = disposals(traded.trades, current, question)
        bad = washed(sold, current, question, [*planned, *bought_in(traded.trades, question)])
        more = {key_of(each.sold.lot): each for each in bad if each.sold.lot.account not in free}
        if not more:
            return Guarded(traded, sold, tuple(kept.values()), tuple(bad), current)
        kept.update(more)
        todo = {key[0] for key in more}


def _without(household: Household, kept: Mapping[LotKey, Washed]) -> Household:
    """The household that does not sell what is kept."""
    lots = tuple(
        replace(lot, do_not_sell=True) if key_of(lot) in kept else lot for lot in household.lots
    )
    return replace(household, lots=lots)


class _Accounts:
    """The trades of each account by itself, since accounts do not depend on each other."""

    def __init__(
        self,
        household: Household,
        securities: Securities,
        plan: Plan,
        prices: Mapping[str, float],
    ) -> None:
        self._names = [account.name for account in household.accounts]
        self._securities, self._plan = securities, plan
        self._prices = {**prices, **{p.symbol: p.price for p in household.positions}}
        self._found: dict[str, TradeList] = {}

    def look(self, household: Household, names: set[str], keeping: set[str]) -> set[str]:
        """Find the trades of the accounts ``names``; those that keep lots and cannot raise what they need.

        Raises the problems of all other accounts together.
        """
        errors: list[XlRebalError] = []
        stuck = set()
        for account in household.accounts:
            if account.name not in names:
                continue
            own = Household(
                (account,),
                tuple(p for p in household.positions if p.account == account.name),
                tuple(lot for lot in household.lots if lot.account == account.name),
            )
            try:
                self._found[account.name] = rebalance(
                    own, self._securities, self._plan, self._prices
                )
            except (InputError, InfeasibleError) as error:
                if account.name in keeping:
                    stuck.add(account.name)
                else:
                    errors.append(error)
        if errors:
            is_input = any(isinstance(error, InputError) for error in errors)
            kind = InputError if is_input else InfeasibleError
            raise kind(problem for error in errors for problem in error.problems)
        return stuck

    def together(self) -> TradeList:
        found = [self._found[name] for name in self._names]
        return TradeList(
            tuple(trade for each in found for trade in each.trades),
            tuple(outcome for each in found for outcome in each.accounts),
            tuple(note for each in found for note in each.notes),
        )
