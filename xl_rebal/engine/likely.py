"""What an account is likely to trade: its move shared out to symbols, before the search for whole shares."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from xl_rebal.engine.desk import Desk
from xl_rebal.engine.ideal import wanted_values
from xl_rebal.engine.payout import takes_all
from xl_rebal.engine.rebalance import move_of
from xl_rebal.errors import InputError
from xl_rebal.model.plan import Method, Plan
from xl_rebal.model.portfolio import Household
from xl_rebal.model.securities import Securities
from xl_rebal.numerics.tolerance import WEIGHT_TOLERANCE


def likely_changes(
    own: Household, securities: Securities, plan: Plan, prices: Mapping[str, float]
) -> dict[str, float]:
    """Signed shares by symbol (+ bought) of the one account of ``own``; costs are not counted.

    To the nearest step where shares are whole. Empty where an account may not trade or cannot be rebalanced,
    where all is paid out, and for the method Optimal, which has no move before its search.
    """
    account = own.accounts[0]
    if plan.method is Method.OPTIMAL or not account.may_trade:
        return {}
    try:
        desk = Desk.open(account, own, securities, plan, prices)
    except InputError:
        return {}
    if desk.base <= 0 or takes_all(desk):
        return {}
    change = (wanted_values(desk, move_of(desk, desk.weights)) - desk.values) / desk.price
    change = np.maximum(change, desk.locked - desk.held)
    if desk.flow_cents >= 0:
        change = np.where(np.abs(change) * desk.price < plan.minimum_trade, 0.0, change)
    if desk.is_whole:
        step = np.array([security.round_lot for security in desk.securities], dtype=np.float64)
        is_all = change <= -desk.held * (1 - WEIGHT_TOLERANCE)
        most = np.floor((desk.held - desk.locked) / step + WEIGHT_TOLERANCE)  # steps to sell
        change = np.where(is_all, change, np.maximum(np.rint(change / step), -most) * step)
    return {
        position.symbol: shares
        for position, shares in zip(desk.positions, change.tolist(), strict=True)
        if shares
    }
