"""The rows of a trade list with their lots, gains, tax and warnings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from xl_rebal.engine.taxes.guard import Guarded, lots_kept
from xl_rebal.engine.taxes.question import TaxQuestion
from xl_rebal.engine.taxes.sales import Washed
from xl_rebal.model.trades import AccountOutcome, Action, Trade, TradeList
from xl_rebal.tax.disposal import Disposal, soon_long
from xl_rebal.tax.holding import first_long_day
from xl_rebal.tax.replacing import AFTER, Purchases
from xl_rebal.wording import counted, listed, money

SOON = 30
"""Days within which a short-term lot becomes long-term soon."""

_SHOWN = 4
"""So many lots are named."""


def with_lots(plan: Guarded, question: TaxQuestion) -> TradeList:
    """The trades of a plan, each sale with its lots, and the accounts with what they keep."""
    purchases = question.purchases(plan.household)
    trades = tuple(_row(trade, plan, question, purchases) for trade in plan.traded.trades)
    accounts = tuple(_account(each, plan) for each in plan.traded.accounts)
    return replace(plan.traded, trades=trades, accounts=accounts)


def _row(trade: Trade, plan: Guarded, question: TaxQuestion, purchases: Purchases) -> Trade:
    place = trade.account, trade.symbol
    found = plan.disposals.get(place)
    if trade.action is not Action.SELL or found is None:
        said = _bought_too_soon(trade, question)
        return replace(trade, warning=_together(trade.warning, said))
    is_taxed = question.history.account(trade.account).is_taxed
    said = (
        []
        if not is_taxed
        else [*_unknown(found, question.is_specific(trade.account)), *_soon(found, question.as_of)]
    )
    said += [
        _wash(each, question.as_of, purchases)
        for each in plan.washed
        if (each.sold.lot.account, each.sold.lot.symbol) == place
    ]
    known = bool(found.sold) and is_taxed
    return replace(
        trade,
        lots=_words(found),
        short_gain=found.gain(long=False) if known else None,
        long_gain=found.gain(long=True) if known else None,
        tax=found.tax(question.settings.rates) if known else None,
        warning=_together(trade.warning, said),
    )


def _words(found: Disposal) -> str:
    """Lots with their shares: "all of 3; 12 of 4"."""
    parts = [
        f"all of {each.lot.lot_id}"
        if each.quantity >= each.lot.quantity
        else f"{each.quantity:.10g} of {each.lot.lot_id}"
        for each in found.sold[:_SHOWN]
    ]
    if len(found.sold) > _SHOWN:
        parts.append(f"{len(found.sold) - _SHOWN} more")
    return "; ".join(parts)


def _unknown(found: Disposal, is_specific: bool) -> list[str]:
    names = [each.lot.lot_id for each in found.sold if each.gain is None]
    said = []
    if names:
        lots = "lot" if len(names) == 1 else "lots"
        said.append(f"Cost of {lots} {listed(names, 'and')} unknown: left out of gain and tax.")
    if found.missing:
        which = "No lots named (LotMethod specific)" if is_specific else "No lots"
        said.append(
            f"{which} for {found.missing:.10g} shares: left out of gain, tax and wash sales."
        )
    return said


def _soon(found: Disposal, day: date) -> list[str]:
    return [
        f"Lot {each.lot.lot_id} is long-term from {first_long_day(each.lot.adjusted)}."
        for each in soon_long(found, day, SOON)
    ]


def _wash(each: Washed, day: date, purchases: Purchases) -> str:
    clear = purchases.clear_day(each.sold.lot, day)
    lot = each.sold.lot.lot_id
    return f"Possible wash sale of lot {lot}: {each.by[0].words}; clear from {max(clear, day + AFTER)}."


def _bought_too_soon(trade: Trade, question: TaxQuestion) -> list[str]:
    """Of a purchase that is made all the same, or of which nobody knows whether it washes a loss."""
    if trade.action is not Action.BUY:
        return []
    group = question.history.group(trade.symbol)
    if until := question.barred.get(trade.account, {}).get(group):
        return [f"Possible wash sale: sold at a loss in the last 30 days; not before {until}."]
    if until := question.doubtful.get(trade.account, {}).get(group):
        return [f"Sold at unknown cost in the last 30 days: if at a loss, not before {until}."]
    return []


def _account(outcome: AccountOutcome, plan: Guarded) -> AccountOutcome:
    kept = lots_kept(plan.kept, outcome.account)
    if not kept:
        return outcome
    note = f"{outcome.note}; {_kept(kept)}" if outcome.note else _kept(kept)
    return replace(outcome, note=note)


def _kept(kept: Sequence[Washed]) -> str:
    """Why lots at a loss are not sold."""
    symbols = sorted({each.sold.lot.symbol for each in kept})
    loss = -sum(each.sold.gain or 0.0 for each in kept)
    lots = "it" if len(kept) == 1 else "them"
    return (
        f"{counted(len(kept), 'lot')} of {listed(symbols, 'and')} kept: a loss of {money(loss)} on {lots} "
        f"might be washed, {kept[0].by[0].words}"
    )


def _together(first: str, others: Iterable[str]) -> str:
    return " ".join(each for each in (first, *others) if each)
