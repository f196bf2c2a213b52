"""Swaps and a rebalance after them as one list: no security is bought and sold in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from xl_rebal.engine.desk import Desk
from xl_rebal.engine.lines import Lines, drift_rows, line_of
from xl_rebal.engine.orders import Fill, cash_after
from xl_rebal.engine.outcome import sells_first
from xl_rebal.engine.taxes.swap import Swap, Trading, sum_of_shares
from xl_rebal.model.portfolio import Household
from xl_rebal.model.trades import AccountOutcome, Action, LineDrift, Trade, TradeList
from xl_rebal.numerics.money import cents, currency
from xl_rebal.typing import FloatArray


@dataclass(frozen=True)
class Before:
    """The lines of an account as they are before its swaps: ``weights`` of ``base`` (currency)."""

    lines: Lines
    weights: FloatArray
    base: float

    @classmethod
    def of(cls, own: Household, trading: Trading) -> Before:
        """Those of the one account of ``own``."""
        account = own.accounts[0]
        desk = Desk.open(account, own, trading.securities, trading.plan, trading.prices)
        return cls(desk.lines, *desk.before)

    def drift(self, outcome: AccountOutcome) -> tuple[LineDrift, ...]:
        """These lines, and what they are after all trades."""
        after = {
            line.key: line.current if line.after is None else line.after for line in outcome.lines
        }
        ends = np.array([after.get(key, 0.0) for key in self.lines.keys])
        return drift_rows(self.lines, self.weights * self.base, self.base, ends)


def joined(
    own: Household,
    swaps: Sequence[Swap],
    changes: Mapping[str, float],
    before: Before,
    after: TradeList,
    trading: Trading,
) -> TradeList:
    """One account's list: its ``changes`` by swaps (signed shares) and the trades ``after`` them.

    ``before``: its lines as they are before the swaps.
    Amounts and costs are those of the trades that are left: what a swap buys and the rebalance sells is not
    traded at all. Cash ends where both end, with the costs that are saved.
    """
    if not changes:
        return after
    account = own.accounts[0]
    outcome = replace(after.accounts[0], lines=before.drift(after.accounts[0]))
    net = dict(changes)
    fills: dict[str, Fill] = {}
    for trade in after.trades:
        signed = trade.quantity if trade.action is Action.BUY else -trade.quantity
        net[trade.symbol] = sum_of_shares(net.get(trade.symbol, 0.0), signed)
        if trade.symbol not in changes:
            fills[trade.symbol] = Fill(signed, cents(trade.amount), cents(trade.cost))
    for symbol in changes:
        if net[symbol]:
            fills[symbol] = trading.fill(symbol, net[symbol])
    _keep_cash(own, fills, outcome, trading)
    reasons = {
        trade.symbol: trade.reason
        for trade in after.trades
        if (trade.action is Action.BUY) is (net[trade.symbol] > 0)
    }
    targets = trading.plan.targets_for(account.model)
    lines = {line.key: line for line in outcome.lines}
    swaps_of = _by_symbol(swaps)
    trades = []
    for symbol, fill in fills.items():
        if not fill.change:
            continue
        key = line_of(symbol, targets, trading.securities)
        why = _why(symbol, swaps_of.get(symbol, ()), fills, reasons)
        trades.append(_trade(account.name, symbol, fill, lines[key], why, trading))
    trades.sort(key=sells_first)
    return replace(after, trades=tuple(trades), accounts=(_outcome(own, fills, outcome),))


def _keep_cash(
    own: Household, fills: dict[str, Fill], outcome: AccountOutcome, trading: Trading
) -> None:
    """Cents that are rounded another way in one trade than in two never overdraw: a purchase gives way."""
    account = own.accounts[0]
    start = cents(outcome.new_cash) + cents(own.cash(account.name))
    floor = min(0, cents(outcome.cash_after))
    while cash_after(start, fills.values()) < floor:
        symbol = max(fills, key=lambda each: (fills[each].change > 0, fills[each].amount))
        fill = fills[symbol]
        if fill.change <= 0:
            return
        fewer = trading.rounded_down(account, symbol, fill.change * (1 - 1e-9))
        fills[symbol] = trading.fill(symbol, fewer)


def _by_symbol(swaps: Sequence[Swap]) -> dict[str, list[Swap]]:
    """The swaps in which a symbol is sold or bought."""
    found: dict[str, list[Swap]] = {}
    for swap in swaps:
        for symbol in (swap.symbol, swap.substitute):
            if symbol is not None:
                found.setdefault(symbol, []).append(swap)
    return found


def _why(
    symbol: str, swaps: Sequence[Swap], fills: Mapping[str, Fill], reasons: Mapping[str, str]
) -> str:
    """Why it is traded, of the ``swaps`` with it: what the rest of the list takes back is no reason."""
    said = []
    for swap in swaps:
        bought = fills.get(swap.substitute or "")
        if bought is None or bought.change <= 0:
            place = ""
        else:
            place = f"; {swap.substitute} takes its place"
        if swap.symbol == symbol:
            said.append(f"{symbol}: sold to realise a loss{place}.")
        elif swap.substitute == symbol and place:
            said.append(f"{symbol}: takes the place of {swap.symbol}.")
    if symbol in reasons:
        said.append(reasons[symbol])
    return " ".join(said)


def _trade(
    account: str, symbol: str, fill: Fill, line: LineDrift, reason: str, trading: Trading
) -> Trade:
    return Trade(
        account=account,
        action=Action.BUY if fill.change > 0 else Action.SELL,
        symbol=symbol,
        quantity=abs(fill.change),
        price=trading.prices[symbol],
        amount=currency(fill.amount),
        cost=currency(fill.cost),
        line=line.key,
        weight_before=line.current,
        weight_after=line.current if line.after is None else line.after,
        target=line.target,
        reason=reason,
    )


def _outcome(own: Household, fills: Mapping[str, Fill], outcome: AccountOutcome) -> AccountOutcome:
    """The account with the cash that it really begins and ends with."""
    before = cents(own.cash(outcome.account))
    sells = sum(fill.amount for fill in fills.values() if fill.change < 0)
    buys = sum(fill.amount for fill in fills.values() if fill.change > 0)
    costs = sum(fill.cost for fill in fills.values())
    left = before + cents(outcome.new_cash) + sells - buys - costs
    return replace(
        outcome,
        cash_before=currency(before),
        sells=currency(sells),
        buys=currency(buys),
        costs=currency(costs),
        cash_after=currency(left),
    )
