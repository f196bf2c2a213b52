"""Records for tests: written as lines, or made by chance but always of what is there to be sold."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, timedelta

from hypothesis import strategies as st

from xl_rebal.model.transactions import Activity, History, TaxAccount, Transaction
from xl_rebal.tax.results import Ledger, OpenLot, Sale

ACCOUNTS = {
    each.name: each
    for each in (
        TaxAccount("Main", "Taxable", "Ann"),
        TaxAccount("Second", "Taxable", "Ann"),
        TaxAccount("His", "Trust", "Bob"),
        TaxAccount("IRA", "Traditional", "Ann"),
    )
}


def written(text: str, groups: dict[str, str] | None = None) -> History:
    """Rows as lines: date, account, activity, symbol, quantity, amount ("-": none), lot (may be left out).

    The row of a transaction is the number of its line, from 0.
    """
    lines = [line.split() for line in text.strip().splitlines()]
    rows = []
    for number, (day, account, activity, symbol, quantity, *more) in enumerate(lines):
        amount = float(more[0]) if more and more[0] != "-" else None
        rows.append(
            Transaction(
                number,
                account,
                date.fromisoformat(day),
                Activity(activity),
                symbol,
                float(quantity),
                amount,
                more[1] if len(more) > 1 else "",
            )
        )
    return History(tuple(rows), ACCOUNTS, groups or {})


def sale_of(found: Ledger, row: int) -> Sale:
    """The one piece that a row sold."""
    (sale,) = [each for each in found.sales if each.row == row]
    return sale


def lot_of(found: Ledger, row: int) -> OpenLot:
    """The one piece that is left of what a row bought."""
    (lot,) = [each for each in found.lots if each.row == row]
    return lot


@dataclass(frozen=True)
class Limits:
    """What a record made by chance may hold."""

    accounts: tuple[str, ...] = ("Main", "Second", "His", "IRA")
    symbols: tuple[str, ...] = ("A", "B", "C")


TAXED = Limits(accounts=("Main", "Second", "His"))
START = date(2023, 11, 20)  # a year's end and 29 February 2024 are near
GROUPS = {"A": "one", "B": "one"}
ORDER = (Activity.SPLIT, Activity.BUY, Activity.TRANSFER, Activity.SELL)


@st.composite
def histories(draw: st.DrawFn, limits: Limits = Limits()) -> History:
    """Up to 24 events on few days, often the same, so that losses and purchases meet.

    What arrives in an account is not passed on that day. Rows are in the order in which they happen.
    """
    held: defaultdict[tuple[str, str], float] = defaultdict(float)
    done: set[tuple[date, str]] = set()
    rows: list[Transaction] = []
    steps = st.tuples(st.integers(0, 12), st.sampled_from(ORDER))
    drawn = draw(st.lists(steps, min_size=2, max_size=24))
    day, kind = START, 0
    for step, wish in drawn:
        if (
            step % 3 or ORDER.index(wish) < kind
        ):  # a new day, also where the day's order asks for it
            day, kind = day + timedelta(days=max(step, 1)), 0
        kind = max(kind, ORDER.index(wish))
        symbol = draw(st.sampled_from(limits.symbols))
        account = draw(st.sampled_from(limits.accounts))
        price = draw(st.sampled_from((3.0, 7.0, 10.0, 12.5)))
        made = Transaction(0, account, day, wish, symbol, 0.0)
        has = held[account, symbol]
        match wish:
            case Activity.BUY:
                shares = draw(st.sampled_from((0.37, 1.0, 5.0, 10.0, 40.0)))
                held[account, symbol] += shares
                activity = draw(st.sampled_from((Activity.BUY, Activity.REINVEST)))
                rows.append(
                    replace(made, activity=activity, quantity=shares, amount=shares * price)
                )
            case Activity.SELL if has > 0:
                part = draw(st.sampled_from((0.25, 0.5, 1.0)))
                held[account, symbol] = has * (1 - part)
                rows.append(replace(made, quantity=has * part, amount=has * part * price))
            case Activity.TRANSFER if has > 0 and (day, f"to {account} {symbol}") not in done:
                to = draw(st.sampled_from(limits.accounts))
                moved = has * draw(st.sampled_from((0.5, 1.0)))
                if to != account:
                    done.add((day, f"to {to} {symbol}"))
                    held[account, symbol] = has - moved
                    held[to, symbol] += moved
                    rows.append(replace(made, quantity=-moved))
                    rows.append(replace(made, account=to, quantity=moved))
            case Activity.SPLIT if (day, symbol) not in done:
                ratio = draw(st.sampled_from((2.0, 3.0, 0.5)))
                done.add((day, symbol))
                for key in held:
                    held[key] *= ratio if key[1] == symbol else 1.0
                rows.append(replace(made, quantity=ratio))
    numbered = tuple(replace(row, row=number) for number, row in enumerate(rows))
    return History(numbered, ACCOUNTS, GROUPS)
