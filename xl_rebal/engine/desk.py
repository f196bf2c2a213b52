"""One account laid out as arrays: its symbols (cash apart) and its target lines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from xl_rebal.engine.buyers import buyer, is_barred, no_price
from xl_rebal.engine.destination import Limits
from xl_rebal.engine.excess import excess
from xl_rebal.engine.lines import Lines, line_of, target_lines
from xl_rebal.errors import Code, InputError, Note
from xl_rebal.model.plan import Plan, Targets
from xl_rebal.model.portfolio import CASH, Account, Household, Position
from xl_rebal.model.securities import Securities, Security
from xl_rebal.numerics.groups import group_sums
from xl_rebal.numerics.money import cents, currency
from xl_rebal.numerics.tolerance import WEIGHT_TOLERANCE
from xl_rebal.typing import BoolArray, FloatArray, IntArray


@dataclass(frozen=True)
class Desk:
    """One account. Vectors are aligned with ``positions``, those of ``lines`` with its keys.

    ``base`` is the currency amount that targets apply to: value plus new cash less the buffer.
    """

    account: Account
    plan: Plan
    targets: Targets
    securities: tuple[Security, ...]  # aligned with positions; cash is not among them
    positions: tuple[Position, ...]
    lines: Lines
    line: IntArray  # of each position
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
    ) -> Desk:
        """Lay out an account; InputError where a line that needs buying has no price."""
        targets = plan.targets_for(account.model)
        held = household.by_account[account.name]
        positions = list(held)
        lines = target_lines(targets, plan.bands, [p.symbol for p in held], securities)
        buyable: list[int | None] = []
        problems = []
        for key, is_class, target in zip(lines.keys, lines.is_class, lines.target, strict=True):
            choice = None  # what has no target is never bought
            if target > 0:
                choice = buyer(key, is_class, positions, targets, securities, prices, account)
            if isinstance(choice, Position):
                positions.append(choice)
                choice = len(positions) - 1
            if (
                choice is None
                and key != CASH
                and target > 0
                and account.may_trade
                and not is_barred(key, is_class, targets, securities, account)
            ):
                problems.append(no_price(key, is_class, account.name, targets.model))
            buyable.append(choice)
        if problems:
            raise InputError(problems)
        # By symbol, so that nothing depends on the order of rows, not even where equals tie.
        order = sorted(range(len(positions)), key=lambda i: positions[i].symbol)
        buyable = [None if i is None else order.index(i) for i in buyable]
        positions = [positions[i] for i in order]
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
            line=np.array(
                [index[line_of(p.symbol, targets, securities)] for p in positions], dtype=np.int64
            ),
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
    def has_flows(self) -> bool:
        """Whether cash comes or goes, or is short of its buffer: then something has to be done."""
        return bool(self.flow_cents) or self.spendable_cents < 0

    @cached_property
    def held(self) -> FloatArray:
        """Shares of each position."""
        return np.array([p.quantity for p in self.positions], dtype=np.float64)

    @cached_property
    def price(self) -> FloatArray:
        return np.array([p.price for p in self.positions], dtype=np.float64)

    @cached_property
    def values(self) -> FloatArray:
        """Currency value of each position."""
        return np.array([p.value for p in self.positions], dtype=np.float64)

    @cached_property
    def sellable(self) -> FloatArray:
        """Currency value of each position that may be sold."""
        return self.values - self.locked * self.price

    @cached_property
    def base(self) -> float:
        return float(self.values.sum()) + currency(self.spendable_cents)

    @cached_property
    def weights(self) -> FloatArray:
        """Line weights of ``base``: the new cash counted in, a withdrawal taken off."""
        return self.line_values(self.values, currency(self.spendable_cents)) / self.base

    @cached_property
    def before(self) -> tuple[FloatArray, float]:
        """Line weights before anything is traded, and the currency that they are fractions of.

        New cash is counted in, a withdrawal is still there: so no weight is above 100 %.
        """
        withdrawal = min(self.flow_cents, 0)
        base = self.base - currency(withdrawal)
        return self.line_values(
            self.values, currency(self.spendable_cents - withdrawal)
        ) / base, base

    @cached_property
    def rate(self) -> FloatArray:
        """Cost per side of each position, a fraction of the amount."""
        return self.plan.costs.rates(self.securities)

    @cached_property
    def fee(self) -> FloatArray:
        """Ticket fee of each position, currency a trade."""
        return self.plan.costs.fees(self.securities)

    @property
    def is_whole(self) -> bool:
        """Whether the account trades whole shares."""
        return self.account.is_whole(self.plan.whole_shares)

    @cached_property
    def buyers(self) -> BoolArray:
        """Which positions take the buys of their line."""
        found = np.zeros(len(self.positions), dtype=np.bool_)
        found[[i for i in self.buyable if i is not None]] = True
        return found

    @property
    def is_barred(self) -> bool:
        """Whether a line has no buyer, while something is not to be bought at present."""
        keys, target = self.lines.keys, self.lines.target
        none = (
            each is None and key != CASH and weight > 0
            for each, key, weight in zip(self.buyable, keys, target, strict=True)
        )
        return bool(self.account.do_not_buy) and any(none)

    @cached_property
    def rounding(self) -> float:
        """What rounding fractions may do to any line, currency.

        Two units of the last decimal a position, and cents; the sum for every line, since buys
        shrink together when the sales fall short, and cash takes up all the rest.
        """
        unit = 2 * 10.0**-self.plan.fraction_digits * self.price + 0.02
        return float(unit[(self.sellable > 0) | self.buyers].sum())

    @cached_property
    def limits(self) -> Limits:
        """What each line can reach, as weights of ``base``."""
        before = self.weights
        can_sell = self.line_values(self.sellable, 0.0) / self.base
        can_buy = np.array([i is not None for i in self.buyable])
        least = np.maximum(before - can_sell, 0.0)
        greatest = np.where(can_buy, np.inf, before)
        least[self.lines.cash], greatest[self.lines.cash] = 0.0, np.inf
        return Limits(least, greatest)

    def excess(self, weights: FloatArray) -> float:
        """What is outside the bands at line ``weights``, all lines together."""
        lines = self.lines
        return excess(weights, lines.target - lines.lower, lines.target + lines.upper)

    def is_inside(self, weights: FloatArray) -> bool:
        """Whether no band is breached at line ``weights``."""
        return not self.lines.breached(weights).any()

    def line_values(self, values: FloatArray, cash: float) -> FloatArray:
        """Add up position values (currency) to lines; the cash line gets ``cash``."""
        total = group_sums(values, self.line, len(self.lines.keys))
        total[self.lines.cash] += cash
        return total

    def shared_out(self, change: FloatArray) -> FloatArray:
        """Values of the positions when each line's value changes by ``change`` (currency).

        Sales within a class are pro rata to what may be sold, buys go to the line's one buyer. A
        line that ends with nothing leaves no crumb behind.
        """
        values, sellable = self.values, self.sellable
        lines_left = self.line_values(values, 0.0) + change
        wanted = values.copy()
        for number, amount in enumerate(change):
            members = np.flatnonzero(self.line == number)
            if amount > 0 and (buyer := self.buyable[number]) is not None:
                wanted[buyer] += amount
            elif amount < 0 and len(members) and (room := sellable[members].sum()) > 0:
                share = min(1.0, -amount / room)
                wanted[members] -= share * sellable[members]
                if lines_left[number] <= WEIGHT_TOLERANCE * self.base:
                    wanted[members] = values[members] - sellable[members]
        return wanted

    def frozen(self, still: BoolArray) -> Desk:
        """The same account in which the positions ``still`` may not trade."""
        return replace(
            self,
            locked=np.where(still, self.held, self.locked),
            buyable=tuple(None if i is None or still[i] else i for i in self.buyable),
        )

    def notes(self) -> list[Note]:
        """What the person should know beyond the trades."""
        keys = {line.key for line in self.targets.lines}
        said = []
        for position, security, number in zip(
            self.positions, self.securities, self.line.tolist(), strict=True
        ):
            if self.lines.keys[number] not in keys and position.quantity > 0:
                fate = "it is excluded and kept" if security.exclude else "its target is 0 %"
                said.append(
                    Note(
                        Code.NO_TARGET,
                        f"{self.account.name}: {position.symbol} has no target; {fate}.",
                        about=("holding", self.account.name, position.symbol),
                    )
                )
        return said
