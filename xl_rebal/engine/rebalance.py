"""Holdings and targets to a trade list: each account by itself, to the cent.

The steps of one account: add up its positions to target lines; place new cash; test the bands;
find the destination; pay the costs out of the account; share it out to symbols; round to shares.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from xl_rebal.engine.desk import Desk
from xl_rebal.engine.destination import Move, plan_move
from xl_rebal.engine.ideal import Ideal, ideal_holdings
from xl_rebal.engine.orders import Fill, Settlement, settle
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
    move = _move(desk, before, flows_only)
    ideal = ideal_holdings(desk, move)
    fills = settle(_settlement(desk, ideal, move, flows_only))
    after = weights_after(desk, fills)
    if desk.is_whole and move.bounds is not None and not _helps(desk, before, after):
        fills = tuple(Fill(0.0, 0, 0) for _ in fills)
        after = before
    if not desk.is_whole and move.bounds is not None and not _keeps_bands(desk, ideal, after):
        ideal = ideal_holdings(desk, move, margin=True)
        fills = settle(_settlement(desk, ideal, move, flows_only))
        after = weights_after(desk, fills)
    reasons = Reasons(desk.lines, move, desk.plan, currency(desk.flow_cents))
    trades = trades_of(desk, before, after, fills, reasons.sentence)
    return trades, outcome_of(desk, before, after, fills, base=base)


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


def _move(desk: Desk, before: FloatArray, flows_only: bool) -> Move:
    """The line weights to reach."""
    move = plan_move(
        before,
        desk.lines.target,
        desk.lines.lower,
        desk.lines.upper,
        desk.plan.destination,
        cash=desk.lines.cash,
        flow=currency(desk.flow_cents) / desk.base,
        always=desk.plan.method is Method.CALENDAR and not flows_only,
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


def _helps(desk: Desk, before: FloatArray, after: FloatArray) -> bool:
    """Whether whole shares bring the lines nearer to their bands, or a flow has to be placed.

    Where they cannot end inside, each look would otherwise find another share to move for ever.
    """
    if desk.flow_cents or desk.spendable_cents < 0:
        return True

    def excess(weights: FloatArray) -> float:
        drift = weights - desk.lines.target
        above, below = drift - desk.lines.upper, -drift - desk.lines.lower
        return float(np.maximum(above, 0.0).sum() + np.maximum(below, 0.0).sum())

    return excess(after) < excess(before) - WEIGHT_TOLERANCE


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
    """Least and greatest weight of each line as far as the ideal itself keeps its band.

    A line of which nothing is traded, or that even without rounding ends outside, sets no limit.
    """
    lines = desk.lines
    weights = desk.line_values(ideal.destination, 0.0)
    weights[lines.cash] = 1.0 - weights.sum()
    least, greatest = lines.target - lines.lower, lines.target + lines.upper
    moved = np.zeros(len(lines.keys), dtype=bool)
    moved[
        [number for number, is_traded in zip(desk.line, ideal.traded, strict=True) if is_traded]
    ] = True
    moved[lines.cash] = True
    kept = moved & (weights >= least - WEIGHT_TOLERANCE) & (weights <= greatest + WEIGHT_TOLERANCE)
    return np.where(kept, least, -np.inf), np.where(kept, greatest, np.inf)


def _no_value(account: Account, base: float) -> Problem:
    return Problem(
        Code.NO_VALUE,
        f"a value of {base:,.2f} to invest in account {account.name!r}",
        "more than 0 after new cash and cash buffer",
        "Check quantities, prices, the withdrawal and the minimum cash.",
        argument="holdings",
        about=("new cash" if account.new_cash < 0 else "account", account.name),
    )
