"""One account and its plan in few words, and what a trade list leaves of it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from xl_rebal.model.plan import Plan, TargetLine, Targets
from xl_rebal.model.portfolio import CASH, Account, Household, Position
from xl_rebal.model.trades import Action, TradeList

ACCOUNT = "Main"


def household(
    holdings: dict[str, tuple[float, float]], cash: float = 0.0, **account: object
) -> Household:
    positions = [Position(ACCOUNT, symbol, q, p) for symbol, (q, p) in holdings.items()]
    if cash:
        positions.append(Position(ACCOUNT, CASH, cash, 1.0))
    return Household((Account(ACCOUNT, **account),), tuple(positions))  # type: ignore[arg-type]


def plan(weights: dict[str, float], **more: object) -> Plan:
    lines = tuple(TargetLine(key, weight) for key, weight in weights.items())
    return Plan(targets=(Targets(lines),), **more)  # type: ignore[arg-type]


def changes(found: TradeList) -> dict[str, float]:
    return {t.symbol: t.quantity if t.action is Action.BUY else -t.quantity for t in found.trades}


def assert_cash_balances(found: TradeList) -> None:
    """cash after = before + new cash + sells - buys - costs, in exact decimals."""
    for outcome in found.accounts:
        exact = [
            Decimal(repr(x))
            for x in (
                outcome.cash_before, outcome.new_cash, outcome.sells, -outcome.buys, -outcome.costs
            )
        ]  # fmt: skip
        assert sum(exact) == Decimal(repr(outcome.cash_after))
        mine = [t for t in found.trades if t.account == outcome.account]
        sells = sum(Decimal(repr(t.amount)) for t in mine if t.action is Action.SELL)
        buys = sum(Decimal(repr(t.amount)) for t in mine if t.action is Action.BUY)
        assert (sells, buys) == (Decimal(repr(outcome.sells)), Decimal(repr(outcome.buys)))


def after_trading(home: Household, found: TradeList) -> Household:
    """The same account once the trades are done, its new cash placed."""
    moved = changes(found)
    positions = [
        replace(
            p, quantity=float(Decimal(repr(p.quantity)) + Decimal(repr(moved.get(p.symbol, 0.0))))
        )
        for p in home.positions
        if p.symbol != CASH
    ]
    if cash := found.accounts[0].cash_after:
        positions.append(Position(ACCOUNT, CASH, cash, 1.0))
    accounts = tuple(replace(account, new_cash=0.0) for account in home.accounts)
    return Household(accounts, tuple(positions), home.lots)
