"""Orders put into words: the trades of an account, and what they leave it with."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from xl_rebal.engine.desk import Desk
from xl_rebal.engine.lines import drift_rows
from xl_rebal.engine.orders import Fill, cash_after
from xl_rebal.model.trades import AccountOutcome, Action, Trade
from xl_rebal.numerics import drift
from xl_rebal.numerics.money import currency
from xl_rebal.typing import FloatArray

Sentence = Callable[[int, str, float], str]
"""Why a symbol of a line (its number) is bought (change > 0) or sold."""


def weights_after(desk: Desk, fills: Sequence[Fill], whole: float | None = None) -> FloatArray:
    """Line weights once the orders are done: of what is left, or of ``whole`` currency."""
    cash = cash_after(desk.spendable_cents, fills)
    change = np.array([fill.change for fill in fills], dtype=np.float64)
    after = desk.line_values((desk.held + change) * desk.price, currency(cash))
    return after / (after.sum() if whole is None else whole)


def trades_of(
    desk: Desk, before: FloatArray, after: FloatArray, fills: Sequence[Fill], sentence: Sentence
) -> list[Trade]:
    """The orders as trades: sells before buys, the largest first."""
    trades = [
        Trade(
            account=desk.account.name,
            action=Action.BUY if fill.change > 0 else Action.SELL,
            symbol=position.symbol,
            quantity=abs(fill.change),
            price=position.price,
            amount=currency(fill.amount),
            cost=currency(fill.cost),
            line=desk.lines.keys[number],
            weight_before=float(before[number]),
            weight_after=float(after[number]),
            target=float(desk.lines.target[number]),
            reason=sentence(number, position.symbol, fill.change),
        )
        for position, fill, number in zip(desk.positions, fills, desk.line.tolist(), strict=True)
        if fill.change != 0
    ]
    trades.sort(key=sells_first)
    return trades


def sells_first(trade: Trade) -> tuple[bool, float]:
    """The order of an account's trades: sells before buys, the largest first."""
    return trade.action is Action.BUY, -trade.amount


def outcome_of(
    desk: Desk,
    before: FloatArray,
    after: FloatArray,
    fills: Sequence[Fill],
    *,
    base: float,
    note: str = "",
    residual_drift: float | None = None,
) -> AccountOutcome:
    """The account before and after; weights are fractions of ``base`` currency before."""
    sells = sum(fill.amount for fill in fills if fill.change < 0)
    buys = sum(fill.amount for fill in fills if fill.change > 0)
    costs = sum(fill.cost for fill in fills)
    left = drift.max_drift(after, desk.lines.target) if residual_drift is None else residual_drift
    return AccountOutcome(
        account=desk.account.name,
        may_trade=desk.account.may_trade,
        value=max(0.0, desk.base) + currency(desk.buffer_cents),
        cash_before=currency(desk.cash_cents),
        new_cash=currency(desk.flow_cents),
        sells=currency(sells),
        buys=currency(buys),
        costs=currency(costs),
        cash_after=currency(desk.cash_cents + desk.flow_cents + sells - buys - costs),
        buffer=currency(desk.buffer_cents),
        residual_drift=left,
        lines=drift_rows(desk.lines, before * base, base, after),
        note=note,
    )


def nothing_held(desk: Desk) -> AccountOutcome:
    """An account without holdings and cash."""
    return AccountOutcome(
        desk.account.name, desk.account.may_trade, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0,
        (), "holds nothing",
    )  # fmt: skip
