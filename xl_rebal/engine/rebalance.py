"""Holdings and targets to a trade list: each account by itself, to the cent.

The steps of one account: add up its positions to target lines; place new cash; test the bands;
find the destination; pay the costs out of the account; share it out to symbols; round to shares.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from xl_rebal.engine.desk import Desk
from xl_rebal.engine.destination import Move, plan_move
from xl_rebal.engine.ideal import Ideal, ideal_holdings
from xl_rebal.engine.orders import Fill, Settlement, no_trades, settle
from xl_rebal.engine.outcome import nothing_held, outcome_of, trades_of, weights_after
from xl_rebal.engine.payout import pay_out, takes_all
from xl_rebal.engine.reasons import Reasons
from xl_rebal.engine.rounding import Bands
from xl_rebal.errors import Code, InfeasibleError, InputError, Note, Problem, XlRebalError
from xl_rebal.model.plan import Method, Plan
from xl_rebal.model.portfolio import Account, Household
from xl_rebal.model.securities import Securities
from xl_rebal.model.trades import AccountOutcome, Trade, TradeList
from xl_rebal.numerics.destinations import place_cash
from xl_rebal.numerics.money import cents, currency
from xl_rebal.numerics.tolerance import WEIGHT_TOLERANCE
from xl_rebal.typing import FloatArray
from xl_rebal.wording import money

_DUST, _DUST_OF_RATE = 1e-4, 0.5  # of the value; of the cost rate
_ROOM = WEIGHT_TOLERANCE / 2  # half of it, so that no other way of adding up finds a breach


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
    where a withdrawal exceeds what can be raised; the problems of all accounts together.
    """
    known = dict(prices or {})
    known.update({p.symbol: p.price for p in household.positions})
    errors: list[XlRebalError] = []
    trades: list[Trade] = []
    outcomes: list[AccountOutcome] = []
    notes: list[Note] = []
    for account in household.accounts:
        try:
            desk = Desk.open(account, household, securities, plan, known)
            found, outcome = _traded(desk, flows_only)
        except (InputError, InfeasibleError) as error:
            errors.append(_about(error, account))
            continue
        trades.extend(found)
        outcomes.append(outcome)
        notes.extend(desk.notes())
    if errors:
        kind = InputError if any(isinstance(e, InputError) for e in errors) else InfeasibleError
        raise kind(problem for error in errors for problem in error.problems)
    return TradeList(tuple(trades), tuple(outcomes), tuple(notes))


def _about(error: XlRebalError, account: Account) -> XlRebalError:
    """The error, each problem with what it is about; what is infeasible comes of the new cash."""
    about = ("new cash", account.name)
    return type(error)(replace(each, about=each.about or about) for each in error.problems)


def _traded(desk: Desk, flows_only: bool) -> tuple[list[Trade], AccountOutcome]:
    """The trades of one account and what they leave it with."""
    base = desk.base
    if base <= 0 and not desk.values.any() and desk.spendable_cents == 0:
        return [], nothing_held(desk)
    if desk.account.may_trade and takes_all(desk):
        return _paid_out(desk)
    if base <= 0:
        raise InputError(_no_value(desk.account, base))
    before = desk.line_values(desk.values, currency(desk.spendable_cents)) / base
    if not desk.account.may_trade:
        return [], outcome_of(desk, before, before, (), base=base, note="may not trade")
    done = _carried_out(desk, before, _move(desk, before, flows_only), flows_only)
    if not flows_only and not done.move.triggered and _flows(desk) and not desk.is_inside(done.after):
        # Placed to the share and after costs, the cash flow leaves a line out of its band.
        other = _carried_out(desk, before, _move(desk, before, flows_only, always=True), flows_only)
        if desk.excess(other.after) < desk.excess(done.after) - WEIGHT_TOLERANCE:
            done = other
    reasons = Reasons(desk.lines, done.move, desk.plan, currency(desk.flow_cents))
    trades = trades_of(desk, before, done.after, done.fills, reasons.sentence)
    return trades, outcome_of(desk, before, done.after, done.fills, base=base)


@dataclass(frozen=True)
class _Done:
    """A move carried out: the orders and the line weights after them."""

    move: Move
    fills: tuple[Fill, ...]
    after: FloatArray


def _flows(desk: Desk) -> bool:
    """Whether cash comes or goes, or is short of its buffer: then something has to be done."""
    return bool(desk.flow_cents) or desk.spendable_cents < 0


def _carried_out(desk: Desk, before: FloatArray, move: Move, flows_only: bool) -> _Done:
    """The orders of a move; none where they would not be worth their costs."""
    ideal = ideal_holdings(desk, move)
    fills = settle(_settlement(desk, ideal, move, flows_only))
    after = weights_after(desk, fills)
    if not desk.is_whole and move.bounds is not None and not _keeps_bands(desk, ideal, after):
        ideal = ideal_holdings(desk, move, margin=True)
        fills = settle(_settlement(desk, ideal, move, flows_only))
        after = weights_after(desk, fills)
    if move.triggered and not _flows(desk) and not _is_worth_it(desk, ideal, move, before, fills):
        return _Done(move, no_trades(len(fills)), before)
    return _Done(move, fills, after)


