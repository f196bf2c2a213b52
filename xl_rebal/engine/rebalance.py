"""Holdings and targets to a trade list: each account by itself, to the cent.

The steps of one account: add up its positions to target lines; place new cash; test the bands;
find the destination; pay the costs out of the account; share it out to symbols; round to shares.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from xl_rebal.engine.carry import Done, Refused, carried_out
from xl_rebal.engine.desk import Desk
from xl_rebal.engine.destination import Move, plan_move
from xl_rebal.engine.outcome import nothing_held, outcome_of, trades_of, weights_after
from xl_rebal.engine.payout import pay_out, takes_all
from xl_rebal.engine.reasons import Reasons
from xl_rebal.engine.worthwhile import balance_sentence, worthwhile
from xl_rebal.errors import Code, InfeasibleError, InputError, Note, Problem, XlRebalError, together
from xl_rebal.model.plan import TO_TARGET, Method, Plan
from xl_rebal.model.portfolio import Account, Household
from xl_rebal.model.securities import Securities
from xl_rebal.model.trades import AccountOutcome, Trade, TradeList
from xl_rebal.numerics.destinations import place_cash
from xl_rebal.numerics.money import currency
from xl_rebal.numerics.tolerance import WEIGHT_TOLERANCE
from xl_rebal.typing import FloatArray
from xl_rebal.wording import money


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
        raise together(errors)
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
    before = desk.weights
    if not desk.account.may_trade:
        return [], outcome_of(desk, before, before, (), base=base, note="may not trade")
    done = carried_out(desk, before, move_of(desk, before, flows_only), flows_only)
    if (
        not flows_only
        and desk.plan.method is not Method.OPTIMAL
        and not done.move.triggered
        and desk.has_flows
        and not desk.is_inside(done.after)
    ):
        # Placed to the share and after costs, the cash flow leaves a line out of its band.
        other = carried_out(
            desk, before, move_of(desk, before, flows_only, always=True), flows_only
        )
        if desk.excess(other.after) < desk.excess(done.after) - WEIGHT_TOLERANCE:
            done = other
    shown, base = desk.before
    idle = currency(desk.spendable_cents - desk.flow_cents)
    reasons = Reasons(
        lines=desk.lines,
        move=done.move,
        plan=desk.plan,
        is_whole=desk.is_whole,
        before=shown,
        after=done.after,
        flow=currency(desk.flow_cents),
        idle=idle,
        sells=any(fill.change < 0 for fill in done.fills),
        buys=any(fill.change > 0 for fill in done.fills),
    )
    trades = trades_of(desk, shown, done.after, done.fills, reasons.sentence)
    note = "" if flows_only else _said(desk, before, done)
    return trades, outcome_of(desk, shown, done.after, done.fills, base=base, note=note)


def _said(desk: Desk, before: FloatArray, done: Done) -> str:
    """What the outcome says beside its figures."""
    if desk.plan.method is not Method.OPTIMAL:
        return _left_out(desk, done)
    plain = replace(desk, plan=replace(desk.plan, method=Method.CALENDAR, destination=TO_TARGET))
    rule = carried_out(plain, before, move_of(plain, before), False)
    costs = (currency(sum(fill.cost for fill in each.fills)) for each in (done, rule))
    return balance_sentence(desk, before, done.after, *costs)


def _left_out(desk: Desk, done: Done) -> str:
    """Which lines stay out of their bands and why; nothing where all are inside."""
    out = desk.lines.breached(done.after)
    if not out.any():
        return ""
    keys = ", ".join(key for key, is_out in zip(desk.lines.keys, out, strict=True) if is_out)
    stay = "stays" if out.sum() == 1 else "stay"
    return f"{keys} {stay} out: {_obstacle(desk, done)}"


def _obstacle(desk: Desk, done: Done) -> str:
    if done.refused is Refused.COSTS:
        return "what could be traded costs more than it mends"
    plan = desk.plan
    known = [
        ("locked or excluded holdings", bool(desk.locked.any())),
        ("purchases that would wash a loss", desk.is_barred),
        ("whole shares", desk.is_whole),
        (f"the minimum trade of {money(plan.minimum_trade)}", plan.minimum_trade > 0),
        (f"the ticket fee of {money(plan.costs.ticket_fee)}", plan.costs.ticket_fee > 0),
    ]
    return " and ".join(name for name, is_there in known if is_there) or "costs"


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


def move_of(desk: Desk, before: FloatArray, flows_only: bool = False, always: bool = False) -> Move:
    """The line weights to reach from those ``before``; ``always``: whether or not a band is breached."""
    if desk.plan.method is Method.OPTIMAL and not flows_only:
        return worthwhile(desk, before)
    move = plan_move(
        before,
        desk.lines.target,
        desk.lines.lower,
        desk.lines.upper,
        desk.plan.destination,
        cash=desk.lines.cash,
        flow=currency(desk.flow_cents) / desk.base,
        always=always or (not desk.plan.method.tests_bands and not flows_only),
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


def _no_value(account: Account, base: float) -> Problem:
    return Problem(
        Code.NO_VALUE,
        f"a value of {base:,.2f} to invest in account {account.name!r}",
        "more than 0 after new cash and cash buffer",
        "Check quantities, prices, the withdrawal and the minimum cash.",
        argument="holdings",
        about=("new cash" if account.new_cash < 0 else "account", account.name),
    )
