"""Holdings and targets to a trade list: each account by itself, to the cent.

The steps of one account: add up its positions to target lines; place new cash; test the bands;
find the destination; share it out to symbols; pay the costs out of the account; round to shares.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from xl_rebal.engine.destination import Limits, Move, plan_move
from xl_rebal.engine.lines import Lines, drift_rows, line_of, target_lines
from xl_rebal.engine.orders import Fill, Settlement, settle
from xl_rebal.engine.reasons import Reasons
from xl_rebal.errors import Code, InfeasibleError, InputError, Problem
from xl_rebal.model.plan import Method, Plan, Targets
from xl_rebal.model.portfolio import CASH, Account, Household, Position
from xl_rebal.model.securities import Securities, Security
from xl_rebal.model.trades import AccountOutcome, Action, Trade, TradeList
from xl_rebal.numerics import drift
from xl_rebal.numerics.destinations import place_cash
from xl_rebal.numerics.money import cents, currency
from xl_rebal.numerics.tolerance import WEIGHT_TOLERANCE
from xl_rebal.typing import BoolArray, FloatArray


def rebalance(
    household: Household,
    securities: Securities,
    plan: Plan,
    prices: Mapping[str, float] | None = None,
    *,
    flows_only: bool = False,
) -> TradeList:
    """The trades that bring each account that may trade to its targets.

    With ``flows_only`` new cash is placed (or idle cash, where no new cash is given) by buys only,
    or a withdrawal raised by sells only, and nothing else is traded.
    ``prices`` (currency a share) serve symbols that are not held yet but are to be bought. Raises
    InputError where a line that needs buying has no security with a price, InfeasibleError
    where a withdrawal exceeds what can be raised.
    """
    known = dict(prices or {})
    known.update({p.symbol: p.price for p in household.positions})
    problems: list[Problem] = []
    infeasible: list[Problem] = []
    trades: list[Trade] = []
    outcomes: list[AccountOutcome] = []
    warnings: list[str] = []
    for account in household.accounts:
        try:
            desk = _Desk.open(account, household, securities, plan, known)
            found, outcome = desk.trade(flows_only)
        except InputError as error:
            problems.extend(error.problems)
            continue
        except InfeasibleError as error:
            about = ("new cash", account.name)
            infeasible.extend(replace(each, about=each.about or about) for each in error.problems)
            continue
        trades.extend(found)
        outcomes.append(outcome)
        warnings.extend(desk.warnings())
    if problems:
        raise InputError([*problems, *infeasible])
    if infeasible:
        raise InfeasibleError(infeasible)
    return TradeList(tuple(trades), tuple(outcomes), tuple(warnings))


@dataclass(frozen=True)
class _Desk:
    """One account laid out as arrays: symbols (cash last) and target lines.

    ``base`` is the currency amount that targets apply to: value plus new cash less the buffer.
    """

    account: Account
    plan: Plan
    targets: Targets
    securities: tuple[Security, ...]  # aligned with positions; cash is not among them
    positions: tuple[Position, ...]
    lines: Lines
    line: tuple[int, ...]  # of each position
    locked: FloatArray  # shares that may not be sold, per position
    buyable: tuple[int | None, ...]  # per line: the position that takes its buys
    cash_cents: int
    flow_cents: int
    buffer_cents: int

    @classmethod
    def open(
        cls,
        account: Account,
        household: Household,
        securities: Securities,
        plan: Plan,
        prices: Mapping[str, float],
    ) -> _Desk:
        targets = plan.targets_for(account.model)
        held = household.by_account[account.name]
        positions = list(held)
        lines = target_lines(targets, plan.bands, [p.symbol for p in held], securities)
        buyable: list[int | None] = []
        problems = []
        for key, is_class, target in zip(lines.keys, lines.is_class, lines.target, strict=True):
            choice = _buyer(key, is_class, positions, targets, securities, prices, account.name)
            if isinstance(choice, Position):
                positions.append(choice)
                choice = len(positions) - 1
            if (
                choice is None
                and key != CASH
                and target > 0
                and account.may_trade
                and not _is_excluded(key, is_class, securities)
            ):
                problems.append(_no_price(key, is_class, account.name, targets.model))
            buyable.append(choice)
        if problems:
            raise InputError(problems)
        index = {key: i for i, key in enumerate(lines.keys)}
        master = tuple(securities.get(p.symbol) for p in positions)
        locked_shares = household.locked(account.name)
        buffer = plan.cash_buffer if account.minimum_cash is None else account.minimum_cash
        return cls(
            account=account,
            plan=plan,
            targets=targets,
            securities=master,
            positions=tuple(positions),
            lines=lines,
            line=tuple(index[line_of(p.symbol, targets, securities)] for p in positions),
            locked=np.array(
                [
                    p.quantity if s.exclude else min(locked_shares.get(p.symbol, 0.0), p.quantity)
                    for p, s in zip(positions, master, strict=True)
                ]
            ),
            buyable=tuple(buyable),
            cash_cents=cents(household.cash(account.name)),
            flow_cents=cents(account.new_cash),
            buffer_cents=cents(buffer),
        )

    @property
    def spendable_cents(self) -> int:
        """Cash that may be spent: with the new cash, less the buffer; negative is a shortage."""
        return self.cash_cents + self.flow_cents - self.buffer_cents

    @property
    def held_values(self) -> FloatArray:
        """Currency value of each position."""
        return np.array([p.value for p in self.positions])

    @property
    def base(self) -> float:
        return float(self.held_values.sum()) + currency(self.spendable_cents)

    def line_values(self, values: FloatArray, cash: float) -> FloatArray:
        """Add up position values (currency) to lines; the cash line gets ``cash``."""
        total = np.zeros(len(self.lines.keys))
        np.add.at(total, np.array(self.line, dtype=np.intp), values)
        total[self.lines.cash] += cash
        return total

    def trade(self, flows_only: bool) -> tuple[list[Trade], AccountOutcome]:
        base = self.base
        if base <= 0:
            if not self.held_values.any() and self.spendable_cents == 0:
                return [], self._outcome_empty()
            raise InputError(_no_value(self.account, base))
        before = self.line_values(self.held_values, currency(self.spendable_cents)) / base
        if not self.account.may_trade:
            return [], self._outcome(before, before, ())
        move = self._move(before, base, flows_only)
        destination, traded = self._symbol_destination(move, base)
        fills = settle(self._settlement(destination, traded, move, flows_only))
        return self._write(before, move, fills)

    def _move(self, before: FloatArray, base: float, flows_only: bool) -> Move:
        """The line weights to reach."""
        sellable = self.line_values(self.held_values - self.locked * self._price, 0.0) / base
        least = np.maximum(before - sellable, 0.0)
        can_buy = np.array([i is not None for i in self.buyable])
        greatest = np.where(can_buy, np.inf, before)
        least[self.lines.cash], greatest[self.lines.cash] = 0.0, np.inf
        move = plan_move(
            before,
            self.lines.target,
            self.lines.lower,
            self.lines.upper,
            self.plan.destination,
            cash=self.lines.cash,
            flow=self.flow_cents / 100 / base if self.flow_cents else 0.0,
            always=self.plan.method is Method.CALENDAR and not flows_only,
            limits=Limits(least, greatest),
        )
        if flows_only:
            return self._flows_only(move, Limits(least, greatest))
        return move

    def _flows_only(self, move: Move, limits: Limits) -> Move:
        """Only the placing of cash: idle cash counts as a flow where no new cash is given."""
        after = move.after_flow
        idle = move.before[self.lines.cash] - self.lines.target[self.lines.cash]
        if self.flow_cents == 0 and move.before[self.lines.cash] >= 0 and idle > 0:
            able = limits.greatest > move.before
            after = place_cash(move.before, self.lines.target, self.lines.cash, able, selling=False)
        return Move(move.before, after, after, triggered=False)

    @property
    def _price(self) -> FloatArray:
        return np.array([p.price for p in self.positions])

    def _symbol_destination(self, move: Move, base: float) -> tuple[FloatArray, BoolArray]:
        """Destination value of each position in currency before costs, and which ones are traded.

        Sales within a class are pro rata to what may be sold, buys go to the line's one buyer.
        """
        values = self.held_values
        sellable = values - self.locked * self._price
        change = np.where(
            np.abs(move.after - move.before) > WEIGHT_TOLERANCE,
            (move.after - move.before) * base,
            0.0,
        )
        wanted = values.copy()
        for number, amount in enumerate(change):
            members = np.array([i for i, at in enumerate(self.line) if at == number], dtype=np.intp)
            if amount > 0 and (buyer := self.buyable[number]) is not None:
                wanted[buyer] += amount
            elif amount < 0 and len(members) and (room := sellable[members].sum()) > 0:
                share = min(1.0, -amount / room)
                wanted[members] -= share * sellable[members]
                if move.after[number] <= WEIGHT_TOLERANCE:  # nothing of it is kept: no crumb either
                    wanted[members] = values[members] - sellable[members]
        return wanted, np.abs(wanted - values) > WEIGHT_TOLERANCE * base

    def _settlement(
        self, wanted: FloatArray, traded: BoolArray, move: Move, flows_only: bool
    ) -> Settlement:
        after_cash, before_cash = (w[self.lines.cash] for w in (move.after, move.before))
        whole = self.account.whole_shares
        return Settlement(
            account=self.account.name,
            held=np.array([p.quantity for p in self.positions], dtype=np.float64),
            price=self._price,
            step=np.array([s.round_lot for s in self.securities], dtype=np.float64),
            locked=self.locked,
            wanted=wanted,
            traded=traded,
            may_buy=self._buyers() & (wanted > 0),
            wanted_cash=max(0.0, float(after_cash)) * self.base,
            cash_traded=bool(abs(after_cash - before_cash) > WEIGHT_TOLERANCE),
            cash_cents=self.spendable_cents,
            rate=self.plan.costs.rates(self.securities),
            fee=self.plan.costs.fees(self.securities),
            minimum_cents=cents(self.plan.minimum_trade),
            whole=self.plan.whole_shares if whole is None else whole,
            digits=self.plan.fraction_digits,
            one_way=flows_only or not move.triggered,
        )

    def _buyers(self) -> BoolArray:
        """Which positions take the buys of their line."""
        return np.isin(np.arange(len(self.positions)), [i for i in self.buyable if i is not None])

    def _write(
        self, before: FloatArray, move: Move, fills: Sequence[Fill]
    ) -> tuple[list[Trade], AccountOutcome]:
        cash = self.spendable_cents + sum(
            (fill.amount if fill.change < 0 else -fill.amount) - fill.cost for fill in fills
        )
        values = np.array(
            [(p.quantity + f.change) * p.price for p, f in zip(self.positions, fills, strict=True)]
        )
        after = self.line_values(values, currency(cash))
        after = after / after.sum()
        reasons = Reasons(self.lines, move, self.plan, currency(self.flow_cents))
        trades = [
            Trade(
                account=self.account.name,
                action=Action.BUY if fill.change > 0 else Action.SELL,
                symbol=position.symbol,
                quantity=abs(fill.change),
                price=position.price,
                amount=currency(fill.amount),
                cost=currency(fill.cost),
                line=self.lines.keys[number],
                weight_before=float(before[number]),
                weight_after=float(after[number]),
                target=float(self.lines.target[number]),
                reason=reasons.sentence(number, position.symbol, fill.change),
            )
            for position, fill, number in zip(self.positions, fills, self.line, strict=True)
            if fill.change != 0
        ]
        trades.sort(key=lambda trade: (trade.action is Action.BUY, -trade.amount))
        return trades, self._outcome(before, after, fills)

    def _outcome(
        self, before: FloatArray, after: FloatArray, fills: Sequence[Fill]
    ) -> AccountOutcome:
        sells = sum(fill.amount for fill in fills if fill.change < 0)
        buys = sum(fill.amount for fill in fills if fill.change > 0)
        costs = sum(fill.cost for fill in fills)
        return AccountOutcome(
            account=self.account.name,
            may_trade=self.account.may_trade,
            value=self.base + currency(self.buffer_cents),
            cash_before=currency(self.cash_cents),
            new_cash=currency(self.flow_cents),
            sells=currency(sells),
            buys=currency(buys),
            costs=currency(costs),
            cash_after=currency(self.cash_cents + self.flow_cents + sells - buys - costs),
            buffer=currency(self.buffer_cents),
            residual_drift=drift.max_drift(after, self.lines.target),
            lines=drift_rows(self.lines, before * self.base, self.base, after),
            note="" if self.account.may_trade else "may not trade",
        )

    def _outcome_empty(self) -> AccountOutcome:
        return AccountOutcome(
            self.account.name, self.account.may_trade, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0,
            (), "holds nothing",
        )  # fmt: skip

    def warnings(self) -> list[str]:
        """What the person should know beyond the trades."""
        keys = {line.key for line in self.targets.lines}
        said = []
        for position, security, number in zip(
            self.positions, self.securities, self.line, strict=True
        ):
            if self.lines.keys[number] not in keys and position.quantity > 0:
                fate = "it is excluded and kept" if security.exclude else "its target is 0 %"
                said.append(f"{self.account.name}: {position.symbol} has no target; {fate}.")
        return said


def _on(position: Position, key: str, targets: Targets, securities: Securities) -> bool:
    return line_of(position.symbol, targets, securities) == key


def _buyer(
    key: str,
    is_class: bool,
    positions: Sequence[Position],
    targets: Targets,
    securities: Securities,
    prices: Mapping[str, float],
    account: str,
) -> int | Position | None:
    """Which position takes the buys of a line: the largest held, else the first of the class."""
    if key == CASH:
        return None
    held = [
        i
        for i, p in enumerate(positions)
        if _on(p, key, targets, securities) and not securities.get(p.symbol).exclude
    ]
    if held:
        return max(held, key=lambda i: (positions[i].value, -i))
    candidates = (
        [s.symbol for s in securities.of_class(key) if not s.exclude] if is_class else [key]
    )
    for symbol in candidates:
        if line_of(symbol, targets, securities) != key or securities.get(symbol).exclude:
            continue
        if symbol in prices and all(p.symbol != symbol for p in positions):
            return Position(account, symbol, 0.0, prices[symbol])
    return None


def _is_excluded(key: str, is_class: bool, securities: Securities) -> bool:
    """Whether everything that could serve a line is excluded: then it is locked, not missing."""
    if not is_class:
        return securities.get(key).exclude
    members = securities.of_class(key)
    return bool(members) and all(security.exclude for security in members)


def _no_price(key: str, is_class: bool, account: str, model: str) -> Problem:
    about = ("target", key, model)
    if is_class:
        return Problem(
            Code.MISSING_PRICE,
            f"no security of class {key!r} with a price for account {account!r}",
            "at least one that can be bought",
            "Give the class a security in Securities and a price in Holdings or Prices.",
            argument="targets",
            about=about,
        )
    return Problem(
        Code.MISSING_PRICE,
        f"no price for {key!r}, which has a target but is not held in account {account!r}",
        "a price above 0",
        "Add it to Holdings with quantity 0 and its price, or to Prices.",
        argument="targets",
        about=about,
    )


def _no_value(account: Account, base: float) -> Problem:
    return Problem(
        Code.NO_VALUE,
        f"a value of {base:,.2f} to invest in account {account.name!r}",
        "more than 0 after new cash and cash buffer",
        "Check quantities, prices, the withdrawal and the minimum cash.",
        argument="holdings",
        about=("new cash" if account.new_cash < 0 else "account", account.name),
    )