def _is_worth_it(
    desk: Desk, ideal: Ideal, move: Move, before: FloatArray, fills: Sequence[Fill]
) -> bool:
    """Whether the orders bring the account nearer to its plan by more than they cost.

    What is to be sold in full is. Else either the squared deviations from the targets fall by more than the square of the costs, or
    what is outside the bands by more than the costs; all are fractions of the value before, in
    which costs still count as cash: spending idle cash on them is no gain. Where a band was to be
    mended, less must be outside in any case. Fractions that move no weight by more than 0.01 pp,
    half the cost rate or what rounding does, are dust. Otherwise each look would find another trade
    to make for ever.
    """
    pairs = zip(ideal.destination, desk.held, fills, strict=True)
    if any(at <= WEIGHT_TOLERANCE and held == -fill.change != 0 for at, held, fill in pairs):
        return True
    cost = currency(sum(fill.cost for fill in fills)) / desk.base
    after = weights_after(desk, fills)
    nearer = desk.excess(before) - desk.excess(after)
    is_triggered = desk.plan.method is Method.THRESHOLD
    if (is_triggered or move.bounds is not None) and nearer <= WEIGHT_TOLERANCE:
        return False
    if not desk.is_whole and not (move.bounds is not None and desk.is_inside(after)):
        # What the costs of the last trades have moved is not traded again.
        dust = max(
            _DUST, _DUST_OF_RATE * float(desk.rate.max(initial=0.0)), desk.rounding / desk.base
        )
        if np.abs(after - before).max() <= dust:
            return False
    kept = after * (1.0 - cost)
    kept[desk.lines.cash] += cost
    target = desk.lines.target
    gain = float(((before - target) ** 2).sum() - ((kept - target) ** 2).sum())
    return gain > cost**2 or nearer > cost


def _paid_out(desk: Desk) -> tuple[list[Trade], AccountOutcome]:
    """Everything sold for a withdrawal; weights are of the value before it."""
    fills = pay_out(desk)
    gross = float(desk.values.sum()) + currency(desk.cash_cents)
    before = desk.line_values(desk.values, currency(desk.cash_cents)) / gross
    after = weights_after(desk, fills, gross)

    def sentence(number: int, symbol: str, change: float) -> str:
        amount = money(-currency(desk.flow_cents))
        return f"{symbol}: sold in full to pay out {amount}, which takes all there is."

    trades = trades_of(desk, before, after, fills, sentence)
    note = "paid out in full"
    return trades, outcome_of(desk, before, after, fills, base=gross, note=note, residual_drift=0.0)


def _move(desk: Desk, before: FloatArray, flows_only: bool, always: bool = False) -> Move:
    """The line weights to reach; ``always``: whether or not a band is breached."""
    move = plan_move(
        before,
        desk.lines.target,
        desk.lines.lower,
        desk.lines.upper,
        desk.plan.destination,
        cash=desk.lines.cash,
        flow=currency(desk.flow_cents) / desk.base,
        always=always or (desk.plan.method is Method.CALENDAR and not flows_only),
        limits=desk.limits,
    )
    return _flows_only(desk, move) if flows_only else move


def _flows_only(desk: Desk, move: Move) -> Move:
    """Only the placing of cash: idle cash counts as a flow where no new cash is given."""
    after, cash = move.after_flow, desk.lines.cash
    idle = move.before[cash] - move.target[cash]
    if desk.flow_cents == 0 and move.before[cash] >= 0 and idle > 0:
        able = desk.limits.greatest > move.before
        after = place_cash(move.before, move.target, cash, able, selling=False)
    return Move(move.before, after, after, move.target, triggered=False)


def _settlement(desk: Desk, ideal: Ideal, move: Move, flows_only: bool) -> Settlement:
    one_way = flows_only or not move.triggered
    # On the way to the target whole shares come nearest to it, bands or not.
    keeps_bands = move.bounds is not None or (one_way and not flows_only)
    nothing = ideal.destination <= WEIGHT_TOLERANCE
    return Settlement(
        account=desk.account.name,
        held=desk.held,
        price=desk.price,
        step=np.array([s.round_lot for s in desk.securities], dtype=np.float64),
        locked=desk.locked,
        ideal=ideal.values,
        destination=ideal.destination,
        traded=ideal.traded,
        may_buy=desk.buyers & ~nothing,
        sold_out=nothing & (desk.locked == 0) & (desk.held > 0),
        cash_cents=desk.spendable_cents,
        rate=desk.rate,
        fee=desk.fee,
        minimum_cents=cents(desk.plan.minimum_trade),
        whole=desk.is_whole,
        digits=desk.plan.fraction_digits,
        one_way=one_way,
        bands=_bands(desk, ideal) if keeps_bands else None,
    )


def _keeps_bands(desk: Desk, ideal: Ideal, after: FloatArray) -> bool:
    """Whether every line that can be inside its band is."""
    least, greatest = _own_bands(desk, ideal)
    return bool(np.all((after >= least - _ROOM) & (after <= greatest + _ROOM)))


def _bands(desk: Desk, ideal: Ideal) -> Bands:
    """The same for whole shares, which keep them if they can."""
    least, greatest = _own_bands(desk, ideal)
    cash = desk.lines.cash
    low, high = float(least[cash]), float(greatest[cash])
    # Cash is no group of positions: its own limits stand beside the others.
    least[cash], greatest[cash] = -np.inf, np.inf
    return Bands(np.array(desk.line, dtype=np.int64), least, greatest, low, high)


def _own_bands(desk: Desk, ideal: Ideal) -> tuple[FloatArray, FloatArray]:
    """Least and greatest weight of each line: its band, or where the ideal itself is outside."""
    lines = desk.lines
    weights = desk.line_values(ideal.destination, 0.0)
    weights[lines.cash] += 1.0 - float(ideal.destination.sum())
    least = np.minimum(lines.target - lines.lower, weights)
    return least, np.maximum(lines.target + lines.upper, weights)


def _no_value(account: Account, base: float) -> Problem:
    return Problem(
        Code.NO_VALUE,
        f"a value of {base:,.2f} to invest in account {account.name!r}",
        "more than 0 after new cash and cash buffer",
        "Check quantities, prices, the withdrawal and the minimum cash.",
        argument="holdings",
        about=("new cash" if account.new_cash < 0 else "account", account.name),
    )
