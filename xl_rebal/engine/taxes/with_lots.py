"""A rebalance with lots: which are sold, what that is taxed, and no loss that its own purchases wash."""

from __future__ import annotations

from collections.abc import Mapping

from xl_rebal.engine.rebalance import rebalance
from xl_rebal.engine.taxes.by_account import ByAccount
from xl_rebal.engine.taxes.guard import guarded
from xl_rebal.engine.taxes.question import TaxQuestion
from xl_rebal.engine.taxes.recorded import with_recorded_lots
from xl_rebal.engine.taxes.rows import with_lots
from xl_rebal.model.plan import Plan
from xl_rebal.model.portfolio import Household
from xl_rebal.model.securities import Securities
from xl_rebal.model.trades import TradeList


def rebalance_with_lots(
    household: Household,
    securities: Securities,
    plan: Plan,
    prices: Mapping[str, float],
    question: TaxQuestion,
) -> TradeList:
    """The trades of ``rebalance``, each sale with its lots, gains by term and tax.

    Where wash sales are to be avoided, lots whose loss a purchase within 30 days would wash are kept, and
    nothing is bought that would wash a loss of the record; else such rows carry a warning. Without lots and a
    record it is the plain rebalance. Raises InputError with the rows of the record that cannot be, and what
    ``rebalance`` raises.
    """
    if not household.lots and not question.history.transactions:
        return rebalance(household, securities, plan, prices)
    household = with_recorded_lots(household, question.ledger.lots)
    avoid = question.settings.avoids_wash_sales
    if avoid:
        household = question.without_barred(household, securities)
    accounts = ByAccount(household, securities, plan, prices)
    return with_lots(guarded(household, accounts, question, avoid), question)
