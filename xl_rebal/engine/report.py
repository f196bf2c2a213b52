"""Where a household stands: drift per account and over all accounts of a model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from xl_rebal.engine.lines import Lines, drift_rows, line_of, target_lines
from xl_rebal.model.plan import Plan, Targets
from xl_rebal.model.portfolio import Account, Household
from xl_rebal.model.securities import Securities
from xl_rebal.model.trades import LineDrift, Status, TradeList
from xl_rebal.numerics import drift
from xl_rebal.typing import FloatArray


@dataclass(frozen=True)
class ScopeDrift:
    """Drift of one account, or of all accounts of a model together (``account`` is "").

    Holdings as they stand, without new cash. ``value`` is currency; weights are of value less the
    cash buffers. ``can_trade`` says whether a trade could mend it.
    """

    account: str
    model: str
    value: float
    rows: tuple[LineDrift, ...]
    can_trade: bool = True

    @property
    def out(self) -> tuple[LineDrift, ...]:
        """The lines that are out of their band."""
        return tuple(row for row in self.rows if row.status is Status.OUT)

    @property
    def largest(self) -> LineDrift | None:
        """The line of largest absolute drift, the first where several tie."""
        return max(self.rows, key=lambda row: abs(row.drift), default=None)

    @property
    def turnover(self) -> float:
        """One-way turnover to the targets, a fraction."""
        if not self.rows:
            return 0.0
        current = np.array([row.current for row in self.rows])
        return drift.one_way_turnover(current, np.array([row.target for row in self.rows]))


@dataclass(frozen=True)
class DriftReport:
    """Totals by model, and each account by itself: trades are decided by account."""

    totals: tuple[ScopeDrift, ...]
    accounts: tuple[ScopeDrift, ...]

    @property
    def is_out(self) -> bool:
        """Whether any account that may trade has a line out of its band."""
        return any(scope.out for scope in self.accounts if scope.can_trade)


def drift_report(
    household: Household,
    securities: Securities,
    plan: Plan,
    traded: TradeList | None = None,
) -> DriftReport:
    """Drift now; with ``traded`` each total row also tells the weight after the trades."""
    accounts = tuple(
        scope
        for account in household.accounts
        if (scope := _scope(household, [account], securities, plan, account.name)) is not None
    )
    totals = []
    for targets in plan.targets:
        members = [a for a in household.accounts if plan.targets_for(a.model) is targets]
        scope = _scope(household, members, securities, plan, "", traded)
        if scope is not None:
            totals.append(scope)
    return DriftReport(tuple(totals), accounts)


def _scope(
    household: Household,
    members: Sequence[Account],
    securities: Securities,
    plan: Plan,
    name: str,
    traded: TradeList | None = None,
) -> ScopeDrift | None:
    """None where there is nothing to weigh."""
    if not members:
        return None
    targets = plan.targets_for(members[0].model)
    symbols = [p.symbol for account in members for p in household.by_account[account.name]]
    lines = target_lines(targets, plan.bands, symbols, securities)
    values = _line_values(household, members, lines, targets, securities, plan)
    base = float(values.sum())
    if base <= 0:
        return None
    buffers = sum(_buffer(account, plan) for account in members)
    return ScopeDrift(
        account=name,
        model=targets.model,
        value=base + buffers,
        rows=drift_rows(lines, values, base, _after(lines, members, traded)),
        can_trade=any(account.may_trade for account in members),
    )


def _line_values(
    household: Household,
    members: Sequence[Account],
    lines: Lines,
    targets: Targets,
    securities: Securities,
    plan: Plan,
) -> FloatArray:
    place = {key: i for i, key in enumerate(lines.keys)}
    values = np.zeros(len(lines.keys))
    for account in members:
        for position in household.by_account[account.name]:
            values[place[line_of(position.symbol, targets, securities)]] += position.value
        values[lines.cash] += household.cash(account.name) - _buffer(account, plan)
    return values


def _buffer(account: Account, plan: Plan) -> float:
    return plan.cash_buffer if account.minimum_cash is None else account.minimum_cash


def _after(lines: Lines, members: Sequence[Account], traded: TradeList | None) -> FloatArray | None:
    """Weights over the accounts together once the trades are done."""
    if traded is None:
        return None
    names = {account.name for account in members}
    by_key: Mapping[str, float] = dict.fromkeys(lines.keys, 0.0)
    sums = dict(by_key)
    for outcome in traded.accounts:
        if outcome.account in names:
            base = outcome.value - outcome.buffer - outcome.costs
            for row in outcome.lines:
                sums[row.key] = sums.get(row.key, 0.0) + (row.after or 0.0) * base
    after = np.array([sums[key] for key in lines.keys])
    total = float(after.sum())
    return after / total if total > 0 else None
